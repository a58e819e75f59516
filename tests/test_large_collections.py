"""Collections so large that their products are found on the way through all of the shop's, in order."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.dataset import fill
from db.catalog import CategoryRow, CollectionProductRow, CollectionRow, ProductRow, ProductTagRow
from db.paging import Window, page_per_parent
from db.session import Database, Tally
from db.storefront import (
    LARGE,
    MUCH,
    PRODUCT_ORDERS,
    products_of_large_collection,
    sizes_of_collection,
)
from resolvers.context import Context
from resolvers.events import EventStream
from resolvers.search import ProductFilters, active_filters, conditions_of
from tests.api import Client, serving
from tests.databases import Databases

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
COUNT = LARGE + 300
OF_RARE = 25
"""Each of so many products is by the vendor Rare, the others by Much."""
OUTSIDE = 10
"""Each of so many is in no collection."""
QUERY = """query($sort: ProductCollectionSortKeys!, $reverse: Boolean!, $filters: [ProductFilter!], $after: String) {
  collection(handle: "large") { products(first: 250, after: $after, sortKey: $sort, reverse: $reverse,
    filters: $filters) { pageInfo { hasNextPage endCursor } nodes { title } } } }"""

Product = dict[str, Any]


def product(number: int) -> Product:
    """The order of the titles, of the times and of the ids are three."""
    title, vendor = f"T{number * 7919 % COUNT:05}", "Rare" if number % OF_RARE == 0 else "Much"
    return {
        "id": 1000 + number,
        "handle": f"large-{number}",
        "title": title,
        "title_key": title.lower(),
        "vendor": vendor,
        "vendor_key": vendor.lower(),
        "product_type": (kind := "Lamp" if number % 3 else "Desk"),
        "type_key": kind.lower(),
        "category_id": 1,
        "status": "active",
        "published_at": NOON,
        "created_at": NOON + timedelta(minutes=number * 104_729 % COUNT),
    }


def is_tenth(each: Product) -> bool:
    """Whether it has more than one tag."""
    return bool(each["id"] % 10 == 3)


SHOP = [product(number) for number in range(COUNT)]
INSIDE = [each for each in SHOP if (each["id"] - 1000) % OUTSIDE]


async def large(database: Database) -> None:
    """A shop with a collection of more than `LARGE` products."""
    await fill(database, 3)
    async with database.write() as session:
        await session.add_all(CategoryRow, [{"id": 1, "name": "Home", "full_name": "Home"}])
        await session.add_all(ProductRow, SHOP)
        titled = {"handle": "large", "title": "Large", "title_key": "large", "published_at": NOON}
        await session.add_all(CollectionRow, [{"id": 900, **titled}])
        tagged = [("All", each) for each in SHOP]
        tagged += [(tag, each) for tag in ("Tenth", "Other", "Third") for each in SHOP if is_tenth(each)]
        tags = [{"tag": tag, "tag_key": tag.lower(), "product_id": each["id"], "position": 1} for tag, each in tagged]
        await session.add_all(ProductTagRow, tags)
        places = [{"collection_id": 900, "product_id": each["id"], "position": each["id"]} for each in INSIDE]
        await session.add_all(CollectionProductRow, places)


@pytest.fixture
async def url(backend: str, databases: Databases) -> str:
    """Where that shop is."""
    return await databases.fresh(backend, "large", large)


@pytest.fixture
async def shop(url: str, tmp_path: Path) -> AsyncIterator[Client]:
    """Somebody who asks it."""
    async with serving(url, tmp_path) as client:
        yield client


async def listed(client: Client, variables: dict[str, Any]) -> list[str]:
    """The titles of all pages."""
    titles: list[str] = []
    after, more = None, True
    while more:
        found = (await client.run(QUERY, {**variables, "after": after}))["collection"]["products"]
        titles += [node["title"] for node in found["nodes"]]
        after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
    return titles


FILTERS: dict[str, tuple[list[dict[str, Any]], Callable[[Product], bool]]] = {
    "nothing": ([], lambda each: True),
    "what finds much": ([{"productVendor": "much"}], lambda each: each["vendor"] == "Much"),
    "what finds little": ([{"productVendor": "Rare"}], lambda each: each["vendor"] == "Rare"),
    "much and little": (
        [{"productVendor": "Much"}, {"productType": "desk"}],
        lambda each: each["vendor"] == "Much" and each["product_type"] == "Desk",
    ),
    "a tag that all have": ([{"tag": "ALL"}], lambda each: True),
    "a tag that few have": ([{"tag": "tenth"}], lambda each: is_tenth(each)),
    "several tags": ([{"tag": "all"}, {"tag": "tenth"}, {"tag": "nothing"}], lambda each: True),
    "a tag and a vendor": ([{"tag": "all"}, {"productVendor": "much"}], lambda each: each["vendor"] == "Much"),
    "a category": ([{"category": {"id": "gid://shopify/TaxonomyCategory/1"}}], lambda each: True),
    "several": ([{"productVendor": "Much"}, {"productVendor": "Rare"}], lambda each: True),
}


def test_it_is_large() -> None:
    assert len(INSIDE) >= LARGE
    assert sum(FILTERS["what finds much"][1](each) for each in INSIDE) >= MUCH
    assert 0 < sum(FILTERS["much and little"][1](each) for each in INSIDE) < MUCH


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(("sort", "key"), [("CREATED", "created_at"), ("TITLE", "title"), ("MANUAL", "id")])
async def test_its_pages_are_the_list(shop: Client, name: str, sort: str, key: str) -> None:
    filters, fits = FILTERS[name]
    wanted = [each["title"] for each in sorted(filter(fits, INSIDE), key=lambda each: each[key])]
    for reverse in (False, True):
        found = await listed(shop, {"sort": sort, "reverse": reverse, "filters": filters})
        assert found == (wanted[::-1] if reverse else wanted)


ASKED: list[tuple[dict[str, Any], int, bool]] = [
    ({}, 0, False),
    ({"vendors": ("Much",)}, MUCH, False),
    ({"vendors": ("Rare",)}, sum(each["vendor"] == "Rare" for each in INSIDE), True),
    ({"vendors": ("Much",), "product_types": ("Desk",)}, len([*filter(FILTERS["much and little"][1], INSIDE)]), True),
    ({"tags": ("All",)}, MUCH, False),
    ({"tags": ("Tenth", "Nothing")}, sum(is_tenth(each) for each in INSIDE), True),
    ({"tags": ("Tenth", "Other", "Third")}, sum(is_tenth(each) for each in INSIDE), True),
    ({"vendors": ("Much", "Rare"), "tags": ("All",)}, MUCH, False),
    ({"categories": (1,)}, MUCH, False),
]


@pytest.mark.parametrize(("asked", "met", "sorts"), ASKED)
async def test_sqlite_sorts_what_finds_little_only(
    databases: Databases, asked: dict[str, Any], met: int, sorts: bool
) -> None:
    """It would take the index of what a filter looks up, and sort all that this finds for each page."""
    async with Database(await databases.fresh("sqlite", "large", large)) as database:
        active = active_filters(ProductFilters(**asked), Context(database, EventStream()))
        tally = Tally()
        async with database.read(tally) as session:
            lookups = [each.lookup.found for each in active if each.lookup]
            assert await session.tuples(sizes_of_collection(900, lookups)) == [(LARGE, met)]
        assert "collection_products" not in tally.footprint.tags
        conditions = conditions_of(active, passing=met == MUCH)
        children = products_of_large_collection(None, NOON, 900, with_prices=False, conditions=conditions)
        page = page_per_parent(children, [900], PRODUCT_ORDERS["CREATED_AT"], Window(20))
        text = str(page.compile(dialect=database.engine.dialect, compile_kwargs={"literal_binds": True}))
        no_limits = (-1,) * text.count("?")  # The only ones that the dialect gives beside the text.
        async with database.engine.connect() as connection:
            plan = str((await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", no_limits)).all())
    assert ("USE TEMP B-TREE FOR ORDER BY" in plan) is sorts
