"""Searching: pages of hits, what bounds them, who may be found, and that questions are only ever questions."""

import json
from typing import Any

import pytest

from db.search import EXACT, Known
from resolvers.search.asking import Meant
from resolvers.search.completing import suggestions
from tests.api import Client

SEARCH = """query($q: String!, $args: Int = 20, $after: String, $reverse: Boolean, $sort: SearchSortKeys,
  $unavailable: SearchUnavailableProductsType, $filters: [ProductFilter!]) {
  search(query: $q, first: $args, after: $after, reverse: $reverse, sortKey: $sort,
    unavailableProducts: $unavailable, productFilters: $filters) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { ... on Product { handle availableForSale priceRange { minVariantPrice { amount } } }
      ... on Page { handle } ... on Article { handle } } } }"""
PREDICTIVE = """query($q: String!, $limit: Int, $scope: PredictiveSearchLimitScope, $types: [PredictiveSearchType!]) {
  predictiveSearch(query: $q, limit: $limit, limitScope: $scope, types: $types) {
    products { handle } collections { handle } pages { handle } articles { handle } queries { text } } }"""


async def search(client: Client, q: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await client.run(SEARCH, {"q": q, **more}))["search"]
    return found


async def typed(client: Client, query: str, text: str) -> Any:
    """The response to a text as a client in any language may send it, half a character included."""
    body = json.dumps({"query": query, "variables": {"q": text}})
    return await client.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})


def handles(found: dict[str, Any]) -> list[str]:
    return [node["handle"] for node in found["nodes"]]


