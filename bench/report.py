"""What was measured: a table for the terminal; a page, a drawing and a file of figures to keep."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.chart import draw
from bench.contenders import CONTENDERS, RIVALS, ROOT, STOREKEEP
from bench.dataset import COLLECTIONS
from bench.measure import Figures
from bench.profiles import Shares
from bench.questions import CACHED, QUESTIONS, Question
from bench.statements import Count, Counts
from bench.targets import COLUMNS, TARGETS, cells, missed

_PACKAGES = ("strawberry-graphql", "graphql-core", "sqlmodel", "sqlalchemy", "aiodataloader", "asyncpg", "aiosqlite")
_HTTP = ("starlette", "uvicorn", "uvloop", "httptools")
_ASKED = (*QUESTIONS, *CACHED)
_HEADS = ("", "server", "requests/s", "CPU ms", "p50 ms", "p99 ms", "SQL", "sent", "DB ms", "busy", "others", "load")
NOTHING = "-"
WIDTH = 120
"""Characters a line that the table wants."""
_NOTES = """\
All servers read the same tables; their answers, and what they did to the carts, were compared first. Storekeep runs as
in production: limits, masked errors, request ids, server timing, metrics, markets, and an outbox event a mutation with
the relay that publishes it; but for C1 and C2 it keeps no answers, which it would else give to all but Q5. The others
have none of that, beyond what they do by themselves. Each is one process on one core, in the production setting of its
documentation, with as many connections to the database as Storekeep has (`bench/contenders.py`). Mercurius and Apollo
Server speak the same schema from the same code (`bench/node`).

PostGraphile makes a schema of its own from views (`bench/postgraphile/schema.sql`), so it is asked in its own words and
its answers are put into ours before they are compared (`bench/postgraphile/vocabulary.py`): it fetches the same facts,
and leaves to whoever asks what the others do themselves: amounts with a decimal point, global ids, totals of lines.
What the others answer as a user error it answers as an error.

`floor` is Starlette with next to nothing to do: a constant for Q3 (`floor-statement` asks the database, as all others
do), one statement whose rows are JSON already for Q1, Q2 and Q4, and for the cached questions the very body that
Storekeep answered with. It is no rival: it parses no GraphQL.

