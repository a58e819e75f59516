"""Choosing among variants: products with every shape of options, against the same rules in plain Python."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product as combinations
from pathlib import Path
from typing import Any

import pytest

from bench.dataset import BEGINNING, fill
from db.catalog import OptionRow, OptionValueRow, ProductRow, VariantRow
from db.inventory import InventoryLevelRow, InventoryMovementRow
from db.pricing import ProductPriceRow, VariantPriceRow
from db.session import Database
from resolvers.catalog.encoding import encode_variants
from tests.api import Client, serving
from tests.databases import Databases

NAMES = ("Colour", "Size", "Cut")
SHAPES = ((1,), (4,), (2, 3), (4, 4), (1, 5), (2, 2, 2), (3, 2, 4), (4, 1, 3))
FIRST = 1000
"""The number of the first of these products; its options, values and variants are numbered from thousands of it on."""


@dataclass(frozen=True)
class Variant:
    """A combination of values by their places, and whether it can be bought."""

    id: int
    path: tuple[int, ...]
    free: bool

    @property
    def gid(self) -> str:
        return f"gid://shopify/ProductVariant/{self.id}"


@dataclass(frozen=True)
class Product:
    """A product of one shape, with some of the possible variants in any order."""

    number: int
    shape: tuple[int, ...]
    variants: tuple[Variant, ...]

    @property
    def handle(self) -> str:
        return f"shape-{self.number}"

    def value_id(self, option: int, place: int) -> int:
        return self.number * 1000 + option * 100 + place

    def first(self, chosen: dict[int, int]) -> Variant | None:
        """Of those with the chosen values the first that is free, else with them, else the first free, else of all."""
        fitting = [v for v in self.variants if all(v.path[option] == place for option, place in chosen.items())]
        for among in (fitting, self.variants):
            if among:
                return next((v for v in among if v.free), among[0])
        return None

    def adjacent(self, path: tuple[int, ...]) -> set[str]:
        return {v.gid for v in self.variants if sum(a != b for a, b in zip(v.path, path, strict=True)) == 1}


def made() -> list[Product]:
    """The same products each time."""
    dice = random.Random(7)
    products = []
    for number, shape in enumerate(SHAPES, start=FIRST):
        paths = list(combinations(*map(range, shape)))
        kept = dice.sample(paths, max(1, len(paths) * 2 // 3))
        ids = range(number * 1000, number * 1000 + len(kept))
        products.append(
            Product(number, shape, tuple(Variant(i, p, dice.random() < 0.6) for i, p in zip(ids, kept, strict=True)))
        )
    return products


PRODUCTS = made()


async def stock_up(db: Database) -> None:
    """The synthetic shop, with those products beside its own."""
    await fill(db, 1)
    async with db.write() as session:
        for made_one in PRODUCTS:
            n = made_one.number
            named = {"title": f"Shape {n}", "title_key": f"shape {n}", "published_at": BEGINNING}
            await session.add_all(ProductRow, [{"id": n, "handle": made_one.handle, **named}])
            options = range(len(made_one.shape))
            await session.add_all(
                OptionRow, [{"id": n * 10 + o, "product_id": n, "position": o + 1, "name": NAMES[o]} for o in options]
            )
            values = [(o, place) for o in options for place in range(made_one.shape[o])]
            await session.add_all(
                OptionValueRow,
                [
                    {
                        "id": made_one.value_id(o, p),
                        "option_id": n * 10 + o,
                        "position": p + 1,
                        "name": f"{NAMES[o]} {p}",
                    }
                    for o, p in values
                ],
            )
            await session.add_all(VariantRow, [_row(made_one, place, v) for place, v in enumerate(made_one.variants)])
            ids = [v.id for v in made_one.variants]
            priced = [{"market_id": m, "variant_id": i, "product_id": n, "amount": 100} for i in ids for m in (1, 2)]
            await session.add_all(VariantPriceRow, priced)
            ranges = {"product_id": n, "minimum": 100, "maximum": 100}
            await session.add_all(ProductPriceRow, [ranges | {"market_id": m} for m in (1, 2)])
            places = [({"variant_id": v.id, "location_id": 1}, 3 if v.free else 0) for v in made_one.variants]
            await session.add_all(InventoryLevelRow, [place | {"on_hand": count} for place, count in places])
            await session.add_all(
                InventoryMovementRow, [place | {"delta": count, "reason": "import"} for place, count in places]
            )


def _value(option: int, place: int) -> str:
    return f"{NAMES[option]} {place}"


def _row(of: Product, place: int, variant: Variant) -> dict[str, Any]:
    chosen = [of.value_id(option, value) for option, value in enumerate(variant.path)]
    columns = dict(zip(("option1_id", "option2_id", "option3_id"), [*chosen, None, None], strict=False))
    title = " / ".join(_value(o, place) for o, place in enumerate(variant.path))
    return {
        "id": variant.id,
        "product_id": of.number,
        "position": place + 1,
        "title": title,
        "inventory_tracker": "shopify",
        **columns,
    }


@pytest.fixture
async def shop(backend: str, databases: Databases, tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(await databases.fresh(backend, "shapes", stock_up), tmp_path) as client:
        yield client


def options(chosen: dict[int, int]) -> str:
    return ", ".join(f'{{name: "{NAMES[o]}", value: "{_value(o, place)}"}}' for o, place in chosen.items())


@pytest.mark.parametrize("one", PRODUCTS, ids=lambda one: "x".join(map(str, one.shape)))
async def test_every_selection_at_once(shop: Client, one: Product) -> None:
    """All selections of one product in one operation: none may answer another's question."""
    paths = list(combinations(*[(None, *range(width)) for width in one.shape]))
    chosen = [{o: place for o, place in enumerate(path) if place is not None} for path in paths]
    fields = " ".join(
        f"f{n}: selectedOrFirstAvailableVariant(selectedOptions: [{options(these)}]) {{ id }}"
        f" e{n}: variantBySelectedOptions(selectedOptions: [{options(these)}]) {{ id }}"
        for n, these in enumerate(chosen)
    )
    found = (await shop.run(f'{{ product(handle: "{one.handle}") {{ {fields} }} }}'))["product"]
    by_path = {v.path: v for v in one.variants}
    for n, these in enumerate(chosen):
        first = one.first(these)
        assert first is not None
        assert found[f"f{n}"] == {"id": first.gid}, these
        exact = by_path.get(tuple(these.values())) if len(these) == len(one.shape) else None
        assert found[f"e{n}"] == (exact and {"id": exact.gid}), these


