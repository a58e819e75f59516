"""Rows of stock: what lies where, and every movement that made it so."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from db.base import Row
from db.types import BigId, UtcDateTime, utc_now


class LocationRow(Row, table=True):
    """A warehouse or shop that holds stock."""

    __tablename__ = "locations"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    position: int = 1
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    zip: str | None = None
    province: str | None = None
    country_code: str | None = Field(default=None, max_length=2)
    phone: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class InventoryLevelRow(Row, table=True):
    """A variant's stock at a location, in pieces.

    ``on_hand`` may be negative, as published catalogues are; ``backordered`` counts pieces sold beyond it under the
    policy to continue. ``reserved`` is held for checkouts under way.
    """

    __tablename__ = "inventory_levels"
    __table_args__ = (
        Index("ix_inventory_levels_location_id", "location_id"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("backordered >= 0", name="backordered"),
    )

    variant_id: int = Field(primary_key=True, foreign_key="variants.id", ondelete="CASCADE", sa_type=BigId)
    location_id: int = Field(primary_key=True, foreign_key="locations.id", ondelete="CASCADE")
    on_hand: int = 0
    reserved: int = 0
    backordered: int = 0
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

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    variant_id: int = Field(sa_type=BigId)
    location_id: int
    delta: int
    reason: str
    reference: str | None = None
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
