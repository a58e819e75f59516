"""What a filter means, said once more in the plainest way: rows in memory, and loops over them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from db.catalog import (
    CategoryRow,
    CollectionProductRow,
    CollectionRow,
    MetafieldRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)
from db.inventory import InventoryLevelRow
from db.pricing import MarketCountryRow, MarketRow, ProductPriceRow, VariantPriceRow
from db.session import Database
from resolvers.text import fold

Fields = dict[tuple[str, str], str]


@dataclass
class Piece:
    """A variant: whether it can be bought, what it costs in the market, its options and metafields."""

    available: bool
    price: int | None
    options: dict[str, str]
    fields: Fields


@dataclass
class Thing:
    """A product and all that filters look at."""

    id: int
    kind: str
    vendor: str
    tags: set[str]
    category: str
    fields: Fields
    pieces: list[Piece] = field(default_factory=list)


@dataclass
class Shelf:
    """The products of a collection in one market; ``places`` are the decimals of its currency."""

    things: list[Thing]
    categories: dict[int, str]
    places: int = 2

    def matching(self, filters: Sequence[dict[str, Any]]) -> list[int]:
        """The ids of what filters ask for: alternatives of a kind, but every kind, and one and the same variant."""
        groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for each in filters:
            groups[about(each)].append(each)
        of_product = [group for name, group in groups.items() if name[0] not in OF_VARIANTS]
        of_variant = [group for name, group in groups.items() if name[0] in OF_VARIANTS]
        return [
            thing.id
            for thing in self.things
            if all(any(self._has(thing, each) for each in group) for group in of_product)
            and (
                not of_variant
                or any(
                    all(any(self._is(piece, each) for each in group) for group in of_variant) for piece in thing.pieces
                )
            )
        ]

    def count(self, value: dict[str, Any], filters: Sequence[dict[str, Any]]) -> int:
        """How many products there are with a value instead of the others of its filter."""
        return len(self.matching([*(each for each in filters if about(each) != about(value)), value]))

    def _has(self, thing: Thing, asked: dict[str, Any]) -> bool:
        ((name, value),) = asked.items()
        if name == "productType":
            return fold(thing.kind) == fold(value)
        if name == "productVendor":
            return fold(thing.vendor) == fold(value)
        if name == "tag":
            return fold(value) in thing.tags
        if name == "category":
            path = self.categories[int(value["id"].rsplit("/", 1)[1])]
            return thing.category == path or thing.category.startswith(f"{path} > ")
        return thing.fields.get((value["namespace"], value["key"])) == value["value"]

    def _is(self, piece: Piece, asked: dict[str, Any]) -> bool:
        ((name, value),) = asked.items()
        if name == "available":
            return piece.available is value
        if name == "price":
            low, high = value.get("min", 0), value.get("max")
            unit = 10**self.places
            return (
                piece.price is not None
                and piece.price >= round(low * unit)
                and (high is None or piece.price <= round(high * unit))
            )
        if name == "variantOption":
            return piece.options.get(value["name"].lower()) == value["value"].lower()
        return piece.fields.get((value["namespace"], value["key"])) == value["value"]


OF_VARIANTS = ("available", "price", "variantOption", "variantMetafield")


def about(asked: dict[str, Any]) -> tuple[str, ...]:
    """What a filter is on."""
    ((name, value),) = asked.items()
    if name == "variantOption":
        return (name, value["name"].lower())
    return (name, value["namespace"], value["key"]) if name.endswith("Metafield") else (name,)


async def shelf(database: Database, handle: str, country: str, now: datetime) -> Shelf:
    """What a collection shows in a country."""
    async with database.read() as session:
        market = (
            await session.rows(select(MarketCountryRow.market_id).where(col(MarketCountryRow.country_code) == country))
        )[0]
        excluded = {
            row.product_id
            for row in await session.rows(select(ProductPriceRow).where(col(ProductPriceRow.market_id) == market))
            if not row.is_included
        }
        members = select(CollectionProductRow.product_id).join(
            CollectionRow, col(CollectionRow.id) == CollectionProductRow.collection_id
        )
        shown = set(await session.rows(members.where(col(CollectionRow.handle) == handle)))
        categories = {row.id: row.full_name for row in await session.rows(select(CategoryRow))}
        fields = _by((f.owner_kind, f.owner_id, f) for f in await session.rows(select(MetafieldRow)))
        tags = defaultdict(set)
        for tag in await session.rows(select(ProductTagRow)):
            tags[tag.product_id].add(fold(tag.tag))
        things = {
            row.id: Thing(
                row.id,
                row.product_type,
                row.vendor,
                tags[row.id],
                categories.get(row.category_id or 0, ""),
                fields["product", row.id],
            )
            for row in await session.rows(select(ProductRow))
            if row.id in shown - excluded and row.status == "active" and row.published_at and row.published_at <= now
        }
        options = {row.id: row.name for row in await session.rows(select(OptionRow))}
        values = {row.id: (options[row.option_id], row.name) for row in await session.rows(select(OptionValueRow))}
        prices = select(VariantPriceRow).where(col(VariantPriceRow.market_id) == market)
        costs = {row.variant_id: row.amount for row in await session.rows(prices)}
        stock: dict[int, int] = defaultdict(int)
        for level in await session.rows(select(InventoryLevelRow)):
            stock[level.variant_id] += level.on_hand - level.reserved
        for row in await session.rows(select(VariantRow)):
            if row.product_id in things:
                chosen = [values[id_] for id_ in (row.option1_id, row.option2_id, row.option3_id) if id_]
                piece = Piece(
                    row.inventory_tracker is None or row.inventory_policy == "continue" or stock[row.id] > 0,
                    costs.get(row.id),
                    {name.lower(): value.lower() for name, value in chosen},
                    fields["variant", row.id],
                )
                things[row.product_id].pieces.append(piece)
        currency = (await session.rows(select(MarketRow.currency_code).where(col(MarketRow.id) == market)))[0]
    return Shelf(list(things.values()), categories, 0 if currency == "JPY" else 2)


def _by(owned: Iterable[tuple[str, int, MetafieldRow]]) -> dict[tuple[str, int], Fields]:
    found: dict[tuple[str, int], Fields] = defaultdict(dict)
    for kind, owner, row in owned:
        found[kind, owner][row.namespace, row.key] = row.value
    return found
