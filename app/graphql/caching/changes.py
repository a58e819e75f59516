"""What has changed lately, by the place of each change in the one order: is what another process built still true?"""

from collections import OrderedDict
from collections.abc import Iterable
from math import inf
from typing import NamedTuple

MOST_TAGS = 20_000
"""Of how many tags it is remembered where they changed last, at about 150 bytes each."""


class Heard(NamedTuple):
    """How far this process has heard of changes: of all after the position ``since`` and up to ``position``, and of all
    that were committed anywhere before ``at``, by the event loop's clock.
    """

    since: int
    position: int
    at: float


class Changes:
    """Remembers of at most ``most`` tags where each changed last. What it forgets counts as changed.

    A change of our own has no position until it has gone through the outbox; until then it is known by its time.
    """

    def __init__(self, most: int = MOST_TAGS) -> None:
        self._most = most
        self._places: OrderedDict[str, int] = OrderedDict()
        self._forgotten = 0
        self._here: OrderedDict[str, float] = OrderedDict()
        self._forgotten_here = -inf

    def __len__(self) -> int:
        return len(self._places) + len(self._here)

    def heard(self, position: int, tags: Iterable[str]) -> None:
        """Remember a change by its position; they come in order."""
        for tag in tags:
            self._places[tag] = position
            self._places.move_to_end(tag)
        while len(self._places) > self._most:
            self._forgotten = self._places.popitem(last=False)[1]

    def made(self, at: float, tags: Iterable[str]) -> None:
        """Remember a change that this process has just committed, by the event loop's time."""
        for tag in tags:
            self._here[tag] = at
            self._here.move_to_end(tag)
        while len(self._here) > self._most:
            self._forgotten_here = self._here.popitem(last=False)[1]

    def none_since(self, stamp: int, tags: Iterable[str], heard: Heard) -> bool:
        """Whether it is known that none of these tags has changed after a position."""
        if not max(heard.since, self._forgotten) <= stamp <= heard.position or self._forgotten_here >= heard.at:
            return False
        while self._here and next(iter(self._here.values())) < heard.at:
            self._here.popitem(last=False)
        return all(self._places.get(tag, 0) <= stamp and tag not in self._here for tag in tags)
