"""What a list of products can be filtered by: the filters that the shop offers, with their values and counts."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from db import search as db
from db.base import Row
from db.catalog import MetafieldRow, OptionRow, OptionValueRow, ProductRow
from db.paging import Children
from db.search import FilterKind, Wanted
from resolvers.context import Context
from resolvers.pricing import decimals_of
from resolvers.search.filters import ProductFilters, active_filters, by_key, by_name, folded
from resolvers.search.offers import ALL_OPTIONS, Offer, Words, offers_of, words_in
from resolvers.search.sizes import in_order
from resolvers.search.syntax import storable
from resolvers.shop import language_of, the_shop
from resolvers.text import fold

MOST_VALUES = 250
"""The most values of one filter: those that most products have, and those that are chosen."""

_OF_PRODUCT = {
    FilterKind.PRODUCT_TYPE: "productType",
    FilterKind.VENDOR: "productVendor",
    FilterKind.TAG: "tag",
}
_IDS = {
    FilterKind.AVAILABILITY: "filter.v.availability",
    FilterKind.PRICE: "filter.v.price",
    FilterKind.PRODUCT_TYPE: "filter.p.product_type",
    FilterKind.VENDOR: "filter.p.vendor",
    FilterKind.TAG: "filter.p.tag",
    FilterKind.CATEGORY: "filter.p.t.category",
    FilterKind.OPTION: "filter.v.option",
    FilterKind.PRODUCT_METAFIELD: "filter.p.m",
    FilterKind.VARIANT_METAFIELD: "filter.v.m",
}
_METAFIELDS = {
    FilterKind.PRODUCT_METAFIELD: "productMetafield",
    FilterKind.VARIANT_METAFIELD: "variantMetafield",
}
_VALUES: dict[FilterKind, type[Row]] = {
    FilterKind.OPTION: OptionValueRow,
    FilterKind.PRODUCT_TYPE: ProductRow,
    FilterKind.PRODUCT_METAFIELD: MetafieldRow,
    FilterKind.VARIANT_METAFIELD: MetafieldRow,
}
"""Whose translations the values of a filter are shown in."""
_TEXTS: dict[type[Row], str] = {ProductRow: "product_type", MetafieldRow: "value"}

Name: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a filter. ``count`` are the products there would be if it were chosen instead of the filter's others.

    ``input`` is the filter that asks for it, as JSON without spaces and always the same text. ``media_id`` is its
    picture and ``color`` its colour, where ``presentation`` says that they are to be shown.
    """

    id: str
    label: str
    count: int
    input: str
    presentation: str | None = None
    color: str | None = None
    media_id: int | None = None

    @property
    def image_id(self) -> int | None:
        """The picture that stands for it by itself."""
        return self.media_id if self.presentation == "IMAGE" else None

    @property
    def swatch(self) -> "FacetValue | None":
        """How it looks; None where only its label is to be shown."""
        return self if self.presentation == "SWATCH" and (self.color or self.media_id) else None


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter that a list can be narrowed by; ``presentation`` is None for what is no list of values."""

    id: str
    label: str
    type: str
    presentation: str | None
    values: list[FacetValue]


@dataclass(slots=True)
class _Found:
    """What the statement found of one value."""

    value: str
    label: str
    count: int
    low: int | None = None
    high: int | None = None
    color: str | None = None
    media: int | None = None
    said: str | None = None
    """What its label is translated as."""

    @property
    def shown(self) -> str:
        """What people are shown for it."""
        return self.said or self.label


@dataclass(slots=True)
class _Group:
    """The values of one filter; ``title`` is how its name is written, or the type of its metafield, ``said`` what that
    name is translated as.
    """

    title: str = ""
    said: str | None = None
    values: dict[str, _Found] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """What people are shown for its name."""
        return self.said or self.title


Groups: TypeAlias = dict[tuple[FilterKind, Name], _Group]


async def facets_of(
    context: Context, products: Children, parents: Sequence[int], filters: ProductFilters | None
) -> list[list[Facet]]:
    """For each list of products, the filters that the shop offers on it, in the shop's order; one statement for all.

    ``products`` are not narrowed by ``filters``; they are what is chosen now. At most `db.MOST_COUNTED` products of
    each list are counted.
    """
    offers = offers_of((await the_shop(context)).filters)
    words = words_in(await language_of(context))
    places = await decimals_of(context)
    active = active_filters(filters, context)
    statement = db.facet_counts(products, parents, active, _wanted(offers), context.country)
    found: dict[int, Groups] = defaultdict(dict)
    async with context.read() as session:
        rows = await session.tuples(statement)
        texts = await session.said(_translated(rows), _TEXTS)
    for parent, *row, option, value in rows:
        owner = _VALUES.get(FilterKind(row[0]))
        _add(found[parent], row, (texts.get((OptionRow, option)), texts.get((owner, value)) if owner else None), words)
    shown = _Shown(_chosen(filters or ProductFilters()), places, words)
    return [list(_offered(found[parent], offers, shown)) for parent in parents]


def _wanted(offers: Sequence[Offer]) -> Wanted:
    def named(kind: FilterKind) -> tuple[tuple[str, str], ...]:
        return tuple((offer.name[0], offer.name[1]) for offer in offers if offer.kind is kind)

    return Wanted(
        frozenset(offer.kind for offer in offers),
        named(FilterKind.PRODUCT_METAFIELD),
        named(FilterKind.VARIANT_METAFIELD),
    )


def _translated(rows: Sequence[Sequence[Any]]) -> dict[type[Row], list[int]]:
    """What the rows of the statement say that may be translated, by row class the ids."""
    ids: dict[type[Row], list[int]] = defaultdict(list)
    for _, kind, *_, option, value in rows:
        if option is not None:
            ids[OptionRow].append(option)
        if value is not None:
            ids[_VALUES[FilterKind(kind)]].append(value)
    return ids


def _add(groups: Groups, row: Sequence[Any], said: tuple[str | None, str | None], words: Words) -> None:
    """Put one row of the statement where it belongs; ``said`` are translations of the filter's name and the value."""
    kind, count, name, title, value, label, low, high, color, media = row
    kind, written = FilterKind(kind), ""
    key: Name = ()
    if kind is FilterKind.OPTION:
        key, written = (name,), title
    elif kind in _METAFIELDS:
        key, written = (name, title), label
        label = {"true": words.yes, "false": words.no}.get(value, value) if label == "boolean" else value
    else:
        value = title if kind is FilterKind.CATEGORY else value or ""
    group = groups.setdefault((kind, key), _Group())
    group.title = group.title or written
    group.said = group.said or said[0]
    group.values[value] = _Found(value, label or "", count, low, high, color, media, said[1])


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is chosen now: by filter, the keys of its values and how the client wrote them."""

    values: Mapping[tuple[FilterKind, Name], Mapping[str, str]]
    categories: frozenset[int]
    foreign: Mapping[FilterKind, frozenset[str]]
    """Keys of values that are translations of other chosen ones."""


def _chosen(filters: ProductFilters) -> _Chosen:
    values: dict[tuple[FilterKind, Name], dict[str, str]] = {}
    for kind, written in (
        (FilterKind.PRODUCT_TYPE, filters.product_types),
        (FilterKind.VENDOR, filters.vendors),
        (FilterKind.TAG, filters.tags),
    ):
        values[kind, ()] = dict(zip(folded(written), map(storable, written), strict=True))
    for option, names in by_name(filters.variant_options).items():
        values[FilterKind.OPTION, (option,)] = {name.translate(db.ASCII_LOWER): name for name in names}
    for kind, metafields in (
        (FilterKind.PRODUCT_METAFIELD, filters.product_metafields),
        (FilterKind.VARIANT_METAFIELD, filters.variant_metafields),
    ):
        for key, names in by_key(metafields).items():
            values[kind, key] = {name: name for name in names}
    foreign = {
        FilterKind.OPTION: filters.foreign,
        FilterKind.PRODUCT_TYPE: frozenset(folded(filters.foreign_types)),
    }
    return _Chosen({key: named for key, named in values.items() if named}, frozenset(filters.categories), foreign)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What filters are shown with: what is chosen, the decimals of prices, and our own words."""

    chosen: _Chosen
    places: int
    words: Words

    def label(self, offer: Offer) -> str | None:
        """What a filter is called, by the shop or by us; None where neither calls it anything."""
        return offer.label or self.words.labels.get(offer.kind)


