"""What the search syntax can ask of collections."""

from functools import partial

from db import search as db
from db.catalog import CollectionRow
from db.search import Condition, Kind, Part
from resolvers.context import Context
from resolvers.search.meaning import Keys, by_keys, handle, identifier, moment, searched
from resolvers.search.syntax import Op, Term

_BY_RULES = {"smart": True, "custom": False}


def _kind(term: Term) -> Condition | None:
    """``smart`` for those that rules fill, ``custom`` for those filled by hand."""
    by_rules = _BY_RULES.get(term.value.lower()) if term.op is Op.EQUAL else None
    if by_rules is None:
        return None
    return db.collection_has_rules() if by_rules else db.opposite(db.collection_has_rules())


_KEYS: Keys = {
    None: searched(Kind.COLLECTION, db.collection_has),
    "collection_type": _kind,
    "handle": handle(CollectionRow.handle),
    "id": identifier(CollectionRow.id, "Collection"),
    "title": searched(Kind.COLLECTION, partial(db.has_folded, CollectionRow.title_key), Part.TITLE),
    "updated_at": moment(CollectionRow.updated_at),
}

COLLECTION_KEYS = frozenset(key for key in _KEYS if key)


async def collection_query(context: Context, query: str | None, *, of_few: bool = False) -> list[Condition]:
    """The conditions of a `query` argument on collections; see `Query`."""
    return await by_keys(_KEYS, context, query, of_few=of_few)
