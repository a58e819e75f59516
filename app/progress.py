"""Progress bars, for people who watch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Listener: TypeAlias = Callable[[int, int], None]
"""Told (things done, things there are)."""


@contextmanager
def bars(console: Console) -> Iterator[Callable[[str], Listener]]:
    """A bar for each name that is asked for, gone at the end; on a terminal only."""
    if not console.is_terminal:
        yield lambda name: lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:

        def listener(name: str) -> Listener:
            task = progress.add_task(escape(name), total=None)
            return lambda done, total: progress.update(task, completed=done, total=total)

        yield listener
