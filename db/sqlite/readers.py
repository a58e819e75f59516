"""Reading from SQLite: what is quick at once, on the event loop's thread, and what takes longer on other threads."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

from db.prepared import Prepared
from db.shapes import Values

AT_ONCE = 0.005
"""Seconds that a statement may hold up the event loop; then it is begun again on a thread."""
SPARED = 50
"""How often a form of statement that took longer goes to a thread before it is tried on the event loop again."""

PATIENCE = 15_000
"""Milliseconds that whoever may wait does so for another process on SQLite, which does not queue them fairly."""

_STEPS = 1_000
"""After how many of SQLite's instructions the clock is looked at."""

Connect = Callable[[], sqlite3.Connection]
"""Opens a connection that cannot write, for any thread; it waits for locks."""


class Readers:
    """Connections that read, each outside of any transaction.

    Handing a statement to a thread and back takes as long as most statements do, so they are carried out at once, on a
    connection that is the event loop's own and gives up after `AT_ONCE`, or where it would have to wait for a lock.
    Nothing is lost by that: whatever only reads can be begun again.
    """

    def __init__(self, connect: Connect, threads: int) -> None:
        self._connect = connect
        self._own: sqlite3.Connection | None = None
        self._deadline = 0.0
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="sqlite-reader")
        self._idle: list[sqlite3.Connection] = []

    async def fetch(self, prepared: Prepared, text: str, parameters: list[Any]) -> list[Values]:
        """What one statement finds, as the driver answers it."""
        found = self._at_once(prepared, text, parameters)
        return await self._on_a_thread(text, parameters) if found is None else found

    def _at_once(self, prepared: Prepared, text: str, parameters: list[Any]) -> list[Values] | None:
        """None where it takes too long."""
        if prepared.spared:
            prepared.spared -= 1
            return None
        if self._own is None:
            self._own = self._connect()
            self._own.execute("PRAGMA busy_timeout=0").close()
            self._own.set_progress_handler(lambda: perf_counter() > self._deadline, _STEPS)
        self._deadline = perf_counter() + AT_ONCE
        try:
            return carried_out(self._own, text, parameters)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                prepared.spared = SPARED
            elif error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            return None

    async def _on_a_thread(self, text: str, parameters: list[Any]) -> list[Values]:
        work = _Work(text, parameters)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._carry_out, work)
        except asyncio.CancelledError:
            work.interrupt()
            raise

    def _carry_out(self, work: "_Work") -> list[Values]:
        try:
            # Another thread may take the last one between a look and a grip.
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            return work.run(connection)
        finally:
            self._idle.append(connection)

    @property
    def idle(self) -> int:
        """How many connections wait for work."""
        return len(self._idle) + (self._own is not None)

    async def close(self) -> None:
        """Wait for what still runs, and close every connection."""
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
        for connection in (*self._idle, *([self._own] if self._own else [])):
            connection.close()
        self._idle.clear()
        self._own = None


class _Work:
    """A statement on a thread, which can be given up from another."""

    def __init__(self, text: str, parameters: list[Any]) -> None:
        self._text = text
        self._parameters = parameters
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._is_given_up = False

    def run(self, connection: sqlite3.Connection) -> list[Values]:
        with self._lock:
            if self._is_given_up:
                return []
            self._connection = connection
        try:
            return carried_out(connection, self._text, self._parameters)
        finally:
            with self._lock:
                # Whoever gives up from now on would meet the connection's next statement.
                self._connection = None

    def interrupt(self) -> None:
        with self._lock:
            self._is_given_up = True
            if self._connection is not None:
                self._connection.interrupt()


def carried_out(connection: sqlite3.Connection, text: str, parameters: list[Any]) -> list[Values]:
    """Every row that a statement answers, on the calling thread."""
    cursor = connection.execute(text, parameters)
    try:
        return cursor.fetchall()
    finally:
        cursor.close()
