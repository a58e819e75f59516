"""Reading collections."""

from collections.abc import Sequence

from db import storefront as db
from db.catalog import CollectionRow
from db.paging import Children
from db.search import Kind
from db.session import Session
from resolvers.context import Context
from resolvers.loading import Loader, PageLoader, picked
from resolvers.paging import Page, PageArgs
from resolvers.search import Listing, collection_query


class CollectionById(Loader[int, CollectionRow | None]):
    """What a storefront may see of collections."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[CollectionRow | None]:
        rows = {row.id: row for row in await session.rows(db.collections_by_id(keys, self.context.now))}
        return picked(rows, keys)


class CollectionByHandle(Loader[str, CollectionRow | None]):
    """The same by handle."""

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[CollectionRow | None]:
        rows = {row.handle: row for row in await session.rows(db.collections_by_handle(keys, self.context.now))}
        return picked(rows, keys)


class CollectionsByProduct(PageLoader[CollectionRow]):
    """The collections that show a product, by id."""

    orders = db.COLLECTION_ORDERS

    def children(self) -> Children:
        return db.collections_of_products(self.context.now)


async def find_collection(context: Context, collection_id: int | None, handle: str | None) -> CollectionRow | None:
    """One collection by id, else by handle; None when neither is given or nothing visible has it."""
    if collection_id is not None:
        return await context.loader(CollectionById).load(collection_id)
    return await context.loader(CollectionByHandle).load(handle) if handle is not None else None


async def list_collections(context: Context, args: PageArgs, query: str | None) -> Page[CollectionRow]:
    """A page of the collections that the storefront may see, sorted by a CollectionSortKeys value."""
    order = db.COLLECTION_ORDERS[args.sort or "ID"]
    return await Listing(Kind.COLLECTION, db.published(context.now), collection_query, order).page(context, args, query)
