"""JSON that the database writes: what becomes part of an answer as it stands, without a row ever being made of it.

It is put together as text, the same way on both databases. Constants of ours are written into the statement, names that
a client chose are parameters. What must not be null and is, or would not be written as Python writes it, becomes
`MISSING`, which the JSON text of values never holds. Whoever finds it in an answer makes that part the usual way.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from typing import Any, TypeAlias

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy import column as named
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from db.base import Row
from db.forms import Given
from db.keys import among, keys_parameter
from db.paging import Children, Order, Window, page, plain_type
from db.trees import sources_of
from db.types import UtcDateTime

MISSING = "\t"
"""Stands for what the database cannot say. JSON text of ours has no tab; what is one character is found fastest."""
APART = "\n"
"""Stands on either side of the keys of what is in a document; no JSON text of ours has a line end."""
BETWEEN = "\r"
"""May stand between documents; they have none of these either."""

Text: TypeAlias = tuple[Any, ...]
"""JSON text in parts: constants of ours, aliases, marks, and expressions that are never null."""

_MOST_PARTS = 90
"""How many parts are put together at once: each nests those before it, and SQLite takes a thousand levels."""
_NULL, _MISSING, _TRUE, _FALSE, _EMPTY = (
    literal_column(f"'{word}'", String) for word in ("null", MISSING, "true", "false", "")
)


class Leaf(Enum):
    """What a value is in JSON."""

    TEXT = auto()
    WHOLE = auto()
    """An integer of 32 bits."""
    NUMBER = auto()
    """A number with a fraction; only what is `Said` is one."""
    TRUTH = auto()
    MOMENT = auto()
    """A moment in UTC, to the second."""


class Alias(str):
    """A response name that a client chose."""

    __slots__ = ()


class Unsayable(Exception):  # noqa: N818 - a reason, not a fault
    """What is asked for cannot be said in SQL."""


@dataclass(frozen=True)
class Said:
    """A value that is JSON text already, unless the column ``given`` is null."""

    text: Text
    given: Any = None


@dataclass(frozen=True)
class Sure:
    """A column that is never null, though it is none of a table's."""

    column: ColumnElement[Any]


@dataclass(frozen=True)
class Maybe:
    """``value``, which is made of columns, unless the column ``given`` is null."""

    given: Any
    value: Any


@dataclass(frozen=True)
class Found:
    """Rows that belong to an enclosing one, and what each of them comes to, made of their columns.

    A total is made of all of them together, and is one row, also of none.
    """

    statement: Select[*tuple[Any, ...]]
    value: Any
    is_total: bool = False


class _Part(FunctionElement[str]):
    type = String()


class _Concat(_Part):
    name = "concat"
    inherit_cache = True


class _Quoted(_Part):
    name = "quoted"
    inherit_cache = True


class _Joined(_Part):
    name = "joined"
    inherit_cache = True


class _Holds(FunctionElement[int]):
    name = "holds"
    type = Integer()
    inherit_cache = True


class _Divided(FunctionElement[int]):
    name = "divided"
    type = BigInteger()
    inherit_cache = True


class _Moment(_Part):
    name = "moment"
    inherit_cache = True


class _Keys(FunctionElement[int]):
    name = "keys"
    type = BigInteger()
    inherit_cache = True


def _spelt(element: type[FunctionElement[Any]], **dialects: tuple[str, str]) -> None:
    """How an element is written in each dialect: around its parts, and between them; anywhere else as in the last."""
    for dialect, (form, between) in dialects.items():

        def spell(
            one: FunctionElement[Any], compiler: SQLCompiler, form: str = form, between: str = between, **kw: Any
        ) -> str:
            return form.format(between.join(compiler.process(part, **kw) for part in one.clauses))

        compiles(element, dialect)(spell)
    compiles(element)(spell)


