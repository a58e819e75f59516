"""Rows of carts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Delete,
    Executable,
    Index,
    Insert,
    UniqueConstraint,
    Update,
    delete,
    exists,
    func,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, Tuples, table_of
from db.catalog import ProductRow, VariantRow
from db.keys import among
from db.paging import Children, Order
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


def carts_by_id(ids: Sequence[int]) -> SelectOfScalar[CartRow]:
    return select(CartRow).where(among(CartRow.id, ids))


def offered(country: str | None, now: datetime) -> ColumnElement[bool]:
    """Whether a storefront there may see what the enclosing statement's line is about; other lines wait unseen."""
    return exists().where(
        col(VariantRow.id) == CartLineRow.variant_id,
        col(ProductRow.id) == VariantRow.product_id,
        *visible(country, now),
    )


def lines_of_carts(country: str | None, now: datetime) -> Children:
    """The lines whose merchandise is offered."""
    return Children(CartLineRow, col(CartLineRow.cart_id), where=(offered(country, now),))


LINES_NEWEST_FIRST = Order("lines", (col(CartLineRow.id),), down=True)


def offered_lines_by_key(keys: Sequence[str], country: str | None, now: datetime) -> SelectOfScalar[CartLineRow]:
    return lines_by_key(keys).where(offered(country, now))


def lines_by_key(keys: Sequence[str]) -> SelectOfScalar[CartLineRow]:
    return select(CartLineRow).where(among(CartLineRow.key, keys))


def lines_of_cart(cart_id: int) -> SelectOfScalar[CartLineRow]:
    return select(CartLineRow).where(CartLineRow.cart_id == cart_id).order_by(col(CartLineRow.id))


def lines_of_cart_ids(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[CartLineRow]:
    """The lines whose merchandise is offered, of several carts."""
    mine = among(CartLineRow.cart_id, ids)
    return select(CartLineRow).where(mine, offered(country, now)).order_by(col(CartLineRow.id))


def quantities_of_carts(ids: Sequence[int], country: str | None, now: datetime) -> Tuples:
    """(cart id, pieces in all its lines whose merchandise is offered)."""
    cart = col(CartLineRow.cart_id)
    return select(cart, func.sum(CartLineRow.quantity)).where(among(cart, ids), offered(country, now)).group_by(cart)


def merge_line(*, is_sqlite: bool, values: dict[str, Any]) -> Insert:
    """Adds a line, or its quantity to the line that has the same variant and attributes."""
    table = table_of(CartLineRow)
    make = sqlite_insert if is_sqlite else postgresql_insert
    statement = make(table).values(**values)
    return statement.on_conflict_do_update(
        index_elements=["cart_id", "variant_id", "attributes_hash"],
        set_={"quantity": table.c.quantity + statement.excluded.quantity},
    )


def change_line(line_id: int, values: dict[str, Any]) -> Update:
    return update(CartLineRow).where(col(CartLineRow.id) == line_id).values(**values)


def remove_lines(ids: Sequence[int]) -> Delete:
    return delete(CartLineRow).where(among(CartLineRow.id, ids))


def touch_cart(token: str) -> Executable:
    """A new version of the cart, returned whole. It locks the cart's row, so that commands on one cart take turns."""
    return (
        update(CartRow)
        .where(col(CartRow.token) == token)
        .values(version=CartRow.version + 1, updated_at=utc_now())
        .returning(*table_of(CartRow).columns)
    )
