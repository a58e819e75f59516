"""From an operation that may be shared to its answer: kept, waited for, left by another process, or computed."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import inf
from types import MappingProxyType
from typing import Any

import orjson

from app.graphql.caching.answers import Answers, Computed, Given, TooLate, shared_answer
from app.graphql.caching.second import SecondLevel, Turn
from app.graphql.runner import Answer, Prepared, Runner

Lasts = Callable[[Collection[str], datetime], Awaitable[float]]


async def _forever(_tables: Collection[str], _since: datetime) -> float:
    return inf


@dataclass(slots=True)
class Written:
    """An answer and its bytes."""

    answer: Answer
    body: bytes


class Sharing:
    """Gives the answers of operations: kept, waited for, left by another process, or computed.

    ``lasts`` tells how many seconds more tables show by themselves what they showed at a moment; ``second`` is where
    processes leave answers to each other. ``ages`` are the most seconds for which caches may show what was built from a
    table.
    """

    def __init__(
        self,
        answers: Answers,
        lasts: Lasts = _forever,
        second: SecondLevel | None = None,
        ages: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self.answers = answers
        self.second = second
        self._lasts = lasts
        self._ages = ages

    async def run(self, runner: Runner, prepared: Prepared, key: bytes | None, *, is_tagged: bool) -> Given[Written]:
        """What an operation that was admitted comes to; only the shared answer where somebody else computed it.

        Waiting for somebody else is within the time limit. Where nothing is kept, a shared answer has its tags only if
        it ``is_tagged``.
        """
        until = runner.deadline()
        if not prepared.policy.is_public or key is None:
            computed = await self._compute(runner, prepared, until, is_tagged=is_tagged and prepared.policy.is_public)
            return Given(computed, computed.shared)
        try:
            if self.second is None:
                alone = partial(self._compute, runner, prepared, until, is_tagged=True)
                return await self.answers.share(key, alone, until)
            operation = prepared.operation
            turn = self.second.turn(operation.text, operation.name, prepared.given, prepared.scope)
            compute = partial(self._compute_in_turn, runner, prepared, until, turn)
            return await self.answers.share(key, compute, until, turn.find)
        except TooLate:
            late = runner.late(prepared)
            return Given(Computed(Written(late, write(late.payload)), None), None)

    async def _compute_in_turn(self, runner: Runner, prepared: Prepared, until: float, turn: Turn) -> Computed[Written]:
        turn.begin()
        try:
            computed = await self._compute(runner, prepared, until, is_tagged=True)
            if computed.shared is not None:
                turn.keep(computed.shared)
            return computed
        finally:
            turn.end()

    async def _compute(self, runner: Runner, prepared: Prepared, until: float, *, is_tagged: bool) -> Computed[Written]:
        began = datetime.now(UTC)
        answer = await runner.run(prepared, until, is_tagged=is_tagged)
        written = Written(answer, write(answer.payload))
        if answer.outcome != "ok" or answer.is_private or not prepared.policy.is_public:
            return Computed(written, None)
        tables, name = answer.tables, prepared.operation.name
        lasts = await self._lasts(tables, began)
        max_age = min([prepared.policy.max_age, *(self._ages[one] for one in self._ages if one in tables)])
        return Computed(written, shared_answer(written.body, max_age, answer.tags, name, lasts))


def write(payload: dict[str, Any]) -> bytes:
    """The bytes of an answer. Raises TypeError for what JSON cannot say."""
    return orjson.dumps(payload, option=orjson.OPT_NON_STR_KEYS)
