"""The reference schema, from npm: fetched by exact version, checked, and never part of the repository."""

import base64
import fcntl
import hashlib
import json
import re
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

from graphql import GraphQLSchema, IntrospectionQuery, build_client_schema

from tests.transport.node import ROOT, npm

PACKAGE = "@shopify/hydrogen-react"
VERSION = "2026.4.4"
# sha512 of each package's archive that we have read; the one we compare with must be among them.
INTEGRITY: Mapping[str, str] = MappingProxyType(
    {"2026.4.4": "3Xh8OLt58MhhpVGSOas+EhYu6FU4RNKlWI8o+y6749mAlZja2OUNu54zObgLzDfJ/Q6gzbZBw7gjAbPP4EmqOA=="}
)
CACHE = ROOT / "var" / "cache" / "npm"
_MEMBER = "package/storefront.schema.json"
_SECONDS = 100
_EXACT = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?", re.ASCII)


class UnavailableError(Exception):
    """The reference cannot be had, and why."""


@cache
def reference(version: str = VERSION) -> GraphQLSchema:
    """The Storefront API's schema as that version of the package has it. Raises UnavailableError."""
    return build_client_schema(read(archive(version)), assume_valid=True)


def archive(version: str, folder: Path = CACHE, npm: Callable[[], list[str]] = npm) -> Path:
    """The package's archive, fetched unless ``folder`` has it. A version that we pinned must be what we pinned."""
    # Anything else npm might read as another place to fetch from.
    if not _EXACT.fullmatch(version):
        raise UnavailableError(f"{version!r} is no exact version of {PACKAGE}, such as {VERSION}.")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{PACKAGE.replace('/', '-').lstrip('@')}-{version}.tgz"
    with (folder / ".lock").open("w") as lock:
        # Test processes run side by side; one fetches and the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            _fetch(version, folder, path, npm())
        check(path, version)
    return path


def check(path: Path, version: str) -> None:
    """Raises UnavailableError when the archive of a pinned version is not the one that was pinned."""
    pinned = INTEGRITY.get(version)
    found = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if pinned not in (None, found):
        raise UnavailableError(
            f"{path} is not the {PACKAGE} {version} that tests/contract/reference.py pins "
            f"(sha512 {found}, not {pinned}). Delete it to fetch it again."
        )


def read(path: Path) -> IntrospectionQuery:
    """The introspection result inside the archive. Raises UnavailableError when there is none."""
    try:
        content = json.loads(member(path, _MEMBER))
    except ValueError as error:
        raise UnavailableError(f"{path} holds no readable {_MEMBER}: {error}.") from error
    if not isinstance(content, dict) or "__schema" not in content:
        raise UnavailableError(f"{_MEMBER} in {path} is not an introspection result.")
    return cast(IntrospectionQuery, content)


def member(path: Path, name: str) -> bytes:
    """A file inside the archive. Raises UnavailableError when there is none."""
    try:
        with tarfile.open(path) as package:
            found = package.extractfile(name)
            if found is None:
                raise UnavailableError(f"{name} in {path} is not a file.")
            return found.read()
    except (tarfile.TarError, KeyError) as error:
        raise UnavailableError(f"{path} holds no readable {name}: {error}.") from error


def _fetch(version: str, folder: Path, path: Path, npm: list[str]) -> None:
    wanted = f"{PACKAGE}@{version}"
    command = [*npm, "pack", wanted, "--ignore-scripts", "--json", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(
            f"npm could not fetch {wanted}, which the contract test compares with: {error}."
        ) from error
    if done.returncode != 0:
        raise UnavailableError(f"npm could not fetch {wanted}, which the contract test compares with:\n{done.stderr}")
    (folder / json.loads(done.stdout)[0]["filename"]).replace(path)
