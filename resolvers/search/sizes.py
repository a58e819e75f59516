"""The order that people expect the values of a filter in."""

import re
from collections.abc import Iterable

from resolvers.text import fold

_GARMENTS = (
    ("3xs", "xxxs"), ("2xs", "xxs", "extra extra small"), ("xs", "x-small", "extra small"), ("s", "small"),
    ("m", "medium"), ("l", "large"), ("xl", "x-large", "extra large"), ("2xl", "xxl", "extra extra large"),
    ("3xl", "xxxl"), ("4xl", "xxxxl"), ("5xl",), ("6xl",), ("one size", "os"),
)  # fmt: skip
_SIZES = {name: place for place, names in enumerate(_GARMENTS) for name in names}
_NUMBER = re.compile(r"(\d{1,18}(?:\.\d{1,18})?)")


def in_order(labels: Iterable[str]) -> list[str]:
    """Sizes of clothes from small to large where all of them are such, else the alphabet with numbers by value."""
    folded = {label: fold(label) for label in labels}
    if all(key in _SIZES for key in folded.values()):
        return sorted(folded, key=lambda label: (_SIZES[folded[label]], label))
    return sorted(folded, key=lambda label: (_natural(folded[label]), label))


def _natural(text: str) -> list[tuple[int, float, str]]:
    return [
        (0, float(part), "") if place % 2 else (1, 0.0, part) for place, part in enumerate(_NUMBER.split(text)) if part
    ]
