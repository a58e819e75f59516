"""Keyset paging: every row once, in both directions, by every sort key, while other rows arrive."""

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.dataset import fill
from tests.api import Client, serving
from tests.databases import Databases

LISTS = {
    "products": ("products({args}, sortKey: {sort}, reverse: {reverse})", ("products",)),
    "collections": ("collections({args}, sortKey: {sort}, reverse: {reverse})", ("collections",)),
    "collection": (
        'collection(handle: "collection-1") {{ products({args}, sortKey: {sort}, reverse: {reverse}) {{ {page} }} }}',
        ("collection", "products"),
    ),
    "pages": ("pages({args}, sortKey: {sort}, reverse: {reverse})", ("pages",)),
    "blogs": ("blogs({args}, sortKey: {sort}, reverse: {reverse})", ("blogs",)),
    "articles": ("articles({args}, sortKey: {sort}, reverse: {reverse})", ("articles",)),
    "blog": (
        'blog(handle: "blog-1") {{ articles({args}, sortKey: {sort}, reverse: {reverse}) {{ {page} }} }}',
        ("blog", "articles"),
    ),
    "metaobjects": (
        'metaobjects(type: "fact", {args}, sortKey: "{sort}", reverse: {reverse})',
        ("metaobjects",),
    ),
    "redirects": ("urlRedirects({args}, reverse: {reverse})", ("urlRedirects",)),
    "locations": (
        "locations({args}, sortKey: {sort}, reverse: {reverse}, near: {{latitude: 53.3, longitude: -6.2}})",
        ("locations",),
    ),
    "variants": (
        'product(handle: "product-7") {{ variants({args}, sortKey: {sort}, reverse: {reverse}) {{ {page} }} }}',
        ("product", "variants"),
    ),
    "images": (
        'product(handle: "product-7") {{ images({args}, sortKey: {sort}, reverse: {reverse}) {{ {page} }} }}',
        ("product", "images"),
    ),
    "media": (
        'product(handle: "product-7") {{ media({args}, sortKey: {sort}, reverse: {reverse}) {{ {page} }} }}',
        ("product", "media"),
    ),
    "reviews": (
        'product(handle: "product-7") {{ reviews({args}, sortKey: {sort}, reverse: {reverse}) {{ {page} }} }}',
        ("product", "reviews"),
    ),
}
SORTS = {
    "products": "BEST_SELLING CREATED_AT ID PRICE PRODUCT_TYPE RELEVANCE TITLE UPDATED_AT VENDOR",
    "collections": "ID RELEVANCE TITLE UPDATED_AT",
    "collection": "BEST_SELLING COLLECTION_DEFAULT CREATED ID MANUAL PRICE RELEVANCE TITLE",
    "pages": "ID RELEVANCE TITLE UPDATED_AT",
    "blogs": "HANDLE ID RELEVANCE TITLE",
    "articles": "AUTHOR BLOG_TITLE ID PUBLISHED_AT RELEVANCE TITLE UPDATED_AT",
    "blog": "AUTHOR ID PUBLISHED_AT TITLE",
    "metaobjects": "id updated_at",
    "redirects": "ID",
    "locations": "CITY DISTANCE ID NAME",
    "variants": "ID POSITION RELEVANCE SKU TITLE",
    "images": "CREATED_AT ID POSITION RELEVANCE",
    "media": "ID POSITION RELEVANCE",
    "reviews": "CREATED_AT RATING",
}
CASES = [(name, sort) for name, sorts in SORTS.items() for sort in sorts.split()]
PAGE = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


async def page(client: Client, name: str, sort: str, reverse: bool, args: str) -> dict[str, Any]:
    field, path = LISTS[name]
    text = field.format(args=args, sort=sort, reverse=str(reverse).lower(), page=PAGE)
    answer: Any = await client.run(f"{{ {text} {{ {PAGE} }} }}" if len(path) == 1 else f"{{ {text} }}")
    for part in path:
        answer = answer[part]
    found: dict[str, Any] = answer
    return found


async def walk(client: Client, name: str, sort: str, reverse: bool, size: int, backwards: bool) -> list[str]:
    """Every id, page by page, in the order of the list."""
    ids: list[str] = []
    cursor, more = None, True
    while more:
        place = f', {"before" if backwards else "after"}: "{cursor}"' if cursor else ""
        answer = await page(client, name, sort, reverse, f"{'last' if backwards else 'first'}: {size}{place}")
        found = [edge["node"]["id"] for edge in answer["edges"]]
        info = answer["pageInfo"]
        assert len(found) <= size
        assert info["startCursor"] == (answer["edges"][0]["cursor"] if found else None)
        assert info["hasNextPage" if backwards else "hasPreviousPage"] is (cursor is not None)
        ids = found + ids if backwards else ids + found
        cursor, more = (
            info["startCursor" if backwards else "endCursor"],
            info["hasPreviousPage" if backwards else "hasNextPage"],
        )
    return ids


