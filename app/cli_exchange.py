"""``storekeep import`` and ``storekeep export``."""

import asyncio
import csv
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.markup import escape

from app import exit_codes
from app.media import FileMediaStore
from app.media.files import write_whole
from app.progress import bars
from app.settings import Settings, SettingsError, load
from db import migrate, revision
from db.session import Database
from resolvers.exchange import (
    Finding,
    Reporter,
    Summary,
    UnreadableError,
    export_folder,
    export_products,
    import_folder,
    import_products,
)
from resolvers.exchange.pictures import cell_of, is_on_the_web
from resolvers.exchange.shop_file import import_shop_file

import_app = typer.Typer(help="Bring data in. Importing twice changes nothing.", no_args_is_help=True)
export_app = typer.Typer(help="Write data out, in the format that import reads.", no_args_is_help=True)
# Sentences are not broken into lines: scripts read them, and terminals wrap by themselves.
out = Console(soft_wrap=True, highlight=False)
err = Console(soft_wrap=True, highlight=False, stderr=True)
screen = Console(stderr=True)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would happen.")]
Report = Annotated[Path | None, typer.Option(help="Write refusals and warnings to this CSV file.")]


@import_app.command("products", epilog=exit_codes.IMPORT)
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

    async def work(database: Database, store: FileMediaStore, dry: bool) -> list[Summary]:
        summaries = []
        if shop:
            summaries.append(await import_shop_file(database, store, shop, dry_run=dry))
        with _readable(file) as path, _reporter(report) as reporter, bars(screen) as bar:
            listener = bar(file.name)
            summaries.append(
                await import_products(
                    database, store, path, dry_run=dry, currency=currency, reporter=reporter, progress=listener
                )
            )
        if str(file) == "-":
            summaries[-1].file = "standard input"
        return summaries

    raise typer.Exit(_import(work, dry_run))


@import_app.command("shop", epilog=exit_codes.IMPORT)
def whole_shop(
    folder: Annotated[Path, typer.Argument(help="A folder with shop.toml, products.csv and what else there is.")],
    dry_run: DryRun = False,
    report: Report = None,
) -> None:
    """Import a whole shop from a folder. One whose files are those of the last time is not looked at again."""

    async def work(database: Database, store: FileMediaStore, dry: bool) -> list[Summary]:
        with _reporter(report) as reporter, bars(screen) as bar:
            found = await import_folder(database, store, folder, dry_run=dry, reporter=reporter, progress=bar)
        if found.is_unchanged:
            out.print(f"{escape(str(folder))}: nothing has changed since the last import.")
        return found.files

    raise typer.Exit(_import(work, dry_run))


@export_app.command("products", epilog=exit_codes.EXPORT)
def exported_products(
    file: Annotated[Path, typer.Argument(help="Where to write the CSV; - for standard output.")] = Path("-"),
    pictures: Annotated[
        Path | None, typer.Option(help="Copy the shop's own pictures to this folder, beside the CSV, and name them so.")
    ] = None,
) -> None:
    """Export every product as CSV. The file appears when it is complete.

    Pictures elsewhere on the web are named by their address. Those that the shop keeps are named media:…, which only
    this shop can read back; with --pictures they are copied, and any shop can import the CSV with its folder.
    """

    async def work(settings: Settings) -> int:
        async with _standing(settings) as database:
            named = _Pictures(FileMediaStore(settings.media_dir), file, pictures)
            if str(file) == "-":
                await _export_out(database, named)
            else:
                await _export_to(file, database, named)
        for sentence in named.remarks():
            err.print(sentence, style="yellow")
        return 1 if named.missing else 0

    raise typer.Exit(_run(work))


@export_app.command("shop", epilog=exit_codes.EXPORT)
def exported_shop(
    folder: Annotated[Path, typer.Argument(help="A new folder, or one of an earlier export.")],
) -> None:
    """Export the whole shop as a folder of files, to edit, to keep under version control, or to import elsewhere.

    The folder appears when it is whole. One of an earlier export is brought to what the shop is now: files of it that
    are no more go, and what else you keep there stays. An unchanged shop is written the same, byte by byte.
    """

    async def work(settings: Settings) -> int:
        store = FileMediaStore(settings.media_dir)
        async with _standing(settings) as database:
            with bars(screen) as bar:
                count, left_out = await export_folder(database, store.path, folder, progress=bar)
        for sentence in left_out:
            err.print(escape(sentence), style="yellow")
        out.print(f"{escape(str(folder))}: {count:,} files.")
        return 1 if left_out else 0

    raise typer.Exit(_run(work))


async def _export_out(database: Database, named: "_Pictures") -> None:
    try:
        await export_products(database, sys.stdout, picture_cell=named)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has seen enough, as `head` does; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def _export_to(file: Path, database: Database, named: "_Pictures") -> None:
    with _appearing(file) as text, bars(screen) as bar:
        count = await export_products(database, text, picture_cell=named, progress=bar(file.name))
    out.print(f"Wrote {count:,} products to {escape(str(file))}.")


@contextmanager
def _appearing(file: Path) -> Iterator[TextIO]:
    """A file that others see when it is complete; a pipe or a device is written to, for nothing may take its place.

    Raises `UnreadableError` where there can be no such file.
    """
    named, file = file, file.resolve()
    whole = file.is_file() or not file.exists()
    part = file.with_name(f".{file.name}.part") if whole else file
    try:
        text = part.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise UnreadableError(f"{named} cannot be written: {error.strerror}") from error
    try:
        with text:
            yield text
        if whole:
            part.replace(file)
    finally:
        if whole:
            part.unlink(missing_ok=True)


