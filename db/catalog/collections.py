"""Rows of collections, by hand and by rule."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from db.base import Row
from db.types import BigId, Json, SortText, UtcDateTime, utc_now
from db.wording import Wording


class CollectionOrder(StrEnum):
    """The orders that a collection may show its products in by itself."""

    MANUAL = "manual"
    BEST_SELLING = "best-selling"
    ALPHA_ASC = "alpha-asc"
    ALPHA_DESC = "alpha-desc"
    PRICE_ASC = "price-asc"
    PRICE_DESC = "price-desc"
    CREATED = "created"
    CREATED_DESC = "created-desc"


class CollectionRow(Row, table=True):
    """A named set of products.

    ``rules`` is null for one kept by hand, else
    ``{"match": "all" | "any", "rules": [{"column": …, "relation": …, "value": …}]}``.
    """

    __tablename__ = "collections"
    __table_args__ = (
        Index("ix_collections_title_key", "title_key", "id"),
        Index("ix_collections_updated_at", "updated_at", "id"),
        CheckConstraint(
            f"sort_order in ({', '.join(repr(order.value) for order in CollectionOrder)})",
            name="sort_order",
        ),
    )
    wording: ClassVar[Wording | None] = Wording(
        "collection", ("title", "description", "description_html", "seo_title", "seo_description")
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    handle: str = Field(unique=True, max_length=255)
    title: str
    title_key: str = Field(sa_type=SortText)
    description: str = ""
    description_html: str = ""
    media_id: int | None = Field(default=None, foreign_key="media.id", ondelete="SET NULL", sa_type=BigId)
    sort_order: str = CollectionOrder.MANUAL
    rules: dict[str, Any] | None = Field(default=None, sa_type=Json)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seo_title: str | None = None
    seo_description: str | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class CollectionProductRow(Row, table=True):
    """A product's place in a collection; for rules it is what the rules found when the product last changed."""

    __tablename__ = "collection_products"
    __table_args__ = (
        Index("ix_collection_products_position", "collection_id", "position", "product_id"),
        Index("ix_collection_products_product_id", "product_id", "collection_id"),
    )

    collection_id: int = Field(primary_key=True, foreign_key="collections.id", ondelete="CASCADE", sa_type=BigId)
    product_id: int = Field(primary_key=True, foreign_key="products.id", ondelete="CASCADE", sa_type=BigId)
    position: int
