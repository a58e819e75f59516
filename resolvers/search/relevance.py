"""Sorting a list by how well its things fit the words of its `query` argument."""

from db import search as db
from db.paging import Joins, Order
from db.search import Kind
from resolvers.context import Context
from resolvers.search.asking import asked_for, meant_by
from resolvers.search.syntax import And, Node, Op, Or, Term, parse


async def by_relevance(context: Context, kind: Kind, query: str | None) -> tuple[Order, Joins] | None:
    """The order of the things of a kind by a query, and the joins it takes; None where its words say nothing.

    What fits best comes first, and what is among no hits, because OR or a key lets it in, comes last. Asks the index
    once. Raises ClientError above the bounds of the syntax.
    """
    tree = parse(query or "")
    text = " ".join(_words(tree)) if tree is not None else ""
    meant = await meant_by(context, text, is_open=True) if text else None
    return db.relevance(asked_for(meant, (kind,)), kind) if meant else None


def _words(node: Node) -> list[str]:
    """What a query asks for by text, in its order; what it rules out is left aside."""
    match node:
        case Term(None | "title", Op.EQUAL, value):
            return [value]
        case And(parts) | Or(parts):
            return [word for part in parts for word in _words(part)]
        case _:
            return []