@pytest.mark.parametrize("one", PRODUCTS, ids=lambda one: "x".join(map(str, one.shape)))
async def test_what_lies_beside_each_selection(shop: Client, one: Product) -> None:
    paths = list(combinations(*map(range, one.shape)))
    fields = " ".join(
        f"a{n}: adjacentVariants(selectedOptions: [{options(dict(enumerate(path)))}]) {{ id }}"
        for n, path in enumerate(paths)
    )
    found = (await shop.run(f'{{ product(handle: "{one.handle}") {{ {fields} none: adjacentVariants {{ id }} }} }}'))[
        "product"
    ]
    for n, path in enumerate(paths):
        assert {v["id"] for v in found[f"a{n}"]} == one.adjacent(path), path
    first = one.first({})
    assert first is not None
    assert {v["id"] for v in found["none"]} == one.adjacent(first.path)


SELECT = """query($handle: String!, $options: [SelectedOptionInput!]!, $lax: Boolean, $any: Boolean) {
  product(handle: $handle) {
    first: selectedOrFirstAvailableVariant(
      selectedOptions: $options, ignoreUnknownOptions: $lax, caseInsensitiveMatch: $any) { id }
    exact: variantBySelectedOptions(
      selectedOptions: $options, ignoreUnknownOptions: $lax, caseInsensitiveMatch: $any) { id }
    adjacent: adjacentVariants(
      selectedOptions: $options, ignoreUnknownOptions: $lax, caseInsensitiveMatch: $any) { id } } }"""

ONE = next(product for product in PRODUCTS if product.shape == (4, 4))
OTHER = ONE.variants[-1]
"""A variant that would not be found by chance: it is not the first that can be bought."""
WHOLE = [{"name": NAMES[option], "value": _value(option, place)} for option, place in enumerate(OTHER.path)]
JUNK = {"name": "utm_source", "value": "letter"}


async def select(shop: Client, chosen: list[dict[str, str]], lax: bool, any_case: bool) -> tuple[Any, Any, set[str]]:
    variables = {"handle": ONE.handle, "options": chosen, "lax": lax, "any": any_case}
    found = (await shop.run(SELECT, variables))["product"]
    first, exact = (found[name] and found[name]["id"] for name in ("first", "exact"))
    return first, exact, {variant["id"] for variant in found["adjacent"]}


async def test_what_a_storefront_has_beside_options_in_its_address_is_ignored(shop: Client) -> None:
    first = ONE.first({})
    assert first is not None
    assert first != OTHER
    found = (OTHER.gid, OTHER.gid, ONE.adjacent(OTHER.path))
    assert await select(shop, [*WHOLE, JUNK], lax=True, any_case=False) == found
    nothing = (first.gid, None, ONE.adjacent(first.path))
    assert await select(shop, [JUNK], lax=True, any_case=False) == nothing
    assert await select(shop, [], lax=True, any_case=False) == nothing
    assert await select(shop, [], lax=False, any_case=False) == nothing
    gone = [WHOLE[0], {"name": NAMES[1], "value": "Size 99"}]
    assert await select(shop, gone, lax=True, any_case=False) == nothing


