"""Rows of pictures, videos and 3D models."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from db.base import Row
from db.types import BigId, UtcDateTime, utc_now
from db.wording import Wording


class MediaKind(StrEnum):
    """What a piece of media is; the values are the API's own."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    EXTERNAL_VIDEO = "EXTERNAL_VIDEO"
    MODEL_3D = "MODEL_3D"


class MediaRow(Row, table=True):
    """A picture, or a video or model with a preview picture.

    ``source`` names the picture: an absolute URL, or a file of the media store (its content hash and extension). Media
    without a product belong to the shop: logos, swatches, collection pictures. ``width`` and ``height`` are pixels.
    """

    __tablename__ = "media"
    __table_args__ = (
        Index("ix_media_product_id", "product_id", "position", "id"),
        CheckConstraint("kind in ('IMAGE', 'VIDEO', 'EXTERNAL_VIDEO', 'MODEL_3D')", name="kind"),
        CheckConstraint("kind <> 'IMAGE' or source is not null", name="source"),
        CheckConstraint("(kind = 'EXTERNAL_VIDEO') = (embed_url is not null)", name="embed_url"),
        CheckConstraint("host is null or host in ('YOUTUBE', 'VIMEO')", name="host"),
    )
    wording: ClassVar[Wording | None] = Wording("media", ("alt",))

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    product_id: int | None = Field(default=None, foreign_key="products.id", ondelete="CASCADE", sa_type=BigId)
    kind: str = MediaKind.IMAGE
    position: int = 1
    alt: str | None = None
    source: str | None = None
    width: int | None = None
    height: int | None = None
    host: str | None = None
    embed_url: str | None = None
    origin_url: str | None = None
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class MediaSourceRow(Row, table=True):
    """One file that plays a video or shows a model. ``size`` is bytes."""

    __tablename__ = "media_sources"

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    media_id: int = Field(foreign_key="media.id", ondelete="CASCADE", index=True, sa_type=BigId)
    source: str
    mime_type: str
    format: str
    width: int = 0
    height: int = 0
    size: int = 0
