"""The benchmark runs from end to end; how fast anything is, is not asserted here.

The servers written in JavaScript have their turn in test_bench_rivals.py.
"""

import cProfile
import json
import os
import pstats
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.chart import draw
from bench.compare import Asked, DifferenceError, check_equal, comparable
from bench.contenders import CONTENDERS, chosen
from bench.database import filled
from bench.growth import Found, Growth
from bench.growth_questions import LISTS
from bench.growth_questions import QUESTIONS as SHOPPING
from bench.load import Failed, Findings, Orders, percentile, run
from bench.measure import Figures, figures, medians
from bench.packages import PackagesError, install
from bench.profiles import profiles, shares
from bench.questions import ADD, CACHED, LISTING, QUESTIONS, TINY
from bench.run import check_room
from bench.servers import ServerError
from bench.statements import Reader
from bench.targets import Cell, cells

ROOT = Path(__file__).parent.parent
FIGURES = Figures(
    rate=100.0,
    cpu_ms=1.0,
    p50_ms=2.0,
    p99_ms=3.0,
    answers=100,
    busy=0.9,
    others_busy=0.0,
    generator_busy=0.1,
    database_ms=0.5,
)


def quick_run(folder: Path, *options: str) -> tuple[dict[str, Any], Path]:
    """The figures that a quick run keeps, and where."""
    command = [sys.executable, "-m", "bench.run", "--quick", *options, "--output", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (kept,) = folder.glob("*.json")
    return json.loads(kept.read_text()), kept


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_quick_run_compares_measures_and_keeps(folder: Path, database: str) -> None:
    servers = ["storekeep", "textbook", "storekeep-cached"] + ["floor"] * (database == "postgresql")
    result, kept = quick_run(folder, "--database", database, "--servers", *servers)
    # Three pages of the listing, one large page, ten products, the shop, three lines in each of ten carts.
    assert result["compared"] == 3 + 1 + 10 + 1 + 30
    assert set(result["figures"]) == {question.key for question in (*QUESTIONS, *CACHED)}
    assert set(result["figures"]["Q1"]) == {*servers} - {"storekeep-cached"}
    for by_server in result["figures"].values():
        for name, measured in by_server.items():
            assert measured["answers"] > 0
            assert measured["rate"] > 0
            assert 0 < measured["p50_ms"] <= measured["p99_ms"]
            if database == "postgresql" and name in ("storekeep", "textbook"):
                assert 1 <= measured["statements"] <= measured["sent"]
    page = kept.with_suffix(".md").read_text()
    assert "Where Storekeep loses" in page
    assert all(f"| {question.key} | storekeep |" in page for question in QUESTIONS)
    assert ("met |" in page) or ("**missed** |" in page)
    assert f"({kept.with_suffix('.svg').name})" in page
    assert kept.with_suffix(".svg").read_text().startswith("<svg ")
    if database == "postgresql":
        assert result["growth"]["40"]["statements"] == result["growth"]["20"]["statements"] > 0


def test_a_difference_is_shown_and_ends_the_run() -> None:
    ours = Asked("storekeep", [{"first": 1}], [{"product": {"title": "Pot"}}])
    theirs = Asked("apollo", [{"first": 1}], [{"product": {"title": "Pan"}}])
    check_equal(LISTING, ours, ours)
    with pytest.raises(DifferenceError, match=r'(?s)--- apollo.*-  "title": "Pan".*\+  "title": "Pot"'):
        check_equal(LISTING, ours, theirs)


def test_equal_answers_with_other_effects_are_a_difference() -> None:
    ours = Asked("storekeep", [{}], [{"cart": 1}], [("cart-1", 7, 2, "hash"), "1 changes of carts"])
    check_equal(ADD, ours, replace(ours, server="apollo"))
    with pytest.raises(DifferenceError, match="Q5 leaves different carts"):
        check_equal(ADD, ours, replace(ours, effects=[("cart-1", 7, 1, "hash"), "1 changes of carts"]))


def test_cursors_keys_of_lines_and_spelling_of_numbers_may_differ_and_nothing_else() -> None:
    def answer(cursor: str, line: str, title: str, average: float) -> dict[str, Any]:
        return {"endCursor": cursor, "line": {"id": f"gid://shopify/CartLine/{line}"}, "title": title, "mean": average}

    assert comparable(answer("a", "1", "Pot", 3)) == comparable(answer("b", "2", "Pot", 3.0))
    assert comparable(answer("a", "1", "Pot", 3)) != comparable(answer("a", "1", "Pan", 3))
    assert comparable(answer("a", "1", "Pot", 3)) != comparable(answer("a", "1", "Pot", 3.1))
    assert comparable({"endCursor": None}) != comparable({"endCursor": "a"})
    assert comparable({"a": 1, "b": 2}) != comparable({"b": 2, "a": 1})


def test_figures_of_a_measurement_and_their_medians() -> None:
    latencies = [n / 1000 for n in range(100, 0, -1)]
    found = Findings(100, 2.0, 0.5, 0.7, 0.2, 0.1, percentile(latencies, 50), percentile(latencies, 99))
    one = figures(found)
    assert (one.rate, one.cpu_ms, one.database_ms) == (50.0, 5.0, 2.0)
    assert (one.p50_ms, one.p99_ms) == (51.0, 100.0)
    assert (one.busy, one.others_busy, one.generator_busy) == (0.25, pytest.approx(0.1), 0.05)
    three = medians([one, replace(one, rate=10.0, cpu_ms=9.0), replace(one, rate=70.0, database_ms=None)])
    assert (three.rate, three.cpu_ms, three.answers, three.database_ms) == (50.0, 5.0, 300, 2.0)


def test_statements_are_counted_however_their_bytes_arrive() -> None:
    def message(kind: bytes, *parts: bytes) -> bytes:
        body = b"".join(part + b"\0" for part in parts)
        return kind + struct.pack("!i", len(body) + 4) + body

    encryption = struct.pack("!ii", 8, 80877103)
    start_up = struct.pack("!ii", 13, 196608) + b"user\0"
    asked = message(b"P", b"s1", b"SELECT 1") + message(b"B", b"p1", b"s1") + message(b"E", b"p1")
    tried = message(b"P", b"", b";") + message(b"B", b"", b"") + message(b"E", b"")
    stream = encryption + start_up + message(b"Q", b"BEGIN;") + asked + message(b"E", b"p1") + tried
    stream += message(b"Q", b"commit") + message(b"S") + message(b"Q", b"DELETE FROM carts")
    for size in (1, 3, 7, len(stream)):
        reader = Reader()
        for start in range(0, len(stream), size):
            reader.read(stream[start : start + size])
        assert (reader.statements, reader.sent) == (3, 6)


class TestTargets:
    def test_are_met_or_missed_by_ratios_of_one_run(self) -> None:
        measured = {
            ("Q1", "storekeep"): replace(FIGURES, rate=150.0, cpu_ms=0.7),
            ("Q1", "textbook"): replace(FIGURES, rate=10.0),
            ("Q1", "mercurius"): replace(FIGURES, rate=200.0, cpu_ms=2.0),
            ("Q1", "mercurius-dataloader"): replace(FIGURES, rate=100.0, cpu_ms=1.0),
            ("C1", "storekeep-cached"): replace(FIGURES, rate=60.0),
            ("C1", "floor"): FIGURES,
        }
        found = {(cell.question.key, cell.column.title.split(" to ")[1]): cell for cell in cells(measured)}
        assert str(found["Q1", "the textbook server's"]) == "15.00 (≥ 15) met"
        # The best Mercurius is another one in each of the two.
        assert str(found["Q1", "the best Mercurius'"]) == "0.75 (≥ 0.9) **missed**"
        cpu = next(cell for cell in cells(measured) if cell.question.key == "Q1" and cell.column.at_most)
        assert str(cpu) == "0.70 (≤ 0.6) **missed**"
        assert str(found["Q1", "PostGraphile's"]) == "not measured (≥ 1.5)"
        assert str(found["C1", "a Starlette endpoint's that returns a body of equal size"]) == "0.60 (≥ 0.5) met"

    def test_are_those_of_every_question(self) -> None:
        wanted: list[Cell] = cells({})
        assert [cell.question.key for cell in wanted].count("Q1") == 4
        assert {cell.question for cell in wanted} == {*QUESTIONS, *CACHED}
        assert not any(cell.met for cell in wanted)


def test_the_drawing_is_sound_and_has_two_dresses() -> None:
    measured = {("Q1", contender.name): FIGURES for contender in CONTENDERS}
    drawn = draw(measured, "Ours & theirs")
    root = ElementTree.fromstring(drawn)  # noqa: S314 - we drew it
    texts = [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Ours & theirs" in texts
    assert {contender.name for contender in CONTENDERS} <= set(texts)
    assert "prefers-color-scheme: dark" in drawn
    width, height = (float(size) for size in root.attrib["viewBox"].split()[2:])
    for bar in root.iter("{http://www.w3.org/2000/svg}rect"):
        place = {name: float(bar.attrib.get(name, 0)) for name in ("x", "y", "width", "height")}
        assert 0 <= place["x"] <= place["x"] + place["width"] <= width
        assert 0 <= place["y"] <= place["y"] + place["height"] <= height


def test_who_takes_part_depends_on_the_database() -> None:
    assert [one.name for one in chosen(None, "sqlite")] == ["storekeep", "textbook", "storekeep-cached"]
    assert [one.name for one in chosen(["floor"], "postgresql")] == ["storekeep", "floor"]


class TestLoad:
    @contextmanager
    def answering(self, *pieces: bytes) -> Iterator[int]:
        """The port of a server that answers every request with these pieces."""

        def serve(connection: socket.socket) -> None:
            # Whoever asked leaves in the middle of it.
            with connection, suppress(ConnectionError):
                while connection.recv(65536):
                    for piece in pieces:
                        connection.sendall(piece)

        def accept() -> None:
            # The listener is closed when the test is over, however many came.
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=accept, daemon=True).start()
            yield listener.getsockname()[1]

    def orders(self, port: int) -> Orders:
        bodies = ['{"query": "{ a }"}', "{}"]
        core = min(os.sched_getaffinity(0))
        return Orders(port, "/graphql", os.getpid(), core, bodies, connections=2, warm_up=0, seconds=0.1)

    def test_counts_answers_that_come_in_pieces(self) -> None:
        pieces = (b"HTTP/1.1 200 OK\r\nContent-", b'Length: 11\r\n\r\n{"data"', b":{}}")
        with self.answering(*pieces) as port:
            found = run(self.orders(port))
        assert found.answers >= 2
        assert found.seconds >= 0.1
        assert 0 < found.p50 <= found.p99
        assert found.database_cpu is None
        assert asdict(found)["own_cpu"] > 0

    @pytest.mark.parametrize(
        ("answer", "complaint"),
        [
            (b"HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\n{}", "500 Oh"),
            (b'HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{"errors":[]}', '"errors"'),
            (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "without a length"),
        ],
    )
    def test_fails_at_a_wrong_answer(self, answer: bytes, complaint: str) -> None:
        with self.answering(answer) as port, pytest.raises(Failed, match=complaint):
            run(self.orders(port))


async def test_too_few_connections_are_told_before_anything_is_measured(folder: Path) -> None:
    async with filled("sqlite", 50, folder) as shop:
        check_room(shop, list(CONTENDERS))
        with pytest.raises(ServerError, match="takes 100 connections, and these servers want 252"):
            check_room(replace(shop, facts={"max_connections": "100"}), list(CONTENDERS))


@pytest.mark.proof
def test_packages_that_do_not_fit_their_lock_file_are_told(folder: Path) -> None:
    (folder / ".npmrc").touch()
    (folder / "package.json").write_text('{"name": "a", "dependencies": {"pg": "8.23.1"}}')
    (folder / "package-lock.json").write_text('{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a"}}}')
    with pytest.raises(PackagesError, match=f"packages of {folder.name}:(?s:.*)in sync"):
        install(folder)


class TestProfiles:
    def test_share_time_out_by_package(self) -> None:
        profile = cProfile.Profile()
        profile.runcall(comparable, [{"number": 1.0}] * 1000)
        found = shares(pstats.Stats(profile))
        assert sum(found.values()) == pytest.approx(1)
        assert {"storekeep bench", "standard library"} <= set(found)

    async def test_are_taken_of_a_server_under_load(self, folder: Path) -> None:
        async with filled("sqlite", 50, folder) as shop:
            asked = {(TINY.key, "storekeep"): [{}]}
            found = profiles([TINY], asked, shop.url, folder, {min(os.sched_getaffinity(0))}, 0.2)
        assert list(found) == [TINY.key]
        assert found[TINY.key]["storekeep app"] > 0


def test_growth_asks_shops_of_both_sizes(folder: Path) -> None:
    command = [sys.executable, "-m", "bench.growth", "--databases", "sqlite", "--sizes", "10", "20", "--rounds", "1"]
    done = subprocess.run(
        [*command, "--output", str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    # One round of such small shops says nothing, so the exit code may be that of too much growth.
    assert done.returncode in (0, 1), done.stdout + done.stderr
    (kept,) = folder.glob("*-growth.json")
    measured = json.loads(kept.read_text())
    assert measured["far_behind"] == 10
    shops, pages = (measured["milliseconds"][compared]["sqlite"] for compared in ("shops", "pages"))
    assert list(shops) == [question.name for question in SHOPPING]
    assert list(pages) == [question.name for question in LISTS]
    assert all(took > 0 for both in (*shops.values(), *pages.values()) for took in both)
    lines = kept.with_suffix(".md").read_text().splitlines()
    assert "| sqlite | first page | page behind 10 | ratio | at most |" in lines
    asked = ("| products, PRICE |", "| search, two words |")
    bounds = [line.split(" | ")[-1] for line in lines if line.startswith(asked)]
    assert bounds == ["2 |", "3 |", "1.25 |"]


def test_each_growth_has_its_bound() -> None:
    found = Found([Growth("a search", 1.0, 2.9, 3.0)], [Growth("a page", 1.0, 1.2, 1.25)])
    assert not found.is_too_much
    assert replace(found, shops=[Growth("a list", 1.0, 2.9, 2.0)]).is_too_much
    assert replace(found, pages=[Growth("a page", 1.0, 1.3, 1.25)]).is_too_much
