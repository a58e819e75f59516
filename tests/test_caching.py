"""Answers that everybody may be given: kept, told to caches, and forgotten when what they were built from changes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from sqlalchemy import update
from sqlmodel import col

from db.catalog import ProductRow
from db.session import Database
from db.shop import ShopRow
from db.types import utc_now
from tests.api import Client, serving

SHOP = "{ shop { name } }"
LISTING = "{ products(first: 2) { nodes { title } } }"
STOCK = "query ($handle: String!) { product(handle: $handle) { title totalInventory } }"
ADD = "mutation { cartCreate { cart { id } } }"
BUY = "mutation ($id: ID!) { demoBuy(merchandiseId: $id, quantity: 1) { userErrors { message } } }"


@asynccontextmanager
async def keeping(url: str, folder: Path, **settings: Any) -> AsyncIterator[Client]:
    """A shop that has heard of all changes, and so gives away what it keeps."""
    async with serving(url, folder, **{"answer_cache_bytes": 64_000_000, **settings}) as client:
        await later(lambda: client.shop.relay.abreast_at > 0)
        yield client


@pytest.fixture
async def shopper(small_url: str, tmp_path: Path) -> AsyncIterator[Client]:
    async with keeping(small_url, tmp_path) as client:
        yield client


async def later(happened: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until something has happened."""
    for _ in range(int(seconds / 0.02)):
        if happened():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


def path(query: str) -> str:
    return "/graphql?" + urlencode({"query": query})


def status(response: httpx2.Response) -> str | None:
    found: str | None = response.headers.get("cache-status")
    return found.removeprefix("storekeep; ") if found else None


async def renamed(database: Database, name: str) -> None:
    async with database.write() as session:
        await session.change(update(ShopRow).values(name=name))


async def shows(shopper: Client, query: str, wanted: str, seconds: float = 5) -> None:
    """Ask until the answer has it."""
    for _ in range(int(seconds / 0.02)):
        if wanted in (await shopper.send(query)).text:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


class TestKeeping:
    async def test_the_second_who_asks_is_given_the_same(self, shopper: Client) -> None:
        first, second = await shopper.send(LISTING), await shopper.send(LISTING)
        assert (status(first), status(second)) == ("fwd=miss", "hit")
        assert first.content == second.content
        assert first.headers["x-request-id"] != second.headers["x-request-id"]

    async def test_no_statement_is_needed(self, shopper: Client) -> None:
        await shopper.run(LISTING)
        assert await shopper.statements(LISTING) == 0

    async def test_what_is_asked_otherwise_is_another_answer(self, shopper: Client) -> None:
        asked = "query Q($n: Int!) @inContext(language: DE) { products(first: $n) { nodes { title } } }"
        sent = [
            await shopper.send(asked, {"n": 1}),
            await shopper.send(asked, {"n": 2}),
            await shopper.send(asked.replace("DE", "EN"), {"n": 1}),
            await shopper.send(asked, {"n": 1}, host="elsewhere.test"),
        ]
        assert [status(one) for one in sent] == ["fwd=miss"] * 4
        assert status(await shopper.send(asked, {"n": 2})) == "hit"

    async def test_the_order_of_variables_makes_no_difference(self, shopper: Client) -> None:
        asked = "query ($a: Int!, $b: Boolean) { products(first: $a, reverse: $b) { nodes { title } } }"
        await shopper.send(asked, {"a": 1, "b": True})
        assert status(await shopper.send(asked, {"b": True, "a": 1})) == "hit"

    async def test_an_error_is_not_shared(self, shopper: Client) -> None:
        wrong = "{ products(first: 1, after: \"?\") { nodes { title } } }"  # fmt: skip
        for _ in range(2):
            response = await shopper.send(wrong)
            assert response.json()["errors"]
            assert response.headers["cache-control"] == "private, no-store"
            assert {"etag", "surrogate-key", "cache-status"}.isdisjoint(response.headers)
        assert len(shopper.shop.answers) == 0

    async def test_what_is_somebodys_own_is_never_kept(self, shopper: Client) -> None:
        cart = (await shopper.run(ADD))["cartCreate"]["cart"]["id"]
        read = "query ($id: ID!) { cart(id: $id) { totalQuantity } }"
        node = "query ($id: ID!) { node(id: $id) { id } }"
        buyer = "query ($b: BuyerInput) @inContext(buyer: $b) { shop { name } }"
        for query, variables in ((read, {"id": cart}), (node, {"id": cart}), (buyer, {"b": None}), (ADD, {})):
            for _ in range(2):
                response = await shopper.send(query, variables)
                assert "errors" not in response.json()
                assert response.headers["cache-control"] == "private, no-store"
        assert len(shopper.shop.answers) == 0

    async def test_of_many_at_once_one_computes(self, shopper: Client) -> None:
        # SQLite answers what is one statement within a turn of the event loop, so that nobody could come meanwhile.
        many = "{ products(first: 2) { nodes { options { name } variants(first: 2) { nodes { image { url } } } } } }"
        with shopper.watched() as contexts:
            sent = await asyncio.gather(*[shopper.send(many) for _ in range(20)])
        assert len(contexts) == 1
        assert sorted(str(status(one)) for one in sent) == ["fwd=miss"] + ["hit; collapsed"] * 19
        assert len({one.content for one in sent}) == 1

    async def test_nothing_is_kept_where_the_setting_says_so(self, small_url: str, tmp_path: Path) -> None:
        async with keeping(small_url, tmp_path, answer_cache_bytes=0) as client:
            sent = [await client.http.get(path(LISTING)) for _ in range(2)]
            assert [status(one) for one in sent] == ["fwd=miss"] * 2
            assert sent[0].headers["etag"] == sent[1].headers["etag"]

    async def test_its_memory_is_bounded(self, small_url: str, tmp_path: Path) -> None:
        async with keeping(small_url, tmp_path, answer_cache_bytes=20_000) as client:
            for n in range(100):
                await client.run(f"{{ products(first: 2) {{ nodes {{ n{n}: title }} }} }}")
            answers = client.shop.answers
            assert 0 < answers.size <= 20_000
            assert answers.counts.evictions == 100 - len(answers)
            assert status(await client.send("{ products(first: 2) { nodes { n99: title } } }")) == "hit"

    async def test_the_metrics_tell(self, shopper: Client) -> None:
        for _ in range(3):
            await shopper.run(LISTING)
        await asyncio.gather(*[shopper.send(SHOP) for _ in range(3)])
        assert (await shopper.http.get(path(SHOP), headers={"if-none-match": "*"})).status_code == 304
        told = (await shopper.http.get("/metrics")).text
        assert 'storekeep_answers{event="hits"} 3.0' in told
        assert 'storekeep_answers{event="waits"} 2.0' in told
        assert 'storekeep_answers{event="misses"} 2.0' in told
        assert 'storekeep_operations_total{operation="anonymous",outcome="ok",type="query"} 7.0' in told


