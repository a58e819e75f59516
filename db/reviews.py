"""Rows of product reviews."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from db.base import Row
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

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    product_id: int = Field(foreign_key="products.id", ondelete="CASCADE", sa_type=BigId)
    rating: int
    title: str = ""
    body: str = ""
    author: str
    status: str = ReviewStatus.PUBLISHED
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
