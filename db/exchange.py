"""What import and export keep and ask: definitions of metafields, swatches, fingerprints, and their statements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Delete, Update, bindparam, delete, update
from sqlmodel import Field, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, Tuples, table_of
from db.catalog import (
    CategoryRow,
    CollectionProductRow,
    CollectionRow,
    MediaRow,
    MediaSourceRow,
    MetafieldDefinitionRow,
    MetafieldRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)
from db.catalog.media import MediaKind
from db.catalog.metafields import MetafieldOwner
from db.content import BlogRow, PageRow
from db.inventory import InventoryLevelRow, LocationRow
from db.keys import among
from db.pricing import MarketCountryRow, PriceBreakRow, ProductPriceRow, VariantPriceRow
from db.reviews import ReviewRow, ReviewStatus
from db.shop import PolicyRow
from db.types import BigId, UtcDateTime, utc_now

Handled: TypeAlias = ProductRow | CollectionRow | PageRow | BlogRow
"""What is known by its handle alone."""


class SwatchRow(Row, table=True):
    """How the shop shows a colour or pattern of that name. ``name_key`` is folded."""

    __tablename__ = "swatches"

    name_key: str = Field(primary_key=True)
    name: str
    color: str | None = Field(default=None, max_length=9)
    media_id: int | None = Field(default=None, foreign_key="media.id", ondelete="SET NULL", sa_type=BigId)


class ImportRow(Row, table=True):
    """The files that were last imported whole, by a fingerprint of their content."""

    __tablename__ = "imports"

    name: str = Field(primary_key=True)
    fingerprint: str
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def market_countries() -> SelectOfScalar[MarketCountryRow]:
    return select(MarketCountryRow).order_by(col(MarketCountryRow.country_code))


def locations() -> SelectOfScalar[LocationRow]:
    """Every location in the shop's order."""
    return select(LocationRow).order_by(col(LocationRow.position), col(LocationRow.id))


def policies() -> SelectOfScalar[PolicyRow]:
    return select(PolicyRow)


def definitions() -> SelectOfScalar[MetafieldDefinitionRow]:
    """Every definition, in the order of their columns."""
    return select(MetafieldDefinitionRow).order_by(col(MetafieldDefinitionRow.position), col(MetafieldDefinitionRow.id))


def swatches() -> SelectOfScalar[SwatchRow]:
    return select(SwatchRow)


def imports(name: str) -> SelectOfScalar[ImportRow]:
    return select(ImportRow).where(ImportRow.name == name)


def categories() -> SelectOfScalar[CategoryRow]:
    return select(CategoryRow)


def category(full_name: str) -> SelectOfScalar[CategoryRow]:
    return select(CategoryRow).where(CategoryRow.full_name == full_name)


def ruled_collections() -> SelectOfScalar[CollectionRow]:
    """The collections that rules fill."""
    return select(CollectionRow).where(col(CollectionRow.rules).is_not(None)).order_by(col(CollectionRow.id))


def all_collections() -> SelectOfScalar[CollectionRow]:
    """Every collection, in the order they were made."""
    return select(CollectionRow).order_by(col(CollectionRow.id))


def collections_by_handle(handles: Sequence[str]) -> SelectOfScalar[CollectionRow]:
    return select(CollectionRow).where(among(CollectionRow.handle, handles))


def collection_places(collection_id: int) -> SelectOfScalar[CollectionProductRow]:
    """Which products a collection holds, and where."""
    return select(CollectionProductRow).where(CollectionProductRow.collection_id == collection_id)


def products_by_handle(handles: Sequence[str]) -> Tuples:
    """(product, full name of its category or null)."""
    return (
        select(ProductRow, col(CategoryRow.full_name))
        .outerjoin(CategoryRow, col(CategoryRow.id) == ProductRow.category_id)
        .where(among(ProductRow.handle, handles))
        .order_by(col(ProductRow.id))
    )


def lock_product(handle: str) -> SelectOfScalar[ProductRow]:
    """A product, and its writers take turns until the transaction ends."""
    return select(ProductRow).where(ProductRow.handle == handle).with_for_update()


def presumed_sales() -> Update:
    """Gives products that nobody has bought yet the sales that their published reviews let suppose.

    Three for each star: who has many good reviews sells well. Simulated sales then come on top.
    """
    stars = (
        select(func.coalesce(func.sum(ReviewRow.rating), 0))
        .where(ReviewRow.product_id == ProductRow.id, ReviewRow.status == ReviewStatus.PUBLISHED)
        .scalar_subquery()
    )
    return update(ProductRow).where(col(ProductRow.sold_count) == 0).values(sold_count=stars * 3)


