"""From a query's tree to a condition: what each key means, and what is left out because it means nothing.

A term whose key is unknown, or whose value cannot be read as its key's kind, never fails the query: it is left out,
as if it had not been written, and so is a connective or NOT with nothing left to work on.
"""

from collections.abc import Callable, Mapping

from db import search as db
from db.search import EVERYWHERE, Condition, Kind, Part, Words
from resolvers.context import Context
from resolvers.search.analysis import question
from resolvers.search.syntax import And, Node, Not, Op, Or, Term, parse
from resolvers.search.values import identifiers, moments, truth
from resolvers.shop import language_of
from resolvers.text import fold

Meaning = Callable[[Term], Condition | None]
Keys = Mapping[str | None, Meaning]


def condition(node: Node | None, meaning: Meaning) -> Condition | None:
    """What a tree asks for, by what its terms mean; None when nothing is left of it."""
    match node:
        case None:
            return None
        case Term():
            return meaning(node)
        case Not(part):
            inner = condition(part, meaning)
            return None if inner is None else db.opposite(inner)
        case And(parts) | Or(parts):
            kept = [inner for part in parts if (inner := condition(part, meaning)) is not None]
            joined = db.all_of if isinstance(node, And) else db.any_of
            return joined(*kept) if kept else None


async def by_keys(keys: Keys, context: Context, query: str | None, *, of_few: bool = False) -> list[Condition]:
    """The conditions of a `query` argument by its keys, none for one that asks for nothing.

    ``of_few``: they will be asked of few things. Raises ClientError above the bounds of the syntax.
    """
    tree = parse(query, await language_of(context), of_few=of_few) if query else None
    found = condition(tree, lambda term: keys[term.field](term) if term.field in keys else None)
    return [] if found is None else [found]


def words_of(term: Term) -> Words:
    """What a term's text looks for: a phrase ends where a word ends, a word may go on."""
    return Words(fold(term.value), " ".join(term.value.split()), whole=term.phrase and not term.prefix)


def free_text(has: Callable[[Words], Condition]) -> Meaning:
    """A term without a key, or with one whose text is searched for words."""

    def meaning(term: Term) -> Condition | None:
        words = words_of(term)
        if term.op is Op.EXISTS:
            return db.all_of()
        return has(words) if words and term.op is Op.EQUAL else None

    return meaning


def searched(kind: Kind, has: Callable[[Words], Condition], parts: Part = EVERYWHERE) -> Meaning:
    """The same by the search index, in any form of a word; a phrase must stand so in the text as well.

    Text without a word that the index could know is looked for in the texts alone.
    """
    written = free_text(has)

    def meaning(term: Term) -> Condition | None:
        found = written(term)
        is_open = term.prefix or not term.phrase
        slots = question(term.value, term.language, is_open=is_open) if term.op is Op.EQUAL else []
        if found is None or not slots:
            return found
        needed = [(slot.words, slot.beginnings) for slot in slots]
        indexed = db.has_words(kind, term.language, needed, parts, of_few=term.of_few)
        return db.all_of(indexed, found) if term.phrase else indexed

    return meaning


def keyed(column: object) -> Meaning:
    """A key that equals a folded column."""

    def meaning(term: Term) -> Condition | None:
        if term.op is Op.EXISTS:
            return db.is_given(column)
        return db.is_text(column, fold(term.value), prefix=term.prefix) if term.op is Op.EQUAL else None

    return meaning


def handle(column: object) -> Meaning:
    """A key that equals a handle."""

    def meaning(term: Term) -> Condition | None:
        if term.op is Op.EXISTS:
            return db.all_of()
        return db.is_code(column, term.value, prefix=term.prefix) if term.op is Op.EQUAL else None

    return meaning


def moment(column: object) -> Meaning:
    """A key that compares a time."""

    def meaning(term: Term) -> Condition | None:
        if term.op is Op.EXISTS:
            return db.is_given(column)
        stretch = moments(term.op, term.value)
        return None if stretch is None else db.between(column, *stretch)

    return meaning


def identifier(column: object, kind: str) -> Meaning:
    """A key that compares an id."""

    def meaning(term: Term) -> Condition | None:
        bounds = identifiers(term.op, term.value, kind)
        return None if bounds is None else db.within(column, bounds)

    return meaning


def tag(has: Callable[..., Condition], has_any: Callable[[], Condition]) -> Meaning:
    """A key that names a tag."""

    def meaning(term: Term) -> Condition | None:
        if term.op is Op.EXISTS:
            return has_any()
        return has(fold(term.value), prefix=term.prefix) if term.op is Op.EQUAL else None

    return meaning


def reversed_(asked: Meaning) -> Meaning:
    """A key that asks for the opposite of another."""

    def meaning(term: Term) -> Condition | None:
        found = asked(term)
        return None if found is None else db.opposite(found)

    return meaning


def yes_or_no(answered: Callable[[bool], Condition]) -> Meaning:
    """A key that is true or false."""

    def meaning(term: Term) -> Condition | None:
        value = truth(term.op, term.value)
        return None if value is None else answered(value)

    return meaning
