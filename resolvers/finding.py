"""Finding what a shopper asks for, whatever it is: products, pages, articles and collections."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from db import search as db
from db import storefront
from db.search import EVERYWHERE, Asked, Kind, Part, Shelf
from resolvers.catalog.collections import CollectionById
from resolvers.catalog.products import ProductById
from resolvers.content.pages import ArticleById, PageById
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.loading import Loader
from resolvers.paging import Page, PageArgs, page_of
from resolvers.search import Facet, ProductFilters, facets_of, filter_conditions
from resolvers.search.asking import asked_for, in_turns, meant_by
from resolvers.search.completing import Suggestion, suggestions
from resolvers.shop import language_of


class Availability(StrEnum):
    """What becomes of products that cannot be bought."""

    SHOW = "SHOW"
    HIDE = "HIDE"
    LAST = "LAST"


@dataclass(frozen=True)
class Wish:
    """What a shopper asks for; ``filters`` are on products alone."""

    text: str
    kinds: tuple[Kind, ...]
    is_open: bool = True
    filters: ProductFilters | None = None
    availability: Availability = Availability.LAST
    parts: Part = EVERYWHERE

    def shelf(self, context: Context) -> Shelf:
        """What a storefront shows of it."""
        conditions = filter_conditions(context, self.filters)
        return Shelf(context.country, context.now, conditions, self.availability is Availability.HIDE)


@dataclass(slots=True)
class Found(Page[Any]):
    """A page of what `search` finds. ``asked`` is None when nothing can be found; ``filters`` are what is chosen.
    ``total`` is how much all pages hold together, None where an empty page could not say.
    """

    asked: Asked | None
    shelf: Shelf
    total: int | None
    filters: ProductFilters | None = None


async def search(context: Context, wish: Wish, args: PageArgs) -> Found:
    """A page of products, pages and articles, sorted by a SearchSortKeys value.

    At most MOST_HITS are ranked. Where nothing that is shown has all words, whatever the filters leave of it, what has
    most of them is found instead. Raises ClientError for a question that is too long, and for bad pages.
    """
    sort = args.sort or "RELEVANCE"
    order = db.HIT_ORDERS[sort, args.reverse]
    window = args.window(order)
    shelf = wish.shelf(context)
    meant = await meant_by(context, wish.text, is_open=wish.is_open, is_lenient=True)
    if meant is None:
        nothing = page_of([], order, window)
        return Found([], [], nothing.page_info, None, shelf, 0, wish.filters)
    language = await language_of(context)
    asked, instead = in_turns(meant, asked_for(meant, wish.kinds, wish.parts), language)
    last = wish.availability is Availability.LAST

    async def hits(asked: Asked) -> Sequence[Any]:
        ranked = db.ranked(asked, shelf, sort, turned=args.reverse, last=last)
        async with context.read() as session:
            return await session.tuples(db.page_of_hits(ranked, order, window))

    found = await hits(asked)
    is_all = not shelf.conditions and window.after is None and window.before is None
    if instead and not found and (is_all or not await _finds_any(context, asked, shelf)):
        asked = instead
        found = await hits(asked)
    total = found[0][2] if found else None
    page = page_of([((kind, owner), *keys) for kind, owner, _, *keys in found], order, window)
    rows = await rows_of(context, page.nodes)
    # What has just been taken away has no row any more.
    there = [(row, edge.place) for edge in page.edges if (row := rows.get(edge.node)) is not None]
    nodes, places = [row for row, _ in there], [place for _, place in there]
    return Found(nodes, places, page.page_info, asked, shelf, total, wish.filters)


async def _finds_any(context: Context, asked: Asked, shelf: Shelf) -> bool:
    """Whether there are hits at all, on whichever page and whatever filters leave of them."""
    async with context.read() as session:
        ((number,),) = await session.tuples(db.how_many_hits(asked, replace(shelf, conditions=())))
    return bool(number)


async def count_found(context: Context, found: Found) -> int:
    """How many things all pages of `search` hold together; MOST_HITS at most."""
    if found.total is not None or found.asked is None:
        return found.total or 0
    async with context.read() as session:
        ((number,),) = await session.tuples(db.how_many_hits(found.asked, found.shelf))
    return int(number)


async def facets_found(context: Context, found: Found) -> list[Facet]:
    """What the products of all pages of `search` can be filtered by; of at most MOST_HITS hits."""
    if found.asked is None or Kind.PRODUCT not in found.asked.kinds:
        return []
    unfiltered = replace(found.shelf, conditions=())
    products = storefront.all_products(db.products_found(found.asked, unfiltered))
    return (await facets_of(context, products, [0], found.filters))[0]


# What may be meant.

MOST_SUGGESTED = 10
"""The most that `predictiveSearch` answers of a type, or of all."""


@dataclass(frozen=True)
class Limit:
    """How much `predictiveSearch` answers: of each type, or of all together."""

    number: int
    of_each: bool


@dataclass(frozen=True)
class Suggestions:
    """What may be meant by what was typed so far."""

    rows: Mapping[Kind, list[Any]]
    queries: list[Suggestion]

    def of(self, kind: Kind) -> list[Any]:
        """The rows of a kind, the best first."""
        return self.rows.get(kind, [])


async def suggest(context: Context, wish: Wish, limit: Limit, *, queries: bool) -> Suggestions:
    """The best hits of each kind, and what else to search for if ``queries``; nothing for a query without words.

    Raises ClientError for a limit that makes no sense and a query that is too long.
    """
    if not 1 <= limit.number <= MOST_SUGGESTED:
        raise ClientError("BAD_REQUEST", f"limit must be from 1 to {MOST_SUGGESTED}, not {limit.number}.")
    meant = await meant_by(context, wish.text, is_open=True, is_lenient=True)
    if meant is None:
        return Suggestions({}, [])
    kinds = tuple(sorted({*wish.kinds, *((Kind.PRODUCT, Kind.COLLECTION) if queries else ())}))
    language, last = await language_of(context), wish.availability is Availability.LAST
    asked, instead = in_turns(meant, asked_for(meant, kinds, wish.parts), language)
    async with context.read() as session:
        hits = await session.tuples(db.best_of_each(asked, wish.shelf(context), limit.number, last=last))
    if instead and not hits:
        # No title has all words: what is suggested goes on from the last one.
        meant = meant[-1:]
        async with context.read() as session:
            hits = await session.tuples(db.best_of_each(instead, wish.shelf(context), limit.number, last=last))
    rows = await rows_of(context, hits)
    best: dict[Kind, list[Any]] = {
        kind: [rows[hit] for hit in hits if hit[0] == kind and hit in rows] for kind in kinds
    }
    titles = [row.title for row in (*best.get(Kind.PRODUCT, ()), *best.get(Kind.COLLECTION, ()))]
    suggested = suggestions(meant, titles, language)[: limit.number] if queries else []
    shown: dict[Any, list[Any]] = {None: suggested, **{kind: best[kind] for kind in wish.kinds}}
    if not limit.of_each:
        shown = _shared(shown, limit.number)
    queries_shown = shown.pop(None)
    return Suggestions(shown, queries_shown)


def _shared(lists: Mapping[Any, list[Any]], number: int) -> dict[Any, list[Any]]:
    """So much of all lists together, taken in turns."""
    kept: dict[Any, list[Any]] = {name: [] for name in lists}
    for place in range(number):
        for name, rows in lists.items():
            if place < len(rows) and sum(map(len, kept.values())) < number:
                kept[name].append(rows[place])
    return kept


_LOADERS: Mapping[Kind, type[Loader[int, Any]]] = {
    Kind.PRODUCT: ProductById,
    Kind.COLLECTION: CollectionById,
    Kind.PAGE: PageById,
    Kind.ARTICLE: ArticleById,
}


async def rows_of(context: Context, hits: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Any]:
    """The rows of hits (kind, owner), a statement for each kind among them."""
    kinds = [Kind(kind) for kind in sorted({kind for kind, _ in hits})]
    owners = {kind: [owner for each, owner in hits if each == kind] for kind in kinds}
    loaded = await gather(*(context.loader(_LOADERS[kind]).load_many(owners[kind]) for kind in kinds))
    return {
        (kind, owner): row
        for kind, rows in zip(kinds, loaded, strict=True)
        for owner, row in zip(owners[kind], rows, strict=True)
        if row is not None
    }
