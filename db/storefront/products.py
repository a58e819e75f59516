"""Named statements that find products."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Update, and_, case, func, update
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
from db.keys import among
from db.paging import Joins, Order
from db.pricing import ProductPriceRow, market_of
from db.storefront.visibility import published, visible


def products_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[ProductRow]:
    return select(ProductRow).where(among(ProductRow.id, ids), *visible(country, now))


def products_by_handle(handles: Sequence[str], country: str | None, now: datetime) -> SelectOfScalar[ProductRow]:
    return select(ProductRow).where(among(ProductRow.handle, handles), *visible(country, now))


def product_orders(country: str | None) -> tuple[dict[str, Order], Joins]:
    """How products can be sorted by ProductSortKeys; the joins are what PRICE needs."""
    ident = col(ProductRow.id)
    orders = {
        "ID": Order("products.id", (ident,)),
        "RELEVANCE": Order("products.id", (ident,)),
        "TITLE": Order("products.title", (col(ProductRow.title_key), ident)),
        "VENDOR": Order("products.vendor", (col(ProductRow.vendor_key), ident)),
        "PRODUCT_TYPE": Order("products.type", (col(ProductRow.type_key), ident)),
        "CREATED_AT": Order("products.created", (col(ProductRow.created_at), ident)),
        "UPDATED_AT": Order("products.updated", (col(ProductRow.updated_at), ident)),
        "BEST_SELLING": Order("products.sold", (col(ProductRow.sold_count), ident), down=True),
        "PRICE": Order("products.price", (col(ProductPriceRow.minimum), ident)),
    }
    return orders, priced(country)


def priced(country: str | None) -> Joins:
    """Products beside their price range in the country's market."""
    here = and_(col(ProductPriceRow.product_id) == ProductRow.id, col(ProductPriceRow.market_id) == market_of(country))
    return ((ProductPriceRow, here),)


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


def recommended(
    product: ProductRow, *, complementary: bool, country: str | None, now: datetime, limit: int
) -> SelectOfScalar[ProductRow]:
    """Products that share collections, tags or the type with one; complementary ones are of another type."""
    theirs, ours = aliased(CollectionProductRow), aliased(CollectionProductRow)
    their_tags, our_tags = aliased(ProductTagRow), aliased(ProductTagRow)
    collections = (
        select(func.count())
        .select_from(theirs)
        .join(ours, col(ours.collection_id) == theirs.collection_id)
        .where(col(theirs.product_id) == ProductRow.id, col(ours.product_id) == product.id)
        .correlate(ProductRow)
        .scalar_subquery()
    )
    tags = (
        select(func.count())
        .select_from(their_tags)
        .join(our_tags, col(our_tags.tag_key) == their_tags.tag_key)
        .where(col(their_tags.product_id) == ProductRow.id, col(our_tags.product_id) == product.id)
        .correlate(ProductRow)
        .scalar_subquery()
    )
    same_type = case((col(ProductRow.type_key) == product.type_key, 1), else_=0)
    score = collections * 2 + tags * 3 + (0 if complementary else same_type * 4)
    kind = col(ProductRow.type_key) != product.type_key if complementary else score > 0
    return (
        select(ProductRow)
        .where(ProductRow.id != product.id, kind, score > 0, *visible(country, now))
        .order_by(score.desc(), col(ProductRow.sold_count).desc(), col(ProductRow.id))
        .limit(limit)
    )


def count_sales(product_id: int, quantity: int) -> Update:
    """Notes that pieces of a product were sold, for what sells best."""
    return (
        update(ProductRow).where(col(ProductRow.id) == product_id).values(sold_count=ProductRow.sold_count + quantity)
    )


def how_much(country: str | None, now: datetime) -> Tuples:
    """(products, variants, collections) that a storefront may see."""
    products = select(func.count()).select_from(ProductRow).where(*visible(country, now)).scalar_subquery()
    variants = (
        select(func.count())
        .select_from(VariantRow)
        .join(ProductRow, col(ProductRow.id) == VariantRow.product_id)
        .where(*visible(country, now))
        .scalar_subquery()
    )
    collections = select(func.count()).select_from(CollectionRow).where(*published(now)).scalar_subquery()
    return select(products, variants, collections)
