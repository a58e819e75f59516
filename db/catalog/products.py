"""Rows of products, options and variants."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.base import Row
from db.types import BigId, SortText, UtcDateTime, utc_now
from db.wording import Wording

MAX_VARIANTS = 2048
"""How many variants one product may have."""


class ProductStatus(StrEnum):
    """Where a product is in its life; only active ones that are published reach a storefront."""

    ACTIVE = "active"
    DRAFT = "draft"
    ARCHIVED = "archived"


class InventoryPolicy(StrEnum):
    """What happens when a tracked variant runs out."""

    DENY = "deny"
    CONTINUE = "continue"


class CategoryRow(Row, table=True):
    """A node of the product taxonomy; ``full_name`` joins its ancestors' names with `` > ``."""

    __tablename__ = "categories"

    id: int = Field(default=None, primary_key=True)
    parent_id: int | None = Field(default=None, foreign_key="categories.id", index=True)
    name: str
    full_name: str = Field(unique=True)


class ProductRow(Row, table=True):
    """Something a customer can buy, in one or more variants.

    ``*_key`` columns are folded twins to sort and match by.
    """

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("status in ('active', 'draft', 'archived')", name="status"),
        CheckConstraint("length(handle) > 0", name="handle"),
        Index("ix_products_title_key", "title_key", "id"),
        Index("ix_products_vendor_key", "vendor_key", "id"),
        Index("ix_products_type_key", "type_key", "id"),
        Index("ix_products_created_at", "created_at", "id"),
        Index("ix_products_updated_at", "updated_at", "id"),
        Index("ix_products_sold_count", "sold_count", "id"),
    )
    wording: ClassVar[Wording | None] = Wording(
        "product", ("title", "description", "description_html", "product_type", "seo_title", "seo_description")
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    handle: str = Field(unique=True, max_length=255)
    title: str
    title_key: str = Field(sa_type=SortText)
    description: str = ""
    description_html: str = ""
    vendor: str = ""
    vendor_key: str = Field(default="", sa_type=SortText)
    product_type: str = ""
    type_key: str = Field(default="", sa_type=SortText)
    category_id: int | None = Field(default=None, foreign_key="categories.id", index=True)
    status: str = ProductStatus.ACTIVE
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_gift_card: bool = False
    seo_title: str | None = None
    seo_description: str | None = None
    sold_count: int = Field(default=0, sa_type=BigId)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ProductTagRow(Row, table=True):
    """One tag of one product; ``tag_key`` is folded, unique per product, and what filters match."""

    __tablename__ = "product_tags"
    __table_args__ = (Index("ix_product_tags_tag_key", "tag_key", "product_id"),)

    product_id: int = Field(primary_key=True, foreign_key="products.id", ondelete="CASCADE", sa_type=BigId)
    tag_key: str = Field(primary_key=True, sa_type=SortText)
    tag: str
    position: int


class OptionRow(Row, table=True):
    """A way in which a product's variants differ, such as a size. Positions run from 1 to 3."""

    __tablename__ = "product_options"
    __table_args__ = (
        UniqueConstraint("product_id", "position"),
        UniqueConstraint("product_id", "name"),
        CheckConstraint("position between 1 and 3", name="position"),
    )
    wording: ClassVar[Wording | None] = Wording("option", ("name",))

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    product_id: int = Field(foreign_key="products.id", ondelete="CASCADE", sa_type=BigId)
    position: int
    name: str
    linked_to: str | None = None


class OptionValueRow(Row, table=True):
    """One choice of an option, with the swatch that shows it."""

    __tablename__ = "product_option_values"
    __table_args__ = (
        UniqueConstraint("option_id", "name"),
        Index("ix_product_option_values_option_id", "option_id", "position"),
    )
    wording: ClassVar[Wording | None] = Wording("option_value", ("name",))

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    option_id: int = Field(foreign_key="product_options.id", ondelete="CASCADE", sa_type=BigId)
    position: int
    name: str
    swatch_color: str | None = Field(default=None, max_length=9)
    swatch_media_id: int | None = Field(
        default=None, foreign_key="media.id", ondelete="SET NULL", index=True, sa_type=BigId
    )


class VariantRow(Row, table=True):
    """One buyable combination of option values.

    Stock is counted only where ``inventory_tracker`` names who counts it. Weights are grams; ``cost_amount`` is minor
    units of the shop's currency.
    """

    __tablename__ = "variants"
    __table_args__ = (
        Index("ix_variants_product_id", "product_id", "position", "id"),
        Index(
            "uq_variants_option_values",
            "product_id",
            "option1_id",
            text("coalesce(option2_id, 0)"),
            text("coalesce(option3_id, 0)"),
            unique=True,
        ),
        CheckConstraint("inventory_policy in ('deny', 'continue')", name="inventory_policy"),
        CheckConstraint("option3_id is null or option2_id is not null", name="options"),
        CheckConstraint("grams is null or grams >= 0", name="grams"),
        CheckConstraint("weight_unit in ('g', 'kg', 'oz', 'lb')", name="weight_unit"),
        CheckConstraint(
            "quantity_minimum >= 1 and quantity_increment >= 1"
            " and (quantity_maximum is null or quantity_maximum >= quantity_minimum)",
            name="quantity_rule",
        ),
    )
    wording: ClassVar[Wording | None] = Wording(
        "option_value", part=OptionValueRow, parts=("option1_id", "option2_id", "option3_id")
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    product_id: int = Field(foreign_key="products.id", ondelete="CASCADE", sa_type=BigId)
    position: int
    title: str
    sku: str | None = Field(default=None, index=True)
    barcode: str | None = None
    option1_id: int = Field(foreign_key="product_option_values.id", index=True, sa_type=BigId)
    option2_id: int | None = Field(default=None, foreign_key="product_option_values.id", index=True, sa_type=BigId)
    option3_id: int | None = Field(default=None, foreign_key="product_option_values.id", index=True, sa_type=BigId)
    media_id: int | None = Field(default=None, foreign_key="media.id", ondelete="SET NULL", index=True, sa_type=BigId)
    inventory_tracker: str | None = None
    inventory_policy: str = InventoryPolicy.DENY
    fulfillment_service: str = "manual"
    grams: float | None = None
    weight_unit: str = "g"
    requires_shipping: bool = True
    taxable: bool = True
    tax_code: str | None = None
    cost_amount: int | None = Field(default=None, sa_type=BigId)
    unit_quantity: float | None = None
    unit_quantity_unit: str | None = None
    unit_reference: int | None = None
    unit_reference_unit: str | None = None
    quantity_minimum: int = 1
    quantity_maximum: int | None = None
    quantity_increment: int = 1
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
