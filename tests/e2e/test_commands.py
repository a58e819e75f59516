"""What the README gives to try in a shell, with the real curl."""

import asyncio
import re
import shlex
from pathlib import Path

import pytest

from tests.test_readme import CURLS

pytestmark = pytest.mark.e2e


async def test_commands_for_a_shell_run_as_they_stand(base_url: str, tmp_path: Path) -> None:
    asked, (first, second) = [[await curl(words, base_url, tmp_path) for words in commands(text)] for text in CURLS]
    assert len(asked) == 1
    assert '"title"' in asked[0]
    assert first.startswith("HTTP/1.1 200 ")
    assert first.endswith('{"data":{"shop":{"name":"Quillhaven"}}}')
    assert second.startswith("HTTP/1.1 304 ")
    assert second.endswith("\r\n\r\n")


def commands(block: str) -> list[list[str]]:
    """The words of each command of a block: one begins with each line that begins with its name."""
    return [shlex.split(text) for text in re.split(r"\n(?=curl )", block)]


async def curl(words: list[str], url: str, folder: Path) -> str:
    """What a command prints that asks this server instead of the one that the README has running."""
    words = [word.replace("http://127.0.0.1:8000", url) for word in words]
    process = await asyncio.create_subprocess_exec(*words, "--noproxy", "*", cwd=folder, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0
    return out.decode()
