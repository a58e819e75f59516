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

_POLL_SECONDS = 0.05


class Waker:
    """Waits for commits: PostgreSQL notifies; SQLite counts other connections' commits in ``data_version``."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._news = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """While entered, commits are noticed."""
        task = asyncio.create_task(self._watch())
        try:
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
        async with self.database.engine_for_reading.connect() as connection:
            version = None
            while True:
                now = (await connection.execute(text("PRAGMA data_version"))).scalar()
                if now != version:
                    version = now
                    self._news.set()
                await asyncio.sleep(_POLL_SECONDS)

    async def _listen(self) -> None:
        gone = asyncio.Event()

        def notified(*_: Any) -> None:
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
