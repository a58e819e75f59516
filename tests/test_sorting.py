"""What sort keys mean: each list beside what the API shows of its rows, or what the database holds and it does not."""

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from math import cos, radians
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import select

from bench.dataset import BEGINNING
from db.base import Row, table_of
from db.catalog import CollectionProductRow, CollectionRow, MediaRow, ProductRow, VariantRow
from db.content import ArticleRow, BlogRow, MetaobjectRow, PageRow
from db.inventory import LocationRow
from db.paging import Order
from db.pricing import ProductPriceRow
from db.reviews import ReviewRow
from db.session import Database
from db.storefront import PRODUCT_ORDERS
from resolvers.text import fold
from tests.api import Client, serving
from tests.databases import Databases
from tests.listing import CASES, LISTS, filled, ids, page

WORDS = (
    "Äpfel",
    "apfel",
    "Zebra",
    "zèbre",
    "Öl",
    "olive-oil",
    "olive oil",
    "Brot",
    "brot",
    "Łódź",
    "_",
    "10",
    "9",
    "ß",
)


async def mixed(db: Database) -> None:
    """The shop of all lists, with everything that sorts its rows given anew, and some of it twice."""
    await filled(db)
    chance = random.Random(7)

    def word() -> str:
        return f"{chance.choice(WORDS)} {chance.choice(WORDS)}"

    def moment() -> Any:
        return BEGINNING + timedelta(hours=chance.randrange(20))

    def titled() -> dict[str, Any]:
        title = word()
        return {"title": title, "title_key": fold(title), "updated_at": moment()}

    def product() -> dict[str, Any]:
        vendor, kind = word(), word()
        named = {"vendor": vendor, "vendor_key": fold(vendor), "product_type": kind, "type_key": fold(kind)}
        return titled() | named | {"created_at": moment(), "sold_count": chance.randrange(9)}

    def article() -> dict[str, Any]:
        author = word()
        return titled() | {"author_name": author, "author_key": fold(author), "published_at": moment()}

    def blog() -> dict[str, Any]:
        return {name: value for name, value in titled().items() if name != "updated_at"}

    given: dict[type[Row], Callable[[], dict[str, Any]]] = {
        ProductRow: product,
        CollectionRow: titled,
        PageRow: titled,
        BlogRow: blog,
        ArticleRow: article,
        VariantRow: lambda: {"title": word(), "sku": chance.choice([None, word()]), "position": chance.randrange(9)},
        MediaRow: lambda: {"position": chance.randrange(9), "created_at": moment()},
        ReviewRow: lambda: {"rating": chance.randint(1, 5), "created_at": moment()},
        LocationRow: lambda: {
            "name": f"{word()} {chance.randrange(10**9)}",
            "city": chance.choice([None, word()]),
            "latitude": chance.uniform(-60, 60),
            "longitude": chance.uniform(-180, 180),
        },
        MetaobjectRow: lambda: {"updated_at": moment()},
        CollectionProductRow: lambda: {"position": chance.randrange(9)},
        ProductPriceRow: lambda: {"minimum": chance.randrange(1, 9) * 100, "maximum": 1000},
    }
    async with db.write() as session:
        for row, make in given.items():
            keys = list(table_of(row).primary_key.columns)
            for known in await session.rows(select(row).order_by(*keys)):
                same = [key == getattr(known, key.name) for key in keys]
                await session.change(update(table_of(row)).where(*same).values(make()))
        for known in await session.rows(select(BlogRow)):
            articles = table_of(ArticleRow)
            of_blog = update(articles).where(articles.c.blog_id == known.id)
            await session.change(of_blog.values(blog_key=known.title_key))


@pytest.fixture
async def shop(backend: str, databases: Databases, tmp_path: Path) -> AsyncIterator[Client]:
    """Somebody who asks a shop in which nothing is in order."""
    async with serving(await databases.fresh(backend, "mixed", mixed), tmp_path) as client:
        yield client


Value = Callable[[dict[str, Any], dict[str, Any]], Any]
"""What a row is sorted by, from what the API shows of it and from what the database holds."""


@dataclass(frozen=True)
class Sorted:
    """What is asked of the rows of a connection, and what each of its sort keys goes by.

    Rows that are alike go by id; so they do where nothing is said. ``down`` are keys whose greatest values come first.
    """

    node: str
    keys: dict[str, Value]
    down: frozenset[str] = frozenset()


