"""What a request for a file asks for, read from its query and headers."""

import re
from collections.abc import Iterable, Mapping

from app.graphql.negotiation import media_type
from resolvers.media import LARGEST_SCALE, LONGEST_SIDE, Crop, PictureFormat, Transform

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_RANGE = re.compile(r"bytes=\s*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\s*", re.ASCII)
# Other spellings of formats that pages written for hosted shops use: a progressive JPEG is what ours always is.
_FORMAT_SYNONYMS = {"jpeg": "jpg", "pjpg": "jpg"}
# `name_320x240_crop_center.jpg`, as clients write that are older than the parameters; either side may be missing.
_SIZED = re.compile(r"(.+)_([0-9]{0,9})x([0-9]{0,9})(?:_crop_([a-z]+))?(\.[a-z0-9]+)")


class BadParameterError(ValueError):
    """A parameter that makes no sense, in a sentence."""


def read_name(name: str) -> tuple[str, dict[str, str]]:
    """The file's name, and the parameters that stand in the asked one instead of the query."""
    sized = _SIZED.fullmatch(name)
    if sized is None:
        return name, {}
    bare, width, height, crop, extension = sized.groups()
    return bare + extension, {"width": width, "height": height, "crop": crop or ""}


def read_transform(query: Mapping[str, str]) -> Transform:
    """Of a parameter that comes twice the last value counts; an empty one is none. Raises BadParameterError."""
    given = {name: value.strip().lower() for name, value in query.items() if value.strip()}
    crop, format_ = given.get("crop"), given.get("format")
    return Transform(
        width=_pixels("width", given.get("width")),
        height=_pixels("height", given.get("height")),
        crop=None if crop is None else _crop(crop),
        scale=_scale(given.get("scale", "1")),
        format=None if format_ is None else _format(_FORMAT_SYNONYMS.get(format_, format_)),
    )


def accepts(headers: Iterable[str], content_type: str) -> bool:
    """Whether a client that sends these Accept headers shows files of that type; without any it shows everything."""
    kind, _, _ = content_type.partition("/")
    precisions = {content_type: 2, f"{kind}/*": 1, "*/*": 0}
    ranges = [media_type(part) for header in headers for part in header.split(",") if part.strip()]
    found = [(precisions[name], _is_wanted(parameters)) for name, parameters in ranges if name in precisions]
    return not ranges or (bool(found) and max(found)[1])


def is_current(if_none_match: str | None, etag: str) -> bool:
    """Whether the client has this very content."""
    if if_none_match is None:
        return False
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in known or "*" in known


def read_range(header: str | None, if_range: str | None, etag: str, size: int) -> range | None:
    """The bytes to send, by position; None for all of them, which also answers what cannot be understood.

    Several ranges at once are answered with the whole file. An empty range stands for one that is not in the file.
    """
    match = _RANGE.fullmatch(header) if header is not None else None
    if match is None or (if_range is not None and if_range.strip() != etag):
        return None
    first, last, tail = match.groups()
    if tail is not None:
        return range(max(0, size - int(tail)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def _is_wanted(parameters: dict[str, str]) -> bool:
    return parameters.get("q", "1").strip("0.") != ""


def _pixels(name: str, value: str | None) -> int | None:
    if value is None:
        return None
    if not _WHOLE_NUMBER.fullmatch(value) or int(value) < 1:
        raise BadParameterError(f"{name} must be a whole number of pixels, 1 to {LONGEST_SIDE}.")
    return min(int(value), LONGEST_SIDE)


def _scale(value: str) -> int:
    if value not in {str(scale) for scale in range(1, LARGEST_SCALE + 1)}:
        raise BadParameterError(f"scale must be a whole number, 1 to {LARGEST_SCALE}.")
    return int(value)


def _crop(value: str) -> Crop:
    try:
        return Crop(value)
    except ValueError:
        raise BadParameterError(f"crop must be one of {', '.join(Crop)}.") from None


def _format(value: str) -> PictureFormat:
    try:
        return PictureFormat(value)
    except ValueError:
        raise BadParameterError(f"format must be one of {', '.join(PictureFormat)}.") from None
