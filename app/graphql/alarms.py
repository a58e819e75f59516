"""Calls at a time that hardly ever comes, such as the end of the time that a request may take.

A timer of the event loop is made, sorted in and taken out again for each of them, and the loop turns once more for one
that was taken out: the three of a request took two to four hundredths of the processor time of a small answer. Here one
timer serves all that are set, at the earliest of their times.
"""

from abc import ABC, abstractmethod
from asyncio import AbstractEventLoop, TimerHandle
from contextvars import Context
from math import inf
from weakref import ReferenceType, WeakKeyDictionary, ref

_GRAIN = 0.001
"""Seconds by which a loop's timer may be early: it counts them in thousandths."""
_NOBODYS = Context()
"""In which alarms ring: not in that of whoever set one first."""


class Alarm(ABC):
    """Rings at a time, by the event loop's clock, unless it is called off before."""

    __slots__ = ("_clock", "when")
    when: float

    def set(self, loop: AbstractEventLoop, when: float) -> None:
        """Let it ring at that time, or a thousandth of a second before, in that loop, which is the one that runs."""
        clock = _CLOCKS.get(loop)
        if clock is None:
            clock = _CLOCKS[loop] = _Clock()
        self.when = when
        self._clock = clock
        clock.waiting.add(self)
        if when < clock.looks_at:
            clock.look_at(loop, when)

    def call_off(self) -> None:
        """It does not ring any more; nothing where it has."""
        self._clock.waiting.discard(self)

    @abstractmethod
    def ring(self) -> None:
        """Called at its time. Must not fail."""


class _Clock:
    """The alarms of one event loop."""

    def __init__(self) -> None:
        self.waiting: set[Alarm] = set()
        self.looks_at = inf
        # It knows its loop, which is not to be kept for it.
        self._timer: ReferenceType[TimerHandle] | None = None

    def look_at(self, loop: AbstractEventLoop, when: float) -> None:
        timer = self._timer() if self._timer is not None else None
        if timer is not None:
            timer.cancel()
        self._timer = ref(loop.call_at(when, self._look, loop, context=_NOBODYS))
        self.looks_at = when

    def _look(self, loop: AbstractEventLoop) -> None:
        self.looks_at = inf
        now = loop.time() + _GRAIN
        for alarm in sorted((one for one in self.waiting if one.when <= now), key=lambda one: one.when):
            # One that rang before may have called it off.
            if alarm in self.waiting:
                self.waiting.discard(alarm)
                alarm.ring()
        if self.waiting:
            self.look_at(loop, min(one.when for one in self.waiting))


_CLOCKS: WeakKeyDictionary[AbstractEventLoop, _Clock] = WeakKeyDictionary()