def shown(*path: str, by: Callable[[Any], Any] = lambda value: value) -> Value:
    """What the API shows."""

    def value(node: dict[str, Any], row: dict[str, Any]) -> Any:
        found: Any = node
        for name in path:
            found = found[name]
        return by(found)

    return value


def stored(name: str) -> Value:
    """What only the database knows."""
    return lambda node, row: row[name]


def same(node: dict[str, Any], row: dict[str, Any]) -> int:
    """Nothing but the id."""
    return 0


def _lower(text: str | None) -> str:
    return (text or "").lower()


def _away(node: dict[str, Any], row: dict[str, Any]) -> float:
    aside = abs(row["longitude"] + 6.2)
    return ((row["latitude"] - 53.3) ** 2 + (min(aside, 360 - aside) * cos(radians(53.3))) ** 2) ** 0.5


PRICE = shown("priceRange", "minVariantPrice", "amount", by=Decimal)
TITLE = shown("title", by=fold)
PRODUCT = "id title vendor productType createdAt updatedAt priceRange { minVariantPrice { amount } }"
IN_COLLECTION = Sorted(
    f"{{ {PRODUCT} }}",
    {
        "BEST_SELLING": stored("sold_count"),
        "CREATED": shown("createdAt"),
        "ID": same,
        "PRICE": PRICE,
        "TITLE": TITLE,
    }
    | dict.fromkeys(("COLLECTION_DEFAULT", "MANUAL", "RELEVANCE"), stored("position")),
    down=frozenset({"BEST_SELLING"}),
)
ARTICLES = Sorted(
    "{ id title publishedAt authorV2 { name } blog { title } }",
    {
        "AUTHOR": shown("authorV2", "name", by=fold),
        "BLOG_TITLE": shown("blog", "title", by=fold),
        "ID": same,
        "PUBLISHED_AT": shown("publishedAt"),
        "RELEVANCE": same,
        "TITLE": TITLE,
        "UPDATED_AT": stored("updated_at"),
    },
)
UPDATED = {"ID": same, "RELEVANCE": same, "TITLE": TITLE, "UPDATED_AT": shown("updatedAt")}
PLACED = {"ID": same, "POSITION": stored("position"), "RELEVANCE": stored("position")}
SORTS = {
    "QueryRoot.products": Sorted(
        f"{{ {PRODUCT} }}",
        {
            "BEST_SELLING": stored("sold_count"),
            "CREATED_AT": shown("createdAt"),
            "ID": same,
            "PRICE": PRICE,
            "PRODUCT_TYPE": shown("productType", by=fold),
            "RELEVANCE": same,
            "TITLE": TITLE,
            "UPDATED_AT": shown("updatedAt"),
            "VENDOR": shown("vendor", by=fold),
        },
        down=frozenset({"BEST_SELLING"}),
    ),
    "Collection.products": IN_COLLECTION,
    "QueryRoot.collections": Sorted("{ id title updatedAt }", UPDATED),
    "QueryRoot.pages": Sorted("{ id title updatedAt }", UPDATED),
    "QueryRoot.blogs": Sorted(
        "{ id title handle }", {"HANDLE": shown("handle"), "ID": same, "RELEVANCE": same, "TITLE": TITLE}
    ),
    "QueryRoot.articles": ARTICLES,
    "Blog.articles": replace(ARTICLES, keys=ARTICLES.keys | {"BLOG_TITLE": same}),
    "QueryRoot.metaobjects": Sorted("{ id updatedAt }", {'"id"': same, '"updated_at"': shown("updatedAt")}),
    "QueryRoot.locations": Sorted(
        "{ id name address { city } }",
        {
            "CITY": shown("address", "city", by=_lower),
            "DISTANCE": _away,
            "ID": same,
            "NAME": shown("name", by=_lower),
        },
    ),
    "QueryRoot.search": Sorted(f"{{ ... on Product {{ {PRODUCT} }} }}", {"PRICE": PRICE}),
    "Product.variants": Sorted(
        "{ id title sku }", PLACED | {"SKU": shown("sku", by=lambda sku: sku or ""), "TITLE": shown("title")}
    ),
    "Product.images": Sorted("{ id }", PLACED | {"CREATED_AT": stored("created_at")}),
    "Product.media": Sorted("{ id }", PLACED),
    "Product.reviews": Sorted(
        "{ id rating createdAt }",
        {"CREATED_AT": shown("createdAt"), "RATING": shown("rating")},
        down=frozenset({"CREATED_AT", "RATING"}),
    ),
}
RELEVANT = {("QueryRoot.search", "RELEVANCE"), ("QueryRoot.products asked", "RELEVANCE")}
"""What fits best is in the tests of the search."""


