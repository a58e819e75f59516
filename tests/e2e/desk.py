"""Where the tools of storefront developers work: a folder beside them, with our schema and operations that cover it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.transport.node import installed, node

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TOOLS = HERE / "npm" / "tools"
OPERATIONS = sorted((HERE / "operations").glob("*.graphql"))


@contextmanager
def laid_out(name: str) -> Iterator[Path]:
    """The folder, with everything as each of the tools likes to find it; removed in the end."""
    home = installed(TOOLS, 300)
    desk = home / name
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


def run_script(desk: Path, name: str, given: object) -> Any:
    """What a script of the desk answers, in JSON as it is asked."""
    done = subprocess.run(
        [*node(), name], cwd=desk, input=json.dumps(given), capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, f"{name}:\n{done.stdout}{done.stderr}"
    return json.loads(done.stdout)