`CPU ms` is processor time a request of the server's whole tree of processes, from `/proc`; `DB ms` is PostgreSQL's.
`SQL` is statements a request, `sent` those with BEGIN, COMMIT and the empty ones by which pools try their connections,
both counted on the way to PostgreSQL. `busy` is the server's share of its core, `others` what other programs took of
that core, and `load` the load generator's share of the core that it and PostgreSQL have. Servers that are not measured
are stopped meanwhile. Other work on the machine moves absolute figures; compare ratios within one run."""

_PROFILED = """\
Shares of Storekeep's own processor time under the load of each question, by package; what is written in C belongs to
whoever called it. A profiler makes small Python functions look dearer than they are."""
_SHOWN = 0.02
"""Packages with a smaller share at every question are left out."""


@dataclass(frozen=True)
class Result:
    """Medians by question and server, statements an operation by the same, and everything that explains them."""

    figures: dict[tuple[str, str], Figures]
    statements: Counts
    growth: dict[int, Count]
    facts: dict[str, Any]
    compared: int
    profiles: dict[str, Shares] = field(default_factory=dict)


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
        title=f"Storekeep beside others, on {result.facts['database']}",
        caption="requests a second; milliseconds of CPU a request and of latency; SQL statements; shares of a core",
    )
    for name in _HEADS:
        shown.add_column(name, justify="left" if name in _HEADS[:2] else "right", no_wrap=True)
    for question in _ASKED:
        rows = list(_rows(result, question))
        for row in rows:
            shown.add_row(*row, end_section=row is rows[-1])
    return shown


def _rows(result: Result, question: Question) -> Iterator[list[str]]:
    for contender in CONTENDERS:
        one = result.figures.get((question.key, contender.name))
        if one is None:
            continue
        counted = result.statements.get((question.key, contender.name))
        yield [
            question.key,
            contender.name,
            f"{one.rate:,.0f}",
            *(f"{value:.2f}" for value in (one.cpu_ms, one.p50_ms, one.p99_ms)),
            *([NOTHING] * 2 if counted is None else (f"{counted.statements:g}", f"{counted.sent:g}")),
            NOTHING if one.database_ms is None else f"{one.database_ms:.2f}",
            f"{one.busy:.0%}",
            f"{one.others_busy:.0%}",
            f"{one.generator_busy:.0%}",
        ]


def losses(result: Result) -> list[str]:
    """For each question and rival, every figure in which Storekeep is the worse of the two, in words."""
    found = []
    for question in QUESTIONS:
        for rival in RIVALS:
            ours, theirs = (result.figures.get((question.key, one.name)) for one in (STOREKEEP, rival))
            if ours and theirs and (lost := list(_lost(ours, theirs))):
                found.append(f"{question.key} against {rival.name}: {', '.join(lost)}")
    return found


def _lost(ours: Figures, theirs: Figures) -> Iterator[str]:
    if ours.rate < theirs.rate:
        yield f"{ours.rate / theirs.rate:.2f} x the requests a second"
    for what, mine, other in (
        ("CPU a request", ours.cpu_ms, theirs.cpu_ms),
        ("median latency", ours.p50_ms, theirs.p50_ms),
        ("99th percentile", ours.p99_ms, theirs.p99_ms),
    ):
        if mine > other:
            yield f"{mine / other:.1f} x the {what}" if other else f"more {what}"


def short_of(result: Result) -> list[str]:
    """Targets that this run did not reach, in words."""
    cells_missed = missed(result.figures)
    return [f"{cell.question.key}, {cell.column.title}: {cell}".replace("**", "") for cell in cells_missed]


def page(result: Result, drawing: str) -> str:
    """The same in Markdown, with the drawing of that file name."""
    facts = result.facts
    lines = [f"# Storekeep beside others, {facts['date']}", "", _NOTES, "", "## Targets", ""]
    lines += [*_targets(result), "", "## Figures", "", f"![The figures as bars]({drawing})", ""]
    lines += [_line(list(_HEADS)), _line(["---"] * len(_HEADS))]
    lines += [_line(row) for question in _ASKED for row in _rows(result, question)]
    lines += ["", *(f"- **{each.key}** {each.title} ({each.connections} connections)" for each in _ASKED)]
    lines += ["", "## Where Storekeep loses", ""]
    lines += [f"- {loss}" for loss in losses(result)] or ["Nowhere in this run."]
    if result.profiles:
        lines += ["", "## Where the time goes where a target was missed", "", _PROFILED, "", *_profiles(result)]
    lines += ["", "## How it was measured", ""]
    lines += [f"- {result.compared} answers of each server that speaks GraphQL compared, all equal."]
    if result.growth:
        lines += [f"- Statements of Storekeep's listing of 20 and of 40 products: {_counted(result.growth)}."]
    lines += [f"- {name}: {_shown(value)}" for name, value in facts.items()]
    return "\n".join(lines) + "\n"


def _targets(result: Result) -> Iterator[str]:
    found = {(cell.question, cell.column): str(cell) for cell in cells(result.figures)}
    yield _line(["Storekeep's", *(column.title for column in COLUMNS)])
    yield _line(["---"] * (len(COLUMNS) + 1))
    for question in TARGETS:
        name = f"{question.key} {question.title.split(':')[0]}"
        yield _line([name, *(found.get((question, column), NOTHING) for column in COLUMNS)])


def _profiles(result: Result) -> Iterator[str]:
    yield _line(["", *result.profiles])
    yield _line(["---"] * (len(result.profiles) + 1))
    largest = {package: max(each.get(package, 0.0) for each in result.profiles.values()) for package in _all(result)}
    for package in sorted(largest, key=lambda name: -largest[name]):
        if largest[package] >= _SHOWN:
            yield _line([package, *(f"{each.get(package, 0.0):.0%}" for each in result.profiles.values())])


def _all(result: Result) -> set[str]:
    return {package for each in result.profiles.values() for package in each}


def _counted(growth: dict[int, Count]) -> str:
    return " and ".join(f"{count.statements:g}" for count in growth.values())


def _shown(value: Any) -> str:
    return ", ".join(f"{name} {each}" for name, each in value.items()) if isinstance(value, dict) else str(value)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write(result: Result, folder: Path) -> Path:
    """Keep the page, the drawing and the figures; answers the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = result.facts
    kind = str(facts["database"]).split(" ")[0].lower()
    products = facts["dataset"]["products"]
    path = folder / f"{facts['date']}-{facts['machine']['cores']}-cores-{kind}-{products}-products.md"
    title = f"Storekeep beside others, {products:,} products, {facts['database']}, {facts['date']}"
    path.write_text(page(result, path.with_suffix(".svg").name))
    path.with_suffix(".svg").write_text(draw(result.figures, title))
    path.with_suffix(".json").write_text(json.dumps(_kept(result), indent=2) + "\n")
    return path


def _kept(result: Result) -> dict[str, Any]:
    figures: dict[str, dict[str, Any]] = {}
    for (question, server), one in result.figures.items():
        counted = result.statements.get((question, server))
        figures.setdefault(question, {})[server] = {**asdict(one), **(asdict(counted) if counted else {})}
    targets = [
        {
            "question": cell.question.key,
            "of": cell.column.title,
            "target": cell.target,
            "ratio": cell.ratio,
            "met": cell.met,
        }
        for cell in cells(result.figures)
    ]
    return {
        "facts": result.facts,
        "compared": result.compared,
        "growth": {size: asdict(count) for size, count in result.growth.items()},
        "targets": targets,
        "losses": losses(result),
        "profiles": result.profiles,
        "figures": figures,
    }


def commit() -> str:
    """Which state of this repository was measured; unknown outside of git."""
    try:
        asked = ["git", "describe", "--always", "--dirty", "--abbrev=7"]
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return told.stdout.strip() or "unknown"


def today() -> str:
    """The date, for the file's name."""
    return date.today().isoformat()  # noqa: DTZ011 - the day where the machine stands
