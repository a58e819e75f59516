"""Answers that everybody may be given, kept in this process until what they were built from changes.

Of several who ask for the same at once, one has it computed and the others wait. An answer is kept only if nothing that
it was built from changed while it was computed.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from math import inf
from time import monotonic
from typing import Generic, Literal, TypeVar

import orjson

LIFETIME = 300.0
"""Seconds after which an answer is computed anew even if nothing is known to have changed."""
MOST_TAGS = 200
"""Tags of one answer; of more, it depends on whole tables."""
MOST_KEYS = 1_000
"""Characters of the tags that caches elsewhere are told; of more, they are told whole tables."""
_TRIES = 3
_ENTRY_BYTES, _TAG_BYTES = 900, 150


@dataclass(frozen=True)
class Shared:
    """An answer that everybody may be given. ``max_age`` is in seconds; ``ends`` is when, by the monotonic clock, it
    is out of date by itself, and ``expires`` when it is computed anew. ``name`` is its operation's.
    """

    body: bytes
    max_age: int
    tags: frozenset[str]
    name: str | None = None
    ends: float = inf
    expires: float = inf

    @cached_property
    def etag(self) -> str:
        """Tells this body from any other."""
        return blake2b(self.body, digest_size=15).hexdigest()

    @cached_property
    def keys(self) -> str:
        """The tags as caches elsewhere are told them, separated by spaces."""
        length = sum(map(len, self.tags)) + len(self.tags) - 1
        return " ".join(sorted(self.tags if length <= MOST_KEYS else whole_tables(self.tags)))

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        return len(self.body) + _ENTRY_BYTES + _TAG_BYTES * len(self.tags)


def shared_answer(
    body: bytes, max_age: int, tags: Iterable[str], name: str | None, lasts: float, kept: float = LIFETIME
) -> Shared:
    """An answer that is out of date by itself in ``lasts`` seconds (inf: never), and computed anew in ``kept``."""
    now = monotonic()
    found = frozenset(tags)
    told = found if len(found) <= MOST_TAGS else whole_tables(found)
    # orjson's bytes keep the whole buffer that they were written in, of 4 kB and more; a copy takes what it holds.
    exact = bytes(memoryview(body))
    return Shared(exact, max_age, told, name, now + lasts, now + min(lasts, kept))


def whole_tables(tags: Iterable[str]) -> frozenset[str]:
    """Tags that are changed whenever one of these is, and only one for each table."""
    return frozenset([tag.partition("/")[0] for tag in tags])


C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Computed(Generic[C]):
    """What computing an answer came to: ``shared`` if everybody may be given it."""

    answer: C
    shared: Shared | None


class TooLate(Exception):  # noqa: N818 (nothing failed)
    """What somebody waited for did not come in time."""


How = Literal["fwd=miss", "hit; collapsed", "hit; detail=shared"]
"""How an answer came about, as `Cache-Status` says it: computed, computed for somebody else who asked at the same time,
or by another process.
"""


@dataclass(frozen=True, slots=True)
class Given(Generic[C]):
    """What somebody is given: what computing came to, if that was done for him, else ``shared``."""

    computed: Computed[C] | None
    shared: Shared | None
    how: How = "fwd=miss"


@dataclass(slots=True)
class Counts:
    """What happened since the start."""

    hits: int = 0
    misses: int = 0
    waits: int = 0
    evictions: int = 0
    invalidations: int = 0


@dataclass(slots=True, eq=False)
class _Flight:
    """An answer that is being computed, and what changed since that began."""

    done: "asyncio.Future[tuple[Shared | None, bool]]"
    changed: set[str] = field(default_factory=set)


async def _landed(flight: _Flight, until: float | None) -> tuple[Shared | None, bool]:
    try:
        async with asyncio.timeout_at(until):
            return await asyncio.shield(flight.done)
    except TimeoutError:
        raise TooLate from None


Find = Callable[[], Awaitable[Shared | None]]
"""Looks for an answer where another process may have left it; what it finds is up to date when it returns."""


class Answers:
    """Keeps at most ``max_bytes`` of answers (0: none), the one unused for longest goes first.

    ``is_abreast`` says whether all changes up to a moment ago have been told to `changed`; while it does not, nothing
    that is kept is given away.
    """

    def __init__(self, max_bytes: int, is_abreast: Callable[[], bool] = lambda: True) -> None:
        self.counts = Counts()
        self.size = 0
        self._max_bytes = max_bytes
        self._is_abreast = is_abreast
        self._kept: OrderedDict[bytes, Shared] = OrderedDict()
        self._by_tag: dict[str, set[bytes]] = {}
        self._flights: dict[bytes, _Flight] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def key(self, *asked: object) -> bytes | None:
        """The key of what is asked for; None where nothing is kept."""
        if not self._max_bytes:
            return None
        try:
            return blake2b(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS), digest_size=24).digest()
        except TypeError:
            # Variables may be nested deeper than can be written again; whether they are too deep is told later.
            return None

    def find(self, key: bytes | None) -> Shared | None:
        """The answer that is kept under a key and up to date."""
        found = self._kept.get(key) if key is not None else None
        if key is None or found is None or not self._is_abreast():
            return None
        if found.expires <= monotonic():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        self.counts.hits += 1
        return found

    async def share(
        self,
        key: bytes,
        compute: Callable[[], Awaitable[Computed[C]]],
        until: float | None = None,
        find: Find | None = None,
    ) -> Given[C]:
        """What computing came to, by this caller or by another who asked for the same before: then only the answer.

        First, ``find`` is asked once for all who wait. What somebody else's computing failed with is not shared:
        whoever waited for it computes by himself. Nobody waits for another longer than ``until``, by the event loop's
        clock. Raises TooLate.
        """
        for _ in range(_TRIES):
            flight = self._flights.get(key)
            if flight is None:
                return await self._fly(key, compute, find)
            self.counts.waits += 1
            shared, again = await _landed(flight, until)
            if shared is not None:
                return Given(None, shared, "hit; collapsed")
            if not again:
                break
        computed = await compute()
        return Given(computed, computed.shared)

    async def _fly(self, key: bytes, compute: Callable[[], Awaitable[Computed[C]]], find: Find | None) -> Given[C]:
        self.counts.misses += 1
        flight = self._flights[key] = _Flight(asyncio.get_running_loop().create_future())
        kept, again = None, True
        try:
            if find is not None:
                kept = await find()
                if kept is not None:
                    self._keep(key, kept)
                    return Given(None, kept, "hit; detail=shared")
                # What has changed until now goes into what is computed from now on.
                flight.changed.clear()
            is_abreast = self._is_abreast()
            computed = await compute()
            again = computed.shared is not None
            if computed.shared is not None and flight.changed.isdisjoint(computed.shared.tags):
                kept = computed.shared
                # What changed before we began to be told of changes would never be told.
                if is_abreast:
                    self._keep(key, kept)
            return Given(computed, kept)
        except Exception:
            again = False
            raise
        finally:
            del self._flights[key]
            flight.done.set_result((kept, again))

    def changed(self, tags: Iterable[str]) -> None:
        """Forget every answer that was built from what has changed."""
        told = set(tags)
        for flight in self._flights.values():
            flight.changed |= told
        for key in {key for tag in told for key in self._by_tag.get(tag, ())}:
            self._drop(key)
            self.counts.invalidations += 1

    def all(self) -> list[Shared]:
        """Every answer that is kept."""
        return list(self._kept.values())

    def _keep(self, key: bytes, shared: Shared) -> None:
        if shared.size * 4 > self._max_bytes or shared.expires <= monotonic():
            return
        self._drop(key)
        self._kept[key] = shared
        self.size += shared.size
        for tag in shared.tags:
            self._by_tag.setdefault(tag, set()).add(key)
        while self.size > self._max_bytes:
            self._drop(next(iter(self._kept)))
            self.counts.evictions += 1

    def _drop(self, key: bytes) -> None:
        gone = self._kept.pop(key, None)
        if gone is None:
            return
        self.size -= gone.size
        for tag in gone.tags:
            keys = self._by_tag[tag]
            keys.discard(key)
            if not keys:
                del self._by_tag[tag]