HOSTILE = {
    "nothing": "",
    "spaces": " \t\n ",
    "punctuation": "?!.,;:-_()[]{}<>«»…",
    "stop words": "the of and",
    "quotes": "'\"`''\"\"",
    "sql": "'; DROP TABLE products; --",
    "union": "mug' UNION SELECT * FROM carts --",
    "wildcards": "%_*?[a-z]\\%",
    "nul": "mug\0kelp",
    "surrogate": "mug \ud800 kelp",
    "emoji": "🙂🙃",
    "right to left": "שלום ‮gum",
    "combining": "e\u0301\u0301\u0301" * 50,
    "one long word": "a" * 4000,
    "many words": "mug " * 1000,
    "hyphens": "-".join("ab" * 500),
    "digits": "9" * 4000,
    "turkish": "İıŞş",
    "braces": "{{ shop.name }} ${mug} %s %(mug)s :mug $1",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_whatever_is_typed_is_only_a_question(guest: Client, name: str) -> None:
    text = HOSTILE[name]
    for query, field in ((SEARCH, "search"), (PREDICTIVE, "predictiveSearch")):
        answer = (await typed(guest, query, text)).json()
        if name in ("nul", "surrogate") and "errors" in answer:
            # What no JSON text should hold is refused at the door.
            assert answer["errors"][0]["extensions"]["code"] in ("BAD_REQUEST", "BAD_USER_INPUT")
            continue
        assert "errors" not in answer, answer
        assert answer["data"][field] is not None
    for listed in ("products", "collections", "pages", "articles", "blogs"):
        text_of = f"query($q: String) {{ {listed}(first: 3, query: $q) {{ nodes {{ id }} }} }}"
        for sort in ("RELEVANCE", "TITLE"):
            sorted_ = text_of.replace("first: 3", f"first: 3, sortKey: {sort}")
            answer = (await typed(guest, sorted_, text)).json()
            code = answer.get("errors", [{"extensions": {"code": None}}])[0]["extensions"]["code"]
            assert code in (None, "BAD_REQUEST", "BAD_USER_INPUT"), answer


async def test_only_words_find_anything(guest: Client) -> None:
    for text in ("", "?!", "the of and", "🙂", "%", "*", "'; --"):
        assert (await search(guest, text))["totalCount"] == 0, text


@pytest.mark.parametrize("query", [SEARCH, PREDICTIVE])
async def test_a_question_that_is_too_long_is_refused(guest: Client, query: str) -> None:
    error = await guest.refused(query, {"q": "mug " * 25_000})
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "4,096" in error["message"]


@pytest.mark.parametrize("limit", [0, -1, 11])
async def test_a_limit_that_makes_no_sense_is_refused(guest: Client, limit: int) -> None:
    error = await guest.refused(PREDICTIVE, {"q": "product", "limit": limit})
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "from 1 to 10" in error["message"]


async def test_a_limit_holds_for_all_types_or_for_each(guest: Client) -> None:
    together = (await guest.run(PREDICTIVE, {"q": "product", "limit": 3, "scope": "ALL"}))["predictiveSearch"]
    assert sum(map(len, together.values())) == 3
    each = (await guest.run(PREDICTIVE, {"q": "product", "limit": 3, "scope": "EACH"}))["predictiveSearch"]
    assert len(each["products"]) == 3
    only = (await guest.run(PREDICTIVE, {"q": "product", "types": ["QUERY"]}))["predictiveSearch"]
    assert only["products"] == only["pages"] == []
    assert only["queries"][0] == {"text": "product"}


async def test_products_that_cannot_be_bought_come_last_or_not_at_all(demo: Client) -> None:
    shown = await search(demo, "coffee", unavailable="SHOW", args=100)
    last = await search(demo, "coffee", unavailable="LAST", args=100)
    turned = await search(demo, "coffee", args=100, reverse=True, sort="PRICE")
    hidden = await search(demo, "coffee", unavailable="HIDE", args=100)

    def available(found: dict[str, Any]) -> list[bool]:
        return [node["availableForSale"] for node in found["nodes"] if "availableForSale" in node]

    assert False in available(shown)
    assert available(shown) != available(last) == sorted(available(last), reverse=True)
    assert available(turned) == sorted(available(turned), reverse=True)
    assert set(handles(shown)) == set(handles(last)) == set(handles(turned))
    assert set(available(hidden)) == {True}
    assert hidden["totalCount"] == len(hidden["nodes"]) < shown["totalCount"]


async def test_prices_sort_and_filter(guest: Client) -> None:
    found = await search(guest, "product", unavailable="HIDE", args=100, sort="PRICE")
    prices = [float(node["priceRange"]["minVariantPrice"]["amount"]) for node in found["nodes"] if "priceRange" in node]
    assert prices == sorted(prices)
    middle = prices[len(prices) // 2]
    cheap = await search(guest, "product", unavailable="HIDE", args=100, filters=[{"price": {"max": middle}}])
    assert len(cheap["nodes"]) == cheap["totalCount"] < found["totalCount"]


async def test_a_question_finds_what_has_all_of_its_words(guest: Client) -> None:
    assert handles(await search(guest, "product 7"))[0] == "product-7"
    assert (await search(guest, "SKU-7-2"))["totalCount"] == 1


async def test_words_that_mean_nothing_are_left_out_unless_all_do(guest: Client) -> None:
    assert (await search(guest, "zzzz yyyy"))["totalCount"] == 0
    assert handles(await search(guest, "zzzz product 7"))[0] == "product-7"
    listed = '{ products(first: 3, query: "zzzz product") { nodes { handle } } }'
    assert (await guest.run(listed))["products"]["nodes"] == []


@pytest.mark.parametrize("sort", ["RELEVANCE", "PRICE"])
async def test_every_page_of_what_has_most_of_the_words_is_of_one_list(
    demo: Client, demo_twin: Client, sort: str
) -> None:
    for client in (demo, demo_twin):
        whole = await search(client, "linen jumper", args=100, sort=sort)
        assert whole["totalCount"] == len(whole["nodes"]) > 9
        paged: list[str] = []
        after, goes_on = None, True
        while goes_on:
            found = await search(client, "linen jumper", args=4, after=after, sort=sort)
            paged += handles(found)
            after, goes_on = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
        assert paged == handles(whole)
        assert (await search(client, "linen jumper", args=4, after=after, sort=sort))["nodes"] == []


async def test_what_filters_leave_nothing_of_is_not_replaced_by_what_was_not_asked_for(demo: Client) -> None:
    assert (await search(demo, "camp mug"))["nodes"]
    dear = [{"price": {"min": 500}}]
    assert (await search(demo, "camp mug", filters=dear))["totalCount"] == 0
    # Filters are on products alone, and a page is among the hits.
    found = await search(demo, "linen jumper", filters=[{"productType": "Knitwear"}])
    assert handles(found) == ["fishermans-jumper", "fairisle-jumper", "roll-neck", "library-cardigan", "makers"]
    assert handles(await search(demo, "linen jumper", filters=[{"price": {"min": 5000}}])) == ["makers"]


async def test_a_page_after_the_last_hit_is_empty_and_no_other_list(demo: Client) -> None:
    found = await search(demo, "camp mug", args=100)
    assert (await search(demo, "camp mug", after=found["pageInfo"]["endCursor"]))["nodes"] == []


ASKED = {
    "products": "colour:red tag:sale NOT size:XL colour:blue",
    "collections": "title:a shade:red",
    "pages": "title:a author:b",
    "blogs": "title:a author:b",
    "articles": "author:a title:b",
    "urlRedirects": "path:/a code:301",
}
UNKNOWN = {
    "products": ["colour", "size"],
    "collections": ["shade"],
    "pages": ["author"],
    "blogs": ["author"],
    "articles": ["title"],
    "urlRedirects": ["code"],
}


@pytest.mark.parametrize("field", ASKED)
async def test_keys_that_a_query_does_not_know_are_warned_of(guest: Client, field: str) -> None:
    text = f"query($q: String) {{ found: {field}(first: 2, query: $q) {{ nodes {{ id }} }} }}"
    answer = (await guest.send(text, {"q": ASKED[field]})).json()
    assert "errors" not in answer
    message = "Invalid search field for this query."
    warnings = [{"field": key, "message": message, "code": "invalid_field"} for key in UNKNOWN[field]]
    assert answer["extensions"] == {"search": [{"path": ["found"], "query": ASKED[field], "warnings": warnings}]}
    known = (await guest.send(text, {"q": "updated_at:>2020-01-01 title"})).json()
    assert ("extensions" in known) is (field == "urlRedirects")


async def test_a_field_is_warned_of_once_however_often_it_is_answered(guest: Client) -> None:
    text = """{ blogs(first: 5) { nodes { articles(first: 1, query: "color:red") { nodes { id } } } }
      a: products(first: 1, query: "title:7") { nodes { id } }
      b: products(first: 1, query: "color:red") { nodes { id } } }"""
    answer = (await guest.send(text)).json()
    assert len(answer["data"]["blogs"]["nodes"]) > 1
    paths = [warned["path"] for warned in answer["extensions"]["search"]]
    assert sorted(paths, key=len) == [["b"], ["blogs", "nodes", "articles"]]


async def test_relevance_sorts_lists_by_their_query(guest: Client) -> None:
    text = '{ products(first: 3, sortKey: RELEVANCE, query: "large OR 12") { nodes { handle } } }'
    assert (await guest.run(text))["products"]["nodes"][0]["handle"] == "product-12"
    text = '{ products(first: 3, sortKey: RELEVANCE, query: "title:12") { nodes { handle } } }'
    assert (await guest.run(text))["products"]["nodes"] == [{"handle": "product-12"}]
    text = '{ pages(first: 3, sortKey: RELEVANCE, query: "page 7") { nodes { handle } } }'
    assert (await guest.run(text))["pages"]["nodes"] == [{"handle": "page-7"}]


async def test_what_is_called_one_of_two_comes_before_what_only_says_it(demo: Client, demo_twin: Client) -> None:
    text = '{ products(first: 6, sortKey: RELEVANCE, query: "mug OR lamp") { nodes { title } } }'
    for client in (demo, demo_twin):
        titles = [node["title"] for node in (await client.run(text))["products"]["nodes"]]
        assert all("Mug" in title or "Lamp" in title for title in titles), titles
        assert {"Mug", "Lamp"} <= {word for title in titles for word in title.split()}


async def test_what_is_found_says_how(guest: Client) -> None:
    text = """{ a: search(query: "product 7", first: 2) { nodes { ... on Product { trackingParameters
        collections(first: 1) { nodes { trackingParameters } } } } }
      b: predictiveSearch(query: "prod &") { queries { trackingParameters } }
      products(first: 1) { nodes { trackingParameters } } }"""
    answer = await guest.run(text)
    assert answer["a"]["nodes"][0]["trackingParameters"] == "_pos=1&_psq=product+7"
    assert answer["a"]["nodes"][0]["collections"]["nodes"][0]["trackingParameters"] is None
    assert answer["b"]["queries"][0]["trackingParameters"] == "_pos=1&_psq=prod+%26"
    assert answer["products"]["nodes"][0]["trackingParameters"] is None


@pytest.mark.parametrize(
    "field", ["search(query: $q, first: 1) { totalCount }", "products(query: $q, first: 1) { nodes { id } }"]
)
async def test_letters_that_stand_for_sentences_are_counted_as_what_they_say(guest: Client, field: str) -> None:
    question = f"query($q: {'String!' if field.startswith('search') else 'String'}) {{ {field} }}"
    error = await guest.refused(question, {"q": "\ufdfa" * 4096})
    assert error["extensions"]["code"] == "BAD_REQUEST"
    await guest.run(question, {"q": "\ufdfa" * 20})
    await guest.run(question, {"q": "\ud55c" * 4096})


async def test_many_known_words_of_which_half_are_enough(demo: Client, demo_twin: Client) -> None:
    ask = "mug towel lamp boots jacket soap candle chair knife bowl coffee blanket"
    answers = [await search(client, ask, args=20) for client in (demo, demo_twin)]
    assert answers[0] == answers[1]


def test_a_title_without_a_word_suggests_nothing() -> None:
    meant = [Meant("product", ((Known(1, EXACT, 1), "product"),))]
    assert [one.text for one in suggestions(meant, ["!!!", "\U0001f9c0", "Product 1"], "EN")] == [
        "product",
        "product 1",
    ]
