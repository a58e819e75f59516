"""What lists of products can be filtered by, and that every count is what the filter then finds, on both databases."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, update
from sqlmodel import col, select

from app.media import FileMediaStore
from bench.dataset import fill
from db import demo as demo_shop
from db.base import table_of
from db.catalog import (
    CategoryRow,
    CollectionProductRow,
    CollectionRow,
    MetafieldRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
)
from db.pricing import MarketRow
from db.search import FilterKind, Wanted, facet_counts
from db.session import Database
from db.shop import ShopRow
from db.storefront import all_products, products_of_collections, visible
from db.translations import TranslationRow
from db.types import utc_now
from resolvers.exchange.folder import import_folder
from resolvers.exchange.offered import OfferError, offered, written
from resolvers.search.sizes import in_order
from tests.api import Client, serving
from tests.databases import Databases
from tests.shelves import Shelf, about, shelf
from tests.transport.node import node

FILTERS = """filters { id label type presentation values { id label count input
  swatch { color image { image { url } } } image { image { url } } } }"""
OF_COLLECTION = f"""query($handle: String!, $filters: [ProductFilter!], $country: CountryCode!)
  @inContext(country: $country) {{
  collection(handle: $handle) {{ products(first: 250, filters: $filters) {{ nodes {{ id }} {FILTERS} }} }} }}"""
OFFERED = [
    {"by": "availability"},
    {"by": "price"},
    {"by": "product_type"},
    {"by": "vendor"},
    {"by": "tag"},
    {"by": "category"},
    {"by": "option"},
    {"by": "product_metafield", "namespace": "custom", "key": "finish"},
    {"by": "product_metafield", "namespace": "custom", "key": "washable"},
    {"by": "variant_metafield", "namespace": "custom", "key": "grade"},
]


async def varied(db: Database) -> None:
    """The synthetic shop with more to filter by: categories, metafields, a second option with odd names."""
    await fill(db, 30)
    async with db.write() as session:
        categories = [(1, "Home"), (2, "Home > Cups"), (3, "Home > Cups > Tall"), (4, "Homeware")]
        await session.add_all(CategoryRow, [{"id": n, "name": path, "full_name": path} for n, path in categories])
        fields = []
        for product in range(1, 31):
            if product % 5:
                await session.change(
                    update(ProductRow).where(col(ProductRow.id) == product).values(category_id=product % 4 + 1)
                )
            common = {"namespace": "custom", "owner_id": product, "owner_kind": "product"}
            finish = {"key": "finish", "value": ("Matt", "Glossy\n“é”")[product % 2], "type": "single_line_text_field"}
            washable = {"key": "washable", "value": ("true", "false")[product % 2], "type": "boolean"}
            fields += [common | finish, *([common | washable] if product % 3 else [])]
        for variant in range(1, 91, 2):
            grade = {"key": "grade", "value": str(variant % 4), "type": "number_integer"}
            fields.append({"namespace": "custom", "owner_id": variant, "owner_kind": "variant"} | grade)
        await session.add_all(MetafieldRow, fields)
        await session.change(update(ShopRow).values(filters=OFFERED))
        await session.change(update(OptionRow).where(col(OptionRow.id) % 2 == 0).values(name="SIZE"))
        await session.change(update(ProductRow).where(col(ProductRow.id) == 30).values(status="draft"))
        few = [{"product_id": 3, "tag": 'A "quoted" tag\\', "tag_key": 'a "quoted" tag\\', "position": 9}]
        await session.add_all(ProductTagRow, few)


async def imported(db: Database, folder: Path) -> None:
    store = FileMediaStore(folder / "media")
    await import_folder(db, store, Path(demo_shop.__file__).parent, is_demo=True)
    async with db.write() as session:
        whole = {"title": "All", "title_key": "all", "handle": "all", "published_at": utc_now()}
        collection = await session.add(CollectionRow, whole)
        products = await session.rows(select(ProductRow.id))
        places = [{"collection_id": collection.id, "product_id": product, "position": 1} for product in products]
        await session.add_all(CollectionProductRow, places)


@dataclass
class Shop:
    """Somebody who asks for a collection, and the plain account of what it holds."""

    client: Client
    handle: str
    country: str
    shelf: Shelf

    async def ask(self, *filters: dict[str, Any]) -> dict[str, Any]:
        variables = {"handle": self.handle, "country": self.country, "filters": list(filters)}
        found: dict[str, Any] = (await self.client.run(OF_COLLECTION, variables))["collection"]["products"]
        return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The two databases in turn, each for all tests of this module."""
    return str(request.param)


