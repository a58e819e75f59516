"""Keyset paging: a page begins where the last one ended, by the values it ended with, never by counting rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    TypeDecorator,
    bindparam,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import join
from sqlalchemy.types import TypeEngine

from db.base import Row, Tuples
from db.forms import Asked, Given, asked
from db.keys import among, unseen


@dataclass(frozen=True)
class Order:
    """How a list is sorted: by ``keys``, none of them ever null, the last of them unique; ``down`` turns it round."""

    name: str
    keys: tuple[Any, ...]
    down: bool = False

    @property
    def types(self) -> tuple[type, ...]:
        """The Python type of each key."""
        return tuple(plain_type(key.type).python_type for key in self.keys)


def plain_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """What a decorated type is made of; the decoration hides which Python type it takes."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


@dataclass(frozen=True)
class Window:
    """Which part of a list: at most ``size`` rows after and before these key values, from the end if ``backwards``."""

    size: int
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None
    backwards: bool = False

    @property
    def shape(self) -> tuple[bool, ...]:
        """What a statement's text depends on."""
        return self.after is None, self.before is None, self.backwards

    @property
    def values(self) -> dict[str, Any]:
        """What it does not depend on, by name."""
        found: dict[str, Any] = {"size": self.size}
        for name, bound in (("after", self.after), ("before", self.before)):
            found |= {f"{name}{place}": value for place, value in enumerate(bound or ())}
        return found

    def marked(self) -> "Window":
        """The same with marks for its values."""
        size: Any = Given("size")
        after, before = (
            None if bound is None else tuple(Given(f"{name}{place}") for place in range(len(bound)))
            for name, bound in (("after", self.after), ("before", self.before))
        )
        return Window(size, after, before, self.backwards)


Joins = Sequence[tuple[Any, ...]]
"""Tables to join, each with its condition; and True where a row without a counterpart stays."""


@dataclass(frozen=True, eq=False)
class Children:
    """Rows that belong to parents; ``parent`` is the column that says to which.

    ``member`` is the column beside it that equals the row's id, where a table between them has one: it is sorted by.
    ``is_fixed`` says that they are the same object whoever asks, so that their statements are built once.
    """

    row: type[Row]
    parent: Any
    joins: Joins = ()
    where: tuple[Any, ...] = ()
    member: Any = None
    is_fixed: bool = False


def page(row: type[Row], where: Sequence[Any], order: Order, window: Window, joins: Joins = ()) -> Tuples:
    """One page of a list, one row more than asked for: (row, its key values…)."""
    statement = select(row, *labelled(order)).select_from(joined(row, joins))
    return part_of(statement.where(*where), order, window)


def page_per_parent(children: Children, parents: Sequence[int], order: Order, window: Window) -> Tuples | Asked[Tuples]:
    """A page for each parent in one statement, one row more than asked for each: (parent, row, its key values…)."""
    if not children.is_fixed:
        return _per_parent(children, parents, order, window)
    shape = (children, order.name, order.down, len(parents) == 1, *window.shape)
    values = {"parents": parents, **window.values}

    def build() -> Tuples:
        marks: Any = [Given("parents", itemgetter(0))] if len(parents) == 1 else Given("parents")
        return _per_parent(children, marks, order, window.marked())

    return asked(shape, build, values)


def _per_parent(children: Children, parents: Sequence[int], order: Order, window: Window) -> Tuples:
    if not isinstance(parents, Given) and len(parents) == 1:
        where = (children.parent == parents[0], *children.where)
        one = page(children.row, where, order, window, children.joins)
        parent = children.parent.label("parent")
        return one.with_only_columns(parent, children.row, *labelled(order), maintain_column_froms=True)
    number = func.row_number().over(partition_by=children.parent, order_by=_sorted(order, window)).label("n")
    keys = labelled(order)
    row_key = list(children.row.__table__.primary_key.columns)  # type: ignore[attr-defined]
    own = [column.label(f"id{n}") for n, column in enumerate(row_key)]
    source = joined(children.row, children.joins)
    inner = select(children.parent.label("parent"), *own, *keys, number).select_from(source)
    ranked = inner.where(among(children.parent, parents), *children.where, *_within(order, window)).subquery()
    same = [ranked.c[label.name] == column for label, column in zip(own, row_key, strict=True)]
    return (
        select(ranked.c.parent, children.row, *(ranked.c[key.name] for key in keys))
        .select_from(ranked)
        .join(children.row, same[0] if len(same) == 1 else tuple_(*row_key) == tuple_(*(ranked.c[o.name] for o in own)))
        .where(ranked.c.n <= window.size + 1)
        .order_by(ranked.c.parent, ranked.c.n)
    )


def part_of(statement: Tuples, order: Order, window: Window) -> Tuples:
    """A page of what any statement finds, one row more than asked for."""
    bounded = statement.where(*_within(order, window)).order_by(*_sorted(order, window))
    return bounded.limit(_number(window.size + 1))


def labelled(order: Order) -> list[Any]:
    """The keys under names of their own: a column selected twice would be answered once."""
    return [key.label(f"k{n}") for n, key in enumerate(order.keys)]


def _number(size: int) -> BindParameter[int]:
    """A number that is part of the statement's text: PostgreSQL plans a page otherwise for a tenth of all rows."""
    return bindparam(None, size, Integer, unique=True, literal_execute=True)


def joined(row: type[Row], joins: Joins) -> Any:
    """A table with the tables joined to it."""
    source: Any = row
    for table, condition, *outer in joins:
        source = join(source, table, condition, isouter=bool(outer))
    return source


def _within(order: Order, window: Window) -> list[ColumnElement[bool]]:
    bounds: list[ColumnElement[bool]] = []
    for values, later in ((window.after, True), (window.before, False)):
        if values is not None:
            given = [unseen(literal(value, _bound(key.type))) for value, key in zip(values, order.keys, strict=True)]
            keys, edge = (tuple_(*order.keys), tuple_(*given)) if len(given) > 1 else (order.keys[0], given[0])
            bounds.append(keys > edge if later != order.down else keys < edge)
    return bounds


def _bound(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of a bound: a number may be larger than any that a column of its type holds."""
    return BigInteger() if isinstance(plain_type(kind), Integer) else kind


def _sorted(order: Order, window: Window) -> list[Any]:
    return [key.desc() if order.down != window.backwards else key.asc() for key in order.keys]
