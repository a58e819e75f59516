"""Files of pictures, videos and models: where they are, and what a transformed picture measures."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Protocol
from urllib.parse import unquote_plus

from db.catalog import MediaRow
from db.documents import Said, in_quotes, optional
from db.storefront import file_url_of
from resolvers.errors import ClientError
from resolvers.ids import global_id
from resolvers.planning import Where

# Pixels of the longest side that a transformed picture can have, also after scaling.
LONGEST_SIDE = 5760
LARGEST_SCALE = 3

_TRANSFORMS = frozenset({"width", "height", "crop", "scale", "format"})


@dataclass(frozen=True)
class StoredFile:
    """A file in the store. ``name`` is its content's hash and extension; sizes: bytes, pixels (None: no picture)."""

    name: str
    size: int
    width: int | None = None
    height: int | None = None


class MediaStore(Protocol):
    """Keeps files by content: putting the same bytes twice stores them once, and a name never changes its content."""

    def put(self, content: bytes, extension: str) -> StoredFile:
        """Store ``content``; raises ValueError for a picture that cannot be read. ``extension`` has no dot."""

    def find(self, name: str) -> StoredFile | None:
        """The file of that name, or None."""


class Crop(StrEnum):
    """The part of a picture that stays when it is cut to other proportions."""

    CENTER = "center"
    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"


class PictureFormat(StrEnum):
    """The formats that a picture can be asked for in."""

    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"


@dataclass(frozen=True)
class Transform:
    """How to change a picture; None is as it is, and the format that the client takes.

    It is to fit within ``width`` by ``height`` pixels, of which the screen has ``scale`` for each, and is cut to them
    where ``crop`` says which part stays.
    """

    width: int | None = None
    height: int | None = None
    crop: Crop | None = None
    scale: int = 1
    format: PictureFormat | None = None


@dataclass(slots=True)
class Picture:
    """A picture as the API shows it; sizes are pixels, None for one whose size is not known."""

    id: int | None
    source: str
    alt: str | None
    width: int | None
    height: int | None


def picture_of(row: MediaRow | None) -> Picture | None:
    """The picture of a piece of media; None when it has none."""
    return None if row is None else optional(row.source, partial(_picture, row))


def _picture(row: MediaRow, source: str) -> Picture:
    return Picture(row.id, source, row.alt, row.width, row.height)


def picture_id(key: int | str) -> str:
    """The global id of a picture."""
    return global_id("ProductImage", key)


def picture_id_in_sql(_place: Where, picture: Any) -> Said:
    """The same of an enclosing picture, said in SQL."""
    return in_quotes(picture_id(""), picture.id)


def file_url(base_url: str, source: str) -> str:
    """The absolute URL of a file: of one that is stored, as the client reaches us; or where else it lives."""
    return source if "://" in source else f"{base_url}/media/{source}"


def plain_url_in_sql(place: Where, picture: Any) -> Said:
    """The URL of a picture as it is, said in SQL."""
    return file_url_of(place.base_url, picture.source)


def picture_url(base_url: str, picture: Picture, transform: Transform | None = None) -> str:
    """The absolute URL of a picture, transformed if so asked. Raises ClientError for sizes that nobody can want."""
    url = file_url(base_url, picture.source)
    if transform is None:
        return url
    for name, value, most in (
        ("maxWidth", transform.width, LONGEST_SIDE),
        ("maxHeight", transform.height, LONGEST_SIDE),
        ("scale", transform.scale, LARGEST_SCALE),
    ):
        if value is not None and not 1 <= value <= most:
            raise ClientError("BAD_REQUEST", f"Image {name} must be from 1 to {most}, not {value}.")
    return transformed(url, transform)


def image_size(width: int, height: int, transform: Transform) -> tuple[int, int]:
    """Width and height in pixels of a picture of ``width`` by ``height`` after a transform.

    It fits inside the two limits, and is never larger than the original. With ``crop`` and both limits it has exactly
    their proportions: it fills them, or is the largest such part of a smaller original. ``scale`` multiplies the
    limits, which end at 5,760. Raises ValueError for a limit or a scale outside its range.
    """
    most_wide, most_high = _limit(transform.width, transform.scale), _limit(transform.height, transform.scale)
    if transform.crop is None or most_wide is None or most_high is None:
        return _fitted(width, height, most_wide or width, most_high or height)
    if width >= most_wide and height >= most_high:
        return most_wide, most_high
    # The part of the original that has the proportions asked for and is as large as it can be.
    return _fitted(most_wide, most_high, width, height)


def transformed(url: str, transform: Transform) -> str:
    """The URL of the same picture after a transform; without any, ``url`` as it stands.

    Works on our own URLs and on foreign ones. An earlier transform in ``url`` is replaced as a whole, and what else
    its query says stays, character by character. ``scale`` is in the sizes of the URL, since not every host knows it.
    Raises ValueError for a limit or a scale outside its range.
    """
    asked = {
        "width": _limit(transform.width, transform.scale),
        "height": _limit(transform.height, transform.scale),
        "crop": transform.crop,
        "format": transform.format,
    }
    added = [f"{name}={value}" for name, value in asked.items() if value is not None]
    if not added:
        return url
    address, hash_, fragment = url.partition("#")
    path, _, query = address.partition("?")
    kept = [part for part in query.split("&") if part and unquote_plus(part.partition("=")[0]) not in _TRANSFORMS]
    return f"{path}?{'&'.join(kept + added)}{hash_}{fragment}"


def _limit(pixels: int | None, scale: int) -> int | None:
    if not 1 <= scale <= LARGEST_SCALE:
        raise ValueError(f"The scale must be 1 to {LARGEST_SCALE}, not {scale}.")
    if pixels is None:
        return None
    if pixels < 1:
        raise ValueError(f"A picture's width and height must be at least 1 pixel, not {pixels}.")
    return min(pixels * scale, LONGEST_SIDE)


def _fitted(width: int, height: int, most_wide: int, most_high: int) -> tuple[int, int]:
    """The largest size of the proportions ``width``:``height`` inside the limits, at most ``width`` by ``height``."""
    if width <= most_wide and height <= most_high:
        return width, height
    if most_wide * height <= most_high * width:
        return most_wide, max(1, (2 * height * most_wide + width) // (2 * width))
    return max(1, (2 * width * most_high + height) // (2 * height)), most_high
