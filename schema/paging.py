"""Connections: pages of a list, in both directions."""

from enum import Enum
from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry
from strawberry import UNSET

from resolvers.paging import PageArgs
from schema.caching import CATALOGUE, PART

G = TypeVar("G")
T = TypeVar("T")

First: TypeAlias = Annotated[int | None, strawberry.argument(description="How many from the start, 0 to 250.")]
After: TypeAlias = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Last: TypeAlias = Annotated[int | None, strawberry.argument(description="How many from the end, 0 to 250.")]
Before: TypeAlias = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]
Reverse: TypeAlias = Annotated[bool | None, strawberry.argument(description="Turn the list round.")]
TruncateAt: TypeAlias = Annotated[
    int | None, strawberry.argument(description="The most characters, ellipsis included; null: all of it.")
]
SORTED_BY = strawberry.argument(description="What the list is sorted by.")


def given(value: G | None) -> G | None:
    """An argument's value; None for one that was left out."""
    return None if value is UNSET else value


def page_args(
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    reverse: bool | None = False,
    sort_key: Enum | None = None,
) -> PageArgs:
    """A connection's arguments; what was left out and what was given as null mean the same."""
    return PageArgs(
        first=given(first),
        after=given(after),
        last=given(last),
        before=given(before),
        reverse=bool(reverse),
        sort=None if sort_key is None else str(sort_key.value),
    )


@strawberry.type(description="Where a page stands in its list.", directives=[PART])
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before this page.")
    start_cursor: str | None = strawberry.field(description="The first node's cursor; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The last node's cursor; null on an empty page.")


@strawberry.type(description="A text and its place in the list.", directives=[PART])
class StringEdge:
    cursor: str = strawberry.field(description="The place.")
    node: str = strawberry.field(description="The text.")


@strawberry.type(description="The beginning of a list of texts.", directives=[CATALOGUE])
class StringConnection:
    edges: list[StringEdge] = strawberry.field(description="The texts with their cursors.")
    nodes: list[str] = strawberry.field(description="The texts alone.")
    page_info: PageInfo = strawberry.field(description="Whether there is more.")


@strawberry.type(description="A node and its place in the list.", directives=[PART])
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="The place; for `after` and `before`.")
    node: T = strawberry.field(description="What stands there.")


@strawberry.type(description="A page of a list. One of `first` and `last` is required, at most 250.", directives=[PART])
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The nodes with their cursors.")
    nodes: list[T] = strawberry.field(description="The nodes alone.")
    page_info: PageInfo = strawberry.field(description="Whether there is more, and how to go on.")
