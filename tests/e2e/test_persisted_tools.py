"""Manifests as the tools of storefront developers write them, and Apollo's client that names its documents."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.main import create_shop
from app.settings import Settings
from bench.dataset import fill
from tests.databases import Databases
from tests.e2e.desk import OPERATIONS, laid_out, run, run_script
from tests.transport.serving import serving

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

VARIANT = "gid://shopify/ProductVariant/1"
ASKED = {
    "Listing": {"first": 2},
    "Localization": {"country": "DE"},
    "Nodes": {"id": VARIANT, "ids": [VARIANT]},
    "CartCreate": {"input": {"lines": [{"merchandiseId": VARIANT, "quantity": 2}]}},
    "Stock": {"variantIds": [VARIANT]},
}
"""Operations of every kind, with variables."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Path]:
    """With the three manifests in the folder `manifests`."""
    with laid_out("manifests") as desk:
        (desk / "manifests").mkdir()
        _codegen(desk)
        _relay(desk)
        _apollo(desk)
        yield desk


def _codegen(desk: Path) -> None:
    config = json.loads((desk / "codegen.json").read_text())
    types = config["generates"].pop("generated/")
    config["generates"]["documents/"] = {**types, "presetConfig": {"persistedDocuments": True}}
    (desk / "codegen.json").write_text(json.dumps(config))
    run(desk, "@graphql-codegen/cli/cjs/bin.js", "--config", "codegen.json")
    (desk / "documents" / "persisted-documents.json").rename(desk / "manifests" / "codegen.json")


def _relay(desk: Path) -> None:
    config = json.loads((desk / "relay.config.json").read_text())
    config["persistConfig"] = {"file": "manifests/relay.json"}
    (desk / "relay.config.json").write_text(json.dumps(config))
    (desk / "manifests" / "relay.json").write_text("{}")
    run(desk, "relay-compiler/cli.js", "relay.config.json")


def _apollo(desk: Path) -> None:
    config = {"documents": ["operations/*.graphql"], "output": "manifests/apollo.json"}
    (desk / "apollo.json").write_text(json.dumps(config))
    run(desk, "@apollo/generate-persisted-query-manifest/cli.js", "--config", "apollo.json")


@asynccontextmanager
async def _shop(databases: Databases, folder: Path, **settings: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who asks a shop of three products as it runs in production."""
    url = await databases.fresh("sqlite", "small", lambda db: fill(db, 3))
    chosen = Settings(
        env="production", database_url=url, media_dir=folder / "media", cache_dir=folder / "cache", **settings
    )
    shop = create_shop(chosen)
    async with serving(shop.endpoint, shop.asgi) as served:
        yield served.client


async def _apollo_client(desk: Path, http: httpx2.AsyncClient, **given: Any) -> tuple[list[Any], list[Any]]:
    """What Apollo's client hears to every operation, and what it sends over HTTP."""
    asked = [
        {"text": (desk / "operations" / f"{name}.graphql").read_text(), "variables": variables}
        for name, variables in ASKED.items()
    ]
    told = {"url": f"{str(http.base_url).rstrip('/')}/graphql", "asked": asked, **given}
    found = await asyncio.to_thread(run_script, desk, "apollo.mjs", told)
    return found["answers"], found["requests"]


def _assert_answered(answers: list[Any]) -> None:
    assert [answer for answer in answers if "error" in answer] == []
    listing, localization, nodes, created, stock = (answer["data"] for answer in answers)
    assert listing["products"]["edges"] == []
    assert localization["localization"]["country"]["isoCode"] == "DE"
    assert nodes["node"]["id"] == VARIANT
    assert created["cartCreate"]["cart"]["totalQuantity"] == 2
    assert stock["inventoryUpdated"]["id"] == VARIANT


async def test_all_manifests_fit_and_their_ids_are_answered(desk: Path, databases: Databases, tmp_path: Path) -> None:
    codegen, relay, apollo = (
        json.loads((desk / "manifests" / f"{tool}.json").read_text()) for tool in ("codegen", "relay", "apollo")
    )
    assert len(codegen) == len(relay) == len(apollo["operations"]) == len(OPERATIONS)
    texts = [codegen, relay, {operation["id"]: operation["body"] for operation in apollo["operations"]}]
    async with _shop(databases, tmp_path, trusted_documents=desk / "manifests", trusted_documents_only=True) as http:
        for by_id in texts:
            id_ = next(id_ for id_, text in by_id.items() if "query LocalizationQuery" in text)
            for name in ("documentId", "doc_id", "id"):
                body = {name: id_, "variables": {"country": "DE"}}
                answer = (await http.post("/graphql", json=body)).json()
                assert answer["data"]["localization"]["country"]["isoCode"] == "DE", answer
        refused = await http.post("/graphql", json={"query": "{ shop { name } }"})
        assert refused.status_code == 403


async def test_relays_artifacts_name_what_its_manifest_holds(desk: Path) -> None:
    relay = json.loads((desk / "manifests" / "relay.json").read_text())
    written = [path.read_text() for path in (desk / "artifacts").glob("*.graphql.js")]
    named = {match[1] for text in written if (match := re.search(r'"id": "(\w+)",\s+"metadata"', text))}
    assert named == set(relay)


@pytest.mark.parametrize("get", [True, False])
async def test_apollos_client_with_its_manifest(desk: Path, databases: Databases, tmp_path: Path, get: bool) -> None:
    manifest = desk / "manifests" / "apollo.json"
    async with _shop(databases, tmp_path, trusted_documents=manifest, trusted_documents_only=True) as http:
        answers, requests = await _apollo_client(desk, http, get=get, manifest=str(manifest))
    _assert_answered(answers)
    methods = ["GET", "GET", "GET", "POST"] if get else ["POST"] * 4
    assert requests == [{"method": method, "text": False, "status": 200} for method in methods]


@pytest.mark.parametrize("get", [True, False])
async def test_apollos_client_registers_what_nobody_knows(
    desk: Path, databases: Databases, tmp_path: Path, get: bool
) -> None:
    async with _shop(databases, tmp_path) as http:
        first, registering = await _apollo_client(desk, http, get=get)
        again, naming = await _apollo_client(desk, http, get=get)
    _assert_answered(first)
    _assert_answered(again)
    assert [request["text"] for request in registering] == [False, True] * 4
    assert [request["text"] for request in naming] == [False] * 4
    assert {request["status"] for request in (*registering, *naming)} == {200}


async def test_apollos_client_does_not_insist_where_nothing_else_is_answered(
    desk: Path, databases: Databases, tmp_path: Path
) -> None:
    async with _shop(
        databases, tmp_path, trusted_documents=desk / "manifests" / "relay.json", trusted_documents_only=True
    ) as http:
        answers, requests = await _apollo_client(desk, http, get=True)
    # Its websocket sends the text in any case.
    assert [answer["code"] for answer in answers] == ["PERSISTED_QUERY_NOT_IN_LIST"] * 4 + ["QUERY_NOT_IN_SAFELIST"]
    assert [(request["text"], request["status"]) for request in requests] == [(False, 404)] * 4
