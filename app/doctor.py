"""What is wrong with an installation, and how to mend it."""

import asyncio
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from app.explorer.state import Workshop
from app.settings import Settings, SettingsError, load
from db import migrate
from db.session import Database

_ROOM = 500_000_000


@dataclass(frozen=True)
class Finding:
    """One thing looked at; ``mend`` says what to do about it, and None that it is well."""

    what: str
    said: str
    mend: str | None = None


def report(console: Console) -> int:
    """Print every finding; answers the exit code: 1 if anything has to be mended."""
    try:
        settings = load()
    except SettingsError as wrong:
        console.print(f"[red]✗[/red] Settings\n{wrong}", highlight=False)
        return 1
    findings = [*_machine(settings), *asyncio.run(_database(settings))]
    for finding in findings:
        mark = "[green]✓[/green]" if finding.mend is None else "[red]✗[/red]"
        console.print(f"{mark} {finding.what}: {finding.said}", highlight=False)
        if finding.mend:
            console.print(f"  → {finding.mend}", highlight=False)
    return 1 if any(finding.mend for finding in findings) else 0


def _machine(settings: Settings) -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", python, None if sys.version_info >= (3, 11) else "Install Python 3.11 or newer.")
    known = sqlite3.sqlite_version_info >= (3, 38)
    yield Finding("SQLite", sqlite3.sqlite_version, None if known else "Use a Python with SQLite 3.38 or newer.")
    for name, folder in (("Media folder", settings.media_dir), ("Cache folder", settings.cache_dir)):
        yield _folder(name, folder)
    yield _port(settings)
    if not settings.production:
        state = Workshop().state()
        trouble = None if state.build else "Run `make explorer`; the shop itself does without it."
        yield Finding("Explorer", "built" if state.build else "not built", trouble)
    if settings.production and settings.database_url.startswith("sqlite"):
        yield Finding("Environment", "production on SQLite", "More than one instance needs PostgreSQL.")


def _folder(name: str, folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(name, f"{folder} cannot be written: {error.strerror}", "Give it to the user that serves.")
    free = shutil.disk_usage(folder).free
    said = f"{folder}, {free / 1e9:.1f} GB free"
    return Finding(name, said, None if free > _ROOM else "Make room: less than 0.5 GB are left.")


def _port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            said = f"{settings.host}:{settings.port} cannot be had: {error.strerror}"
            return Finding("Address", said, "Stop what listens there (it may be this shop), or set STOREKEEP_PORT.")
    return Finding("Address", f"{settings.host}:{settings.port} is free")


async def _database(settings: Settings) -> list[Finding]:
    database = Database(settings.database_url)
    name = f"Database ({database.kind})"
    try:
        async with asyncio.timeout(5):
            current = await migrate.current_revision(database)
    except Exception as error:
        said = f"does not answer: {type(error).__name__}: {error}"
        return [Finding(name, said, "Start it, or correct STOREKEEP_DATABASE_URL.")]
    else:
        newest = migrate.newest_revision()
        if current != newest:
            said = f"at revision {current or 'nothing'}, and the code wants {newest}"
            return [Finding(name, said, "Run `storekeep migrate`.")]
        drift = await migrate.drift(database)
        mend = "Somebody changed tables by hand; undo: " + "; ".join(drift) if drift else None
        return [Finding(name, f"at revision {current}", mend)]
    finally:
        await database.close()
