"""What is wrong with an installation, and how to mend it. It looks, and leaves nothing behind."""

import asyncio
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from app.explorer.state import Workshop
from app.graphql.persisted import ManifestError
from app.server import AddressError, bound
from app.settings import Settings, SettingsError, load
from app.tls import CertificateError, expiry
from app.trouble import told
from app.trusted import trusted_documents
from app.valkey import Valkey
from db import migrate, revision
from db.session import Database

_ROOM = 500_000_000
_SECONDS = 5
"""How long the database may take to answer."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at; of one that is not well, ``said`` also tells how to mend it."""

    what: str
    said: str
    is_well: bool = True


def report(console: Console) -> int:
    """Print every finding; answers the exit code: 1 if anything has to be mended, 2 if it is the settings."""
    try:
        settings = load()
    except SettingsError as wrong:
        console.print(f"[red]✗[/red] Settings: {escape(str(wrong))}")
        return 2
    findings = [*_machine(settings), *_certificate(settings), *_documents(settings), *asyncio.run(_servers(settings))]
    for finding in findings:
        mark = "[green]✓[/green]" if finding.is_well else "[red]✗[/red]"
        console.print(f"{mark} {finding.what}: {escape(finding.said)}")
    ill = sum(not finding.is_well for finding in findings)
    console.print("All is well." if not ill else f"To be mended: {ill} of {len(findings)}.")
    return 1 if ill else 0


def _machine(settings: Settings) -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    known = sys.version_info >= (3, 11)
    yield Finding("Python", python if known else f"{python}; install 3.11 or newer.", known)
    known = sqlite3.sqlite_version_info >= (3, 38)
    sqlite = sqlite3.sqlite_version
    yield Finding("SQLite", sqlite if known else f"{sqlite}; use a Python that brings 3.38 or newer.", known)
    yield _folder("Media folder", settings.media_dir)
    yield _folder("Cache folder", settings.cache_dir)
    yield _address(settings)
    if settings.has_explorer:
        built = bool(Workshop().state().build)
        yield Finding(
            "Explorer", "built" if built else "not built: run `make explorer` (the shop serves without).", built
        )


def _folder(name: str, folder: Path) -> Finding:
    """A folder that is not there yet is judged by the one that it would be made in."""
    standing = folder.absolute()
    try:
        while not standing.exists():
            standing = standing.parent
        # Permissions do not tell of read-only file systems; this file has no name, or loses it at once.
        with tempfile.TemporaryFile(dir=standing):
            free = shutil.disk_usage(standing).free
    except OSError as error:
        return Finding(name, f"{folder} cannot be written ({error.strerror}): give it to the user that serves.", False)
    said = f"{folder}{'' if standing == folder.absolute() else ' (will be made)'}, {free / 1e9:.1f} GB free"
    return Finding(name, said if free > _ROOM else f"{said}: make room.", free > _ROOM)


def _address(settings: Settings) -> Finding:
    try:
        for one in bound(settings.host, settings.port):
            one.close()
    except AddressError as error:
        return Finding("Address", str(error), False)
    return Finding("Address", f"{settings.host}:{settings.port} is free")


def _certificate(settings: Settings) -> Iterator[Finding]:
    if settings.tls_certificate is None:
        return
    try:
        until = expiry(settings.tls_certificate, settings.tls_key)
    except CertificateError as error:
        yield Finding("Certificate", str(error), False)
    else:
        yield Finding("Certificate", f"{settings.tls_certificate}, good until {until:%Y-%m-%d}")


def _documents(settings: Settings) -> Iterator[Finding]:
    if settings.trusted_documents is None:
        return
    try:
        found = trusted_documents(settings)
    except ManifestError as error:
        yield Finding("Trusted documents", str(error), False)
    else:
        others = "; no others are answered" if settings.trusted_documents_only else ""
        yield Finding("Trusted documents", f"{len(found.by_text)} in {settings.trusted_documents}{others}")


async def _servers(settings: Settings) -> list[Finding]:
    return [*await _database(settings), *await _shared_cache(settings)]


async def _shared_cache(settings: Settings) -> list[Finding]:
    if settings.shared_cache is None:
        return []
    where = settings.shared_cache_place
    valkey = Valkey(settings.shared_cache, where, settings.shared_cache_timeout)
    why_not = await valkey.why_not()
    await valkey.close()
    if why_not is None:
        return [Finding("Shared cache", where)]
    said = f"{where} fails ({why_not}): start it, or correct STOREKEEP_SHARED_CACHE. The shop serves without it."
    return [Finding("Shared cache", said, False)]


async def _database(settings: Settings) -> list[Finding]:
    async with Database(settings.database_url) as database:
        name = f"Database ({database.kind})"
        try:
            async with asyncio.timeout(_SECONDS):
                if outdated := await revision.outdated(database):
                    return [Finding(name, outdated, False)]
                drift = await migrate.drift(database)
        except Exception as error:
            trouble = told(error, settings)
            if trouble is None:
                raise
            return [Finding(name, str(trouble), False)]
    if drift:
        said = f"Somebody changed tables by hand; undo it: {'; '.join(drift)}"
        return [Finding(name, said, False)]
    if database.is_sqlite and not os.access(settings.database_place, os.W_OK):
        return [Finding(name, f"{settings.database_place} cannot be written: give it to the user that serves.", False)]
    alone = " (fine for one instance; several need PostgreSQL)" if database.is_sqlite and settings.production else ""
    return [Finding(name, f"{settings.database_place}, at revision {revision.newest_revision()}{alone}")]
