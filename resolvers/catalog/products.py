"""Reading products: by id, by handle, in lists, in collections, and beside one another."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from db import storefront as db
from db.base import Tuples
from db.catalog import CategoryRow, CollectionRow, ProductRow
from db.paging import Children, Order
from db.search import Active, Kind
from db.session import Session
from resolvers.context import Context, RowSource
from resolvers.loading import Loader, PageLoader, RowLoader, RowsLoader, picked
from resolvers.paging import Page, PageArgs, page_of
from resolvers.search import (
    Facet,
    Listing,
    ProductFilters,
    active_filters,
    conditions_of,
    facets_of,
    product_query,
)

PRODUCT, PRODUCTS = RowSource("product"), RowSource("products", is_page=True)


class ProductById(RowLoader[int, ProductRow | None]):
    """What a storefront may see of products."""

    def statement(self, keys: Any) -> Any:
        return db.products_by_id(keys, self.context.country, self.context.now)

    @staticmethod
    def made(product: int, row: ProductRow) -> tuple[int, ProductRow]:
        return product, row


class ProductByHandle(RowLoader[str, ProductRow | None]):
    """The same by handle."""

    def statement(self, keys: Any) -> Any:
        return db.products_by_handle(keys, self.context.country, self.context.now)

    @staticmethod
    def made(handle: str, row: ProductRow) -> tuple[str, ProductRow]:
        return handle, row


class TagsByProduct(RowsLoader[int, str]):
    """A product's tags, in the merchant's order."""

    def statement(self, keys: Any) -> Any:
        return db.tags_of_products(keys)

    @staticmethod
    def made(product: int, tag: str) -> tuple[int, str]:
        return product, tag


class CategoryById(Loader[int, CategoryRow | None]):
    """Nodes of the taxonomy."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[CategoryRow | None]:
        rows = {row.id: row for row in await session.rows(db.categories_by_id(keys))}
        return picked(rows, keys)


async def ancestors_of(context: Context, category: CategoryRow) -> list[CategoryRow]:
    """What a node of the taxonomy is part of, from the top down."""
    found: list[CategoryRow] = []
    parent = category.parent_id
    while parent is not None:
        row = await context.loader(CategoryById).load(parent)
        if row is None:
            break
        found.insert(0, row)
        parent = row.parent_id
    return found


@dataclass(slots=True)
class ProductPage(Page[ProductRow]):
    """Part of a list of products; ``filters`` counts what the whole of it can be filtered by, when asked."""

    filters: Callable[[], Awaitable[list[Facet]]]


async def list_products(context: Context, args: PageArgs, query: str | None) -> ProductPage:
    """A page of what the storefront may see, sorted by a ProductSortKeys value and narrowed by a search text."""
    sort = args.sort or "ID"
    found = await (_narrowed(context, args, sort, query) if query else _all(context, args, sort))
    return ProductPage(found.nodes, found.places, found.page_info, partial(_facets, context, query))


async def _narrowed(context: Context, args: PageArgs, sort: str, query: str) -> Page[ProductRow]:
    seen = db.visible(context.country, context.now)
    joins = db.priced(context.country) if sort == "PRICE" else ()
    listing = Listing(Kind.PRODUCT, seen, product_query, db.PRODUCT_ORDERS[sort], joins)
    return await listing.page(context, args, query)


async def _all(context: Context, args: PageArgs, sort: str) -> Page[ProductRow]:
    order = args.turned(db.PRODUCT_ORDERS[sort])
    window = args.window(order)
    async with context.read() as session:
        statement = db.products_by(sort, order, window, context.country, context.now)
        rows = await context.tuples(session, statement, PRODUCTS)
    return page_of(rows, order, window)


async def _facets(context: Context, query: str | None) -> list[Facet]:
    where = (*db.visible(context.country, context.now), *await product_query(context, query))
    return (await facets_of(context, db.all_products(where), [0], None))[0]


# ProductCollectionSortKeys to how products are sorted anywhere else.
_COLLECTION_SORTS = {
    "BEST_SELLING": "BEST_SELLING",
    "CREATED": "CREATED_AT",
    "ID": "ID",
    "PRICE": "PRICE",
    "TITLE": "TITLE",
}
# A collection's own sort order to the same, and whether it is turned round.
_OWN_SORTS = {
    "best-selling": ("BEST_SELLING", False),
    "alpha-asc": ("TITLE", False),
    "alpha-desc": ("TITLE", True),
    "price-asc": ("PRICE", False),
    "price-desc": ("PRICE", True),
    "created": ("CREATED_AT", False),
    "created-desc": ("CREATED_AT", True),
}