def lock_products(ids: Sequence[int]) -> SelectOfScalar[int]:
    """`lock_product` for many, in one order, so that nobody waits for each other."""
    return select(ProductRow.id).where(among(ProductRow.id, ids)).order_by(col(ProductRow.id)).with_for_update()


def lock_levels(product_id: int) -> SelectOfScalar[InventoryLevelRow]:
    """A product's stock, which stays as it is until the transaction ends."""
    return (
        select(InventoryLevelRow)
        .join(VariantRow, col(VariantRow.id) == InventoryLevelRow.variant_id)
        .where(VariantRow.product_id == product_id)
        .order_by(col(InventoryLevelRow.variant_id), col(InventoryLevelRow.location_id))
        .with_for_update(of=table_of(InventoryLevelRow))
    )


def products_after(product_id: int, limit: int) -> Tuples:
    """(handle, id) of the products after one, in the order they were made."""
    columns = (col(ProductRow.handle), col(ProductRow.id))
    return select(*columns).where(col(ProductRow.id) > product_id).order_by(col(ProductRow.id)).limit(limit)


def how_many_products() -> SelectOfScalar[int]:
    return select(func.count(col(ProductRow.id)))


def tags(products: Sequence[int]) -> SelectOfScalar[ProductTagRow]:
    return (
        select(ProductTagRow)
        .where(among(ProductTagRow.product_id, products))
        .order_by(col(ProductTagRow.product_id), col(ProductTagRow.position))
    )


def options(products: Sequence[int]) -> SelectOfScalar[OptionRow]:
    return (
        select(OptionRow)
        .where(among(OptionRow.product_id, products))
        .order_by(col(OptionRow.product_id), col(OptionRow.position))
    )


def option_values(products: Sequence[int]) -> SelectOfScalar[OptionValueRow]:
    return (
        select(OptionValueRow)
        .join(OptionRow, col(OptionRow.id) == OptionValueRow.option_id)
        .where(among(OptionRow.product_id, products))
        .order_by(col(OptionValueRow.option_id), col(OptionValueRow.position), col(OptionValueRow.id))
    )


def variants(products: Sequence[int]) -> SelectOfScalar[VariantRow]:
    return (
        select(VariantRow)
        .where(among(VariantRow.product_id, products))
        .order_by(col(VariantRow.product_id), col(VariantRow.position), col(VariantRow.id))
    )


def variants_by_sku(skus: Sequence[str]) -> SelectOfScalar[VariantRow]:
    return select(VariantRow).where(among(VariantRow.sku, skus)).order_by(col(VariantRow.id))


def variants_by_id(ids: Sequence[int]) -> SelectOfScalar[VariantRow]:
    return select(VariantRow).where(among(VariantRow.id, ids))


def prices(products: Sequence[int]) -> SelectOfScalar[VariantPriceRow]:
    return select(VariantPriceRow).where(among(VariantPriceRow.product_id, products))


def price_ranges(products: Sequence[int]) -> SelectOfScalar[ProductPriceRow]:
    return select(ProductPriceRow).where(among(ProductPriceRow.product_id, products))


def price_breaks(variant_ids: Sequence[int]) -> SelectOfScalar[PriceBreakRow]:
    return select(PriceBreakRow).where(among(PriceBreakRow.variant_id, variant_ids))


def levels(products: Sequence[int]) -> SelectOfScalar[InventoryLevelRow]:
    return (
        select(InventoryLevelRow)
        .join(VariantRow, col(VariantRow.id) == InventoryLevelRow.variant_id)
        .where(among(VariantRow.product_id, products))
    )


def media(products: Sequence[int]) -> SelectOfScalar[MediaRow]:
    return (
        select(MediaRow)
        .where(among(MediaRow.product_id, products))
        .order_by(col(MediaRow.product_id), col(MediaRow.position), col(MediaRow.id))
    )


def shop_pictures(sources: Sequence[str]) -> SelectOfScalar[MediaRow]:
    """Pictures that belong to no product, by what they show."""
    return (
        select(MediaRow)
        .where(
            among(MediaRow.source, sources),
            col(MediaRow.product_id).is_(None),
            col(MediaRow.kind) == MediaKind.IMAGE,
        )
        .order_by(col(MediaRow.id))
    )


def media_by_id(ids: Sequence[int]) -> SelectOfScalar[MediaRow]:
    return select(MediaRow).where(among(MediaRow.id, ids))


def media_sources(media_ids: Sequence[int]) -> SelectOfScalar[MediaSourceRow]:
    return select(MediaSourceRow).where(among(MediaSourceRow.media_id, media_ids)).order_by(col(MediaSourceRow.id))


