"""Learning that somebody committed, whichever process it was."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from db.events import CHANNEL
from db.session import Database

log = logging.getLogger("storekeep.events")

# An idle server takes half a percent of a core when it looks twice a second, and five times that at twenty times.
_QUIET_POLL, _BUSY_POLL = 0.5, 0.05


class Waker:
    """Waits for commits: of this process at once, of others as PostgreSQL notifies, or as SQLite counts them in
    ``data_version``.

    On SQLite those are noticed within half a second, and at once for ``busy_seconds`` after another: one commit is
    seldom the last.
    """

    def __init__(self, database: Database, *, busy_seconds: float = 5) -> None:
        self.database = database
        self._busy_seconds = busy_seconds
        self._news = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """While entered, commits are noticed."""
        task = asyncio.create_task(self._watch())
        try:
            with self.database.relaying(self._news.set):
                yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def wait(self, seconds: float) -> None:
        """Return when somebody has committed since the last return, at the latest after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return
        finally:
            self._news.clear()

    async def _watch(self) -> None:
        while True:
            try:
                await (self._poll() if self.database.is_sqlite else self._listen())
            except (OSError, SQLAlchemyError) as away:
                # Whoever waits looks for itself every few seconds meanwhile.
                log.warning("commits are not noticed at once, trying again in a second: %s", away)
                await asyncio.sleep(1)

    async def _poll(self) -> None:
        # Its own connection: the number stands still for the connection's own commits.
        clock = asyncio.get_running_loop().time
        async with self.database.engine_for_reading.connect() as connection:
            version, changed_at = None, 0.0
            while True:
                now = (await connection.execute(text("PRAGMA data_version"))).scalar()
                if now != version:
                    version, changed_at = now, clock()
                    self._news.set()
                is_busy = clock() - changed_at < self._busy_seconds
                await asyncio.sleep(_BUSY_POLL if is_busy else _QUIET_POLL)

    async def _listen(self) -> None:
        gone = asyncio.Event()

        def notified(_connection: Any, _pid: int, _channel: str, by: object) -> None:
            if by != self.database.name:
                self._news.set()

        async with self.database.engine_for_reading.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            if raw is None:
                raise OSError("the connection has no driver")
            raw.add_termination_listener(lambda _connection: gone.set())
            await raw.add_listener(CHANNEL, notified)
            self._news.set()
            try:
                await gone.wait()
            finally:
                if not raw.is_closed():
                    await raw.remove_listener(CHANNEL, notified)
        raise OSError("the connection was lost")
