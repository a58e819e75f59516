"""The explorer's ready-made tabs: each runs as it stands on the demo shop."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.explorer.state import SOURCE
from tests.api import Client, serving
from tests.transport.node import node
from tests.transport.serving import initialised
from tests.transport.serving import serving as socketed
from tests.transport.talking import hear, subscribe

FIND = """{ products(first: 20) { nodes { handle variants(first: 5) { nodes { id quantityAvailable } } } } }"""
OPEN = "mutation { cartCreate { cart { id } } }"
SCRIPT = """import { readyTabs } from %s;
console.log(JSON.stringify(readyTabs(JSON.parse(process.argv[1]), true)))"""


@pytest.fixture
async def shopper(demo_folder: Path, tmp_path: Path) -> AsyncIterator[Client]:
    """Somebody in a demo shop of their own, who may buy."""
    shutil.copy(demo_folder / "shop.db", tmp_path / "shop.db")
    async with serving(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", demo_folder) as client:
        yield client


async def ready_tabs(client: Client) -> dict[str, tuple[str, dict[str, Any]]]:
    """By name, the operation and its variables, as a first visitor finds them."""
    products = (await client.run(FIND))["products"]["nodes"]
    stocked = [(p["handle"], v["id"]) for p in products for v in p["variants"]["nodes"] if v["quantityAvailable"] > 1]
    cart = (await client.run(OPEN))["cartCreate"]["cart"]["id"]
    ids = json.dumps({"handle": stocked[0][0], "variant": stocked[0][1], "cart": cart})
    script = SCRIPT % json.dumps((SOURCE / "src/tabs.js").as_uri())
    command = [*node(), "--input-type=module", "-e", script, ids]
    done = await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, text=True)
    tabs = {}
    for tab in json.loads(done.stdout):
        document = tab["query"]
        body = "\n".join(line for line in document.splitlines() if not line.startswith("#")).strip()
        name = body.split()[1].partition("(")[0]
        tabs[name] = (document, json.loads(tab["variables"] or "{}"))
    return tabs


def holes(value: Any, path: str = "") -> list[str]:
    """Where an answer has nothing to show."""
    if isinstance(value, dict):
        return [hole for name, inner in value.items() for hole in holes(inner, f"{path}.{name}")]
    if isinstance(value, list):
        return [path] if not value else [hole for inner in value for hole in holes(inner, path)]
    return [path] if value is None else []


async def test_every_one_runs_and_has_something_to_show(shopper: Client) -> None:
    tabs = await ready_tabs(shopper)
    ran, may_be_empty = [], ("userErrors", "image", ".cartUpdated.lines.nodes")
    async with socketed(shopper.shop.endpoint) as served, served.socket() as socket:
        await initialised(socket)
        for name, (document, variables) in tabs.items():
            if f"\nsubscription {name}" in document:
                await subscribe(socket, name, document, variables=variables)
                answer = (await asyncio.wait_for(hear(socket), 20))["payload"]
            else:
                answer = (await shopper.send(document, variables)).json()
            assert "errors" not in answer, (name, answer)
            missing = [hole for hole in holes(answer["data"]) if not hole.endswith(may_be_empty)]
            assert missing == [], (name, missing)
            ran.append(name)
    assert len(ran) == 11


async def test_what_they_show_is_what_they_say(shopper: Client) -> None:
    tabs = await ready_tabs(shopper)
    search = await shopper.run(*tabs["SearchTheShop"])
    assert "Harbour Stoneware Mug" in {node["title"] for node in search["search"]["nodes"]}
    narrowed = (await shopper.run(*tabs["NarrowAList"]))["collections"]["nodes"][0]["products"]
    chosen = json.loads(narrowed["filters"][0]["values"][0]["input"])
    document, _ = tabs["NarrowAList"]
    again = await shopper.run(document, {"filters": [chosen]})
    assert again["collections"]["nodes"][0]["products"]["nodes"] != []
    german = await shopper.run(*tabs["AskInGerman"])
    assert german["localization"]["language"]["endonymName"] == "Deutsch"
    assert "Becher" in {node["productType"] for node in german["products"]["nodes"]}
    assert (await shopper.run(*tabs["ReadWhatItTells"]))["menu"]["title"] == "Main menu"