def _offered(groups: Groups, offers: Sequence[Offer], shown: _Shown) -> Iterable[Facet]:
    named = {offer.name for offer in offers if offer.kind is FilterKind.OPTION}
    for offer in offers:
        if offer.name == ALL_OPTIONS:
            options = {
                name: fold(group.shown)
                for (kind, name), group in groups.items()
                if kind is offer.kind and name not in named and not _is_stand_in(group)
            }
            each = [replace(offer, name=name) for name in sorted(options, key=lambda name: (options[name], name))]
        else:
            each = [offer]
        for one in each:
            group = groups.get((one.kind, one.name))
            if group is not None:
                facet = _MAKERS.get(one.kind, _listed)(one, group, shown)
                is_chosen = (one.kind, one.name) in shown.chosen.values
                if len(facet.values) >= one.least or is_chosen:
                    yield facet


def _is_stand_in(group: _Group) -> bool:
    """Whether it is the option of products that have none."""
    return set(group.values) == {"default title"}


def _availability(offer: Offer, group: _Group, shown: _Shown) -> Facet:
    stock = (("1", shown.words.in_stock), ("0", shown.words.out_of_stock))
    values = [
        FacetValue(
            f"{_IDS[offer.kind]}.{key}",
            label,
            group.values[key].count if key in group.values else 0,
            _json({"available": key == "1"}),
            "TEXT",
        )
        for key, label in stock
    ]
    return Facet(_IDS[offer.kind], shown.label(offer) or "", "LIST", "TEXT", values)


