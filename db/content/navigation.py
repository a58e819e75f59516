"""Rows of menus and redirects: how visitors get around."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from db.base import Row
from db.types import BigId, Json, UtcDateTime, utc_now
from db.wording import Wording


class MenuItemKind(StrEnum):
    """What a menu's item leads to."""

    ARTICLE = "ARTICLE"
    BLOG = "BLOG"
    CATALOG = "CATALOG"
    COLLECTION = "COLLECTION"
    COLLECTIONS = "COLLECTIONS"
    CUSTOMER_ACCOUNT_PAGE = "CUSTOMER_ACCOUNT_PAGE"
    FRONTPAGE = "FRONTPAGE"
    HTTP = "HTTP"
    METAOBJECT = "METAOBJECT"
    PAGE = "PAGE"
    PRODUCT = "PRODUCT"
    SEARCH = "SEARCH"
    SHOP_POLICY = "SHOP_POLICY"


class MenuRow(Row, table=True):
    """A tree of links."""

    __tablename__ = "menus"
    wording: ClassVar[Wording | None] = Wording("menu", ("title",))

    id: int = Field(default=None, primary_key=True)
    handle: str = Field(unique=True, max_length=255)
    title: str


class MenuItemRow(Row, table=True):
    """A link of a menu. ``parent_id`` null is the top; ``kind`` says of what table ``resource_id`` is."""

    __tablename__ = "menu_items"
    __table_args__ = (
        Index("ix_menu_items_menu_id", "menu_id", "position"),
        CheckConstraint(f"kind in ({', '.join(repr(kind.value) for kind in MenuItemKind)})", name="kind"),
        CheckConstraint("(kind = 'HTTP') = (url is not null)", name="url"),
    )
    wording: ClassVar[Wording | None] = Wording("menu_item", ("title",))

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    menu_id: int = Field(foreign_key="menus.id", ondelete="CASCADE")
    parent_id: int | None = Field(
        default=None, foreign_key="menu_items.id", ondelete="CASCADE", index=True, sa_type=BigId
    )
    position: int
    title: str
    kind: str
    resource_id: int | None = Field(default=None, sa_type=BigId)
    url: str | None = None
    tags: list[str] = Field(default_factory=list, sa_type=Json)


class RedirectRow(Row, table=True):
    """A path that has moved."""

    __tablename__ = "redirects"

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    path: str = Field(unique=True)
    target: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
