"""Rules about text: folding to sort and match by, HTML made safe, HTML made plain."""

import re
import unicodedata
from html import unescape

import nh3

from resolvers.errors import ClientError

_BLOCK = re.compile(r"</(?:p|div|li|h[1-6]|tr|td|th|ul|ol|table|blockquote)>|<br\s*/?>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_ALLOWED_ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"class", "id", "style"},
}
_ALLOWED_STYLES = {
    "background-color", "border", "color", "float", "font-family", "font-size", "font-style", "font-weight", "height",
    "letter-spacing", "line-height", "list-style", "margin", "margin-bottom", "margin-left", "margin-right",
    "margin-top", "max-width", "padding", "padding-left", "text-align", "text-decoration", "vertical-align", "width",
}  # fmt: skip


def fold(text: str) -> str:
    """Text without case, accents or doubled spaces: equal for what people would call the same word."""
    stripped = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _SPACE.sub(" ", stripped).strip()


def safe_html(html: str) -> str:
    """A merchant's HTML without scripts, event handlers, frames and foreign schemes. Cleaning twice changes nothing."""
    return nh3.clean(
        html, attributes=_ALLOWED_ATTRIBUTES, filter_style_properties=_ALLOWED_STYLES, link_rel=None
    ).strip()


def plain_text(html: str) -> str:
    """What a reader sees of HTML, on one line."""
    return _SPACE.sub(" ", unescape(nh3.clean(_BLOCK.sub(" ", html), tags=set()))).strip()


def truncated(text: str, length: int | None) -> str:
    """Text of at most ``length`` characters, the last of them an ellipsis where something was cut.

    Raises ClientError for a negative length.
    """
    if length is not None and length < 0:
        raise ClientError("BAD_REQUEST", f"truncateAt must not be negative, and is {length}.")
    if length is None or len(text) <= length:
        return text
    return text[: length - 1].rstrip() + "…" if length else ""
