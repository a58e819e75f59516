"""Named statements that find variants, and choose among them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, case, cast, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Tuples
from db.catalog.products import (
    OptionRow,
    OptionValueRow,
    ProductRow,
    VariantRow,
)
from db.forms import formed
from db.inventory import InventoryLevelRow, variant_is_available
from db.keys import among
from db.paging import Children, Order
from db.storefront.visibility import visible
from db.types import SortText


@formed
def variants_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[VariantRow]:
    return (
        select(VariantRow)
        .join(ProductRow, col(ProductRow.id) == VariantRow.product_id)
        .where(among(VariantRow.id, ids), *visible(country, now))
    )


_VARIANTS = Children(VariantRow, col(VariantRow.product_id), is_fixed=True)


def variants_of_products() -> Children:
    return _VARIANTS


VARIANT_ORDERS = {
    "ID": Order("variants.id", (col(VariantRow.id),)),
    "RELEVANCE": Order("variants.position", (col(VariantRow.position), col(VariantRow.id))),
    "POSITION": Order("variants.position", (col(VariantRow.position), col(VariantRow.id))),
    "SKU": Order("variants.sku", (cast(func.coalesce(VariantRow.sku, ""), SortText), col(VariantRow.id))),
    "TITLE": Order("variants.title", (cast(col(VariantRow.title), SortText), col(VariantRow.id))),
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
    """(variant id, the option's id and name, the value's id and name), by the options' positions."""
    chosen = or_(*(col(column) == OptionValueRow.id for column in _choices()))
    return (
        sqlalchemy.select(
            col(VariantRow.id),
            col(OptionRow.id),
            col(OptionRow.name),
            col(OptionValueRow.id),
            col(OptionValueRow.name),
        )
        .join(OptionValueRow, chosen)
        .join(OptionRow, col(OptionRow.id) == OptionValueRow.option_id)
        .where(among(VariantRow.id, ids))
        .order_by(col(VariantRow.id), col(OptionRow.position))
    )


def values_of_products(ids: Sequence[int]) -> Tuples:
    """(option, value), by product, the options' positions and the values' own."""
    value = OptionValueRow
    return (
        select(OptionRow, value)
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


def first_counted(limit: int, country: str | None, now: datetime) -> SelectOfScalar[VariantRow]:
    """The first variants that somebody counts and that are stocked somewhere, one of each product."""
    stocked = exists().where(col(InventoryLevelRow.variant_id) == VariantRow.id, col(InventoryLevelRow.on_hand) > 0)
    firsts = (
        select(func.min(col(VariantRow.id)))
        .where(col(VariantRow.inventory_tracker).is_not(None), stocked)
        .group_by(col(VariantRow.product_id))
    )
    return (
        select(VariantRow)
        .join(ProductRow, col(ProductRow.id) == VariantRow.product_id)
        .where(col(VariantRow.id).in_(firsts), *visible(country, now))
        .order_by(col(VariantRow.id))
        .limit(limit)
    )
