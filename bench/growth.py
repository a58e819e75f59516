"""``python -m bench.growth``: what pages, filters, facets and search cost in a small and in a large shop.

On both databases each question is asked of both sizes in turn, whole requests through the application in this
process, and the medians are compared: what a shopper waits for must not grow with what the shop sells. Add a line to
`QUESTIONS` to measure something else.
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
from bench.servers import ServerError
from db.catalog import CollectionProductRow, CollectionRow, ProductRow
from db.session import Database
from resolvers.paging import MAX_PAGE

out = Console()
MOST_GROWTH = 3.0
"""How many times as long a request may take in the large shop."""
DEPTH = 1_000
"""How many things come before a page; fewer where the list ends."""
CONSTANT = 900_001
"""A collection of the first 1,000 products, the same in every shop; collection 1 holds them all."""

PAGE = "{ pageInfo { endCursor hasNextPage } nodes { id title } }"
FACETS = "{ nodes { id } filters { id values { id label count input } } }"
COLLECTION = f"""query($of: ID!, $first: Int!, $after: String, $sort: ProductCollectionSortKeys,
  $filters: [ProductFilter!]) {{
  collection(id: $of) {{ products(first: $first, after: $after, sortKey: $sort, filters: $filters) {PAGE} }} }}"""
PRODUCTS = f"""query($first: Int = 20, $after: String, $sort: ProductSortKeys, $query: String) {{
  products(first: $first, after: $after, sortKey: $sort, query: $query) {PAGE} }}"""
COLLECTION_FACETS = f"""query($of: ID!, $filters: [ProductFilter!]) {{
  collection(id: $of) {{ products(first: 1, filters: $filters) {FACETS} }} }}"""
RECOMMENDED = """query($id: ID!, $intent: ProductRecommendationIntent) {
  productRecommendations(productId: $id, intent: $intent) { id title } }"""
SEARCH = """query($query: String!, $first: Int = 20, $after: String, $sort: SearchSortKeys,
  $filters: [ProductFilter!]) {
  search(query: $query, first: $first, after: $after, sortKey: $sort, productFilters: $filters) {
    totalCount pageInfo { endCursor hasNextPage }
    nodes { ... on Product { id title } ... on Page { id title } ... on Article { id title } } } }"""
PREDICTIVE = """query($query: String!) { predictiveSearch(query: $query) { products { id title }
  collections { id title } pages { id title } articles { id title } queries { text styledText } } }"""

ALL = "gid://shopify/Collection/1"
SAME = f"gid://shopify/Collection/{CONSTANT}"
LARGE = {"variantOption": {"name": "Size", "value": "Large"}}
FILTERS: dict[str, list[dict[str, Any]]] = {
    "no filter": [],
    "available": [{"available": True}],
    "price": [{"price": {"min": 20, "max": 150}}],
    "vendor": [{"productVendor": "Vendor 7"}],
    "option": [LARGE],
    "three filters": [{"available": True}, {"price": {"min": 20}}, LARGE],
}
WORDS = {
    "a rare word": "wifide",
    "a word in 5 of 100": "nelu",
    "a word in all": "product",
    "two words": "nelu deba",
    "a rare and a common word": "wifide product",
    "vendor and size": "vendor 7 large",
    "two letters": "ne",
    "a slip": "wifdie",
}
"""What is searched for, of the words of `bench.dataset`; ``deba`` is in nearly all products."""
TYPED = {
    "a rare word": "507",
    "a word in all": "product",
    "a rare and a common word": "product 507",
    "vendor": "vendor 7",
    "vendor and size": "vendor 7 large",
    "two letters": "pr",
    "a slip": "prodcut 507",
}
"""What is typed into a search box, which looks at titles, types, vendors and options."""


@dataclass(frozen=True)
class Question:
    """What is asked. One with ``deep`` takes ``$first`` and ``$after``: a page of 20 behind the first 1,000."""

    name: str
    query: str
    variables: dict[str, Any]
    deep: bool = False


def _in_collection(of: str, sort: str, filters: str) -> Question:
    name = "collection of all" if of == ALL else "collection of 1,000"
    variables = {"of": of, "sort": sort, "filters": FILTERS[filters]}
    return Question(f"{name}, {sort}, {filters}", COLLECTION, variables, deep=True)


QUESTIONS = [
    _in_collection(ALL, "MANUAL", "no filter"),
    _in_collection(ALL, "MANUAL", "three filters"),
    _in_collection(ALL, "BEST_SELLING", "available"),
    _in_collection(ALL, "CREATED", "vendor"),
    _in_collection(ALL, "PRICE", "three filters"),
    _in_collection(ALL, "TITLE", "price"),
    _in_collection(ALL, "TITLE", "option"),
    _in_collection(SAME, "PRICE", "no filter"),
    _in_collection(SAME, "TITLE", "three filters"),
    *(Question(f"products, {sort}", PRODUCTS, {"sort": sort}, deep=True) for sort in ("PRICE", "VENDOR")),
    *(
        Question(f"products, RELEVANCE, {words}", PRODUCTS, {"sort": "RELEVANCE", "query": WORDS[words]})
        for words in ("a word in 5 of 100", "two words")
    ),
    *(
        Question(f"facets of {of}, {name}", COLLECTION_FACETS, {"of": key, "filters": FILTERS[name]})
        for of, key in (("1,000", SAME), ("all", ALL))
        for name in ("no filter", "three filters")
    ),
    *(
        Question(f"recommendations, {intent}", RECOMMENDED, {"id": "gid://shopify/Product/507", "intent": intent})
        for intent in ("RELATED", "COMPLEMENTARY")
    ),
    *(Question(f"search, {words}", SEARCH, {"query": text}) for words, text in WORDS.items()),
    Question("search, two words, PRICE", SEARCH, {"query": WORDS["two words"], "sort": "PRICE"}),
    Question("search, two words, filters", SEARCH, {"query": WORDS["two words"], "filters": FILTERS["three filters"]}),
    Question("search, a word in all, deep", SEARCH, {"query": WORDS["a word in all"]}, deep=True),
    *(Question(f"predictive, {words}", PREDICTIVE, {"query": text}) for words, text in TYPED.items()),
]


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

    async def prepared(self, question: Question) -> dict[str, Any]:
        """The variables to measure with: those of a deep question begin behind other pages, or where the list ends."""
        if not question.deep:
            return question.variables
        variables = {**question.variables, "first": MAX_PAGE, "after": None}
        for _ in range(DEPTH // MAX_PAGE):
            found = await self.run(question.query, variables)
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
    """Median seconds of a question in the small and in the large shop of one database."""

    question: str
    small: float
    large: float

    @property
    def ratio(self) -> float:
        """How many times as long the large shop takes."""
        return self.large / self.small


async def measure(small: str, large: str, folder: Path, rounds: int, questions: Sequence[Question]) -> list[Growth]:
    """Medians of rounds in which both shops are asked in turn. The first round only warms up."""
    found = []
    async with AsyncExitStack() as stack:
        for url in (small, large):
            async with Database(url) as database:
                await with_constant(database)
        askers = [await stack.enter_async_context(asking(url, folder)) for url in (small, large)]
        for question in questions:
            variables = [await asker.prepared(question) for asker in askers]
            seconds: list[list[float]] = [[], []]
            for number in range(rounds + 1):
                for place, asker in enumerate(askers):
                    took = await asker.seconds(question, variables[place])
                    if number:
                        seconds[place].append(took)
            found.append(Growth(question.name, median(seconds[0]), median(seconds[1])))
    return found


def table(kind: str, sizes: Sequence[int], found: Sequence[Growth]) -> Table:
    """The medians and their ratios, those beyond the bound in red."""
    shown = Table(title=f"{kind}: one request, milliseconds")
    shown.add_column("question")
    for heading in (*(f"{size:,} products" for size in sizes), "ratio"):
        shown.add_column(heading, justify="right")
    for each in found:
        style = "red" if each.ratio > MOST_GROWTH else None
        cells = (f"{each.small * 1000:.1f}", f"{each.large * 1000:.1f}", f"{each.ratio:.2f}")
        shown.add_row(each.question, *cells, style=style)
    return shown


def keep(found: dict[str, list[Growth]], sizes: Sequence[int], rounds: int, folder: Path) -> Path:
    """Write the figures to a file of their own, and a page to read beside it. Answers where the figures are."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{report.today()}-growth.json"
    kept = {
        "products": list(sizes),
        "rounds": rounds,
        "machine": report.machine(),
        "commit": report.commit(),
        "milliseconds": {
            kind: {each.question: [round(each.small * 1000, 2), round(each.large * 1000, 2)] for each in growths}
            for kind, growths in found.items()
        },
    }
    path.write_text(json.dumps(kept, indent=1) + "\n")
    path.with_suffix(".md").write_text(page(kept))
    return path


