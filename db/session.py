"""Short sessions over one database: many readers, and writers that take turns where the database wants it.

What is read goes to the drivers themselves, as `db.prepared` has it, and so does what is written by a form. All else
that is written goes through SQLAlchemy, which bundles rows.
"""

import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Self, TypeVar, cast

from asyncpg import IntegrityConstraintViolationError
from sqlalchemy import CursorResult, Executable
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.sql.expression import SelectOfScalar

from db import events, translations
from db.base import Row, Tuples, light, table_of, with_defaults
from db.forms import Asked, Given, asked
from db.postgres import Postgres
from db.prepared import Prepared
from db.shapes import Values
from db.sources import Source, Store, Writing
from db.sqlite import Sqlite
from db.tags import Footprint, reached_by
from db.types import utc_now
from db.wording import Text, Wording, best, owners_of, put

T = TypeVar("T")


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
    """Who reads, or one write transaction. Reads answer light rows; nothing is cached and nothing is lazy.

    With ``languages``, the one to be preferred first, rows say what is translated into them: a statement that answers
    rows which can be translated is followed by one more for the texts of all of them. Else all is as it was written.
    """

    def __init__(
        self,
        source: Source,
        tally: Tally,
        languages: Sequence[str] = (),
        changes: Footprint | None = None,
        told_by: str | None = "",
    ) -> None:
        self._source = source
        self.tally = tally
        self.languages = languages
        self.changes = changes
        """What its transaction has changed so far; None for a session that reads."""
        self.has_events = False
        """Whether its transaction has written events so far."""
        self._told_by = told_by

    async def rows(self, statement: SelectOfScalar[T] | Asked[SelectOfScalar[T]]) -> list[T]:
        """Every row of a statement over one row class or one column."""
        prepared, found = await self._fetch(statement)
        rows = prepared.singles(statement, found)
        if self.languages:
            (row,) = prepared.shape(statement)
            if row is not None and row.wording:
                await self.translate(rows)
        return rows

    async def first(self, statement: SelectOfScalar[T] | Asked[SelectOfScalar[T]]) -> T | None:
        """The first row, or None."""
        return next(iter(await self.rows(statement)), None)

    async def tuples(self, statement: Tuples | Asked[Tuples]) -> list[Any]:
        """Every row of a statement over several row classes and columns, as tuples in that order."""
        prepared, found = await self._fetch(statement)
        rows = prepared.tuples(statement, found)
        if self.languages:
            places = [place for place, row in enumerate(prepared.shape(statement)) if row and row.wording]
            await self.translate([row[place] for row in rows for place in places if row[place] is not None])
        return rows

    async def documents(self, statement: Asked[Tuples]) -> Sequence[tuple[Any, ...]]:
        """Every row of a statement that writes JSON. What it read is noted by whoever asks, who alone can tell."""
        prepared, found = await self._timed(statement)
        return prepared.values(found)

    @property
    def as_written(self) -> "Session":
        """The same connection, answering rows in the language that they were written in."""
        return Session(self._source, self.tally, changes=self.changes)

    def speaking(self, languages: Sequence[str]) -> "Session":
        """The same connection, answering rows in these languages, the one to be preferred first."""
        return Session(self._source, self.tally, languages, self.changes)

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
        statement = translations.texts_in(owners, self.languages, fields)
        prepared, found = await self._fetch(statement)
        return best(prepared.tuples(statement, found), self.languages)

    async def change(self, statement: Executable) -> int:
        """Carry out a statement that writes; answers how many rows it touched."""
        result, _ = await self._run(statement)
        return result.rowcount

    async def change_all(self, statements: Sequence[Asked[Any]]) -> None:
        """Carry out writing statements of one form, in one round trip; nothing for none."""
        if statements:
            started = perf_counter()
            prepared = await cast(Writing, self._source).carry_out(statements)
            self._count(started)
            self._changed(prepared, statements)

    async def returning(self, statement: Executable | Asked[Any]) -> list[tuple[Any, ...]]:
        """Carry out a writing statement with a RETURNING clause; answers what it returned."""
        if isinstance(statement, Asked):
            prepared, found = await self._fetch(statement)
            return prepared.values(found)
        _, rows = await self._run(statement)
        return [tuple(row) for row in rows]

    async def happened(self, topic: str, payload: dict[str, Any]) -> None:
        """Write an event into the transaction. Others hear of it when that has committed."""
        self.has_events = True
        await self.change_all([events.happened(topic, payload, utc_now(), self._told_by)])

    async def add(self, row: type[T], values: Mapping[str, Any]) -> T:
        """Insert one row; answers it as stored, defaults and key included."""
        kind = cast(type[Row], row)
        (stored,) = await self.returning(_added(kind, values, tuple(table_of(kind).columns.keys())))
        return cast(T, light(kind)(*stored))

    async def add_all(self, row: type[Row], values: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows in one round trip (a bulk insert); nothing for none."""
        if values:
            await self._run(table_of(row).insert(), [with_defaults(row, one) for one in values])

    async def add_keyed(self, row: type[Row], values: Sequence[Mapping[str, Any]]) -> list[int]:
        """Insert many rows; answers their ids in the order of ``values``. All of them name the same columns."""
        if not values:
            return []
        if len(values) == 1:
            ((key,),) = await self.returning(_added(row, values[0], ("id",)))
            return [key]
        table = table_of(row)
        _, made = await self._run(table.insert().returning(table.c.id, sort_by_parameter_order=True), values)
        return [key for (key,) in made]

    async def change_each(self, statement: Executable, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Carry out a writing statement once for each set of parameters, in one round trip; nothing for none."""
        if parameters:
            await self._run(statement, parameters)

    async def _fetch(self, statement: Executable | Asked[Any]) -> tuple[Prepared, Sequence[Values]]:
        prepared, rows = await self._timed(statement)
        if self.changes is None:
            self.tally.footprint.read(prepared.compiled, lambda: [prepared.named(statement)])
        else:
            self._changed(prepared, [statement])
        return prepared, rows

    def _changed(self, prepared: Prepared, statements: Sequence[Executable | Asked[Any]]) -> None:
        if self.changes is not None:
            self.changes.change(prepared.compiled, lambda: [prepared.named(statement) for statement in statements])

    def _count(self, started: float) -> None:
        self.tally.statements += 1
        self.tally.seconds += perf_counter() - started

    async def _timed(self, statement: Executable | Asked[Any]) -> tuple[Prepared, Sequence[Values]]:
        started = perf_counter()
        found = await self._source.fetch(statement)
        self._count(started)
        return found

    async def _run(self, statement: Executable, parameters: Any = None) -> tuple[CursorResult[Any], Sequence[Any]]:
        started = perf_counter()
        result, rows = await cast(Writing, self._source).execute(statement, parameters)
        self._count(started)
        if self.changes is not None and (result.returns_rows or result.rowcount != 0):
            self.changes.change(result.context.compiled, lambda: result.context.compiled_parameters)
        return result, rows


def _added(row: type[Row], values: Mapping[str, Any], answered: tuple[str, ...]) -> Asked[Any]:
    """Inserts a row, and answers some of its columns."""
    table, whole = table_of(row), with_defaults(row, values)

    def build() -> Any:
        return table.insert().values({name: Given(name) for name in whole}).returning(*(table.c[n] for n in answered))

    return asked((row, tuple(whole), answered), build, whole)


_MOST_TOLD = 1_000
"""Of how many changes it is remembered that they were told, until the relay brings their events."""


READERS = 16
"""How many statements are read at once on PostgreSQL. To wait for one's turn takes a turn of the event loop: with 8,
sixteen clients that asked next to nothing kept each other waiting, and each question took a seventh longer.
"""


class Database:
    """The one door to the database, on SQLite or PostgreSQL. Leaving it as a context closes it.

    ``url`` is an SQLAlchemy URL: ``sqlite+aiosqlite:///path`` or ``postgresql+asyncpg://…``. At most ``readers``
    statements read at once, on SQLite never more than four, and on PostgreSQL half as many transactions write; more
    wait for their turn.
    """

    def __init__(self, url: str, *, readers: int = READERS) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._store: Store = Sqlite(self.url, readers) if self.is_sqlite else Postgres(self.url, readers)
        self.name = secrets.token_hex(8)
        """What this object is called among all that have the same database open."""
        self._relays: list[Callable[[], None]] = []
        self._told: list[Callable[[Iterable[str]], None]] = []
        self._told_of: dict[str, None] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def kind(self) -> str:
        """``SQLite`` or ``PostgreSQL``."""
        return "SQLite" if self.is_sqlite else "PostgreSQL"

    @property
    def foresees(self) -> bool:
        """Whether it judges by itself how much a condition finds before it takes an index for it; SQLite does not."""
        return not self.is_sqlite

    @property
    def engine(self) -> AsyncEngine:
        """SQLAlchemy's engine for migrations and the like, with a few connections of its own."""
        return self._store.engine

    @property
    def engine_for_reading(self) -> AsyncEngine:
        """The engine that reads, outside of transactions; for whoever keeps a connection of its own."""
        return self._store.engine_for_reading

    @property
    def idle(self) -> int:
        """How many connections wait for something to read."""
        return self._store.idle

    def read(self, tally: Tally | None = None) -> AbstractAsyncContextManager[Session]:
        """For reading, outside of any transaction: each statement has a connection to itself; none is held between."""
        return nullcontext(Session(self._store, tally or Tally()))

    def write(self, tally: Tally | None = None) -> AbstractAsyncContextManager[Session]:
        """Exactly one write transaction: committed at the end, rolled back by any exception. Raises Contradiction."""
        return self._writing(self._store.transaction(), tally)

    @property
    def writes_in_one(self) -> bool:
        """Whether one statement can write to several tables here, as `write_in_one` takes it."""
        return isinstance(self._store, Postgres)

    @property
    def told_by(self) -> str | None:
        """By what name a transaction that writes events tells of it; None where a relay does so."""
        return None if self._relays else self.name

    async def write_in_one(self, statement: Asked[Any], tally: Tally | None = None) -> list[tuple[Any, ...]]:
        """Carry out one statement that writes, events too, and is a transaction by itself; answers what it returns.

        It may change only what no kept answer shows. Raises Contradiction, and TypeError unless `writes_in_one`.
        """
        if not isinstance(self._store, Postgres):
            raise TypeError(f"{self.kind} writes to one table in a statement")
        started, found = perf_counter(), None
        with _contradictions():
            try:
                prepared, found = await self._store.write_in_one(statement)
            finally:
                # As after any transaction, whoever is cancelled meanwhile may have committed.
                for woken in () if found == [] else self._relays:
                    woken()
        if tally is not None:
            tally.statements += 1
            tally.seconds += perf_counter() - started
        return prepared.values(found)

    def bulk(self, tally: Tally | None = None) -> AbstractAsyncContextManager[Session]:
        """`write` for long work with thousands of small transactions.

        On SQLite its statements run on the calling thread, which saves several switches of thread each and takes a
        third of the time; whatever else runs on the event loop waits for each of them. What it commits outlives
        the process, but a power cut only once the next `write` has committed; waiting for the disk each time took twice
        as long. So it is for work that can be repeated, never for what a customer was promised.
        """
        return self._writing(self._store.bulk(), tally)

    @asynccontextmanager
    async def _writing(
        self, transaction: AbstractAsyncContextManager[Writing], tally: Tally | None
    ) -> AsyncIterator[Session]:
        session = None
        with _contradictions():
            try:
                async with transaction as connection:
                    session = Session(connection, tally or Tally(), changes=Footprint(), told_by=self.told_by)
                    yield session
                    changed = await self._publish(session)
            finally:
                # Whoever is cancelled meanwhile may have committed.
                for woken in self._relays if session is not None and session.has_events else ():
                    woken()
            self._tell(*changed)

    @contextmanager
    def relaying(self, woken: Callable[[], None]) -> Iterator[None]:
        """While entered, ``woken`` is called whenever events may have been committed through this object, at once after
        it. Who is called publishes them, and tells other processes of all together, which transactions then do not.
        """
        self._relays.append(woken)
        try:
            yield
        finally:
            self._relays.remove(woken)

    def on_change(self, told: Callable[[Iterable[str]], None]) -> None:
        """Have ``told`` called with the tags of every change that is committed through this object, at once after it.

        Other processes learn of it from the outbox; see `db.events.CHANGED`.
        """
        self._told.append(told)

    def was_told(self, change: str) -> bool:
        """Whether a change was told when it had been committed; not where its task was cancelled just then. Asked once,
        by whoever reads its event.
        """
        known = change in self._told_of
        self._told_of.pop(change, None)
        return known

    async def _publish(self, session: Session) -> tuple[str, Sequence[str]]:
        """Write the event that says what the transaction changed; answers its name and tags, none for nothing of
        interest.
        """
        changes = session.changes
        if changes is None or not changes.tags:
            return "", ()
        for target, keys in changes.reached().items():
            changes.reach(target, await session.rows(reached_by(target, keys)))
        tags = changes.told()
        change = secrets.token_hex(8)
        await session.happened(events.CHANGED, {"tags": tags, "change": change})
        return change, tags

    def _tell(self, change: str, tags: Sequence[str]) -> None:
        for told in self._told if tags else ():
            told(tags)
            self._told_of[change] = None
        while len(self._told_of) > _MOST_TOLD:
            self._told_of.pop(next(iter(self._told_of)))

    async def close(self) -> None:
        """Give every connection back. The object is unusable afterwards."""
        await self._store.close()


@contextmanager
def _contradictions() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise Contradiction(str(error.orig)) from error
    except (sqlite3.IntegrityError, IntegrityConstraintViolationError) as error:
        # Of what went to the driver, or is checked when the transaction ends.
        raise Contradiction(str(error)) from error