def _price(offer: Offer, group: _Group, shown: _Shown) -> Facet:
    found = group.values[""]
    low, high = (_amount(amount or 0, shown.places) for amount in (found.low, found.high))
    label = shown.label(offer) or ""
    # Amounts are written here: to a float their text may be another.
    value = FacetValue(_IDS[offer.kind], label, found.count, f'{{"price":{{"min":{low},"max":{high}}}}}')
    return Facet(_IDS[offer.kind], label, "PRICE_RANGE", None, [value])


def _category(offer: Offer, group: _Group, shown: _Shown) -> Facet:
    """A category stands for those below it, and counts what they have."""
    rolled = {}
    for path, found in group.values.items():
        below = [other.count for name, other in group.values.items() if name == path or name.startswith(f"{path} > ")]
        rolled[path] = replace(found, count=sum(below))
    return _listed(offer, _Group(group.title, values=rolled), shown)


def _listed(offer: Offer, group: _Group, shown: _Shown) -> Facet:
    kind, name, chosen = offer.kind, offer.name, shown.chosen
    marked = dict(chosen.values.get((kind, name), {}))
    found = dict(group.values)
    for key, written in marked.items():
        if key in chosen.foreign.get(kind, ()):
            continue
        found.setdefault(key, _Found(key, written, 0))
    kept = _most(found, {key for key, one in found.items() if key in marked or _is_chosen(one, kind, chosen)})
    is_boolean = kind in _METAFIELDS and group.title == "boolean"
    presentation = offer.presentation or ("SWATCH" if any(one.color or one.media for one in kept) else "TEXT")
    id_ = _id(kind, name)
    ids = _unique(f"{id_}.{_slug(_key_text(kind, one))}" for one in _sorted(kept, offer))
    values = [
        FacetValue(
            value_id, one.shown, one.count, _json(_input(kind, name, group, one)), presentation, one.color, one.media
        )
        for value_id, one in zip(ids, _sorted(kept, offer), strict=True)
    ]
    label = shown.label(offer) or (group.shown if kind is FilterKind.OPTION else name[-1])
    return Facet(id_, label, "BOOLEAN" if is_boolean else "LIST", None if is_boolean else presentation, values)


_MAKERS: dict[FilterKind, Callable[[Offer, _Group, _Shown], Facet]] = {
    FilterKind.AVAILABILITY: _availability,
    FilterKind.PRICE: _price,
    FilterKind.CATEGORY: _category,
}


def _is_chosen(found: _Found, kind: FilterKind, chosen: _Chosen) -> bool:
    return kind is FilterKind.CATEGORY and found.low in chosen.categories


def _most(found: Mapping[str, _Found], chosen: set[str]) -> list[_Found]:
    """At most so many values as one filter may have: the chosen ones before those with the most products."""
    ranked = sorted(found, key=lambda key: (key not in chosen, -found[key].count, key))
    return [found[key] for key in ranked[:MOST_VALUES]]


def _sorted(found: Sequence[_Found], offer: Offer) -> list[_Found]:
    if offer.order == "merchant":
        return sorted(found, key=lambda one: ((one.low or 0) / (one.high or 1), one.shown, one.value))
    places = {label: place for place, label in enumerate(in_order({one.shown for one in found}))}
    return sorted(found, key=lambda one: (places[one.shown], one.value))


def _input(kind: FilterKind, name: Name, group: _Group, found: _Found) -> dict[str, Any]:
    if kind is FilterKind.OPTION:
        return {"variantOption": {"name": group.title, "value": found.label}}
    if kind in _METAFIELDS:
        return {_METAFIELDS[kind]: {"namespace": name[0], "key": name[1], "value": found.value}}
    if kind is FilterKind.CATEGORY:
        return {"category": {"id": f"gid://shopify/TaxonomyCategory/{found.low}"}}
    return {_OF_PRODUCT[kind]: found.label}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _amount(amount: int, places: int) -> str:
    """A price as JavaScript writes the number: 10.5, and not 10.50."""
    whole, part = divmod(amount, 10**places)
    decimals = str(part).rjust(places, "0").rstrip("0") if part else ""
    return f"{whole}.{decimals}" if decimals else str(whole)


def _id(kind: FilterKind, name: Name) -> str:
    return ".".join([_IDS[kind], *(_slug(part) if kind is FilterKind.OPTION else part for part in name)])


def _key_text(kind: FilterKind, found: _Found) -> str:
    return str(found.low) if kind is FilterKind.CATEGORY else found.value


def _slug(text: str) -> str:
    return re.sub(r"\s+", "-", text.lower())


def _unique(ids: Iterable[str]) -> list[str]:
    """The same ids, those told apart that are equal."""
    seen: dict[str, int] = defaultdict(int)
    made = []
    for one in ids:
        seen[one] += 1
        made.append(one if seen[one] == 1 else f"{one}~{seen[one]}")
    return made
