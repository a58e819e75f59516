"""Named statements that ask the index what has some of its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Subquery,
    and_,
    case,
    column,
    desc,
    exists,
    func,
    literal,
    nulls_last,
    or_,
    union_all,
)
from sqlmodel import col

from db import content
from db.base import Tuples, table_of
from db.catalog import ProductRow, VariantRow
from db.content import ArticleRow, PageRow
from db.inventory import variant_is_available
from db.keys import among
from db.paging import Order, Window, labelled, part_of
from db.pricing import ProductPriceRow, market_of
from db.search.index import (
    DISTANCES,
    EVERYWHERE,
    FARTHEST,
    FARTHEST_TITLE,
    PROMINENT,
    ROWS,
    Kind,
    Part,
    SearchPostingRow,
)
from db.storefront.visibility import published, visible

Condition = ColumnElement[bool]

MOST_HITS = 800
"""How many hits are ranked and counted at most: the best of the rarest word's. It bounds what any search costs."""

QUALITIES = EXACT, SYNONYM, BEGINNING, SLIP = 8, 7, 6, 4
"""What a hit counts when the word was typed so, means the same, begins so, or was meant."""

_POSTINGS = table_of(SearchPostingRow)
_NO_PRICE = 2**62
_WORD_MET, _NOUN_MET = 20_000, 10_000
_DESCRIBED = (FARTHEST - DISTANCES[Part.BODY]) * EXACT
"""The most that a hit counts that is in a description alone; any other counts more, even if the word was only meant."""
_FARTHEST = {**DISTANCES, Part.TITLE: FARTHEST_TITLE}


@dataclass(frozen=True)
class Known:
    """A word of the index that a question means: what a hit of it counts (the more, the better it fits), and how many
    things have it; MOST_HITS also stands for any more.
    """

    id: int
    quality: int
    things: int


@dataclass(frozen=True)
class Sought:
    """One word of a question: the words of the index that it may be, never empty, and in which parts they count."""

    words: tuple[Known, ...]
    parts: Part = EVERYWHERE

    @property
    def things(self) -> int:
        """How many things have one of them, at most."""
        return sum(word.things for word in self.words)

    def parted(self) -> tuple[list[Known], list[Known]]:
        """The rare ones, which fewer than MOST_HITS things have together, and of the common ones those that fit best.

        The number of those is 0, 1, 2 or 4, so that few statements differ: making one takes longer than asking it.
        """
        few: list[Known] = []
        many: list[Known] = []
        sum_ = 0
        for word in sorted(self.words, key=lambda word: (word.things, word.id)):
            sum_ += word.things
            (few if sum_ < MOST_HITS else many).append(word)
        many.sort(key=lambda word: (-word.quality, -word.things, word.id))
        return few, many[: 4 if len(many) >= 4 else len(many) - (len(many) == 3)]


@dataclass(frozen=True)
class Asked:
    """A question to the index: things of some kinds that have every word in one of the parts, the rarest word first.

    ``is_demanding``: nothing is found if no thing's score is more than that of a description with all the words, as
    long as there are several.
    ``is_loose``: half of the words (rounded down) are enough, if they are PROMINENT; things with more of them come
    first, and of equally many those with the first word.
    """

    sought: tuple[Sought, ...]
    kinds: tuple[Kind, ...]
    parts: Part = EVERYWHERE
    is_demanding: bool = False
    is_loose: bool = False


def hits(asked: Asked) -> Subquery:
    """(kind, owner_id, score): what has all the words, seen or not. The best MOST_HITS of the first word at most."""
    if asked.is_loose:
        return _loose_hits(asked)
    first, *others = asked.sought
    near = _hits_of(first, asked)
    owner = (near.c.kind, near.c.owner_id)
    score: Any = func.max(near.c.score)
    for sought in others:
        score = score + _best_score(near, sought, asked.parts & sought.parts)
    scored = sqlalchemy.select(*owner, score.label("score")).group_by(*owner)
    nearest = scored.order_by(nulls_last(desc("score")), *owner).limit(MOST_HITS)
    best = nearest.cte() if asked.is_demanding else nearest.subquery()
    # What has no score is no hit. Asked out here, where no database works the score out once more to see.
    found = sqlalchemy.select(best).where(best.c.score.is_not(None))
    if asked.is_demanding:
        said = best.alias()
        found = found.where(
            exists(sqlalchemy.select(said.c.score).where(said.c.score > len(asked.sought) * _DESCRIBED))
        )
    return found.subquery()


def _hits_of(sought: Sought, asked: Asked) -> Subquery:
    """(kind, owner_id, score): what has one word, MOST_HITS of each kind and each common word it may be at most."""
    few, many = sought.parted()
    parts = asked.parts & sought.parts
    branches = [_all_of(few, asked.kinds, parts)]
    branches += [_nearest(word.id, word.quality, kind, parts) for word in many for kind in asked.kinds]
    every: Any = union_all(*branches) if len(branches) > 1 else branches[0]
    found: Subquery = every.subquery()
    return found


