"""The ``storekeep`` command."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from alembic.util import CommandError
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from app.cli_exchange import export_app, import_app
from app.settings import Settings, SettingsError, load

T = TypeVar("T")

app = typer.Typer(
    help="A self-hosted GraphQL backend-for-frontend for online shops.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog="Settings are STOREKEEP_… variables of the environment or of a .env file; the README lists them.",
)
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")
out = Console()
err = Console(stderr=True)


def settings_or_exit(**overrides: Any) -> Settings:
    """The settings; wrong ones are named and end the command with 2."""
    try:
        return load(**overrides)
    except SettingsError as wrong:
        err.print(f"[red]{wrong}[/red]", highlight=False)
        raise typer.Exit(2) from wrong


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any that is free.")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https, with a certificate made for this machine.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Migrate and open the demo shop first.")] = False,
    build_explorer: Annotated[bool, typer.Option("--build-explorer", help="Build the explorer meanwhile.")] = False,
) -> None:
    """Serve the shop until interrupted.

    Exit codes: 0 after an orderly shutdown, 1 when the database is not ready, 2 for wrong settings, 3 when the
    address is taken.
    """
    settings = settings_or_exit(host=host, port=port)
    serving = import_module("app.serving")
    raise typer.Exit(serving.serve(settings, tls=tls, demo=demo, build_explorer=build_explorer, console=out))


@app.command()
def migrate(
    to: Annotated[str, typer.Option(help="A revision, `head` for the newest, `base` for an empty database.")] = "head",
    down: Annotated[bool, typer.Option("--down", help="Go down to it instead of up. Data is lost.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 unless all is up to date.")
    ] = False,
) -> None:
    """Bring the database to the newest schema."""
    migrations = import_module("db.migrate")

    async def work(database: Any) -> int:
        before = await migrations.current_revision(database)
        if check:
            drift = await migrations.drift(database) if before else ["the database is empty"]
            current = before == migrations.newest_revision() and not drift
            for line in drift:
                err.print(line, highlight=False)
            out.print(f"The database is at {before or 'nothing'}; the newest is {migrations.newest_revision()}.")
            return 0 if current else 1
        await (migrations.downgrade if down else migrations.upgrade)(database, to)
        after = await migrations.current_revision(database)
        out.print(f"The database is at {after or 'nothing'}" + (", as before." if after == before else "."))
        return 0

    raise typer.Exit(with_database(work))


@app.command()
def schema(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; standard output without.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 if the file differs.")] = False,
) -> None:
    """Print the GraphQL schema (SDL), write it to a file, or compare it with one."""
    text = import_module("app.sdl").sdl()
    if check:
        target = file or Path("schema.graphql")
        if target.exists() and target.read_text() == text:
            return
        err.print(f"{target} is not the schema of this code: run `storekeep schema {target}` and commit it.")
        raise typer.Exit(1)
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text)


@app.command()
def check() -> None:
    """Look for data that contradicts itself: stock against its ledger, price ranges against prices. Exits with 1."""
    reconcile = import_module("resolvers.reconcile")

    async def work(database: Any) -> int:
        findings = await reconcile.contradictions(database)
        for finding in findings:
            err.print(finding, highlight=False)
        out.print("Nothing contradicts itself." if not findings else f"{len(findings)} contradictions.")
        return 1 if findings else 0

    raise typer.Exit(with_database(work))


@app.command()
def doctor() -> None:
    """Say what is wrong with this installation, and how to mend it. Exits with 1 if anything is."""
    raise typer.Exit(import_module("app.doctor").report(out))


@app.command()
def demo(
    live: Annotated[
        bool, typer.Option("--live", help="Let simulated shoppers browse and buy until interrupted.")
    ] = False,
    shoppers: Annotated[int, typer.Option(min=1, max=50, help="How many of them.")] = 3,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Stop after so long.")] = None,
) -> None:
    """Open the demo shop: migrate, and import what has changed in it."""
    demo_shop = import_module("app.demo")
    settings = settings_or_exit()
    asyncio.run(demo_shop.open_demo(settings, out))
    if live:
        asyncio.run(demo_shop.live(settings, out, shoppers=shoppers, seconds=seconds))


def with_database(work: Callable[[Any], Awaitable[T]]) -> T:
    """Run ``work`` on the database of the settings, and close it."""
    session = import_module("db.session")
    settings = settings_or_exit()

    async def run() -> T:
        database = session.Database(settings.database_url)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def main() -> None:
    """Where the console command begins. A database that is away, or files that are, end it with 1 and a sentence."""
    try:
        app()
    except (OSError, DBAPIError, CommandError) as trouble:
        cause = trouble.orig if isinstance(trouble, DBAPIError) and trouble.orig else trouble
        err.print(f"{type(cause).__name__}: {cause}", style="red", highlight=False, markup=False)
        err.print("`storekeep doctor` says what is wrong with this installation, and how to mend it.", highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
