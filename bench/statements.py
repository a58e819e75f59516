"""How many SQL statements an operation takes: counted on the way to PostgreSQL, and so alike for every server.

A server is started once on a socket that passes everything on, asked a few times, and ended; under load none of this is
in the way. Everything that PostgreSQL is told to carry out was sent; a statement is what remains without the ends of
transactions and the empty ones by which pools try their connections.
"""

import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy.engine import URL, make_url

from bench.contenders import FLOOR_SERVER, Contender
from bench.questions import ADD, LISTING, QUESTIONS, Question, samples
from bench.servers import Server, started

ASKED = 25
"""How often a question is asked; the median is what counts, as the first few also make connections and plans ready."""
_BEFORE_STARTUP = (80877103, 80877104)
"""Codes of requests for encryption, after which the real start-up message comes."""
_NO_WORK = {"", "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"}


@dataclass(frozen=True)
class Count:
    """Statements proper, and everything sent."""

    statements: float
    sent: float


@dataclass(frozen=True)
class Address:
    """Where PostgreSQL listens: a folder with a socket, or a host, and a port."""

    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Address":
        """The address in an SQLAlchemy URL."""
        parts = make_url(url)
        return cls(str(parts.host or parts.query["host"]), parts.port or 5432)

    def connect(self) -> socket.socket:
        """A connection."""
        if not self.host.startswith("/"):
            return socket.create_connection((self.host, self.port))
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(f"{self.host}/.s.PGSQL.{self.port}")
        return connection


class Reader:
    """Reads what a client sends, piece by piece, and counts what is to be carried out."""

    def __init__(self) -> None:
        self.statements = 0
        self.sent = 0
        self._buffer = b""
        self._started = False
        self._prepared: dict[bytes, str] = {}
        self._bound: dict[bytes, str] = {}

    def read(self, data: bytes) -> None:
        """Go on with these bytes."""
        self._buffer += data
        while message := self._next():
            if self._started:
                self._understand(message[:1], message[5:].split(b"\0"))
            else:
                self._started = struct.unpack_from("!i", message, 4)[0] not in _BEFORE_STARTUP

    def _understand(self, kind: bytes, parts: list[bytes]) -> None:
        """Parse names a statement, Bind names a portal of it, Execute carries a portal out; Query is all in one."""
        if kind == b"P":
            self._prepared[parts[0]] = parts[1].decode()
        elif kind == b"B":
            self._bound[parts[0]] = self._prepared[parts[1]]
        elif kind in (b"Q", b"E"):
            text = parts[0].decode() if kind == b"Q" else self._bound[parts[0]]
            words = text.strip("; \n").split(maxsplit=1)
            self.sent += 1
            self.statements += (words[0].strip(";").upper() if words else "") not in _NO_WORK

    def _next(self) -> bytes:
        """The next whole message. All but the first ones have a letter before their length."""
        letter = int(self._started)
        if len(self._buffer) < letter + 4:
            return b""
        end = letter + int(struct.unpack_from("!i", self._buffer, letter)[0])
        if len(self._buffer) < end:
            return b""
        message, self._buffer = self._buffer[:end], self._buffer[end:]
        return message


class Tap(socketserver.ThreadingUnixStreamServer):
    """Passes connections on to PostgreSQL."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, folder: Path, address: Address) -> None:
        self.address = address
        self.readers: list[Reader] = []
        super().__init__(f"{folder}/.s.PGSQL.5432", _Passage)

    @property
    def count(self) -> Count:
        """What was sent so far, over all connections."""
        return Count(sum(reader.statements for reader in self.readers), sum(reader.sent for reader in self.readers))


class _Passage(socketserver.BaseRequestHandler):
    server: Tap

    def handle(self) -> None:
        client: socket.socket = self.request
        reader = Reader()
        self.server.readers.append(reader)
        with self.server.address.connect() as database:
            back = threading.Thread(target=_pass, args=(database, client, lambda _: None), daemon=True)
            back.start()
            _pass(client, database, reader.read)
            back.join()


def _pass(source: socket.socket, target: socket.socket, seen: Callable[[bytes], None]) -> None:
    """Pass everything on until one of the two hangs up; then the other one is told as well."""
    try:
        while data := source.recv(1 << 16):
            seen(data)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        # Whoever was hung up on learns of it by the end of its connection.
        for each in (source, target):
            each.close()


@contextmanager
def tapped(url: str, folder: Path) -> Iterator[tuple[Tap, str]]:
    """A tap, and the URL that leads through it."""
    folder.mkdir()
    given = make_url(url)
    through = URL.create(
        given.drivername, given.username, given.password, database=given.database, query={"host": str(folder)}
    )
    with Tap(folder, Address.of(url)) as tap:
        threading.Thread(target=tap.serve_forever, daemon=True).start()
        try:
            yield tap, through.render_as_string(hide_password=False)
        finally:
            tap.shutdown()


Counts = dict[tuple[str, str], Count]


def count(
    contenders: list[Contender], url: str, folder: Path, core: set[int], products: int
) -> tuple[Counts, dict[int, Count]]:
    """What an operation takes, by question and server; and statements of the first one's listing for two page sizes."""
    counts: Counts = {}
    growth: dict[int, Count] = {}
    for contender in contenders:
        place = folder / f"tap-{contender.name}"
        with tapped(url, place) as (tap, through), started([contender], through, place, core) as (server,):
            # The floor answers those of the cache with what it was given, and has not been given anything yet.
            for question in [each for each in contender.questions if each in QUESTIONS or contender != FLOOR_SERVER]:
                asked = samples(question, products, ASKED)
                # Adding the same line again takes another path than adding it first.
                times = asked if question == ADD else (asked * ASKED)[:ASKED]
                counts[question.key, server.name] = _median(_all(tap, server, question, times))
            if not growth:
                sizes = {size: {"first": size, "after": None} for size in (20, 40)}
                growth = {size: _median(_all(tap, server, LISTING, [given] * ASKED)) for size, given in sizes.items()}
    return counts, growth


def _all(tap: Tap, server: Server, question: Question, times: list[dict[str, Any]]) -> list[Count]:
    return [_one(tap, server, question, given) for given in times]


def _one(tap: Tap, server: Server, question: Question, given: dict[str, Any]) -> Count:
    before = tap.count
    server.ask(question, given)
    after = tap.count
    return Count(after.statements - before.statements, after.sent - before.sent)


def _median(counts: list[Count]) -> Count:
    return Count(median(one.statements for one in counts), median(one.sent for one in counts))
