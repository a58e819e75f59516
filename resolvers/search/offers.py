"""Which filters a shop offers, in which order and under which names, as its row keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.search import ASCII_LOWER, FilterKind

ALL_OPTIONS = ("*",)
"""The name of an offer of every option that is not offered by itself."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of filters and their values in one language where the shop has said nothing."""

    labels: Mapping[FilterKind, str]
    in_stock: str
    out_of_stock: str
    yes: str
    no: str


_ENGLISH = Words(
    {
        FilterKind.AVAILABILITY: "Availability",
        FilterKind.PRICE: "Price",
        FilterKind.PRODUCT_TYPE: "Product type",
        FilterKind.VENDOR: "Vendor",
        FilterKind.TAG: "Tag",
        FilterKind.CATEGORY: "Category",
    },
    "In stock",
    "Out of stock",
    "Yes",
    "No",
)
_GERMAN = Words(
    {
        FilterKind.AVAILABILITY: "Verfügbarkeit",
        FilterKind.PRICE: "Preis",
        FilterKind.PRODUCT_TYPE: "Produkttyp",
        FilterKind.VENDOR: "Marke",
        FilterKind.TAG: "Schlagwort",
        FilterKind.CATEGORY: "Kategorie",
    },
    "Auf Lager",
    "Nicht auf Lager",
    "Ja",
    "Nein",
)
_WORDS = {"DE": _GERMAN, "EN": _ENGLISH}


def words_in(language: str) -> Words:
    """Our own words in a language; in English where we do not know it."""
    return _WORDS.get(language.partition("_")[0], _ENGLISH)


@dataclass(frozen=True, slots=True)
class Offer:
    """A filter that the shop offers where products have at least ``least`` values of it.

    ``name`` is an option's with small A to Z, or a metafield's namespace and key. ``presentation`` and ``order`` are
    None where they follow from the values.
    """

    kind: FilterKind
    name: tuple[str, ...] = ()
    label: str | None = None
    presentation: str | None = None
    order: str | None = None
    least: int = 1


_DEFAULT = (
    Offer(FilterKind.AVAILABILITY),
    Offer(FilterKind.PRICE),
    Offer(FilterKind.CATEGORY, least=2),
    Offer(FilterKind.PRODUCT_TYPE, least=2),
    Offer(FilterKind.VENDOR, least=2),
    Offer(FilterKind.OPTION, ALL_OPTIONS, least=2),
    Offer(FilterKind.TAG, least=2),
)
"""What a shop offers that has not said: availability and price, then what its products differ in."""


def offers_of(said: Sequence[Mapping[str, Any]] | None) -> Sequence[Offer]:
    """The filters of a shop whose row says so; those of any shop for None."""
    return _DEFAULT if said is None else [_offer(entry) for entry in said]


def _offer(entry: Mapping[str, Any]) -> Offer:
    kind = FilterKind(entry["by"])
    name: tuple[str, ...] = ()
    if kind is FilterKind.OPTION:
        name = (entry["name"].translate(ASCII_LOWER),) if entry.get("name") else ALL_OPTIONS
    elif kind in (FilterKind.PRODUCT_METAFIELD, FilterKind.VARIANT_METAFIELD):
        name = (entry["namespace"], entry["key"])
    return Offer(kind, name, entry.get("label"), entry.get("presentation"), entry.get("order"))
