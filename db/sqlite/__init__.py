"""An SQLite file: one writer at a time, and readers beside it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from sqlalchemy import URL, Engine, Executable, FromClause, NullPool, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.forms import Asked
from db.letters import SmallLetters, small_letters
from db.prepared import Prepared, Statements
from db.shapes import Values
from db.sqlite.readers import PATIENCE, Readers
from db.sqlite.writer import Transaction, Writer
from db.types import read_json


class Sqlite:
    """One file. ``readers`` is how many threads read at most, and no more than four do."""

    def __init__(self, url: URL, readers: int) -> None:
        self._url = url.set(drivername="sqlite")
        self.engine: AsyncEngine = create_async_engine(url, pool_size=1, max_overflow=0)
        """For migrations and the like."""
        self.engine_for_reading: AsyncEngine = create_async_engine(
            url, pool_size=1, max_overflow=3, isolation_level="AUTOCOMMIT"
        )
        _prepare(self.engine.sync_engine, begin="BEGIN IMMEDIATE", query_only=False)
        _prepare(self.engine_for_reading.sync_engine, begin=None, query_only=True)
        # For the driver's own connections, with what the dialect teaches them.
        self._plain, self._writing = self._for_any_thread(query_only=True), self._for_any_thread(query_only=False)
        self._bulk: Engine | None = None
        self._writer: Writer | None = None
        self._turn = asyncio.Lock()
        self._statements = _SqliteStatements(self._plain.dialect)
        self._readers = Readers(self._connect, threads=min(readers, 4))

    @property
    def idle(self) -> int:
        """How many connections wait for something to read."""
        return self._readers.idle

    async def fetch(self, statement: Executable | Asked[Any]) -> tuple[Prepared, list[Values]]:
        """What one statement that only reads finds, outside of any transaction."""
        prepared, text, parameters = self._statements.prepare(statement)
        return prepared, await self._readers.fetch(prepared, text, parameters)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """The only one of this process; waits for those of others."""
        async with self._turn:
            if self._writer is None:
                self._writer = Writer(self._writing.connect(), self._statements)
            async with self._writer.transaction() as transaction:
                yield transaction

    @asynccontextmanager
    async def bulk(self) -> AsyncIterator[Transaction]:
        """A transaction on the calling thread, of which a power cut may take what it committed."""
        if self._bulk is None:
            self._bulk = create_engine(self._url, pool_size=1, max_overflow=0)
            _prepare(self._bulk, begin="BEGIN IMMEDIATE", query_only=False, synchronous="NORMAL")
        async with self._turn:
            with self._bulk.begin() as connection:
                yield Transaction(connection, self._statements)

    def _for_any_thread(self, *, query_only: bool) -> Engine:
        threads = {"check_same_thread": False, "cached_statements": 256}
        engine = create_engine(
            self._url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args=threads,
            json_deserializer=read_json,
        )
        _prepare(engine, begin=None, query_only=query_only)
        return engine

    def _connect(self) -> sqlite3.Connection:
        made = self._plain.raw_connection()
        driver = cast(sqlite3.Connection, made.driver_connection)
        made.detach()
        return driver

    async def close(self) -> None:
        """Close every connection."""
        await self._readers.close()
        if self._writer is not None:
            await self._writer.close()
        await self.engine_for_reading.dispose()
        await self.engine.dispose()
        if self._bulk is not None:
            self._bulk.dispose()


class _SqliteStatements(Statements):
    """Forms whose types are known at once: SQLite's driver has no names for them."""

    def prepare(self, statement: Executable | Asked[Any]) -> tuple[Prepared, str, list[Any]]:
        prepared, text, parameters = super().prepare(statement)
        if not prepared.is_known:
            prepared.know_types()
        return prepared, text, parameters


class _Hinted(SQLiteCompiler):
    """Writes what a statement says of the index to use, which the library's own leaves out."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


def _prepare(engine: Engine, *, begin: str | None, query_only: bool, synchronous: str = "FULL") -> None:
    """Take the transaction's start out of the driver's hands, set what is per connection, and have hints written."""
    engine.dialect.statement_compiler = _Hinted

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        try:
            for pragma in (
                "journal_mode=WAL",
                "foreign_keys=ON",
                f"busy_timeout={PATIENCE}",
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