async def test_unknown_options_find_nothing_unless_they_are_ignored(shop: Client) -> None:
    for chosen in ([*WHOLE, JUNK], [JUNK], [WHOLE[0], {"name": NAMES[1], "value": "Size 99"}]):
        assert await select(shop, chosen, lax=False, any_case=True) == (None, None, set())


async def test_case_matters_unless_it_is_said_not_to(shop: Client) -> None:
    loud = [{name: text.upper() for name, text in option.items()} for option in WHOLE]
    found = (OTHER.gid, OTHER.gid, ONE.adjacent(OTHER.path))
    assert await select(shop, loud, lax=False, any_case=True) == found
    assert await select(shop, [*loud, JUNK], lax=True, any_case=True) == found
    assert await select(shop, loud, lax=False, any_case=False) == (None, None, set())


async def test_of_an_option_named_twice_the_last_counts(shop: Client) -> None:
    earlier = [{"name": NAMES[0], "value": _value(0, place)} for place in range(4) if place != OTHER.path[0]]
    found = (OTHER.gid, OTHER.gid, ONE.adjacent(OTHER.path))
    assert await select(shop, [*earlier, *WHOLE], lax=False, any_case=False) == found
    assert await select(shop, [*earlier, *WHOLE] * 20, lax=False, any_case=False) == found


async def test_a_whole_listing_asks_once_for_each_size_of_selection(shop: Client) -> None:
    query = """{ products(first: 20, query: "handle:shape-*") { nodes { handle encodedVariantExistence
      encodedVariantAvailability selectedOrFirstAvailableVariant { id }
      options { name optionValues { id name firstSelectableVariant { id } } } } } }"""
    nodes = {node["handle"]: node for node in (await shop.run(query))["products"]["nodes"]}
    assert len(nodes) == len(PRODUCTS)
    for one in PRODUCTS:
        node = nodes[one.handle]
        first = one.first({})
        assert first is not None
        assert node["selectedOrFirstAvailableVariant"] == {"id": first.gid}
        assert node["encodedVariantExistence"] == encode_variants(v.path for v in one.variants)
        assert node["encodedVariantAvailability"] == encode_variants(v.path for v in one.variants if v.free)
        for option, shown in enumerate(node["options"]):
            assert shown["name"] == NAMES[option]
            for place, value in enumerate(shown["optionValues"]):
                having = sorted((v for v in one.variants if v.path[option] == place), key=lambda v: v.path)
                expected = {"id": having[0].gid} if having else None
                assert value["firstSelectableVariant"] == expected, (one.handle, value)


async def test_availability_follows_the_stock(shop: Client) -> None:
    one = next(product for product in PRODUCTS if len(product.shape) == 3)
    free = next(v for v in one.variants if v.free)
    buy = f'mutation {{ demoBuy(merchandiseId: "{free.gid}", quantity: 3) {{ userErrors {{ message }} }} }}'
    assert (await shop.run(buy))["demoBuy"]["userErrors"] == []
    query = f'{{ product(handle: "{one.handle}") {{ availableForSale encodedVariantAvailability }} }}'
    left = [v.path for v in one.variants if v.free and v != free]
    expected = {"availableForSale": bool(left), "encodedVariantAvailability": encode_variants(left)}
    assert (await shop.run(query))["product"] == expected


async def test_a_variant_says_what_it_is_made_of(shop: Client) -> None:
    ids = [v.gid for one in PRODUCTS for v in one.variants][:250]
    query = (
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on ProductVariant { title selectedOptions { name value } } } }"
    )
    nodes = (await shop.run(query, {"ids": ids}))["nodes"]
    for node in nodes:
        assert node["title"] == " / ".join(chosen["value"] for chosen in node["selectedOptions"]), json.dumps(node)
        assert [chosen["name"] for chosen in node["selectedOptions"]] == list(NAMES[: len(node["selectedOptions"])])


async def test_a_product_without_variants_has_none(shop: Client) -> None:
    async with shop.shop.database.write() as session:
        bare = {"id": 5000, "handle": "bare", "title": "Bare", "title_key": "bare", "published_at": BEGINNING}
        await session.add_all(ProductRow, [bare])
    query = """{ product(handle: "bare") { availableForSale totalInventory options { name } featuredImage { url }
      selectedOrFirstAvailableVariant { id } adjacentVariants { id }
      variantBySelectedOptions(selectedOptions: []) { id } encodedVariantExistence
      priceRange { minVariantPrice { amount currencyCode } } variants(first: 9) { nodes { id } }
      rating { average count } tags } }"""
    assert (await shop.run(query))["product"] == {
        "availableForSale": False,
        "totalInventory": None,
        "options": [],
        "featuredImage": None,
        "selectedOrFirstAvailableVariant": None,
        "adjacentVariants": [],
        "variantBySelectedOptions": None,
        "encodedVariantExistence": "",
        "priceRange": {"minVariantPrice": {"amount": "0.0", "currencyCode": "EUR"}},
        "variants": {"nodes": []},
        "rating": {"average": None, "count": 0},
        "tags": [],
    }
