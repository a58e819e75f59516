"""Lists that can be sorted by how well their things fit the words of their `query` argument."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from db import search as db
from db.paging import Joins, Order, page
from db.search import ROWS, Asked, Condition, Kind, Sifted
from resolvers.context import Context
from resolvers.paging import Page, PageArgs, page_of
from resolvers.search.asking import asked_for, meant_by
from resolvers.search.syntax import And, Node, Op, Or, Term, parse


class Query(Protocol):
    """The conditions of a `query` argument, none for one that asks for nothing; see `searched` for ``of_few``.

    Raises ClientError above the bounds of the syntax.
    """

    def __call__(self, context: Context, query: str | None, *, of_few: bool = False) -> Awaitable[list[Condition]]: ...


@dataclass(frozen=True)
class Listing:
    """What a storefront may see of a kind, as its `query` argument narrows it and ``order`` sorts it."""

    kind: Kind
    seen: Sequence[Condition]
    asks: Query
    order: Order
    joins: Joins = ()

    async def page(self, context: Context, args: PageArgs, query: str | None) -> Page[Any]:
        """A page; sorted by RELEVANCE where a query has words, what fits best comes first, and what is among no hits,
        because OR or a key lets it in, comes last. Raises ClientError for bad pages and queries.
        """
        asked = await _asked_by(context, self.kind, query) if args.sort == "RELEVANCE" else None
        order = args.turned(db.relevance(self.kind) if asked else self.order)
        window = args.window(order)
        where = [*self.seen, *await self.asks(context, query)]
        if asked:
            of_few = [*self.seen, *await self.asks(context, query, of_few=True)]
            statements = db.hits_first(asked, Sifted(self.kind, of_few, where), order, window)
        else:
            statements = [page(ROWS[self.kind], where, order, window, self.joins)]
        rows: list[Any] = []
        async with context.read() as session:
            for statement in statements:
                if len(rows) <= window.size:
                    rows += await session.tuples(statement)
        return page_of(rows, order, window)


async def _asked_by(context: Context, kind: Kind, query: str | None) -> Asked | None:
    """What the words of a query ask the index, most of them of one with OR; None where they say nothing."""
    tree = parse(query or "")
    text = " ".join(_words(tree)) if tree is not None else ""
    meant = await meant_by(context, text, is_open=True) if text else None
    if not meant:
        return None
    return replace(asked_for(meant, (kind,)), is_loose=len(meant) > 1 and _offers_choice(tree))


def _offers_choice(node: Node | None) -> bool:
    match node:
        case Or():
            return True
        case And(parts):
            return any(map(_offers_choice, parts))
        case _:
            return False


def _words(node: Node) -> list[str]:
    """What a query asks for by text, in its order; what it rules out is left aside."""
    match node:
        case Term(None | "title", Op.EQUAL, value):
            return [value]
        case And(parts) | Or(parts):
            return [word for part in parts for word in _words(part)]
        case _:
            return []
