"""The npm packages of a server to compare with: installed from its lock file, beside its source, when that changed."""

import fcntl
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

from app.explorer.build import Node, find_node

OLDEST_NODE = 22
"""What PostGraphile asks for; all servers run on the same Node."""
INSTALL_SECONDS = 600
# A registry's address may hold a password.
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+")


class PackagesError(Exception):
    """The packages could not be installed; the message is what npm says."""


def node() -> Node:
    """The Node of this machine where it is recent enough, else the wheel's. Raises app.explorer.build.BuildError."""
    return find_node(oldest=OLDEST_NODE)


def install(folder: Path) -> None:
    """Make ``node_modules`` of a folder what its lock file says. Raises PackagesError."""
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".storekeep"
    # npm takes node_modules away and makes it anew, so what two installations wait for stands beside it.
    with (folder / ".npmrc").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        found = node()
        done = subprocess.run(
            [*found.npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"],
            cwd=folder,
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": found.path},
            timeout=INSTALL_SECONDS,
            check=False,
        )
        if done.returncode:
            said = _ADDRESS.sub("<address>", done.stderr)[:2000]
            raise PackagesError(f"npm could not install the packages of {folder.name}:\n{said}")
        stamp.write_text(wanted)


def node_version() -> str:
    """The version of the Node that the servers run on."""
    told = subprocess.run([node().node, "--version"], capture_output=True, text=True, check=True)
    return told.stdout.strip().removeprefix("v")


def versions(folder: Path) -> dict[str, str]:
    """The packages that a folder asks for, and their versions."""
    asked: dict[str, str] = json.loads((folder / "package.json").read_text())["dependencies"]
    return asked
