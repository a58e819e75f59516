"""Rows of markets and prices. Every amount is minor units of the market's currency."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import CheckConstraint, ColumnElement, Index, String, func, literal, text
from sqlmodel import Field, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, Tuples
from db.forms import formed
from db.keys import among
from db.paging import Children, Order, joined
from db.types import BigId, Json

EXCLUDED_INDEX = "ix_product_prices_excluded"
"""The index of what markets do not sell."""


class MarketRow(Row, table=True):
    """A group of countries that see the same prices.

    ``rate`` is what one unit of the shop's currency costs here, in millionths, the market's adjustment included. A
    converted price is rounded up to the next amount that is ``rounding_ending`` more than a multiple of
    ``rounding_step``, both in minor units. ``languages`` are those that the shop speaks there, the first unless asked
    otherwise; none means the shop's own.

    ``subunits`` is how many of the smallest unit of the currency make one of it, 10 ** the decimals that CLDR says it
    has, so that the database writes amounts without knowing currencies; None for a currency that the API has no name
    for, of which the database then writes nothing. Amounts are stored by it: should CLDR say otherwise one day, those
    of such markets have to be migrated.
    """

    __tablename__ = "markets"
    __table_args__ = (
        Index(
            "uq_markets_is_primary",
            "is_primary",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
        CheckConstraint("rate > 0", name="rate"),
        CheckConstraint("rounding_step > 0", name="rounding_step"),
        CheckConstraint("subunits > 0", name="subunits"),
    )

    id: int = Field(default=None, primary_key=True)
    handle: str = Field(unique=True)
    name: str = Field(unique=True)
    currency_code: str = Field(max_length=3)
    is_primary: bool = False
    rate: int = Field(default=1_000_000, sa_type=BigId)
    rounding_step: int = 1
    rounding_ending: int = 0
    languages: list[str] = Field(default_factory=list, sa_type=Json, sa_column_kwargs={"server_default": "[]"})
    subunits: int | None = None


class MarketCountryRow(Row, table=True):
    """Which market a country belongs to."""

    __tablename__ = "market_countries"

    country_code: str = Field(primary_key=True, max_length=2)
    market_id: int = Field(foreign_key="markets.id", ondelete="CASCADE", index=True)


class VariantPriceRow(Row, table=True):
    """A variant's price in a market. ``is_fixed`` ones were given; the others follow the primary market's by rate."""

    __tablename__ = "variant_prices"
    __table_args__ = (
        Index("ix_variant_prices_variant_id", "variant_id"),
        Index("ix_variant_prices_product_id", "product_id", "market_id"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("compare_at_amount is null or compare_at_amount >= 0", name="compare_at_amount"),
    )

    market_id: int = Field(primary_key=True, foreign_key="markets.id", ondelete="CASCADE")
    variant_id: int = Field(primary_key=True, foreign_key="variants.id", ondelete="CASCADE", sa_type=BigId)
    product_id: int = Field(foreign_key="products.id", ondelete="CASCADE", sa_type=BigId)
    amount: int = Field(sa_type=BigId)
    compare_at_amount: int | None = Field(default=None, sa_type=BigId)
    is_fixed: bool = False


class ProductPriceRow(Row, table=True):
    """The range of a product's variant prices in a market; written with them, so that pages can sort by price.

    A product that is not ``is_included`` is not sold there.
    """

    __tablename__ = "product_prices"
    __table_args__ = (
        Index("ix_product_prices_minimum", "market_id", "minimum", "product_id"),
        # What nearly every statement looks into, for each product that it finds; few are in it.
        Index(
            EXCLUDED_INDEX,
            "market_id",
            "product_id",
            sqlite_where=text("is_included = 0"),
            postgresql_where=text("not is_included"),
        ),
    )

    market_id: int = Field(primary_key=True, foreign_key="markets.id", ondelete="CASCADE")
    product_id: int = Field(primary_key=True, foreign_key="products.id", ondelete="CASCADE", sa_type=BigId)
    minimum: int = Field(sa_type=BigId)
    maximum: int = Field(sa_type=BigId)
    compare_at_minimum: int = Field(default=0, sa_type=BigId)
    compare_at_maximum: int = Field(default=0, sa_type=BigId)
    is_included: bool = True


class PriceBreakRow(Row, table=True):
    """A lower price from a quantity on."""

    __tablename__ = "price_breaks"
    __table_args__ = (
        CheckConstraint("minimum_quantity > 1", name="minimum_quantity"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    market_id: int = Field(primary_key=True, foreign_key="markets.id", ondelete="CASCADE")
    variant_id: int = Field(primary_key=True, foreign_key="variants.id", ondelete="CASCADE", sa_type=BigId)
    minimum_quantity: int = Field(primary_key=True)
    amount: int = Field(sa_type=BigId)


@lru_cache(maxsize=512)
def market_of(country: str | None) -> ColumnElement[int]:
    """The id of the market that a country belongs to; of the primary one for any other, and for none."""
    return _primary() if country is None else market_with(literal(country, String))


def market_with(country: ColumnElement[str]) -> ColumnElement[int]:
    """The same for a country that is itself a part of the enclosing statement."""
    theirs = select(MarketCountryRow.market_id).where(col(MarketCountryRow.country_code) == country)
    return func.coalesce(theirs.scalar_subquery(), _primary())


def _primary() -> ColumnElement[int]:
    return select(MarketRow.id).where(col(MarketRow.is_primary)).scalar_subquery()


def market(country: str | None) -> SelectOfScalar[MarketRow]:
    """The market that a country's customers see."""
    return select(MarketRow).where(MarketRow.id == market_of(country))


@formed
def markets() -> SelectOfScalar[MarketRow]:
    """Every market, the primary one first."""
    return select(MarketRow).order_by(col(MarketRow.is_primary).desc(), col(MarketRow.id))


@formed
def market_countries() -> SelectOfScalar[str]:
    """Every country that some market sells to."""
    return select(MarketCountryRow.country_code).order_by(col(MarketCountryRow.country_code))


@formed
def countries_of_markets() -> SelectOfScalar[MarketCountryRow]:
    """Which market each of them belongs to."""
    return select(MarketCountryRow).order_by(col(MarketCountryRow.country_code))


@formed
def prices_of_variants(ids: Sequence[int], country: str | None) -> Tuples:
    """(variant id, amount, compare-at amount, currency) in the country's market."""
    price = VariantPriceRow
    return (
        select(price.variant_id, price.amount, price.compare_at_amount, MarketRow.currency_code)
        .select_from(joined(price, ((MarketRow, col(MarketRow.id) == price.market_id),)))
        .where(col(price.market_id) == market_of(country), among(price.variant_id, ids))
    )


@formed
def price_ranges_of_products(ids: Sequence[int], country: str | None) -> Tuples:
    """(range row, currency) in the country's market."""
    price = ProductPriceRow
    return (
        select(price, MarketRow.currency_code)
        .join(MarketRow, col(MarketRow.id) == price.market_id)
        .where(col(price.market_id) == market_of(country), among(price.product_id, ids))
    )


def price_breaks(country: str | None) -> Children:
    """The price breaks of variants in the country's market."""
    return Children(
        PriceBreakRow,
        col(PriceBreakRow.variant_id),
        where=(col(PriceBreakRow.market_id) == market_of(country),),
    )


BREAKS_BY_QUANTITY = Order("breaks", (col(PriceBreakRow.minimum_quantity),))
