"""The outbox: an event is there if and only if what made it happen is, and every relay hands each on once, in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest
from sqlalchemy import update
from sqlalchemy.engine import make_url
from sqlmodel import col, select

from db.events import CHANNEL, EventRow
from db.session import Database, Session, Tally
from db.types import utc_now
from db.wakeup import Waker
from resolvers.events import BATCH, KEEP, EventStream, Overrun, Relay, publish
from tests.databases import Databases

TOPIC = "test.happened"


class Listener:
    """A consumer that remembers what it was handed."""

    def __init__(self) -> None:
        self.heard: list[EventRow] = []
        self._news = asyncio.Event()

    async def __call__(self, event: EventRow) -> None:
        self.heard.append(event)
        self._news.set()

    @property
    def numbers(self) -> list[int]:
        return [event.payload["n"] for event in self.heard]

    @property
    def positions(self) -> list[int | None]:
        return [event.position for event in self.heard]

    async def until(self, count: int, seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while len(self.heard) < count:
                self._news.clear()
                await self._news.wait()


async def say(db: Database, *numbers: int) -> None:
    """One transaction with those events."""
    async with db.write() as session:
        for number in numbers:
            await publish(session, TOPIC, {"n": number})


async def stored(db: Database) -> list[EventRow]:
    async with db.read() as session:
        return await session.rows(select(EventRow).order_by(col(EventRow.id)))


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[Listener]:
    """The relay at work, from before the first event on."""
    listener = Listener()
    relay.register(listener)
    await relay.step()
    task = asyncio.create_task(relay.run())
    try:
        yield listener
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def url(backend: str, databases: Databases) -> str:
    return await databases.fresh(backend, "empty")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    db = Database(url)
    try:
        yield db
    finally:
        await db.close()


async def test_an_event_is_there_when_its_transaction_commits(db: Database) -> None:
    await say(db, 1, 2)
    assert [event.payload for event in await stored(db)] == [{"n": 1}, {"n": 2}]
    assert [event.position for event in await stored(db)] == [None, None]


async def test_an_event_is_not_there_when_its_transaction_does_not_commit(db: Database) -> None:
    async def sale() -> None:
        async with db.write() as session:
            await publish(session, TOPIC, {"n": 1})
            raise RuntimeError("no sale today")

    with pytest.raises(RuntimeError, match="no sale today"):
        await sale()
    assert await stored(db) == []
    async with running(Relay(db, Waker(db))) as listener:
        await say(db, 2)
        await listener.until(1)
    assert listener.numbers == [2]


@pytest.mark.parametrize("busy_seconds", [5.0, 0.0])
async def test_a_commit_wakes_the_relay_of_another_process(url: str, busy_seconds: float) -> None:
    """Within two seconds, also when nothing has happened for long."""
    waker = partial(Waker, busy_seconds=busy_seconds)
    async with opened(url) as here, opened(url) as there, running(Relay(here, waker(here))) as listener:
        await asyncio.sleep(0.2)
        started = asyncio.get_running_loop().time()
        await say(there, 1)
        await listener.until(1)
        assert asyncio.get_running_loop().time() - started < 2


async def test_what_a_process_with_a_relay_commits_reaches_that_of_another(url: str) -> None:
    """Within two seconds, although only its relay tells."""
    async with (
        opened(url) as one,
        opened(url) as two,
        running(Relay(one, Waker(one))) as here,
        running(Relay(two, Waker(two))) as there,
    ):
        await asyncio.sleep(0.2)
        for number in range(3):
            started = asyncio.get_running_loop().time()
            await say(one, number)
            await here.until(number + 1)
            await there.until(number + 1)
            assert asyncio.get_running_loop().time() - started < 2
    assert here.numbers == there.numbers == [0, 1, 2]


async def test_a_relay_tells_once_what_many_transactions_have_written(databases: Databases) -> None:
    url = await databases.fresh("postgresql", "empty")
    told, ended, woken = list[str](), asyncio.Event(), list[None]()

    def heard(*said: Any) -> None:
        told.append(said[-1])
        ended.set()

    async with opened(url) as db, opened(url) as other:
        listening = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
        await listening.add_listener(CHANNEL, heard)
        with db.relaying(lambda: woken.append(None)):
            for number in range(5):
                await say(db, number)
            async with db.write() as session:
                await session.rows(select(EventRow))
            await Relay(db, Waker(db)).step()
        assert len(woken) == 5
        await say(other, 6)
        while other.name not in told:
            ended.clear()
            await ended.wait()
        await listening.close()
    assert told == [db.name, other.name]


async def test_two_relays_hand_on_everything_once_and_in_the_same_order(url: str) -> None:
    async with (
        opened(url) as one,
        opened(url) as two,
        opened(url) as writer,
        running(Relay(one, Waker(one))) as here,
        running(Relay(two, Waker(two))) as there,
    ):
        await asyncio.gather(*[say(writer, n, 100 + n) for n in range(40)])
        await here.until(80)
        await there.until(80)
        # What comes twice would come now.
        await say(writer, 999)
        await here.until(81)
        await there.until(81)
    assert here.numbers == there.numbers
    assert sorted(here.numbers) == sorted([*range(40), *range(100, 140), 999])
    assert here.positions == list(range(1, 82))
    for n in range(40):
        assert here.numbers.index(100 + n) > here.numbers.index(n), "one transaction's events keep their order"


async def test_a_writer_that_takes_long_loses_nothing(databases: Databases) -> None:
    """Its event has the lowest number and commits last: a relay that went by numbers would pass it by."""
    async with opened(await databases.fresh("postgresql", "empty")) as db:
        relay, listener = Relay(db, Waker(db)), Listener()
        relay.register(listener)
        await relay.step()
        async with db.write() as slow:
            await publish(slow, TOPIC, {"n": 0})
            await asyncio.gather(*[say(db, n) for n in range(1, 9)])
            await relay.step()
            assert sorted(listener.numbers) == list(range(1, 9))
        await say(db, 9)
        while await relay.step():
            pass
        assert listener.numbers[8:] == [0, 9]
        assert listener.positions == list(range(1, 11))


async def test_relays_that_step_at_once_give_each_event_one_position(url: str) -> None:
    async with opened(url) as one, opened(url) as two, opened(url) as writer:
        listeners, relays = (Listener(), Listener()), (Relay(one, Waker(one)), Relay(two, Waker(two)))
        for relay, listener in zip(relays, listeners, strict=True):
            relay.register(listener)
            await relay.step()
        for start in range(0, 60, 20):
            await asyncio.gather(*[say(writer, n) for n in range(start, start + 20)], *[r.step() for r in relays])
        for relay in relays:
            while await relay.step():
                pass
    assert listeners[0].numbers == listeners[1].numbers
    assert listeners[0].positions == listeners[1].positions == list(range(1, 61))
    assert sorted(listeners[0].numbers) == list(range(60))


async def test_a_consumer_that_fails_stops_no_other(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    async def fails(event: EventRow) -> None:
        if event.payload["n"] == 2:
            raise RuntimeError("cannot bear a 2")

    relay = Relay(db, Waker(db))
    relay.register(fails)
    async with running(relay) as listener:
        await say(db, 1, 2, 3)
        await listener.until(3)
    assert listener.numbers == [1, 2, 3]
    assert "cannot bear a 2" in caplog.text


async def test_a_new_relay_begins_with_what_nobody_published_yet(db: Database) -> None:
    first, heard = Relay(db, Waker(db)), Listener()
    first.register(heard)
    await say(db, 1)
    await first.step()
    await say(db, 2)
    second, listener = Relay(db, Waker(db)), Listener()
    second.register(listener)
    await second.step()
    assert (heard.numbers, listener.numbers) == ([1], [2])


async def test_a_relay_outlives_its_connections(databases: Databases) -> None:
    """As when PostgreSQL restarts: every connection ends, and for a while there is no new one."""
    url = await databases.fresh("postgresql", "empty")
    name = make_url(url).database
    admin = await asyncpg.connect(databases.postgres_url())

    async def away(seconds: float) -> None:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
        await asyncio.sleep(seconds)
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    loop = asyncio.get_running_loop()
    async with opened(url) as db, opened(url) as other, running(Relay(db, Waker(db))) as listener:
        await say(other, 1)
        await listener.until(1)
        for turn, seconds in enumerate((0, 1.5), start=1):
            await away(seconds)
            await say(other, turn * 10)
            await listener.until(turn * 2)
            # The listener has come back too: not every event waits for the look every few seconds.
            await asyncio.sleep(1.5)
            started = loop.time()
            await say(other, turn * 10 + 1)
            await listener.until(turn * 2 + 1)
            assert loop.time() - started < 2
    await admin.close()
    assert listener.numbers == [1, 10, 11, 20, 21]


async def test_lag_is_how_long_the_oldest_waits(db: Database) -> None:
    relay = Relay(db, Waker(db))
    await say(db, 1)
    async with db.write() as session:
        await session.change(update(EventRow).values(created_at=utc_now() - timedelta(seconds=90)))
    await relay.step()
    assert 89 < relay.lag_seconds < 120
    await relay.step()
    assert relay.lag_seconds == 0


async def test_old_events_go_once_they_are_published(db: Database) -> None:
    relay = Relay(db, Waker(db))
    await say(db, 1)
    await relay.step()
    await say(db, 2)
    async with db.write() as session:
        await session.change(update(EventRow).values(created_at=utc_now() - KEEP - timedelta(minutes=1)))
    await say(db, 3)
    late, listener = Relay(db, Waker(db)), Listener()
    late.register(listener)
    await late.step()
    assert listener.numbers == [2, 3], "old, but nobody had been told"
    assert [event.payload["n"] for event in await stored(db)] == [3]


@pytest.mark.parametrize(("earlier", "numbers"), [(0, []), (2, [3, 4]), (4, [1, 2, 3, 4]), (99, [1, 2, 3, 4])])
async def test_who_asks_for_it_is_handed_what_happened_before(db: Database, earlier: int, numbers: list[int]) -> None:
    first = Relay(db, Waker(db))
    await first.step()
    await say(db, 1, 2, 3, 4)
    await first.step()
    late, listener, others = Relay(db, Waker(db)), Listener(), Listener()
    registered = late.register(listener, earlier=earlier)
    late.register(others)
    assert registered.since is None
    await late.step()
    assert (listener.numbers, others.numbers) == (numbers, [])
    assert registered.since == max(4 - earlier, 0)
    await say(db, 5)
    await late.step()
    assert (listener.numbers, others.numbers) == ([*numbers, 5], [5])


async def test_very_much_of_what_happened_before_is_handed_in_order(db: Database) -> None:
    first = Relay(db, Waker(db))
    await first.step()
    await say(db, *range(BATCH * 2 + 10))
    for _ in range(3):
        await first.step()
    late, listener = Relay(db, Waker(db)), Listener()
    late.register(listener, earlier=BATCH + 5)
    await late.step()
    assert listener.numbers == list(range(BATCH + 5, BATCH * 2 + 10))


async def test_a_relay_that_sleeps_writes_nothing(db: Database) -> None:
    relay = Relay(db, Waker(db))
    await relay.step()
    writes: list[Any] = []
    write = db.write

    def counted(*args: Any) -> Any:
        writes.append(args)
        return write(*args)

    db.write = counted  # type: ignore[assignment]
    await relay.step()
    assert writes == []


class Tallied(Database):
    """Counts the statements of everybody."""

    tally = Tally()

    def read(self, tally: Tally | None = None) -> Any:
        return super().read(tally or self.tally)

    def write(self, tally: Tally | None = None) -> Any:
        return super().write(tally or self.tally)


@pytest.mark.parametrize("many", [1, 20])
async def test_events_are_published_and_read_in_three_statements_however_many(url: str, many: int) -> None:
    async with opened(url) as writer, Tallied(url) as db:
        relay, listener = Relay(db, Waker(db)), Listener()
        relay.register(listener)
        await relay.step()
        await say(writer, *range(many))
        db.tally.statements = 0
        assert await relay.step() == many
        assert db.tally.statements == 3
        assert listener.numbers == list(range(many))
        assert await relay.step() == 0
        assert db.tally.statements == 5


async def test_a_relay_goes_on_after_what_others_have_published(url: str) -> None:
    async with opened(url) as one, opened(url) as two:
        first, second = Relay(one, Waker(one)), Relay(two, Waker(two))
        listeners = Listener(), Listener()
        for relay, listener in zip((first, second), listeners, strict=True):
            relay.register(listener)
            await relay.step()
        await say(one, 1, 2)
        await first.step()
        await say(one, 3)
        await second.step()
        await first.step()
        assert listeners[0].numbers == listeners[1].numbers == [1, 2, 3]
        assert listeners[0].positions == listeners[1].positions == [1, 2, 3]


class TestStream:
    @staticmethod
    def event(number: int, topic: str = TOPIC) -> EventRow:
        return EventRow(id=number, topic=topic, payload={"n": number})

    async def test_a_reader_hears_its_topics_from_when_it_came(self) -> None:
        stream = EventStream()
        await stream.consume(self.event(1))
        async with stream.listen(TOPIC) as events:
            await stream.consume(self.event(2, "test.other"))
            await stream.consume(self.event(3))
            assert (await anext(events)).payload == {"n": 3}

    async def test_a_reader_that_falls_behind_is_told(self) -> None:
        stream = EventStream()
        async with stream.listen(TOPIC) as slow, stream.listen(TOPIC) as quick:
            for number in range(1001):
                await stream.consume(self.event(number))
                assert (await anext(quick)).payload == {"n": number}
            for number in range(1000):
                assert (await anext(slow)).payload == {"n": number}
            with pytest.raises(Overrun):
                await anext(slow)

    async def test_a_reader_that_is_gone_is_forgotten(self) -> None:
        stream = EventStream()
        async with stream.listen(TOPIC):
            assert len(stream._subscribers) == 1
        assert not stream._subscribers


async def test_publishing_joins_the_callers_transaction(db: Database) -> None:
    async def business(session: Session) -> None:
        await publish(session, TOPIC, {"n": 1})
        assert len(await session.rows(select(EventRow))) == 1

    async with db.write() as session:
        await business(session)
        async with db.read() as outside:
            assert await outside.rows(select(EventRow)) == []