class ProductsByCollection(PageLoader[ProductRow]):
    """A collection's products, in one of the orders above."""

    in_sql = False

    def __init__(self, context: Context, sort: str, turned: bool, filters: ProductFilters | None) -> None:
        super().__init__(context)
        self.sort, self.turned, self.filters = sort, turned, filters

    def order(self, args: PageArgs) -> Order:
        if self.sort == "MANUAL":
            return db.BY_HAND
        order = db.PRODUCT_ORDERS[self.sort]
        return replace(order, down=order.down != self.turned)

    @cached_property
    def active(self) -> list[Active]:
        """The filters that narrow the list."""
        return active_filters(self.filters, self.context)

    def children(self) -> Children:
        return self._of_any(conditions_of(self.active))

    async def fetch(self, session: Session, keys: Sequence[tuple[int, PageArgs]]) -> list[Page[ProductRow]]:
        collections = {parent for parent, _ in keys}
        lookups = [] if self.context.db.foresees else [each.lookup.found for each in self.active if each.lookup]
        if len(collections) > 1 or (self.sort == "MANUAL" and not lookups):
            return await self.pages(session, keys, self.children())
        (collection,) = collections
        ((size, met),) = await session.tuples(db.sizes_of_collection(collection, lookups))
        is_large = size == db.LARGE
        conditions = conditions_of(self.active, passing=bool(lookups) and (not is_large or met == db.MUCH))
        if is_large and self.sort != "MANUAL":
            return await self.pages(session, keys, self._of_large(collection, conditions))
        return await self.pages(session, keys, self._of_any(conditions))

    def _of_any(self, conditions: Sequence[db.Condition]) -> Children:
        return db.products_of_collections(
            self.context.country, self.context.now, with_prices=self.sort == "PRICE", conditions=conditions
        )

    def _of_large(self, collection_id: int, conditions: Sequence[db.Condition]) -> Children:
        return db.products_of_large_collection(
            self.context.country,
            self.context.now,
            collection_id,
            with_prices=self.sort == "PRICE",
            conditions=conditions,
        )


class FacetsByCollection(Loader[int, list[Facet]]):
    """What the products of a collection can be filtered by while some filters are set."""

    def __init__(self, context: Context, filters: ProductFilters | None) -> None:
        super().__init__(context)
        self.filters = filters

    async def answer(self, keys: Sequence[int]) -> list[list[Facet]]:
        products = db.products_of_collections(self.context.country, self.context.now, with_prices=False)
        return await facets_of(self.context, products, keys, self.filters)


async def products_of(
    context: Context, collection: CollectionRow, args: PageArgs, filters: ProductFilters | None
) -> ProductPage:
    """A page of a collection, in its own order unless the arguments name another (COLLECTION_DEFAULT is its own)."""
    if args.sort in (None, "COLLECTION_DEFAULT", "RELEVANCE"):
        sort, turned = _OWN_SORTS.get(collection.sort_order, ("MANUAL", False))
    else:
        sort, turned = _COLLECTION_SORTS.get(args.sort, "MANUAL"), False
    loader = context.loader(ProductsByCollection, sort, turned, filters)
    found = await loader.load((collection.id, args))
    facets = context.loader(FacetsByCollection, filters)
    return ProductPage(found.nodes, found.places, found.page_info, partial(facets.load, collection.id))


async def list_tags(context: Context, args: PageArgs) -> Page[str]:
    """The first tags of visible products, in the order of the alphabet."""
    return await _names(context, args, db.TAG_ORDER, db.all_tags)


async def list_types(context: Context, args: PageArgs) -> Page[str]:
    """The first types of visible products, in the order of the alphabet."""
    return await _names(context, args, db.TYPE_ORDER, db.all_types)


async def _names(context: Context, args: PageArgs, order: Order, named: Callable[..., Tuples]) -> Page[str]:
    window = args.window(order)
    async with context.read() as session:
        rows = await session.tuples(named(context.country, context.now, window.size + 1))
    return page_of(rows, order, window)


async def find_product(
    context: Context, product_id: int | None, handle: str | None, source: RowSource | None = None
) -> ProductRow | None:
    """One product by id, else by handle; None when neither is given or nothing visible has it."""
    # A loader of its own where it may answer otherwise: else it shares a statement with whoever asks at once.
    own = (source,) if source in context.planned else ()
    if product_id is not None:
        return await context.loader(ProductById, *own).load(product_id)
    return await context.loader(ProductByHandle, *own).load(handle) if handle is not None else None
