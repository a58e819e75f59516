"""Named statements over the catalogue. A storefront sees what is active, published and sold in its market."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Update, and_, case, exists, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Tuples
from db.catalog.collections import CollectionProductRow, CollectionRow
from db.catalog.media import MediaKind, MediaRow, MediaSourceRow
from db.catalog.metafields import MetafieldOwner, MetafieldRow
from db.catalog.products import (
    CategoryRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductStatus,
    ProductTagRow,
    VariantRow,
)
from db.inventory import variant_is_available
from db.keys import among
from db.paging import Children, Joins, Order
from db.pricing import ProductPriceRow, market_of

Condition = ColumnElement[bool]


def visible(country: str | None, now: datetime) -> tuple[Condition, ...]:
    """What a storefront in that country may see of the enclosing statement's products."""
    price = aliased(ProductPriceRow)
    excluded = (
        exists()
        .where(
            col(price.product_id) == ProductRow.id, col(price.market_id) == market_of(country), ~col(price.is_included)
        )
        .correlate(ProductRow)
    )
    return (col(ProductRow.status) == ProductStatus.ACTIVE, col(ProductRow.published_at) <= now, ~excluded)


def published(now: datetime) -> tuple[Condition, ...]:
    """What a storefront may see of the enclosing statement's collections."""
    return (col(CollectionRow.published_at) <= now,)


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


def products_of_collections(
    country: str | None, now: datetime, *, with_prices: bool, conditions: Sequence[Condition] = ()
) -> Children:
    member = and_(col(CollectionProductRow.product_id) == ProductRow.id)
    return Children(
        ProductRow,
        col(CollectionProductRow.collection_id),
        joins=((CollectionProductRow, member), *(priced(country) if with_prices else ())),
        where=(*visible(country, now), *conditions),
    )


BY_HAND = Order("collection.manual", (col(CollectionProductRow.position), col(ProductRow.id)))


def collections_by_id(ids: Sequence[int], now: datetime) -> SelectOfScalar[CollectionRow]:
    return select(CollectionRow).where(among(CollectionRow.id, ids), *published(now))


def collections_by_handle(handles: Sequence[str], now: datetime) -> SelectOfScalar[CollectionRow]:
    return select(CollectionRow).where(among(CollectionRow.handle, handles), *published(now))


COLLECTION_ORDERS = {
    "ID": Order("collections.id", (col(CollectionRow.id),)),
    "RELEVANCE": Order("collections.id", (col(CollectionRow.id),)),
    "TITLE": Order("collections.title", (col(CollectionRow.title_key), col(CollectionRow.id))),
    "UPDATED_AT": Order("collections.updated", (col(CollectionRow.updated_at), col(CollectionRow.id))),
}


def collections_of_products(now: datetime) -> Children:
    member = and_(col(CollectionProductRow.collection_id) == CollectionRow.id)
    return Children(
        CollectionRow,
        col(CollectionProductRow.product_id),
        joins=((CollectionProductRow, member),),
        where=published(now),
    )


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


def variants_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[VariantRow]:
    return (
        select(VariantRow)
        .join(ProductRow, col(ProductRow.id) == VariantRow.product_id)
        .where(among(VariantRow.id, ids), *visible(country, now))
    )


def variants_of_products() -> Children:
    return Children(VariantRow, col(VariantRow.product_id))


VARIANT_ORDERS = {
    "ID": Order("variants.id", (col(VariantRow.id),)),
    "RELEVANCE": Order("variants.position", (col(VariantRow.position), col(VariantRow.id))),
    "POSITION": Order("variants.position", (col(VariantRow.position), col(VariantRow.id))),
    "SKU": Order("variants.sku", (func.coalesce(VariantRow.sku, ""), col(VariantRow.id))),
    "TITLE": Order("variants.title", (col(VariantRow.title), col(VariantRow.id))),
}


def options_of_products(ids: Sequence[int]) -> SelectOfScalar[OptionRow]:
    return select(OptionRow).where(among(OptionRow.product_id, ids)).order_by(col(OptionRow.position))


