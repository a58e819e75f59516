"""The order that people expect the values of a filter in."""

import re
from collections.abc import Iterable
from typing import TypeAlias

from resolvers.text import fold
from resolvers.units import UNITS

_GARMENTS = (
    ("3xs", "xxxs"), ("2xs", "xxs", "extra extra small"), ("xs", "x-small", "extra small"), ("s", "small", "klein"),
    ("m", "medium", "mittel"), ("l", "large", "gross"), ("xl", "x-large", "extra large"),
    ("2xl", "xxl", "extra extra large"), ("3xl", "xxxl"), ("4xl", "xxxxl"), ("5xl",), ("6xl",),
    ("one size", "os", "einheitsgrosse"),
)  # fmt: skip
_SIZES = {name: float(place) for place, names in enumerate(_GARMENTS) for name in names}
_UNITS = {name.lower(): (kind, float(size)) for name, (kind, size) in UNITS.items() if kind != "COUNT"}
_NUMBER = re.compile(r"(\d{1,18}(?:[.,]\d{1,18})?)")
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_AMOUNT = re.compile(rf"{_NUMBER.pattern}(?: ?[-\u2013/] ?{_NUMBER.pattern})? ?({_UNIT})?(?![a-z\d])")
Natural: TypeAlias = list[tuple[int, float, str]]
Place: TypeAlias = tuple[int, str, float, Natural, str]


def in_order(labels: Iterable[str]) -> list[str]:
    """Sizes of clothes from small to large, numbers and ranges by value, amounts by what they are, then the alphabet.

    A word such as *Medium* is a size only beside another: alone among *Firm* and *Soft* it is a word like them.
    """
    folded = {label: fold(label) for label in labels}
    sizes = {label: size for label, key in folded.items() if (size := _size(key)) is not None}
    if len(sizes) == 1:
        sizes.clear()

    def place(label: str) -> Place:
        if label in sizes:
            return 0, "", sizes[label], [], label
        key = folded[label]
        amount = _amount(key)
        return (1, *amount, _natural(key), label) if amount else (2, "", 0.0, _natural(key), label)

    return sorted(folded, key=place)


def _size(text: str) -> float | None:
    """The place of a size of clothes; of one for two sizes, such as S/M, between theirs."""
    places = [_SIZES.get(part) for part in ([text] if text in _SIZES else re.split(r" ?[-\u2013/] ?", text))]
    known = [place for place in places if place is not None]
    return sum(known) / len(known) if len(known) == len(places) <= 2 else None


def _amount(text: str) -> tuple[str, float] | None:
    """What a text that begins with a number measures, and how much; a plain number measures nothing."""
    found = _AMOUNT.match(text)
    if found is None:
        return None
    measured, size = _UNITS.get(found[3] or "", ("", 1.0))
    return measured, _value(found[1]) * size


def _natural(text: str) -> Natural:
    return [
        (0, _value(part), "") if place % 2 else (1, 0.0, part) for place, part in enumerate(_NUMBER.split(text)) if part
    ]


def _value(number: str) -> float:
    """A number with a point or comma before its decimals; three digits after a comma are thousands."""
    return float(number.replace(",", "" if _THOUSANDS.fullmatch(number) else "."))
