"""Pictures as the API shows them: where they are, and how large."""

from dataclasses import dataclass

from db.catalog import MediaRow
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.media import Crop, PictureFormat, media_path, transformed

LARGEST = 5760
"""The most pixels on a side that may be asked for."""


@dataclass(frozen=True)
class Picture:
    """A picture; sizes are pixels, None for one whose size is not known."""

    id: int | None
    source: str
    alt: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Transform:
    """How to resize: within a box of pixels, cropped to it if a region is named, times the screen's scale."""

    max_width: int | None = None
    max_height: int | None = None
    crop: str | None = None
    scale: int = 1
    content_type: str | None = None


def picture_of(row: MediaRow | None) -> Picture | None:
    """The picture of a piece of media; None when it has none."""
    if row is None or row.source is None:
        return None
    return Picture(row.id, row.source, row.alt, row.width, row.height)


def file_url(context: Context, source: str) -> str:
    """The absolute URL of a stored file, as this client reaches us."""
    path = media_path(source)
    return path if "://" in path else context.base_url + path


def url_of(context: Context, picture: Picture, transform: Transform) -> str:
    """The absolute URL of a picture, resized. Raises ClientError for sizes that nobody can want."""
    for name, value, most in (
        ("maxWidth", transform.max_width, LARGEST),
        ("maxHeight", transform.max_height, LARGEST),
        ("scale", transform.scale, 3),
    ):
        if value is not None and not 1 <= value <= most:
            raise ClientError("BAD_REQUEST", f"Image {name} must be from 1 to {most}, not {value}.")
    url = file_url(context, picture.source)
    if transform == Transform():
        return url
    return transformed(
        url,
        max_width=transform.max_width,
        max_height=transform.max_height,
        crop=Crop(transform.crop.lower()) if transform.crop else None,
        scale=transform.scale,
        content_type=PictureFormat(transform.content_type.lower()) if transform.content_type else None,
    )
