"""Rows of carts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Executable,
    Index,
    Integer,
    String,
    UniqueConstraint,
    and_,
    delete,
    exists,
    func,
    literal,
    update,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Field, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db import events
from db.base import Row, Tuples, table_of
from db.catalog import ProductRow, VariantRow
from db.forms import Asked, Given, asked, formed
from db.inventory import sellable
from db.keys import among
from db.paging import Order
from db.pricing import MarketRow, PriceBreakRow, VariantPriceRow, market_with
from db.storefront import included, visible
from db.types import BigId, Json, UtcDateTime, utc_now

CHANGED = "cart.changed"
"""The topic of the event by which a command says that a cart, its ``cart_id``, is another now."""


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
    """Whether a storefront there may see what the enclosing statement's line is about, and the market that the
    statement joins to the line's cart sells that.

    Other lines wait unseen.
    """
    return (
        exists()
        .where(
            col(VariantRow.id) == CartLineRow.variant_id,
            col(ProductRow.id) == VariantRow.product_id,
            *visible(country, now),
            included(),
        )
        .correlate(CartLineRow, MarketRow)
    )


LINES_NEWEST_FIRST = Order("lines", (col(CartLineRow.id),), down=True)
DELIVERY_GROUPS = Order("groups", (col(CartLineRow.id),))


@formed
def offered_lines_by_key(keys: Sequence[str], country: str | None, now: datetime) -> SelectOfScalar[CartLineRow]:
    return (
        select(CartLineRow)
        .join(CartRow, col(CartRow.id) == CartLineRow.cart_id)
        .join(MarketRow, col(MarketRow.id) == _market(country))
        .where(among(CartLineRow.key, keys), offered(country, now))
    )


def _market(country: str | None) -> ColumnElement[int]:
    """The id of the market of the enclosing statement's cart: that of its country, else of this one."""
    return market_with(func.coalesce(CartRow.country_code, literal(country or "", String)))


@formed
def contents_of_carts(ids: Sequence[int], country: str | None, now: datetime) -> Tuples:
    """(cart id, currency, line, its price, a price break of it), in the market of the cart's country, else of this one.

    A row for each price break of a line, the smallest quantity first, or one without; a cart of no offered line has
    one row without a line.
    """
    line, price = col(CartLineRow.variant_id), VariantPriceRow
    return (
        sqlalchemy.select(col(CartRow.id), col(MarketRow.currency_code), CartLineRow, price, PriceBreakRow)
        .select_from(CartRow)
        .join(MarketRow, col(MarketRow.id) == _market(country))
        .outerjoin(CartLineRow, and_(col(CartLineRow.cart_id) == CartRow.id, offered(country, now)))
        .outerjoin(price, _costs(price, line))
        .outerjoin(PriceBreakRow, _costs(PriceBreakRow, line))
        .where(among(CartRow.id, ids))
        .order_by(col(CartLineRow.id), col(PriceBreakRow.minimum_quantity))
    )


@formed
def goods_of_cart(token: str, ids: Sequence[int], country: str | None, now: datetime) -> Tuples:
    """(the cart's id, its version, a variant, whether a storefront in this country may see that and the cart's market
    sells it, pieces of it that are free to sell, currency, a line of it in the cart, its price, a price break of it) of
    what is in the cart and of the variants with these ids.

    That market is that of the cart's country, else of this one. A row for each line and price break, by the lines' ids,
    or one without.
    """
    line, price, variant, other = CartLineRow, VariantPriceRow, col(VariantRow.id), aliased(VariantRow)
    cart_id = select(CartRow.id).where(col(CartRow.token) == token).scalar_subquery()
    inside = select(line.variant_id).where(col(line.cart_id) == cart_id)
    named = select(other.id).where(among(other.id, ids))
    return (
        sqlalchemy.select(
            col(CartRow.id),
            col(CartRow.version),
            VariantRow,
            and_(*visible(country, now), included()),
            sellable(),
            col(MarketRow.currency_code),
            line,
            price,
            PriceBreakRow,
        )
        .select_from(VariantRow)
        .join(ProductRow, col(ProductRow.id) == VariantRow.product_id)
        .join(CartRow, col(CartRow.token) == token)
        .join(MarketRow, col(MarketRow.id) == _market(country))
        .outerjoin(line, and_(col(line.cart_id) == CartRow.id, col(line.variant_id) == variant))
        .outerjoin(price, _costs(price, variant))
        .outerjoin(PriceBreakRow, _costs(PriceBreakRow, variant))
        .where(variant.in_(inside.union(named)))
        .order_by(col(line.id), col(PriceBreakRow.minimum_quantity))
    )