def values_of_options(ids: Sequence[int]) -> SelectOfScalar[OptionValueRow]:
    row = OptionValueRow
    return select(row).where(among(row.option_id, ids)).order_by(col(row.position), col(row.id))


def options_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[OptionRow]:
    return (
        select(OptionRow)
        .join(ProductRow, col(ProductRow.id) == OptionRow.product_id)
        .where(among(OptionRow.id, ids), *visible(country, now))
    )


def values_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[OptionValueRow]:
    return (
        select(OptionValueRow)
        .join(OptionRow, col(OptionRow.id) == OptionValueRow.option_id)
        .join(ProductRow, col(ProductRow.id) == OptionRow.product_id)
        .where(among(OptionValueRow.id, ids), *visible(country, now))
    )


def chosen_by_variants(ids: Sequence[int]) -> Tuples:
    """(variant id, option name, value name), by the options' positions."""
    chosen = or_(*(col(column) == OptionValueRow.id for column in _choices()))
    return (
        select(VariantRow.id, OptionRow.name, OptionValueRow.name)
        .join(OptionValueRow, chosen)
        .join(OptionRow, col(OptionRow.id) == OptionValueRow.option_id)
        .where(among(VariantRow.id, ids))
        .order_by(col(VariantRow.id), col(OptionRow.position))
    )


def values_of_products(ids: Sequence[int]) -> Tuples:
    """(product id, option position, option name, value row), in order."""
    value = OptionValueRow
    return (
        select(OptionRow.product_id, OptionRow.position, OptionRow.name, value)
        .join(OptionValueRow, col(OptionValueRow.option_id) == OptionRow.id)
        .where(among(OptionRow.product_id, ids))
        .order_by(
            col(OptionRow.product_id), col(OptionRow.position), col(OptionValueRow.position), col(OptionValueRow.id)
        )
    )


def best_variants(products: Sequence[int], values: Sequence[int], wanted: int) -> SelectOfScalar[VariantRow]:
    """One variant a product: of those with ``wanted`` of the values, else of all, the first that can be bought."""
    fits = case((_matches(values) == wanted, 0), else_=1)
    free = case((variant_is_available(), 0), else_=1)
    number = func.row_number().over(
        partition_by=col(VariantRow.product_id), order_by=(fits, free, col(VariantRow.position), col(VariantRow.id))
    )
    ranked = select(VariantRow.id, number.label("n")).where(among(VariantRow.product_id, products)).subquery()
    return select(VariantRow).join(ranked, ranked.c.id == VariantRow.id).where(ranked.c.n == 1)


def matching_variants(products: Sequence[int], values: Sequence[int], wanted: int) -> SelectOfScalar[VariantRow]:
    """Every variant with exactly ``wanted`` of the values, by id."""
    return (
        select(VariantRow)
        .where(among(VariantRow.product_id, products), _matches(values) == wanted)
        .order_by(col(VariantRow.id))
    )


def first_variants_of_values(ids: Sequence[int]) -> Tuples:
    """(value id, variant) with the lowest values of the other options beside it."""
    first, second, third = (aliased(OptionValueRow) for _ in range(3))
    number = func.row_number().over(
        partition_by=col(OptionValueRow.id),
        order_by=(
            col(first.position),
            func.coalesce(second.position, 0),
            func.coalesce(third.position, 0),
            col(VariantRow.id),
        ),
    )
    ranked = (
        select(col(OptionValueRow.id).label("value_id"), col(VariantRow.id).label("variant_id"), number.label("n"))
        .join(VariantRow, or_(*(col(column) == OptionValueRow.id for column in _choices())))
        .join(first, col(first.id) == VariantRow.option1_id)
        .outerjoin(second, col(second.id) == VariantRow.option2_id)
        .outerjoin(third, col(third.id) == VariantRow.option3_id)
        .where(among(OptionValueRow.id, ids))
        .subquery()
    )
    return (
        select(ranked.c.value_id, VariantRow)
        .join(VariantRow, col(VariantRow.id) == ranked.c.variant_id)
        .where(ranked.c.n == 1)
    )


