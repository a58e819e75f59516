"""What is asked of carts, within which limits, and what comes of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from db.cart import CartRow
from resolvers.cart import wording
from resolvers.errors import Change, Problem
from resolvers.languages import Bilingual

MAX_LINES = 500
"""The most lines that a cart may hold."""
MAX_QUANTITY = 1_000_000
"""The most pieces of one line."""
MAX_NOTE = 5_000
"""The most characters of a note."""
MAX_ATTRIBUTES, MAX_KEY, MAX_VALUE = 50, 255, 5_000
"""How many notes a cart or line takes, and the most characters of their names and texts."""


@dataclass(frozen=True)
class Attribute:
    """A note for the shop on a cart or line."""

    key: str
    value: str | None


@dataclass(frozen=True)
class NewLine:
    """What to add: a variant's global id, how many, and notes."""

    merchandise_id: str
    quantity: int = 1
    attributes: tuple[Attribute, ...] = ()
    selling_plan_id: str | None = None


@dataclass(frozen=True)
class LineChange:
    """What to change of a line; None leaves it as it is."""

    id: str
    quantity: int | None = None
    merchandise_id: str | None = None
    attributes: tuple[Attribute, ...] | None = None
    selling_plan_id: str | None = None


@dataclass(frozen=True)
class NewCart:
    """A cart to create. Of the buyer: ``country_code``, ``email`` and ``phone``, as far as they are known."""

    lines: tuple[NewLine, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    note: str | None = None
    buyer: Mapping[str, str | None] = field(default_factory=dict)
    discount_codes: tuple[str, ...] = ()
    gift_card_codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """Something the customer should know although the command was carried out."""

    code: str
    message: Bilingual
    target: str


@dataclass(frozen=True)
class CartChange(Change):
    """The cart as the command left it."""

    cart: CartRow
    notices: list[Notice] = field(default_factory=list)


Path: TypeAlias = tuple[str, ...]
"""Where in the input something stands."""


def note_problems(note: str | None, path: Path) -> Iterator[Problem]:
    """What is wrong with a note."""
    if note and len(note) > MAX_NOTE:
        yield Problem("NOTE_TOO_LONG", wording.long_note(MAX_NOTE), path)


def buyer_problems(buyer: Mapping[str, str | None], path: Path) -> Iterator[Problem]:
    """What is wrong with what is said of a buyer."""
    for name in ("email", "phone"):
        if len(buyer.get(name) or "") > MAX_KEY:
            yield Problem("INVALID", wording.long_contact(MAX_KEY), (*path, name))


def notes_problems(attributes: Sequence[Attribute], path: Path) -> Iterator[Problem]:
    """What is wrong with attributes."""
    if len(attributes) > MAX_ATTRIBUTES:
        yield Problem("INVALID", wording.many_attributes(MAX_ATTRIBUTES), path)
    for number, note in enumerate(attributes[:MAX_ATTRIBUTES]):
        if not 0 < len(note.key) <= MAX_KEY or len(note.value or "") > MAX_VALUE:
            yield Problem("INVALID", wording.long_attribute(MAX_KEY, MAX_VALUE), (*path, str(number)))


def plain(attributes: Sequence[Attribute]) -> list[dict[str, Any]]:
    """Attributes as they are stored."""
    return [{"key": attribute.key, "value": attribute.value} for attribute in attributes]
