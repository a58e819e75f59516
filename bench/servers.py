"""The two servers as processes: started, asked, put to sleep while the other is measured, and ended."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.processes import pin

ROOT = Path(__file__).parent.parent
START_SECONDS = 60.0


class ServerError(Exception):
    """A server did not start, or did not answer as it has to."""


@dataclass
class Server:
    """A server on a port of this machine, on a core of its own."""

    name: str
    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    def run(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of an answer. Raises ServerError for one with errors."""
        body = json.dumps({"query": query, "variables": variables})
        status, text = self._request("POST", "/graphql", body, {"content-type": "application/json"})
        answer: dict[str, Any] = json.loads(text) if status == 200 else {"errors": text}
        if "errors" in answer:
            raise ServerError(f"{self.name} answered {status}: {answer['errors']}")
        data: dict[str, Any] = answer["data"]
        return data

    def statements(self) -> int:
        """How many SQL statements its operations have taken so far."""
        if self.name == "textbook":
            return int(self._request("GET", "/statements")[1])
        name = "storekeep_operation_statements_sum"
        lines = self._request("GET", "/metrics")[1].splitlines()
        return int(sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name)))

    def sleep(self) -> None:
        """From now on it takes no processor time at all. Call it when it holds no lock that others need."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def is_up(self) -> bool:
        """Whether it answers. Raises ServerError with its log if it has ended."""
        if self.process.poll() is not None:
            raise ServerError(f"{self.name} ended with {self.process.returncode}:\n{self.log.read_text()[-3000:]}")
        try:
            self.run("{ shop { name } }", {})
        except ConnectionError:
            return False
        return True

    def end(self) -> None:
        """Stop it, in good order if it does so within some seconds."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _request(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


@contextmanager
def both(database_url: str, folder: Path, core: set[int]) -> Iterator[tuple[Server, Server]]:
    """Storekeep and the textbook server on that database, answering; ended when left, whatever happens."""
    ports = _free_ports(2)
    storekeep = [sys.executable, "-m", "app.cli", "serve", "--port", str(ports[0])]
    textbook = [sys.executable, "-m", "uvicorn", "bench.textbook.app:app", "--port", str(ports[1]), "--no-access-log"]
    started: list[Server] = []
    try:
        for name, command, port in (("storekeep", storekeep, ports[0]), ("textbook", textbook, ports[1])):
            started.append(_start(name, command, port, folder, database_url))
        deadline = time.monotonic() + START_SECONDS
        for server in started:
            while not server.is_up():
                if time.monotonic() > deadline:
                    raise ServerError(f"{server.name} did not answer within {START_SECONDS:.0f} s")
                time.sleep(0.05)
            pin(server.process.pid, core)
        yield started[0], started[1]
    finally:
        for server in started:
            server.end()


def _start(name: str, command: list[str], port: int, folder: Path, database_url: str) -> Server:
    """Start one in an empty folder, so that no .env of a developer changes what is measured."""
    home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder))
    log = home / "log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STOREKEEP_")}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "STOREKEEP_ENV": "production",
        "STOREKEEP_DATABASE_URL": database_url,
        "BENCH_DATABASE_URL": database_url,
    }
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=stream, stderr=stream)
    return Server(name, process, port, log)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