@pytest.fixture(scope="module")
async def synthetic(kind: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    url = await databases.fresh(kind, "varied", varied)
    async with serving(url, tmp_path_factory.mktemp("varied")) as client:
        yield Shop(client, "collection-1", "GB", await shelf(client.shop.database, "collection-1", "GB", utc_now()))


@pytest.fixture(scope="module")
async def quillhaven(kind: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    folder = tmp_path_factory.mktemp("quillhaven")
    url = await databases.fresh(kind, "quillhaven", lambda db: imported(db, folder))
    async with serving(url, folder) as client:
        yield Shop(client, "all", "DE", await shelf(client.shop.database, "all", "DE", utc_now()))


def inputs(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(value["input"]) for facet in answer["filters"] for value in facet["values"]]


def numbers(ids: list[dict[str, str]]) -> set[int]:
    return {int(each["id"].rsplit("/", 1)[1]) for each in ids}


async def agree(shop: Shop, filters: list[dict[str, Any]]) -> None:
    """The page, and every count beside it, are what loops over rows find."""
    answer = await shop.ask(*filters)
    assert numbers(answer["nodes"]) == set(shop.shelf.matching(filters)), filters
    for facet in answer["filters"]:
        for value in facet["values"]:
            asked = json.loads(value["input"])
            expected = shop.shelf.count(asked, filters)
            assert value["count"] == expected, (filters, value)


FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PRICES = st.fixed_dictionaries(
    {"price": st.fixed_dictionaries({"min": st.integers(0, 90)}, optional={"max": st.integers(0, 220)})}
)


@FEW
@given(data=st.data())
async def test_counts_are_those_of_plain_loops_in_the_synthetic_shop(synthetic: Shop, data: st.DataObject) -> None:
    known = inputs(await synthetic.ask())
    assert {about(each)[0] for each in known} >= {"available", "price", "category", "productMetafield", "tag"}
    filters = data.draw(st.lists(st.one_of(st.sampled_from(known), PRICES), max_size=5))
    await agree(synthetic, filters)


@FEW
@given(data=st.data())
async def test_counts_are_those_of_plain_loops_in_the_demo_shop(quillhaven: Shop, data: st.DataObject) -> None:
    known = inputs(await quillhaven.ask())
    filters = data.draw(st.lists(st.one_of(st.sampled_from(known), PRICES), max_size=4))
    await agree(quillhaven, filters)


async def test_each_value_of_the_demo_shop_finds_as_many_as_it_says(quillhaven: Shop) -> None:
    answer = await quillhaven.ask()
    kinds = set()
    for facet in answer["filters"]:
        for value in facet["values"]:
            asked = json.loads(value["input"])
            kinds.add(about(asked)[0])
            assert value["count"] == len((await quillhaven.ask(asked))["nodes"]) > 0, value
    assert kinds == {
        "available", "price", "productType", "productVendor", "tag", "category", "variantOption", "productMetafield",
    }  # fmt: skip


async def test_inputs_are_what_javascript_writes_and_the_same_every_time(quillhaven: Shop, synthetic: Shop) -> None:
    texts = []
    for shop in (quillhaven, synthetic):
        answer = await shop.ask()
        assert answer["filters"] == (await shop.ask())["filters"]
        texts += [value["input"] for facet in answer["filters"] for value in facet["values"]]
    script = "for (const t of JSON.parse(process.argv[1])) if (JSON.stringify(JSON.parse(t)) !== t) throw t"
    command = [*node(), "-e", script, json.dumps(texts)]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)


async def test_ids_are_unique_and_read_as_the_reference_has_them(quillhaven: Shop, synthetic: Shop) -> None:
    for shop in (quillhaven, synthetic):
        filters = (await shop.ask())["filters"]
        ids = [facet["id"] for facet in filters]
        values = [value["id"] for facet in filters for value in facet["values"]]
        assert len(set(ids)) == len(ids)
        assert len(set(values)) == len(values)
        for facet in filters:
            assert all(value["id"].startswith(facet["id"]) for value in facet["values"])
    assert [facet["id"] for facet in (await synthetic.ask())["filters"]] == [
        "filter.v.availability", "filter.v.price", "filter.p.product_type", "filter.p.vendor", "filter.p.tag",
        "filter.p.t.category", "filter.v.option.size", "filter.p.m.custom.finish", "filter.p.m.custom.washable",
        "filter.v.m.custom.grade",
    ]  # fmt: skip


def facet_of(answer: dict[str, Any], id_: str) -> dict[str, Any]:
    found: dict[str, Any] = next(facet for facet in answer["filters"] if facet["id"] == id_)
    return found


async def test_types_presentations_and_order(synthetic: Shop, quillhaven: Shop) -> None:
    answer = await synthetic.ask()
    assert [v["label"] for v in facet_of(answer, "filter.v.option.size")["values"]] == ["Small", "Medium", "Large"]
    washable = facet_of(answer, "filter.p.m.custom.washable")
    assert (washable["type"], washable["presentation"]) == ("BOOLEAN", None)
    assert [v["label"] for v in washable["values"]] == ["No", "Yes"]
    price = facet_of(answer, "filter.v.price")
    assert (price["type"], price["presentation"], len(price["values"])) == ("PRICE_RANGE", None, 1)
    vendors = [v["label"] for v in facet_of(answer, "filter.p.vendor")["values"]]
    assert vendors == in_order(vendors)
    assert vendors[:3] == ["Vendor 1", "Vendor 2", "Vendor 3"]
    answer = await quillhaven.ask()
    colours = facet_of(answer, "filter.v.option.colour")
    assert colours["presentation"] == "SWATCH"
    assert {v["swatch"]["color"] for v in colours["values"]} >= {"#2a2a2e", "#dfae9f"}
    patterns = facet_of(answer, "filter.v.option.pattern")
    assert patterns["presentation"] == "IMAGE"
    assert any(v["image"] and v["image"]["image"]["url"] for v in patterns["values"])
    assert facet_of(answer, "filter.p.vendor")["label"] == "Maker"


@pytest.mark.parametrize(
    ("handle", "sizes"),
    [
        ("clothing", ["XS", "S", "S/M", "M", "L", "L/XL", "XL", "XXL", "36\N{EN DASH}38", "45\N{EN DASH}47"]),
        ("garden", ["S", "Small", "S/M", "M", "L", "Large", "L/XL"]),
        ("kitchen", ["350 ml", "450 ml", "0.5 l", "1.2 l", "4.2 l", "6.1 l"]),
    ],
)
async def test_the_demo_shops_sizes_go_from_small_to_large(quillhaven: Shop, handle: str, sizes: list[str]) -> None:
    answer = await quillhaven.client.run(OF_COLLECTION, {"handle": handle, "country": "DE", "filters": []})
    labels = [v["label"] for v in facet_of(answer["collection"]["products"], "filter.v.option.size")["values"]]
    assert [label for label in labels if label in sizes] == sizes


async def test_a_price_range_is_what_the_other_filters_leave_in_the_markets_currency(synthetic: Shop) -> None:
    for filters in ([], [{"available": True}, {"productVendor": "Vendor 7"}], [{"price": {"max": 20}}]):
        value = facet_of(await synthetic.ask(*filters), "filter.v.price")["values"][0]
        others = [each for each in filters if "price" not in each]
        left = set(synthetic.shelf.matching(others))
        prices = [
            piece.price
            for thing in synthetic.shelf.things
            if thing.id in left
            for piece in thing.pieces
            if piece.price is not None and (piece.available or {"available": True} not in others)
        ]
        assert json.loads(value["input"])["price"] == {"min": min(prices) / 100, "max": max(prices) / 100}


async def test_values_stay_while_nothing_has_them_any_more_and_chosen_ones_always(synthetic: Shop) -> None:
    before = facet_of(await synthetic.ask(), "filter.p.vendor")["values"]
    answer = await synthetic.ask(
        {"tag": "tag-7"}, {"productVendor": "Nobody"}, {"variantOption": {"name": "size", "value": "Huge"}}
    )
    after = facet_of(answer, "filter.p.vendor")["values"]
    assert [v["id"] for v in before] == [v["id"] for v in after if v["label"] != "Nobody"]
    assert {v["label"]: v["count"] for v in after}["Nobody"] == 0
    assert {v["count"] for v in after} == {0}
    assert {v["label"]: v["count"] for v in facet_of(answer, "filter.v.option.size")["values"]}["Huge"] == 0


async def test_a_shop_that_has_said_nothing_offers_what_its_products_differ_in(guest: Client) -> None:
    answer = await guest.run(f"{{ products(first: 1) {{ {FILTERS} }} }}")
    assert [facet["id"] for facet in answer["products"]["filters"]] == [
        "filter.v.availability", "filter.v.price", "filter.p.product_type", "filter.p.vendor", "filter.v.option.size",
        "filter.p.tag",
    ]  # fmt: skip
    nothing = await guest.run(f'{{ products(first: 1, query: "vendor:nobody") {{ {FILTERS} }} }}')
    assert nothing["products"]["filters"] == []


async def test_a_search_counts_what_it_finds(guest: Client) -> None:
    query = f'{{ products(first: 250, query: "tag:tag-7 OR vendor:\\"vendor 9\\"") {{ nodes {{ id }} {FILTERS} }} }}'
    found = (await guest.run(query))["products"]
    vendors = facet_of(found, "filter.p.vendor")["values"]
    assert sum(v["count"] for v in vendors) == len(found["nodes"])
    assert {v["label"] for v in vendors} == {"Vendor 7", "Vendor 9", "Vendor 27"}


OF_SEARCH = f"""query($ask: String!, $filters: [ProductFilter!], $unavailable: SearchUnavailableProductsType) {{
  search(query: $ask, first: 250, productFilters: $filters, unavailableProducts: $unavailable) {{
    nodes {{ __typename }} product{FILTERS[0].upper()}{FILTERS[1:]} }} }}"""


async def asked_of(shop: Shop, ask: str, *filters: dict[str, Any], unavailable: str = "LAST") -> Any:
    """What a search answers; its filters under the name that those of lists have."""
    variables = {"ask": ask, "filters": list(filters), "unavailable": unavailable}
    found = (await shop.client.run(OF_SEARCH, variables))["search"]
    return {"filters": found["productFilters"], "found": len([n for n in found["nodes"] if "Product" in n.values()])}


@pytest.mark.parametrize("unavailable", ["LAST", "HIDE"])
async def test_each_value_of_a_search_finds_as_many_as_it_says(quillhaven: Shop, unavailable: str) -> None:
    chosen = {"productVendor": "Harrow & Tide"}
    kinds = set()
    for filters in ([], [chosen]):
        answer = await asked_of(quillhaven, "harbour", *filters, unavailable=unavailable)
        for asked, value in zip(inputs(answer), (v for f in answer["filters"] for v in f["values"]), strict=True):
            kinds.add(about(asked)[0])
            others = [each for each in filters if about(each) != about(asked)]
            found = await asked_of(quillhaven, "harbour", asked, *others, unavailable=unavailable)
            assert value["count"] == found["found"], (filters, value)
    assert {"available", "price", "productVendor", "variantOption"} <= kinds


async def test_a_search_that_finds_no_products_has_no_filters(quillhaven: Shop) -> None:
    for ask in ("zzzzzz", "?!", ""):
        assert (await asked_of(quillhaven, ask, {"available": True}))["filters"] == []
    text = f'{{ search(query: "harbour", first: 3, types: [PAGE]) {{ product{FILTERS[0].upper()}{FILTERS[1:]} }} }}'
    assert (await quillhaven.client.run(text))["search"]["productFilters"] == []


GERMAN = f"""query($filters: [ProductFilter!]) @inContext(language: DE) {{ collection(handle: "collection-1") {{
  products(first: 250, filters: $filters) {{ nodes {{ id }} {FILTERS} }} }} }}"""
IN_GERMAN = {"Size": "Größe", "Small": "Klein", "Large": "Groß"}


async def test_options_are_shown_in_german_and_count_as_in_english(guest: Client) -> None:
    async with guest.shop.database.write() as session:
        await session.change(update(MarketRow).values(languages=["EN", "DE"]))
        named = [
            {"owner_kind": kind, "owner_id": row.id, "field": "name", "language": "DE", "value": IN_GERMAN[row.name]}
            for kind, table in (("option", OptionRow), ("option_value", OptionValueRow))
            for row in await session.rows(select(table))
            if row.name in IN_GERMAN
        ]
        await session.add_all(TranslationRow, named)

    async def ask(query: str, *filters: tuple[str, str]) -> Any:
        options = [{"variantOption": {"name": name, "value": value}} for name, value in filters]
        variables = {"filters": [*options, {"available": True}]}
        return (await guest.run(query, variables))["collection"]["products"]

    english = GERMAN.replace("DE", "EN")
    for chosen in ([], [("Size", "Large")], [("Size", "Large"), ("Size", "Medium")], [("Size", "Huge")]):
        translated = [(IN_GERMAN.get(name, name), IN_GERMAN.get(value, value)) for name, value in chosen]
        wanted = await ask(english, *chosen)
        for filters in (chosen, translated):
            found = await ask(GERMAN, *filters)
            assert found["nodes"] == wanted["nodes"]
            size, expected = (facet_of(answer, "filter.v.option.size") for answer in (found, wanted))
            assert size["label"] == "Größe"
            labels = {value["label"]: value["count"] for value in size["values"]}
            assert labels == {IN_GERMAN.get(v["label"], v["label"]): v["count"] for v in expected["values"]}
            assert {v["input"] for v in size["values"]} == {v["input"] for v in expected["values"]}


async def test_of_a_long_list_the_first_are_counted(guest: Client) -> None:
    now = utc_now()
    of_collections = products_of_collections(None, now, with_prices=False)
    of_shop = all_products(visible(None, now))
    async with guest.shop.database.read() as session:
        counts = []
        for products, parents in ((of_collections, [1, 2]), (of_collections, [1]), (of_shop, [0])):
            wanted = Wanted(frozenset({FilterKind.PRICE}))
            rows = await session.tuples(facet_counts(products, parents, (), wanted, None, most=12))
            counts.append([row[2] for row in sorted(rows)])
        in_second = await session.first(
            select(func.count(col(CollectionProductRow.product_id))).where(CollectionProductRow.collection_id == 2)
        )
    assert in_second is not None
    assert counts == [[12, min(12, in_second)], [12], [12]]
    assert in_second < 12


async def test_collections_asked_together_count_as_each_by_itself(guest: Client) -> None:
    query = f"{{ collections(first: 50) {{ nodes {{ handle products(first: 1) {{ {FILTERS} }} }} }} }}"
    for found in (await guest.run(query))["collections"]["nodes"][:7]:
        alone = await guest.run(OF_COLLECTION, {"handle": found["handle"], "country": "DE", "filters": []})
        assert alone["collection"]["products"]["filters"] == found["products"]["filters"]


def test_sizes_go_from_small_to_large_and_numbers_by_their_value() -> None:
    assert in_order({"XL", "S", "XXS", "M", "One size"}) == ["XXS", "S", "M", "XL", "One size"]
    assert in_order({"100 ml", "20 ml", "3 ml", "Éclair", "eagle"}) == ["3 ml", "20 ml", "100 ml", "eagle", "Éclair"]
    assert in_order({"Medium", "Firm"}) == ["Firm", "Medium"]


@pytest.mark.parametrize(
    "ordered",
    [
        "XS|S|Small|S/M|M|L|Large|L/XL|XL|XXL|3XL|4XL|One size|36|36\N{EN DASH}38|39\N{EN DASH}41|40/41|100",
        "Klein|Mittel|Groß|Einheitsgröße|Kapok",
        "350 ml|45 cl|0.5 l|0,75 l|1 l|1 l refill|1,200 ml|4.2 l|10 l",
        "250 g|500 g|1 kg|1.5 kg|A4|A5",
        "9 mm|80 cm|100 cm|1.2\N{EN DASH}1.5 m|15 m|Long|Regular",
        "3\N{EN DASH}6 months|12\N{EN DASH}18 months|20 cm|1 m|250 ml|3 l can|90 mg|1 kg",
        "36|38|M",
        "Firm|Medium|Soft",
        "400 threads|500 gram|2XL|30xl",
    ],
)
def test_lists_of_several_kinds_are_in_order_too(ordered: str) -> None:
    assert in_order(reversed(ordered.split("|"))) == ordered.split("|")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({}, "by must be one of"),
        ({"by": "colour"}, "by must be one of"),
        ({"by": "option", "name": ""}, "name must be a text"),
        ({"by": "option", "name": 3}, "name must be a text"),
        ({"by": "option", "order": "size"}, "order must be one of label, merchant"),
        ({"by": "option", "presentation": "SWATCH"}, "presentation must be one of image, swatch, text"),
        ({"by": "vendor", "presentation": "text"}, "presentation is not known"),
        ({"by": "product_metafield"}, "key is missing"),
        ({"by": "product_metafield", "key": "details"}, "is of the type json"),
        ({"by": "price"}, "is there twice"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(table: dict[str, Any], reason: str) -> None:
    details = {"owner_kind": "product", "namespace": "custom", "key": "details", "type": "json", "name": "Details"}
    details |= {"is_inferred": False}
    with pytest.raises(OfferError, match=reason):
        offered([{"by": "price"}, table], [details])


def test_a_setting_is_kept_as_it_is_written() -> None:
    finish = {"owner_kind": "product", "namespace": "custom", "key": "finish", "name": "Finish", "is_inferred": False}
    definitions = [finish | {"type": "single_line_text_field"}]
    tables = [
        {"by": "option", "name": " Size ", "order": "merchant", "presentation": "image"},
        {"by": "product_metafield", "key": "finish"},
        {"by": "vendor", "label": "Maker"},
    ]
    kept = offered(tables, definitions)
    assert offered([written(entry, {}) for entry in kept], definitions) == kept
    assert offered([written(entry, {}) for entry in kept], []) == kept
    assert kept == [
        {"by": "option", "name": "Size", "presentation": "IMAGE", "order": "merchant"},
        {"by": "product_metafield", "namespace": "custom", "key": "finish", "label": "Finish"},
        {"by": "vendor", "label": "Maker"},
    ]


async def test_the_merchants_order_of_an_options_values(backend: str, databases: Databases, tmp_path: Path) -> None:
    async def turned(db: Database) -> None:
        await fill(db, 4)
        async with db.write() as session:
            await session.change(
                update(ShopRow).values(filters=[{"by": "option", "name": "Size", "order": "merchant"}])
            )
            value = table_of(OptionValueRow)
            await session.change(update(value).values(position=4 - value.c.position))

    url = await databases.fresh(backend, "turned", turned)
    async with serving(url, tmp_path) as client:
        (facet,) = (await client.run(f"{{ products(first: 1) {{ {FILTERS} }} }}"))["products"]["filters"]
        assert [value["label"] for value in facet["values"]] == ["Large", "Medium", "Small"]
