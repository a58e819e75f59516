"""Processes of this machine (Linux): on which core they run, and how much processor time they took."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor seconds of a process so far: its own and its children's, user's and system's, to a hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(field) for field in fields[11:15]) / _TICKS
    return own + sum(_still(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def _still(child: str) -> float:
    """The time of a child that may have ended meanwhile: its parent has it then."""
    try:
        return cpu_seconds(int(child))
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def parent(pid: int) -> int:
    """The process that started this one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def is_named(pid: int, name: str) -> bool:
    """Whether a process of that id and name runs here."""
    path = Path(f"/proc/{pid}/comm")
    return path.exists() and path.read_text().strip() == name


def core_seconds(core: int) -> float:
    """Seconds so far in which that core was at work, whoever for."""
    line = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith(f"cpu{core} "))
    user, nice, system, _idle, _waiting, *interrupts = (int(field) for field in line.split()[1:9])
    return (user + nice + system + sum(interrupts)) / _TICKS


def cores() -> tuple[set[int], set[int]]:
    """The core for servers, and those for everything else; the same one where there is only one."""
    first, *others = sorted(os.sched_getaffinity(0))
    return {first}, set(others) or {first}


def pin(pid: int, cores: set[int]) -> None:
    """Keep a process and all its threads on these cores; what it starts later stays there as well."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)
