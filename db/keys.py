"""Matching a column against any number of keys with one parameter: 3 keys and 3,000 are the same statement."""

import json
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    Dialect,
    Integer,
    String,
    Text,
    TypeDecorator,
    bindparam,
    case,
    exists,
    literal_column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from db.forms import Given

_ONE, _NONE = (literal_column(digit, Integer) for digit in "10")


class _Keys(TypeDecorator[list[Any]]):
    """A list of keys: an array on PostgreSQL, a JSON text on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: type[BigInteger] | type[String]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Among(FunctionElement[bool]):
    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """A condition as it stands: SQLite would get ``IN (…) = 1``, for which it uses no index."""
        return self


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, keys = element.clauses
    return f"{compiler.process(column, **kw)} IN (SELECT value FROM json_each({compiler.process(keys, **kw)}))"  # noqa: S608 - compiled parts


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, keys = element.clauses
    # Seeing how many keys there are, it would plan one as cheaper than any number, and so anew each time. The cast has
    # the selection taken for a list, not for rows.
    kind = "BIGINT" if cast(_Keys, keys.type).item is BigInteger else "VARCHAR"
    return f"{compiler.process(column, **kw)} = ANY ((SELECT {compiler.process(keys, **kw)})::{kind}[])"


def each_has(row: Any, *conditions: ColumnElement[bool], by: tuple[Any, str] | None = None) -> ColumnElement[bool]:
    """Whether there is something that meets the conditions, asked of one ``row`` of the statement after the other.

    ``row`` may be a tuple of tables that the conditions name.

    The databases would rather find all that is there first, or join it. Where a page needs few rows, that takes as long
    as the shop is large, and minutes after a wrong guess of how few there are. An offset, of none, forbids it.

    ``by`` is what is looked into and the name of its index, for SQLite, which takes a unique one where there is one,
    however small the other is. Without that index SQLite refuses the statement.
    """
    found: Any = select(literal_column("1")).where(*conditions).correlate(*(row if isinstance(row, tuple) else (row,)))
    if by:
        looked_into, index = by
        found = found.with_hint(looked_into, f"INDEXED BY {index}", "sqlite")
    return exists(found.offset(literal_column("0", Integer)))


def mostly(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, for a statement that is to be planned as if nearly all rows met it.

    PostgreSQL takes a half of them for one that it cannot judge. Of several it expects so few rows that it reads and
    sorts all there are for a page. Of a number that is not another it expects nearly all.
    """
    return case((condition, _ONE), else_=_NONE) != _NONE


class _Unseen(FunctionElement[Any]):
    name = "unseen"
    inherit_cache = True

    def __init__(self, value: BindParameter[Any]) -> None:
        super().__init__(value)
        self.type = value.type


@compiles(_Unseen)
def _unseen(element: _Unseen, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(_Unseen, "postgresql")
def _unseen_postgresql(element: _Unseen, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(SELECT {compiler.process(element.clauses, **kw)})"


def unseen(value: BindParameter[Any]) -> ColumnElement[Any]:
    """A value that a statement is to be planned without.

    Seeing where a page begins, PostgreSQL expects other numbers of rows behind it than of any place, and so plans the
    page anew each time where that seems cheaper. It would be read in the same way, and planning takes longer.
    """
    return _Unseen(value)


def among(column: Any, keys: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:
    """Whether ``column``, of integers or of text, is one of ``keys``; false for no keys.

    In place of keys there may be a column of an enclosing statement, which has one for each of its rows.
    """
    if isinstance(keys, ColumnElement):
        return cast(ColumnElement[bool], column == keys)
    return _Among(column, keys_parameter(keys, BigInteger if isinstance(column.type, Integer) else String))


def keys_parameter(
    keys: Iterable[int] | Iterable[str] | Given, item: type[BigInteger] | type[String] = BigInteger
) -> BindParameter[list[Any]]:
    """Keys as the one parameter that both databases take them in."""
    value = keys.listed() if isinstance(keys, Given) else list(keys)
    return bindparam(None, value, type_=_Keys(item), unique=True)


def keys_among(condition: Any) -> tuple[Any, Any] | None:
    """The column and the parameter of a condition that `among` made; None for any other."""
    if not isinstance(condition, _Among):
        return None
    column, keys = condition.clauses
    return column, keys
