"""Short sessions over one database: many readers, and writers that take turns where the database wants it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter
from typing import Any, Self, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.sql.expression import SelectOfScalar

from db import events, translations
from db.base import Row, Tuples, light, table_of, with_defaults
from db.letters import SmallLetters, small_letters
from db.tags import Footprint, reached_by
from db.wording import Text, Wording, best, owners_of, put

T = TypeVar("T")
Shape = tuple[tuple[type[Any] | None, int], ...]


@dataclass
class Tally:
    """What one operation asked of the database."""

    statements: int = 0
    seconds: float = 0.0
    footprint: Footprint = field(default_factory=Footprint)
    """What it read outside of its own transactions."""


class Contradiction(Exception):  # noqa: N818 - says what happened
    """What was written contradicts a constraint of the database, and was rolled back; the message is the database's."""


class Session:
    """One checked-out connection. Reads answer light rows; nothing is cached and nothing is lazy.

    With ``languages``, the one to be preferred first, rows say what is translated into them: a statement that answers
    rows which can be translated is followed by one more for the texts of all of them. Else all is as it was written.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        tally: Tally,
        languages: Sequence[str] = (),
        changes: Footprint | None = None,
    ) -> None:
        self.connection = connection
        self.tally = tally
        self.languages = languages
        self.changes = changes
        """What its transaction has changed so far; None for a session that reads."""

    async def rows(self, statement: SelectOfScalar[T]) -> list[T]:
        """Every row of a statement over one row class or one column."""
        ((make, _width),) = _shape(statement)
        found = (await self._run(statement)).all()
        if make is None:
            return [row[0] for row in found]
        rows = [make(*row) for row in found]
        if self.languages and make.wording:
            await self.translate(rows)
        return rows

    async def first(self, statement: SelectOfScalar[T]) -> T | None:
        """The first row, or None."""
        return next(iter(await self.rows(statement)), None)

    async def tuples(self, statement: Tuples) -> list[Any]:
        """Every row of a statement over several row classes and columns, as tuples in that order."""
        shape = _shape(statement)
        found = (await self._run(statement)).all()
        if all(make is None for make, _ in shape):
            return [tuple(row) for row in found]
        packed = [_packed(shape, row) for row in found]
        if self.languages:
            places = [place for place, (make, _) in enumerate(shape) if make and make.wording]
            await self.translate([row[place] for row in packed for place in places if row[place] is not None])
        return packed

    @property
    def as_written(self) -> "Session":
        """The same connection, answering rows in the language that they were written in."""
        return Session(self.connection, self.tally, changes=self.changes)

    def speaking(self, languages: Sequence[str]) -> "Session":
        """The same connection, answering rows in these languages, the one to be preferred first."""
        return Session(self.connection, self.tally, languages, self.changes)

    async def translate(self, rows: Sequence[Any]) -> None:
        """Let rows that were read as written say what is translated. One statement, or none for no rows."""
        if rows and self.languages:
            put(rows, await self._texts(owners_of(rows)))

    async def said(
        self, ids: Mapping[type[Row], Iterable[int]], fields: Mapping[type[Row], str] | None = None
    ) -> dict[tuple[type[Row], int], str]:
        """Texts that are translated, by row class and id: for a hot statement that answers texts instead of rows.

        Of each row its ``name``, unless ``fields`` names another text. One statement, or none for no ids.
        """
        kinds = {row.wording: row for row in ids if row.wording}
        owners = {wording: keys for wording, row in kinds.items() if (keys := list(dict.fromkeys(ids[row])))}
        if not self.languages or not owners:
            return {}
        rows = {wording.kind: row for wording, row in kinds.items()}
        wanted = {wording: (fields or {}).get(kinds[wording], "name") for wording in owners}
        texts = await self._texts(owners, wanted)
        return {(rows[kind], key): text for (kind, key, _), text in texts.items()}

    async def _texts(
        self, owners: Mapping[Wording, Sequence[int]], fields: Mapping[Wording, str] | None = None
    ) -> dict[Text, str]:
        found = (await self._run(translations.texts_in(owners, self.languages, fields))).all()
        return best([tuple(row) for row in found], self.languages)

    async def change(self, statement: Executable) -> int:
        """Carry out a statement that writes; answers how many rows it touched."""
        return (await self._run(statement)).rowcount

    async def returning(self, statement: Executable) -> list[tuple[Any, ...]]:
        """Carry out a writing statement with a RETURNING clause; answers what it returned."""
        return [tuple(row) for row in (await self._run(statement)).all()]

    async def add(self, row: type[T], values: Mapping[str, Any]) -> T:
        """Insert one row; answers it as stored, defaults and key included."""
        kind = cast(type[Row], row)
        table = table_of(kind)
        stored = await self._run(table.insert().values(with_defaults(kind, values)).returning(*table.columns))
        return cast(T, light(kind)(*stored.one()))

    async def add_all(self, row: type[Row], values: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows in one round trip (a bulk insert); nothing for none."""
        if values:
            await self._run(table_of(row).insert(), [with_defaults(row, one) for one in values])

    async def add_keyed(self, row: type[Row], values: Sequence[Mapping[str, Any]]) -> list[int]:
        """Insert many rows; answers their ids in the order of ``values``. All of them name the same columns."""
        if not values:
            return []
        table = table_of(row)
        made = await self._run(table.insert().returning(table.c.id, sort_by_parameter_order=True), values)
        return list(made.scalars().all())

    async def change_each(self, statement: Executable, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Carry out a writing statement once for each set of parameters, in one round trip; nothing for none."""
        if parameters:
            await self._run(statement, parameters)

    async def _run(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        started = perf_counter()
        result = await self.connection.execute(statement, parameters)
        self.tally.statements += 1
        self.tally.seconds += perf_counter() - started
        ran = result.context
        if self.changes is None:
            self.tally.footprint.read(ran.compiled, ran.compiled_parameters)
        elif result.returns_rows or result.rowcount != 0:
            self.changes.change(ran.compiled, ran.compiled_parameters)
        return result


def _shape(statement: Any) -> Shape:
    """For each thing selected: what to build of it (None for a plain column), and how many columns it takes."""
    return _shape_of(
        tuple(
            entry["expr"] if entry.get("entity") is entry["expr"] else None for entry in statement.column_descriptions
        )
    )


@lru_cache(maxsize=1024)
def _shape_of(entities: tuple[type[Row] | None, ...]) -> Shape:
    return tuple((light(e), len(table_of(e).columns)) if e is not None else (None, 1) for e in entities)


def _packed(shape: Shape, row: Sequence[Any]) -> tuple[Any, ...]:
    packed, at = [], 0
    for make, width in shape:
        if make is None:
            packed.append(row[at])
        else:
            values = row[at : at + width]
            packed.append(make(*values) if any(value is not None for value in values) else None)
        at += width
    return tuple(packed)


class _OnThisThread:
    """A plain connection in the clothes of an asynchronous one, as far as `Session` looks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """The result, at once."""
        return self._connection.execute(statement, parameters)


class Database:
    """The one door to the database, on SQLite or PostgreSQL. Leaving it as a context closes it.

    ``url`` is an SQLAlchemy URL: ``sqlite+aiosqlite:///path`` or ``postgresql+asyncpg://…``.
    """

    def __init__(self, url: str, *, readers: int = 8) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = create_async_engine(self.url, pool_size=1, max_overflow=0)
            self._reader = create_async_engine(
                self.url, pool_size=min(readers, 4), max_overflow=1, isolation_level="AUTOCOMMIT"
            )
            _prepare_sqlite(self._writer.sync_engine, begin="BEGIN IMMEDIATE", query_only=False)
            _prepare_sqlite(self._reader.sync_engine, begin=None, query_only=True)
        else:
            self._writer = create_async_engine(self.url, pool_size=readers, max_overflow=readers, pool_pre_ping=True)
            self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")
        self._bulk: Engine | None = None
        self.origin = secrets.token_hex(8)
        """Tells the events of this process's changes from those of others."""
        self._told: list[Callable[[Iterable[str]], None]] = []
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock() if self.is_sqlite else nullcontext()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def kind(self) -> str:
        """``SQLite`` or ``PostgreSQL``."""
        return "SQLite" if self.is_sqlite else "PostgreSQL"

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes; for migrations and for a listener of its own."""
        return self._writer

    @property
    def engine_for_reading(self) -> AsyncEngine:
        """The engine that reads; for whoever keeps a connection of its own."""
        return self._reader

    @asynccontextmanager
    async def read(self, tally: Tally | None = None) -> AsyncIterator[Session]:
        """A connection for reading, outside any transaction. Never share one between resolvers that run at once."""
        async with self._reader.connect() as connection:
            yield Session(connection, tally or Tally())

    @asynccontextmanager
    async def write(self, tally: Tally | None = None) -> AsyncIterator[Session]:
        """Exactly one write transaction: committed at the end, rolled back by any exception. Raises Contradiction."""
        with _contradictions():
            async with self._turn, self._writer.begin() as connection:
                session = Session(connection, tally or Tally(), changes=Footprint())
                yield session
                changed = await self._publish(session)
            self._tell(changed)

    @asynccontextmanager
    async def bulk(self, tally: Tally | None = None) -> AsyncIterator[Session]:
        """`write` for long work with thousands of small transactions.

        On SQLite its statements run on the calling thread, which saves several switches of thread each and takes a
        third of the time; whatever else runs on the event loop waits for each of them. What it commits outlives
        the process, but a power cut only once the next `write` has committed; waiting for the disk each time took twice
        as long. So it is for work that can be repeated, never for what a customer was promised.
        """
        if not self.is_sqlite:
            async with self.write(tally) as session:
                yield session
            return
        with _contradictions():
            async with self._turn:
                with self._direct().begin() as connection:
                    bulk = cast(AsyncConnection, _OnThisThread(connection))
                    session = Session(bulk, tally or Tally(), changes=Footprint())
                    yield session
                    changed = await self._publish(session)
            self._tell(changed)

    def on_change(self, told: Callable[[Iterable[str]], None]) -> None:
        """Have ``told`` called with the tags of every change that is committed through this object, at once after it.

        Other processes learn of it from the outbox; see `db.events.CHANGED`.
        """
        self._told.append(told)

    async def _publish(self, session: Session) -> Sequence[str]:
        """Write the event that says what the transaction changed; answers the tags, none for nothing of interest."""
        changes = session.changes
        if changes is None or not changes.tags:
            return ()
        for target, keys in changes.reached().items():
            changes.reach(target, await session.rows(reached_by(target, keys)))
        tags = changes.told()
        await session.returning(events.happened(events.CHANGED, {"tags": tags, "origin": self.origin}))
        return tags

    def _tell(self, tags: Sequence[str]) -> None:
        for told in self._told if tags else ():
            told(tags)

    def _direct(self) -> Engine:
        if self._bulk is None:
            self._bulk = create_engine(self.url.set(drivername="sqlite"), pool_size=1, max_overflow=0)
            _prepare_sqlite(self._bulk, begin="BEGIN IMMEDIATE", query_only=False, synchronous="NORMAL")
        return self._bulk

    async def close(self) -> None:
        """Give every connection back. The object is unusable afterwards."""
        await self._reader.dispose()
        await self._writer.dispose()
        if self._bulk is not None:
            self._bulk.dispose()


@contextmanager
def _contradictions() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise Contradiction(str(error.orig)) from error


_PATIENCE = 15_000
"""Milliseconds that a writer waits for another process on SQLite, which does not queue them fairly."""


def _prepare_sqlite(engine: Engine, *, begin: str | None, query_only: bool, synchronous: str = "FULL") -> None:
    """Take the transaction's start out of the driver's hands, and set what is per connection on SQLite."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        try:
            for pragma in (
                "journal_mode=WAL",
                "foreign_keys=ON",
                f"busy_timeout={_PATIENCE}",
                f"synchronous={synchronous}",
                "cache_size=-32000",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            if query_only:
                cursor.execute("PRAGMA query_only=ON")
        except BaseException:
            # The pool knows nothing of it yet, and its thread would go on.
            connection.close()
            raise
        cursor.close()
        connection.create_function(SmallLetters.name, 1, small_letters, deterministic=True)

    if begin:

        @event.listens_for(engine, "begin")
        def began(connection: Any) -> None:
            connection.exec_driver_sql(begin)
