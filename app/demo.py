"""Opening the demo shop, and filling it with simulated shoppers."""

import asyncio
import random
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from app.media import FileMediaStore
from app.settings import Settings
from db import demo, migrate
from db.session import Database
from resolvers.context import Context
from resolvers.demo import Deed, popular_variants, shop_around
from resolvers.events import EventStream
from resolvers.exchange.folder import import_folder

FOLDER = Path(demo.__file__).parent
PAUSE = 0.2, 0.6
"""Between the deeds of one shopper, in seconds."""


async def open_demo(settings: Settings, console: Console) -> None:
    """Migrate the database, and import the demo shop if its files are not those of last time."""
    database = Database(settings.database_url)
    try:
        await migrate.upgrade(database)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:

            def listener(name: str):  # type: ignore[no-untyped-def]
                task = progress.add_task(f"Importing {name}", total=None)
                return lambda done, total: progress.update(task, completed=done, total=total)

            store = FileMediaStore(settings.media_dir)
            summary = await import_folder(database, store, FOLDER, is_demo=True, progress=listener)
        if not summary.is_unchanged:
            total = summary.total
            console.print(f"Imported the demo shop: {total.created} things new, {total.changed} changed.")
    finally:
        await database.close()


async def live(settings: Settings, console: Console, *, shoppers: int, seconds: float | None) -> None:
    """Let shoppers browse and buy until the time is up, and say what they do."""
    database = Database(settings.database_url)
    stream = EventStream()

    def contexts() -> Context:
        return Context(database, stream)

    async def life(number: int) -> None:
        async for deed in shop_around(contexts, number * 3, variants):
            console.print(_told(deed), highlight=False)
            await asyncio.sleep(random.uniform(*PAUSE))  # noqa: S311 - nothing secret about a pause

    try:
        variants = await popular_variants(contexts())
        console.print(f"{shoppers} shoppers are in the shop; Ctrl+C sends them home.")
        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for number in range(shoppers):
                    group.create_task(life(number))
        except TimeoutError:
            console.print("The shop closes for the day.")
    finally:
        await database.close()


def _told(deed: Deed) -> str:
    left = "" if deed.left is None else f" ({deed.left} left)"
    return f"[dim]{datetime.now().astimezone():%H:%M:%S}[/dim]  {deed.who} {deed.did} {deed.what}{left}"
