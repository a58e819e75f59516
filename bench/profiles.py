"""Where Storekeep's time goes at the questions whose targets it missed: own time by package, under load."""

import pstats
import re
import signal
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from bench.contenders import ROOT, STOREKEEP
from bench.measure import Asked, Plan, press
from bench.questions import Question
from bench.servers import ServerError, started

PATIENCE = 30.0
"""Seconds within which a profile has to be written."""
_PACKAGE = re.compile(r"/site-packages/([^/.]+)")

Shares = dict[str, float]
"""Package to its share of the profiled time, the largest first."""
_Function = tuple[str, int, str]


def profiles(
    questions: list[Question], asked: Asked, url: str, folder: Path, core: set[int], seconds: float
) -> dict[str, Shares]:
    """The shares of packages by question, of a Storekeep that is asked these things under a profiler."""
    if not questions:
        return {}
    output = folder / "storekeep.profile"
    interpreter, option, *module = STOREKEEP.command
    command = (interpreter, option, "bench.profiled", str(output), *module)
    found = {}
    with started([replace(STOREKEEP, command=command)], url, folder, core) as (server,):
        for question in questions:
            given = asked[question.key, STOREKEEP.name]
            press(server, question, given, Plan(1, seconds, 0.0), None)
            server.process.send_signal(signal.SIGUSR1)
            press(server, question, given, Plan(1, seconds, 0.0), None)
            server.process.send_signal(signal.SIGUSR2)
            found[question.key] = shares(_written(output))
            output.unlink()
    return found


def _written(output: Path) -> pstats.Stats:
    deadline = time.monotonic() + PATIENCE
    while not output.exists():
        if time.monotonic() > deadline:
            raise ServerError(f"no profile was written within {PATIENCE:.0f} s")
        time.sleep(0.05)
    return pstats.Stats(str(output))


def shares(stats: pstats.Stats) -> Shares:
    """Own time by package; what is written in C belongs to whoever called it."""
    times: Counter[str] = Counter()
    functions: dict[_Function, tuple[int, int, float, float, dict[_Function, tuple[int, int, float, float]]]]
    functions = stats.stats  # type: ignore[attr-defined]
    for function, (_, _, own, _, callers) in functions.items():
        if function[0] != "~":
            times[_package(function)] += own
            continue
        for caller, (_, _, part, _) in callers.items():
            times[_package(caller)] += part
            own -= part
        times[_package(function)] += max(own, 0.0)
    whole = sum(times.values()) or 1.0
    return {package: time / whole for package, time in times.most_common()}


def _package(function: _Function) -> str:
    path = function[0]
    if path == "~":
        return "event loop"
    installed = _PACKAGE.search(path)
    if installed:
        return installed[1]
    if path.startswith(f"{ROOT}/"):
        return "storekeep " + path.removeprefix(f"{ROOT}/").split("/", 1)[0]
    return "standard library" if path.startswith("/") else "generated code"
