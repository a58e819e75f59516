"""Named statements that find products."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Update, and_, case, false, func, literal, union_all, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Tuples
from db.catalog.collections import CollectionProductRow, CollectionRow
from db.catalog.products import (
    CategoryRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)
from db.forms import Asked, Given, asked, formed
from db.keys import among
from db.paging import Children, Joins, Order, Window, page
from db.pricing import ProductPriceRow, market_of
from db.storefront.visibility import Condition, published, visible

_ID = col(ProductRow.id)


@formed
def products_by_id(ids: Sequence[int], country: str | None, now: datetime) -> Tuples:
    """(id, row)."""
    return select(_ID.label("of"), ProductRow).where(among(ProductRow.id, ids), *visible(country, now))


@formed
def products_by_handle(handles: Sequence[str], country: str | None, now: datetime) -> Tuples:
    """(handle, row)."""
    return select(col(ProductRow.handle).label("of"), ProductRow).where(
        among(ProductRow.handle, handles), *visible(country, now)
    )


PRODUCT_ORDERS = {
    "ID": Order("products.id", (_ID,)),
    "RELEVANCE": Order("products.id", (_ID,)),
    "TITLE": Order("products.title", (col(ProductRow.title_key), _ID)),
    "VENDOR": Order("products.vendor", (col(ProductRow.vendor_key), _ID)),
    "PRODUCT_TYPE": Order("products.type", (col(ProductRow.type_key), _ID)),
    "CREATED_AT": Order("products.created", (col(ProductRow.created_at), _ID)),
    "UPDATED_AT": Order("products.updated", (col(ProductRow.updated_at), _ID)),
    "BEST_SELLING": Order("products.sold", (col(ProductRow.sold_count), _ID), down=True),
    # Both keys of one table, whose index a page begins in.
    "PRICE": Order("products.price", (col(ProductPriceRow.minimum), col(ProductPriceRow.product_id))),
}
"""How products can be sorted by ProductSortKeys; PRICE needs `priced` beside them."""


def priced(country: str | None) -> Joins:
    """Products beside their price range in the country's market."""
    here = and_(col(ProductPriceRow.product_id) == ProductRow.id, col(ProductPriceRow.market_id) == market_of(country))
    return ((ProductPriceRow, here),)


def products_by(sort: str, order: Order, window: Window, country: str | None, now: datetime) -> Asked[Tuples]:
    """A page of what a storefront in that country may see: (row, its key values…). ``order`` is that of ``sort``, or
    the same turned round.
    """

    def build() -> Tuples:
        there: Any = None if country is None else Given("country")
        seen = visible(there, cast(Any, Given("now")))
        return page(ProductRow, seen, order, window.marked(), priced(there) if sort == "PRICE" else ())

    shape = ("products", order.name, order.down, country is None, *window.shape)
    return asked(shape, build, {"country": country, "now": now, **window.values})


def all_products(conditions: Sequence[Condition]) -> Children:
    """The products that meet the conditions, as the children of 0."""
    return Children(ProductRow, literal(0), where=tuple(conditions))


TAG_ORDER = Order("tags", (col(ProductTagRow.tag_key),))
TYPE_ORDER = Order("types", (col(ProductRow.type_key),))


def all_tags(country: str | None, now: datetime, most: int) -> Tuples:
    """(one spelling of each tag that a visible product has, its key), sorted by key."""
    key, of_product = col(ProductTagRow.tag_key), col(ProductRow.id) == ProductTagRow.product_id
    found = select(func.min(ProductTagRow.tag), key).join(ProductRow, of_product).where(*visible(country, now))
    return found.group_by(key).order_by(key).limit(most)


def all_types(country: str | None, now: datetime, most: int) -> Tuples:
    """(one spelling of each type that a visible product has, its key), sorted by key."""
    key = col(ProductRow.type_key)
    found = select(func.min(ProductRow.product_type), key).where(key != "", *visible(country, now))
    return found.group_by(key).order_by(key).limit(most)


def tags_of_products(ids: Sequence[int]) -> Tuples:
    """(product id, tag), in the merchant's order."""
    row = ProductTagRow
    return (
        select(row.product_id, row.tag)
        .where(among(row.product_id, ids))
        .order_by(col(row.product_id), col(row.position))
    )


def categories_by_id(ids: Sequence[int]) -> SelectOfScalar[CategoryRow]:
    return select(CategoryRow).where(among(CategoryRow.id, ids))


