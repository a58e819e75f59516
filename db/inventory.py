"""Rows of stock: what lies where, and every movement that made it so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Index, Update, case, cast, func, or_, select, update
from sqlmodel import Field, col

from db.base import Row, Tuples
from db.catalog.products import InventoryPolicy, VariantRow
from db.documents import Maybe, Sure
from db.forms import formed
from db.keys import among
from db.types import BigId, UtcDateTime, utc_now


class LocationRow(Row, table=True):
    """A warehouse or shop that holds stock; customers may collect from those with ``pickup``."""

    __tablename__ = "locations"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    position: int = 1
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    zip: str | None = None
    province: str | None = None
    province_code: str | None = None
    country_code: str | None = Field(default=None, max_length=2)
    phone: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    pickup: bool = False
    pickup_time: str | None = None


class InventoryLevelRow(Row, table=True):
    """A variant's stock at a location, in pieces.

    ``on_hand`` may be negative: published catalogues are, and so is what was sold under the policy to continue.
    ``reserved`` is held for checkouts under way.
    """

    __tablename__ = "inventory_levels"
    __table_args__ = (
        Index("ix_inventory_levels_location_id", "location_id"),
        CheckConstraint("reserved >= 0", name="reserved"),
    )

    variant_id: int = Field(primary_key=True, foreign_key="variants.id", ondelete="CASCADE", sa_type=BigId)
    location_id: int = Field(primary_key=True, foreign_key="locations.id", ondelete="CASCADE")
    on_hand: int = 0
    reserved: int = 0
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class InventoryMovementRow(Row, table=True):
    """The ledger: one line a change of ``on_hand``, never altered. Their sum is what lies there.

    It names variants without a foreign key, because the record outlives the variant.
    """

    __tablename__ = "inventory_movements"
    __table_args__ = (
        Index("ix_inventory_movements_variant_id", "variant_id", "location_id", "id"),
        CheckConstraint("reason in ('import', 'count', 'sale', 'return')", name="reason"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    variant_id: int = Field(sa_type=BigId)
    location_id: int
    delta: int
    reason: str
    reference: str | None = None
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


_free = col(InventoryLevelRow.on_hand) - col(InventoryLevelRow.reserved)


def sellable() -> ColumnElement[int]:
    """Pieces of the enclosing statement's variant that are free to sell, over all locations."""
    return (
        select(func.coalesce(func.sum(_free), 0))
        .where(col(InventoryLevelRow.variant_id) == VariantRow.id)
        .correlate(VariantRow)
        .scalar_subquery()
    )


def variant_is_available() -> ColumnElement[bool]:
    """Whether the enclosing statement's variant can be bought now."""
    return can_be_bought(VariantRow, sellable())


def can_be_bought(variant: Any, free: Any) -> ColumnElement[bool]:
    """Whether a variant of which so many pieces are free to sell, null for none, can be bought now."""
    return or_(
        col(variant.inventory_tracker).is_(None),
        col(variant.inventory_policy) == InventoryPolicy.CONTINUE,
        func.coalesce(free, 0) > 0,
    )


def counted(variant: Any, free: Any) -> Maybe:
    """The pieces of a variant that are free to sell, of which there are so many, null for none; nothing if nobody
    counts them.
    """
    return Maybe(variant.inventory_tracker, Sure(func.coalesce(cast(free, BigInteger), 0)))


@formed
def stock_of_variants(ids: Sequence[int]) -> Tuples:
    """(variant id, pieces free to sell) for each variant that is stocked anywhere."""
    variant = col(InventoryLevelRow.variant_id)
    return select(variant, func.sum(_free)).where(among(variant, ids)).group_by(variant)


@formed
def stock_of_products(ids: Sequence[int]) -> Tuples:
    """(product id, whether any variant can be bought, pieces free to sell of its tracked variants or null)."""
    product = col(VariantRow.product_id)
    available = func.max(case((variant_is_available(), 1), else_=0)) == 1
    tracked = case((col(VariantRow.inventory_tracker).is_not(None), sellable()))
    total = cast(func.sum(tracked), BigInteger)
    return select(product, available, total).where(among(product, ids)).group_by(product)


def stocked_locations(variant_id: int) -> Tuples:
    """(location id, pieces free to sell) where the variant is stocked, locked for the writer.

    By location: writers that lock the same rows in the same order never wait for each other in a circle.
    """
    level = col(InventoryLevelRow.variant_id) == variant_id
    return (
        select(col(InventoryLevelRow.location_id), _free)
        .where(level)
        .order_by(col(InventoryLevelRow.location_id))
        .with_for_update()
    )


def take_stock(variant_id: int, location_id: int, quantity: int, *, below_zero: bool) -> Update:
    """Takes pieces off the shelf; touches no row when they are not there, unless they may go below zero."""
    statement = (
        update(InventoryLevelRow)
        .where(col(InventoryLevelRow.variant_id) == variant_id, col(InventoryLevelRow.location_id) == location_id)
        .values(on_hand=InventoryLevelRow.on_hand - quantity, updated_at=utc_now())
    )
    return statement if below_zero else statement.where(_free >= quantity)
