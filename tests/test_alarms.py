"""Alarms: what rings, in which order, and that all of an event loop's take one timer."""

import asyncio
import gc
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from weakref import ref

import pytest
import uvloop

from app.graphql.alarms import Alarm


class Noted(Alarm):
    """Notes when it rings, and may do something then."""

    def __init__(self, name: str, heard: list[str], then: Callable[[], None] = lambda: None) -> None:
        self._name, self._heard, self._then = name, heard, then

    def ring(self) -> None:
        self._heard.append(self._name)
        self._then()


class Counting(asyncio.SelectorEventLoop):
    """Counts the timers that are set."""

    timers = 0

    def call_at(self, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        self.timers += 1
        return super().call_at(*args, **kwargs)


@pytest.fixture(params=[Counting, uvloop.new_event_loop])
def factory(request: pytest.FixtureRequest) -> Callable[[], asyncio.AbstractEventLoop]:
    found: Callable[[], asyncio.AbstractEventLoop] = request.param
    return found


def soon(alarm: Alarm, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    alarm.set(loop, loop.time() + seconds)


def test_they_ring_in_the_order_of_their_times(factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    heard: list[str] = []

    async def main() -> None:
        for name, seconds in (("third", 0.06), ("first", 0.02), ("second", 0.04), ("past", -1.0)):
            soon(Noted(name, heard), seconds)
        await asyncio.sleep(0.2)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())
    assert heard == ["past", "first", "second", "third"]


def test_who_is_called_off_does_not_ring(factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    heard: list[str] = []

    async def main() -> None:
        early, late, rung = (Noted(name, heard) for name in ("early", "late", "rung"))
        soon(early, 0.01)
        soon(late, 0.05)
        soon(rung, 0.02)
        early.call_off()
        await asyncio.sleep(0.035)
        rung.call_off()
        late.call_off()
        await asyncio.sleep(0.06)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())
    assert heard == ["rung"]


def test_one_that_rings_may_set_another_and_call_one_off(factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    heard: list[str] = []

    async def main() -> None:
        after, never = Noted("after", heard), Noted("never", heard)
        soon(never, 0.04)

        def then() -> None:
            soon(after, 0.01)
            never.call_off()

        soon(Noted("first", heard, then), 0.01)
        await asyncio.sleep(0.1)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())
    assert heard == ["first", "after"]


def test_of_two_that_are_due_the_first_may_call_the_other_off(
    factory: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    heard: list[str] = []

    async def main() -> None:
        second = Noted("second", heard)
        soon(Noted("first", heard, second.call_off), -2)
        soon(second, -1)
        await asyncio.sleep(0.02)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())
    assert heard == ["first"]


def test_they_ring_in_nobodys_context(factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    whose: ContextVar[str] = ContextVar("whose", default="nobody's")
    heard: list[str] = []

    async def main() -> None:
        whose.set("somebody's")
        soon(Noted("it", heard, lambda: heard.append(whose.get())), 0)
        await asyncio.sleep(0.02)

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())
    assert heard == ["it", "nobody's"]


def test_all_take_one_timer() -> None:
    heard: list[str] = []
    loop = Counting()

    async def main() -> None:
        for _ in range(1_000):
            alarm = Noted("never", heard)
            soon(alarm, 5)
            alarm.call_off()

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(main())
    assert (heard, loop.timers) == ([], 1)


def test_a_loop_that_is_over_is_not_kept(factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def main() -> Any:
        soon(Noted("never", []), 60)
        return ref(asyncio.get_running_loop())

    with asyncio.Runner(loop_factory=factory) as runner:
        loop = runner.run(main())
    del runner
    gc.collect()
    assert loop() is None
