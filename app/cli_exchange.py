"""``storekeep import`` and ``storekeep export``."""

import asyncio
import csv
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.media import FileMediaStore
from app.settings import Settings, SettingsError, load
from db import migrate
from db.session import Database
from resolvers.exchange import (
    Finding,
    Reporter,
    Summary,
    UnreadableError,
    export_products,
    import_folder,
    import_products,
)
from resolvers.exchange.report import Progress as Listener
from resolvers.exchange.report import nothing_to_tell
from resolvers.exchange.shop_file import import_shop_file

CODES = "Exit codes: 0 when all went well, 1 when something was refused, 2 when nothing could be read."

import_app = typer.Typer(help="Bring data in. Importing twice changes nothing.", no_args_is_help=True)
export_app = typer.Typer(help="Write data out, in the format that import reads.", no_args_is_help=True)
out = Console()
err = Console(stderr=True)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would happen.")]
Report = Annotated[Path | None, typer.Option(help="Write refusals and warnings to this CSV file.")]


@import_app.command("products", epilog=CODES)
def products(
    file: Annotated[Path, typer.Argument(help="A product CSV as hosted shops export it; - for standard input.")],
    dry_run: DryRun = False,
    report: Report = None,
    shop: Annotated[Path | None, typer.Option(help="A shop.toml to set the shop up with first.")] = None,
    currency: Annotated[str | None, typer.Option(help="Currency of a shop that is not there yet (EUR).")] = None,
) -> None:
    """Import products from a CSV file, each in a transaction of its own.

    A row that makes no sense is reported with its line, column and reason, and costs only its own product.
    """

    async def work(database: Database, store: FileMediaStore) -> list[Summary]:
        summaries = []
        if shop:
            summaries.append(await import_shop_file(database, store, shop, dry_run=dry_run))
        with _readable(file) as path, _reporter(report) as reporter, _bar(file.name) as progress:
            summaries.append(
                await import_products(
                    database, store, path, dry_run=dry_run, currency=currency, reporter=reporter, progress=progress
                )
            )
        if str(file) == "-":
            summaries[-1].file = "standard input"
        return summaries

    raise typer.Exit(_run(work, dry_run))


@import_app.command("shop", epilog=CODES)
def whole_shop(
    folder: Annotated[Path, typer.Argument(help="A folder with shop.toml, products.csv and what else there is.")],
    dry_run: DryRun = False,
    report: Report = None,
) -> None:
    """Import a whole shop from a folder. One whose files are those of the last time is not looked at again."""

    async def work(database: Database, store: FileMediaStore) -> list[Summary]:
        with _reporter(report) as reporter, _bars() as listener:
            found = await import_folder(database, store, folder, dry_run=dry_run, reporter=reporter, progress=listener)
        if found.is_unchanged:
            out.print(
                f"{escape(str(folder))}: nothing has changed since the last import.", highlight=False, soft_wrap=True
            )
        return found.files

    raise typer.Exit(_run(work, dry_run))