def _loose_hits(asked: Asked) -> Subquery:
    """The same of what has about half of the words where they are prominent, or all of them anywhere.

    How many are prominent weighs most, then whether the first is among them.
    """
    branches = []
    for place, sought in enumerate(asked.sought):
        near = _hits_of(sought, asked).c
        best = func.max(near.score)
        met = literal(_WORD_MET + (0 if place else _NOUN_MET), Integer)
        weight = case((best > _DESCRIBED, met), else_=literal(0, Integer))
        one = sqlalchemy.select(near.kind, near.owner_id, (best + weight).label("score"))
        branches.append(one.group_by(near.kind, near.owner_id))
    every = union_all(*branches).subquery().c
    owner, score = (every.kind, every.owner_id), func.sum(every.score)
    half = literal(len(asked.sought) // 2 * _WORD_MET, Integer)
    enough = or_(func.count() == len(asked.sought), score >= half)
    found = sqlalchemy.select(*owner, score.label("score")).group_by(*owner).having(enough)
    # No score is null; but all hits are sorted by the same words, see `db.search.relevance`.
    return found.order_by(nulls_last(desc("score")), *owner).limit(MOST_HITS).subquery()


def _best_score(near: Subquery, sought: Sought, parts: Part) -> Any:
    """What one of the things gets for another word, null if it has none: looked up for each of them by itself, for a
    join would go through all that has the word.
    """
    row = _POSTINGS.alias().c
    best = sqlalchemy.select(func.max((FARTHEST - _distance(row, parts)) * _quality(row, sought.words))).where(
        row.kind == near.c.kind,
        row.owner_id == near.c.owner_id,
        among(row.word_id, [word.id for word in sought.words]),
        *in_parts(row, parts),
    )
    return best.correlate(near).scalar_subquery()


def _all_of(words: Sequence[Known], kinds: Sequence[Kind], parts: Part) -> Any:
    """Everything that has one of some rare words."""
    row = _POSTINGS.alias().c
    score = (FARTHEST - _distance(row, parts)) * _quality(row, words)
    # A sum, so that no database thinks of going through all things of a kind.
    kind = row.kind + 0
    return sqlalchemy.select(row.kind, row.owner_id, score.label("score")).where(
        among(row.word_id, [word.id for word in words]), kind.in_(map(int, kinds)), *in_parts(row, parts)
    )


# Questions share the common words, and making this takes longer than asking it.
@lru_cache(maxsize=512)
def _nearest(word: int, quality: int, kind: Kind, parts: Part) -> Any:
    """The best of what has a common word."""
    row = _POSTINGS.alias().c
    score = (FARTHEST - _distance(row, parts)) * quality
    found = sqlalchemy.select(row.kind, row.owner_id, score.label("score")).where(
        row.word_id == word, row.kind == int(kind), *in_parts(row, parts)
    )
    best = found.order_by(row.distance, row.owner_id).limit(MOST_HITS).subquery().c
    return sqlalchemy.select(best.kind, best.owner_id, best.score)


def in_parts(row: Any, parts: Part) -> list[Condition]:
    """In one of the parts; what is farther than the farthest of them need not be looked at."""
    if parts == EVERYWHERE:
        return []
    farthest = max((distance for part, distance in _FARTHEST.items() if part in parts), default=0)
    near = row.distance <= farthest
    return [near] if parts == PROMINENT else [near, row.parts.bitwise_and(int(parts)) != 0]


def _distance(row: Any, parts: Part) -> Any:
    if parts in (EVERYWHERE, PROMINENT):
        return row.distance
    there = row.parts.bitwise_and(int(parts))
    nearest = [(there.bitwise_and(int(part)) != 0, literal(distance)) for part, distance in DISTANCES.items()]
    return case((there.bitwise_and(int(Part.TITLE)) != 0, row.distance), *nearest, else_=FARTHEST)


def _quality(row: Any, words: Sequence[Known]) -> Any:
    ids = {quality: [word.id for word in words if word.quality == quality] for quality in QUALITIES}
    best, *others, least = QUALITIES
    return case(*((among(row.word_id, ids[quality]), quality) for quality in (best, *others)), else_=least)


@dataclass(frozen=True)
class Shelf:
    """What of the hits a storefront shows: those that may be seen, of products those that meet conditions."""

    country: str | None
    now: datetime
    conditions: tuple[Condition, ...] = ()
    is_available: bool = False
    """Whether products that cannot be bought now are left out."""


_PLACE = tuple(column(name, BigInteger) for name in ("held_back", "place", "kind", "owner_id"))
HIT_ORDERS = {
    (sort, turned): Order(f"search.{sort.lower()}{'.turned' if turned else ''}", _PLACE)
    for sort in ("RELEVANCE", "PRICE")
    for turned in (False, True)
}
"""How hits are sorted, by SearchSortKeys and whether they are turned round; see `ranked`."""


def ranked(asked: Asked, shelf: Shelf, sort: str, *, turned: bool, last: bool = False) -> Subquery:
    """(held_back, place, kind, owner_id, how many there are) of hits that a storefront shows, to be sorted by the first
    four.

    ``last``: products that cannot be bought are held back to the end, whichever way the list is turned. So is what has
    no price, where prices sort.
    """
    found = hits(asked)
    sign = -1 if turned else 1
    source, conditions = _shown(found, asked.kinds, shelf)
    place: Any = found.c.score * -sign
    if sort == "PRICE":
        here = and_(
            found.c.kind == int(Kind.PRODUCT),
            col(ProductPriceRow.product_id) == found.c.owner_id,
            col(ProductPriceRow.market_id) == market_of(shelf.country),
        )
        source = source.outerjoin(ProductPriceRow, here)
        place = func.coalesce(col(ProductPriceRow.minimum) * sign, _NO_PRICE)
    held_back = _sold_out(found) if last and Kind.PRODUCT in asked.kinds else literal(0)
    return (
        sqlalchemy.select(
            held_back.label("held_back"),
            place.label("place"),
            (found.c.kind * sign).label("kind"),
            (found.c.owner_id * sign).label("owner_id"),
            func.count().over().label("all"),
        )
        .select_from(source)
        .where(*conditions)
        .subquery()
    )


def page_of_hits(found: Subquery, order: Order, window: Window) -> Tuples:
    """(kind, owner, how many hits all pages hold, its key values…) of one page, one more than asked for."""
    kind, owner = func.abs(_PLACE[2]).label("a"), func.abs(_PLACE[3]).label("b")
    return part_of(sqlalchemy.select(kind, owner, found.c.all, *labelled(order)).select_from(found), order, window)


def best_of_each(asked: Asked, shelf: Shelf, most: int, *, last: bool) -> Tuples:
    """(kind, owner) of the best hits of each kind, ``most`` of each, the best first."""
    found = ranked(asked, shelf, "RELEVANCE", turned=False, last=last)
    order = (found.c.held_back, found.c.place, found.c.owner_id)
    number = func.row_number().over(partition_by=found.c.kind, order_by=order).label("number")
    numbered = sqlalchemy.select(found, number).subquery()
    columns = numbered.c
    best = sqlalchemy.select(columns.kind, columns.owner_id).where(columns.number <= most)
    return best.order_by(columns.held_back, columns.place, columns.kind, columns.owner_id)


def how_many_hits(asked: Asked, shelf: Shelf) -> Tuples:
    """(how many hits a storefront shows,)."""
    found = hits(asked)
    source, conditions = _shown(found, asked.kinds, shelf)
    return sqlalchemy.select(func.count()).select_from(source).where(*conditions)


def products_found(asked: Asked, shelf: Shelf) -> tuple[Condition, ...]:
    """Whether the enclosing statement's product is a hit that a storefront shows; for whoever counts what they have in
    common.
    """
    found = hits(asked)
    products = sqlalchemy.select(found.c.owner_id).where(found.c.kind == int(Kind.PRODUCT))
    return (col(ProductRow.id).in_(products), *_visible(Kind.PRODUCT, shelf))


def _shown(found: Subquery, kinds: Sequence[Kind], shelf: Shelf) -> tuple[Any, list[Condition]]:
    """Hits beside their rows, and the conditions that one of the rows must meet."""
    source: Any = found
    alternatives = []
    for kind in kinds:
        row = ROWS[kind]
        # Null for another kind: a number would be looked up among the rows first, whatever kind it is of.
        same = col(row.id) == case((found.c.kind == int(kind), found.c.owner_id))
        source = sqlalchemy.outerjoin(source, row, same)
        alternatives.append(and_(found.c.kind == int(kind), *_visible(kind, shelf)))
    return source, [or_(*alternatives)]


def _visible(kind: Kind, shelf: Shelf) -> tuple[Condition, ...]:
    if kind is Kind.PRODUCT:
        free = (_can_be_bought(),) if shelf.is_available else ()
        return (*visible(shelf.country, shelf.now), *shelf.conditions, *free)
    if kind is Kind.COLLECTION:
        return published(shelf.now)
    row = PageRow if kind is Kind.PAGE else ArticleRow
    return content.published(row, shelf.now)


def _can_be_bought() -> Condition:
    return exists().where(col(VariantRow.product_id) == ProductRow.id, variant_is_available()).correlate(ProductRow)


def _sold_out(found: Subquery) -> Any:
    return case((and_(found.c.kind == int(Kind.PRODUCT), ~_can_be_bought()), 1), else_=0)
