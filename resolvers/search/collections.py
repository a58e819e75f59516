"""What the search syntax can ask of collections."""

from functools import partial

from db import search as db
from db.catalog import CollectionRow
from db.search import Condition, Kind, Part
from resolvers.search.analysis import LANGUAGE
from resolvers.search.meaning import Meaning, condition, handle, identifier, moment, searched
from resolvers.search.syntax import Op, Term, parse

_BY_RULES = {"smart": True, "custom": False}


def _kind(term: Term) -> Condition | None:
    """``smart`` for those that rules fill, ``custom`` for those filled by hand."""
    by_rules = _BY_RULES.get(term.value.lower()) if term.op is Op.EQUAL else None
    if by_rules is None:
        return None
    return db.collection_has_rules() if by_rules else db.opposite(db.collection_has_rules())


_KEYS: dict[str | None, Meaning] = {
    None: searched(Kind.COLLECTION, db.collection_has),
    "collection_type": _kind,
    "handle": handle(CollectionRow.handle),
    "id": identifier(CollectionRow.id, "Collection"),
    "title": searched(Kind.COLLECTION, partial(db.has_folded, CollectionRow.title_key), Part.TITLE),
    "updated_at": moment(CollectionRow.updated_at),
}


def collection_query(query: str | None, language: str = LANGUAGE) -> list[Condition]:
    """The conditions of a `query` argument on collections; none for a query that asks for nothing.

    Raises ClientError above the bounds of the syntax.
    """
    found = condition(
        parse(query or "", language), lambda term: _KEYS[term.field](term) if term.field in _KEYS else None
    )
    return [] if found is None else [found]
