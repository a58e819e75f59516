"""How a schema type names the behaviour behind a field."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Annotated, Any, cast

import strawberry
from strawberry import UNSET, Parent
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension

from resolvers.context import Info
from resolvers.errors import Refused
from resolvers.loading import Loader, PageLoader
from resolvers.paging import PageArgs
from resolvers.shop import language_of
from schema.paging import SORTED_BY, After, Before, First, Last, Reverse, page_args
from schema.permissions import Allowed, checks


def edge(
    loader: type[Loader[Any, Any]],
    *,
    key: str,
    description: str,
    pick: Callable[[Any], Any] | None = None,
    deprecated: str | None = None,
    directives: Sequence[object] = (),
) -> Any:
    """A field that is what a loader finds by the row's attribute ``key``, or what ``pick`` makes of that; null where
    the attribute is null.
    """

    def resolve(row: Parent[Any], info: Info) -> Any:
        value = getattr(row, key)
        return None if value is None else info.context.loader(loader).load(value)

    async def resolve_picked(row: Parent[Any], info: Info) -> Any:
        value = getattr(row, key)
        return None if value is None else cast(Any, pick)(await info.context.loader(loader).load(value))

    return strawberry.field(
        resolver=resolve if pick is None else resolve_picked,
        description=description,
        deprecation_reason=deprecated,
        directives=directives,
        metadata={"loader": loader, "key": key, "pick": pick},
    )


def connection(
    loader: type[PageLoader[Any]], *, key: str, description: str, sort: type[Enum] | None = None, default: Any = None
) -> Any:
    """A connection that is a page of what a loader finds by the row's attribute ``key``; sorted as ``sort`` names.

    Its ``part`` makes of the arguments the second half of the loader's key.
    """

    def part(
        first: int | None = UNSET,
        after: str | None = UNSET,
        last: int | None = UNSET,
        before: str | None = UNSET,
        reverse: bool | None = False,
        sort_key: Any = default,
    ) -> PageArgs:
        return page_args(first, after, last, before, reverse, sort_key)

    async def resolve(
        row: Parent[Any],
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
    ) -> Any:
        args = part(first, after, last, before, reverse)
        return await info.context.loader(loader).load((getattr(row, key), args))

    async def resolve_sorted(
        row: Parent[Any],
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Any = default,
    ) -> Any:
        args = part(first, after, last, before, reverse, sort_key)
        return await info.context.loader(loader).load((getattr(row, key), args))

    resolver: Callable[..., Any] = resolve
    if sort is not None:
        resolve_sorted.__annotations__["sort_key"] = Annotated[sort | None, SORTED_BY]
        resolver = resolve_sorted
    return strawberry.field(
        resolver=resolver, description=description, metadata={"loader": loader, "key": key, "part": part}
    )


class _Refusals(FieldExtension):
    """Turns a refused command into its payload's userErrors."""

    def __init__(self, payload: Any) -> None:
        self.payload = payload

    async def resolve_async(
        self, next_: AsyncExtensionResolver, source: Any, info: strawberry.Info, **kwargs: Any
    ) -> Any:
        try:
            return await next_(source, info, **kwargs)
        except Refused as refused:
            return self.payload.refused(refused.problems, await language_of(info.context))


def command(payload: Any, *, description: str, allow: Allowed) -> Any:
    """A mutation: its payload, who may run it, and its refusals."""
    return strawberry.mutation(
        graphql_type=payload | None,
        description=description,
        permission_classes=checks(allow),
        extensions=[_Refusals(payload)],
        metadata={"allow": allow},
    )


def watch(kind: Any, *, description: str, allow: Allowed) -> Any:
    """A subscription: what it yields, and who may watch."""
    return strawberry.subscription(
        graphql_type=kind, description=description, permission_classes=checks(allow), metadata={"allow": allow}
    )
