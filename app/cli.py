"""The ``storekeep`` command.

Each command imports what it needs when it runs: `storekeep --help` need not wait for the whole shop to be loaded.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup
from typer.main import get_group

from app import exit_codes
from app.exit_codes import codes

if TYPE_CHECKING:
    from db.session import Database


# Sentences are not broken into lines: scripts read them, and terminals wrap by themselves.
out = Console(soft_wrap=True, highlight=False)
err = Console(soft_wrap=True, highlight=False, stderr=True)

app = typer.Typer(
    help="A self-hosted GraphQL backend-for-frontend for online shops.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    epilog="Settings are STOREKEEP_… variables of the environment or of a .env file; the README lists them. "
    "Each command's --help says with which exit codes it ends.",
)


class Exchange(TyperGroup):
    """The commands of `app.cli_exchange`, loaded when one of them is asked for."""

    # Typer brings a click of its own, which is not for others to name.
    def list_commands(self, ctx: Any) -> list[str]:
        return self._loaded().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return self._loaded().get_command(ctx, cmd_name)

    def _loaded(self) -> TyperGroup:
        from app.cli_exchange import export_app, import_app

        return get_group({"import": import_app, "export": export_app}[self.name or ""])


for _name, _help, _codes in (
    ("import", "Bring data in. Importing twice changes nothing.", exit_codes.IMPORT),
    ("export", "Write data out, in the format that import reads.", exit_codes.EXPORT),
):
    app.add_typer(typer.Typer(cls=Exchange, no_args_is_help=True), name=_name, help=_help, epilog=_codes)


def _show_version(wanted: bool) -> None:
    if wanted:
        from app.version import package_version

        out.print(f"Storekeep {package_version()}")
        raise typer.Exit


@app.callback()
def storekeep(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """A self-hosted GraphQL backend-for-frontend for online shops."""


@app.command(epilog=exit_codes.SERVE)
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 for any that is free.")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https, with a certificate made for this machine.")] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Migrate and open the demo shop first.")] = False,
    build_explorer: Annotated[bool, typer.Option("--build-explorer", help="Build the explorer meanwhile.")] = False,
) -> None:
    """Serve the shop until interrupted."""
    started = perf_counter()
    from app.garbage import uncollected

    with uncollected():
        from app.serving import serve as serve_until_interrupted
    from app.settings import load

    settings = load(host=host, port=port)
    serve_until_interrupted(settings, tls=tls, demo=demo, build_explorer=build_explorer, console=out, started=started)


@app.command(epilog=codes("the database cannot be migrated or, with --check, is not up to date"))
def migrate(
    to: Annotated[
        str | None, typer.Option(help="A revision, `head` for the newest (the default), `base` for no tables at all.")
    ] = None,
    down: Annotated[
        bool, typer.Option("--down", help="Go down to --to instead of up: tables are dropped, and what is in them.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 unless all is up to date.")
    ] = False,
) -> None:
    """Bring the database to the newest schema; an SQLite file is made where there is none."""
    if down and to is None:
        raise typer.BadParameter(
            "Going down drops tables, and what is in them. Say how far: --to base drops all of them."
        )
    if to == "base" and not down:
        raise typer.BadParameter("base is down from everywhere: add --down, which drops all tables and their content.")
    from app.searching import with_search_index
    from db import migrate as migrations
    from db import revision
    from resolvers.search.building import is_built

    async def work(database: "Database") -> int:
        if check:
            outdated = await revision.outdated(database)
            findings = [outdated] if outdated else await migrations.drift(database)
            if not findings and not await is_built(database):
                findings = ["The search index is not there, or an older version built it: run `storekeep migrate`."]
            for finding in findings:
                err.print(escape(finding))
            if not findings:
                out.print(f"The database is at {revision.newest_revision()}, the newest revision.")
            return 1 if findings else 0
        before = await revision.current_revision(database)
        await (migrations.downgrade if down else migrations.upgrade)(database, to or "head")
        after = await revision.current_revision(database)
        where = f"at {after}" if after else "without tables"
        out.print(f"The database is {where}{', as before' if after == before else ''}.")
        if after == revision.newest_revision() and (indexed := await with_search_index(database)):
            out.print(f"Built the search index of {indexed:,} things.")
        return 0

    raise typer.Exit(with_database(work))


@app.command(epilog=codes("the file differs from the schema, or cannot be written"))
def schema(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; standard output without.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; compare the file (schema.graphql without one).")
    ] = False,
) -> None:
    """Print the GraphQL schema (SDL), write it to a file, or compare it with one."""
    from app.sdl import sdl

    text = sdl()
    if check:
        target = file or Path("schema.graphql")
        if not target.exists() or target.read_bytes() != text.encode():
            err.print(escape(f"{target} is not the schema of this code: run `storekeep schema {target}`."))
            raise typer.Exit(1)
        out.print(escape(f"{target} is the schema of this code."))
    elif file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")
        out.print(escape(f"Wrote {file}."))


@app.command(epilog=codes("something contradicts itself, or the database is not up to date"))
def check() -> None:
    """Look for data that contradicts itself: stock against its ledger, price ranges against their prices, lines of
    carts without a price, the search index against the texts.
    """
    from app.trouble import Trouble
    from db.revision import outdated
    from db.shop import shops
    from resolvers.reconcile import contradictions
    from resolvers.search.building import index_contradictions

    async def work(database: "Database") -> int:
        if reason := await outdated(database):
            raise Trouble(reason)
        async with database.read() as session:
            if not await session.rows(shops()):
                # An empty answer would be no good news.
                raise Trouble("There is no shop in the database yet: run `storekeep demo`, or import one.")
        findings = [*await contradictions(database), *await index_contradictions(database)]
        for finding in findings:
            err.print(escape(finding))
        out.print(f"Contradictions found: {len(findings)}." if findings else "Nothing contradicts itself.")
        return 1 if findings else 0

    raise typer.Exit(with_database(work))


@app.command(epilog=codes("something has to be mended"))
def doctor() -> None:
    """Say what is wrong with this installation, and how to mend it. Nothing is changed or made."""
    from app.doctor import report

    raise typer.Exit(report(out))


@app.command(epilog=codes("the demo shop cannot be opened or, with --live, is not there") + " --live ends with 0.")
def demo(
    live: Annotated[
        bool, typer.Option("--live", help="Let simulated shoppers browse and buy in it until interrupted.")
    ] = False,
    shoppers: Annotated[int, typer.Option(min=1, max=50, help="How many of them.")] = 3,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Stop after so long.")] = None,
) -> None:
    """Open the demo shop: migrate, and import what has changed in it. With --live, send shoppers into the open one."""
    from app.demo import live as let_shoppers_in
    from app.demo import open_demo
    from app.settings import load

    settings = load()
    if live:
        asyncio.run(let_shoppers_in(settings, out, shoppers=shoppers, seconds=seconds))
    else:
        asyncio.run(open_demo(settings, out))


def with_database(work: "Callable[[Database], Awaitable[int]]") -> int:
    """Run ``work`` on the database of the settings, and close it; answers the exit code."""
    from app.settings import load
    from db.session import Database

    async def run() -> int:
        async with Database(load().database_url) as database:
            return await work(database)

    return asyncio.run(run())


def main(commands: "Callable[[], object]" = app) -> None:
    """Where the console command begins, and what is wrong around it ends: in a sentence and an exit code.

    Here, because a database can go away in the middle of every command. Mistakes of the program keep their traceback.
    """
    try:
        commands()
    except Exception as error:
        code = _told(error)
        if code is None:
            raise
        sys.exit(code)


def _told(error: Exception) -> int | None:
    """Say what is wrong, and answer the exit code; None for what is nobody's fault but the program's."""
    from app.settings import SettingsError, load
    from app.trouble import told

    if isinstance(error, SettingsError):
        err.print(escape(str(error)), style="red")
        return 2
    try:
        trouble = told(error, load())
    except SettingsError as wrong:
        return _told(wrong)
    if trouble is None:
        return None
    err.print(escape(str(trouble)), style="red")
    return trouble.code


if __name__ == "__main__":
    main()