_ISO = """to_char(timezone('UTC', {}), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""

_spelt(_Concat, sqlite=("(({}))", ") || ("))
_spelt(_Quoted, postgresql=("to_json({})::text", ""), sqlite=("json_quote({})", ""))
_spelt(_Joined, postgresql=("string_agg({}, ',')", ""), sqlite=("group_concat({}, ',')", ""))
_spelt(_Holds, postgresql=("strpos({})", ", "), sqlite=("instr({})", ", "))
_spelt(_Divided, postgresql=("(({}))", ") / ("), sqlite=("(({}))", ") / ("))
_spelt(_Moment, postgresql=(_ISO, ""), sqlite=("replace(substr({}, 1, 19), ' ', 'T') || 'Z'", ""))
# PostgreSQL would see how many keys there are, plan one key as cheaper than any number, and so anew each time.
_UNNESTED = "(SELECT unnest((SELECT {})) AS value)"
_spelt(_Keys, postgresql=(_UNNESTED, ""), sqlite=("(SELECT value FROM json_each({}))", ""))


@compiles(_Concat, "postgresql")
def _concat(element: _Concat, compiler: SQLCompiler, **kw: Any) -> str:
    # Not by the function of that name, which looks up how each of its parts is written, each time.
    texts = (part if isinstance(part.type, String) else cast(part, String) for part in element.clauses)
    return f"({' || '.join(f'({compiler.process(text, **kw)})' for text in texts)})"


def divided(number: Any, by: Any) -> ColumnElement[int]:
    """A whole number by another one, what is left over left out; neither of them is negative."""
    return _Divided(number, by)


def holds(text: Any, part: Any) -> ColumnElement[bool]:
    """Whether a text has another one in it."""
    return _Holds(text, part) > number(0)


def word(characters: str) -> ColumnElement[str]:
    """A constant of ours, written into the statement."""
    return literal_column("'" + characters.replace("'", "''") + "'", String)


def number(value: int) -> ColumnElement[int]:
    """The same of a number."""
    return literal_column(str(value), Integer)


def in_quotes(*parts: Any) -> Said:
    """Texts and numbers one after the other, as a JSON string. None of them is null or holds what JSON escapes."""
    return Said(('"', *parts, '"'))


def joined(*parts: Any) -> ColumnElement[str]:
    """Texts and numbers one after the other; none of them is null."""
    made: ColumnElement[str] = text_of(parts)
    return made


def quoted(*parts: Any) -> Said:
    """The same for texts that may hold anything."""
    return Said((_Quoted(text_of(parts)),))


def optional(given: Any, make: Callable[..., Any], *rest: Any) -> Any:
    """What is made of ``given``; None for None. Of a column it is made in SQL, where that is not null."""
    if given is None:
        return None
    made = make(given, *rest)
    return Maybe(given, made) if _is_column(given) else made


def written(value: Any, leaf: Leaf, *, nullable: bool, names: Sequence[str] = ()) -> Text:
    """A leaf's JSON text; of an enum, whose ``names`` are given, only if it is one of them. Raises Unsayable for what
    has none in SQL.
    """
    if isinstance(value, Maybe):
        text = written(value.value, leaf, nullable=nullable, names=names)
        return unless_null(value.given, text, nullable=nullable)
    if isinstance(value, Said):
        return value.text if value.given is None else unless_null(value.given, value.text, nullable=nullable)
    if value is None and nullable:
        return ("null",)
    if isinstance(value, str) and leaf is Leaf.TEXT and not names:
        return (orjson.dumps(value).decode(),)
    column = column_of(value.column if isinstance(value, Sure) else value)
    text = _named(column, names) if names else _leaf(column, leaf)
    return text if isinstance(value, Sure) else unless_null(column, text, nullable=nullable)


def _named(column: Any, names: Sequence[str]) -> Text:
    listed: Any = literal_column(f"({', '.join(map(repr, names))})")
    found = column.op("IN", is_comparison=True)(listed)
    return (case((found, joined(word('"'), column, word('"'))), else_=_MISSING),)


def _leaf(column: Any, leaf: Leaf) -> Text:
    kind = column.type
    plain = plain_type(kind).python_type
    if leaf is Leaf.TEXT and plain is str:
        return (_Quoted(column),)
    if leaf is Leaf.TRUTH and plain is bool:
        return (case((column, _TRUE), else_=_FALSE),)
    if leaf is Leaf.MOMENT and isinstance(kind, UtcDateTime):
        return ('"', _Moment(column), '"')
    if leaf is Leaf.WHOLE and plain is int:
        fits = column.between(number(-(2**31)), number(2**31 - 1))
        return (case((fits, cast(column, String)), else_=_MISSING),)
    raise Unsayable


def column_of(value: Any) -> Any:
    """A column as a part of a statement. Raises Unsayable for anything else."""
    if not _is_column(value):
        raise Unsayable
    return _expression(value)


def is_never_null(value: Any) -> bool:
    """Whether it is a table's column that is never null."""
    column = _expression(value) if _is_column(value) else None
    return isinstance(column, Column) and not column.nullable


def null_or_missing(*, nullable: bool) -> ColumnElement[str]:
    """What stands in the place of a text that there is not."""
    return _NULL if nullable else _MISSING


