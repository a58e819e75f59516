"""``python -m bench.growth``: what pages, filters, facets and search cost in a small and in a large shop, and what a
list's page far behind costs beside its first.

On both databases each question is asked of both sizes in turn, whole requests through the application in this
process, and the medians are compared: what a shopper waits for must not grow with what the shop sells, nor with how
far they have gone through it. What is asked is in `bench.growth_questions`.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select

from app.main import create_shop
from app.settings import Settings
from bench import report
from bench.database import filled
from bench.dataset import BEGINNING
from bench.growth_questions import CONSTANT, LISTS, LISTS_GROW, OTHERS_GROW, QUESTIONS, Question
from bench.servers import ServerError
from db.catalog import CollectionProductRow, CollectionRow, ProductRow
from db.session import Database
from resolvers.paging import MAX_PAGE

out = Console()
BEHIND = 1_000
"""How many things come before a page of a deep question; fewer where the list ends."""
FAR_BEHIND = 20_000
"""How many come before the page that is compared with the first; half of them all where the shop has fewer."""
PAGES_GROW = 1.25
"""How many times as long as the first page that one may take."""
WARMING = 6
"""Rounds that do not count. PostgreSQL plans a statement anew each time until it has been asked five times."""


class Asker:
    """The application on one database."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def run(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of an answer. Raises ServerError for one with errors."""
        answer = (await self.http.post("/graphql", json={"query": query, "variables": variables})).json()
        if "errors" in answer:
            raise ServerError(f"{variables}: {answer['errors']}")
        data: dict[str, Any] = answer["data"]
        return data

    async def behind(self, question: Question, number: int) -> dict[str, Any]:
        """The variables of a deep question's page of 20 behind so many others, or where the list ends; those of any
        other as they are.
        """
        if not question.deep:
            return question.variables
        variables = {**question.variables, "after": None}
        for before in range(0, number, MAX_PAGE):
            found = await self.run(question.query, {**variables, "first": min(MAX_PAGE, number - before)})
            within = found.get("collection") or found
            page = (within.get("search") or within["products"])["pageInfo"]
            if not page["hasNextPage"]:
                break
            variables["after"] = page["endCursor"]
        return {**variables, "first": 20}

    async def seconds(self, question: Question, variables: dict[str, Any]) -> float:
        """How long one request takes."""
        begin = time.perf_counter()
        await self.run(question.query, variables)
        return time.perf_counter() - begin


@asynccontextmanager
async def asking(url: str, folder: Path) -> AsyncIterator[Asker]:
    """The application, with its lifespan running."""
    folders = {"media_dir": folder / "media", "cache_dir": folder / "cache"}
    shop = create_shop(Settings(database_url=url, log_level="ERROR", answer_cache_bytes=0, **folders))
    transport = httpx2.ASGITransport(app=shop.asgi)
    async with (
        shop.app.router.lifespan_context(shop.app),
        httpx2.AsyncClient(transport=transport, base_url="http://bench.test") as http,
    ):
        yield Asker(http)


async def with_constant(database: Database) -> None:
    """Add the collection that is the same in every shop of more than 1,000 products, unless it is there."""
    async with database.read() as session:
        if await session.first(select(CollectionRow).where(col(CollectionRow.id) == CONSTANT)):
            return
        products = await session.rows(select(ProductRow.id).where(col(ProductRow.id) <= 1000))
    async with database.write() as session:
        named = {"handle": "constant", "title": "Constant", "title_key": "constant", "published_at": BEGINNING}
        await session.add_all(CollectionRow, [{"id": CONSTANT, **named}])
        places = [{"collection_id": CONSTANT, "product_id": n, "position": n} for n in products]
        await session.add_all(CollectionProductRow, places)


@dataclass(frozen=True)
class Growth:
    """Median milliseconds of a question where it should take the least and where it may take longer, and how many times
    as long at most.
    """

    question: str
    less: float
    more: float
    bound: float

    @property
    def ratio(self) -> float:
        """How many times as long it takes."""
        return self.more / self.less

    @property
    def is_too_much(self) -> bool:
        """Whether that is beyond the bound."""
        return self.ratio > self.bound


@dataclass(frozen=True)
class Found:
    """What was measured on one database: the large shop beside the small one, pages far behind beside the first."""

    shops: list[Growth]
    pages: list[Growth]

    @property
    def is_too_much(self) -> bool:
        """Whether anything grows beyond its bound."""
        return any(each.is_too_much for each in (*self.shops, *self.pages))


Place = tuple[Asker, dict[str, Any]]
"""Of whom a question is asked, and with which variables."""


async def compare(question: Question, less: Place, more: Place, rounds: int, bound: float) -> Growth:
    """Medians of rounds in which both places are asked in turn."""
    seconds: list[list[float]] = [[], []]
    for number in range(WARMING + rounds):
        for (asker, variables), taken in zip((less, more), seconds, strict=True):
            took = await asker.seconds(question, variables)
            if number >= WARMING:
                taken.append(took)
    first, second = (round(median(taken) * 1000, 2) for taken in seconds)
    return Growth(question.name, first, second, bound)


