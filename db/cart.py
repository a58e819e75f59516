"""Rows of carts."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from db.base import Row
from db.types import BigId, Json, UtcDateTime, utc_now


class CartRow(Row, table=True):
    """What one shopper means to buy. The token is the secret half of the cart's global id."""

    __tablename__ = "carts"
    __table_args__ = (Index("ix_carts_updated_at", "updated_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    token: str = Field(unique=True)
    version: int = 1
    country_code: str | None = Field(default=None, max_length=2)
    email: str | None = None
    phone: str | None = None
    note: str | None = None
    attributes: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class CartLineRow(Row, table=True):
    """Some pieces of one variant with the same attributes; adding the same again merges into it."""

    __tablename__ = "cart_lines"
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id", "attributes_hash"),
        Index("ix_cart_lines_variant_id", "variant_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    cart_id: int = Field(foreign_key="carts.id", ondelete="CASCADE", sa_type=BigId)
    key: str = Field(unique=True)
    variant_id: int = Field(foreign_key="variants.id", ondelete="CASCADE", sa_type=BigId)
    quantity: int
    attributes: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    attributes_hash: str
