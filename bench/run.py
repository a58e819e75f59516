"""``python -m bench.run``: Q1 to Q5 on Storekeep beside a textbook server, in one run.

Needs Linux: processes are pinned to cores, and their processor time is read from /proc.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import report
from bench.compare import DifferenceError, ask_all, check_equal, growth
from bench.database import Filled, filled
from bench.measure import Plan, measure, medians, pinned
from bench.processes import cores
from bench.questions import QUESTIONS
from bench.servers import ROOT, Server, ServerError, both

out = Console()


def main() -> int:
    """Measure, show and keep; the exit code is 1 when the servers differ or one of them fails."""
    options = _options()
    try:
        result = asyncio.run(run(options))
    except (DifferenceError, ServerError) as failure:
        out.print(str(failure), style="red", markup=False, highlight=False)
        return 1
    out.print(report.table(result))
    lost = report.losses(result)
    out.print("Storekeep loses nowhere in this run." if not lost else "Where Storekeep loses:", style="bold")
    for loss in lost:
        out.print(f"  {loss}", highlight=False)
    if options.output is not None:
        out.print(f"Kept in {report.write(result, options.output)}", highlight=False)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--products", type=int, help="products of the synthetic shop, at least 50 (10,000)")
    parser.add_argument("--rounds", type=int, help="interleaved rounds, of which medians are taken (3)")
    parser.add_argument("--seconds", type=float, help="seconds of load for each server and question a round (5)")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--quick", action="store_true", help="60 products, one short round, kept only with --output")
    parser.add_argument("--output", type=Path, help="folder for the result (bench/results)")
    options = parser.parse_args()
    usual = (60, 1, 0.2, None) if options.quick else (10_000, 3, 5.0, ROOT / "bench" / "results")
    for name, value in zip(("products", "rounds", "seconds", "output"), usual, strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.products < 50 or options.rounds < 1 or options.seconds <= 0:
        parser.error("at least 50 products, one round and some seconds are needed")
    return options


async def run(options: argparse.Namespace) -> report.Result:
    """Fill a database, compare the servers on it, then measure them."""
    machine = report.machine()
    busy = os.getloadavg()[0]
    where = pinned()
    servers_core, others = cores()
    with tempfile.TemporaryDirectory(prefix="storekeep-bench-") as name, out.status("filling the database") as status:
        folder = Path(name)
        # What is started from here on stays off the servers' core.
        os.sched_setaffinity(0, others)
        async with filled(options.database, options.products, folder) as shop:
            with both(shop.url, folder, servers_core) as servers:
                status.update("comparing answers")
                breadth = 10 if options.quick else 200
                asked, statements, compared = await _compare(servers, shop, options.products, breadth)
                counts = growth(servers[0])
                plan = Plan(options.rounds, options.seconds, min(1.0, options.seconds / 5))
                found = await measure(servers, asked, QUESTIONS, plan, shop.empty_carts, status.update)
            facts = {
                "date": report.today(),
                **shop.facts,
                "dataset": report.sizes(options.products),
                "load": f"{plan.rounds} interleaved rounds of {plan.seconds:g} s after {plan.warm_up:.2g} s of warm-up",
                "cores": where,
                "other work": f"load average {busy:.1f} before the run",
                "machine": machine,
            }
    return report.Result({key: medians(each) for key, each in found.items()}, statements, counts, facts, compared)


Variables = list[dict[str, Any]]
ByServer = dict[tuple[str, str], Variables]


async def _compare(
    servers: tuple[Server, Server], shop: Filled, products: int, breadth: int
) -> tuple[ByServer, dict[tuple[str, str], float], int]:
    """What to ask each server under load, the statements that took, and how many answers were found to be equal."""
    variables: ByServer = {}
    statements: dict[tuple[str, str], float] = {}
    compared = 0
    for question in QUESTIONS:
        both_asked = []
        for server in servers:
            await shop.empty_carts()
            both_asked.append(asked := ask_all(server, question, products, breadth))
            variables[question.key, server.name] = asked.variables
            statements[question.key, server.name] = asked.statements
        check_equal(question, *both_asked)
        compared += len(both_asked[0].answers)
    return variables, statements, compared


if __name__ == "__main__":
    sys.exit(main())