def _costs(price: Any, variant: Any) -> ColumnElement[bool]:
    """Whether a price is that of a variant in the enclosing statement's market."""
    return and_(col(price.market_id) == MarketRow.id, col(price.variant_id) == variant)


@formed
def set_quantity(line: int, pieces: int) -> Executable:
    return update(CartLineRow).where(col(CartLineRow.id) == line).values(quantity=pieces)


@formed
def remove_lines(ids: Sequence[int]) -> Executable:
    return delete(CartLineRow).where(among(CartLineRow.id, ids))


def touch_cart(token: str, values: Mapping[str, Any]) -> Asked[Any]:
    """A new version of the cart, with these values, returned whole.

    It locks the cart's row, so that commands on one cart take turns.
    """
    new = {"updated_at": utc_now(), **values}

    def build() -> Any:
        return (
            update(CartRow)
            .where(col(CartRow.token) == Given("token"))
            .values(version=CartRow.version + 1, **{name: Given(name) for name in new})
            .returning(*table_of(CartRow).columns)
        )

    return asked(("a new version of a cart", *new), build, {"token": token, **new})


@formed
def save_lines(
    cart_id: int,
    version: int,
    at: datetime,
    gone: Sequence[int] | None,
    changed: Sequence[Mapping[str, Any]] | None,
    new: Sequence[Mapping[str, Any]] | None,
    payload: Mapping[str, Any],
    by: str | None,
) -> Executable:
    """A new version of a cart with other lines, and the event of it, in one statement, for PostgreSQL alone.

    ``gone`` are ids of lines, ``changed`` has their ``id`` and ``quantity``, ``new`` all but the cart's id, and the
    ``place`` of each among them; nothing that is unique of a new line may be that of one that goes. Answers one row,
    the whole cart and the ids of new lines by their keys; none, with nothing written, where the cart is of another
    ``version``. ``by`` is whom `db.events.happened` tells.
    """
    cart, line = table_of(CartRow), table_of(CartLineRow)
    head = (
        update(cart)
        .where(cart.c.id == cart_id, cart.c.version == version)
        .values(version=cart.c.version + 1, updated_at=at)
        .returning(*cart.c)
        .cte("cart")
    )
    is_current = exists(select(head.c.id))
    parts: list[UpdateBase] = [events.happened_with(head, CHANGED, payload, at, by)]
    if gone is not None:
        parts.append(line.delete().where(among(line.c.id, gone), is_current))
    if changed is not None:
        wanted = _listed(changed, line.c.id, line.c.quantity)
        parts.append(line.update().where(line.c.id == wanted.c.id, is_current).values({"quantity": wanted.c.quantity}))
    ids: Any = sqlalchemy.null()
    if new is not None:
        columns = [column for column in line.c if column.name not in ("id", "cart_id")]
        values = _listed(new, *columns, sqlalchemy.column("place", Integer))
        rows = sqlalchemy.select(head.c.id, *(values.c[column.name] for column in columns)).order_by(values.c.place)
        names = ("cart_id", *(column.name for column in columns))
        made = line.insert().from_select(names, rows).returning(line.c.id, line.c.key).cte("made")
        ids = select(func.jsonb_object_agg(made.c.key, made.c.id, type_=Json)).scalar_subquery()
    written = sqlalchemy.select(*head.c, ids)
    return written.add_cte(*(part.cte(f"part_{number}") for number, part in enumerate(parts)))


def _listed(values: Any, *columns: ColumnElement[Any]) -> Any:
    """A list of mappings as a table with these columns."""
    kinds = [sqlalchemy.column(column.name, column.type) for column in columns]
    return func.jsonb_to_recordset(literal(values, Json)).table_valued(*kinds).render_derived(with_types=True)
