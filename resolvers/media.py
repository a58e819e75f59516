"""Where files of pictures, videos and models live, as seen from the shop, and what a transformed picture measures."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote_plus

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


def media_path(source: str) -> str:
    """The path under which the app serves a stored file, or the absolute URL of one that lives elsewhere."""
    return source if "://" in source else f"/media/{source}"


def image_size(
    width: int,
    height: int,
    max_width: int | None = None,
    max_height: int | None = None,
    crop: Crop | None = None,
    scale: int = 1,
) -> tuple[int, int]:
    """Width and height in pixels of a picture of ``width`` by ``height`` after a transform.

    It fits inside the two limits, either of which may be None, and is never larger than the original. With ``crop`` and
    both limits it has exactly their proportions: it fills them, or is the largest such part of a smaller original.
    ``scale`` multiplies the limits, which end at 5,760. Raises ValueError for a limit or a scale outside its range.
    """
    most_wide, most_high = _limit(max_width, scale), _limit(max_height, scale)
    if crop is None or most_wide is None or most_high is None:
        return _fitted(width, height, most_wide or width, most_high or height)
    if width >= most_wide and height >= most_high:
        return most_wide, most_high
    # The part of the original that has the proportions asked for and is as large as it can be.
    return _fitted(most_wide, most_high, width, height)


def transformed(
    url: str,
    *,
    max_width: int | None = None,
    max_height: int | None = None,
    crop: Crop | None = None,
    scale: int = 1,
    content_type: PictureFormat | None = None,
) -> str:
    """The URL of the same picture after a transform; without any, ``url`` as it stands.

    Works on our own URLs and on foreign ones. An earlier transform in ``url`` is replaced as a whole, and what else
    its query says stays, character by character. ``scale`` is in the sizes of the URL, since not every host knows it.
    Raises ValueError for a limit or a scale outside its range.
    """
    asked = {
        "width": _limit(max_width, scale),
        "height": _limit(max_height, scale),
        "crop": crop,
        "format": content_type,
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
