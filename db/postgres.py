"""Connections to PostgreSQL: statements go to the driver, one round trip each."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import asyncpg
from anyio import Semaphore
from sqlalchemy import URL, CursorResult, Executable, NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db.forms import Asked
from db.prepared import Prepared, Statements
from db.shapes import Values
from db.types import read_json

PATIENCE = 30.0
"""Seconds that whoever asks waits for a connection while all are taken."""
SETTLED = 2.0
"""Seconds that a server is given to end a statement that is given up."""
FRESH = 1.0
"""Seconds after its last use for which a connection is taken to live still."""


@dataclass
class Connection:
    """One connection: SQLAlchemy's face of it, which opens, closes and writes what has no form, and the driver's."""

    face: AsyncConnection
    driver: "asyncpg.Connection[asyncpg.Record]"
    statements: Statements
    idle_since: float = 0.0
    """When it was last given back, of `time.monotonic`."""

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


class Turns:
    """So many at once. Raises TimeoutError for whoever waits longer than `PATIENCE`."""

    def __init__(self, size: int) -> None:
        # anyio's hands a turn that ends to whoever waited longest, and leaves the others free. With asyncio's all queue
        # behind that one until it runs, though there are turns: once some had waited, one statement in seven did.
        self._turn = Semaphore(size)

    async def __aenter__(self) -> None:
        if self._turn.value:
            self._turn.acquire_nowait()
        else:
            async with asyncio.timeout(PATIENCE):
                await self._turn.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._turn.release()


class _Connections:
    """Connections of one kind, ``size`` of them at once; all are kept, those that were used last are used next."""

    def __init__(self, engine: AsyncEngine, statements: Statements, size: int) -> None:
        self.turns = Turns(size)
        self.idle: list[Connection] = []
        self._engine = engine
        self._statements = statements
        self._is_closed = False

    async def take(self) -> tuple[bool, Connection]:
        """A connection, and whether it has stood idle."""
        while self.idle:
            connection = self.idle.pop()
            if not connection.driver.is_closed():
                return True, connection
            await connection.face.close()
        face = await self._engine.connect()
        try:
            driver: Any = (await face.get_raw_connection()).driver_connection
        except BaseException:
            await face.close()
            raise
        return False, Connection(face, driver, self._statements)

    async def give_back(self, connection: Connection, error: BaseException | None = None) -> None:
        """Keep a connection, whose last statement may have met an error, unless it is of no use any more."""
        driver = connection.driver
        if error is not None and not driver.is_closed():
            await _settle(driver, "SELECT 1")
        if self._is_closed or driver.is_closed() or driver.is_in_transaction():
            await connection.face.invalidate()
            await connection.face.close()
        else:
            connection.idle_since = monotonic()
            self.idle.append(connection)

    async def drop_idle(self) -> None:
        """What was lost on one connection is likely to be lost on all that stood idle with it."""
        while self.idle:
            connection = self.idle.pop()
            connection.driver.terminate()
            await connection.face.close()

    async def close(self) -> None:
        """Close what stands idle, and the others when they are given back."""
        self._is_closed = True
        while self.idle:
            await self.idle.pop().face.close()
        await self._engine.dispose()


class Postgres:
    """Connections that are left clean, so that none has to be reset: each carries out single statements, or one
    transaction that ends with its block.

    Nor is any asked whether it still lives: what only reads is asked again on a new one, and so is the begin of a
    transaction. ``readers`` of them at once read, and half as many write, on connections of their own: the server
    refuses to write on those that read, unless statements are left unprepared.
    """

    def __init__(self, url: URL, readers: int) -> None:
        size = url.query.get("prepared_statement_cache_size", "")
        # The driver would prepare what is longer than 15 kB anew each time, which planned statements may be.
        given: dict[str, Any] = {"max_cacheable_statement_size": 0}
        if isinstance(size, str) and size.isdigit():
            given["statement_cache_size"] = int(size)
        self.engine: AsyncEngine = create_async_engine(url, pool_size=2, max_overflow=8, pool_pre_ping=True)
        self.engine_for_reading: AsyncEngine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        reading, writing = _plain(url, given, only_reads="on"), _plain(url, given, only_reads="off")
        statements = Statements(reading.dialect)
        self._readers = _Connections(reading, statements, readers)
        self._writers = _Connections(writing, statements, max(1, readers // 2))

    @property
    def idle(self) -> int:
        """How many connections wait for something to read."""
        return len(self._readers.idle)

    async def fetch(self, statement: Executable | Asked[Any]) -> tuple[Prepared, Sequence[Values]]:
        """What one statement that only reads finds, outside of any transaction."""
        readers = self._readers
        async with readers.turns:
            while True:
                was_idle, connection = await readers.take()
                try:
                    found = await connection.fetch(statement)
                except BaseException as error:
                    await readers.give_back(connection, error)
                    if not (was_idle and _is_lost(error, connection.driver)):
                        raise
                    await readers.drop_idle()
                else:
                    await readers.give_back(connection)
                    return found

    async def write_in_one(self, statement: Asked[Any]) -> tuple[Prepared, Sequence[Values]]:
        """What one statement answers that writes, and is a transaction by itself.

        It cannot be asked again, as nobody would know whether it was carried out. So a connection that has stood idle
        for longer than `FRESH` is asked to begin a transaction first.
        """
        writers = self._writers
        async with writers.turns:
            was_idle, connection = taken = await writers.take()
            if was_idle and monotonic() - connection.idle_since > FRESH:
                async with self._transaction(taken) as begun:
                    return await begun.fetch(statement)
            try:
                found = await connection.fetch(statement)
            except BaseException as error:
                await writers.give_back(connection, error)
                if _is_lost(error, connection.driver):
                    await writers.drop_idle()
                raise
            await writers.give_back(connection)
            return found

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Committed at the end, rolled back by any exception."""
        async with self._writers.turns, self._transaction() as connection:
            yield connection

    def bulk(self) -> AbstractAsyncContextManager[Connection]:
        """The same: many small transactions need nothing else here."""
        return self.transaction()

    @asynccontextmanager
    async def _transaction(self, taken: tuple[bool, Connection] | None = None) -> AsyncIterator[Connection]:
        connection = await self._begun(taken)
        try:
            try:
                yield connection
            except BaseException:
                if not connection.driver.is_closed():
                    await _settle(connection.driver, "ROLLBACK")
                raise
            await connection.driver.execute("COMMIT")
        finally:
            await self._writers.give_back(connection)

    async def _begun(self, taken: tuple[bool, Connection] | None) -> Connection:
        while True:
            was_idle, connection = taken or await self._writers.take()
            taken = None
            try:
                await connection.driver.execute("BEGIN READ WRITE")
            except BaseException as error:
                is_lost = was_idle and _is_lost(error, connection.driver)
                # Whether it has begun is not known.
                connection.driver.terminate()
                await connection.face.close()
                if not is_lost:
                    raise
                await self._writers.drop_idle()
            else:
                return connection

    async def close(self) -> None:
        """Close what stands idle, and the others when they are given back."""
        await self._readers.close()
        await self._writers.close()
        await self.engine.dispose()


