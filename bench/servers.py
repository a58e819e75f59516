"""The servers as processes: started, asked, put to sleep while another one is measured, and ended."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bench.contenders import POOL, ROOT, Contender
from bench.packages import node
from bench.processes import pin
from bench.questions import Question

START_SECONDS = 60.0


class ServerError(Exception):
    """A server did not start, or did not answer as it has to."""


@dataclass
class Server:
    """A server on a port of this machine, on a core of its own."""

    contender: Contender
    process: "subprocess.Popen[bytes]"
    port: int
    core: int
    log: Path

    @property
    def name(self) -> str:
        """What it is called in results."""
        return self.contender.name

    def ask(self, question: Question, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of an answer, in everybody's words. Raises ServerError for one with errors."""
        dialect = self.contender.dialect
        data: dict[str, Any] = json.loads(self.body(question, variables))["data"]
        return dialect.answer(question, data)

    def body(self, question: Question, variables: dict[str, Any]) -> str:
        """An answer as it came. Raises ServerError for one with errors."""
        dialect = self.contender.dialect
        status, text = self.request("POST", dialect.path(question), dialect.body(question, variables))
        if status != 200 or "errors" in json.loads(text):
            raise ServerError(f"{self.name} answered {status} to {question.key}: {text[:2000]}")
        return text

    def request(self, method: str, path: str, body: str) -> tuple[int, str]:
        """Status and text of whatever it answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body.encode(), {"content-type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def sleep(self) -> None:
        """From now on it takes no processor time at all. Call it when it holds no lock that others need."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def is_up(self) -> bool:
        """Whether it listens. Raises ServerError with its log if it has ended."""
        if self.process.poll() is not None:
            raise ServerError(f"{self.name} ended with {self.process.returncode}:\n{self.log.read_text()[-3000:]}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self) -> None:
        """Stop it, in good order if it does so within some seconds."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextmanager
def started(contenders: list[Contender], database_url: str, folder: Path, core: set[int]) -> Iterator[list[Server]]:
    """These servers on that database, listening; ended when left, whatever happens."""
    servers: list[Server] = []
    try:
        for contender, port in zip(contenders, _free_ports(len(contenders)), strict=True):
            servers.append(_start(contender, port, min(core), folder, database_url))
        deadline = time.monotonic() + START_SECONDS
        for server in servers:
            while not server.is_up():
                if time.monotonic() > deadline:
                    raise ServerError(f"{server.name} did not answer within {START_SECONDS:.0f} s")
                time.sleep(0.05)
            pin(server.process.pid, core)
        yield servers
    finally:
        for server in servers:
            server.end()


def _start(contender: Contender, port: int, core: int, folder: Path, database_url: str) -> Server:
    """Start one in an empty folder, so that no .env of a developer changes what is measured."""
    home = Path(tempfile.mkdtemp(prefix=f"{contender.name}-", dir=folder))
    log = home / "log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STOREKEEP_")}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "STOREKEEP_ENV": "production",
        "STOREKEEP_DATABASE_URL": database_url,
        # What is compared is how answers are computed; who keeps them says so in its own environment.
        "STOREKEEP_ANSWER_CACHE_BYTES": "0",
        "BENCH_DATABASE_URL": database_url,
        "BENCH_POOL": str(POOL),
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
        "PORT": str(port),
        **_postgres(database_url),
        **contender.environment,
    }
    fill = {"port": str(port), "node": node().node if contender.package else ""}
    with log.open("wb") as stream:
        command = [part.format_map(fill) for part in contender.command]
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=stream, stderr=stream)
    return Server(contender, process, port, core, log)


def _postgres(database_url: str) -> dict[str, str]:
    """The same address in PostgreSQL's own variables, for those who read no URL; nothing for another database."""
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        return {}
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {name: str(value) for name, value in given.items() if value}


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
