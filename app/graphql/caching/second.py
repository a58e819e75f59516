"""The second level of kept answers: what one process has computed is given to the others, where nothing has changed.

An answer is left there with its stamp: the position of the outbox up to which its process had heard of all changes
when it began to compute. Whoever reads it believes it only if he has heard of all changes since the stamp, and none is
of what it was built from. So no change has to be told to the place itself, and what is written there late, or lost,
does no harm.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic
from typing import NamedTuple, Protocol

import orjson

from app.graphql.caching.answers import LIFETIME, Shared
from app.graphql.caching.changes import Changes, Heard
from app.graphql.caching.entries import MOST_BYTES, DamagedError, read, written

PREFIX = "storekeep:answer:"
LEASE = 1.0
"""Seconds for which others wait for whoever computes; a process that died meanwhile holds nobody up for longer."""
PAUSES = (0.005, 0.01, 0.02, 0.04, 0.08)
"""Seconds between the looks of those who wait; after the last they compute themselves."""
MOST_WRITES = 32
"""Answers on their way there at once; of more, some are not left there."""
_IN_A_THREAD = 50_000


class Away(Exception):  # noqa: N818 - says what is the case
    """The place does not answer, or nobody may ask it now."""


class Found(NamedTuple):
    """What stands under a key, for how many seconds more, and whether somebody is computing it."""

    raw: bytes | None
    seconds: float
    is_leased: bool


class Place(Protocol):
    """Where several processes can leave bytes. Every call ends soon, and raises Away where it came to nothing."""

    @property
    def is_reachable(self) -> bool:
        """Whether it is worth asking."""

    async def look(self, key: str) -> Found: ...

    async def lease(self, key: str, seconds: float) -> bool:
        """Whether it is this caller who shall compute what belongs under a key."""

    async def leave(self, key: str, raw: bytes, seconds: float) -> None:
        """Leave something under a key, and end the lease."""

    async def release(self, key: str) -> None:
        """End the lease."""

    async def run(self) -> None:
        """Find out when it is reachable, until cancelled."""

    async def close(self) -> None: ...


@dataclass(slots=True)
class Counts:
    """What happened since the start. ``stale`` was out of date; ``damaged`` was none that we wrote; ``waits`` are those
    for another process.
    """

    hits: int = 0
    misses: int = 0
    stale: int = 0
    damaged: int = 0
    waits: int = 0
    writes: int = 0


class SecondLevel:
    """Answers in a place that several processes share.

    ``heard`` tells how far this process has heard of changes, None while that is not enough to judge by.
    """

    def __init__(self, place: Place, changes: Changes, heard: Callable[[], Heard | None]) -> None:
        self.counts = Counts()
        self.place = place
        self.changes = changes
        self.heard = heard
        self._namespace: bytes | None = None
        self._writing: set[asyncio.Task[None]] = set()

    async def run(self, namespace: bytes) -> None:
        """Serve until cancelled. The namespace tells apart what must not be mixed: other data, other versions."""
        self._namespace = namespace
        await self.place.run()

    async def close(self) -> None:
        """Give up what is on its way, and the place."""
        for task in self._writing:
            task.cancel()
        await asyncio.gather(*self._writing, return_exceptions=True)
        await self.place.close()

    def turn(self, *asked: object) -> "Turn":
        """A look for the answer to what is asked, and the leave to compute it."""
        return Turn(self, asked)

    def key(self, asked: tuple[object, ...]) -> str | None:
        """Where the answer belongs; None while nothing may be asked for."""
        if self._namespace is None or not self.place.is_reachable:
            return None
        raw = self._namespace + orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
        return PREFIX + blake2b(raw, digest_size=24).hexdigest()

    def later(self, work: Coroutine[None, None, None]) -> None:
        """Carry out what nobody waits for."""
        if len(self._writing) >= MOST_WRITES:
            work.close()
            return
        task = asyncio.create_task(work)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)


class Turn:
    """What one of those who ask for the same at once does at the second level, for all of them."""

    def __init__(self, level: SecondLevel, asked: tuple[object, ...]) -> None:
        self._level = level
        self._asked = asked
        self._key: str | None = None
        self._stamp: int | None = None
        self._is_leased = False
        self._seen: bytes | None = None

    async def find(self) -> Shared | None:
        """The answer that another process left, or is just about to, and that is up to date as this returns.

        With None, the caller is to compute: between `begin` and `end`.
        """
        self._key = self._level.key(self._asked)
        if self._key is None or self._level.heard() is None:
            return None
        try:
            found = await self._look(self._key)
        except Away:
            return None
        if found is None:
            self._level.counts.misses += 1
        else:
            self._level.counts.hits += 1
        return found

    def begin(self) -> None:
        """What is computed from here on has everything in it that is heard of until now."""
        heard = self._level.heard()
        self._stamp = heard.position if heard is not None else None

    def keep(self, shared: Shared) -> None:
        """Leave what was computed to the others, unless it is already known to be out of date."""
        level, heard, stamp = self._level, self._level.heard(), self._stamp
        seconds = shared.expires - monotonic()
        if self._key is None or heard is None or stamp is None or seconds <= 0 or len(shared.body) > MOST_BYTES:
            return
        if level.changes.none_since(stamp, shared.tags, heard):
            self._is_leased = False
            level.later(self._leave(self._key, stamp, shared, seconds))

    def end(self) -> None:
        """Let nobody wait any longer."""
        if self._is_leased and self._key is not None:
            self._is_leased = False
            self._level.later(self._release(self._key))

    async def _look(self, key: str) -> Shared | None:
        place = self._level.place
        found = await place.look(key)
        shared = self._believed(key, found)
        if shared is not None:
            return shared
        if not found.is_leased and await place.lease(key, LEASE):
            self._is_leased = True
            return None
        self._level.counts.waits += 1
        for pause in PAUSES:
            await asyncio.sleep(pause)
            found = await place.look(key)
            shared = self._believed(key, found)
            if shared is not None or not found.is_leased:
                return shared
        return None

    def _believed(self, key: str, found: Found) -> Shared | None:
        heard, counts = self._level.heard(), self._level.counts
        if found.raw is None or found.raw == self._seen or heard is None:
            return None
        self._seen = found.raw
        try:
            if not 0 < found.seconds <= LIFETIME:
                raise DamagedError
            entry = read(key, found.raw, found.seconds)
        except DamagedError:
            counts.damaged += 1
            return None
        if not self._level.changes.none_since(entry.stamp, entry.shared.tags, heard):
            counts.stale += 1
            return None
        return entry.shared

    async def _leave(self, key: str, stamp: int, shared: Shared, seconds: float) -> None:
        # zlib lets other threads work meanwhile; for a short body the change of thread would cost more.
        is_long = len(shared.body) > _IN_A_THREAD
        raw = await asyncio.to_thread(written, key, stamp, shared) if is_long else written(key, stamp, shared)
        try:
            await self._level.place.leave(key, raw, seconds)
        except Away:
            return
        self._level.counts.writes += 1

    async def _release(self, key: str) -> None:
        try:
            await self._level.place.release(key)
        except Away:
            # It ends by itself.
            return
