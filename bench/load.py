"""Load for one server: keeps a number of connections busy with requests and reports how they were answered.

A process of its own, so that it never shares a core with the server. It reads what to do from standard input and
writes what it found to standard output, both as JSON. It speaks just enough HTTP/1.1 for that, on plain sockets and one
epoll: an event loop would take as long for a request as the fastest servers here do. What it takes itself is reported.
"""

import json
import select
import socket
import sys
from dataclasses import asdict, dataclass
from itertools import cycle
from time import monotonic, perf_counter, process_time

from bench.processes import core_seconds, cpu_seconds

PATIENCE = 60.0
"""Seconds after which a server that does not answer is given up."""
CHUNK = 1 << 18
LENGTH = b"content-length: "


@dataclass(frozen=True)
class Orders:
    """What to send: ``bodies``, dealt out to so many connections, to a path on a port of this machine.

    Only answers of the ``seconds`` after the ``warm_up`` count; ``pid`` is the server and ``database`` the process that
    PostgreSQL's others come from, if there is one: their processor time is read at the first and the last answer that
    counts, as is that of ``core``, which the server runs on.
    """

    port: int
    path: str
    pid: int
    core: int
    bodies: list[str]
    connections: int
    warm_up: float
    seconds: float
    database: int | None = None


@dataclass(frozen=True)
class Findings:
    """How the requests were answered: seconds of time, of processors, and of latency at two percentiles.

    ``cpu`` is the server's, ``core_cpu`` everybody's on its core, ``database_cpu`` PostgreSQL's where it runs here,
    ``own_cpu`` the generator's.
    """

    answers: int
    seconds: float
    cpu: float
    core_cpu: float
    database_cpu: float | None
    own_cpu: float
    p50: float
    p99: float


class Failed(Exception):  # noqa: N818 - says what happened
    """An answer was not what it has to be; the message quotes it."""


class Connection:
    """One connection with at most one request under way, of these in turn."""

    def __init__(self, port: int, requests: list[bytes]) -> None:
        self._requests = cycle(requests)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self._answer = b""
        self._missing = 0

    def ask(self) -> None:
        """Send the next request."""
        self.sent = perf_counter()
        self.socket.sendall(next(self._requests))

    def read(self) -> bytes | None:
        """The answer, once it has come whole. Raises Failed for one that says of an error, or not how long it is."""
        data = self.socket.recv(CHUNK)
        if not data:
            raise Failed("the server closed a connection")
        self._answer = self._answer + data if self._answer else data
        if self._missing:
            self._missing -= len(data)
        else:
            end = self._answer.find(b"\r\n\r\n")
            if end < 0:
                return None
            self._missing = end + 4 + self._length(end) - len(self._answer)
        if self._missing > 0:
            return None
        answer, self._answer, self._missing = self._answer, b"", 0
        return answer

    def _length(self, end: int) -> int:
        head = self._answer[:end].lower()
        at = head.find(LENGTH)
        if at < 0:
            raise Failed(f"an answer without a length: {head.decode(errors='replace')}")
        return int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0])


def run(orders: Orders) -> Findings:
    """Carry out the orders. Raises Failed for a wrong answer, or when the server answers no more.

    Every request is answered at the end: one that was given up would leave the server with locks that others wait for.
    """
    requests = [_request(orders, body.encode()) for body in orders.bodies]
    # Each connection has requests of its own where there are enough: two buyers do not share a line of a cart.
    shares = [requests[start :: orders.connections] or requests for start in range(orders.connections)]
    connections = {one.socket.fileno(): one for one in (Connection(orders.port, share) for share in shares)}
    poll = select.epoll()
    for number, connection in connections.items():
        poll.register(number, select.EPOLLIN)
        connection.ask()
    under_way = len(connections)
    meter = Meter(orders)
    give_up = monotonic() + orders.warm_up + orders.seconds + PATIENCE
    try:
        while under_way:
            ready = poll.poll(PATIENCE)
            if not ready or monotonic() > give_up:
                raise Failed(f"no answer within {PATIENCE:.0f} s")
            for number, _ in ready:
                connection = connections[number]
                answer = connection.read()
                if answer is None:
                    continue
                if not answer.startswith(b"HTTP/1.1 200") or b'"errors":' in answer:
                    raise Failed(answer[:2000].decode(errors="replace"))
                meter.answered(connection.sent)
                if meter.over:
                    under_way -= 1
                else:
                    connection.ask()
    finally:
        poll.close()
        for connection in connections.values():
            connection.socket.close()
    return meter.findings()


def _request(orders: Orders, body: bytes) -> bytes:
    head = f"POST {orders.path} HTTP/1.1\r\nhost: 127.0.0.1:{orders.port}\r\naccept: application/json\r\n"
    return f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


class Meter:
    """Counts answers; the first after the warm-up starts the clock."""

    def __init__(self, orders: Orders) -> None:
        self.over = False
        self._orders = orders
        self._counts_from = perf_counter() + orders.warm_up
        self._started: float | None = None
        self._before = (0.0, 0.0, 0.0, 0.0)
        self._after = (0.0, 0.0, 0.0, 0.0)
        self._elapsed = 0.0
        self._latencies: list[float] = []

    def answered(self, sent: float) -> None:
        """Count the answer to a request sent then."""
        now = perf_counter()
        if self.over or now < self._counts_from:
            return
        if self._started is None:
            self._started, self._before = now, self._cpu()
            return
        self._latencies.append(now - sent)
        # A slow server is watched until every connection had its turn, or the figure would be chance.
        if now - self._started >= self._orders.seconds and len(self._latencies) >= self._orders.connections:
            self._elapsed, self._after = now - self._started, self._cpu()
            self.over = True

    def findings(self) -> Findings:
        """What was found, when it is over."""
        spent = (after - before for before, after in zip(self._before, self._after, strict=True))
        server, core, database, own = spent
        return Findings(
            answers=len(self._latencies),
            seconds=self._elapsed,
            cpu=server,
            core_cpu=core,
            database_cpu=None if self._orders.database is None else database,
            own_cpu=own,
            p50=percentile(self._latencies, 50),
            p99=percentile(self._latencies, 99),
        )

    def _cpu(self) -> tuple[float, float, float, float]:
        orders = self._orders
        database = 0.0 if orders.database is None else cpu_seconds(orders.database)
        return cpu_seconds(orders.pid), core_seconds(orders.core), database, process_time()


def percentile(values: list[float], percent: int) -> float:
    """The value that so many percent are below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main() -> None:
    """Read orders, write findings; exit code 1 and a word on standard error when the server failed."""
    orders = Orders(**json.load(sys.stdin))
    try:
        findings = run(orders)
    except (Failed, OSError) as failure:
        sys.exit(f"{type(failure).__name__}: {failure}")
    json.dump(asdict(findings), sys.stdout)


if __name__ == "__main__":
    main()
