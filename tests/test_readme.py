"""What the README gives to try: it does on the demo shop what is said of it."""

import asyncio
import re
import shlex
import shutil
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


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_commands_for_a_shell_run_as_they_stand(served: Served, tmp_path: Path) -> None:
    asked, (first, second) = [[await curl(words, served, tmp_path) for words in commands(text)] for text in CURLS]
    assert len(asked) == 1
    assert '"title"' in asked[0]
    assert first.startswith("HTTP/1.1 200 ")
    assert first.endswith('{"data":{"shop":{"name":"Quillhaven"}}}')
    assert second.startswith("HTTP/1.1 304 ")
    assert second.endswith("\r\n\r\n")


def commands(block: str) -> list[list[str]]:
    """The words of each command of a block: one begins with each line that begins with its name."""
    return [shlex.split(text) for text in re.split(r"\n(?=curl )", block)]


async def curl(words: list[str], served: Served, folder: Path) -> str:
    """What a command prints that asks this server instead of the one that the README has running."""
    words = [word.replace("http://127.0.0.1:8000", served.url) for word in words]
    process = await asyncio.create_subprocess_exec(*words, "--noproxy", "*", cwd=folder, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0
    return out.decode()