def _plain(url: URL, given: dict[str, Any], only_reads: str) -> AsyncEngine:
    """It opens connections, and no more: transactions begin and end here, not in SQLAlchemy, which would ask more."""
    # None are left prepared where a pooler is in between, which refuses settings that it does not know.
    if given.get("statement_cache_size") != 0:
        given = given | {"server_settings": {"default_transaction_read_only": only_reads}}
    return create_async_engine(
        url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=given, json_deserializer=read_json
    )


async def _settle(driver: "asyncpg.Connection[asyncpg.Record]", last: str) -> None:
    """Return once the server has ended what was given up, and has carried out a ``last`` word; the connection is closed
    if that takes too long. Nobody can hurry it: the driver would then not even have told the server to stop.

    What was given up while the driver was preparing it would else stay open, with locks on tables.
    """
    ending = asyncio.ensure_future(_end(driver, last))
    while not ending.done():
        # Who is cancelled once more will be told of what came first.
        with suppress(asyncio.CancelledError):
            await asyncio.shield(ending)


async def _end(driver: "asyncpg.Connection[asyncpg.Record]", last: str) -> None:
    try:
        await driver.execute(last, timeout=SETTLED)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        driver.terminate()


def _is_lost(error: BaseException, driver: Any) -> bool:
    return (
        not isinstance(error, TimeoutError)
        and isinstance(
            error, (OSError, asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)
        )
    ) or (isinstance(error, Exception) and driver.is_closed())