@pytest.mark.parametrize(("name", "sort"), CASES)
@pytest.mark.parametrize("reverse", [False, True])
async def test_pages_in_both_directions_are_the_list(guest: Client, name: str, sort: str, reverse: bool) -> None:
    whole = [edge["node"]["id"] for edge in (await page(guest, name, sort, reverse, "first: 250"))["edges"]]
    assert len(whole) == len(set(whole)) > 1
    size = max(1, len(whole) // 3)
    assert await walk(guest, name, sort, reverse, size, backwards=False) == whole
    assert await walk(guest, name, sort, reverse, size, backwards=True) == whole


@pytest.mark.parametrize(("name", "sort"), CASES)
async def test_reversed_is_the_list_from_its_end(guest: Client, name: str, sort: str) -> None:
    there = [edge["node"]["id"] for edge in (await page(guest, name, sort, False, "first: 250"))["edges"]]
    back = [edge["node"]["id"] for edge in (await page(guest, name, sort, True, "first: 250"))["edges"]]
    assert back == there[::-1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.sampled_from(CASES), reverse=st.booleans(), size=st.integers(1, 40), backwards=st.booleans())
async def test_any_size_finds_every_row_once(
    demo: Client, case: tuple[str, str], reverse: bool, size: int, backwards: bool
) -> None:
    name, sort = case
    if name in ("products", "collections"):
        found = await walk(demo, name, sort, reverse, size, backwards)
        assert len(found) == len(set(found)) > 20


@pytest.mark.parametrize("sort", ["ID", "TITLE", "VENDOR", "CREATED_AT", "PRICE", "BEST_SELLING"])
async def test_every_old_row_comes_once_while_others_arrive(
    backend: str, databases: Databases, tmp_path: Any, sort: str
) -> None:
    url = await databases.fresh(backend, "synthetic", lambda db: fill(db, 30))
    async with serving(url, tmp_path) as client:
        old = {edge["node"]["id"] for edge in (await page(client, "products", sort, False, "first: 250"))["edges"]}
        seen: list[str] = []
        cursor, more, count = None, True, 30
        while more:
            answer = await page(
                client, "products", sort, False, "first: 7" + (f', after: "{cursor}"' if cursor else "")
            )
            seen += [edge["node"]["id"] for edge in answer["edges"]]
            cursor, more = answer["pageInfo"]["endCursor"], answer["pageInfo"]["hasNextPage"]
            if count < 60:
                await fill(client.shop.database, 10, after=count)
                count += 10
    assert len(seen) == len(set(seen))
    assert old <= set(seen)


BAD = [
    ("", "first or last"),
    ("first: 1, last: 1", "only one"),
    ("first: -1", "0 to 250"),
    ("last: -1", "0 to 250"),
    ('first: 1, after: "rubbish"', "not a cursor"),
    ('first: 1, after: ""', "not a cursor"),
    ('first: 1, after: "%%%"', "not a cursor"),
    ('first: 1, before: "WzFd"', "another list"),
]


@pytest.mark.parametrize(("args", "word"), BAD)
async def test_what_makes_no_sense_is_told(guest: Client, args: str, word: str) -> None:
    error = await guest.refused(
        f"{{ products({args}) {{ nodes {{ id }} }} }}" if args else "{ products { nodes { id } } }"
    )
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert word in error["message"]


async def test_a_page_of_251_is_refused_before_it_runs(guest: Client) -> None:
    error = await guest.refused("{ products(first: 251) { nodes { id } } }")
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"


async def test_a_page_of_nothing_is_empty(guest: Client) -> None:
    answer = await page(guest, "products", "ID", False, "first: 0")
    assert answer["edges"] == []
    assert answer["pageInfo"]["endCursor"] is None


async def test_forged_cursors_are_refused_and_reach_no_statement(guest: Client) -> None:
    async def told(content: bytes, sort: str = "TITLE") -> str:
        cursor = base64.urlsafe_b64encode(content).decode().rstrip("=")
        error = await guest.refused(
            f'{{ products(first: 1, sortKey: {sort}, after: "{cursor}") {{ nodes {{ id }} }} }}'
        )
        code: str = error["extensions"]["code"]
        return code

    for content in (
        b'["products.title", "a"]',
        b'["products.title", "a", "b"]',
        b'["products.title", 1, 2]',
        b'["products.title", "a\\u0000", 2]',
        b'["products.title", null, 2]',
        b'["products.title", "a", 99999999999999999999]',
        b'["products.title", "a", true]',
        b'["products.price", 1, 2]',
        b'{"a": 1}',
        b"[]",
        b"17",
        b'["products.title", ["a"], 2]',
        b'["products.title", "\\ud800", 2]',
    ):
        assert await told(content) == "BAD_REQUEST", content
    for moment in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00", "yesterday"):
        assert await told(f'["products.updated", "{moment}", 2]'.encode(), "UPDATED_AT") == "BAD_REQUEST", moment