CANDIDATES = 100
"""Of each collection, tag and type that a product shares, how many on either side of it are looked at, by id."""
MOST_SHARED = 10
"""How many of its collections and of its tags are looked at."""


def collections_shared(product_id: int) -> SelectOfScalar[int]:
    """The ids of the first collections that a product is in."""
    collection = col(CollectionProductRow.collection_id)
    of_product = select(collection).where(col(CollectionProductRow.product_id) == product_id)
    return of_product.order_by(collection).limit(MOST_SHARED)


def tags_shared(product_id: int) -> SelectOfScalar[str]:
    """The keys of the first tags that a product has."""
    of_product = select(col(ProductTagRow.tag_key)).where(col(ProductTagRow.product_id) == product_id)
    return of_product.order_by(col(ProductTagRow.position)).limit(MOST_SHARED)


def recommended(
    product: ProductRow,
    collections: Sequence[int],
    tags: Sequence[str],
    *,
    complementary: bool,
    country: str | None,
    now: datetime,
    limit: int,
) -> SelectOfScalar[ProductRow]:
    """Products that share these collections or tags, or the type, with one; complementary ones are of another type.

    What costs between half and twice as much in the market scores higher. At most `CANDIDATES` on either side are
    looked at for each that is shared, so that it takes no longer in a large shop.
    """
    member, tagged = CollectionProductRow, ProductTagRow
    shared: list[Any] = []
    for collection in collections:
        shared += _beside(product.id, col(member.product_id), col(member.collection_id) == collection, 2)
    for tag in tags:
        shared += _beside(product.id, col(tagged.product_id), col(tagged.tag_key) == tag, 3)
    if product.type_key and not complementary:
        shared += _beside(product.id, col(ProductRow.id), col(ProductRow.type_key) == product.type_key, 4)
    found = union_all(*(shared or _beside(product.id, col(ProductRow.id), false(), 0))).subquery()
    scored = select(found.c.id, func.sum(found.c.points).label("points")).group_by(found.c.id).subquery()
    theirs, own = aliased(ProductPriceRow), aliased(ProductPriceRow)
    here = market_of(country)
    low, high = col(theirs.minimum) * 2 >= own.minimum, col(theirs.minimum) <= col(own.minimum) * 2
    score = scored.c.points + case((and_(low, high), 2), else_=0)
    kind = [col(ProductRow.type_key) != product.type_key] if complementary else []
    return (
        select(ProductRow)
        .join(scored, scored.c.id == col(ProductRow.id))
        .outerjoin(theirs, and_(col(theirs.product_id) == ProductRow.id, col(theirs.market_id) == here))
        .outerjoin(own, and_(col(own.product_id) == product.id, col(own.market_id) == here))
        .where(*kind, *visible(country, now))
        .order_by(score.desc(), col(ProductRow.sold_count).desc(), col(ProductRow.id))
        .limit(limit)
    )


def _beside(product_id: int, key: Any, shares: Any, points: int) -> list[Any]:
    """(id, points) of the nearest products on both sides of one, by id, that share something with it."""
    sides = ((key > product_id, key.asc()), (key < product_id, key.desc()))
    nearest = [select(key.label("id")).where(shares, side).order_by(by).limit(CANDIDATES) for side, by in sides]
    return [select(each.subquery().c.id, literal(points).label("points")) for each in nearest]


def count_sales(product_id: int, quantity: int) -> Update:
    """Notes that pieces of a product were sold, for what sells best."""
    return (
        update(ProductRow).where(col(ProductRow.id) == product_id).values(sold_count=ProductRow.sold_count + quantity)
    )


def how_much(country: str | None, now: datetime) -> Tuples:
    """(products, variants, collections) that a storefront may see, then (products, collections) that there are."""
    products = select(func.count()).select_from(ProductRow).where(*visible(country, now)).scalar_subquery()
    variants = (
        select(func.count())
        .select_from(VariantRow)
        .join(ProductRow, col(ProductRow.id) == VariantRow.product_id)
        .where(*visible(country, now))
        .scalar_subquery()
    )
    collections = select(func.count()).select_from(CollectionRow).where(*published(now)).scalar_subquery()
    every = [select(func.count()).select_from(row).scalar_subquery() for row in (ProductRow, CollectionRow)]
    return select(products, variants, collections, *every)