def page(kept: dict[str, Any]) -> str:
    """What was measured, as Markdown; what grows beyond the bound is in bold."""
    small, large = (f"{size:,}" for size in kept["products"])
    lines = [
        f"# Growth with the shop, {report.today()}",
        "",
        f"Milliseconds of one request in a shop of {small} and of {large} products: medians of {kept['rounds']}",
        f"rounds in which both are asked in turn. More than {MOST_GROWTH:g} times as long is too much. Other work on",
        "the machine moves all figures; `python -m bench.growth` says what each question asks.",
        "",
        f"- commit: {kept['commit']}",
        *(f"- {name}: {said}" for name, said in kept["machine"].items()),
    ]
    for kind, questions in kept["milliseconds"].items():
        lines += ["", f"| {kind} | {small} | {large} | ratio |", "| --- | --- | --- | --- |"]
        for name, (few, many) in questions.items():
            ratio = f"{many / few:.2f}"
            lines.append(
                f"| {name} | {few:.1f} | {many:.1f} | {f'**{ratio}**' if many > few * MOST_GROWTH else ratio} |"
            )
    return "\n".join(lines) + "\n"


async def run(options: argparse.Namespace) -> dict[str, list[Growth]]:
    """Fill the shops, unless they are given, and measure each database."""
    found = {}
    questions = [each for each in QUESTIONS if options.only in each.name]
    for kind in options.databases:
        with tempfile.TemporaryDirectory(prefix="storekeep-growth-") as name:
            async with AsyncExitStack() as stack:
                urls = options.kept or []
                for size in [] if urls else options.sizes:
                    folder = Path(name) / str(size)
                    folder.mkdir()
                    shop = await stack.enter_async_context(filled(kind, size, folder))
                    urls.append(shop.url)
                found[kind] = await measure(urls[0], urls[1], Path(name), options.rounds, questions)
        out.print(table(kind, options.sizes, found[kind]))
    return found


def main() -> int:
    """Measure, show and keep; the exit code is 1 when something grows by more than the bound."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs=2, default=(1_000, 100_000), help="products (1000 100000)")
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql"))
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds, of which medians are taken (7)")
    parser.add_argument("--only", default="", help="only questions whose name has this text")
    parser.add_argument("--kept", nargs=2, metavar="URL", help="a small and a large shop of one kind, filled already")
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
        out.print(f"Kept in {keep(found, options.sizes, options.rounds, options.output)}", highlight=False)
    return int(any(each.ratio > MOST_GROWTH for growths in found.values() for each in growths))


if __name__ == "__main__":
    sys.exit(main())
