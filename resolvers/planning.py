"""A tree of fields as one statement, which writes the JSON of the answer.

It is made of what fields and loaders declare anyway: what a row has under a name, which loader an edge asks by which
key, and for which rows that loader asks. So it says the same, in the same order, under the same conditions. What cannot
be said like this is left to the loaders.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from orjson import Fragment

from db.documents import (
    APART,
    BETWEEN,
    MISSING,
    Found,
    Keys,
    Leaf,
    Maybe,
    Text,
    Unsayable,
    all_of,
    column_of,
    document,
    first_of,
    is_never_null,
    members,
    tables_of,
    unless_null,
    value_of,
    written,
)
from db.forms import Asked, Form, Given
from db.selecting import Beside, Rows, joined_one
from db.session import Session
from db.tags import Footprint, Reads, reads_of
from resolvers.context import Context
from resolvers.paging import PageArgs

_LOGGER = logging.getLogger("storekeep.planning")


@dataclass(frozen=True, eq=False)
class Wanted:
    """A field that is asked for, under a response name.

    Its value is what ``in_sql`` makes of the enclosing row; or what the row has under ``attribute``, or a loader finds
    by that. A field with a ``leaf`` is one; ``constant`` stands for itself; any other has fields ``within``.
    """

    name: str
    parent: str
    """The GraphQL type that it is a field of."""
    nullable: bool = False
    leaf: Leaf | None = None
    names: tuple[str, ...] = ()
    """Of an enum, the names of its values."""
    is_list: bool = False
    attribute: str = ""
    loader: Any = None
    pick: Callable[[Any], Any] | None = None
    page: int | None = None
    """Which of the pages that the tree asks for it is."""
    in_sql: Callable[["Where", Any], Any] | None = None
    constant: str | None = None
    within: "tuple[Wanted, ...]" = ()

    @property
    def size(self) -> int:
        """What it weighs in a statement: a column is 1, what is made of columns 3, what a loader finds 5."""
        own = 5 if self.loader is not None else 3 if self.in_sql is not None else 1
        return own + sum(field.size for field in self.within)


@dataclass(frozen=True)
class _Scope:
    """The tables that enclose what is being written, and how many rows within each other that makes."""

    tables: tuple[Any, ...]
    level: int = 0
    beside: Beside | None = None
    """What is joined to the rows, where they are a list."""


@dataclass(frozen=True)
class _Many:
    """All rows that were found within a scope, and what each of them comes to within its own."""

    found: Found
    value: Any
    scope: _Scope
    inner: _Scope

    def listed(self) -> "_Many":
        """The same with nothing beside it yet."""
        return replace(self, inner=replace(self.inner, beside=Beside()))


@dataclass(frozen=True)
class _Edge:
    node: Any


class _Page:
    """What a page has."""

    def __init__(self, found: Found, scope: _Scope, inner: _Scope) -> None:
        self.nodes = _Many(found, found.value, scope, inner)
        self.edges = _Many(found, _Edge(found.value), scope, inner)


@dataclass
class Reading:
    """What one field of the tree reads by the keys that are asked for, and by those of what it finds."""

    at_keys: list[Reads]
    at_found: list[Reads]
    tells_keys: bool = False
    """Whether the keys of what it finds stand in its texts."""

    def note(self, footprint: Footprint, keys: Sequence[Any], found: Iterable[str]) -> None:
        """Note what was read."""
        if not footprint.is_tagged:
            footprint.tables.update(self.tables)
            return
        for reads in self.at_keys:
            footprint.read_at(reads, keys)
        for reads in self.at_found:
            footprint.read_at(reads, found)

    @cached_property
    def tables(self) -> set[str]:
        """All that it reads."""
        return set().union(*(reads.tables for reads in (*self.at_keys, *self.at_found)))


class Where:
    """Where in a tree something is said: for what says in SQL what a function says in Python."""

    def __init__(self, writer: "_Writer", parent: str, scope: _Scope) -> None:
        self._writer = writer
        self._scope = scope
        self.parent = parent
        self.base_url: Any = writer.context.base_url

    def value(self, loader: Any, key: Any) -> Any:
        """The column that a loader finds for a key of the row; null without any."""
        found, _ = self._writer.ask(loader, key, self._scope)
        return value_of(found, self._scope.tables)


class _Writer:
    """Writes one column: what is asked for of rows, which ``keys`` tell apart or find."""

    def __init__(self, context: Context, pages: Sequence[PageArgs], keys: Keys | Rows) -> None:
        self.context = context
        self.column = Reading([], [])
        self._pages = pages
        self._keys = keys
        self._key: Any = None
        """The column by which more is found for each row that the field itself finds."""

    def text(self, field: Wanted) -> Text:
        """What a loader finds by the keys."""
        return self._edge(field, self._keys.value, _Scope(self._keys.tables))

    def members(self, fields: Iterable[Wanted], row: Any) -> Text:
        """Fields of the rows themselves."""
        scope = _Scope(self._keys.tables)
        return members((field.name, self._field(field, row, scope)) for field in fields)

    def ask(self, loader: Any, key: Any, scope: _Scope, page: int | None = None) -> tuple[Found, _Scope]:
        """What a loader finds for a key, and the scope of what is said of that. Raises Unsayable."""
        asked, args, key = loader(self.context), None if page is None else self._pages[page], column_of(key)
        own, reads = _alone(asked, args)
        if any(table is other for table in own for other in scope.tables):
            raise Unsayable
        self._note(reads, key, scope)
        found = asked.found(key) if args is None else asked.page_found(key, args, Given(f"size{page}"))
        return found, _Scope((*scope.tables, *own), scope.level + 1)

    def _note(self, reads: Reads, key: Any, scope: _Scope) -> None:
        if scope.level == 0:
            by_keys = key.compare(self._keys.value)
            self.column.at_keys.append(reads if by_keys else reads.unconfined())
            return
        if scope.level == 1 and self._key is None and is_never_null(key):
            self._key = key
        known = scope.level == 1 and self._key is not None and key.compare(self._key)
        self.column.at_found.append(reads if known else reads.unconfined())

    def _edge(self, field: Wanted, key: Any, scope: _Scope) -> Text:
        if field.loader.is_joined and scope.beside is not None and (joined := self._joined(field, key, scope)):
            return joined
        found, inner = self.ask(field.loader, key, scope, field.page)
        if field.page is not None:
            return self._object(field.within, _Page(found, scope, inner), inner)
        value = found.value if field.pick is None else field.pick(found.value)
        if field.is_list:
            return self._list(field, _Many(found, value, scope, inner))
        text = self._value(field, value, inner)
        nullable = field.nullable and not field.loader.fails_without
        return first_of(found, text, scope.tables, nullable=nullable, key=self._told(scope))

    def _joined(self, field: Wanted, key: Any, scope: _Scope) -> Text | None:
        """The same beside the rows of a list; None where its table is there already for something else."""
        beside: Any = scope.beside
        key = column_of(key)
        found = beside.find(field.loader, key)
        if found is None:
            found, inner = self.ask(field.loader, key, scope)
            if not beside.join(field.loader, key, found, inner.tables[len(scope.tables) :]):
                return None
        value = found.value if field.pick is None else field.pick(found.value)
        inner = _Scope((*scope.tables, *beside.tables), scope.level + 1, beside)
        nullable = field.nullable and not field.loader.fails_without
        return joined_one(found, self._value(field, value, inner), beside.tables, nullable=nullable)

    def _told(self, scope: _Scope) -> Any:
        key = self._key if scope.level == 0 and self.context.is_tagged else None
        self.column.tells_keys |= key is not None
        return key

    def _value(self, field: Wanted, value: Any, scope: _Scope) -> Text:
        if field.is_list:
            return self._list(field, value)
        if field.leaf is not None:
            return written(value, field.leaf, nullable=field.nullable, names=field.names)
        if isinstance(value, Maybe):
            return unless_null(value.given, self._value(field, value.value, scope), nullable=field.nullable)
        if value is None:
            raise Unsayable
        return self._object(field.within, value, scope)

    def _list(self, field: Wanted, many: Any) -> Text:
        if not isinstance(many, _Many):
            raise Unsayable
        many = many.listed()
        if field.leaf is None:
            text = self._object(field.within, many.value, many.inner)
        else:
            text = written(many.value, field.leaf, nullable=False, names=field.names)
        found = many.inner.beside.joined_to(many.found, many.inner.tables[len(many.scope.tables) :])
        return all_of(found, text, many.scope.tables, key=self._told(many.scope))

    def _object(self, fields: Iterable[Wanted], row: Any, scope: _Scope) -> Text:
        return document((field.name, self._field(field, row, scope)) for field in fields)

    def _field(self, field: Wanted, row: Any, scope: _Scope) -> Text:
        if field.constant is not None:
            return written(field.constant, Leaf.TEXT, nullable=False)
        if field.in_sql is not None:
            return self._value(field, field.in_sql(Where(self, field.parent, scope), row), scope)
        try:
            value = getattr(row, field.attribute)
        except AttributeError:
            raise Unsayable from None
        return self._value(field, value, scope) if field.loader is None else self._edge(field, value, scope)


_ALONE: dict[Any, tuple[tuple[Any, ...], Reads]] = {}
"""What is known of loaders' statements by themselves: one entry for each order of each of them."""


