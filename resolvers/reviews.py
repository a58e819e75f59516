"""Reading what customers thought."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from types import SimpleNamespace
from typing import Any

from db import reviews as db
from db.documents import Found
from db.paging import Children
from db.reviews import ReviewRow
from db.session import Session
from resolvers.loading import Loader, PageLoader, picked


@dataclass(frozen=True)
class RatingCount:
    """How many published reviews gave a number of stars."""

    stars: int
    count: int


@dataclass(slots=True)
class Rating:
    """How many published reviews gave 1, 2, 3, 4 and 5 stars."""

    counts: Sequence[int]

    @property
    def distribution(self) -> list[RatingCount]:
        """The same, with the stars."""
        return [RatingCount(stars, count) for stars, count in enumerate(self.counts, 1)]

    @property
    def count(self) -> int:
        """How many reviews there are."""
        return sum(self.counts)

    @property
    def average(self) -> float | None:
        """The mean number of stars, to two places; None without reviews."""
        count, total = self.count, sum(map(mul, self.counts, range(1, 6)))
        return (200 * total + count) // (2 * count) / 100 if count else None


class RatingByProduct(Loader[int, Rating]):
    """The stars of products."""

    in_sql = True

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[Rating]:
        found = {key: [0] * 5 for key in keys}
        for product, stars, count in await session.tuples(db.ratings_of_products(keys)):
            found[product][stars - 1] = count
        return [Rating(found[key]) for key in keys]

    def found(self, key: Any) -> Found:
        statement, count, average = db.rating_of_product(key)
        return Found(statement, SimpleNamespace(count=count, average=average), is_total=True)


class ReviewsByProduct(PageLoader[ReviewRow]):
    """A product's published reviews, the newest first unless asked otherwise."""

    orders = db.REVIEW_ORDERS

    def children(self) -> Children:
        return db.reviews_of_products()


class ReviewById(Loader[int, ReviewRow | None]):
    """Published reviews."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[ReviewRow | None]:
        rows = {
            row.id: row for row in await session.rows(db.reviews_by_id(keys, self.context.country, self.context.now))
        }
        return picked(rows, keys)