def metafields(owner_kind: str, owner_ids: Sequence[int]) -> SelectOfScalar[MetafieldRow]:
    return select(MetafieldRow).where(MetafieldRow.owner_kind == owner_kind, among(MetafieldRow.owner_id, owner_ids))


def metafield_keys() -> Tuples:
    """(owner kind, namespace, key) of every metafield that occurs on products and variants."""
    columns = (col(MetafieldRow.owner_kind), col(MetafieldRow.namespace), col(MetafieldRow.key))
    owners = (MetafieldOwner.PRODUCT, MetafieldOwner.VARIANT)
    return select(*columns).where(col(MetafieldRow.owner_kind).in_(owners)).distinct().order_by(*columns)


def memberships(products: Sequence[int]) -> SelectOfScalar[CollectionProductRow]:
    """Which collections that are filled by rules hold the products."""
    return (
        select(CollectionProductRow)
        .join(CollectionRow, col(CollectionRow.id) == CollectionProductRow.collection_id)
        .where(among(CollectionProductRow.product_id, products), col(CollectionRow.rules).is_not(None))
    )


def reviews(products: Sequence[int]) -> SelectOfScalar[ReviewRow]:
    return select(ReviewRow).where(among(ReviewRow.product_id, products)).order_by(col(ReviewRow.id))


def handles(row: type[Handled], ids: Sequence[int]) -> Tuples:
    """(id, handle)."""
    return select(col(row.id), col(row.handle)).where(among(row.id, ids))


def identities(row: type[Handled], handles: Sequence[str]) -> Tuples:
    """(handle, id)."""
    return select(col(row.handle), col(row.id)).where(among(row.handle, handles))


def changed(row: type[Row], key: int, values: dict[str, Any]) -> Update:
    """Sets columns of the one row with that id."""
    return update(row).where(table_of(row).c.id == key).values(**values)


def touched(products: Sequence[int], now: datetime) -> Update:
    return update(ProductRow).where(among(ProductRow.id, products)).values(updated_at=now)


def removed(row: type[Row], ids: Sequence[int]) -> Delete:
    return delete(row).where(among(table_of(row).c.id, ids))


def removed_tags(product_id: int) -> Delete:
    return delete(ProductTagRow).where(col(ProductTagRow.product_id) == product_id)


def removed_prices(variant_ids: Sequence[int]) -> Delete:
    return delete(VariantPriceRow).where(among(VariantPriceRow.variant_id, variant_ids))


def removed_ranges(product_id: int) -> Delete:
    return delete(ProductPriceRow).where(col(ProductPriceRow.product_id) == product_id)


def removed_breaks(variant_ids: Sequence[int], market_id: int | None = None) -> Delete:
    """Price breaks of variants, in one market or in all."""
    breaks = delete(PriceBreakRow).where(among(PriceBreakRow.variant_id, variant_ids))
    return breaks if market_id is None else breaks.where(col(PriceBreakRow.market_id) == market_id)


def removed_memberships(product_id: int, collections: Sequence[int]) -> Delete:
    return delete(CollectionProductRow).where(
        col(CollectionProductRow.product_id) == product_id, among(CollectionProductRow.collection_id, collections)
    )


def removed_places(collection_id: int) -> Delete:
    return delete(CollectionProductRow).where(col(CollectionProductRow.collection_id) == collection_id)


def removed_metafields(owner_kind: str, owner_ids: Sequence[int]) -> Delete:
    return delete(MetafieldRow).where(
        col(MetafieldRow.owner_kind) == owner_kind, among(MetafieldRow.owner_id, owner_ids)
    )


def removed_level(variant_id: int, location_id: int) -> Delete:
    return delete(InventoryLevelRow).where(
        col(InventoryLevelRow.variant_id) == variant_id, col(InventoryLevelRow.location_id) == location_id
    )


def removed_countries() -> Delete:
    return delete(MarketCountryRow)


def removed_import(name: str) -> Delete:
    return delete(ImportRow).where(col(ImportRow.name) == name)


def restocked() -> Update:
    """Adds ``delta`` pieces to the level of ``variant`` at ``location``; for many at once."""
    level = table_of(InventoryLevelRow)
    return (
        update(level)
        .where(level.c.variant_id == bindparam("variant"), level.c.location_id == bindparam("location"))
        .values(on_hand=level.c.on_hand + bindparam("delta"), updated_at=bindparam("now"))
    )


def removed_swatches(name_keys: Sequence[str]) -> Delete:
    return delete(SwatchRow).where(among(SwatchRow.name_key, name_keys))