def choices_of_products(ids: Sequence[int]) -> Tuples:
    """(product id, the ids of up to three option values, 1 if it can be bought) for every variant."""
    first, second, third = (aliased(OptionValueRow) for _ in range(3))
    return (
        sqlalchemy.select(
            col(VariantRow.product_id),
            col(first.id),
            col(second.id),
            col(third.id),
            case((variant_is_available(), 1), else_=0),
        )
        .join(first, col(first.id) == VariantRow.option1_id)
        .outerjoin(second, col(second.id) == VariantRow.option2_id)
        .outerjoin(third, col(third.id) == VariantRow.option3_id)
        .where(among(VariantRow.product_id, ids))
    )


def _choices() -> tuple[Any, ...]:
    return (VariantRow.option1_id, VariantRow.option2_id, VariantRow.option3_id)


def _matches(values: Sequence[int]) -> ColumnElement[int]:
    """How many of the values the enclosing statement's variant has."""
    terms = [case((among(column, values), 1), else_=0) for column in _choices()]
    return terms[0] + terms[1] + terms[2]


def media_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[MediaRow]:
    shown = or_(col(MediaRow.product_id).is_(None), *[and_(*visible(country, now))])
    return (
        select(MediaRow)
        .outerjoin(ProductRow, col(ProductRow.id) == MediaRow.product_id)
        .where(among(MediaRow.id, ids), shown)
    )


MEDIA_ORDERS = {
    "POSITION": Order("media.position", (col(MediaRow.position), col(MediaRow.id))),
    "RELEVANCE": Order("media.position", (col(MediaRow.position), col(MediaRow.id))),
    "CREATED_AT": Order("media.created", (col(MediaRow.created_at), col(MediaRow.id))),
    "ID": Order("media.id", (col(MediaRow.id),)),
}


def media_of_products() -> Children:
    return Children(MediaRow, col(MediaRow.product_id))


def images_of_products() -> Children:
    return Children(MediaRow, col(MediaRow.product_id), where=(col(MediaRow.kind) == MediaKind.IMAGE,))


def first_images_of_products(ids: Sequence[int]) -> SelectOfScalar[MediaRow]:
    position = func.row_number().over(
        partition_by=col(MediaRow.product_id), order_by=(col(MediaRow.position), col(MediaRow.id))
    )
    ranked = (
        select(MediaRow.id, position.label("n"))
        .where(among(MediaRow.product_id, ids), col(MediaRow.kind) == MediaKind.IMAGE)
        .subquery()
    )
    return select(MediaRow).join(ranked, ranked.c.id == MediaRow.id).where(ranked.c.n == 1)


def sources_of_media(ids: Sequence[int]) -> SelectOfScalar[MediaSourceRow]:
    return select(MediaSourceRow).where(among(MediaSourceRow.media_id, ids)).order_by(col(MediaSourceRow.id))


def metafields_of(owner: MetafieldOwner, ids: Sequence[int], names: Sequence[str]) -> SelectOfScalar[MetafieldRow]:
    """Metafields of owners of one kind whose ``namespace.key`` is among the names."""
    row = MetafieldRow
    name = col(row.namespace) + "." + col(row.key)
    return select(row).where(col(row.owner_kind) == owner, among(row.owner_id, ids), among(name, names))


def metafields_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[MetafieldRow]:
    """Metafields whose owner a storefront may see."""
    row = MetafieldRow
    product = exists().where(col(ProductRow.id) == row.owner_id, *visible(country, now))
    variant = exists().where(
        col(VariantRow.id) == row.owner_id, col(ProductRow.id) == VariantRow.product_id, *visible(country, now)
    )
    collection = exists().where(col(CollectionRow.id) == row.owner_id, *published(now))
    shown = case(
        (col(row.owner_kind) == MetafieldOwner.PRODUCT, product),
        (col(row.owner_kind) == MetafieldOwner.VARIANT, variant),
        (col(row.owner_kind) == MetafieldOwner.COLLECTION, collection),
        else_=col(row.owner_kind) == MetafieldOwner.SHOP,
    )
    return select(row).where(among(row.id, ids), shown)


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
