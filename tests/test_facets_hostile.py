"""Filters and cursors that nobody honest sends: clear errors or empty answers, never a masked error."""

import base64
import json
from typing import Any

import pytest

from tests.api import Client

QUERY = """query($filters: [ProductFilter!], $after: String, $sort: ProductCollectionSortKeys = MANUAL) {
  collection(handle: "collection-1") { products(first: 3, after: $after, sortKey: $sort, filters: $filters) {
    nodes { id } pageInfo { endCursor } filters { id values { id count input } } } } }"""
KNOWN = {"BAD_REQUEST", "LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}
ODD = (
    "'; DROP TABLE products; --",
    '"',
    "\\",
    "%",
    "_",
    "\x00",
    "\ud800",
    "a" * 5000,
    "{}",
    '{"price":{"min":0}}',
    "Ω≈ç",
)


async def outcome(client: Client, variables: dict[str, Any]) -> tuple[Any, set[str]]:
    # Written by json and not by the client, which refuses to send half a surrogate pair.
    body = json.dumps({"query": QUERY, "variables": variables})
    answer = (await client.http.post("/graphql", content=body, headers={"content-type": "application/json"})).json()
    return answer.get("data"), {error["extensions"]["code"] for error in answer.get("errors", [])}


@pytest.mark.parametrize("price", [{"min": 1e308}, {"min": -1e308, "max": 1e308}])
async def test_prices_that_no_currency_has_are_refused(guest: Client, price: dict[str, float]) -> None:
    _, codes = await outcome(guest, {"filters": [{"price": price}]})
    assert codes == {"BAD_REQUEST"}


@pytest.mark.parametrize("price", [{"max": -5}, {"min": 9, "max": 1}, {"min": 1e15}])
async def test_prices_that_nothing_has_find_nothing(guest: Client, price: dict[str, float]) -> None:
    data, codes = await outcome(guest, {"filters": [{"price": price}]})
    assert not codes
    assert data["collection"]["products"]["nodes"] == []


async def test_what_is_no_number_is_refused(guest: Client) -> None:
    body = json.dumps({"query": QUERY, "variables": {"filters": [{"price": {"min": float("nan")}}]}})
    response = await guest.http.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert response.status_code < 500
    assert "errors" in response.json()
    _, codes = await outcome(guest, {"filters": [{"price": {"min": "NaN"}}]})
    assert codes
    assert "INTERNAL_SERVER_ERROR" not in codes


@pytest.mark.parametrize("text", ODD)
async def test_odd_texts_find_nothing_and_stand_in_no_statement(guest: Client, text: str) -> None:
    for filter_ in (
        {"variantOption": {"name": text, "value": text}},
        {"productVendor": text},
        {"tag": text},
        {"productMetafield": {"namespace": text, "key": text, "value": text}},
        {"variantMetafield": {"namespace": "custom", "key": text, "value": text}},
        {"taxonomyMetafield": {"namespace": "custom", "key": "care", "value": text}},
    ):
        data, codes = await outcome(guest, {"filters": [filter_]})
        assert codes <= KNOWN
        if not codes:
            assert data["collection"]["products"]["nodes"] == []


async def test_many_filters(guest: Client) -> None:
    same = [{"productVendor": f"Vendor {n}"} for n in range(250)]
    data, codes = await outcome(guest, {"filters": same})
    assert not codes
    assert len(data["collection"]["products"]["nodes"]) == 3
    _, codes = await outcome(guest, {"filters": [*same, {"tag": "all"}]})
    assert codes == {"LIMIT_EXCEEDED"}
    many = [{"variantOption": {"name": f"Option {n}", "value": "x"}} for n in range(21)]
    _, codes = await outcome(guest, {"filters": many})
    assert codes == {"LIMIT_EXCEEDED"}
    _, codes = await outcome(guest, {"filters": [{"category": {"id": "gid://shopify/Product/1"}}]})
    assert codes == {"BAD_REQUEST"}


def forged(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


async def test_cursors_of_others_are_refused(guest: Client) -> None:
    data, _ = await outcome(guest, {})
    good = data["collection"]["products"]["pageInfo"]["endCursor"]
    bad = [
        good[:-3], good[3:], "x", "", "{}", "null", "A" * 10_000, forged(), forged("collection.manual"),
        forged("collection.manual", "1", "1"), forged("collection.manual", 1, 2, 3),
        forged("collection.manual", 2**70, 1),
        forged("collection.manual", None, None), forged("products.title", "a", 1), forged(["collection.manual"], 1, 1),
        forged("collection.manual", True, 1), forged("collection.manual", 1.5, 1),
    ]  # fmt: skip
    for cursor in bad:
        data, codes = await outcome(guest, {"after": cursor})
        assert codes == {"BAD_REQUEST"}, cursor
    _, codes = await outcome(guest, {"after": good, "sort": "TITLE"})
    assert codes == {"BAD_REQUEST"}


async def test_a_cursor_is_a_place_in_the_order_and_not_in_one_list(guest: Client) -> None:
    """Where the order means the same in both lists, it goes on behind that place; filters do not matter to it."""
    whole = await guest.run("{ products(first: 250, sortKey: TITLE) { edges { cursor node { id title } } } }")
    edge = whole["products"]["edges"][9]
    behind = {each["node"]["id"] for each in whole["products"]["edges"][10:]}
    data, codes = await outcome(guest, {"after": edge["cursor"], "sort": "TITLE", "filters": [{"available": True}]})
    assert not codes
    found = [node["id"] for node in data["collection"]["products"]["nodes"]]
    assert found
    assert set(found) <= behind


@pytest.mark.parametrize(("lists", "code"), [(7, None), (8, "LIMIT_EXCEEDED")])
async def test_counting_has_its_price(guest: Client, lists: int, code: str | None) -> None:
    # Each list of products is counted as a whole, however short its page is.
    counted = " ".join(
        f"f{at}: products(first: 1, filters: [{{ price: {{ min: {at} }} }}]) {{ filters {{ id }} }}"
        for at in range(lists)
    )
    counted += " ...F"
    query = f"""query($n: Int) {{ collections(first: $n) {{ nodes {{ {counted} }} }} }}
      fragment F on Collection {{ long: products(first: 250) {{ ... on ProductConnection {{ filters {{ id }} }} }} }}"""
    answer = (await guest.send(query, {"n": 96})).json()
    assert [error["extensions"]["code"] for error in answer.get("errors", [])] == ([code] if code else [])
