"""Named statements that bring prices to what the markets' rates say, many at a time."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Insert, Update, bindparam, exists, func, insert, literal, update
from sqlalchemy import select as sa_select
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, table_of
from db.keys import among
from db.pricing import PriceBreakRow, ProductPriceRow, VariantPriceRow


def repriced() -> Update:
    """Sets ``new_amount`` and the like where ``new_market_id`` and ``new_variant_id`` say; for many at once."""
    price = table_of(VariantPriceRow)
    return (
        update(price)
        .where(price.c.market_id == bindparam("new_market_id"), price.c.variant_id == bindparam("new_variant_id"))
        .values(amount=bindparam("new_amount"), compare_at_amount=bindparam("new_compare_at_amount"))
    )


def fixed_prices(market_id: int) -> Update:
    """Prices of a market follow no rate from now on."""
    return update(VariantPriceRow).where(col(VariantPriceRow.market_id) == market_id).values(is_fixed=True)


def how_many_unpriced(market_id: int, other_id: int) -> SelectOfScalar[int]:
    """How many variants have a price in a market and none in the other."""
    there = table_of(VariantPriceRow).alias()
    priced = exists().where(there.c.market_id == other_id, there.c.variant_id == col(VariantPriceRow.variant_id))
    return select(func.count()).where(col(VariantPriceRow.market_id) == market_id, ~priced)


def inherited(market_id: int, heir_id: int) -> list[Insert]:
    """Copies prices, their ranges and price breaks of a market into another, as far as it has none of its own."""
    return [
        _copied(VariantPriceRow, "variant_id", market_id, heir_id),
        _copied(ProductPriceRow, "product_id", market_id, heir_id),
        _copied(PriceBreakRow, "variant_id", market_id, heir_id),
    ]


def _copied(row: type[Row], owner: str, market_id: int, heir_id: int) -> Insert:
    table, there = table_of(row), table_of(row).alias()
    names = [column.name for column in table.columns if column.name != "market_id"]
    has_own = exists().where(there.c.market_id == heir_id, there.c[owner] == table.c[owner])
    copied = sa_select(literal(heir_id), *(table.c[name] for name in names))
    return insert(table).from_select(["market_id", *names], copied.where(table.c.market_id == market_id, ~has_own))


def _range_columns() -> dict[str, ColumnElement[int]]:
    """What a range of prices says, as aggregates over the prices."""
    price = table_of(VariantPriceRow).c
    return {
        "minimum": func.min(price.amount),
        "maximum": func.max(price.amount),
        "compare_at_minimum": func.coalesce(func.min(price.compare_at_amount), 0),
        "compare_at_maximum": func.coalesce(func.max(price.compare_at_amount), 0),
    }


def ranges_of_prices(markets: Sequence[int], products: Sequence[int]) -> Update:
    """Brings standing ranges to what the prices are."""
    price, own = table_of(VariantPriceRow), table_of(ProductPriceRow)
    theirs = (price.c.market_id == own.c.market_id, price.c.product_id == own.c.product_id)
    return (
        update(own)
        .where(among(own.c.market_id, markets), among(own.c.product_id, products))
        .values({name: sa_select(value).where(*theirs).scalar_subquery() for name, value in _range_columns().items()})
    )


def missing_ranges(markets: Sequence[int], products: Sequence[int]) -> Insert:
    """Makes the ranges of prices that have none yet; the products are sold there."""
    price, own = table_of(VariantPriceRow), table_of(ProductPriceRow)
    has_own = exists().where(own.c.market_id == price.c.market_id, own.c.product_id == price.c.product_id)
    ranges = (
        sa_select(price.c.market_id, price.c.product_id, *_range_columns().values(), literal(True))
        .where(among(price.c.market_id, markets), among(price.c.product_id, products), ~has_own)
        .group_by(price.c.market_id, price.c.product_id)
    )
    return insert(own).from_select(["market_id", "product_id", *_range_columns(), "is_included"], ranges)