def unless_null(given: Any, text: Text, *, nullable: bool) -> Text:
    """JSON text that stands only where a column is not null."""
    if is_never_null(given):
        return text
    column = _expression(given)
    return (case((column.is_(None), null_or_missing(nullable=nullable)), else_=text_of(text)),)


def document(fields: Iterable[tuple[str, Text]]) -> Text:
    """An object: response names, and the JSON text of each."""
    return ("{", *members(fields), "}")


def members(fields: Iterable[tuple[str, Text]]) -> Text:
    """The same without what is around an object."""
    parts: list[Any] = []
    for name, text in fields:
        parts += [',"' if parts else '"', name, '":', *text]
    return tuple(parts)


def first_of(found: Found, text: Text, outer: Sequence[Any], *, nullable: bool, key: Any = None) -> Text:
    """The text of the row that belongs to the enclosing one of the tables ``outer``; beside it its ``key``, if any."""
    if found.is_total and all(isinstance(part, str) for part in text):
        # Selected from the rows, constants would be there once for each of them.
        return text
    told = () if key is None else (APART, key, APART)
    one = found.statement.correlate(*outer).with_only_columns(text_of((*text, *told)), maintain_column_froms=True)
    return (func.coalesce(one.scalar_subquery(), null_or_missing(nullable=nullable)),)


def all_of(found: Found, text: Text, outer: Sequence[Any], *, key: Any = None) -> Text:
    """The texts of all rows that belong to the enclosing one, as a list; beside it their keys, if any."""
    columns = [text_of(text).label("text"), *(() if key is None else (_expression(key).label("key"),))]
    rows = found.statement.correlate(*outer).with_only_columns(*columns, maintain_column_froms=True).subquery()
    listed = ("[", func.coalesce(_Joined(rows.c.text), _EMPTY), "]")
    told = () if key is None else (APART, func.coalesce(_Joined(cast(rows.c.key, String)), _EMPTY), APART)
    return (select(text_of((*listed, *told))).scalar_subquery(),)


def value_of(found: Found, outer: Sequence[Any]) -> Any:
    """What one column of the row that belongs to the enclosing one says; null without a row."""
    one = found.statement.correlate(*outer).with_only_columns(found.value, maintain_column_froms=True)
    return one.scalar_subquery()


def first_children(children: Children, key: Any, order: Order, size: Any) -> Select[*tuple[Any, ...]]:
    """The first rows that belong to a key; how many is a parameter, since a key's rows are few."""
    where = (among(children.parent, key), *children.where)
    statement = page(children.row, where, order, Window(0), children.joins)
    return statement.limit(bindparam(None, size, Integer, unique=True))


class Keys:
    """The keys that a statement is asked for, each a row of its own."""

    def __init__(self, name: str) -> None:
        self._rows = _Keys(keys_parameter(Given(name))).table_valued(named("value", BigInteger), name="asked")
        self.value: Any = self._rows.c.value

    @property
    def tables(self) -> tuple[Any, ...]:
        """What statements within hang on."""
        return (self._rows,)

    def select(self, columns: Sequence[Text]) -> Select[*tuple[Any, ...]]:
        """(key, the text of each column)."""
        return select(self.value, *(text_of(text).label(f"c{n}") for n, text in enumerate(columns)))


def tables_of(statement: Any) -> tuple[Any, ...]:
    """The tables that a statement selects from itself, not within another selection."""
    return tuple(Row.metadata.tables[name] for name in sorted(sources_of(statement)))


def symbols_of(statement: Any) -> list[Any]:
    """What a statement selects: a row class for a row of it, else the column."""
    return [one["expr"] for one in statement.column_descriptions]


def _is_column(value: Any) -> bool:
    return isinstance(value, ColumnElement) or hasattr(value, "__clause_element__")


def _expression(value: Any) -> Any:
    return value if isinstance(value, ColumnElement) else value.__clause_element__()


def text_of(parts: Text) -> Any:
    """The parts as one expression; constants beside each other are one."""
    made: list[Any] = []
    for is_ours, group in groupby(parts, key=lambda part: type(part) is str):
        if is_ours:
            made.append(word("".join(group)))
        else:
            made += [_parameter(one) if isinstance(one, Given | Alias) else _expression(one) for one in group]
    if len(made) == 1 and not isinstance(made[0].type, Integer):
        return made[0]
    while len(made) > _MOST_PARTS:
        made = [_Concat(*made[start : start + _MOST_PARTS]) for start in range(0, len(made), _MOST_PARTS)]
    return _Concat(*made)


def _parameter(value: Any) -> Any:
    return bindparam(None, value, String(), unique=True)
