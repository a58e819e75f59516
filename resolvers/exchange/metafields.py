"""Metafields in files: which type a column has, and how a value of each type reads in a cell."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from resolvers.exchange.cells import CellError, moment

LINE = "single_line_text_field"
LINES = "multi_line_text_field"
LIST = "list."
FILE = "file_reference"
REFERENCES = {
    "product_reference": "Product",
    "variant_reference": "ProductVariant",
    "collection_reference": "Collection",
    "page_reference": "Page",
    "article_reference": "Article",
    "metaobject_reference": "Metaobject",
}
"""Types whose cells name a handle, an SKU, ``blog/article`` or ``type/metaobject``; the kind of global id stored."""

STANDARD = {
    ("product", "shopify--discovery--product_recommendation", "related_products"): "list.product_reference",
    ("product", "shopify--discovery--product_recommendation", "complementary_products"): "list.product_reference",
    ("product", "shopify--discovery--product_search_boost", "queries"): f"{LIST}{LINE}",
}
"""Metafields that mean the same in every shop, by owner, namespace and key; their types need no definition."""

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_URL = re.compile(r"(https?://|mailto:|tel:|sms:)\S+")
_MEASURED = re.compile(r"(-?\d+(?:\.\d+)?)\s*([A-Za-z_ ²³0-9]+)")


@dataclass(frozen=True, slots=True)
class Metafield:
    """A stored value. ``value`` is text; lists and measures are JSON."""

    type: str
    value: str


def is_reference(type_: str) -> bool:
    """Whether a type's values name other things of the shop."""
    return type_.removeprefix(LIST) in REFERENCES


def is_file(type_: str) -> bool:
    """Whether values of a type name pictures or other files of the shop."""
    return type_.removeprefix(LIST) == FILE


def is_known(type_: str) -> bool:
    """Whether values of a type can be read."""
    return type_.removeprefix(LIST) in _READERS or is_reference(type_)


def stored(type_: str, text: str) -> Metafield:
    """A cell's text as a value of a type. Raises `CellError`. References are resolved elsewhere."""
    if not type_.startswith(LIST):
        return Metafield(type_, _READERS[type_](text))
    item = _READERS[type_.removeprefix(LIST)]
    values = [_as_json(type_.removeprefix(LIST), item(part)) for part in parts(text)]
    return Metafield(type_, json.dumps(values, ensure_ascii=False))


def parts(text: str) -> list[str]:
    """The items of a list: between semicolons, or a JSON array where an item itself has one."""
    if text.startswith("["):
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if isinstance(found, list):
            return [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in found]
    return [part.strip() for part in text.split(";") if part.strip()]


def joined(items: list[str]) -> str:
    """The cell whose `parts` are these."""
    plain = "; ".join(items)
    return plain if parts(plain) == items else json.dumps(items, ensure_ascii=False)


def shown(field: Metafield) -> str:
    """The cell of a value that is not a reference; reading it gives the value again."""
    if not field.type.startswith(LIST):
        return field.value
    items = [
        item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in json.loads(field.value)
    ]
    # An empty cell says that there is no list, not that it is empty.
    return joined(items) if items else "[]"


def fallback(text: str) -> Metafield:
    """A value that does not fit what its column was taken for."""
    return Metafield(LINES if "\n" in text else LINE, text)


class Guess:
    """Which type the values of a column suggest: the narrowest that fits all of them.

    Several lines make multi-line text, a semicolon with a space makes a list; else booleans, integers, decimals,
    dates, colours, web addresses and JSON objects are recognised when every value is one; the rest is a line of text.
    The namespace ``shopify`` holds lists.
    """

    def __init__(self, namespace: str) -> None:
        self.is_list = namespace == "shopify"
        self.is_long = False
        self._left = list(_GUESSES)

    def see(self, text: str) -> None:
        """Take one more value into account."""
        self.is_long = self.is_long or "\n" in text
        self.is_list = self.is_list or ("; " in text and len(parts(text)) > 1)
        self._left = [type_ for type_ in self._left if _GUESSES[type_](text)]

    @property
    def type(self) -> str:
        """The type that all values so far fit."""
        if self._left:
            return f"{LIST}{LINE}" if self.is_list and "json" not in self._left else self._left[0]
        if self.is_long:
            return LINES
        return f"{LIST}{LINE}" if self.is_list else LINE


def _fits(read: Callable[[str], str]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            read(text)
        except CellError:
            return False
        return True

    return fits


def _text(text: str) -> str:
    return text


def _line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise CellError("has more than one line")
    return text


def _boolean(text: str) -> str:
    if text.casefold() not in ("true", "false"):
        raise CellError(f"{text!r} is neither true nor false")
    return text.casefold()


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise CellError(f"{text!r} is not {what}")
        return text

    return read


def _decimal(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise CellError(f"{text!r} is not a number") from None
    if not number.is_finite() or not _DECIMAL.fullmatch(text):
        raise CellError(f"{text!r} is not a number such as 12.5")
    return text


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CellError(f"{text!r} is not a date such as 2026-03-31") from None


def _date_time(text: str) -> str:
    return moment(text).isoformat()


def _json(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        raise CellError(f"is not JSON: {error}") from None
    return text


def _object(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        value = json.loads(_json(text))
        if not isinstance(value, dict) or set(names) - set(value):
            raise CellError(f"{text!r} is not a JSON object with {', '.join(names)}")
        return json.dumps(value, ensure_ascii=False)

    return read


def _measured(text: str) -> str:
    """``9 cm`` or its JSON."""
    if found := _MEASURED.fullmatch(text):
        return json.dumps({"value": float(found[1]), "unit": found[2].strip()})
    return _object("value", "unit")(text)


_READERS: dict[str, Callable[[str], str]] = {
    LINE: _line,
    LINES: _text,
    "boolean": _boolean,
    "number_integer": _matching(_INTEGER, "a whole number"),
    "number_decimal": _decimal,
    "date": _date,
    "date_time": _date_time,
    "color": _matching(_COLOR, "a colour such as #1f3d4a"),
    "url": _matching(_URL, "a web address"),
    "link": _json,
    "json": _json,
    "json_string": _json,
    "rich_text_field": _json,
    "dimension": _measured,
    "weight": _measured,
    "volume": _measured,
    "money": _object("amount", "currency_code"),
    "rating": _object("value", "scale_min", "scale_max"),
    "id": _line,
    "language": _line,
    FILE: _line,
    "mixed_reference": _line,
    "company_reference": _line,
    "customer_reference": _line,
    "product_taxonomy_value_reference": _line,
}
_PLAIN_ITEMS = {"boolean", "number_integer", "dimension", "weight", "volume", "money", "rating", "json", "link"}
_GUESSES: dict[str, Callable[[str], bool]] = {
    "boolean": _fits(_boolean),
    "number_integer": _fits(_READERS["number_integer"]),
    "number_decimal": _fits(_decimal),
    "date": _fits(_date),
    "color": _fits(_READERS["color"]),
    "url": lambda text: text.startswith("http") and _fits(_READERS["url"])(text),
    "json": lambda text: text.startswith("{") and _fits(_json)(text),
}


def _as_json(type_: str, value: str) -> Any:
    return json.loads(value) if type_ in _PLAIN_ITEMS else value
