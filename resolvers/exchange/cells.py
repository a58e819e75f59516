"""What one cell may hold. Each reader raises `CellError` with a reason that a merchant understands."""

import math
import re
import unicodedata
from datetime import UTC, datetime

from db.catalog.products import InventoryPolicy, ProductStatus
from resolvers.text import fold
from resolvers.units import UNITS

LONGEST_HANDLE = 255
MOST_PIECES = 2**31 - 1

_WEIGHT_UNITS = {"g": "g", "kg": "kg", "oz": "oz", "lb": "lb", "lbs": "lb", "grams": "g", "gram": "g"}
_TRUE, _FALSE = frozenset({"true", "yes", "1", "y", "t"}), frozenset({"false", "no", "0", "n", "f"})
_WORD = re.compile(r"[^\w]+")


class CellError(ValueError):
    """A cell that cannot be understood."""


def same_word(text: str) -> str:
    """Equal for spellings that differ only in case and spaces."""
    return " ".join(text.split()).casefold()


def handle_of(text: str) -> str:
    """A handle as it stands in addresses: lower case, words joined by hyphens. One in that form stays as it is."""
    lowered = unicodedata.normalize("NFC", text.strip().lower())
    return _WORD.sub("-", lowered).strip("-") if not _is_handle(lowered) else lowered


def _is_handle(text: str) -> bool:
    return all(c.isalnum() or c in "-_" for c in text)


def yes_or_no(text: str) -> bool:
    """TRUE and FALSE in any case, and what else people write for them."""
    word = text.casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise CellError(f"{text!r} is neither true nor false")


def truth_text(value: bool) -> str:
    """What `yes_or_no` reads."""
    return "true" if value else "false"


def pieces(text: str) -> int:
    """A whole number of pieces; below zero is what was sold before it came."""
    try:
        number = float(text.replace(",", "")) if re.fullmatch(r"-?\d{1,3}(,\d{3})+", text) else float(text)
    except ValueError:
        raise CellError(f"{text!r} is not a number of pieces") from None
    if not number.is_integer() or abs(number) > MOST_PIECES:
        raise CellError(f"{text!r} is not a whole number of pieces")
    return int(number)


def measure(text: str) -> float:
    """A weight or size, zero or more."""
    try:
        number = float(text)
    except ValueError:
        raise CellError(f"{text!r} is not a number") from None
    if not math.isfinite(number) or number < 0:
        raise CellError(f"{text!r} is not a number of zero or more")
    return number


def whole(text: str) -> int:
    """A whole number of one or more."""
    number = measure(text)
    if not number.is_integer() or not 1 <= number <= MOST_PIECES:
        raise CellError(f"{text!r} is not a whole number of one or more")
    return int(number)


def number_text(number: float) -> str:
    """A number as short as it can be: ``390``, ``0.5``."""
    return str(int(number)) if number.is_integer() else repr(number)


def weight_unit(text: str) -> str:
    """The unit in which a weight is shown."""
    if unit := _WEIGHT_UNITS.get(text.casefold()):
        return unit
    raise CellError(f"{text!r} is not a unit of weight; these are: {', '.join(dict.fromkeys(_WEIGHT_UNITS.values()))}")


def measure_unit(text: str) -> str:
    """The unit of a unit price, as it is kept: in capital letters."""
    if (unit := text.upper()) in UNITS:
        return unit
    raise CellError(f"{text!r} is not a unit; these are: {', '.join(sorted(UNITS)).lower()}")


def status(text: str) -> str:
    """Where a product is in its life."""
    if (word := text.casefold()) in set(ProductStatus):
        return word
    raise CellError(f"{text!r} is not a status; these are: {', '.join(ProductStatus)}")


def policy(text: str) -> str:
    """What happens when stock runs out."""
    word = text.casefold()
    if word in set(InventoryPolicy):
        return word
    if word in _TRUE | _FALSE:
        return InventoryPolicy.CONTINUE if word in _TRUE else InventoryPolicy.DENY
    raise CellError(f"{text!r} is not a policy; these are: {', '.join(InventoryPolicy)}")


def tags(text: str) -> list[str]:
    """Tags between commas, each once; the first spelling counts."""
    found: dict[str, str] = {}
    for tag in text.split(","):
        if key := fold(tag):
            found.setdefault(key, " ".join(tag.split()))
    return list(found.values())


def category(text: str) -> str:
    """A path of the taxonomy, its names joined by `` > ``."""
    names = [" ".join(name.split()) for name in text.replace("&gt;", ">").split(">")]
    if not all(names):
        raise CellError(f"{text!r} has an empty name in it")
    return " > ".join(names)


def code(text: str) -> str:
    """An SKU or barcode, without the apostrophe that keeps spreadsheets from taking it for a number."""
    return text[1:] if text.startswith("'") and len(text) > 1 else text


def code_text(value: str) -> str:
    """An SKU or barcode as `code` reads it."""
    return f"'{value}" if value.startswith("'") else value


def looks_shortened(text: str) -> bool:
    """Whether a spreadsheet has made a number of a code: ``6.36E+11``."""
    return bool(re.fullmatch(r"\d(\.\d+)?E\+\d+", text))


def moment(text: str) -> datetime:
    """A date or a time, in ISO 8601; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CellError(f"{text!r} is not a date such as 2026-03-31 or 2026-03-31T09:30:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
