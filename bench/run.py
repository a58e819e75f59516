"""``python -m bench.run``: Q1 to Q5 on Storekeep beside other servers, in one run.

Needs Linux: processes are pinned to cores, and their processor time is read from /proc. The servers written in
JavaScript are installed from npm's registry on the first run.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from app.explorer.build import BuildError
from bench import packages, report
from bench.compare import DifferenceError, ask_all, check_equal
from bench.contenders import CONTENDERS, FLOOR_SERVER, POOL, ROOT, STOREKEEP, Contender, chosen
from bench.database import Filled, filled
from bench.measure import Asked, Plan, measure, medians, pinned
from bench.processes import cores
from bench.profiles import profiles
from bench.questions import CACHED, QUESTIONS, samples
from bench.servers import Server, ServerError, started
from bench.statements import count
from bench.targets import missed

out = Console()


def main() -> int:
    """Measure, show and keep; the exit code is 1 when the servers differ or one of them fails."""
    options = _options()
    # A run that is asked to end must not leave servers running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        result = asyncio.run(run(options))
    except (DifferenceError, ServerError, packages.PackagesError, BuildError) as failure:
        out.print(str(failure), style="red", markup=False, highlight=False)
        return 1
    Console(width=max(out.width, report.WIDTH)).print(report.table(result))
    for title, lines in (("Targets missed:", report.short_of(result)), ("Storekeep loses:", report.losses(result))):
        out.print(title if lines else f"{title} none in this run", style="bold")
        for line in lines:
            out.print(f"  {line}", markup=False, highlight=False)
    if options.output is not None:
        out.print(f"Kept in {report.write(result, options.output)}", highlight=False)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--products", type=int, help="products of the synthetic shop, at least 50 (10,000)")
    parser.add_argument("--rounds", type=int, help="interleaved rounds, of which medians are taken (3)")
    parser.add_argument("--seconds", type=float, help="seconds of load for each server and question a round (5)")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    names = [contender.name for contender in CONTENDERS]
    parser.add_argument("--servers", nargs="+", choices=names, help="only these, and Storekeep (all that can run)")
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
    contenders = chosen(options.servers, options.database)
    scripts = [one.prepare.read_text() for one in contenders if one.prepare]
    machine = report.machine() | _install(contenders)
    busy = os.getloadavg()[0]
    where = pinned()
    core, others = cores()
    with tempfile.TemporaryDirectory(prefix="storekeep-bench-") as name, out.status("filling the database") as status:
        folder = Path(name)
        # What is started from here on stays off the servers' core.
        os.sched_setaffinity(0, others)
        async with filled(options.database, options.products, folder) as shop:
            check_room(shop, contenders)
            for script in scripts:
                await shop.prepare(script)
            status.update("counting statements")
            counted = contenders if options.database == "postgresql" else []
            statements, growth = count(counted, shop.url, folder, core, options.products)
            with started(contenders, shop.url, folder, core) as servers:
                status.update("comparing answers")
                asked, compared = await _compare(servers, shop, options.products, 10 if options.quick else 200)
                plan = Plan(options.rounds, options.seconds, min(1.0, options.seconds / 5))
                found = await measure(
                    servers, asked, (*QUESTIONS, *CACHED), plan, shop.process, shop.empty_carts, status.update
                )
            figures = {key: medians(each) for key, each in found.items()}
            status.update("profiling what missed its target")
            wanted = [each for each in QUESTIONS if any(cell.question == each for cell in missed(figures))]
            profiled = profiles(wanted, asked, shop.url, folder, core, options.seconds)
            facts = {
                "date": report.today(),
                "commit": report.commit(),
                **shop.facts,
                "dataset": report.sizes(options.products),
                "load": f"{plan.rounds} interleaved rounds of {plan.seconds:g} s after {plan.warm_up:.2g} s of warm-up",
                "cores": where,
                "other work": f"load average {busy:.1f} before the run",
                "machine": machine,
            }
    return report.Result(figures, statements, growth, facts, compared, profiled)


def check_room(shop: Filled, contenders: list[Contender]) -> None:
    """Raise ServerError where PostgreSQL takes fewer connections than the servers keep, a few of their own included."""
    room = int(shop.facts.get("max_connections", sys.maxsize))
    wanted = (POOL + 4) * len(contenders)
    if room < wanted:
        raise ServerError(
            f"PostgreSQL takes {room} connections, and these servers want {wanted} together: raise its "
            "max_connections, or choose fewer of them with --servers"
        )


def _install(contenders: list[Contender]) -> dict[str, str]:
    """What the servers of other languages are made of, installed."""
    versions: dict[str, str] = {}
    for folder in {one.package: None for one in contenders if one.package}:
        with out.status(f"installing {folder.name}"):
            packages.install(folder)
        versions |= packages.versions(folder)
    return versions | ({"node": packages.node_version()} if versions else {})


async def _compare(servers: list[Server], shop: Filled, products: int, breadth: int) -> tuple[Asked, int]:
    """What to ask each server under load, and how many answers of each were found to be equal."""
    variables: Asked = {}
    compared = 0
    for question in QUESTIONS:
        able = [server for server in servers if question in server.contender.questions]
        ours, *theirs = [await ask_all(server, question, shop, products, breadth) for server in able]
        for other in theirs:
            check_equal(question, ours, other)
        variables |= {(question.key, asked.server): asked.variables for asked in (ours, *theirs)}
        compared += len(ours.answers)
    by_name = {server.name: server for server in servers}
    for question in CACHED:
        given = samples(question, products, breadth)
        if FLOOR_SERVER.name in by_name:
            body = by_name[STOREKEEP.name].body(question, given[0])
            by_name[FLOOR_SERVER.name].request("PUT", f"/bodies/{question.key}", body)
        able = [server for server in servers if question in server.contender.questions]
        variables |= {(question.key, server.name): given for server in able}
        plain = await ask_all(by_name[STOREKEEP.name], question, shop, products, breadth)
        for server in able:
            # Asked twice, so that the second answer comes from the cache.
            for _ in range(2):
                check_equal(question, plain, await ask_all(server, question, shop, products, breadth))
    return variables, compared


if __name__ == "__main__":
    sys.exit(main())
