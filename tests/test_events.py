"""The outbox: an event exists if and only if its transaction committed, and reaches everybody once, in one order."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from db.events import EventRow
from db.session import Database
from db.types import utc_now
from db.wakeup import Waker
from resolvers import events
from resolvers.events import EventStream, Overrun, Relay, publish


class Reader:
    """A process that listens: a relay on a database of its own, and what it was handed."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.relay = Relay(self.database, Waker(self.database))
        self.seen: list[tuple[int | None, object]] = []
        self.relay.register(self.take)
        self._task: asyncio.Task[None] | None = None

    async def take(self, event: EventRow) -> None:
        self.seen.append((event.position, event.payload["n"]))

    async def __aenter__(self) -> "Reader":
        await self.relay.step()
        self._task = asyncio.create_task(self.relay.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.database.close()

    async def has(self, count: int) -> None:
        """Waits until it was handed so many, at most ten seconds."""
        async with asyncio.timeout(10):
            while len(self.seen) < count:  # noqa: ASYNC110 - whoever is handed an event does not know who waits
                await asyncio.sleep(0.02)


def url_of(db: Database) -> str:
    return db.url.render_as_string(hide_password=False)


async def write(db: Database, *numbers: int) -> None:
    async with db.write() as session:
        for n in numbers:
            await publish(session, "tested", {"n": n})


async def test_what_was_rolled_back_did_not_happen(db: Database) -> None:
    async def fails() -> None:
        async with db.write() as session:
            await publish(session, "tested", {"n": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    async with db.read() as session:
        assert await session.rows(select(EventRow)) == []


async def test_two_processes_hear_every_event_once_and_in_the_same_order(db: Database) -> None:
    async with AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(Reader(url_of(db))) for _ in range(2)]
        await asyncio.gather(*[write(db, n, n + 100) for n in range(20)])
        for reader in readers:
            await reader.has(40)
        await asyncio.sleep(0.2)
    assert readers[0].seen == readers[1].seen
    positions = [position for position, _ in readers[0].seen]
    assert positions == list(range(1, 41))
    assert sorted(n for _, n in readers[0].seen) == sorted([*range(20), *range(100, 120)])


async def test_an_event_that_commits_late_is_not_passed_over(db: Database) -> None:
    if db.is_sqlite:
        # One writer at a time: nothing can commit while a transaction is open, so that there is nothing to pass over.
        async with Reader(url_of(db)) as reader:
            await write(db, 1)
            await reader.has(1)
        return
    async with Reader(url_of(db)) as reader:
        async with db.write() as slow:
            await publish(slow, "tested", {"n": 1})
            await write(db, 2, 3)
            await reader.has(2)
        await reader.has(3)
    assert [n for _, n in reader.seen] == [2, 3, 1]
    assert [position for position, _ in reader.seen] == [1, 2, 3]


async def test_a_consumer_that_fails_stops_nobody(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    relay = Relay(db, Waker(db))
    heard: list[int | None] = []

    async def fails(event: EventRow) -> None:
        raise ValueError("cannot")

    async def hears(event: EventRow) -> None:
        heard.append(event.position)

    relay.register(fails)
    relay.register(hears)
    await relay.step()
    await write(db, 1, 2)
    await relay.step()
    assert heard == [1, 2]
    assert "a consumer failed on event" in caplog.text


async def test_old_events_go_and_waiting_ones_stay(db: Database) -> None:
    relay = Relay(db, Waker(db))
    await write(db, 1)
    await relay.step()
    await write(db, 2)
    old = utc_now() - events.KEEP - timedelta(days=1)
    async with db.engine.begin() as connection:
        await connection.execute(EventRow.__table__.update().values(created_at=old))  # type: ignore[attr-defined]
    await Relay(db, Waker(db))._prune()
    async with db.read() as session:
        assert [row.payload["n"] for row in await session.rows(select(EventRow))] == [2]


async def test_the_lag_is_the_age_of_the_oldest_that_waits(db: Database) -> None:
    relay = Relay(db, Waker(db))
    await relay.step()
    assert relay.lag_seconds == 0.0
    async with db.write() as session:
        await session.add_all(
            EventRow, [{"topic": "tested", "payload": {}, "created_at": utc_now() - timedelta(seconds=90)}]
        )
    await relay.step()
    assert 89 < relay.lag_seconds < 120
    await relay.step()
    assert relay.lag_seconds == 0.0


async def test_the_relay_survives_the_loss_of_its_connections(db: Database) -> None:
    if db.is_sqlite:
        # A file has no connections that another process could end; restarting the relay is what can happen.
        async with Reader(url_of(db)):
            await write(db, 1)
        async with Reader(url_of(db)) as again:
            await write(db, 2)
            await again.has(1)
        return
    async with Reader(url_of(db)) as reader:
        await write(db, 1)
        await reader.has(1)
        async with db.engine.connect() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await asyncio.sleep(0.1)
        await write(db, 2)
        await reader.has(2)
        await write(db, 3)
        await reader.has(3)
    assert [n for _, n in reader.seen] == [1, 2, 3]


async def test_a_reader_that_falls_behind_is_told() -> None:
    stream = EventStream()
    async with stream.listen("tested") as heard:
        for n in range(1200):
            await stream.consume(EventRow(id=n, topic="tested", payload={"n": n}))
        taken = [await anext(heard) for _ in range(1000)]
        assert [event.payload["n"] for event in taken] == list(range(1000))
        with pytest.raises(Overrun):
            await anext(heard)


async def test_a_reader_hears_its_topics_alone_and_nothing_once_gone() -> None:
    stream = EventStream()
    async with stream.listen("a") as heard:
        await stream.consume(EventRow(id=1, topic="b"))
        await stream.consume(EventRow(id=2, topic="a"))
        assert (await anext(heard)).id == 2
    assert stream._subscribers == set()
