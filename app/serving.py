"""Serving until interrupted, with a readable word at the start and the end."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.markup import escape

from app import server
from app.garbage import spare_what_stays, uncollected
from app.logs import configure_logs
from app.main import create_shop
from app.settings import Settings
from app.tls import expiry, local_certificate
from app.trouble import Trouble
from app.trusted import trusted_documents
from app.version import package_version
from db import revision
from db.session import Database


def serve(settings: Settings, *, tls: bool, demo: bool, build_explorer: bool, console: Console, started: float) -> None:
    """Serve until a signal comes; raises Trouble, before anything is written, where that cannot be.

    ``started`` is the `perf_counter` of the command's start. The explorer's build begins once the shop answers, so as
    not to delay it.
    """
    sockets = server.bound(settings.host, settings.port)
    try:
        configure_logs(settings.log_level, as_json=settings.production)
        if settings.tls_certificate:
            expiry(settings.tls_certificate, settings.tls_key)
        trusted = trusted_documents(settings)
        asyncio.run(_prepare(settings, console) if demo else _require_migrated(settings))
        certificate, key = settings.tls_certificate, settings.tls_key
        if tls and not certificate:
            certificate, key = local_certificate(settings.media_dir.parent / "tls")
        shop = create_shop(settings, trusted)
        spare_what_stays()
        with _explorer_builder(settings, build_explorer) as build:

            def opened(urls: list[str]) -> None:
                _welcome(console, settings, urls, perf_counter() - started, certificate)
                build()

            server.run(
                shop.asgi,
                sockets,
                drain=shop.endpoint.drain,
                on_started=opened,
                ssl_certfile=str(certificate) if certificate else None,
                ssl_keyfile=str(key) if key else None,
                grace=settings.grace,
                message_bytes=settings.max_body,
                trusted_proxies=settings.trusted_proxies,
            )
    finally:
        for one in sockets:
            one.close()
    console.print("Closed.")


async def _prepare(settings: Settings, console: Console) -> None:
    with uncollected():
        from app.demo import OwnShopError, open_demo
    try:
        await open_demo(settings, console)
    except OwnShopError as own:
        console.print(f"The database holds the shop {escape(own.name)}: the demo shop stays out of it.")


async def _require_migrated(settings: Settings) -> None:
    async with Database(settings.database_url) as database:
        if outdated := await revision.outdated(database):
            raise Trouble(outdated)


@contextmanager
def _explorer_builder(settings: Settings, wanted: bool) -> Iterator[Callable[[], None]]:
    """What starts the explorer's build, in a process of its own that ends with the server.

    What it says is for its own page and log.
    """
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        if wanted:
            log = settings.media_dir.parent / "explorer.log"
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("wb") as stream:
                running.append(
                    subprocess.Popen([sys.executable, "-m", "app.explorer.build"], stdout=stream, stderr=stream)
                )

    try:
        yield start
    finally:
        for builder in running:
            if builder.poll() is None:
                builder.terminate()


def _welcome(console: Console, settings: Settings, urls: list[str], seconds: float, certificate: Path | None) -> None:
    # What listens everywhere is reached from here under the machine's own address.
    base = urls[0].replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    lines = [("Start here", f"{base}/")]
    if settings.has_explorer:
        lines.append(("Explorer", f"{base}/graphiql"))
    lines += [
        ("GraphQL", f"{base}/graphql"),
        ("Subscriptions", f"{base.replace('http', 'ws', 1)}/graphql"),
        ("Metrics", f"{base}/metrics"),
        ("Database", settings.database_place),
    ]
    if certificate and certificate != settings.tls_certificate:
        lines.append(("Certificate", f"{certificate}, made for this machine: clients have to be told to trust it"))
    console.print(
        f"\n[bold green]Storekeep {package_version()} is open[/bold green], {seconds:.1f} s after it was started\n"
    )
    for name, value in lines:
        console.print(f"  {name:<13}  {escape(value)}")
    console.print(f"\n  This is {settings.env.value}; Ctrl+C closes it.\n")
