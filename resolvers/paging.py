"""Pages and cursors, as the API speaks of them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

import orjson

from db.paging import Order, Window
from resolvers.errors import ClientError

R = TypeVar("R")

MAX_PAGE = 250
"""The most rows that one page may hold."""


Place: TypeAlias = str | tuple[Sequence[Any], Order]
"""A place in a list: a cursor, or what one is made of where a client asks for it, which few do for every row."""


class Places(Protocol):
    """The places of a page's rows, in their order."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> Place: ...

    def __iter__(self) -> Iterator[Place]: ...


# What follows is made for every parent and every row. A frozen dataclass would set each attribute through
# object.__setattr__, which takes longer than all else that a page needs.


@dataclass(slots=True)
class PageInfo:
    """Whether there is more in either direction; the page's places, the first and last of which are to go on from."""

    has_next_page: bool
    has_previous_page: bool
    places: Places

    @property
    def start_cursor(self) -> str | None:
        """The first row's cursor; None on an empty page."""
        return _cursor(self.places[0]) if self.places else None

    @property
    def end_cursor(self) -> str | None:
        """The last row's cursor; None on an empty page."""
        return _cursor(self.places[-1]) if self.places else None


@dataclass(slots=True)
class Edge(Generic[R]):
    """A row and its place in the list."""

    node: R
    place: Place

    @property
    def cursor(self) -> str:
        """The place, as clients give it back."""
        return _cursor(self.place)


@dataclass(slots=True)
class Page(Generic[R]):
    """Part of a list: rows, and the place of each."""

    nodes: list[R]
    places: Places
    page_info: PageInfo

    @property
    def edges(self) -> list[Edge[R]]:
        """The rows with their places."""
        return [Edge(node, place) for node, place in zip(self.nodes, self.places, strict=True)]


class PageArgs(NamedTuple):
    """What a client asks of a connection; part of loader keys, so that equal questions share an answer."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    reverse: bool = False
    sort: str | None = None

    def turned(self, order: Order) -> Order:
        """The order, the other way round if so asked."""
        return replace(order, down=not order.down) if self.reverse else order

    def window(self, order: Order) -> Window:
        """Which rows to read. Raises ClientError for sizes and cursors that make no sense."""
        return Window(
            self.size, _decoded(self.after, order), _decoded(self.before, order), backwards=self.first is None
        )

    @property
    def size(self) -> int:
        """The most rows that are asked for. Raises ClientError where that makes no sense."""
        if self.first is not None and self.last is not None:
            raise ClientError("BAD_REQUEST", "Provide only one of first or last: it is where the page is cut.")
        size = self.first if self.first is not None else self.last
        if size is None:
            raise ClientError("BAD_REQUEST", f"Provide first or last, from 0 to {MAX_PAGE}, such as first: 20.")
        if not 0 <= size <= MAX_PAGE:
            name = "first" if self.first is not None else "last"
            raise ClientError("BAD_REQUEST", f"{name} must be from 0 to {MAX_PAGE}, not {size}.")
        return size


class _Places:
    """Where rows stand, which few ask of every row."""

    __slots__ = ("_at", "_order", "_rows")

    def __init__(self, rows: Sequence[tuple[Any, ...]], at: int, order: Order) -> None:
        self._rows = rows
        self._at = at
        self._order = order

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> Place:
        return self._rows[number][self._at :], self._order

    def __iter__(self) -> Iterator[Place]:
        return map(self.__getitem__, range(len(self)))


def page_of(rows: Sequence[tuple[Any, ...]], order: Order, window: Window, *, at: int = 0) -> Page[Any]:
    """The page that a paging statement's rows (row, key values…) make; one row too many says that there is more.

    ``at`` is where the row stands, for statements that tell other things before it.
    """
    more = len(rows) > window.size
    kept = rows[: window.size]
    if window.backwards:
        kept = kept[::-1]
    places = _Places(kept, at + 1, order)
    return Page(
        [row[at] for row in kept],
        places,
        PageInfo(
            has_next_page=window.before is not None if window.backwards else more,
            has_previous_page=more if window.backwards else window.after is not None,
            places=places,
        ),
    )


def page_among(rows: Sequence[tuple[Any, ...]], order: Order, window: Window) -> Page[Any]:
    """The page that a paging statement would make of all rows (row, key values…) of a short list."""

    def is_within(row: tuple[Any, ...]) -> bool:
        after, before = (window.before, window.after) if order.down else (window.after, window.before)
        return (after is None or row[1:] > after) and (before is None or row[1:] < before)

    ordered = sorted(filter(is_within, rows), key=itemgetter(slice(1, None)), reverse=order.down != window.backwards)
    return page_of(ordered[: window.size + 1], order, window)


def _cursor(place: Place) -> str:
    if isinstance(place, str):
        return place
    values, order = place
    plain = [value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for value in values]
    return urlsafe_b64encode(orjson.dumps([order.name, *plain])).decode().rstrip("=")


def _decoded(cursor: str | None, order: Order) -> tuple[Any, ...] | None:
    if cursor is None:
        return None
    try:
        name, *values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError) as unreadable:
        raise _not_a_cursor(cursor) from unreadable
    if name != order.name:
        raise ClientError("BAD_REQUEST", "The cursor belongs to another list or another sort key; start without one.")
    if len(values) != len(order.types):
        raise _not_a_cursor(cursor)
    return tuple(_typed(value, kind, cursor) for value, kind in zip(values, order.types, strict=True))


def _typed(value: Any, kind: type, cursor: str) -> Any:
    if kind is int and type(value) is int and -(2**63) <= value < 2**63:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value:
        return value
    if kind is datetime and isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError) as unreadable:
            raise _not_a_cursor(cursor) from unreadable
    raise _not_a_cursor(cursor)


def _not_a_cursor(cursor: str) -> ClientError:
    shown = cursor if len(cursor) <= 40 else cursor[:39] + "…"
    return ClientError("BAD_REQUEST", f"{shown!r} is not a cursor of ours; use one that an answer gave you.")