def _alone(asked: Any, args: PageArgs | None) -> tuple[tuple[Any, ...], Reads]:
    """The tables that a loader's statement selects from, and what it reads for its keys."""
    order = None if args is None else (args.sort, args.reverse)
    shape = (type(asked), asked.context.country is None, order)
    known = _ALONE.get(shape)
    if known is None:
        keys = Given("keys")
        found = asked.found(keys) if args is None else asked.page_found(keys, args, Given("size"))
        known = _ALONE[shape] = tables_of(found.statement), reads_of(found.statement)
    return known


REST = 10
"""How often loaders answer after a row could not be said, or a statement failed: each attempt is a statement more."""


class _Resting:
    """Leaves what is asked for to loaders for some time."""

    def __init__(self) -> None:
        self._left = 0

    def rests(self) -> bool:
        """Whether it does so once more."""
        if self._left:
            self._left -= 1
            return True
        return False

    def rest(self) -> None:
        """Begin to."""
        self._left = REST

    async def asked(self, session: Session, statement: Asked[Any]) -> Sequence[tuple[Any, ...]] | None:
        """What a planned statement finds; None where it failed, as the loaders' own may still answer. Raises
        TimeoutError and OSError, which they would meet as well.
        """
        try:
            return await session.documents(statement)
        except (TimeoutError, OSError):
            raise
        except Exception:
            _LOGGER.exception("a planned statement failed, and is left to loaders for some time")
            self.rest()
            return None


