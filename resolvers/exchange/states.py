"""A product with everything that hangs on it, as plain values: what stands in the database, or what a file wants.

Two states are equal when nothing has to be written. What is still to be made has the id NEW.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from db import exchange as db
from db.catalog import MediaRow, MetafieldRow, OptionRow, OptionValueRow, ProductRow, VariantRow
from db.catalog.media import MediaKind
from db.catalog.metafields import MetafieldOwner
from db.pricing import ProductPriceRow, VariantPriceRow
from db.session import Session
from resolvers.exchange.columns import MetafieldKey
from resolvers.exchange.fields import NEW_PRODUCT, NEW_VARIANT
from resolvers.exchange.metafields import Metafield

NEW = 0
"""The id of what the database has not seen yet."""

Metafields: TypeAlias = dict[MetafieldKey, Metafield]


@dataclass(slots=True)
class Value:
    """One choice of an option."""

    name: str
    id: int = NEW
    swatch_color: str | None = None
    swatch_media_id: int | None = None


@dataclass(slots=True)
class Option:
    """A way in which variants differ."""

    name: str
    linked_to: str | None = None
    values: list[Value] = field(default_factory=list)
    id: int = NEW


@dataclass(slots=True)
class Medium:
    """A picture, video or model; pictures are told apart by their source."""

    source: str | None
    position: int
    alt: str | None = None
    width: int | None = None
    height: int | None = None
    kind: str = MediaKind.IMAGE
    id: int = NEW


@dataclass(frozen=True, slots=True)
class Price:
    """Minor units of the market's currency."""

    amount: int
    compare_at: int | None
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Range:
    """The prices of a product's variants in one market."""

    minimum: int
    maximum: int
    compare_at_minimum: int
    compare_at_maximum: int
    is_included: bool


@dataclass(slots=True)
class Variant:
    """One buyable combination; ``options`` are names of values, ``picture`` a source among the product's media."""

    options: tuple[str, ...]
    position: int
    values: dict[str, Any]
    picture: str | None = None
    prices: dict[int, Price] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    metafields: Metafields = field(default_factory=dict)
    id: int = NEW

    @property
    def title(self) -> str:
        """How the variant is called."""
        return " / ".join(self.options)

    @property
    def stock(self) -> int | None:
        """Pieces over all locations; None where it is not stocked."""
        return sum(self.levels.values()) if self.levels else None

    def copied(self) -> "Variant":
        """One that can be changed alone."""
        return replace(
            self,
            values=dict(self.values),
            prices=dict(self.prices),
            levels=dict(self.levels),
            metafields=dict(self.metafields),
        )


@dataclass(slots=True)
class Product:
    """A product. ``category`` is the full name, ``collections`` the ids of those whose rules it meets."""

    handle: str
    values: dict[str, Any]
    id: int = NEW
    category: str | None = None
    tags: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    media: list[Medium] = field(default_factory=list)
    metafields: Metafields = field(default_factory=dict)
    ranges: dict[int, Range] = field(default_factory=dict)
    collections: set[int] = field(default_factory=set)
    updated_at: datetime | None = field(default=None, compare=False)

    @property
    def stock(self) -> dict[tuple[int, int], int]:
        """Pieces by variant and location."""
        return {(v.id, location): pieces for v in self.variants for location, pieces in v.levels.items()}

    @property
    def pictures(self) -> list[Medium]:
        """The pictures among the media, in order."""
        return [medium for medium in self.media if medium.kind == MediaKind.IMAGE]

    def copied(self) -> "Product":
        """One that can be changed alone."""
        return replace(
            self,
            values=dict(self.values),
            tags=list(self.tags),
            options=[replace(o, values=[replace(value) for value in o.values]) for o in self.options],
            variants=[variant.copied() for variant in self.variants],
            media=[replace(medium) for medium in self.media],
            metafields=dict(self.metafields),
            ranges=dict(self.ranges),
            collections=set(self.collections),
        )


@dataclass
class _Parts:
    """Rows of several products, by what they belong to."""

    tags: dict[int, list[str]]
    options: dict[int, list[OptionRow]]
    values: dict[int, list[OptionValueRow]]
    variants: dict[int, list[VariantRow]]
    prices: dict[int, list[VariantPriceRow]]
    ranges: dict[int, list[ProductPriceRow]]
    levels: dict[int, dict[int, int]]
    media: dict[int, list[MediaRow]]
    metafields: dict[tuple[str, int], Metafields]
    collections: dict[int, set[int]]


