"""What the tree of a statement says of the tables that it selects from."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BinaryExpression, BooleanClauseList, ClauseElement, Column, Table
from sqlalchemy.sql import operators
from sqlalchemy.sql.selectable import Join, ScalarSelect, SelectBase, Subquery


def elements_of(statement: Any) -> list[tuple[Any, int]]:
    """What a statement is made of, each element once, and on how many ways it is come to: parts are shared, and shared
    parts within them, so that there may be many times more ways than elements.
    """
    children: dict[int, list[Any]] = {}
    met: list[Any] = []
    _meet(statement, children, met)
    ways = Counter({id(statement): 1})
    # Whatever holds an element was met after it: the other way round, all ways to it are known by its turn.
    for one in reversed(met):
        for child in children[id(one)]:
            ways[id(child)] += ways[id(one)]
    return [(one, ways[id(one)]) for one in met]


def _meet(one: Any, children: dict[int, list[Any]], met: list[Any]) -> None:
    children[id(one)] = list(one.get_children())
    for child in children[id(one)]:
        if id(child) not in children:
            _meet(child, children, met)
    met.append(one)


def sources_of(query: Any) -> set[str]:
    """The tables that a selection names itself, not within another selection, nor of one around it: its sources."""
    found = set()
    met: dict[int, Any] = {}
    pending = [*query._raw_columns, *query._where_criteria, *query._from_obj]
    pending += [part for target, condition, *_ in query._setup_joins for part in (target, condition)]
    while pending:
        one = pending.pop()
        if id(one) in met:
            continue
        met[id(one)] = one
        table = one if isinstance(one, Table) else getattr(one, "table", None)
        if isinstance(table, Table):
            found.add(table.name)
        if isinstance(one, ClauseElement) and not isinstance(one, Table | SelectBase | ScalarSelect | Subquery):
            pending.extend(one.get_children())
    return found - {str(getattr(one, "name", None)) for one in query._correlate or ()}


def conditions_of(query: Any) -> Iterable[Any]:
    """What must hold of every row of a selection: its conditions and those of its inner joins."""
    yield from conjuncts(query._where_criteria)
    for source in query._from_obj:
        yield from _joined(source)
    for _target, condition, _left, flags in query._setup_joins:
        if not flags["isouter"] and not flags["full"]:
            yield from conjuncts([condition])


def _joined(source: Any) -> Iterable[Any]:
    if isinstance(source, Join) and not source.full:
        yield from _joined(source.left)
        if not source.isouter:
            yield from _joined(source.right)
            yield from conjuncts([source.onclause])


def conjuncts(conditions: Iterable[Any]) -> Iterable[Any]:
    """Conditions that must all hold, each by itself."""
    for condition in conditions:
        if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
            yield from conjuncts(condition.clauses)
        else:
            yield condition


def is_itself(condition: Any, table: str) -> bool:
    """Whether rows of a table are those that a selection within has found already, by their only primary key."""
    if not isinstance(condition, BinaryExpression) or condition.operator is not operators.eq:
        return False
    for own, other in ((condition.left, condition.right), (condition.right, condition.left)):
        within = isinstance(getattr(other, "table", None), Subquery)
        if within and named(own) == (table, "id") and {named(base) for base in other.base_columns} == {(table, "id")}:
            return True
    return False


def is_join(condition: Any, one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether a condition says that two columns, each named by its table and name, are equal."""
    if not isinstance(condition, BinaryExpression) or condition.operator is not operators.eq:
        return False
    return {named(condition.left), named(condition.right)} == {one, other}


def named(column: Any) -> tuple[str | None, str] | None:
    """The table and the name of a column; None for anything else."""
    return (getattr(column.table, "name", None), column.name) if isinstance(column, Column) else None
