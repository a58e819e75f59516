"""The time limit of what every request enters: it is `asyncio.timeout_at`, whoever else cancels."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from app.graphql.time_limit import TimeLimit

Limited = Callable[[float], AbstractAsyncContextManager[Callable[[], bool]]]


@asynccontextmanager
async def own(until: float) -> AsyncIterator[Callable[[], bool]]:
    with TimeLimit(until) as limit:
        yield lambda: limit.expired


@asynccontextmanager
async def asyncios(until: float) -> AsyncIterator[Callable[[], bool]]:
    async with asyncio.timeout_at(until) as limit:
        yield limit.expired


@pytest.fixture(params=[own, asyncios])
def limited(request: pytest.FixtureRequest) -> Limited:
    found: Limited = request.param
    return found


def soon(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_what_ends_in_time_is_left_alone(limited: Limited) -> None:
    async with limited(soon(0.01)) as expired:
        await asyncio.sleep(0)
    await asyncio.sleep(0.02)
    assert not expired()


@pytest.mark.parametrize("until", [-1.0, 0.0, 0.01])
async def test_what_takes_longer_is_ended(limited: Limited, until: float) -> None:
    limit = limited(soon(until))
    expired = await limit.__aenter__()
    with pytest.raises(asyncio.CancelledError) as cancelled:
        await asyncio.sleep(5)
    with pytest.raises(TimeoutError):
        await limit.__aexit__(cancelled.type, cancelled.value, cancelled.tb)
    assert expired()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_a_failure_stays_what_it_is(limited: Limited) -> None:
    with pytest.raises(ValueError, match="mine"):
        async with limited(soon(5)):
            raise ValueError("mine")


async def test_a_failure_on_the_way_out_stays_what_it_is(limited: Limited) -> None:
    async def fails() -> None:
        async with limited(soon(0)):
            try:
                await asyncio.sleep(5)
            finally:
                raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await fails()


async def test_of_two_the_one_that_is_over_is_told(limited: Limited) -> None:
    async with limited(soon(5)) as outer:
        with pytest.raises(TimeoutError):
            async with limited(soon(0)):
                await asyncio.sleep(5)
        await asyncio.sleep(0)
    assert not outer()


@pytest.mark.parametrize("until", [0.0, 5.0])
async def test_who_is_cancelled_is_cancelled(limited: Limited, until: float) -> None:
    """Also in the step in which the time is over."""

    async def work() -> None:
        async with limited(soon(until)):
            await asyncio.sleep(5)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(task.cancel)
    await asyncio.wait([task])
    assert task.cancelled()


async def test_who_was_cancelled_before_is_told_of_the_time_all_the_same() -> None:
    """A task that cleans up after it was cancelled may do so within a limit of its own. Not all releases of Python 3.11
    see to that themselves.
    """

    async def work() -> str:
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            try:
                with TimeLimit(soon(0)):
                    await asyncio.sleep(5)
            except TimeoutError:
                return "ended"
        return "not ended"

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "ended"