@export_app.command("products")
def exported_products(
    file: Annotated[Path, typer.Argument(help="Where to write the CSV; - for standard output.")] = Path("-"),
) -> None:
    """Export every product as CSV. The file appears when it is complete.

    Exit codes: 0 when all went well, 2 when the file cannot be written.
    """

    async def work(database: Database, _store: FileMediaStore) -> list[Summary]:
        if str(file) == "-":
            await export_products(database, sys.stdout)
            return []
        part = file.with_name(f".{file.name}.part")
        try:
            with part.open("w", encoding="utf-8", newline="") as text, _bar(file.name) as progress:
                count = await export_products(database, text, progress=progress)
            part.replace(file)
        except OSError as error:
            raise UnreadableError(f"{file} cannot be written: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)
        out.print(f"Wrote {count:,} products to {escape(str(file))}.", highlight=False, soft_wrap=True)
        return []

    raise typer.Exit(_run(work, dry_run=False))


def _run(work: Callable[[Database, FileMediaStore], Awaitable[list[Summary]]], dry_run: bool) -> int:
    """Do the work, show what came of it, and answer the exit code."""

    async def run(settings: Settings) -> list[Summary]:
        with TemporaryDirectory() as scratch:
            store = FileMediaStore(
                _unless_new(settings.media_dir, Path(scratch) / "media") if dry_run else settings.media_dir
            )
            async with _ready(settings, Path(scratch) if dry_run else None) as database:
                return await work(database, store)

    try:
        summaries = asyncio.run(run(load()))
    except (SettingsError, UnreadableError) as error:
        err.print(escape(str(error)), style="red", highlight=False)
        return 2
    for summary in summaries:
        _show(summary, dry_run)
    return max((summary.exit_code for summary in summaries), default=0)


def _unless_new(folder: Path, instead: Path) -> Path:
    return folder if folder.exists() else instead


def _is_missing(database: Database) -> bool:
    return database.is_sqlite and not Path(database.url.database or "").exists()


@asynccontextmanager
async def _ready(settings: Settings, scratch: Path | None) -> AsyncIterator[Database]:
    """The database, with its tables: an empty one gets them, an outdated one has to be migrated by hand.

    With a folder for scratch, a database that has no tables yet stays as it is, and one in that folder stands in.
    """
    database = Database(settings.database_url)
    try:
        is_new = _is_missing(database)
        current = None if is_new else await migrate.current_revision(database)
        if current is None and scratch:
            await database.close()
            database = Database(f"sqlite+aiosqlite:///{scratch / 'rehearsal.db'}")
        if current is None:
            await migrate.upgrade(database)
        elif current != migrate.newest_revision():
            raise UnreadableError("The database is not at the newest schema: run `storekeep migrate` first.")
        yield database
    finally:
        await database.close()


@contextmanager
def _readable(file: Path) -> Iterator[Path]:
    """A file that can be read twice: standard input is kept for the time being."""
    if str(file) != "-":
        yield file
        return
    with NamedTemporaryFile(suffix=".csv") as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        yield Path(kept.name)


@contextmanager
def _reporter(file: Path | None) -> Iterator[Reporter | None]:
    """Takes findings down as they come."""
    if file is None:
        yield None
        return
    try:
        text = file.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise UnreadableError(f"{file} cannot be written: {error.strerror}") from error
    with text:
        writer = csv.writer(text, lineterminator=os.linesep)
        writer.writerow(["Line", "Column", "Handle", "Severity", "Reason"])

        def take_down(found: Finding) -> None:
            writer.writerow([found.line or "", found.column, found.handle, found.severity, found.reason])

        yield take_down


@contextmanager
def _bars() -> Iterator[Callable[[str], Listener]]:
    """Progress bars by name, on a terminal only."""
    if not err.is_terminal:
        yield lambda name: nothing_to_tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bars:

        def listener(name: str) -> Listener:
            task = bars.add_task(escape(name), total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield listener


@contextmanager
def _bar(name: str) -> Iterator[Listener]:
    with _bars() as listener:
        yield listener(name)


def _show(summary: Summary, dry_run: bool) -> None:
    for found in summary.findings:
        where = ", ".join(part for part in (f"line {found.line}" if found.line else "", found.column) if part)
        who = f" ({found.handle})" if found.handle else ""
        style = "red" if found.refused else "yellow"
        text = f"{found.severity}: {where}{who}: {found.reason}" if where else f"{found.severity}{who}: {found.reason}"
        err.print(escape(text), style=style, highlight=False, soft_wrap=True)
    if summary.told > len(summary.findings):
        rest = summary.told - len(summary.findings)
        err.print(f"… and {rest:,} more; --report FILE writes them all.", highlight=False)
    would = "would be " if dry_run else ""
    counts = ", ".join(f"{getattr(summary, what):,} {what}" for what in ("created", "changed", "unchanged", "refused"))
    warnings = f"; {summary.warnings:,} warning{'s'[: summary.warnings - 1]}" if summary.warnings else ""
    line = f"{summary.file} ({summary.encoding}, {summary.rows:,} rows): {would}{counts}{warnings}."
    out.print(escape(line), highlight=False, soft_wrap=True)