class Plan(_Resting):
    """The statement of some fields; those that cannot be said in SQL have no column in it."""

    def __init__(self, context: Context, fields: Sequence[Wanted], pages: Sequence[PageArgs]) -> None:
        super().__init__()
        keys, marked, texts = Keys("keys"), context.marked(), []
        self.columns: dict[Wanted, Reading] = {}
        for field in fields:
            writer = _Writer(marked, pages, keys)
            try:
                texts.append(writer.text(field))
            except Unsayable:
                continue
            self.columns[field] = writer.column
        self.form = Form(keys.select(texts), once=True) if texts else None

    async def ask(
        self, context: Context, keys: Sequence[int], pages: Sequence[PageArgs]
    ) -> dict[Wanted, dict[int, str]]:
        """The JSON text of each field for each key; none where a loader has to be asked after all."""
        if self.form is None or self.rests():
            return {}
        values = {"keys": keys, **context.marks, **{f"size{n}": page.size for n, page in enumerate(pages)}}
        async with context.read() as session:
            rows = await self.asked(session, Asked(self.form, values))
        if rows is None:
            return {}
        context.observe("Plan", len(keys))
        answers: dict[Wanted, dict[int, str]] = {}
        found, *columns = zip(*rows, strict=True) if rows else ((),) * (1 + len(self.columns))
        for (field, column), raw in zip(self.columns.items(), columns, strict=True):
            texts = _apart(raw, column, keys, context.tally.footprint)
            answers[field] = {key: text for key, text in zip(found, texts, strict=True) if MISSING not in text}
        return answers


