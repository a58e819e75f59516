"""A time limit for blocks that are entered with every request, and seldom reach it."""

import asyncio
from types import TracebackType
from typing import Self

from app.graphql.alarms import Alarm


class TimeLimit(Alarm):
    """`asyncio.timeout_at` for a task, at a fraction of its cost. Raises TimeoutError where the block has not ended
    ``until``, by the event loop's clock.
    """

    __slots__ = ("_before", "_task", "expired")

    def __init__(self, until: float) -> None:
        self.when = until
        self.expired = False

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._before = task.cancelling()
        self.set(task.get_loop(), self.when)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.call_off()
        # Who cancelled the task as well is to be heard.
        if self.expired and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def ring(self) -> None:
        """Called when the time is over."""
        self.expired = True
        self._task.cancel()
