"""Rounds of load, the servers in turn, and what is left of them: medians."""

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.load import Findings
from bench.processes import cores
from bench.questions import Question
from bench.servers import ROOT, Server, ServerError


@dataclass(frozen=True)
class Figures:
    """One server at one question: answers a second, milliseconds of processor time an answer and of latency."""

    rate: float
    cpu_ms: float
    p50_ms: float
    p99_ms: float
    answers: int


@dataclass(frozen=True)
class Plan:
    """How long is measured: ``seconds`` a round, after a warm-up of ``warm_up`` seconds, ``rounds`` times."""

    rounds: int
    seconds: float
    warm_up: float


def press(server: Server, question: Question, variables: list[dict[str, Any]], plan: Plan) -> Figures:
    """One measurement, by a process of its own. Raises ServerError for a wrong answer under load."""
    orders = {
        "port": server.port,
        "pid": server.process.pid,
        "bodies": [json.dumps({"query": question.query, "variables": given}) for given in variables],
        "connections": question.connections,
        "warm_up": plan.warm_up,
        "seconds": plan.seconds,
    }
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        raise ServerError(f"{server.name} failed under the load of {question.key}: {done.stderr}")
    return figures(Findings(**json.loads(done.stdout)))


def figures(found: Findings) -> Figures:
    """What one measurement comes to."""
    ordered = sorted(found.latencies)
    return Figures(
        rate=found.answers / found.seconds,
        cpu_ms=found.cpu * 1000 / found.answers,
        p50_ms=ordered[len(ordered) // 2] * 1000,
        p99_ms=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000,
        answers=found.answers,
    )


def medians(rounds: list[Figures]) -> Figures:
    """The median of each figure; answers are added up."""
    return Figures(
        rate=median(one.rate for one in rounds),
        cpu_ms=median(one.cpu_ms for one in rounds),
        p50_ms=median(one.p50_ms for one in rounds),
        p99_ms=median(one.p99_ms for one in rounds),
        answers=sum(one.answers for one in rounds),
    )


def pinned() -> str:
    """Which cores did what, for people."""
    servers, others = (", ".join(map(str, sorted(group))) for group in cores())
    shared = " (the same one: this machine has no other)" if servers == others else ""
    return f"server on core {servers}; load generator and database on core {others}{shared}"


async def measure(
    servers: tuple[Server, Server],
    asked: dict[tuple[str, str], list[dict[str, Any]]],
    questions: tuple[Question, ...],
    plan: Plan,
    before_each: Callable[[Callable[[], None]], Awaitable[None]],
    tell: Callable[[str], None],
) -> dict[tuple[str, str], list[Figures]]:
    """Every round's figures by question and server. Who begins changes from round to round.

    ``before_each`` is told what puts the other server to sleep, and has to call it.
    """
    found: dict[tuple[str, str], list[Figures]] = {}
    for number in range(plan.rounds):
        for question in questions:
            for server in servers if number % 2 == 0 else servers[::-1]:
                (idle,) = (other for other in servers if other is not server)
                tell(f"round {number + 1} of {plan.rounds}: {question.key} {server.name}")
                await before_each(idle.sleep)
                try:
                    one = press(server, question, asked[question.key, server.name], plan)
                finally:
                    idle.wake()
                found.setdefault((question.key, server.name), []).append(one)
    return found
