"""Tools that storefront developers use: each reads our schema and takes operations that cover the API."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.transport.node import installed, node

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOOLS = HERE / "npm" / "tools"
OPERATIONS = sorted((HERE / "operations").glob("*.graphql"))


@pytest.fixture(scope="module")
def desk() -> Iterator[Path]:
    """A folder beside the tools with our schema and operations, as each of them likes to find them."""
    home = installed(TOOLS, 300)
    desk = home / "desk"
    shutil.rmtree(desk, ignore_errors=True)
    shutil.copytree(TOOLS, desk, ignore=shutil.ignore_patterns("package*.json", "node_modules"))
    shutil.copytree(HERE / "operations", desk / "operations")
    shutil.copy(ROOT / "schema.graphql", desk)
    for folder in ("relay", "artifacts"):
        (desk / folder).mkdir()
    for path in OPERATIONS:
        parts = re.split(r"\n(?=fragment )", path.read_text())
        tagged = "\n".join(f"graphql`\n{part}`;" for part in parts)
        (desk / "relay" / f"{path.stem}.js").write_text(f'import {{ graphql }} from "react-relay";\n\n{tagged}\n')
        (desk / "tada" / f"{path.stem}.ts").write_text(_typed(parts))
    yield desk
    shutil.rmtree(desk)


def _typed(parts: list[str]) -> str:
    """An operation and its fragments for gql.tada, whose documents name the fragments that they spread."""
    operation, *fragments = parts
    lines = ['import { graphql } from "./graphql";', ""]
    lines += [f"export const fragment{n} = graphql(`\n{text}`);" for n, text in enumerate(fragments)]
    names = ", ".join(f"fragment{n}" for n in range(len(fragments)))
    return "\n".join([*lines, f"export const operation = graphql(`\n{operation}`, [{names}]);", ""])


def run(desk: Path, script: str, *arguments: str, folder: str = ".", fails: bool = False) -> str:
    """What a tool writes to standard output; it must succeed, unless it ``fails`` by what it finds."""
    command = [*node(), str(desk.parent / "node_modules" / script), *arguments]
    done = subprocess.run(command, cwd=desk / folder, capture_output=True, text=True, timeout=200)
    assert fails or done.returncode == 0, f"{script}:\n{done.stdout}{done.stderr}"
    return done.stdout


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
