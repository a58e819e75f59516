"""Rows of metafields: typed extra values on products, variants, collections and the shop."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from db.base import Row
from db.types import BigId, UtcDateTime, utc_now
from db.wording import Wording


class MetafieldOwner(StrEnum):
    """What kind of thing a metafield hangs on."""

    PRODUCT = "product"
    VARIANT = "variant"
    COLLECTION = "collection"
    SHOP = "shop"
    PAGE = "page"
    BLOG = "blog"
    ARTICLE = "article"
    LOCATION = "location"


_OWNERS = f"owner_kind in ({', '.join(repr(owner.value) for owner in MetafieldOwner)})"


class MetafieldRow(Row, table=True):
    """A typed value under a namespace and key. References hold handles or SKUs resolved to global ids at import."""

    __tablename__ = "metafields"
    __table_args__ = (
        UniqueConstraint("owner_kind", "owner_id", "namespace", "key"),
        CheckConstraint(_OWNERS, name="owner_kind"),
    )
    wording: ClassVar[Wording | None] = Wording("metafield", ("value",))

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    owner_kind: str
    owner_id: int = Field(sa_type=BigId)
    namespace: str
    key: str
    type: str
    value: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class MetafieldDefinitionRow(Row, table=True):
    """What a metafield means: its heading in files, and its type. ``is_inferred`` types were guessed from values."""

    __tablename__ = "metafield_definitions"
    __table_args__ = (
        UniqueConstraint("owner_kind", "namespace", "key"),
        CheckConstraint(_OWNERS, name="owner_kind"),
    )

    id: int = Field(default=None, primary_key=True)
    owner_kind: str
    namespace: str
    key: str
    name: str
    type: str
    description: str | None = None
    position: int
    is_inferred: bool = False
