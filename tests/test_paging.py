"""Keyset paging: every row once, in both directions, by every sort key, while others arrive, move and go."""

import base64
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api import Client, serving
from tests.databases import Databases
from tests.listing import BEGINNINGS, CASES, EMPTY, LISTS, Meddler, connections, field_of, filled, ids, page

Case = tuple[str, str, bool]
PRODUCTS = ("QueryRoot.products", "ID", False)


@pytest.fixture
async def shop(backend: str, databases: Databases, tmp_path: Any) -> AsyncIterator[Client]:
    """Somebody who asks a shop that has some of everything."""
    async with serving(await databases.fresh(backend, "listed", filled), tmp_path) as client:
        yield client


def test_every_connection_is_paged_through() -> None:
    assert {field_of(name) for name in LISTS} == set(connections()) - EMPTY


@pytest.mark.parametrize("new", [listed.new for listed in LISTS.values() if listed.new and listed.new(0)])
def test_what_arrives_is_like_nothing_that_came_before(new: Callable[[int], dict[str, Any]]) -> None:
    arrived = [tuple(new(number).items()) for number in range(3000)]
    assert len(set(arrived)) == len(arrived)


async def walk(client: Client, case: Case, size: int, backwards: bool) -> list[str]:
    """Every row, page by page, in the order of the list."""
    found: list[str] = []
    cursor, more = None, True
    while more:
        place = f', {"before" if backwards else "after"}: "{cursor}"' if cursor else ""
        answer = await page(client, case, f"{'last' if backwards else 'first'}: {size}{place}")
        some, info = ids(answer), answer["pageInfo"]
        assert len(some) <= size
        assert info["startCursor"] == (answer["edges"][0]["cursor"] if some else None)
        assert info["hasNextPage" if backwards else "hasPreviousPage"] is (cursor is not None)
        found = some + found if backwards else found + some
        cursor, more = (
            info["startCursor" if backwards else "endCursor"],
            info["hasPreviousPage" if backwards else "hasNextPage"],
        )
    return found


@pytest.mark.parametrize("name", [name for name in LISTS if name not in BEGINNINGS])
async def test_pages_in_both_directions_are_the_list(shop: Client, name: str) -> None:
    for case in [case for case in CASES if case[0] == name]:
        whole = ids(await page(shop, case, "first: 250"))
        assert len(whole) == len(set(whole)) > 1, case
        size = max(1, len(whole) // 3)
        assert await walk(shop, case, size, backwards=False) == whole, case
        assert await walk(shop, case, size, backwards=True) == whole, case
        if case[2]:
            assert ids(await page(shop, (*case[:2], False), "first: 250")) == whole[::-1], case


@pytest.mark.parametrize("name", BEGINNINGS)
async def test_a_list_without_cursors_begins_as_it_goes_on(shop: Client, name: str) -> None:
    whole = await page(shop, (name, "", False), "first: 250")
    assert len(ids(whole)) == len(set(ids(whole))) > 9
    assert whole["pageInfo"]["hasNextPage"] is False
    some = await page(shop, (name, "", False), "first: 7")
    assert ids(some) == ids(whole)[:7]
    assert some["pageInfo"]["hasNextPage"] is True


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    case=st.sampled_from([case for case in CASES if case[0] in ("QueryRoot.products", "QueryRoot.collections")]),
    size=st.integers(1, 40),
    backwards=st.booleans(),
)
async def test_any_size_finds_every_row_once(demo: Client, case: Case, size: int, backwards: bool) -> None:
    found = await walk(demo, case, size, backwards)
    assert len(found) == len(set(found)) > 20


async def disturbed(client: Client, case: Case, chance: random.Random) -> None:
    """Page through a list that changes between its pages.

    What is left alone comes exactly once, in its order; what arrives or goes comes once at most.
    """
    meddler = Meddler(client.shop.database, case[0], chance)
    spared = await meddler.spare()
    order = [row for row in ids(await page(client, case, "first: 250")) if row in spared]
    backwards, size = chance.random() < 0.5, chance.randint(1, 6)
    found: list[str] = []
    cursor, more = None, True
    for number in range(400):
        place = f', {"before" if backwards else "after"}: "{cursor}"' if cursor else ""
        answer = await page(client, case, f"{'last' if backwards else 'first'}: {size}{place}")
        found = ids(answer) + found if backwards else found + ids(answer)
        info = answer["pageInfo"]
        cursor, more = (
            info["startCursor" if backwards else "endCursor"],
            info["hasPreviousPage" if backwards else "hasNextPage"],
        )
        if not more:
            break
        if number < 12:
            await meddler.meddle()
    assert not more
    assert spared
    assert [row for row in found if row in spared] == order, case
    assert [row for row, times in Counter(found).items() if times > 1 and row not in meddler.moved] == [], case


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_every_list_holds_while_it_changes(shop: Client, seed: int) -> None:
    chance = random.Random(seed)
    for name in dict.fromkeys(case[0] for case in CASES):
        await disturbed(shop, chance.choice([case for case in CASES if case[0] == name]), chance)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(10))
async def test_every_list_in_every_order_holds_while_it_changes(shop: Client, seed: int) -> None:
    chance = random.Random(seed)
    for case in CASES:
        for _ in range(2):
            await disturbed(shop, case, chance)


BAD = [
    ("", "Provide first or last, from 0 to 250, such as first: 20"),
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


async def test_a_page_that_is_refused_spares_its_siblings(guest: Client) -> None:
    """They share a loader, and a batch."""
    response = await guest.send(
        '{ good: node(id: "gid://shopify/Product/7") { ...P } bad: node(id: "gid://shopify/Product/7") { ...Q } }'
        " fragment P on Product { variants(first: 1) { nodes { title } } }"
        ' fragment Q on Product { variants(first: 1, after: "rubbish") { nodes { title } } }'
    )
    answer = response.json()
    assert len(answer["data"]["good"]["variants"]["nodes"]) == 1
    assert answer["data"]["bad"] is None
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["bad", "variants"], "BAD_REQUEST")


async def test_a_page_of_nothing_is_empty(guest: Client) -> None:
    answer = await page(guest, PRODUCTS, "first: 0")
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


@pytest.mark.parametrize(
    "content",
    [
        b'["search.relevance", 0, 1, 1]',
        b'["search.relevance", 0, 1, 1, 1, 1]',
        b'["search.relevance", 0, "1", 1, 1]',
        b'["search.relevance", 0, 1.5, 1, 1]',
        b'["search.relevance", 0, 1, null, 1]',
        b'["search.relevance", 0, 99999999999999999999, 1, 1]',
        b'["search.price", 0, 1, 1, 1]',
        b'["search.relevance.turned", 0, 1, 1, 1]',
        b'["products.id", 1]',
        b'["search.relevance", 0, 1',
    ],
)
@pytest.mark.parametrize("query", ["number", "nothing-like-it"])
async def test_forged_cursors_of_a_search_are_refused(guest: Client, content: bytes, query: str) -> None:
    cursor = base64.urlsafe_b64encode(content).decode().rstrip("=")
    error = await guest.refused(f'{{ search(query: "{query}", first: 1, after: "{cursor}") {{ totalCount }} }}')
    assert error["extensions"]["code"] == "BAD_REQUEST"
