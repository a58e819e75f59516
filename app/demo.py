"""Opening the demo shop, and filling it with simulated shoppers."""

import asyncio
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.markup import escape

from app.media import FileMediaStore
from app.progress import bars
from app.searching import with_search_index
from app.settings import Settings
from app.trouble import Trouble
from db import demo, revision
from db.session import Database
from resolvers.context import Context
from resolvers.demo import Deed, popular_variants, shop_around, shop_of_its_own
from resolvers.errors import ClientError
from resolvers.events import EventStream
from resolvers.exchange.folder import FolderSummary, import_folder
from resolvers.exchange.report import Summary
from resolvers.shop import HowMuch, NoShop, how_much

FOLDER = Path(demo.__file__).parent
"""The demo shop as files."""
PAUSE = 0.2, 0.6
"""Between the deeds of one shopper, in seconds."""


class OwnShopError(Trouble):
    """The database holds a shop that is no demo, and importing the demo shop would overwrite it."""

    def __init__(self, name: str, settings: Settings) -> None:
        super().__init__(
            f"The database {settings.database_place} holds the shop {name}, which the demo shop would overwrite: "
            "name another database with STOREKEEP_DATABASE_URL."
        )
        self.name = name


async def open_demo(settings: Settings, console: Console, folder: Path = FOLDER) -> None:
    """Migrate the database, and import the demo shop of ``folder`` if its files are not those of last time.

    Raises OwnShopError, with nothing imported.
    """
    started = perf_counter()
    async with Database(settings.database_url) as database:
        if await revision.current_revision(database) != revision.newest_revision():
            from db.migrate import upgrade

            await upgrade(database)
        await with_search_index(database)
        if name := await shop_of_its_own(database):
            raise OwnShopError(name, settings)
        with bars(Console(stderr=True)) as listener:
            store = FileMediaStore(settings.media_dir)
            summary = await import_folder(database, store, folder, is_demo=True, progress=listener)
        offered = await how_much(Context(database, EventStream()))
    console.print(escape(_summarised(summary, offered, perf_counter() - started)))


def _summarised(summary: FolderSummary, offered: HowMuch, seconds: float) -> str:
    if summary.is_unchanged:
        return "The demo shop is in the database, and nothing about it is new."
    shop, *others = summary.files
    # Each file is named for what it holds.
    counted = [(Path(file.file).stem.replace("_", " "), file) for file in others]
    if shop.created:
        hidden = {"products": offered.hidden_products, "collections": offered.hidden_collections}
        new = [
            f"{file.created:,} {things}" + (f" ({hidden[things]:,} of them hidden)" if hidden.get(things) else "")
            for things, file in counted
            if file.created
        ]
        return f"Imported the demo shop in {seconds:.0f} s: {', '.join(new)}."
    parts = [f"{things}: {said}" for things, file in counted if (said := _changes(file))]
    return f"Brought the demo shop up to date in {seconds:.0f} s; {'; '.join(parts) or 'only its settings changed'}."


def _changes(file: Summary) -> str:
    counts = ((file.created, "new"), (file.changed, "changed"))
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)


async def live(settings: Settings, console: Console, *, shoppers: int, seconds: float | None) -> None:
    """Let shoppers browse and buy until the time is up or somebody interrupts, and say what they do.

    Raises Trouble where there is no demo shop.
    """
    stream = EventStream()
    async with Database(settings.database_url) as database:
        if outdated := await revision.outdated(database):
            raise Trouble(outdated)

        def contexts() -> Context:
            return Context(database, stream)

        async def life(number: int) -> None:
            async for deed in shop_around(contexts, number * 3, variants):
                console.print(_told(deed))
                await asyncio.sleep(random.uniform(*PAUSE))  # noqa: S311 - nothing secret about a pause

        try:
            variants = await popular_variants(contexts())
        except (NoShop, ClientError) as refused:
            raise Trouble(f"There is no demo shop in {settings.database_place}: run `storekeep demo`.") from refused
        if not variants:
            raise Trouble("Nothing in the shop is in stock and counted, so there is nothing to buy.")
        console.print(f"{shoppers} shoppers are in the shop; Ctrl+C sends them home.")
        with _interruption() as interrupted, suppress(TimeoutError):
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                lives = [group.create_task(life(number)) for number in range(shoppers)]
                await interrupted.wait()
                for one in lives:
                    one.cancel()
        console.print("The shoppers have gone home." if interrupted.is_set() else "The shop closes for the day.")


@contextmanager
def _interruption() -> Iterator[asyncio.Event]:
    """Set when somebody asks the process to end, which then is no failure."""
    interrupted, loop, signals = asyncio.Event(), asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in signals}
    for number in signals:
        loop.add_signal_handler(number, interrupted.set)
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


def _told(deed: Deed) -> str:
    left = "" if deed.left is None else f" ({deed.left} left)"
    said = escape(f"{deed.who} {deed.did} {deed.what}{left}")
    return f"[dim]{datetime.now().astimezone():%H:%M:%S}[/dim]  {said}"
