"""What statements read and change, as tags, pinned for each kind of statement: SQLAlchemy's tree is looked into."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, text, update
from sqlalchemy.sql.visitors import HasTraverseInternals
from sqlmodel import col, select

from db import inventory, storefront
from db.catalog import ProductRow
from db.events import CHANGED, EventRow
from db.keys import among
from db.pricing import MarketRow
from db.reviews import ReviewRow
from db.session import Database, Tally
from db.tags import MOST_KEYS, MOST_TOLD, Footprint, tag_keys

PRODUCT = col(ReviewRow.product_id)
BEST: Any = select(func.max(col(ReviewRow.rating))).where(PRODUCT == 7).scalar_subquery()
OF_SEVEN = {"reviews/product_id/7", "reviews/product_id/*"}


def twice(part: Any) -> Any:
    """A part of a statement that stands in it twice."""
    return part + part


def within(part: Any) -> Any:
    """The same, in a selection of its own."""
    return select(twice(part)).scalar_subquery()


@pytest.fixture
async def db(small_url: str) -> AsyncIterator[Database]:
    async with Database(small_url) as database:
        yield database


async def read(db: Database, statement: Any) -> set[str]:
    tally = Tally()
    async with db.read(tally) as session:
        await session.tuples(statement)
    return tally.footprint.tags


async def changed(db: Database, *statements: Any) -> set[str]:
    async with db.write() as session:
        for statement in statements:
            await session.change(statement)
        assert session.changes is not None
        return set(session.changes.tags)


class TestReads:
    @pytest.mark.parametrize(
        ("statement", "tags"),
        [
            (select(ReviewRow), {"reviews"}),
            (select(ReviewRow.id, ReviewRow.title), {"reviews"}),
            (select(ReviewRow).where(PRODUCT == 7), OF_SEVEN),
            (
                select(ReviewRow).where(among(PRODUCT, [7, 8]), col(ReviewRow.rating) > 3),
                {"reviews/product_id/7", "reviews/product_id/8", "reviews/product_id/*"},
            ),
            (select(ReviewRow).where(col(ReviewRow.id) == 3), {"reviews/id/3", "reviews/id/*"}),
            # What confines only some of the rows does not confine.
            (select(ReviewRow).where((PRODUCT == 7) | (col(ReviewRow.rating) > 3)), {"reviews"}),
            (select(ReviewRow).where(~(PRODUCT == 7)), {"reviews"}),
            (select(ReviewRow).where(PRODUCT > 7), {"reviews"}),
            (select(ReviewRow).where(among(PRODUCT, range(MOST_KEYS + 1))), {"reviews"}),
            (select(ReviewRow).where(PRODUCT.in_(select(ReviewRow.id).where(PRODUCT == 7))), {"reviews"}),
            (select(ReviewRow).where(PRODUCT.in_(select(ProductRow.id))), {"reviews", "products"}),
            # What stands in several places is confined in all of them.
            (select(twice(BEST)), OF_SEVEN),
            (select(within(within(BEST)), BEST), OF_SEVEN),
            (select(BEST).where(select(ReviewRow.id).where(BEST > 3).exists()), {"reviews"}),
        ],
    )
    async def test_as_far_as_they_are_confined(self, db: Database, statement: Any, tags: set[str]) -> None:
        assert await read(db, statement) == tags

    async def test_a_table_joined_from_outside_is_not_confined(self, db: Database) -> None:
        joined = select(ProductRow, ReviewRow).outerjoin(ReviewRow, (ProductRow.id == PRODUCT) & (PRODUCT == 7))
        assert await read(db, joined) == {"products", "reviews"}

    async def test_a_union_is_of_all_its_parts(self, db: Database) -> None:
        both = select(ReviewRow.id).where(PRODUCT == 7).union(select(ReviewRow.id).where(PRODUCT == 8))
        assert await read(db, select(both.subquery().c.id)) == {"reviews"}

    @pytest.mark.parametrize("doubled", [twice, within])
    def test_what_stands_in_many_places_is_looked_at_once(
        self, monkeypatch: pytest.MonkeyPatch, doubled: Callable[[Any], Any]
    ) -> None:
        looks, get_children = 0, HasTraverseInternals.get_children

        def look(element: Any, **options: Any) -> Any:
            nonlocal looks
            looks += 1
            return get_children(element, **options)

        monkeypatch.setattr(HasTraverseInternals, "get_children", look)

        def looked(depth: int) -> int:
            part = BEST
            for _ in range(depth):
                part = doubled(part)
            compiled, before = select(part).compile(), looks
            footprint = Footprint()
            footprint.read(compiled, lambda: [compiled.params])
            assert footprint.tags == OF_SEVEN
            return looks - before

        assert looked(8) - looked(6) == looked(4) - looked(2)

    async def test_stock_of_products_hangs_on_the_products(self, db: Database) -> None:
        tags = await read(db, inventory.stock_of_products([1, 2]))
        assert {tag for tag in tags if tag.startswith("inv")} == {
            "inventory_levels/product_id/1",
            "inventory_levels/product_id/2",
            "inventory_levels/product_id/*",
        }

    async def test_what_sorts_by_sales_depends_on_them(self, db: Database) -> None:
        assert await read(db, select(ProductRow)) == {"products"}
        sorted_ = select(ProductRow).order_by(col(ProductRow.sold_count))
        assert await read(db, sorted_) == {"products", "products.sold_count"}


class TestChanges:
    async def test_by_the_keys_that_they_name(self, db: Database) -> None:
        change = update(ReviewRow).where(PRODUCT == 1).values(rating=1)
        assert await changed(db, change) == {"reviews", "reviews/product_id/1", "reviews/id/*"}

    async def test_of_keys_themselves_concern_all(self, db: Database) -> None:
        change = update(ReviewRow).where(PRODUCT == 1).values(product_id=1)
        assert await changed(db, change) == {"reviews", "reviews/product_id/*", "reviews/id/*"}

    async def test_in_text_concern_all(self, db: Database) -> None:
        for change in ("update reviews set rating = 1", "DELETE FROM reviews"):
            assert await changed(db, text(change)) == {"reviews", "reviews/product_id/*", "reviews/id/*"}

    async def test_sales_alone_concern_what_sorts_by_them(self, db: Database) -> None:
        assert await changed(db, storefront.count_sales(1, 2)) == {"products.sold_count"}
        more = update(ProductRow).values(sold_count=1, title="T")
        assert {"products", "products.sold_count", "products/id/*"} <= await changed(db, more)

    async def test_of_nothing_concern_nothing(self, db: Database) -> None:
        assert await changed(db, update(ReviewRow).where(PRODUCT == 0).values(rating=1)) == set()

    async def test_what_goes_takes_with_it_what_hangs_on_it(self, db: Database) -> None:
        tags = await changed(db, delete(ProductRow).where(col(ProductRow.id) == 1))
        assert {"products/id/1", "variants", "variants/product_id/*", "reviews/id/*", "media"} <= tags
        assert {"variant_prices/variant_id/*", "inventory_levels", "translations"} <= tags

    async def test_many_are_told_as_whole_tables(self) -> None:
        changes = Footprint(tables={"reviews"})
        changes.tags.update({"reviews", "reviews/id/*", *(f"reviews/product_id/{n}" for n in range(MOST_TOLD))})
        assert changes.told() == ["reviews", *sorted(f"reviews/{key}/*" for key in tag_keys("reviews"))]

    async def test_an_event_tells_them_if_the_transaction_commits(self, db: Database) -> None:
        told: list[list[str]] = []
        db.on_change(lambda tags: told.append(sorted(tags)))
        values = {"id": 99, "handle": "elsewhere", "name": "Elsewhere", "currency_code": "EUR", "is_primary": False}
        async with db.write() as session:
            await session.add(MarketRow, values)
        async with db.read() as session:
            (event,) = await session.rows(select(EventRow).where(col(EventRow.topic) == CHANGED))
        assert told == [event.payload["tags"]] == [["markets", "markets/id/99"]]
        async with db.write() as session:
            await session.rows(select(MarketRow))
        assert len(told) == 1
