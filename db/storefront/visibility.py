"""What a storefront may see."""

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from db.catalog.collections import CollectionRow
from db.catalog.products import (
    ProductRow,
    ProductStatus,
)
from db.keys import each_has, mostly
from db.pricing import EXCLUDED_INDEX, MarketRow, ProductPriceRow, market_of

Condition = ColumnElement[bool]


def visible(country: str | None, now: datetime) -> tuple[Condition, ...]:
    """What a storefront in that country may see of the enclosing statement's products."""
    return (mostly(col(ProductRow.published_at) <= now), *_sold_in(country))


# Whoever asks this asks it in every statement, and making it takes longer than all else of a statement.
@lru_cache(maxsize=512)
def _sold_in(country: str | None) -> tuple[Condition, ...]:
    return (col(ProductRow.status) == ProductStatus.ACTIVE, _included(market_of(country), ProductRow))


@cache
def included() -> Condition:
    """Whether the market of the enclosing statement, which has to name one, sells its product."""
    return _included(col(MarketRow.id), (ProductRow, MarketRow))


def _included(market: ColumnElement[int] | Mapped[int], rows: Any) -> Condition:
    price = aliased(ProductPriceRow)
    excluded = each_has(
        rows,
        col(price.product_id) == ProductRow.id,
        col(price.market_id) == market,
        ~col(price.is_included),
        by=(price, EXCLUDED_INDEX),
    )
    return mostly(~excluded)


def published(now: datetime) -> tuple[Condition, ...]:
    """What a storefront may see of the enclosing statement's collections."""
    return (col(CollectionRow.published_at) <= now,)
