"""Writing to SQLite: one connection, and one transaction at a time.

Handing a statement to a thread and back takes longer than most of them do, so what is asked by a form is carried out at
once, on the event loop's thread. What waits for the disk or for another process does so on a thread, and so does every
other statement, of which nobody knows how long it takes.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from time import perf_counter
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable

from db.forms import Asked
from db.prepared import Prepared, Statements
from db.shapes import Values
from db.sqlite.readers import AT_ONCE, PATIENCE, SPARED, carried_out

R = TypeVar("R")


class Transaction:
    """A write transaction on the calling thread."""

    def __init__(self, connection: Connection, statements: Statements) -> None:
        self._connection = connection
        self._driver = _driver_of(connection)
        self._statements = statements

    async def fetch(self, statement: Executable | Asked[Any]) -> tuple[Prepared, list[Values]]:
        """What a statement finds, as the driver answers it."""
        prepared, text, parameters = self._statements.prepare(statement)
        form = prepared if isinstance(statement, Asked) else None
        return prepared, await self._run(form, partial(carried_out, self._driver, text, parameters))

    async def execute(self, statement: Executable, parameters: Any) -> tuple[CursorResult[Any], Sequence[Any]]:
        """What SQLAlchemy makes of a statement, and every row that it answers."""
        return await self._run(None, partial(self._executed, statement, parameters))

    def _executed(self, statement: Executable, parameters: Any) -> tuple[CursorResult[Any], Sequence[Any]]:
        # A statement that is not read to its end would be in the way of the transaction's.
        result = self._connection.execute(statement, parameters)
        return result, result.all() if result.returns_rows else ()

    async def carry_out(self, statements: Sequence[Asked[Any]]) -> Prepared:
        """Statements of one form, one after the other."""
        made = [self._statements.prepare(statement) for statement in statements]
        prepared, text, parameters = made[0]
        if len(made) == 1:
            await self._run(prepared, partial(carried_out, self._driver, text, parameters))
        else:
            await self._run(prepared, partial(self._driver.executemany, text, [each for _, _, each in made]))
        return prepared

    async def _run(self, _form: Prepared | None, work: Callable[[], R]) -> R:
        return work()


class _Sparing(Transaction):
    """The same on a thread, but for forms that take less than `AT_ONCE`."""

    def __init__(self, connection: Connection, statements: Statements, thread: "_Thread") -> None:
        super().__init__(connection, statements)
        self._thread = thread

    async def _run(self, form: Prepared | None, work: Callable[[], R]) -> R:
        if form is None:
            return await self._thread.run(work)
        if form.spared:
            form.spared -= 1
            return await self._thread.run(work)
        started = perf_counter()
        found = work()
        if perf_counter() - started > AT_ONCE:
            form.spared = SPARED
        return found


class Writer:
    """The connection that writes. SQLAlchemy must begin no transactions on it."""

    def __init__(self, connection: Connection, statements: Statements) -> None:
        self._connection = connection
        self._driver = _driver_of(connection)
        self._driver.execute("PRAGMA busy_timeout=0").close()
        self._statements = statements
        self._thread = _Thread()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Committed at the end, rolled back by any exception."""
        try:
            await self._begin()
            yield _Sparing(self._connection, self._statements, self._thread)
            await self._thread.run(partial(self._driver.execute, "COMMIT"))
        finally:
            if self._driver.in_transaction:
                await self._thread.run(partial(self._driver.execute, "ROLLBACK"))

    async def _begin(self) -> None:
        try:
            self._driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            await self._thread.run(self._begin_when_others_have_ended)

    def _begin_when_others_have_ended(self) -> None:
        self._driver.execute(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            self._driver.execute("BEGIN IMMEDIATE")
        finally:
            self._driver.execute("PRAGMA busy_timeout=0")

    async def close(self) -> None:
        """Wait for what still runs, and close the connection."""
        await self._thread.close()
        self._connection.close()


class _Thread:
    """Where work is done that may take long, one after the other."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")

    async def run(self, work: Callable[[], R]) -> R:
        """What it comes to. Whoever is cancelled meanwhile still waits for its end: it would go on, and hold the lock
        of a transaction that nobody ends.
        """
        doing = asyncio.get_running_loop().run_in_executor(self._executor, work)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            while not doing.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([doing])
            if not doing.cancelled():
                doing.exception()
            raise

    async def close(self) -> None:
        """Wait for what still runs."""
        await asyncio.to_thread(self._executor.shutdown)


def _driver_of(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)
