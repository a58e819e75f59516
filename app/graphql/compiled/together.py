"""Many coroutines in one task: what a task for each would cost is saved where they only wait for loaders.

They share the task, so a cancel scope inside one of them (``asyncio.timeout``, a task group) would stop all of them.
Whatever needs such a scope gets a task of its own.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from app.graphql.compiled.marks import Err


async def together(coroutines: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    """What each comes to, in order; an `Err` for one that failed. Cancelling this cancels all of them."""
    if len(coroutines) == 1:
        try:
            return [await coroutines[0]]
        except Exception as failure:
            return [Err(failure)]
    group = _Group(coroutines)
    for place in range(len(coroutines)):
        group.step(place)
    while group.left:
        await group.next_ready()
    return group.values


async def in_tasks(coroutines: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    """The same, each in a task of its own. None of them outlives this: who cancels it waits for their end."""
    return [_came(one) for one in await asyncio.gather(*coroutines, return_exceptions=True)]


async def alone(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What one comes to in a task of its own, which does not outlive this.

    `gather` would tell a turn of the event loop later, and what goes on from there would miss the loaders' statements
    that others wait for.
    """
    task = asyncio.ensure_future(coroutine)
    try:
        came = await task
    except (Exception, asyncio.CancelledError) as failure:
        came = _came(failure)
    # Whoever cancels this cancels the task, which may take no notice.
    if task.cancelling():
        raise asyncio.CancelledError
    return came


async def here(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What one comes to in the task that asks, in which nothing else goes on meanwhile."""
    try:
        return await coroutine
    except (Exception, asyncio.CancelledError) as failure:
        task = asyncio.current_task()
        if isinstance(failure, asyncio.CancelledError) and task is not None and task.cancelling():
            raise
        return _came(failure)


def _came(result: Any) -> Any:
    if isinstance(result, asyncio.CancelledError):
        return _cancelled(result)
    return Err(result) if isinstance(result, Exception) else result


def _cancelled(cancelled: asyncio.CancelledError) -> Err:
    """What it comes to where something that was waited for was cancelled, not who waited."""
    return Err(RuntimeError(f"what it waited for was cancelled: {cancelled}"))


class _Wake(asyncio.Future[None]):
    """What a group waits for. A group around it is told in the same turn of the event loop: if each told the next a
    turn later, what is nested deeply would miss the loaders' statements that others wait for.
    """

    tell: Callable[[], None] | None = None

    def wake(self) -> None:
        """Let the group go on."""
        if not self.done():
            self.set_result(None)
            if self.tell is not None:
                self.tell()

    def cancel(self, msg: object = None) -> bool:
        cancels = super().cancel(msg)
        if cancels and self.tell is not None:
            self.tell()
        return cancels


class _Group:
    def __init__(self, coroutines: Sequence[Coroutine[Any, Any, Any]]) -> None:
        self._coroutines = coroutines
        self._ready: list[int] = []
        self._wake: _Wake | None = None
        # Counted up with every step, so that a future that is waited for no more wakes nobody.
        self._turns = [0] * len(coroutines)
        self._ended = [False] * len(coroutines)
        self._waits_for: list[Any] = [None] * len(coroutines)
        self.values: list[Any] = [None] * len(coroutines)
        self.left = len(coroutines)

    def step(self, place: int, failure: BaseException | None = None) -> None:
        """Let one go on until it waits for something, or ends."""
        coroutine = self._coroutines[place]
        self._turns[place] += 1
        try:
            waits_for = coroutine.throw(failure) if failure is not None else coroutine.send(None)
        except StopIteration as done:
            self.values[place] = done.value
        except Exception as raised:
            self.values[place] = Err(raised)
        except asyncio.CancelledError as cancelled:
            if failure is None:
                self.values[place] = _cancelled(cancelled)
        else:
            self._waits_for[place] = waits_for
            if waits_for is None:
                asyncio.get_running_loop().call_soon(self._is_ready, place, self._turns[place])
            else:
                # What a task says when it takes a future over: that nobody else has to wait for it.
                waits_for._asyncio_future_blocking = False
                is_ready = partial(self._is_ready, place, self._turns[place])
                if waits_for.__class__ is _Wake:
                    waits_for.tell = is_ready
                else:
                    waits_for.add_done_callback(is_ready)
            return
        self._ended[place] = True
        self.left -= 1

    async def next_ready(self) -> None:
        """Wait until at least one can go on, and let all those that can."""
        if not self._ready:
            self._wake = _Wake()
            try:
                await self._wake
            except asyncio.CancelledError as cancelled:
                await self._cancel(cancelled)
                raise
            finally:
                self._wake = None
        ready, self._ready = self._ready, []
        for place in ready:
            self.step(place)

    async def _cancel(self, cancelled: asyncio.CancelledError) -> None:
        """End all that are still waiting, and wait for what they do on their way out."""
        self._ready = []
        for place, ended in enumerate(self._ended):
            # As a task does: what it waits for is to know of it, and wakes it if it can be cancelled.
            waits_for = self._waits_for[place]
            if not ended and (waits_for is None or not waits_for.cancel()):
                self.step(place, cancelled)
        while self.left:
            await self.next_ready()

    def _is_ready(self, place: int, turn: int, _future: Any = None) -> None:
        if turn != self._turns[place]:
            return
        self._ready.append(place)
        if self._wake is not None:
            self._wake.wake()
