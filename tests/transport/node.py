"""JavaScript tools for tests: installed once from the lock file, into a cache that the repository ignores."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from app.explorer.build import find_node

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "tests" / "npm"
FILES = ("package.json", "package-lock.json", ".npmrc")


def node() -> list[str]:
    """The command that runs Node: the one on the path where it is recent enough, else the wheel's."""
    return [find_node().node]


def npm() -> list[str]:
    """The command that runs npm."""
    return list(find_node().npm)


def installed(source: Path = SOURCE, seconds: float = 100) -> Path:
    """The directory whose node_modules hold the packages that `source` locks; installs them when it is missing."""
    digest = hashlib.sha256(b"".join((source / name).read_bytes() for name in FILES)).hexdigest()[:12]
    home = ROOT / "var" / "npm" / f"{'tests' if source == SOURCE else source.name}-{digest}"
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        # Test processes run side by side; one installs and the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / ".done").exists():
            for name in FILES:
                shutil.copy(source / name, home / name)
            found = find_node()
            done = subprocess.run(
                [*found.npm, "ci", "--ignore-scripts"],
                cwd=home,
                capture_output=True,
                text=True,
                env={**os.environ, "PATH": found.path},
                timeout=seconds,
            )
            assert done.returncode == 0, f"npm ci failed:\n{done.stderr}"
            (home / ".done").touch()
    return home
