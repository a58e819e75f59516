"""Valkey, or Redis, as the place where processes leave answers to each other.

Nobody waits for it for long. When a call fails, or has no answer in time, nobody asks any more until a ping has been
answered again, and no answer waits for that.
"""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from app.graphql.caching.second import Away, Found

logger = logging.getLogger("storekeep.cache")

MOST_CALLS = 32
"""Calls at once; who comes when there are as many does without."""
SHORTEST, LONGEST = 1.0, 30.0
"""Seconds until it is asked again after it has failed; each time doubled."""
STEADY = 60.0
"""Seconds of answering after which a failure is a new one, and not the last one's continuation."""

T = TypeVar("T")


class Valkey:
    """The server at a `redis://` or `rediss://` URL. A call may take ``timeout`` seconds; ``where`` is what people are
    told.
    """

    def __init__(self, url: str, where: str, timeout: float) -> None:
        self.is_reachable = False
        self.errors = 0
        self._where = where
        self._timeout = timeout
        self._calls = 0
        self._failed = asyncio.Event()
        self._said: bool | None = None
        self._client = Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            # Trying again is what would make an answer slow.
            retry=Retry(NoBackoff(), 0),
            max_connections=MOST_CALLS + 1,
            protocol=2,
            driver_info=None,
        )

    async def run(self) -> None:
        """Ping it until it answers, and again after each failure, until cancelled."""
        pause = SHORTEST
        while True:
            self._failed.clear()
            why_not = await self.why_not()
            self._note(why_not)
            if why_not is None:
                answered_at = monotonic()
                await self._failed.wait()
                # What was open before it failed may be half a connection.
                await self._client.connection_pool.disconnect(inuse_connections=False)
                pause = SHORTEST if monotonic() - answered_at > STEADY else pause
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST)

    async def why_not(self) -> str | None:
        """Why it does not answer, for people; None where it does."""
        calls = self._client.pipeline(transaction=False)
        calls.ping()
        try:
            async with asyncio.timeout(self._timeout):
                await calls.execute()
        except Exception as error:
            return _reason(error)
        return None

    async def look(self, key: str) -> Found:
        """What stands under a key, for how long, and whether somebody has the lease of it."""
        calls = self._client.pipeline(transaction=True)
        calls.get(key)
        calls.pttl(key)
        calls.exists(_lease(key))
        return await self._carried_out(calls, _found)

    async def lease(self, key: str, seconds: float) -> bool:
        """Whether the lease was to be had."""
        calls = self._client.pipeline(transaction=False)
        calls.set(_lease(key), b"", nx=True, px=_milliseconds(seconds))
        return await self._carried_out(calls, _is_taken)

    async def leave(self, key: str, raw: bytes, seconds: float) -> None:
        """Write an answer and end its lease."""
        calls = self._client.pipeline(transaction=True)
        calls.set(key, raw, px=_milliseconds(seconds))
        calls.delete(_lease(key))
        await self._carried_out(calls, _nothing)

    async def release(self, key: str) -> None:
        """End a lease."""
        calls = self._client.pipeline(transaction=False)
        calls.delete(_lease(key))
        await self._carried_out(calls, _nothing)

    async def close(self) -> None:
        """Give every connection back."""
        await self._client.aclose()

    async def _carried_out(self, calls: Pipeline, read: Callable[..., T]) -> T:
        """What the calls came to, as ``read`` makes it of their results."""
        if not self.is_reachable or self._calls >= MOST_CALLS:
            raise Away
        self._calls += 1
        try:
            async with asyncio.timeout(self._timeout):
                return read(*await calls.execute(raise_on_error=False))
        except Exception as error:
            # Whatever it is, nobody's answer shall fail for it.
            self.errors += 1
            self._note(_reason(error))
            self._failed.set()
            raise Away from None
        finally:
            self._calls -= 1

    def _note(self, why_not: str | None) -> None:
        """Note whether it answers, and log that whenever it changes."""
        self.is_reachable = why_not is None
        if self.is_reachable is self._said:
            return
        self._said = self.is_reachable
        if self.is_reachable:
            logger.info("the shared cache %s answers", self._where)
        else:
            logger.warning("the shared cache %s is not used while it fails: %s", self._where, why_not)


def _found(raw: Any, milliseconds: Any, leased: Any) -> Found:
    # A value of another kind is no failure, only none of ours.
    return Found(b"" if isinstance(raw, ResponseError) else raw, _granted(milliseconds) / 1000, bool(_granted(leased)))


def _is_taken(answered: Any) -> bool:
    return _granted(answered) is True


def _nothing(*answered: Any) -> None:
    for one in answered:
        _granted(one)


def _granted(answered: Any) -> Any:
    if isinstance(answered, Exception):
        raise answered
    return answered


def _lease(key: str) -> str:
    return f"{key}:lease"


def _milliseconds(seconds: float) -> int:
    return max(1, int(seconds * 1000))


def _reason(error: Exception) -> str:
    return str(error) or "no answer in time"