class TestForgetting:
    async def test_a_change_is_seen_at_once_in_its_own_process(self, shopper: Client) -> None:
        await shopper.run(SHOP)
        await renamed(shopper.shop.database, "Renamed")
        assert (await shopper.run(SHOP))["shop"]["name"] == "Renamed"
        assert shopper.shop.answers.counts.invalidations == 1

    @pytest.mark.parametrize("transaction", [Database.write, Database.bulk])
    async def test_a_change_by_another_process_is_seen_soon(
        self, shopper: Client, small_url: str, transaction: Any
    ) -> None:
        """Imports write in bulk, here on a thread of their own, as in a process of their own: in bulk the event loop
        does not go on while it waits for SQLite's writer, who may be on it.
        """
        await shopper.run(SHOP)

        async def elsewhere() -> None:
            async with Database(small_url) as other, transaction(other) as session:
                await session.change(update(ShopRow).values(name="Renamed"))

        await asyncio.to_thread(asyncio.run, elsewhere())
        await shows(shopper, SHOP, "Renamed")

    async def test_what_was_rolled_back_changes_nothing(self, shopper: Client) -> None:
        await shopper.run(SHOP)

        async def fail() -> None:
            async with shopper.shop.database.write() as session:
                await session.change(update(ShopRow).values(name="Never"))
                raise RuntimeError("no")

        with pytest.raises(RuntimeError, match="no"):
            await fail()
        assert status(await shopper.send(SHOP)) == "hit"

    async def test_a_sale_costs_only_the_answers_that_show_its_stock(self, shopper: Client) -> None:
        async with shopper.shop.database.write() as session:
            await session.change(update(ShopRow).values(is_demo=True))
        asked = [(LISTING, {}), (STOCK, {"handle": "product-1"}), (STOCK, {"handle": "product-2"}), (SHOP, {})]
        before = [await shopper.run(query, variables) for query, variables in asked]
        await shopper.run(BUY, {"id": "gid://shopify/ProductVariant/1"})
        after = [await shopper.send(query, variables) for query, variables in asked]
        assert [status(one) for one in after] == ["hit", "fwd=miss", "hit", "hit"]
        assert after[1].json()["data"]["product"]["totalInventory"] == before[1]["product"]["totalInventory"] - 1

    async def test_a_cart_costs_no_answer(self, shopper: Client) -> None:
        await shopper.run(LISTING)
        await shopper.run(ADD)
        assert status(await shopper.send(LISTING)) == "hit"

    async def test_what_changes_while_an_answer_is_computed_is_not_kept(self, shopper: Client) -> None:
        """Whichever way they interleave, what is kept afterwards is what is in the database."""
        for n in range(40):
            asking = asyncio.create_task(shopper.run(SHOP))
            for _ in range(n % 8):
                await asyncio.sleep(0)
            await renamed(shopper.shop.database, f"Shop {n}")
            await asking
            assert (await shopper.run(SHOP))["shop"]["name"] == f"Shop {n}"

    async def test_a_day_of_publication_is_kept_to(self, shopper: Client) -> None:
        first = (await shopper.run("{ products(first: 1) { nodes { id title } } }"))["products"]["nodes"][0]["title"]
        async with shopper.shop.database.write() as session:
            hidden = update(ProductRow).where(col(ProductRow.title) == first)
            await session.change(hidden.values(published_at=utc_now() + timedelta(seconds=1)))
        response = await shopper.send(LISTING)
        assert first not in response.text
        assert response.headers["cache-control"] == "public, max-age=0"
        await shows(shopper, LISTING, first)

    async def test_who_has_not_heard_of_changes_gives_nothing_away(self, small_url: str, folder: Path) -> None:
        async with keeping(small_url, folder) as client:
            await client.run(SHOP)
            await client.run(SHOP)
            assert client.shop.answers.counts.hits == 1
            client.shop.relay.abreast_at -= 3600
            assert status(await client.send(SHOP)) == "fwd=miss"


