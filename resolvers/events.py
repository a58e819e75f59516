"""The outbox: what happened is written with what made it happen, put into one order, and handed to consumers.

``publish`` writes an event in the caller's transaction. A ``Relay`` in each process gives positions to what has none
(one process at a time, by a row lock) and hands every event after its own position to its consumers, in order.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any, Protocol

from db import events as db
from db.base import light
from db.events import EventRow
from db.session import Database, Session
from db.types import utc_now

log = logging.getLogger("storekeep.events")

BATCH = 500
REST = 0.02
"""Seconds after which the relay looks again at the earliest: what is committed meanwhile is handed on together."""
KEEP = timedelta(days=7)
"""How long a published event stays."""

Consumer = Callable[[EventRow], Awaitable[None]]


async def publish(session: Session, topic: str, payload: dict[str, Any]) -> None:
    """Write an event into the caller's transaction; it happened if and only if that commits."""
    await session.happened(topic, payload)


async def publish_all(session: Session, topic: str, payloads: Sequence[dict[str, Any]]) -> None:
    """`publish` for many at once; nothing for none."""
    if payloads:
        *others, last = payloads
        await session.add_all(EventRow, [{"topic": topic, "payload": payload} for payload in others])
        await publish(session, topic, last)


class Waker(Protocol):
    """Tells that somebody, perhaps another process, has committed events."""

    def listening(self) -> AbstractAsyncContextManager[None]:
        """While entered, ``wait`` notices commits."""

    async def wait(self, seconds: float) -> None:
        """Return when there may be news, at the latest after ``seconds``."""


@dataclass(eq=False)
class Subscriber:
    """One reader of the stream, with a bounded queue: a reader that falls too far behind is told so and ended."""

    topics: frozenset[str]
    queue: asyncio.Queue[EventRow] = field(default_factory=lambda: asyncio.Queue(maxsize=1000))
    overrun: bool = False


class EventStream:
    """The relay's fan-out within this process; subscriptions read from it."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()

    async def consume(self, event: EventRow) -> None:
        """The stream is itself a consumer of the relay."""
        for subscriber in self._subscribers:
            if event.topic in subscriber.topics and not subscriber.overrun:
                try:
                    subscriber.queue.put_nowait(event)
                except asyncio.QueueFull:
                    subscriber.overrun = True

    @asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[AsyncIterator[EventRow]]:
        """Every event of these topics from now on. Enter it before reading what the events are about."""
        subscriber = Subscriber(frozenset(topics))
        self._subscribers.add(subscriber)
        try:
            yield self._read(subscriber)
        finally:
            self._subscribers.discard(subscriber)

    async def _read(self, subscriber: Subscriber) -> AsyncIterator[EventRow]:
        while not (subscriber.overrun and subscriber.queue.empty()):
            yield await subscriber.queue.get()
        raise Overrun("This subscriber fell too far behind; subscribe again and read the present state first.")


class Overrun(Exception):  # noqa: N818 - says what happened
    """A subscriber's queue was full."""


@dataclass(eq=False)
class Registered:
    """A consumer of a relay. ``since`` is the position after which it is handed every event; None until the relay has
    begun.
    """

    consumer: Consumer
    earlier: int
    since: int | None = None


class Relay:
    """Publishes events and hands them on. Run one in each process."""

    def __init__(self, database: Database, waker: Waker) -> None:
        self.database = database
        self.waker = waker
        self.position: int | None = None
        self.lag_seconds = 0.0
        """How long the oldest event had waited when the relay last looked."""
        self.abreast_at = -inf
        """The event loop's time up to which everything that was committed, wherever, has been handed on."""
        self._consumers: list[Registered] = []
        self._pruned_at: datetime | None = None

    def register(self, consumer: Consumer, *, earlier: int = 0) -> Registered:
        """Have every event handed to ``consumer``; one that fails is logged and does not stop the others. It is first
        handed as many as ``earlier`` of those that were published before the relay began.
        """
        registered = Registered(consumer, earlier)
        self._consumers.append(registered)
        return registered

    async def run(self) -> None:
        """Work until cancelled. A database that is away is waited for."""
        async with self.waker.listening():
            while True:
                try:
                    handed = await self.step()
                except Exception:
                    log.exception("the relay could not work; trying again in a second")
                    await asyncio.sleep(1)
                    continue
                if handed:
                    await asyncio.sleep(REST)
                if handed < BATCH:
                    await self.waker.wait(5)

    async def step(self) -> int:
        """Publish what waits and hand on what is new; answers how many events were handed on."""
        began = asyncio.get_running_loop().time()
        if self.position is None:
            self.position = await self._begin()
        waiting, events = await self._publish()
        if not events or events[0].position != self.position + 1:
            # Others have published before.
            async with self.database.read() as session:
                events = await session.rows(db.published_after(self.position, BATCH))
        for event in events:
            for registered in self._consumers:
                await self._hand(event, registered.consumer)
            self.position = event.position or self.position
        if max(waiting, len(events)) < BATCH:
            self.abreast_at = began
        await self._prune()
        return len(events)

    async def _begin(self) -> int:
        """Hand on what was published before to those who asked for it; answers the position to go on from."""
        async with self.database.read() as session:
            head = await session.first(db.head()) or 0
        for registered in self._consumers:
            place = registered.since = max(head - registered.earlier, 0)
            while place < head:
                async with self.database.read() as session:
                    events = await session.rows(db.published_after(place, min(BATCH, head - place)))
                # What is too old is not there any more, and what is newer than the head comes in its turn.
                known = [event for event in events if (event.position or 0) <= head]
                for event in known:
                    await self._hand(event, registered.consumer)
                place = known[-1].position or head if known else head
        return head

    async def _hand(self, event: EventRow, consumer: Consumer) -> None:
        try:
            await consumer(event)
        except Exception:
            log.exception("a consumer failed on event %s (%s)", event.id, event.topic)

    async def _publish(self) -> tuple[int, list[EventRow]]:
        """Give positions to a batch of what waits; answers how many events waited, and those that have one now."""
        async with self.database.read() as session:
            ((waiting, oldest),) = await session.tuples(db.waiting())
        self.lag_seconds = (utc_now() - oldest).total_seconds() if oldest else 0.0
        if not waiting:
            return 0, []
        count = min(waiting, BATCH)
        async with self.database.write() as session:
            ((last, _),) = await session.returning(db.advance(count, self.database.name))
            placed = [light(EventRow)(*row) for row in await session.returning(db.place(count, last - count))]
            if len(placed) < count:
                # Another relay was quicker with the others.
                await session.returning(db.advance(len(placed) - count, self.database.name))
        return int(waiting), sorted(placed, key=lambda event: event.position or 0)

    async def _prune(self) -> None:
        now = utc_now()
        if self._pruned_at is None or now - self._pruned_at > timedelta(hours=1):
            self._pruned_at = now
            async with self.database.write() as session:
                await session.change(db.older_than(now - KEEP))
