"""Serving until interrupted, with a readable word at the start and the end."""

import asyncio
import gc
import subprocess
import sys
from time import perf_counter

from rich.console import Console

from app import server
from app.demo import open_demo
from app.logs import configure_logs
from app.main import create_shop, package_version
from app.settings import Settings
from app.tls import local_certificate
from db import migrate
from db.session import Database


def serve(settings: Settings, *, tls: bool, demo: bool, build_explorer: bool, console: Console) -> int:
    """Serve; answers the exit code. The explorer's build begins once the shop answers, so as not to delay it."""
    started = perf_counter()
    configure_logs(settings.log_level, as_json=settings.production)
    if demo:
        asyncio.run(open_demo(settings, console))
    elif trouble := asyncio.run(_not_ready(settings)):
        console.print(f"[red]{trouble}[/red]", highlight=False)
        return 1
    certificate, key = settings.tls_certificate, settings.tls_key
    if tls and not certificate:
        certificate, key = local_certificate(settings.media_dir.parent / "tls")
    shop = create_shop(settings)
    _spare_collections()
    builders: list[subprocess.Popen[bytes]] = []

    def opened(urls: list[str]) -> None:
        _welcome(console, settings, urls, perf_counter() - started)
        if build_explorer:
            builders.append(_start_building_explorer(settings))

    server.run(
        shop.app,
        drain=shop.endpoint.drain,
        on_started=opened,
        host=settings.host,
        port=settings.port,
        ssl_certfile=str(certificate) if certificate else None,
        ssl_keyfile=str(key) if key else None,
        grace=settings.grace,
        message_bytes=settings.max_body,
        trusted_proxies=settings.trusted_proxies,
    )
    for builder in builders:
        if builder.poll() is None:
            builder.terminate()
    console.print("Closed.")
    return 0


def _spare_collections() -> None:
    """Leave what lives as long as the process out of garbage collection, and collect less often.

    An answer makes tens of thousands of objects that reference counting frees; looking through them again and again
    for cycles takes a quarter of the processor time, and nothing is found.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def _start_building_explorer(settings: Settings) -> "subprocess.Popen[bytes]":
    """In a process of its own; what it says is for its own page and log."""
    log = settings.media_dir.parent / "explorer.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as stream:
        return subprocess.Popen([sys.executable, "-m", "app.explorer.build"], stdout=stream, stderr=stream)


async def _not_ready(settings: Settings) -> str | None:
    database = Database(settings.database_url)
    try:
        current = await migrate.current_revision(database)
    finally:
        await database.close()
    if current == migrate.newest_revision():
        return None
    return f"The database is at {current or 'nothing'}, not {migrate.newest_revision()}: run `storekeep migrate` first."


def _welcome(console: Console, settings: Settings, urls: list[str], seconds: float) -> None:
    base = urls[0] if urls else ""
    sockets = base.replace("http", "ws", 1)
    explorer = "" if settings.production else f"\n  Explorer       [link={base}/graphiql]{base}/graphiql[/link]"
    console.print(
        f"\n[bold green]Storekeep {package_version()} is open[/bold green] after {seconds:.1f} s"
        f"\n\n  Start here     [link={base}/]{base}/[/link]"
        f"{explorer}"
        f"\n  GraphQL        {base}/graphql"
        f"\n  Subscriptions  {sockets}/graphql"
        f"\n  Metrics        {base}/metrics"
        f"\n\n  {settings.env.value}, {settings.database_url.split('@')[-1].split('+')[0].removesuffix(':')}"
        " · Ctrl+C closes it\n",
        highlight=False,
    )
