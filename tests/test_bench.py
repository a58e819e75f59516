"""The benchmark runs from end to end; how fast anything is, is not asserted here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.compare import Asked, DifferenceError, check_equal, comparable
from bench.growth import QUESTIONS as GROWTH
from bench.load import Findings
from bench.measure import figures
from bench.questions import LISTING, QUESTIONS

ROOT = Path(__file__).parent.parent


def test_a_quick_run_compares_measures_and_keeps(folder: Path) -> None:
    command = [sys.executable, "-m", "bench.run", "--quick", "--database", "sqlite", "--output", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (kept,) = folder.glob("*.json")
    result: dict[str, Any] = json.loads(kept.read_text())
    # Three pages of the listing, one large page, ten products, the shop, three lines in each of ten carts.
    assert result["compared"] == 3 + 1 + 10 + 1 + 30
    assert set(result["figures"]) == {question.key for question in QUESTIONS}
    for by_server in result["figures"].values():
        for name in ("storekeep", "textbook"):
            measured = by_server[name]
            assert measured["answers"] > 0
            assert measured["rate"] > 0
            assert 0 < measured["p50_ms"] <= measured["p99_ms"]
            assert measured["statements"] >= 1
    assert result["growth"]["40"] == result["growth"]["20"] > 0
    page = kept.with_suffix(".md").read_text()
    assert "Where Storekeep loses" in page
    assert all(f"| {question.key} | storekeep |" in page for question in QUESTIONS)


def test_a_difference_is_shown_and_ends_the_run() -> None:
    ours = Asked([{"first": 1}], [{"product": {"title": "Pot"}}], 1)
    theirs = Asked([{"first": 1}], [{"product": {"title": "Pan"}}], 1)
    check_equal(LISTING, ours, ours)
    with pytest.raises(DifferenceError, match=r'(?s)-  "title": "Pan".*\+  "title": "Pot"'):
        check_equal(LISTING, ours, theirs)


def test_cursors_and_keys_of_lines_may_differ_and_nothing_else() -> None:
    def answer(cursor: str, line: str, title: str) -> dict[str, Any]:
        return {"endCursor": cursor, "line": {"id": f"gid://shopify/CartLine/{line}"}, "title": title}

    assert comparable(answer("a", "1", "Pot")) == comparable(answer("b", "2", "Pot"))
    assert comparable(answer("a", "1", "Pot")) != comparable(answer("a", "1", "Pan"))
    assert comparable({"endCursor": None}) != comparable({"endCursor": "a"})


def test_figures_of_a_measurement() -> None:
    found = figures(Findings(answers=100, seconds=2.0, cpu=0.5, latencies=[n / 1000 for n in range(100, 0, -1)]))
    assert (found.rate, found.cpu_ms) == (50.0, 5.0)
    assert (found.p50_ms, found.p99_ms) == (51.0, 100.0)


def test_growth_asks_shops_of_both_sizes(folder: Path) -> None:
    command = [sys.executable, "-m", "bench.growth", "--databases", "sqlite", "--sizes", "10", "20", "--rounds", "1"]
    done = subprocess.run(
        [*command, "--output", str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    # One round of such small shops says nothing, so the exit code may be that of too much growth.
    assert done.returncode in (0, 1), done.stdout + done.stderr
    (kept,) = folder.glob("*-growth.json")
    measured = json.loads(kept.read_text())["milliseconds"]["sqlite"]
    assert list(measured) == [question.name for question in GROWTH]
    assert all(took > 0 for both in measured.values() for took in both)
    page = kept.with_suffix(".md").read_text()
    assert all(f"| {question.name} | " in page for question in GROWTH)
