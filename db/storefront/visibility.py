"""What a storefront may see."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.catalog.collections import CollectionRow
from db.catalog.products import (
    ProductRow,
    ProductStatus,
)
from db.keys import each_has, mostly
from db.pricing import EXCLUDED_INDEX, ProductPriceRow, market_of

Condition = ColumnElement[bool]


def visible(country: str | None, now: datetime) -> tuple[Condition, ...]:
    """What a storefront in that country may see of the enclosing statement's products."""
    return (mostly(col(ProductRow.published_at) <= now), *_sold_in(country))


# Whoever asks this asks it in every statement, and making it takes longer than all else of a statement.
@lru_cache(maxsize=512)
def _sold_in(country: str | None) -> tuple[Condition, ...]:
    price = aliased(ProductPriceRow)
    excluded = each_has(
        ProductRow,
        col(price.product_id) == ProductRow.id,
        col(price.market_id) == market_of(country),
        ~col(price.is_included),
        by=(price, EXCLUDED_INDEX),
    )
    return (col(ProductRow.status) == ProductStatus.ACTIVE, mostly(~excluded))


def published(now: datetime) -> tuple[Condition, ...]:
    """What a storefront may see of the enclosing statement's collections."""
    return (col(CollectionRow.published_at) <= now,)
