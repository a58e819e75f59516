"""Reading collections."""

from collections.abc import Sequence

from db import storefront as db
from db.catalog import CollectionRow
from db.paging import Children, page
from db.search import Kind
from db.session import Session
from resolvers.context import Context
from resolvers.loading import Loader, PageLoader, picked
from resolvers.paging import Page, PageArgs, page_of
from resolvers.search import by_relevance, collection_query, language_of


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
    ranked = await by_relevance(context, Kind.COLLECTION, query) if args.sort == "RELEVANCE" else None
    order, joins = ranked or (db.COLLECTION_ORDERS[args.sort or "ID"], ())
    order = args.turned(order)
    window = args.window(order)
    asked = collection_query(query, await language_of(context)) if query else []
    statement = page(CollectionRow, [*db.published(context.now), *asked], order, window, joins)
    async with context.read() as session:
        return page_of(await session.tuples(statement), order, window)
