"""What the README gives to try: it does on the demo shop what is said of it.

Its commands for a shell need curl, and are tried in tests/e2e/test_commands.py.
"""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from app.main import create_shop
from app.settings import Settings
from tests.transport.serving import Served, initialised, serving
from tests.transport.talking import hear, subscribe

README = (Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
OPERATIONS = [text for language, text in BLOCKS if language == "graphql"]
(WATCH,) = [text for text in OPERATIONS if text.startswith("subscription")]
(BUY,) = [text for text in OPERATIONS if "demoBuy" in text]
CURLS = [text for language, text in BLOCKS if not language and text.startswith("curl ")]


@pytest.fixture
async def served(demo_folder: Path, tmp_path: Path) -> AsyncIterator[Served]:
    """The demo shop behind a real server, on a database that may be changed."""
    place = tmp_path / "shop.db"
    with closing(sqlite3.connect(demo_folder / "shop.db")) as demo, closing(sqlite3.connect(place)) as own:
        demo.backup(own)
    shop = create_shop(
        Settings(
            database_url=f"sqlite+aiosqlite:///{place}", media_dir=demo_folder / "media", cache_dir=tmp_path / "cache"
        )
    )
    async with serving(shop.endpoint, shop.asgi) as running:
        yield running


async def test_every_query_and_mutation_is_answered_with_something(served: Served) -> None:
    for operation in OPERATIONS:
        if operation == WATCH:
            continue
        answer = await served.run(operation)
        assert "errors" not in answer, operation
        for field in answer["data"].values():
            assert field, operation
            assert not field.get("userErrors"), operation


async def test_who_watches_the_stock_hears_of_what_is_bought(served: Served) -> None:
    async with served.socket() as socket:
        await initialised(socket)
        await subscribe(socket, "1", WATCH)
        before = after = (await hear(socket))["payload"]["data"]["inventoryUpdated"]
        bought = (await served.run(BUY))["data"]["demoBuy"]
        # The import of the shop may still be among the events.
        while after == before:
            after = (await hear(socket))["payload"]["data"]["inventoryUpdated"]
    assert bought["userErrors"] == []
    assert bought["variant"]["title"] == before["title"] == after["title"]
    assert bought["variant"]["quantityAvailable"] == after["quantityAvailable"] == before["quantityAvailable"] - 1
