"""A list sorted by a question, read from its hits: what is no hit stands behind them and is asked for by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Integer, Subquery, literal, nulls_last, select

from db.base import Tuples, table_of
from db.paging import Order, Window, labelled, part_of
from db.search.asking import Asked, Condition, hits
from db.search.index import ROWS, Kind


def relevance(kind: Kind) -> Order:
    """How things of a kind are sorted by a question: hits by their score, the best first, then the others by id."""
    table = table_of(ROWS[kind])
    return Order(f"{table.name}.score", (literal(0, Integer), table.c.id))


@dataclass(frozen=True)
class Sifted:
    """The same conditions on things of a kind, to be asked of few of them, one after the other, or of all at once."""

    kind: Kind
    of_few: Sequence[Condition]
    of_all: Sequence[Condition]


def hits_first(asked: Asked, things: Sifted, order: Order, window: Window) -> list[Tuples]:
    """What to ask one after the other until a page is full: (row, its key values…), each for one row more than the
    page may have. The order is that of `relevance`, either way round.
    """
    found = hits(replace(asked, kinds=(things.kind,)))
    parts = [_among_hits(found, things, order, window)]
    others = _beside_hits(found, things, order, window)
    if others is not None:
        parts.append(others)
    return parts if order.down == window.backwards else parts[::-1]


def _among_hits(found: Subquery, things: Sifted, order: Order, window: Window) -> Tuples:
    row = ROWS[things.kind]
    by_score = replace(order, keys=(-found.c.score, order.keys[-1]))
    statement = select(row, *labelled(by_score)).join(found, found.c.owner_id == order.keys[-1])
    page = part_of(statement.where(*things.of_few), by_score, window)
    if order.down != window.backwards:
        return page
    # Word for word as `hits` sorts, which PostgreSQL then need not do again: it looks at hits until the page is full,
    # not at the things of all of them.
    return page.order_by(None).order_by(nulls_last(found.c.score.desc()), found.c.kind, order.keys[-1])


def _beside_hits(found: Subquery, things: Sifted, order: Order, window: Window) -> Tuples | None:
    bounds = []
    for bound, is_lower in ((window.after, not order.down), (window.before, order.down)):
        if bound is not None and (bound[0] > 0 if is_lower else bound[0] < 0):
            return None
        bounds.append(bound[1:] if bound is not None and bound[0] == 0 else None)
    after, before = bounds
    others = order.keys[-1].not_in(select(found.c.owner_id))
    statement = select(ROWS[things.kind], *labelled(order)).where(*things.of_all, others)
    return part_of(statement, replace(order, keys=order.keys[-1:]), replace(window, after=after, before=before))
