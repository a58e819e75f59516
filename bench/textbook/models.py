"""The tables that this server needs, with the columns that it needs of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime
from sqlmodel import Field, SQLModel


class Shop(SQLModel, table=True):
    __tablename__ = "shops"

    id: int | None = Field(default=None, primary_key=True)
    name: str


class Market(SQLModel, table=True):
    __tablename__ = "markets"

    id: int | None = Field(default=None, primary_key=True)
    currency_code: str
    is_primary: bool = False


class Product(SQLModel, table=True):
    __tablename__ = "products"

    id: int | None = Field(default=None, primary_key=True)
    handle: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    status: str
    published_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class ProductPrice(SQLModel, table=True):
    __tablename__ = "product_prices"

    market_id: int = Field(primary_key=True, foreign_key="markets.id")
    product_id: int = Field(primary_key=True, foreign_key="products.id")
    minimum: int
    maximum: int


class Variant(SQLModel, table=True):
    __tablename__ = "variants"

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="products.id")
    position: int
    title: str
    sku: str | None = None
    inventory_tracker: str | None = None
    inventory_policy: str = "deny"


class VariantPrice(SQLModel, table=True):
    __tablename__ = "variant_prices"

    market_id: int = Field(primary_key=True, foreign_key="markets.id")
    variant_id: int = Field(primary_key=True, foreign_key="variants.id")
    amount: int
    compare_at_amount: int | None = None


class InventoryLevel(SQLModel, table=True):
    __tablename__ = "inventory_levels"

    variant_id: int = Field(primary_key=True, foreign_key="variants.id")
    location_id: int = Field(primary_key=True)
    on_hand: int = 0
    reserved: int = 0


class Media(SQLModel, table=True):
    __tablename__ = "media"

    id: int | None = Field(default=None, primary_key=True)
    product_id: int | None = Field(default=None, foreign_key="products.id")
    kind: str
    position: int
    alt: str | None = None
    source: str | None = None
    width: int | None = None
    height: int | None = None


class Review(SQLModel, table=True):
    __tablename__ = "reviews"

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="products.id")
    rating: int
    title: str
    body: str
    author: str
    status: str
    created_at: datetime = Field(sa_type=DateTime(timezone=True))


class Cart(SQLModel, table=True):
    __tablename__ = "carts"

    id: int | None = Field(default=None, primary_key=True)
    token: str
    version: int
    updated_at: datetime = Field(sa_type=DateTime(timezone=True))


class CartLine(SQLModel, table=True):
    __tablename__ = "cart_lines"

    id: int | None = Field(default=None, primary_key=True)
    cart_id: int = Field(foreign_key="carts.id")
    key: str
    variant_id: int = Field(foreign_key="variants.id")
    quantity: int
    attributes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    attributes_hash: str = ""