class _Pictures:
    """How an exported file names pictures. With a folder, those that the store keeps are copied into it."""

    def __init__(self, store: FileMediaStore, file: Path, folder: Path | None) -> None:
        self.store, self.folder = store, folder
        self.kept: set[str] = set()
        self.copied: set[str] = set()
        self.missing: set[str] = set()
        if folder is None:
            return
        if str(file) == "-":
            raise UnreadableError("--pictures needs a FILE to stand beside, not standard output.")
        beside = file.resolve().parent
        if not folder.resolve().is_relative_to(beside):
            raise UnreadableError(f"--pictures: {folder} is not within {beside}, where the CSV goes.")
        self.prefix = folder.resolve().relative_to(beside)

    def __call__(self, source: str) -> str:
        """The cell for a picture."""
        if is_on_the_web(source):
            return source
        if self.folder is None:
            self.kept.add(source)
        elif source not in self.copied | self.missing:
            self._copy(source, self.folder / source)
        return (self.prefix / source).as_posix() if source in self.copied else cell_of(source)

    def _copy(self, name: str, target: Path) -> None:
        try:
            content = self.store.path(name).read_bytes()
        except FileNotFoundError:
            self.missing.add(name)
            return
        try:
            if not target.is_file() or target.read_bytes() != content:
                write_whole(target, content)
        except OSError as error:
            raise UnreadableError(f"{target.parent} cannot be written: {error.strerror}") from error
        self.copied.add(name)

    def remarks(self) -> Iterator[str]:
        """What the owner of the file should know."""
        if self.kept:
            yield (
                f"Pictures that this shop keeps ({len(self.kept):,}) are named media:…, which only it can read back; "
                "--pictures FOLDER copies them to a folder beside the CSV."
            )
        if self.missing:
            yield f"Pictures that the media store has lost ({len(self.missing):,}) are still named media:…."


def _import(work: Callable[[Database, FileMediaStore, bool], Awaitable[list[Summary]]], dry_run: bool) -> int:
    """Do the work, show what came of it, and answer the exit code.

    Where there are no tables yet, a rehearsal works for real, on a database and a store that stand in.
    """

    async def run(settings: Settings) -> int:
        with TemporaryDirectory() as scratch:
            spare = Path(scratch)
            async with _ready(settings, spare if dry_run else None) as database:
                stands_in = dry_run and str(database.url.database).startswith(scratch)
                is_new = stands_in or (dry_run and not settings.media_dir.exists())
                store = FileMediaStore(spare / "media" if is_new else settings.media_dir)
                summaries = await work(database, store, dry_run and not stands_in)
        for summary in summaries:
            _show(summary, dry_run)
        return max((summary.exit_code for summary in summaries), default=0)

    return _run(run)


def _run(work: Callable[[Settings], Coroutine[Any, Any, int]]) -> int:
    try:
        return asyncio.run(work(load()))
    except (SettingsError, UnreadableError) as error:
        err.print(escape(str(error)), style="red")
        return 2


@asynccontextmanager
async def _standing(settings: Settings) -> AsyncIterator[Database]:
    """The database as it is, for reading. Raises `UnreadableError` where it is missing or outdated."""
    async with Database(settings.database_url) as database:
        if outdated := await revision.outdated(database):
            raise UnreadableError(outdated)
        yield database


@asynccontextmanager
async def _ready(settings: Settings, scratch: Path | None) -> AsyncIterator[Database]:
    """The database, with its tables: an empty one gets them, an outdated one has to be migrated by hand.

    With a folder for scratch, a database that has no tables yet stays as it is, and one in that folder stands in.
    """
    url = settings.database_url
    async with Database(url) as database:
        is_empty = await revision.current_revision(database) is None
    if is_empty and scratch:
        url = f"sqlite+aiosqlite:///{scratch / 'rehearsal.db'}"
    async with Database(url) as database:
        if is_empty:
            await migrate.upgrade(database)
        elif outdated := await revision.outdated(database):
            raise UnreadableError(outdated)
        yield database


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


def _show(summary: Summary, dry_run: bool) -> None:
    for found in summary.findings:
        where = ", ".join(part for part in (f"line {found.line}" if found.line else "", found.column) if part)
        who = f" ({found.handle})" if found.handle else ""
        style = "red" if found.refused else "yellow"
        text = f"{found.severity}: {where}{who}: {found.reason}" if where else f"{found.severity}{who}: {found.reason}"
        err.print(escape(text), style=style)
    if summary.told > len(summary.findings):
        rest = summary.told - len(summary.findings)
        err.print(f"… and {rest:,} more; --report FILE writes them all.")
    would = "would be " if dry_run else ""
    counts = ", ".join(f"{getattr(summary, what):,} {what}" for what in ("created", "changed", "unchanged", "refused"))
    counts += f", {summary.removed:,} removed" if summary.removed else ""
    warnings = f"; {summary.warnings:,} warning{'s'[: summary.warnings - 1]}" if summary.warnings else ""
    line = f"{summary.file} ({summary.encoding}, {summary.rows:,} rows): {would}{counts}{warnings}."
    out.print(escape(line))
