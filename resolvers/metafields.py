"""Reading metafields, and what they refer to."""

import asyncio
from asyncio import Future
from collections.abc import Sequence
from typing import Any

import orjson

from db import storefront as db
from db.catalog import MetafieldRow
from db.catalog.metafields import MetafieldOwner
from db.session import Session
from resolvers.catalog.collections import CollectionById
from resolvers.catalog.media import MediaById
from resolvers.catalog.products import ProductById
from resolvers.catalog.variants import VariantById
from resolvers.content.metaobjects import MetaobjectById, MetaobjectValue
from resolvers.content.pages import ArticleById, PageById
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.ids import numbered, parse_id
from resolvers.loading import Loader, picked
from resolvers.paging import Page, PageArgs, PageInfo

DEFAULT_NAMESPACE = "custom"
"""The namespace of a metafield asked for by its key alone."""

_REFERENCED: dict[str, type[Loader[int, Any]]] = {
    "Product": ProductById,
    "ProductVariant": VariantById,
    "Collection": CollectionById,
    "MediaImage": MediaById,
    "Video": MediaById,
    "Model3d": MediaById,
    "Article": ArticleById,
    "Metaobject": MetaobjectById,
    "Page": PageById,
}


class MetafieldByName(Loader[tuple[int, str], MetafieldRow | None]):
    """Metafields of one kind of owner, by (owner id, ``namespace.key``)."""

    def __init__(self, context: Context, owner: MetafieldOwner) -> None:
        super().__init__(context)
        self.owner = owner

    async def fetch(self, session: Session, keys: Sequence[tuple[int, str]]) -> list[MetafieldRow | None]:
        owners, names = ({key[0] for key in keys}, {key[1] for key in keys})
        rows = await session.rows(db.metafields_of(self.owner, list(owners), list(names)))
        found = {(row.owner_id, f"{row.namespace}.{row.key}"): row for row in rows}
        return picked(found, keys)


class MetafieldById(Loader[int, MetafieldRow | None]):
    """Metafields of what a storefront may see."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[MetafieldRow | None]:
        statement = db.metafields_by_id(keys, self.context.country, self.context.now)
        rows = {row.id: row for row in await session.rows(statement)}
        return picked(rows, keys)


class DescriptionByMetafield(Loader[int, str | None]):
    """What the definitions of metafields say that they are for."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[str | None]:
        found = dict(await session.tuples(db.descriptions_of_metafields(keys)))
        return picked(found, keys)


async def metafield_of(
    context: Context, owner: MetafieldOwner, owner_id: int, namespace: str | None, key: str
) -> MetafieldRow | None:
    """One metafield of an owner; None when it has none of that name."""
    name = f"{namespace or DEFAULT_NAMESPACE}.{key}"
    return await context.loader(MetafieldByName, owner).load((owner_id, name))


async def metafields_of(
    context: Context, owner: MetafieldOwner, owner_id: int, names: Sequence[tuple[str | None, str]]
) -> list[MetafieldRow | None]:
    """Several metafields of an owner by (namespace, key), None for each that it has not."""
    keys = [(owner_id, f"{namespace or DEFAULT_NAMESPACE}.{key}") for namespace, key in names]
    return await context.loader(MetafieldByName, owner).load_many(keys)


async def reference_of(context: Context, metafield: MetafieldRow | MetaobjectValue) -> Any:
    """The row that a reference metafield refers to; None for other types and for what is gone or invisible."""
    if not metafield.type.endswith("_reference") or metafield.type.startswith("list."):
        return None
    return await _referenced(context, metafield.value)


async def references_of(
    context: Context, metafield: MetafieldRow | MetaobjectValue, args: PageArgs
) -> Page[Any] | None:
    """A page of what a list of references refers to; None for other types.

    Cursors are places in the list. What is gone or invisible is left out of its page, which may be empty and yet have
    cursors to go on from.
    """
    if not metafield.type.endswith("_reference") or not metafield.type.startswith("list."):
        return None
    ids = orjson.loads(metafield.value)
    start, stop = _slice(args, len(ids))
    places = range(start, stop)
    # All at once and before anything is waited for, so that each loader is asked once, for other fields as well.
    rows = await asyncio.gather(*[_referenced(context, ids[place]) for place in places])
    there = [(row, str(place)) for place, row in zip(places, rows, strict=True) if row is not None]
    info = PageInfo(has_next_page=stop < len(ids), has_previous_page=start > 0, places=[str(place) for place in places])
    return Page([row for row, _ in there], [place for _, place in there], info)


def _referenced(context: Context, gid: str) -> Future[Any]:
    kind = (parse_id(gid) or ("", ""))[0]
    number, loader = numbered(gid, kind), _REFERENCED.get(kind)
    if loader and number is not None:
        return context.loader(loader).load(number)
    nothing: Future[Any] = asyncio.get_running_loop().create_future()
    nothing.set_result(None)
    return nothing


def _slice(args: PageArgs, length: int) -> tuple[int, int]:
    start = _place(args.after) + 1 if args.after is not None else 0
    stop = min(_place(args.before), length) if args.before is not None else length
    if args.first is not None:
        stop = min(stop, start + args.size)
    else:
        start = max(start, stop - args.size)
    return start, max(start, stop)


def _place(cursor: str) -> int:
    if not cursor.isdecimal() or len(cursor) > 6:
        raise ClientError("BAD_REQUEST", f"{cursor[:40]!r} is not a cursor of ours; use one that an answer gave you.")
    return int(cursor)