def far_behind(sizes: Sequence[int]) -> int:
    """How many products come before the page that is compared with the first."""
    return min(FAR_BEHIND, max(sizes) // 2)


async def measure(urls: Sequence[str], folder: Path, options: argparse.Namespace) -> Found:
    """What the questions take in a small and in a large shop, and pages far behind in the large one."""
    found = Found([], [])
    async with AsyncExitStack() as stack:
        for url in urls:
            async with Database(url) as database:
                await with_constant(database)
        small, large = [await stack.enter_async_context(asking(url, folder)) for url in urls]
        for question in (each for each in QUESTIONS if options.only in each.name):
            less, more = [(asker, await asker.behind(question, BEHIND)) for asker in (small, large)]
            found.shops.append(await compare(question, less, more, options.rounds, question.bound))
        for question in (each for each in LISTS if options.only in each.name):
            far = await large.behind(question, far_behind(options.sizes))
            less, more = (large, {**far, "after": None}), (large, far)
            # They take a millisecond or two, of which other work on the machine easily takes a quarter.
            found.pages.append(await compare(question, less, more, options.rounds * 5, PAGES_GROW))
    return found


def headings(sizes: Sequence[int]) -> dict[str, tuple[str, str]]:
    """What is compared with what, by the names of `Found`."""
    small, large = (f"{size:,} products" for size in sizes)
    return {"shops": (small, large), "pages": ("first page", f"page behind {far_behind(sizes):,}")}


def table(title: str, of: tuple[str, str], growths: Sequence[Growth]) -> Table:
    """The medians and their ratios, those beyond the bound in red."""
    shown = Table(title=f"{title}: one request, milliseconds")
    shown.add_column("question")
    for heading in (*of, "ratio", "at most"):
        shown.add_column(heading, justify="right")
    for each in growths:
        cells = (f"{each.less:.2f}", f"{each.more:.2f}", f"{each.ratio:.2f}", f"{each.bound:g}")
        shown.add_row(each.question, *cells, style="red" if each.is_too_much else None)
    return shown


def keep(found: dict[str, Found], options: argparse.Namespace) -> Path:
    """Write the figures to a file of their own, and a page to read beside it. Answers where the figures are."""
    options.output.mkdir(parents=True, exist_ok=True)
    path: Path = options.output / f"{report.today()}-growth.json"
    kept = {
        "products": list(options.sizes),
        "far_behind": far_behind(options.sizes),
        "rounds": options.rounds,
        "machine": report.machine(),
        "commit": report.commit(),
        "milliseconds": {
            compared: {
                kind: {each.question: [each.less, each.more] for each in getattr(measured, compared)}
                for kind, measured in found.items()
            }
            for compared in headings(options.sizes)
        },
    }
    path.write_text(json.dumps(kept, indent=1) + "\n")
    path.with_suffix(".md").write_text(page(kept, found))
    return path


def page(kept: dict[str, Any], found: dict[str, Found]) -> str:
    """What was measured, as Markdown; what grows beyond the bound is in bold."""
    small, large = (f"{size:,}" for size in kept["products"])
    lines = [
        f"# Growth with the shop, {report.today()}",
        "",
        f"Milliseconds of one request: in a shop of {small} and of {large} products, then of a list's first page and",
        f"of its page behind {kept['far_behind']:,} products, in the large shop. Medians of {kept['rounds']} rounds in",
        f"which both are asked in turn, for pages {kept['rounds'] * 5}. In the large shop a list may take at most",
        f"{LISTS_GROW:g} times as long and all else {OTHERS_GROW:g} times, the page far behind {PAGES_GROW:g} times as",
        "long as the first. Other work on the machine moves all figures; what is asked is in",
        "`bench/growth_questions.py`.",
        "",
        f"- commit: {kept['commit']}",
        *(f"- {name}: {said}" for name, said in kept["machine"].items()),
    ]
    for compared, (less, more) in headings(kept["products"]).items():
        for kind, measured in found.items():
            lines += ["", f"| {kind} | {less} | {more} | ratio | at most |", "| --- | --- | --- | --- | --- |"]
            for each in getattr(measured, compared):
                ratio = f"**{each.ratio:.2f}**" if each.is_too_much else f"{each.ratio:.2f}"
                lines.append(f"| {each.question} | {each.less:.2f} | {each.more:.2f} | {ratio} | {each.bound:g} |")
    return "\n".join(lines) + "\n"


async def run(options: argparse.Namespace) -> dict[str, Found]:
    """Fill the shops, unless they are given, and measure each database."""
    found = {}
    for kind in options.databases:
        with tempfile.TemporaryDirectory(prefix="storekeep-growth-") as name:
            async with AsyncExitStack() as stack:
                urls = list(options.kept or ())
                for size in [] if urls else options.sizes:
                    folder = Path(name) / str(size)
                    folder.mkdir()
                    shop = await stack.enter_async_context(filled(kind, size, folder))
                    urls.append(shop.url)
                found[kind] = await measure(urls, Path(name), options)
        for compared, of in headings(options.sizes).items():
            out.print(table(kind, of, getattr(found[kind], compared)))
    return found


def main() -> int:
    """Measure, show and keep; the exit code is 1 when something grows by more than its bound."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs=2, default=(1_000, 100_000), help="products (1000 100000)")
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql"))
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds, of which medians are taken (7)")
    parser.add_argument("--only", default="", help="only questions whose name has this text")
    parser.add_argument(
        "--kept",
        nargs=2,
        metavar="URL",
        help="a small and a large shop of one kind, filled already with --sizes products",
    )
    parser.add_argument("--output", type=Path, help="folder for the result")
    options = parser.parse_args()
    if options.kept and len(options.databases) != 1:
        parser.error("--kept needs one of --databases")
    try:
        found = asyncio.run(run(options))
    except ServerError as failure:
        out.print(str(failure), style="red", markup=False, highlight=False)
        return 1
    if options.output is not None:
        out.print(f"Kept in {keep(found, options)}", highlight=False)
    return int(any(measured.is_too_much for measured in found.values()))


if __name__ == "__main__":
    sys.exit(main())
