"""The ``storekeep`` command as a shell runs it, for tests."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from app import cli
from app.settings import PREFIX
from db.session import Database


@dataclass
class Ended:
    """How a command ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]
"""Runs `storekeep` with these words, and with settings as keywords; port 0 unless another is named."""


@contextmanager
def _logs_as_they_were() -> Iterator[None]:
    """`serve` sends all logs where it wants them; the next test must not."""
    named = [logging.getLogger(), *(logging.getLogger(name) for name in list(logging.root.manager.loggerDict))]
    before = [(logger, logger.level, list(logger.handlers)) for logger in named]
    yield
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


@contextmanager
def commanding(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """A way to run commands without any setting of whoever runs the tests."""
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "dumb")

    def run(*words: str, **settings: object) -> Ended:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["storekeep", *words])
            for name, value in ({"port": 0} | settings).items():
                patch.setenv(PREFIX + name.upper(), str(value))
            with pytest.raises(SystemExit) as caught:
                cli.main()
        written = capsys.readouterr()
        code = caught.value.code
        assert code is None or isinstance(code, int)
        return Ended(code or 0, written.out, written.err)

    with _logs_as_they_were():
        yield run


def changed(url: str, *statements: str) -> None:
    """Somebody meddles with the database."""

    async def work() -> None:
        database = Database(url)
        async with database.write() as session:
            for statement in statements:
                await session.change(text(statement))
        await database.close()

    asyncio.run(work())
