"""What a storefront must not see is not there, on whatever way it is asked for."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from bench.dataset import COLLECTIONS, fill
from db.catalog import CollectionRow, MediaRow, MetafieldRow, OptionValueRow, ProductRow, VariantRow
from db.pricing import ProductPriceRow
from db.reviews import ReviewRow
from db.session import Database
from db.storefront.visibility import visible
from tests.api import Client, serving
from tests.databases import Databases

SOON = datetime.now(UTC) + timedelta(hours=1)
DRAFT, ARCHIVED, UNPUBLISHED, FUTURE, EXCLUDED, SHOWN = 1, 2, 3, 4, 5, 6
HIDDEN = {"draft": DRAFT, "archived": ARCHIVED, "unpublished": UNPUBLISHED, "future": FUTURE, "excluded": EXCLUDED}
HIDDEN_COLLECTION, FUTURE_COLLECTION = 7 + 1, 14 + 1


async def hide(db: Database) -> None:
    """Twelve products: five of them hidden, each in its own way, and two collections."""
    await fill(db, 12)

    def product(number: int, **values: Any) -> Any:
        return update(ProductRow).where(col(ProductRow.id) == number).values(**values)

    def collection(number: int, moment: datetime | None) -> Any:
        return update(CollectionRow).where(col(CollectionRow.id) == number).values(published_at=moment)

    async with db.write() as session:
        await session.change(product(DRAFT, status="draft"))
        await session.change(product(ARCHIVED, status="archived"))
        await session.change(product(UNPUBLISHED, published_at=None))
        await session.change(product(FUTURE, published_at=SOON))
        outside = col(ProductPriceRow.product_id) == EXCLUDED, col(ProductPriceRow.market_id) == 1
        await session.change(update(ProductPriceRow).where(*outside).values(is_included=False))
        await session.change(collection(HIDDEN_COLLECTION, None))
        await session.change(collection(FUTURE_COLLECTION, SOON))


@pytest.fixture
async def shop(backend: str, databases: Databases, tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(await databases.fresh(backend, "hidden", hide), tmp_path) as client:
        yield client


def gid(kind: str, key: object) -> str:
    return f"gid://shopify/{kind}/{key}"


@dataclass
class Ids:
    """The global ids of everything that hangs on a product."""

    shop: Client

    async def of(self, number: int) -> list[str]:
        parts: list[tuple[str, Any, Any]] = [
            ("Product", ProductRow, ProductRow.id),
            ("ProductVariant", VariantRow, VariantRow.product_id),
            ("MediaImage", MediaRow, MediaRow.product_id),
            ("Review", ReviewRow, ReviewRow.product_id),
            ("Metafield", MetafieldRow, MetafieldRow.owner_id),
        ]
        found = []
        async with self.shop.shop.database.read() as session:
            for kind, row, column in parts:
                found += [gid(kind, i) for i in await session.rows(select(col(row.id)).where(col(column) == number))]
            values = select(col(OptionValueRow.id)).where(col(OptionValueRow.option_id) == number)
            found += [gid("ProductOptionValue", i) for i in await session.rows(values)]
        return [*found, gid("ProductOption", number)]


NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


async def test_what_is_shown_is_found_by_every_id(shop: Client) -> None:
    ids = await Ids(shop).of(SHOWN)
    assert len(ids) == 1 + 3 + 2 + 5 + 1 + 3 + 1
    found = (await shop.run(NODES, {"ids": ids}))["nodes"]
    assert [node and node["id"] for node in found] == ids
    assert [node["__typename"] for node in found] == [gid.split("/")[3] for gid in ids]


@pytest.mark.parametrize("number", HIDDEN.values(), ids=HIDDEN)
async def test_nothing_of_a_hidden_product_is_a_node(shop: Client, number: int) -> None:
    ids = await Ids(shop).of(number)
    assert (await shop.run(NODES, {"ids": ids}))["nodes"] == [None] * len(ids)
    assert (await shop.run(NODE, {"id": ids[0]}))["node"] is None


BY_ID = """query($id: ID!, $handle: String!) { byId: product(id: $id) { id } byHandle: product(handle: $handle) { id }
  old: productByHandle(handle: $handle) { id } recommended: productRecommendations(productId: $id) { id }
  too: productRecommendations(productHandle: $handle, intent: COMPLEMENTARY) { id } }"""


@pytest.mark.parametrize("number", HIDDEN.values(), ids=HIDDEN)
async def test_a_hidden_product_cannot_be_told_from_none(shop: Client, number: int) -> None:
    hidden = await shop.send(BY_ID, {"id": gid("Product", number), "handle": f"product-{number}"})
    none = await shop.send(BY_ID, {"id": gid("Product", 999), "handle": "product-999"})
    assert hidden.json() == none.json()
    assert set(hidden.json()["data"].values()) == {None}
    buy = "mutation($id: ID!) { demoBuy(merchandiseId: $id) { variant { id } userErrors { code field } } }"
    create = (
        "mutation($id: ID!) { cartCreate(input: {lines: [{merchandiseId: $id}]}) { cart { id } userErrors { code } } }"
    )
    for mutation in (buy, create):
        for missing in (number * 3, 999_999):
            (payload,) = (await shop.run(mutation, {"id": gid("ProductVariant", missing)})).values()
            assert payload["userErrors"][0]["code"] == "INVALID"


LISTS = """{ products(first: 20) { nodes { id collections(first: 50) { nodes { id } } } }
  search: products(first: 20, query: "product") { nodes { id } }
  cheap: products(first: 20, sortKey: PRICE) { nodes { id } }
  collections(first: 50) { nodes { id products(first: 20) { nodes { id } }
    cheap: products(first: 20, sortKey: PRICE) { nodes { id } } } }
  productRecommendations(productId: "gid://shopify/Product/6") { id } }"""


def ids_within(data: Any, kind: str) -> set[int]:
    if isinstance(data, dict):
        own = {int(data["id"].rsplit("/", 1)[1])} if f"/{kind}/" in str(data.get("id")) else set()
        return own.union(*(ids_within(value, kind) for value in data.values()))
    return set().union(*(ids_within(value, kind) for value in data)) if isinstance(data, list) else set()


async def test_no_list_shows_what_is_hidden(shop: Client) -> None:
    data = await shop.run(LISTS)
    shown = set(range(1, 13)) - set(HIDDEN.values())
    for name in ("products", "search", "cheap"):
        assert ids_within(data[name], "Product") == shown, name
    assert ids_within(data["collections"], "Product") == shown
    assert ids_within(data["productRecommendations"], "Product") <= shown - {SHOWN}
    assert data["productRecommendations"]
    every = set(range(1, COLLECTIONS + 1))
    assert ids_within(data, "Collection") == every - {HIDDEN_COLLECTION, FUTURE_COLLECTION}


@pytest.mark.parametrize("number", [HIDDEN_COLLECTION, FUTURE_COLLECTION])
async def test_a_hidden_collection_is_not_there(shop: Client, number: int) -> None:
    data = await shop.run(
        """query($id: ID!, $handle: String!) { collection(id: $id) { id } node(id: $id) { id }
          handle: collection(handle: $handle) { id } old: collectionByHandle(handle: $handle) { id } }""",
        {"id": gid("Collection", number), "handle": f"collection-{number}"},
    )
    assert set(data.values()) == {None}


async def test_a_product_is_excluded_from_one_market_alone(shop: Client) -> None:
    query = 'query @inContext(country: %s) { product(id: "gid://shopify/Product/5") { id } }'
    assert (await shop.run(query % "GB"))["product"] == {"id": gid("Product", EXCLUDED)}
    for country in ("DE", "ZZ", "US"):
        assert (await shop.run(query % country))["product"] is None


CART = """cart { id totalQuantity cost { totalAmount { amount } }
  lines(first: 9) { nodes { id quantity merchandise { ... on ProductVariant { id product { id } } } } } }"""


async def test_a_cart_shows_only_what_is_still_offered(shop: Client) -> None:
    lines = [{"merchandiseId": gid("ProductVariant", n)} for n in (SHOWN * 3, SHOWN * 3 + 1)]
    create = f"mutation($lines: [CartLineInput!]) {{ cartCreate(input: {{lines: $lines}}) {{ {CART} }} }}"
    cart = (await shop.run(create, {"lines": lines}))["cartCreate"]["cart"]
    assert cart["totalQuantity"] == 2
    gone = next(line for line in cart["lines"]["nodes"] if line["merchandise"]["id"] == lines[0]["merchandiseId"])
    async with shop.shop.database.write() as session:
        await session.change(update(ProductRow).where(col(ProductRow.id) == SHOWN).values(status="draft"))
    read = f"query($id: ID!, $line: ID!) {{ {CART.replace('cart {', 'cart(id: $id) {')} node(id: $line) {{ id }} }}"
    after = await shop.run(read, {"id": cart["id"], "line": gone["id"]})
    assert after["node"] is None
    assert after["cart"]["totalQuantity"] == 1
    assert [line["merchandise"]["id"] for line in after["cart"]["lines"]["nodes"]] == [lines[1]["merchandiseId"]]
    assert float(after["cart"]["cost"]["totalAmount"]["amount"]) < float(cart["cost"]["totalAmount"]["amount"])
    add = f"mutation($id: ID!, $lines: [CartLineInput!]!) {{ cartLinesAdd(cartId: $id, lines: $lines) {{ {CART} }} }}"
    again = await shop.run(add, {"id": cart["id"], "lines": [lines[1]]})
    assert again["cartLinesAdd"]["cart"]["totalQuantity"] >= 1
    remove = f"mutation($id: ID!, $line: ID!) {{ cartLinesRemove(cartId: $id, lineIds: [$line]) {{ {CART} }} }}"
    assert (await shop.run(remove, {"id": cart["id"], "line": gone["id"]}))["cartLinesRemove"]["cart"] is not None


async def test_a_cart_holds_only_what_its_own_market_sells(shop: Client) -> None:
    """However wide the storefront's view: GB sells what the primary market, Germany's, does not."""
    lines = [{"merchandiseId": gid("ProductVariant", number * 3 - 2)} for number in (EXCLUDED, SHOWN)]
    within = "@inContext(country: GB)"
    create = f"mutation($input: CartInput) {within} {{ cartCreate(input: $input) {{ {CART} userErrors {{ code }} }} }}"
    german = {"lines": lines, "buyerIdentity": {"countryCode": "DE"}}
    assert (await shop.run(create, {"input": german}))["cartCreate"] == {
        "cart": None,
        "userErrors": [{"code": "INVALID"}],
    }
    cart = (await shop.run(create, {"input": {"lines": lines}}))["cartCreate"]["cart"]
    assert cart["totalQuantity"] == 2
    line = next(n["id"] for n in cart["lines"]["nodes"] if n["merchandise"]["id"] == lines[0]["merchandiseId"])
    whole = CART.replace("cart {", "cart(id: $id) {")
    read = f"query($id: ID!, $line: ID!) {within} {{ {whole} node(id: $line) {{ id }} }}"
    move = f"""mutation($id: ID!, $to: CountryCode) {within}
      {{ cartBuyerIdentityUpdate(cartId: $id, buyerIdentity: {{countryCode: $to}}) {{ {CART} }} }}"""
    add = f"""mutation($id: ID!, $lines: [CartLineInput!]!) {within}
      {{ cartLinesAdd(cartId: $id, lines: $lines) {{ {CART} userErrors {{ code }} }} }}"""

    moved = (await shop.run(move, {"id": cart["id"], "to": "DE"}))["cartBuyerIdentityUpdate"]["cart"]
    assert [n["merchandise"]["id"] for n in moved["lines"]["nodes"]] == [lines[1]["merchandiseId"]]
    assert await shop.run(read, {"id": cart["id"], "line": line}) == {"cart": moved, "node": None}
    refused = (await shop.run(add, {"id": cart["id"], "lines": lines[:1]}))["cartLinesAdd"]
    assert refused == {"cart": None, "userErrors": [{"code": "INVALID"}]}
    added = (await shop.run(add, {"id": cart["id"], "lines": lines[1:]}))["cartLinesAdd"]["cart"]
    assert [n["merchandise"]["id"] for n in added["lines"]["nodes"]] == [lines[1]["merchandiseId"]]
    assert await shop.run(read, {"id": cart["id"], "line": line}) == {"cart": added, "node": None}

    back = (await shop.run(move, {"id": cart["id"], "to": "GB"}))["cartBuyerIdentityUpdate"]["cart"]
    assert len(back["lines"]["nodes"]) == 2, "what waited unseen is there again"
    assert (await shop.run(read, {"id": cart["id"], "line": line}))["node"] == {"id": line}


async def test_a_review_that_is_not_published_is_not_there(shop: Client) -> None:
    hidden = {"product_id": SHOWN, "rating": 1, "author": "Zed", "title": "Hm"}
    states = {9_001: "pending", 9_002: "rejected"}
    async with shop.shop.database.write() as session:
        await session.add_all(ReviewRow, [hidden | {"id": number, "status": state} for number, state in states.items()])
    query = """{ nodes(ids: ["gid://shopify/Review/9001", "gid://shopify/Review/9002"]) { id }
      product(id: "gid://shopify/Product/6") { rating { average count distribution { stars count } }
        newest: reviews(first: 9) { nodes { id rating } }
        oldest: reviews(first: 9, reverse: true) { nodes { id } }
        last: reviews(last: 9, sortKey: RATING) { nodes { id } } } }"""
    data = await shop.run(query)
    assert data["nodes"] == [None, None]
    product = data["product"]
    shown = product["newest"]["nodes"]
    assert product["rating"]["count"] == len(shown) == 5
    assert product["rating"]["average"] == round(sum(review["rating"] for review in shown) / 5, 2)
    counted = {stars: sum(review["rating"] == stars for review in shown) for stars in range(1, 6)}
    assert product["rating"]["distribution"] == [{"stars": s, "count": n} for s, n in counted.items()]
    ids = [review["id"] for review in shown]
    assert [review["id"] for review in product["oldest"]["nodes"]] == ids[::-1]
    assert {review["id"] for review in product["last"]["nodes"]} == set(ids)


async def test_the_landing_page_says_how_much_is_shown_and_how_much_is_hidden(guest: Client) -> None:
    whole = (await guest.http.get("/")).text
    assert "<dt>Products</dt><dd>30</dd>" in whole
    async with guest.shop.database.write() as session:
        await session.change(update(ProductRow).where(col(ProductRow.id) < 3).values(status="draft"))
    assert "<dt>Products</dt><dd>28 + 2 hidden</dd>" in (await guest.http.get("/")).text


async def test_sqlite_looks_for_what_is_not_sold_among_that_alone(databases: Databases) -> None:
    """It would take the unique index of all prices, and read a third more for a page of a large shop."""
    asked = select(ProductRow.id).where(*visible(None, datetime.now(UTC)))
    async with Database(await databases.fresh("sqlite", "hidden", hide)) as db, db.engine.connect() as connection:
        text = asked.compile(dialect=db.engine.dialect, compile_kwargs={"literal_binds": True})
        no_limit = -1  # The only one that the dialect gives beside the text.
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (no_limit,))
        assert "INDEX ix_product_prices_excluded (market_id=? AND product_id=?)" in str(plan.all())
