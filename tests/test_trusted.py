"""Trusted documents of a shop: from the settings to the answer, and what is said of those that do not fit."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.graphql.persisted import ManifestError
from app.main import create_shop
from app.settings import Settings
from tests.api import serving
from tests.commanding import Command
from tests.test_cli import finding

LISTING = "query Listing($first: Int!) {\n  products(first: $first) {\n    nodes {\n      title\n    }\n  }\n}"
CREATION = "mutation Creation { cartCreate { cart { id checkoutUrl } } }"


def manifest(folder: Path, **documents: str) -> Path:
    file = folder / "persisted-documents.json"
    file.write_text(json.dumps(documents))
    return file


async def test_a_shop_that_answers_nothing_else(small_url: str, tmp_path: Path) -> None:
    file = manifest(tmp_path, listing=LISTING, creation=CREATION)
    async with serving(small_url, tmp_path, trusted_documents=file, trusted_documents_only=True) as guest:
        asked = {"documentId": "listing", "variables": {"first": 2}}
        answer = (await guest.http.post("/graphql", json=asked)).json()
        assert len(answer["data"]["products"]["nodes"]) == 2
        # What a storefront sends as text is answered where the manifest has it.
        assert await guest.run(LISTING, {"first": 2}) == answer["data"]
        for query in ("{ shop { name } }", "{ __schema { types { name } } }"):
            assert (await guest.refused(query))["extensions"] == {"code": "QUERY_NOT_IN_SAFELIST"}
        # Pages of ours ask what they need.
        created: dict[str, Any] = (await guest.http.post("/graphql", json={"documentId": "creation"})).json()["data"]
        page = await guest.http.get(created["cartCreate"]["cart"]["checkoutUrl"])
        assert page.status_code == 200
        # The explorer would have nothing to ask with.
        assert (await guest.http.get("/graphiql")).status_code == 404
        landing = await guest.http.get("/")
        assert landing.status_code == 200
        assert "Open the explorer" not in landing.text
        assert "curl" not in landing.text
        assert "Only trusted documents are answered here" in landing.text
        assert (
            'storekeep_persisted_documents_total{kind="trusted",outcome="hit"} 2.0'
            in (await guest.http.get("/metrics")).text
        )


async def test_beside_them_everything_else_is_answered(small_url: str, tmp_path: Path) -> None:
    async with serving(small_url, tmp_path, trusted_documents=manifest(tmp_path, listing=LISTING)) as guest:
        asked = {"documentId": "listing", "variables": {"first": 1}}
        answer = (await guest.http.post("/graphql", json=asked)).json()
        assert answer["data"] == await guest.run(LISTING, {"first": 1})
        assert await guest.run("{ shop { name } }")
        landing = (await guest.http.get("/")).text
        assert landing.count("Open the explorer") == landing.count("curl http") == 1


def test_limits_hold_for_trusted_documents_too(tmp_path: Path) -> None:
    deep = manifest(
        tmp_path, deep="{ products(first: 1) { nodes { variants(first: 1) { nodes { image { url } } } } } }"
    )
    with pytest.raises(ManifestError, match="deep: The operation has too many levels of fields"):
        create_shop(Settings(trusted_documents=deep, max_depth=5, media_dir=tmp_path / "media"))
    large = manifest(
        tmp_path, large="query ($n: Int) { products(first: $n) { nodes { variants(first: 251) { nodes { id } } } } }"
    )
    with pytest.raises(ManifestError, match="large: 'first' is 251; at most 250 are allowed"):
        create_shop(Settings(trusted_documents=large, media_dir=tmp_path / "media"))
    inner = "nodes { product { variants(first: 250) { nodes { id } } } }"
    dear = manifest(tmp_path, dear=f"{{ products(first: 250) {{ nodes {{ variants(first: 250) {{ {inner} }} }} }} }}")
    with pytest.raises(ManifestError, match=r"dear: The operation .* points of cost"):
        create_shop(Settings(trusted_documents=dear, media_dir=tmp_path / "media"))
    introspecting = manifest(tmp_path, schema="{ __schema { types { name } } }")
    with pytest.raises(ManifestError, match="introspection has been disabled"):
        create_shop(Settings(trusted_documents=introspecting, env="production", media_dir=tmp_path / "media"))
    assert [path.name for path in tmp_path.iterdir()] == [introspecting.name]
    # With small pages it is answered.
    small = f"query ($n: Int!) {{ products(first: $n) {{ nodes {{ variants(first: 250) {{ {inner} }} }} }} }}"
    create_shop(Settings(trusted_documents=manifest(tmp_path, small=small), media_dir=tmp_path / "media"))


class TestCommands:
    @pytest.mark.parametrize("env", ["development", "production"])
    def test_serve_refuses_what_does_not_fit_before_it_makes_anything(
        self, command: Command, tmp_path: Path, env: str
    ) -> None:
        file = manifest(tmp_path, good="{ shop { name } }", bad="{ shop { nam } }", worse="{ shop {")
        ended = command("serve", "--demo", trusted_documents=file.name, env=env)
        assert (ended.code, ended.out) == (1, "")
        head, bad, worse = ended.err.splitlines()
        assert head == "The trusted documents cannot be served:"
        assert bad == (
            f"  {file.name}, bad: Cannot query field 'nam' on type 'Shop'. Did you mean 'name'? (line 1, column 10)"
        )
        assert worse.startswith(f"  {file.name}, worse: Syntax Error")
        assert [path.name for path in tmp_path.iterdir()] == [file.name]

    def test_serve_refuses_to_serve_nothing(self, command: Command, tmp_path: Path) -> None:
        ended = command("serve", trusted_documents_only="true")
        assert ended.code == 2
        assert "STOREKEEP_TRUSTED_DOCUMENTS_ONLY: answers nobody" in ended.err
        empty = manifest(tmp_path)
        ended = command("serve", trusted_documents_only="true", trusted_documents=empty)
        assert ended.code == 1
        assert f"{empty}: it holds no document" in ended.err
        missing = command("serve", trusted_documents="none")
        assert missing.code == 1
        assert "none: it cannot be read (No such file or directory)" in missing.err

    def test_the_doctor(self, command: Command, empty_url: str, tmp_path: Path) -> None:
        assert "Trusted documents" not in command("doctor", database_url=empty_url).out
        file = manifest(tmp_path, listing=LISTING, creation=CREATION)
        well = command("doctor", database_url=empty_url, trusted_documents=file)
        assert finding(well, "Trusted documents") == f"✓ Trusted documents: 2 in {file}"
        only = command("doctor", database_url=empty_url, trusted_documents=file, trusted_documents_only="true")
        assert finding(only, "Trusted documents").endswith("; no others are answered")
        assert "Explorer" not in only.out
        manifest(tmp_path, listing=LISTING, bad="{ shop { nam } }")
        ill = command("doctor", database_url=empty_url, trusted_documents=file)
        assert ill.code == 1
        assert finding(ill, "Trusted documents").startswith("✗")
        assert f"{file}, bad: Cannot query field 'nam' on type 'Shop'. Did you mean 'name'?" in ill.out
