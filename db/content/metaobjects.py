"""Rows of metaobjects: content with fields of the shop's own making."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from db.base import Row
from db.types import BigId, Json, UtcDateTime, utc_now
from db.wording import Wording


class MetaobjectDefinitionRow(Row, table=True):
    """A kind of metaobject.

    ``fields`` is a list of ``{"key": …, "type": …, "name": …, "required": …}``. ``title_key`` and ``description_key``
    name the fields that search engines are shown; those with a title key have pages of their own.
    """

    __tablename__ = "metaobject_definitions"

    id: int = Field(default=None, primary_key=True)
    type: str = Field(unique=True, max_length=255)
    name: str
    fields: list[dict[str, Any]] = Field(sa_type=Json)
    title_key: str | None = None
    description_key: str | None = None


class MetaobjectRow(Row, table=True):
    """One of a kind. ``fields`` is a list of ``{"key": …, "type": …, "value": …}``, references as global ids."""

    __tablename__ = "metaobjects"
    __table_args__ = (
        UniqueConstraint("definition_id", "handle"),
        Index("ix_metaobjects_type", "type", "id"),
        Index("ix_metaobjects_updated_at", "type", "updated_at", "id"),
    )
    wording: ClassVar[Wording | None] = Wording("metaobject", ("display_name",), entries="fields")

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    definition_id: int = Field(foreign_key="metaobject_definitions.id", ondelete="CASCADE")
    type: str
    handle: str = Field(max_length=255)
    display_name: str
    fields: list[dict[str, Any]] = Field(sa_type=Json)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
