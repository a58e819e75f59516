"""Load for one server: keeps a number of connections busy with requests and reports how they were answered.

A process of its own, so that it never shares a core with the server. It reads what to do from standard input and
writes what it found to standard output, both as JSON. It speaks just enough HTTP/1.1 for that.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from itertools import cycle
from time import perf_counter
from typing import cast

import uvloop

from bench.processes import cpu_seconds

PATIENCE = 60.0
"""Seconds after which a server that does not answer is given up."""


@dataclass(frozen=True)
class Orders:
    """What to send: ``bodies`` in turn, over so many connections, to a port of this machine.

    Only answers of the ``seconds`` after the ``warm_up`` count; ``pid`` is the server, whose processor time is read
    at the first and the last answer that counts.
    """

    port: int
    pid: int
    bodies: list[str]
    connections: int
    warm_up: float
    seconds: float


@dataclass(frozen=True)
class Findings:
    """How the requests were answered: seconds, the server's processor seconds, and each request's latency."""

    answers: int
    seconds: float
    cpu: float
    latencies: list[float]


class Failed(Exception):  # noqa: N818 - says what happened
    """An answer was not what it has to be; the message quotes it."""


class Load:
    """All connections together."""

    def __init__(self, orders: Orders, done: "asyncio.Future[Findings]") -> None:
        head = f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{orders.port}\r\naccept: application/json\r\n"
        kind = "content-type: application/json\r\ncontent-length: "
        bodies = [body.encode() for body in orders.bodies]
        self.requests = cycle([f"{head}{kind}{len(body)}\r\n\r\n".encode() + body for body in bodies])
        self._orders = orders
        self._done = done
        self._counts_from = perf_counter() + orders.warm_up
        self._started: float | None = None
        self._cpu = 0.0
        self._latencies: list[float] = []

    @property
    def over(self) -> bool:
        """Whether nothing more is to be sent."""
        return self._done.done()

    def fail(self, why: str) -> None:
        """Give up."""
        if not self.over:
            self._done.set_exception(Failed(why))

    def answered(self, latency: float) -> None:
        """Count one answer; the first after the warm-up starts the clock."""
        now = perf_counter()
        if self.over or now < self._counts_from:
            return
        if self._started is None:
            self._started, self._cpu = now, cpu_seconds(self._orders.pid)
            return
        self._latencies.append(latency)
        elapsed = now - self._started
        # A slow server is watched until every connection had its turn, or the figure would be chance.
        if elapsed >= self._orders.seconds and len(self._latencies) >= self._orders.connections:
            cpu = cpu_seconds(self._orders.pid) - self._cpu
            self._done.set_result(Findings(len(self._latencies), elapsed, cpu, self._latencies))


class Connection(asyncio.Protocol):
    """One connection: sends a request, waits for its answer, and so on."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._answer = bytearray()
        self._body_at = 0
        self._length = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.fail(f"the server closed a connection: {exc}")

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not self._length and not self._read_head():
            return
        if len(self._answer) < self._length:
            return
        if not self._answer.startswith(b"HTTP/1.1 200") or b'"errors":' in self._answer:
            self._load.fail(self._answer[:2000].decode(errors="replace"))
        self._load.answered(perf_counter() - self._sent)
        if self._load.over:
            self._transport.close()
        else:
            self._ask()

    def _ask(self) -> None:
        self._answer.clear()
        self._length = 0
        self._sent = perf_counter()
        self._transport.write(next(self._load.requests))

    def _read_head(self) -> bool:
        """Learn how long the answer is; False while its head has not come whole."""
        head, end, _ = self._answer.partition(b"\r\n\r\n")
        if not end:
            return False
        name = b"content-length: "
        at = head.lower().find(name)
        if at < 0:
            self._load.fail(f"an answer without a length: {head.decode(errors='replace')}")
            return False
        self._length = len(head) + 4 + int(head[at + len(name) :].split(b"\r\n", 1)[0])
        return True


async def run(orders: Orders) -> Findings:
    """Carry out the orders. Raises Failed for a wrong answer, TimeoutError for a server that does not answer."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Findings] = loop.create_future()
    load = Load(orders, done)
    transports = [
        (await loop.create_connection(lambda: Connection(load), "127.0.0.1", orders.port))[0]
        for _ in range(orders.connections)
    ]
    try:
        return await asyncio.wait_for(done, orders.warm_up + orders.seconds + PATIENCE)
    finally:
        for transport in transports:
            transport.close()


def main() -> None:
    """Read orders, write findings; exit code 1 and a word on standard error when the server failed."""
    orders = Orders(**json.load(sys.stdin))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            findings = runner.run(run(orders))
    except (Failed, OSError) as failure:
        sys.exit(f"{type(failure).__name__}: {failure}")
    json.dump(asdict(findings), sys.stdout)


if __name__ == "__main__":
    main()