def test_every_sort_key_has_a_meaning() -> None:
    assert {(name, sort) for name, sort, _ in CASES if sort} - RELEVANT == {
        (name, sort) for name, known in SORTS.items() for sort in known.keys
    }


async def known_of(client: Client, name: str) -> dict[str, dict[str, Any]]:
    """The database's rows of a list, by id; those of a collection with their places in it."""
    async with client.shop.database.read() as session:
        known = {str(row.id): _columns(row) for row in await session.rows(select(LISTS[name].row))}
        if name == "Collection.products":
            places = table_of(CollectionProductRow).c
            for place in await session.rows(select(CollectionProductRow).where(places.collection_id == 1)):
                known[str(place.product_id)]["position"] = place.position
    return known


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


@pytest.mark.parametrize("name", SORTS)
async def test_lists_are_sorted_by_what_their_rows_show(shop: Client, name: str) -> None:
    sorts, known = SORTS[name], await known_of(shop, name)
    for case in [case for case in CASES if case[0] == name and (name, case[1]) not in RELEVANT]:
        _, sort, reverse = case
        nodes = [edge["node"] for edge in (await page(shop, case, "first: 250", sorts.node))["edges"]]

        def key(node: dict[str, Any], by: Value = sorts.keys[sort]) -> tuple[Any, int]:
            number = node["id"].rpartition("/")[2]
            return by(node, known[number]), int(number)

        values = [key(node) for node in nodes]
        assert len({value for value, _ in values}) > 1 or sorts.keys[sort] is same, case
        assert values == sorted(values, reverse=reverse != (sort in sorts.down)), case


@pytest.mark.parametrize(
    ("own", "sort", "reverse"),
    [
        ("manual", "MANUAL", False),
        ("best-selling", "BEST_SELLING", False),
        ("alpha-asc", "TITLE", False),
        ("alpha-desc", "TITLE", True),
        ("price-asc", "PRICE", False),
        ("price-desc", "PRICE", True),
        ("created", "CREATED", False),
        ("created-desc", "CREATED", True),
    ],
)
async def test_a_collection_has_an_order_of_its_own(shop: Client, own: str, sort: str, reverse: bool) -> None:
    async def listed(sort: str, reverse: bool) -> list[str]:
        return ids(await page(shop, ("Collection.products", sort, reverse), "first: 250"))

    async with shop.shop.database.write() as session:
        await session.change(update(table_of(CollectionRow)).values(sort_order=own))
    wanted = await listed(sort, reverse)
    for default in ("", "COLLECTION_DEFAULT", "RELEVANCE"):
        assert await listed(default, False) == wanted
        assert await listed(default, True) == wanted[::-1]


async def test_prices_sort_in_the_market_that_is_asked_for(shop: Client) -> None:
    text = "query @inContext(country: GB) {{ products(first: 250, sortKey: PRICE{}) {{ nodes {{ {} }} }} }}"
    for turned in (False, True):
        asked = text.format(", reverse: true" if turned else "", PRODUCT)
        prices = [PRICE(node, {}) for node in (await shop.run(asked))["products"]["nodes"]]
        assert prices == sorted(prices, reverse=turned)
        assert len(set(prices)) > 2


@pytest.mark.parametrize(("sort", "field"), [("TITLE", "title"), ("VENDOR", "vendor"), ("PRODUCT_TYPE", "productType")])
async def test_what_is_imported_sorts_as_people_write_it(
    demo: Client, demo_twin: Client, sort: str, field: str
) -> None:
    for client in (demo, demo_twin):
        answer = await client.run(f"{{ products(first: 250, sortKey: {sort}) {{ nodes {{ {field} }} }} }}")
        values = [fold(node[field]) for node in answer["products"]["nodes"]]
        assert values == sorted(values)
        assert len(set(values)) > 10


@pytest.mark.parametrize("order", PRODUCT_ORDERS.values(), ids=PRODUCT_ORDERS)
def test_a_page_of_products_begins_within_an_index(order: Order) -> None:
    # An index has a place for what a page comes after only if all of it is of its own table.
    (table,) = {key.table for key in order.keys}
    columns = [key.name for key in order.keys]
    indexed = [[column.name for column in index.columns] for index in (*table.indexes, table.primary_key)]
    assert any(each[-len(columns) :] == columns for each in indexed)
