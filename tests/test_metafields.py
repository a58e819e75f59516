"""Metafields: named values, what they refer to, and pages of what lists refer to."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench.dataset import fill
from db.catalog import MediaRow, MetafieldRow
from db.session import Database
from tests.api import Client, serving
from tests.databases import Databases


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


MIXED = [gid("Product", 3), gid("Product", 99), gid("Product", 4), gid("Product", 5), gid("Product", 6)]
VALUES = {
    "number": ("number_integer", "7"),
    "other": ("product_reference", gid("Product", 3)),
    "variant": ("variant_reference", gid("ProductVariant", 4)),
    "collection": ("collection_reference", gid("Collection", 2)),
    "picture": ("file_reference", gid("MediaImage", 2)),
    "film": ("file_reference", gid("Video", 900)),
    "gone": ("product_reference", gid("Product", 99)),
    "page": ("page_reference", gid("Page", 1)),
    "broken": ("product_reference", "gid://shopify/Product/²"),
    "list": ("list.product_reference", orjson.dumps(MIXED).decode()),
    "empty": ("list.product_reference", "[]"),
    "colours": ("list.color", '["#FFFFFF"]'),
}


async def describe(db: Database) -> None:
    await fill(db, 8)
    async with db.write() as session:
        film = {"id": 900, "product_id": 1, "kind": "VIDEO", "position": 9, "source": "https://cdn.example/film.jpg"}
        await session.add_all(MediaRow, [film])
        for owner, number in (("product", 1), ("variant", 1), ("collection", 1), ("shop", 1)):
            of = {"owner_kind": owner, "owner_id": number, "namespace": "about"}
            await session.add_all(
                MetafieldRow, [of | {"key": key, "type": kind, "value": value} for key, (kind, value) in VALUES.items()]
            )


@pytest.fixture
async def shop(backend: str, databases: Databases, tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(await databases.fresh(backend, "described", describe), tmp_path) as client:
        yield client


OWNERS = {
    "product": 'product(handle: "product-1")',
    "variant": 'node(id: "gid://shopify/ProductVariant/1")',
    "collection": 'collection(handle: "collection-1")',
    "shop": "shop",
}
REFERENCED = {
    "number": None,
    "other": gid("Product", 3),
    "variant": gid("ProductVariant", 4),
    "collection": gid("Collection", 2),
    "picture": gid("MediaImage", 2),
    "film": gid("Video", 900),
    "gone": None,
    "page": gid("Page", 1),
    "broken": None,
    "list": None,
    "empty": None,
    "colours": None,
}


@pytest.mark.parametrize("owner", OWNERS)
async def test_a_reference_is_what_it_refers_to(shop: Client, owner: str) -> None:
    names = ", ".join(f'{{namespace: "about", key: "{key}"}}' for key in [*VALUES, "none"])
    fields = f"metafields(identifiers: [{names}]) {{ key type value namespace reference {{ ... on Node {{ id }} }} }}"
    found = await shop.run(f"{{ owner: {OWNERS[owner]} {{ ... on HasMetafields {{ {fields} }} }} }}")
    metafields = found["owner"]["metafields"]
    assert metafields[-1] is None
    for (key, (kind, value)), shown in zip(VALUES.items(), metafields, strict=False):
        assert (shown["key"], shown["type"], shown["value"], shown["namespace"]) == (key, kind, value, "about")
        assert (shown["reference"] or {"id": None})["id"] == REFERENCED[key], key


LIST = """query($first: Int, $after: String, $last: Int, $before: String) { product(handle: "product-1") {
  metafield(namespace: "about", key: "list") { references(first: $first, after: $after, last: $last, before: $before) {
    nodes { ... on Product { id } } edges { cursor }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }"""


async def page(shop: Client, **args: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.run(LIST, args))["product"]["metafield"]["references"]
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 250])
async def test_pages_of_a_list_are_the_list(shop: Client, size: int) -> None:
    found: list[str] = []
    after = None
    while True:
        one = await page(shop, first=size, after=after)
        found += [node["id"] for node in one["nodes"]]
        if not one["pageInfo"]["hasNextPage"]:
            break
        after = one["pageInfo"]["endCursor"]
    assert found == [reference for reference in MIXED if not reference.endswith("/99")]
    back: list[str] = []
    before = None
    while True:
        one = await page(shop, last=size, before=before)
        back = [node["id"] for node in one["nodes"]] + back
        if not one["pageInfo"]["hasPreviousPage"]:
            break
        before = one["pageInfo"]["startCursor"]
    assert back == found


REFUSED = [
    {},
    {"first": -1},
    {"last": -1},
    {"first": 251},
    {"first": 1, "last": 1},
    {"first": 1, "after": "no cursor"},
    {"first": 1, "after": "²"},
    {"first": 1, "after": "-1"},
    {"last": 1, "before": "9" * 30},
]


@pytest.mark.parametrize("args", REFUSED, ids=str)
async def test_what_makes_no_sense_is_told(shop: Client, args: dict[str, Any]) -> None:
    error = await shop.refused(LIST, args)
    assert error["extensions"]["code"] in ("BAD_REQUEST", "LIMIT_EXCEEDED")


async def test_what_is_no_list_has_no_references(shop: Client) -> None:
    fields = " ".join(
        f'{key}: metafield(namespace: "about", key: "{key}") {{ references(first: 9) {{ nodes {{ __typename }} }} }}'
        for key in ("number", "other", "colours", "empty")
    )
    found = (await shop.run(f'{{ product(handle: "product-1") {{ {fields} }} }}'))["product"]
    assert [found[key]["references"] for key in ("number", "other", "colours")] == [None] * 3
    assert found["empty"]["references"] == {"nodes": []}


async def test_a_list_takes_a_statement_for_each_kind_and_not_for_each_item(shop: Client) -> None:
    assert await shop.statements(LIST, {"first": 1}) == await shop.statements(LIST, {"first": 5}) == 3


async def test_without_a_namespace_it_is_custom(shop: Client) -> None:
    query = '{ product(handle: "product-1") { metafield(key: "care") { namespace value description createdAt } } }'
    found = (await shop.run(query))["product"]["metafield"]
    assert (found["namespace"], found["value"]) == ("custom", "Care for 1")
