"""The one place that starts a real shop for the browser tests: fresh database, demo shop, server process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "app.cli")
STARTUP_SECONDS = 60
STOP_SECONDS = 30


def _run(command: tuple[str, ...], env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.fail(
            f"`{' '.join(command[1:])}` ended with {done.returncode}:\n{done.stdout}{done.stderr}", pytrace=False
        )


def build_explorer() -> None:
    _run((sys.executable, "-m", "app.explorer.build"))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Returns when that address answers with success; fails with the server's log if it does not."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - our own address
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"It did not answer at {url}:\n{log.read_text()}", pytrace=False)


@contextmanager
def shop(folder: Path) -> Iterator[str]:
    """Address of a shop that was started for these tests, without a slash at its end."""
    port = free_port()
    env = {
        **os.environ,
        "STOREKEEP_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'shop.db'}",
        "STOREKEEP_ENV": "development",
        "STOREKEEP_HOST": "127.0.0.1",
        "STOREKEEP_PORT": str(port),
    }
    for step in ("migrate", "demo"):
        _run((*COMMAND, step), env)
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen((*COMMAND, "serve"), cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(f"{url}/ready", server, log)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
            pytest.fail(f"The shop did not stop within {STOP_SECONDS} s:\n{log.read_text()}", pytrace=False)
