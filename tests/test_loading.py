"""Loaders: whoever asks, and however many at once, each key is looked up once and its answer is everybody's."""

import asyncio
from collections.abc import Sequence

import pytest

from resolvers.context import Context
from resolvers.loading import Loader
from tests.api import Client


class Halves(Loader[int, int]):
    """Half of even numbers; odd ones fail, each by itself, and 13 fails for all who ask with it."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.batches: list[list[int]] = []
        self.began = asyncio.Event()

    async def fetch(self, session: object, keys: Sequence[int]) -> list[int]:
        self.batches.append(list(keys))
        self.began.set()
        await asyncio.sleep(0)
        if 13 in keys:
            raise LookupError("13")
        found: list[int | ValueError] = [key // 2 if key % 2 == 0 else ValueError(key) for key in keys if key != 400]
        return found  # type: ignore[return-value]


@pytest.fixture
async def halves(guest: Client) -> Halves:
    return guest.shop.context().loader(Halves)


async def test_all_who_ask_in_one_turn_are_answered_together(halves: Halves) -> None:
    found = await asyncio.gather(
        halves.load(2), halves.load_all([2, 4, 6, 4]), halves.load(6), halves.load_all([6, 8]), halves.load(10)
    )
    assert found == [1, [1, 2, 3, 2], 3, [3, 4], 5]
    assert sorted(halves.batches[0]) == [2, 4, 6, 8, 10]
    assert len(halves.batches) == 1


async def test_what_was_answered_is_not_asked_again(halves: Halves) -> None:
    assert await halves.load_all([2, 4]) == [1, 2]
    assert await halves.load(4) == 2
    assert await halves.load(12) == 6
    assert await halves.load_all([12, 4, 2, 20]) == [6, 2, 1, 10]
    assert await halves.load_many([2, 20]) == [1, 10]
    assert halves.batches == [[2, 4], [12], [20]]


async def test_what_was_primed_or_loaded_alone_is_answered_with_its_failure(halves: Halves) -> None:
    halves.prime(40, 41)
    await asyncio.gather(halves.load(6), halves.load(3), return_exceptions=True)
    for _ in range(2):
        assert [repr(each) for each in await halves.load_all([6, 40, 3, 6])] == ["3", "41", "ValueError(3)", "3"]
    assert len(halves.batches) == 1
    waiting = halves.load(8)
    waiting.cancel()
    assert await halves.load_all([8, 40]) == [4, 41]


async def test_what_is_still_coming_is_waited_for(halves: Halves) -> None:
    first = asyncio.ensure_future(halves.load_all([2, 4]))
    await halves.began.wait()
    assert await asyncio.gather(halves.load(2), halves.load_all([4, 6]), first) == [1, [2, 3], [1, 2]]
    assert halves.batches == [[2, 4], [6]]


async def test_a_failure_is_that_of_its_key_alone(halves: Halves) -> None:
    one, failed, two = await halves.load_all([2, 3, 4])
    assert (one, two) == (1, 2)
    assert repr(failed) == "ValueError(3)"
    with pytest.raises(ValueError, match="3"):
        await halves.load(3)
    assert [repr(each) for each in await halves.load_all([4, 3])] == ["2", "ValueError(3)"]
    assert halves.batches == [[2, 3, 4]]


async def test_a_batch_that_fails_is_everybodys_failure_and_is_asked_again(halves: Halves) -> None:
    all_of, alone = await asyncio.gather(halves.load_all([2, 13]), halves.load(4), return_exceptions=True)
    assert [repr(each) for each in all_of] == ["LookupError('13')"] * 2  # type: ignore[union-attr]
    assert repr(alone) == "LookupError('13')"
    assert await halves.load(2) == 1
    assert await halves.load_all([2, 4]) == [1, 2]
    assert [sorted(keys) for keys in halves.batches] == [[2, 4, 13], [2], [4]]


async def test_whoever_is_cancelled_stops_alone(halves: Halves) -> None:
    for keys in ([2, 4], [2, 6]):
        first = asyncio.ensure_future(halves.load_all(keys))
        await asyncio.sleep(0)
        others = asyncio.gather(halves.load(2), halves.load_all([2, 4, 8]))
        await asyncio.sleep(0)
        first.cancel()
        assert await others == [1, [1, 2, 4]]
        with pytest.raises(asyncio.CancelledError):
            await first
    assert await halves.load_all([2, 4, 6, 8]) == [1, 2, 3, 4]


async def test_a_loader_that_answers_too_little_fails(halves: Halves) -> None:
    found = await halves.load_all([2, 400])
    assert [repr(each) for each in found] == ["TypeError('Halves answered 1 of 2 keys.')"] * 2
