"""Rows of product reviews."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, func
from sqlmodel import Field, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, Tuples
from db.catalog import ProductRow
from db.documents import Said, divided
from db.forms import formed
from db.keys import among
from db.money import hundredths_of
from db.paging import Children, Order
from db.storefront import visible
from db.types import BigId, UtcDateTime, utc_now


class ReviewStatus(StrEnum):
    """Whether the shop shows a review."""

    PUBLISHED = "published"
    PENDING = "pending"
    REJECTED = "rejected"


class ReviewRow(Row, table=True):
    """What a customer thought of a product; ``rating`` is 1 to 5 stars."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("ix_reviews_product_id", "product_id", "status", "created_at", "id"),
        CheckConstraint("rating between 1 and 5", name="rating"),
        CheckConstraint("status in ('published', 'pending', 'rejected')", name="status"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    product_id: int = Field(foreign_key="products.id", ondelete="CASCADE", sa_type=BigId)
    rating: int
    title: str = ""
    body: str = ""
    author: str
    status: str = ReviewStatus.PUBLISHED
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@formed
def ratings_of_products(ids: Sequence[int]) -> Tuples:
    """(product id, stars, how many published reviews gave them)."""
    product, stars = col(ReviewRow.product_id), col(ReviewRow.rating)
    shown = col(ReviewRow.status) == ReviewStatus.PUBLISHED
    return select(product, stars, func.count()).where(among(product, ids), shown).group_by(product, stars)


def rating_of_product(product: Any) -> tuple[Tuples, ColumnElement[int], Said]:
    """The published reviews of a product of an enclosing statement, or a mark for products: how many there are, and the
    mean of their stars, to two places, half up.
    """
    shown = col(ReviewRow.status) == ReviewStatus.PUBLISHED
    count, total = func.count(), func.sum(col(ReviewRow.rating))
    hundredths = divided(200 * total + count, 2 * count)
    return select(count).where(among(col(ReviewRow.product_id), product), shown), count, hundredths_of(hundredths)


_PUBLISHED = Children(
    ReviewRow,
    col(ReviewRow.product_id),
    where=(col(ReviewRow.status) == ReviewStatus.PUBLISHED,),
    is_fixed=True,
)


def reviews_of_products() -> Children:
    """Published reviews."""
    return _PUBLISHED


def reviews_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[ReviewRow]:
    """Published reviews of those ids, of products that a storefront may see."""
    shown = col(ReviewRow.status) == ReviewStatus.PUBLISHED
    return (
        select(ReviewRow)
        .join(ProductRow, col(ProductRow.id) == ReviewRow.product_id)
        .where(among(ReviewRow.id, ids), shown, *visible(country, now))
    )


REVIEW_ORDERS = {
    "CREATED_AT": Order("reviews.created", (col(ReviewRow.created_at), col(ReviewRow.id)), down=True),
    "RATING": Order("reviews.rating", (col(ReviewRow.rating), col(ReviewRow.id)), down=True),
}
