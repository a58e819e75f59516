"""What stands in an answer that is being made where there is no value yet, or never will be."""

from collections.abc import Awaitable
from typing import Any


class Uncompilable(Exception):  # noqa: N818 (a reason, not a fault)
    """An operation, or what it met while it ran, is left to graphql-core; the message says why in a word or two."""


class Err:
    """A failure, until it is known how far up it empties the answer."""

    __slots__ = ("failure",)

    def __init__(self, failure: Exception) -> None:
        self.failure = failure


class Late:
    """A value that is asked for when all others are there: because it needs its place among them, or came as an
    awaitable where none was to be expected.

    ``value`` is the awaitable, or None for a field of ``source`` whose resolver is still to be called.
    """

    __slots__ = ("source", "value")

    def __init__(self, source: Any, value: Awaitable[Any] | None = None) -> None:
        self.source = source
        self.value = value


class Waiting(Exception):  # noqa: N818 (found, not failed)
    """Raised on meeting an awaitable where values are completed without waiting."""

    def __init__(self, value: Awaitable[Any]) -> None:
        super().__init__("an awaitable")
        self.value = value
