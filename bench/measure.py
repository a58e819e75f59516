"""Rounds of load, the servers in turn, and what is left of them: medians."""

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median
from typing import Any

from bench.contenders import ROOT
from bench.load import Findings, Orders
from bench.processes import cores
from bench.questions import Question
from bench.servers import Server, ServerError

Asked = dict[tuple[str, str], list[dict[str, Any]]]
"""By question and server, what to ask under load."""


@dataclass(frozen=True)
class Figures:
    """One server at one question: answers a second, milliseconds of processor time an answer and of latency.

    ``busy``, ``others_busy`` and ``generator_busy`` are shares of one core: the server's and other programs' of the
    server's core, and the load generator's of its own. ``database_ms`` is PostgreSQL's processor time an answer, None
    where it does not run here.
    """

    rate: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    answers: int
    busy: float
    others_busy: float
    generator_busy: float
    database_ms: float | None


@dataclass(frozen=True)
class Plan:
    """How long is measured: ``seconds`` a round, after a warm-up of ``warm_up`` seconds, ``rounds`` times."""

    rounds: int
    seconds: float
    warm_up: float


def press(
    server: Server, question: Question, variables: list[dict[str, Any]], plan: Plan, database: int | None
) -> Figures:
    """One measurement, by a process of its own. Raises ServerError for a wrong answer under load."""
    dialect = server.contender.dialect
    orders = Orders(
        port=server.port,
        path=dialect.path(question),
        pid=server.process.pid,
        core=server.core,
        bodies=[dialect.body(question, given) for given in variables],
        connections=question.connections,
        warm_up=plan.warm_up,
        seconds=plan.seconds,
        database=database,
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(orders)),
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        said = server.log.read_text()[-3000:]
        raise ServerError(f"{server.name} failed under the load of {question.key}: {done.stderr}\n{said}")
    return figures(Findings(**json.loads(done.stdout)))


def figures(found: Findings) -> Figures:
    """What one measurement comes to."""
    database = found.database_cpu
    return Figures(
        rate=found.answers / found.seconds,
        cpu_ms=found.cpu * 1000 / found.answers,
        p50_ms=found.p50 * 1000,
        p99_ms=found.p99 * 1000,
        answers=found.answers,
        busy=found.cpu / found.seconds,
        others_busy=max(0.0, found.core_cpu - found.cpu) / found.seconds,
        generator_busy=found.own_cpu / found.seconds,
        database_ms=None if database is None else database * 1000 / found.answers,
    )


def medians(rounds: list[Figures]) -> Figures:
    """The median of each figure; answers are added up."""
    known = [one.database_ms for one in rounds if one.database_ms is not None]
    return Figures(
        rate=median(one.rate for one in rounds),
        cpu_ms=median(one.cpu_ms for one in rounds),
        p50_ms=median(one.p50_ms for one in rounds),
        p99_ms=median(one.p99_ms for one in rounds),
        answers=sum(one.answers for one in rounds),
        busy=median(one.busy for one in rounds),
        others_busy=median(one.others_busy for one in rounds),
        generator_busy=median(one.generator_busy for one in rounds),
        database_ms=median(known) if known else None,
    )


def pinned() -> str:
    """Which cores did what, for people."""
    servers, others = (", ".join(map(str, sorted(group))) for group in cores())
    shared = " (the same one: this machine has no other)" if servers == others else ""
    return f"server on core {servers}; load generator and database on core {others}{shared}"


def _put_to_sleep(servers: list[Server]) -> None:
    for server in servers:
        server.sleep()


async def measure(
    servers: list[Server],
    asked: Asked,
    questions: tuple[Question, ...],
    plan: Plan,
    database: int | None,
    before_each: Callable[[Callable[[], None]], Awaitable[None]],
    tell: Callable[[str], None],
) -> dict[tuple[str, str], list[Figures]]:
    """Every round's figures by question and server. Who begins changes from round to round.

    ``before_each`` is told what puts the other servers to sleep, and has to call it.
    """
    found: dict[tuple[str, str], list[Figures]] = {}
    for number in range(plan.rounds):
        first = number % len(servers)
        for question in questions:
            for server in servers[first:] + servers[:first]:
                if question not in server.contender.questions:
                    continue
                tell(f"round {number + 1} of {plan.rounds}: {question.key} {server.name}")
                idle = [other for other in servers if other is not server]
                await before_each(partial(_put_to_sleep, idle))
                try:
                    one = press(server, question, asked[question.key, server.name], plan, database)
                finally:
                    for other in idle:
                        other.wake()
                found.setdefault((question.key, server.name), []).append(one)
    return found