async def read_products(session: Session, handles: Sequence[str]) -> dict[str, Product]:
    """The products of those handles that exist, by handle, in the order they were made."""
    found = await session.tuples(db.products_by_handle(handles)) if handles else []
    if not found:
        return {}
    ids = [row.id for row, _ in found]
    parts = await _read_parts(session, ids)
    return {row.handle: _product(row, category, parts) for row, category in found}


async def _read_parts(session: Session, ids: list[int]) -> _Parts:
    variants = _grouped(await session.rows(db.variants(ids)), "product_id")
    variant_ids = [row.id for rows in variants.values() for row in rows]
    tags: dict[int, list[str]] = defaultdict(list)
    for tag in await session.rows(db.tags(ids)):
        tags[tag.product_id].append(tag.tag)
    levels: dict[int, dict[int, int]] = defaultdict(dict)
    for level in await session.rows(db.levels(ids)):
        levels[level.variant_id][level.location_id] = level.on_hand
    collections: dict[int, set[int]] = defaultdict(set)
    for place in await session.rows(db.memberships(ids)):
        collections[place.product_id].add(place.collection_id)
    metafields: dict[tuple[str, int], Metafields] = defaultdict(dict)
    for owner, owners in ((MetafieldOwner.PRODUCT, ids), (MetafieldOwner.VARIANT, variant_ids)):
        _collect(metafields, await session.rows(db.metafields(owner, owners)))
    return _Parts(
        tags=tags,
        options=_grouped(await session.rows(db.options(ids)), "product_id"),
        values=_grouped(await session.rows(db.option_values(ids)), "option_id"),
        variants=variants,
        prices=_grouped(await session.rows(db.prices(ids)), "variant_id"),
        ranges=_grouped(await session.rows(db.price_ranges(ids)), "product_id"),
        levels=levels,
        media=_grouped(await session.rows(db.media(ids)), "product_id"),
        metafields=metafields,
        collections=collections,
    )


def _grouped(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _collect(into: dict[tuple[str, int], Metafields], rows: list[MetafieldRow]) -> None:
    for row in rows:
        key = (row.owner_kind, row.namespace, row.key)
        into[row.owner_kind, row.owner_id][key] = Metafield(row.type, row.value)


def _product(row: ProductRow, category: str | None, parts: _Parts) -> Product:
    key = row.id
    options = [_option(option, parts) for option in parts.options.get(key, ())]
    names = {value.id: value.name for option in options for value in option.values}
    media = [_medium(medium) for medium in parts.media.get(key, ())]
    sources = {medium.id: medium.source for medium in media}
    return Product(
        id=row.id,
        handle=row.handle,
        values={name: getattr(row, name) for name in ("title", *NEW_PRODUCT)},
        category=category,
        tags=parts.tags.get(key, []),
        options=options,
        variants=[_variant(variant, names, sources, parts) for variant in parts.variants.get(key, ())],
        media=media,
        metafields=parts.metafields.get((MetafieldOwner.PRODUCT, key), {}),
        ranges={
            r.market_id: Range(r.minimum, r.maximum, r.compare_at_minimum, r.compare_at_maximum, r.is_included)
            for r in parts.ranges.get(key, ())
        },
        collections=parts.collections.get(key, set()),
        updated_at=row.updated_at,
    )


def _option(row: OptionRow, parts: _Parts) -> Option:
    values = [
        Value(value.name, value.id, value.swatch_color, value.swatch_media_id) for value in parts.values.get(row.id, ())
    ]
    return Option(row.name, row.linked_to, values, row.id)


def _medium(row: MediaRow) -> Medium:
    return Medium(row.source, row.position, row.alt, row.width, row.height, row.kind, row.id)


def _variant(row: VariantRow, names: dict[int, str], sources: dict[int, str | None], parts: _Parts) -> Variant:
    key = row.id
    chosen = (row.option1_id, row.option2_id, row.option3_id)
    return Variant(
        id=row.id,
        options=tuple(names[value] for value in chosen if value is not None),
        position=row.position,
        values={name: getattr(row, name) for name in NEW_VARIANT},
        picture=sources.get(row.media_id) if row.media_id else None,
        prices={p.market_id: Price(p.amount, p.compare_at_amount, p.is_fixed) for p in parts.prices.get(key, ())},
        levels=parts.levels.get(key, {}),
        metafields=parts.metafields.get((MetafieldOwner.VARIANT, key), {}),
    )
