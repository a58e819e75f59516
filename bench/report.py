"""What was measured: a table for the terminal, a page and a file of figures to keep."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.dataset import COLLECTIONS
from bench.measure import Figures
from bench.questions import QUESTIONS

_PACKAGES = ("strawberry-graphql", "graphql-core", "sqlmodel", "sqlalchemy", "aiodataloader", "asyncpg", "aiosqlite")
_HTTP = ("starlette", "uvicorn", "uvloop", "httptools")
_NOTES = """\
Both servers read the same tables and gave the same answers (compared first). Storekeep runs as in production: limits,
masked errors, request ids, server timing, metrics, markets, and an outbox event a mutation with the relay that
publishes it. The textbook server (`bench/textbook/`) has none of these. CPU is the server process alone, from
`/proc/PID/stat`; the server that is not measured is stopped meanwhile. Other work on the machine moves absolute
figures; compare ratios within one run."""


@dataclass(frozen=True)
class Result:
    """Medians by question and server, statements an operation by the same, and everything that explains them."""

    figures: dict[tuple[str, str], Figures]
    statements: dict[tuple[str, str], float]
    growth: dict[int, int]
    facts: dict[str, Any]
    compared: int


def sizes(products: int) -> dict[str, int]:
    """What the synthetic shop holds."""
    return {
        "products": products,
        "variants": products * 3,
        "images": products * 2,
        "reviews": products * 5,
        "collections": COLLECTIONS,
    }


def machine() -> dict[str, Any]:
    """What ran the benchmark, without names."""
    return {
        "cores": len(os.sched_getaffinity(0)) or os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": sys.version.split()[0],
        **{name: version(name) for name in (*_PACKAGES, *_HTTP)},
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def table(result: Result) -> Table:
    """The figures for the terminal."""
    shown = Table(
        title=f"Storekeep beside a textbook server, on {result.facts['database']}",
        caption="requests a second; milliseconds of server CPU and of latency; SQL statements; CPU saved",
    )
    for name in ("", "server", "req/s", "CPU", "p50", "p99", "SQL", "faster", "saves"):
        shown.add_column(name, justify="left" if name in ("", "server") else "right", no_wrap=True)
    for row in _rows(result):
        shown.add_row(*row, end_section=row[1] == "textbook")
    return shown


def _rows(result: Result) -> list[list[str]]:
    rows = []
    for question in QUESTIONS:
        ours, theirs = (result.figures[question.key, name] for name in ("storekeep", "textbook"))
        ratios = [_times(ours.rate, theirs.rate), _times(theirs.cpu_ms, ours.cpu_ms)]
        for name, one, extra in (("storekeep", ours, ratios), ("textbook", theirs, ["", ""])):
            sql = f"{result.statements[question.key, name]:.1f}".removesuffix(".0")
            cells = [f"{one.rate:,.0f}", *(f"{value:.2f}" for value in (one.cpu_ms, one.p50_ms, one.p99_ms)), sql]
            rows.append([question.key, name, *cells, *extra])
    return rows


def _times(one: float, other: float) -> str:
    return f"{one / other:.1f} x" if other else "?"


def losses(result: Result) -> list[str]:
    """Every figure in which Storekeep is the worse of the two, in words."""
    found = []
    for question in QUESTIONS:
        ours, theirs = (result.figures[question.key, name] for name in ("storekeep", "textbook"))
        for what, one, other, unit in (
            ("requests a second", theirs.rate, ours.rate, ""),
            ("CPU a request", ours.cpu_ms, theirs.cpu_ms, " ms"),
            ("median latency", ours.p50_ms, theirs.p50_ms, " ms"),
            ("99th percentile", ours.p99_ms, theirs.p99_ms, " ms"),
        ):
            if one > other:
                mine, other_one = (other, one) if not unit else (one, other)
                found.append(f"{question.key}, {what}: {mine:,.2f}{unit} against {other_one:,.2f}{unit}")
        counts = [result.statements[question.key, name] for name in ("storekeep", "textbook")]
        if counts[0] > counts[1]:
            found.append(f"{question.key}, statements a request: {counts[0]:.1f} against {counts[1]:.1f}")
    return found


def page(result: Result) -> str:
    """The same in Markdown."""
    facts = result.facts
    heads = ["question", "server", "requests/s", "CPU ms/request", "p50 ms", "p99 ms", "SQL", "faster", "less CPU"]
    lines = [f"# Storekeep beside a textbook server, {facts['date']}", "", _NOTES, ""]
    lines += [_line(heads), _line(["---"] * len(heads)), *map(_line, _rows(result)), ""]
    lines += [f"- **{question.key}** {question.title} ({question.connections} connections)" for question in QUESTIONS]
    lines += ["", "## Where Storekeep loses", ""]
    lines += [f"- {loss}" for loss in losses(result)] or ["Nowhere in this run."]
    lines += ["", "## How it was measured", ""]
    lines += [f"- {result.compared} answers compared, all equal."]
    lines += [f"- Statements of a listing of 20 and of 40 products: {_counted(result.growth)}."]
    lines += [f"- {name}: {_shown(value)}" for name, value in facts.items()]
    return "\n".join(lines) + "\n"


def _counted(growth: dict[int, int]) -> str:
    return " and ".join(str(count) for count in growth.values())


def _shown(value: Any) -> str:
    return ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, dict) else str(value)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write(result: Result, folder: Path) -> Path:
    """Keep the page and the figures; answers the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = str(result.facts["database"]).split(" ")[0].lower()
    path = folder / f"{result.facts['date']}-{result.facts['machine']['cores']}-cores-{kind}.md"
    path.write_text(page(result))
    figures = {
        question.key: {
            name: {
                **asdict(result.figures[question.key, name]),
                "statements": result.statements[question.key, name],
            }
            for name in ("storekeep", "textbook")
        }
        for question in QUESTIONS
    }
    kept = {
        "facts": result.facts,
        "compared": result.compared,
        "growth": result.growth,
        "losses": losses(result),
        "figures": figures,
    }
    path.with_suffix(".json").write_text(json.dumps(kept, indent=2) + "\n")
    return path


def today() -> str:
    """The date, for the file's name."""
    return date.today().isoformat()  # noqa: DTZ011 - the day where the machine stands