class RowPlan(_Resting):
    """A statement that finds rows, and writes what is asked for of each instead of answering it. Raises Unsayable."""

    def __init__(self, context: Context, statement: Any, fields: Sequence[Wanted], pages: Sequence[PageArgs]) -> None:
        super().__init__()
        rows = Rows(statement)
        self._place = rows.place
        self._reads = reads_of(statement)
        self._columns: list[Reading] = []
        marked, texts = context.marked(), []
        for is_plain, some in groupby(fields, key=lambda field: field.loader is None and not field.within):
            # What anything else leads to is told by a column of its own, as by itself.
            for group in [list(some)] if is_plain else [[field] for field in some]:
                writer = _Writer(marked, pages, rows)
                texts.append(writer.members(group, rows.row))
                self._columns.append(writer.column)
        texts[0] = ("{", *texts[0])
        texts[-1] = (*texts[-1], "}")
        self._form = Form(rows.select(texts), once=True)
        self._tables: set[str] = set().union(*(column.tables for column in self._columns))

    async def tuples(
        self, context: Context, session: Session, statement: Asked[Any], pages: Sequence[PageArgs]
    ) -> list[tuple[Any, ...]] | None:
        """What the statement finds, with JSON in the place of the rows; None where some row cannot be said."""
        if self.rests():
            return None
        values = {**statement.values, **context.marks, **{f"size{n}": page.size for n, page in enumerate(pages)}}
        rows = await self.asked(session, Asked(self._form, values))
        if rows is None:
            return None
        context.observe("Plan", len(rows))
        # A page's statement (`db.paging.Window`) finds one row more than are shown, only to tell that there is one.
        shown = list(zip(*rows[: statement.values.get("size")], strict=True))
        texts = self._objects(shown, context.tally.footprint) if shown else []
        context.tally.footprint.read_with(self._reads, statement.values)
        if [text for text in texts if MISSING in text]:
            self.rest()
            return None
        place, end = self._place, -1 - len(self._columns)
        made = zip(*shown[:place], map(Fragment, texts), *shown[place:end], strict=True)
        return [*made, *[()] * (len(rows) - len(texts))]

    def _objects(self, shown: Sequence[Sequence[Any]], footprint: Footprint) -> list[str]:
        """The objects of the rows whose columns these are."""
        count = len(self._columns)
        if not footprint.is_tagged:
            footprint.tables.update(self._tables)
            return list(map(",".join, zip(*shown[-count:], strict=True)))
        raw = zip(self._columns, shown[-count:], strict=True)
        columns = [_apart(texts, column, shown[-1 - count], footprint) for column, texts in raw]
        return list(map(",".join, zip(*columns, strict=True)))


def _apart(texts: Sequence[str], column: Reading, keys: Sequence[Any], footprint: Footprint) -> Sequence[str]:
    """The texts of a column without the keys that stand in them; notes what they were read from."""
    if not column.tells_keys:
        column.note(footprint, keys, ())
        return texts
    pieces = BETWEEN.join(texts).split(APART)
    column.note(footprint, keys, set(filter(None, ",".join(pieces[1::2]).split(","))))
    return "".join(pieces[::2]).split(BETWEEN)
