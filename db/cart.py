"""Rows of carts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Delete,
    Executable,
    Index,
    UniqueConstraint,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    update,
)
from sqlmodel import Field, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, Tuples, table_of
from db.catalog import ProductRow, VariantRow
from db.keys import among
from db.paging import Children, Order
from db.pricing import MarketRow, PriceBreakRow, VariantPriceRow, market_with
from db.storefront import visible
from db.types import BigId, Json, UtcDateTime, utc_now


class CartRow(Row, table=True):
    """What one shopper means to buy. The token is the secret half of the cart's global id."""

    __tablename__ = "carts"
    __table_args__ = (Index("ix_carts_updated_at", "updated_at"),)

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    token: str = Field(unique=True)
    version: int = 1
    country_code: str | None = Field(default=None, max_length=2)
    email: str | None = None
    phone: str | None = None
    note: str | None = None
    attributes: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    discount_codes: list[str] = Field(default_factory=list, sa_type=Json)
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

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    cart_id: int = Field(foreign_key="carts.id", ondelete="CASCADE", sa_type=BigId)
    key: str = Field(unique=True)
    variant_id: int = Field(foreign_key="variants.id", ondelete="CASCADE", sa_type=BigId)
    quantity: int
    attributes: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    attributes_hash: str


def carts_by_token(tokens: Sequence[str]) -> SelectOfScalar[CartRow]:
    return select(CartRow).where(among(CartRow.token, tokens))


def offered(country: str | None, now: datetime) -> ColumnElement[bool]:
    """Whether a storefront there may see what the enclosing statement's line is about; other lines wait unseen."""
    return (
        exists()
        .where(
            col(VariantRow.id) == CartLineRow.variant_id,
            col(ProductRow.id) == VariantRow.product_id,
            *visible(country, now),
        )
        .correlate(CartLineRow)
    )


def lines_of_carts(country: str | None, now: datetime) -> Children:
    """The lines whose merchandise is offered."""
    return Children(CartLineRow, col(CartLineRow.cart_id), where=(offered(country, now),))


LINES_NEWEST_FIRST = Order("lines", (col(CartLineRow.id),), down=True)
DELIVERY_GROUPS = Order("groups", (col(CartLineRow.id),))


def offered_lines_by_key(keys: Sequence[str], country: str | None, now: datetime) -> SelectOfScalar[CartLineRow]:
    return select(CartLineRow).where(among(CartLineRow.key, keys), offered(country, now))


def lines_of_cart(cart_id: int) -> SelectOfScalar[CartLineRow]:
    return select(CartLineRow).where(CartLineRow.cart_id == cart_id).order_by(col(CartLineRow.id))


def contents_of_carts(ids: Sequence[int], country: str | None, now: datetime) -> Tuples:
    """(cart id, currency, line, its price, a price break of it), in the market of the cart's country, else of this one.

    A row for each price break of a line, the smallest quantity first, or one without; a cart of no offered line has
    one row without a line. What is not sold in the market has no price.
    """
    line, price = col(CartLineRow.variant_id), VariantPriceRow
    here = and_(col(price.market_id) == MarketRow.id, col(price.variant_id) == line)
    less = and_(col(PriceBreakRow.market_id) == MarketRow.id, col(PriceBreakRow.variant_id) == line)
    return (
        sqlalchemy.select(col(CartRow.id), col(MarketRow.currency_code), CartLineRow, price, PriceBreakRow)
        .select_from(CartRow)
        .join(MarketRow, col(MarketRow.id) == market_with(func.coalesce(CartRow.country_code, country or "")))
        .outerjoin(CartLineRow, and_(col(CartLineRow.cart_id) == CartRow.id, offered(country, now)))
        .outerjoin(price, here)
        .outerjoin(PriceBreakRow, less)
        .where(among(CartRow.id, ids))
        .order_by(col(CartLineRow.id), col(PriceBreakRow.minimum_quantity))
    )


def set_quantity() -> Update:
    """Gives the line ``line`` so many ``pieces``."""
    return update(CartLineRow).where(col(CartLineRow.id) == bindparam("line")).values(quantity=bindparam("pieces"))


def remove_lines(ids: Sequence[int]) -> Delete:
    return delete(CartLineRow).where(among(CartLineRow.id, ids))


def touch_cart(token: str, values: Mapping[str, Any]) -> Executable:
    """A new version of the cart, with these values, returned whole.

    It locks the cart's row, so that commands on one cart take turns.
    """
    return (
        update(CartRow)
        .where(col(CartRow.token) == token)
        .values(version=CartRow.version + 1, updated_at=utc_now(), **values)
        .returning(*table_of(CartRow).columns)
    )