class TestHeaders:
    async def test_a_shared_answer_says_for_how_long_and_what_it_is_built_from(self, shopper: Client) -> None:
        response = await shopper.http.get(path(SHOP))
        assert response.headers["cache-control"] == "public, max-age=300, stale-while-revalidate=300"
        assert response.headers["surrogate-key"] == "shops"
        assert response.headers["vary"] == "Accept"

    @pytest.mark.parametrize(
        "query",
        [
            "{ products(first: 2) { nodes { id } filters { values { count } } } }",
            '{ products(first: 2, query: "available_for_sale:true") { nodes { id } } }',
            '{ product(handle: "product-1") { selectedOrFirstAvailableVariant { id } } }',
            "{ products(first: 2) { nodes { availableForSale } } }",
        ],
    )
    async def test_what_is_chosen_by_stock_is_shown_no_longer_than_stock(self, shopper: Client, query: str) -> None:
        for response in (await shopper.http.get(path(query)), await shopper.send(query)):
            assert response.headers["cache-control"] == "public, max-age=10, stale-while-revalidate=10", response.text

    async def test_who_has_it_already_is_sent_nothing(self, shopper: Client) -> None:
        whole = await shopper.http.get(path(SHOP))
        tag = whole.headers["etag"]
        assert tag.startswith('"')
        for known in (tag, f'"other", W/{tag}', "*"):
            again = await shopper.http.get(path(SHOP), headers={"if-none-match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
            assert again.headers["cache-control"] == whole.headers["cache-control"]
            assert "x-request-id" in again.headers
        assert (await shopper.http.get(path(SHOP), headers={"if-none-match": '"other"'})).status_code == 200
        posted = await shopper.send(SHOP, **{"if-none-match": tag})
        assert (posted.status_code, posted.content) == (200, whole.content)
        assert {"etag", "surrogate-key"}.isdisjoint(posted.headers)

    async def test_the_tag_tells_answers_and_their_types_apart(self, shopper: Client) -> None:
        plain = await shopper.http.get(path(SHOP))
        other = await shopper.http.get(path(SHOP), headers={"accept": "application/graphql-response+json"})
        assert plain.content == other.content
        assert plain.headers["etag"] != other.headers["etag"]
        await renamed(shopper.shop.database, "Renamed")
        assert (await shopper.http.get(path(SHOP))).headers["etag"] != plain.headers["etag"]

    async def test_origins_that_are_told_apart_are_named_in_vary(self, small_url: str, folder: Path) -> None:
        async with keeping(small_url, folder, cors_origins=("https://a.example",)) as client:
            for origin, allowed in (("https://a.example", "https://a.example"), ("https://b.example", None)):
                response = await client.http.get(path(SHOP), headers={"origin": origin})
                assert response.headers["vary"] == "Accept, Origin"
                assert response.headers.get("access-control-allow-origin") == allowed

    @pytest.mark.parametrize(
        ("query", "variables"),
        [
            ("query ($id: ID!) { cart(id: $id) { id } }", '{"id": "gid://shopify/Cart/x"}'),
            ("query ($id: ID!) { node(id: $id) { id } }", '{"id": "gid://shopify/Cart/x"}'),
            ('{ node(id: "gid://shopify/Cart/x") { id } }', "{}"),
            ("query ($t: String!) @inContext(buyer: {customerAccessToken: $t}) { shop { name } }", '{"t": "secret"}'),
        ],
    )
    async def test_what_is_somebodys_own_is_refused_in_a_url(self, shopper: Client, query: str, variables: str) -> None:
        sent = "/graphql?" + urlencode({"query": query, "variables": variables})
        response = await shopper.http.get(sent)
        assert response.status_code == 405
        assert response.headers["allow"] == "POST, OPTIONS"
        assert response.headers["cache-control"] == "private, no-store"
        assert "send it with POST" in response.json()["errors"][0]["message"]

    async def test_many_tags_become_those_of_whole_tables(self, shopper: Client) -> None:
        asked = "{ products(first: 3) { nodes { variants(first: 250) { nodes { price { amount } } } } } }"
        keys = (await shopper.http.get(path(asked))).headers["surrogate-key"].split(" ")
        assert {"products", "variants/product_id/1", "variants/product_id/*", "variant_prices/variant_id/1"} <= set(
            keys
        )
