"""Tools that storefront developers use: each reads our schema and takes operations that cover the API."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.desk import OPERATIONS, TOOLS, laid_out, run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def desk() -> Iterator[Path]:
    with laid_out("desk") as desk:
        yield desk


def test_the_operations_cover_the_api() -> None:
    text = "\n".join(path.read_text() for path in OPERATIONS)
    assert len(OPERATIONS) >= 15
    assert {kind for kind in ("query", "mutation", "subscription") if re.search(rf"^{kind} ", text, re.M)} == {
        "query",
        "mutation",
        "subscription",
    }


def test_codegen_makes_types(desk: Path) -> None:
    run(desk, "@graphql-codegen/cli/cjs/bin.js", "--config", "codegen.json")
    made = (desk / "generated" / "graphql.ts").read_text()
    for path in OPERATIONS:
        assert re.search(rf"export type {path.stem}\w+Variables = ", made), path.stem


def test_relay_compiles(desk: Path) -> None:
    run(desk, "relay-compiler/cli.js", "relay.config.json")
    made = {path.name for path in (desk / "artifacts").iterdir()}
    for path in OPERATIONS:
        assert any(name.startswith(path.stem) for name in made), path.stem


def test_gql_tada_infers_types(desk: Path) -> None:
    tada = "gql.tada/bin/cli.js"
    run(desk, tada, "generate-output", folder="tada")
    run(desk, tada, "check", "--fail-on-warn", folder="tada")
    run(desk, tada, "turbo", "--fail-on-warn", folder="tada")
    cached = (desk / "tada" / "graphql-cache.d.ts").read_text()
    assert cached.count("TadaDocumentNode<") >= len(OPERATIONS)


def test_the_rules_of_relay_are_kept(desk: Path) -> None:
    lines = (desk / "schema.graphql").read_text().splitlines()
    (report,) = json.loads(run(desk, "eslint/bin/eslint.js", "--format", "json", "schema.graphql", fails=True))
    found = {_place(lines, message["line"] - 1): message["message"] for message in report["messages"]}
    excused = tomllib.loads((TOOLS / "excused.toml").read_text())
    assert found.keys() == excused.keys(), {place: found[place] for place in found.keys() - excused.keys()}


def _place(lines: list[str], number: int) -> str:
    """`Type.field` at a line of a schema; of an edge type, its node."""
    owner = next(line for line in reversed(lines[: number + 1]) if re.match(r"(type|interface) ", line))
    named = re.match(r"\s+(\w+)", lines[number])
    return f"{owner.split()[1]}.{named[1] if named else 'node'}"
