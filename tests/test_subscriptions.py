"""Subscriptions over real websockets: the present state first, then every change, whoever made it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from app.main import create_shop
from app.media import FileMediaStore
from app.settings import Settings
from db.session import Database
from resolvers.exchange import Summary, import_products
from tests.transport.serving import Served, initialised, serving
from tests.transport.talking import hear, subscribe

WATCH = """subscription($ids: [ID!]!) { inventoryUpdated(variantIds: $ids) {
  id quantityAvailable availableForSale product { title } } }"""
CART = "subscription($id: ID!) { cartUpdated(cartId: $id) { totalQuantity cost { totalAmount { amount } } } }"
BUY = "mutation($id: ID!, $n: Int!) { demoBuy(merchandiseId: $id, quantity: $n) { userErrors { code message } } }"
CREATE = "mutation { cartCreate { cart { id } } }"
ADD = """mutation($id: ID!, $v: ID!) { cartLinesAdd(cartId: $id, lines: [{ merchandiseId: $v }]) {
  userErrors { message } } }"""
PLENTY = "gid://shopify/ProductVariant/4"
"""Six pieces of it in the synthetic shop."""


@pytest.fixture
async def served(shop_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    """The synthetic shop behind a real server."""
    shop = create_shop(Settings(database_url=shop_url, media_dir=tmp_path / "media", cache_dir=tmp_path / "cache"))
    async with serving(shop.endpoint, shop.asgi) as running:
        yield running


async def heard(socket: ClientConnection) -> dict[str, Any]:
    """The data of the next event."""
    frame = await asyncio.wait_for(hear(socket), 10)
    assert frame["type"] == "next", frame
    assert "errors" not in frame["payload"], frame
    data: dict[str, Any] = frame["payload"]["data"]
    return data


async def test_stock_is_shown_as_it_is_and_again_whenever_it_changes(served: Served) -> None:
    async with served.socket() as socket:
        await initialised(socket)
        await subscribe(socket, "1", WATCH, variables={"ids": [PLENTY]})
        numbers = [(await heard(socket))["inventoryUpdated"]["quantityAvailable"]]
        for count in (1, 2, 3):
            bought = await served.run(BUY, id=PLENTY, n=count)
            assert bought["data"]["demoBuy"]["userErrors"] == []
            event = (await heard(socket))["inventoryUpdated"]
            numbers.append(event["quantityAvailable"])
            assert event["product"] == {"title": "Product number 2"}
        assert numbers == [6, 5, 3, 0]
        assert event["availableForSale"] is False


async def test_what_is_not_watched_is_not_told(served: Served) -> None:
    async with served.socket() as socket:
        await initialised(socket)
        await subscribe(socket, "1", WATCH, variables={"ids": [PLENTY]})
        await heard(socket)
        await served.run(BUY, id="gid://shopify/ProductVariant/10", n=1)
        await served.run(BUY, id=PLENTY, n=1)
        assert (await heard(socket))["inventoryUpdated"]["id"] == PLENTY


async def test_a_cart_is_shown_as_it_is_and_again_whenever_anybody_changes_it(served: Served) -> None:
    cart = (await served.run(CREATE))["data"]["cartCreate"]["cart"]["id"]
    async with served.socket() as socket:
        await initialised(socket)
        await subscribe(socket, "1", CART, variables={"id": cart})
        assert (await heard(socket))["cartUpdated"] == {"totalQuantity": 0, "cost": {"totalAmount": {"amount": "0.0"}}}
        for count in (1, 2, 3):
            await served.run(ADD, id=cart, v=PLENTY)
            event = (await heard(socket))["cartUpdated"]
            assert event["totalQuantity"] == count
            assert event["cost"]["totalAmount"]["amount"] != "0.0"


REFUSED = [
    (CART, {"id": "gid://shopify/Cart/unknown"}, "NOT_FOUND"),
    (WATCH, {"ids": ["gid://shopify/ProductVariant/999999", "nonsense"]}, "NOT_FOUND"),
    (WATCH, {"ids": []}, "BAD_REQUEST"),
    (WATCH, {"ids": [PLENTY] * 251}, "LIMIT_EXCEEDED"),
]


@pytest.mark.parametrize(("query", "variables", "code"), REFUSED)
async def test_what_cannot_be_watched_is_an_error(
    served: Served, query: str, variables: dict[str, Any], code: str
) -> None:
    async with served.socket() as socket:
        await initialised(socket)
        await subscribe(socket, "1", query, variables=variables)
        frame = await asyncio.wait_for(hear(socket), 10)
        errors = frame["payload"] if frame["type"] == "error" else frame["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == code


async def test_simulated_shoppers_of_another_process_move_it_within_two_seconds(
    served: Served, shop_url: str, tmp_path: Path
) -> None:
    ids = [f"gid://shopify/ProductVariant/{number}" for number in range(1, 91)]
    async with served.socket() as socket:
        await initialised(socket)
        await subscribe(socket, "1", WATCH, variables={"ids": ids})
        for _ in ids:
            await heard(socket)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _LIVE,
            env={**os.environ, "STOREKEEP_DATABASE_URL": shop_url},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        await process.stdout.readline()
        async with asyncio.timeout(2):
            assert (await heard(socket))["inventoryUpdated"]["id"] in ids
        await process.communicate()
        assert process.returncode == 0


# `storekeep demo --live` without its first half, which would bring the demo shop into this synthetic one.
_LIVE = """
import asyncio
from rich.console import Console
from app.demo import live
from app.settings import load
asyncio.run(live(load(), Console(), shoppers=3, seconds=3))
"""


async def test_an_import_reaches_whoever_watches(served: Served, shop_url: str, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text(
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,"
        "Variant Price\nproduct-2,Product number 2,Size,Small,SKU-2-1,shopify,77,5.00\n"
    )
    async with served.socket() as socket:
        await initialised(socket)
        await subscribe(socket, "1", WATCH, variables={"ids": [PLENTY]})
        assert (await heard(socket))["inventoryUpdated"]["quantityAvailable"] == 6

        async def imported() -> Summary:
            async with Database(shop_url) as other:
                return await import_products(other, FileMediaStore(tmp_path / "media"), file)

        # On a thread of its own, as in a process of its own: an import does not let its event loop go on while it
        # waits for a writer, and the server's is one.
        summary = await asyncio.to_thread(asyncio.run, imported())
        assert (summary.changed, summary.refused) == (1, 0), json.dumps([str(f) for f in summary.findings])
        assert (await heard(socket))["inventoryUpdated"]["quantityAvailable"] == 77
