"""Connections to PostgreSQL: statements that read go to the driver, one round trip each."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import URL, CursorResult, Executable, NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db.forms import Asked
from db.prepared import Prepared, Statements
from db.shapes import Values
from db.types import read_json

PATIENCE = 30.0
"""Seconds that whoever asks waits for a connection while all are taken."""


@dataclass
class Connection:
    """One connection: SQLAlchemy's face of it, which opens, closes and writes what has no form, and the driver's."""

    face: AsyncConnection
    driver: "asyncpg.Connection[asyncpg.Record]"
    statements: Statements

    async def fetch(self, statement: Executable | Asked[Any]) -> tuple[Prepared, Sequence[Values]]:
        """What a statement finds, as the driver answers it."""
        prepared, text, parameters = self.statements.prepare(statement)
        if prepared.is_known:
            return prepared, await self.driver.fetch(text, *parameters)
        # Without a name it is gone with the next.
        made = await self.driver.prepare(text, name="")
        prepared.know_types([attribute.type.oid for attribute in made.get_attributes()])
        return prepared, await made.fetch(*parameters)

    async def execute(self, statement: Executable, parameters: Any) -> tuple[CursorResult[Any], Sequence[Any]]:
        """What SQLAlchemy makes of a statement that writes, and every row that it answers."""
        result = await self.face.execute(statement, parameters)
        return result, result.all() if result.returns_rows else ()

    async def carry_out(self, statements: Sequence[Asked[Any]]) -> Prepared:
        """Statements of one form, in one round trip."""
        made = [self.statements.prepare(statement) for statement in statements]
        prepared, text, parameters = made[0]
        if len(made) == 1:
            await self.driver.fetch(text, *parameters)
        else:
            await self.driver.executemany(text, [each for _, _, each in made])
        return prepared


class Postgres:
    """Connections that are left clean, so that none has to be reset: each carries out single statements that only read,
    or one transaction that ends with its block.

    Nor is any asked whether it still lives: what only reads is asked again on a new one, and so is the begin of a
    transaction. ``readers`` of them at once read, and as many write; all are kept. The server refuses to write outside
    of a transaction, unless statements are left unprepared.
    """

    def __init__(self, url: URL, readers: int) -> None:
        # Transactions begin and end here, not in SQLAlchemy, which would ask twice more.
        size = url.query.get("prepared_statement_cache_size", "")
        # The driver would prepare what is longer than 15 kB anew each time, which planned statements may be.
        given: dict[str, Any] = {"max_cacheable_statement_size": 0}
        if isinstance(size, str) and size.isdigit():
            given["statement_cache_size"] = int(size)
        if given.get("statement_cache_size") != 0:
            # None are left prepared where a pooler is in between, which refuses settings that it does not know.
            given["server_settings"] = {"default_transaction_read_only": "on"}
        self._plain = create_async_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=given, json_deserializer=read_json
        )
        self.engine: AsyncEngine = create_async_engine(url, pool_size=2, max_overflow=readers, pool_pre_ping=True)
        self.engine_for_reading: AsyncEngine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._statements = Statements(self._plain.dialect)
        self._idle: list[Connection] = []
        self._reading = asyncio.Semaphore(readers)
        self._writing = asyncio.Semaphore(readers)
        self._is_closed = False

    @property
    def idle(self) -> int:
        """How many connections wait for work."""
        return len(self._idle)

    async def fetch(self, statement: Executable | Asked[Any]) -> tuple[Prepared, Sequence[Values]]:
        """What one statement that only reads finds, outside of any transaction."""
        async with _Admitted(self._reading):
            while True:
                was_idle, connection = await self._take()
                try:
                    found = await connection.fetch(statement)
                except BaseException as error:
                    await self._give_back(connection, is_tired=True)
                    if not (was_idle and _is_lost(error, connection.driver)):
                        raise
                    await self._drop_idle()
                else:
                    await self._give_back(connection)
                    return found

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Committed at the end, rolled back by any exception."""
        async with _Admitted(self._writing):
            connection = await self._begun()
            try:
                try:
                    yield connection
                except BaseException:
                    if not connection.driver.is_closed():
                        await connection.driver.execute("ROLLBACK")
                    raise
                await connection.driver.execute("COMMIT")
            finally:
                await self._give_back(connection)

    def bulk(self) -> AbstractAsyncContextManager[Connection]:
        """The same: many small transactions need nothing else here."""
        return self.transaction()

    async def _begun(self) -> Connection:
        while True:
            was_idle, connection = await self._take()
            try:
                await connection.driver.execute("BEGIN READ WRITE")
            except BaseException as error:
                is_lost = was_idle and _is_lost(error, connection.driver)
                # Whether it has begun is not known.
                connection.driver.terminate()
                await connection.face.close()
                if not is_lost:
                    raise
                await self._drop_idle()
            else:
                return connection

    async def _take(self) -> tuple[bool, Connection]:
        while self._idle:
            connection = self._idle.pop()
            if not connection.driver.is_closed():
                return True, connection
            await connection.face.close()
        face = await self._plain.connect()
        try:
            driver: Any = (await face.get_raw_connection()).driver_connection
        except BaseException:
            await face.close()
            raise
        return False, Connection(face, driver, self._statements)

    async def _give_back(self, connection: Connection, *, is_tired: bool = False) -> None:
        """Keep a connection, unless it is of no use any more.

        One whose statement was given up waits by itself, before its next, until that has ended; so it comes last.
        """
        driver = connection.driver
        if self._is_closed or driver.is_closed() or driver.is_in_transaction():
            await connection.face.invalidate()
            await connection.face.close()
        else:
            self._idle.insert(0 if is_tired else len(self._idle), connection)

    async def _drop_idle(self) -> None:
        """What was lost on one connection is likely to be lost on all that stood idle with it."""
        while self._idle:
            connection = self._idle.pop()
            connection.driver.terminate()
            await connection.face.close()

    async def close(self) -> None:
        """Close what stands idle, and the others when they are given back."""
        self._is_closed = True
        while self._idle:
            await self._idle.pop().face.close()
        await self._plain.dispose()
        await self.engine.dispose()


def _is_lost(error: BaseException, driver: Any) -> bool:
    return (
        not isinstance(error, TimeoutError)
        and isinstance(
            error, (OSError, asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)
        )
    ) or (isinstance(error, Exception) and driver.is_closed())


class _Admitted:
    """A turn, and its end. Raises TimeoutError for whoever waits longer than `PATIENCE`."""

    __slots__ = ("_turn",)

    def __init__(self, turn: asyncio.Semaphore) -> None:
        self._turn = turn

    async def __aenter__(self) -> None:
        if self._turn.locked():
            async with asyncio.timeout(PATIENCE):
                await self._turn.acquire()
        else:
            await self._turn.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._turn.release()
