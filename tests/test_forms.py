"""A statement that is built once answers as one that is built anew for its values, and tells the same tags."""

from datetime import timedelta
from typing import Any

from db import paging, storefront
from db.catalog import ProductRow
from db.forms import Asked, Form
from db.paging import Window, page, page_per_parent
from db.pricing import prices_of_variants
from db.session import Database, Tally
from db.storefront import products_by_handle, variants_of_products
from db.types import utc_now

ORDER = storefront.VARIANT_ORDERS["POSITION"]
WINDOWS = [
    Window(2),
    Window(1),
    Window(0),
    Window(2, backwards=True),
    Window(2, after=(1, 2)),
    Window(2, after=(2, 2)),
    Window(1, before=(2, 3), backwards=True),
    Window(5, after=(1, 1), before=(3, 3)),
]


async def read(database: Database, statement: Any) -> tuple[list[Any], set[str]]:
    tally = Tally()
    async with database.read(tally) as session:
        return await session.tuples(statement), tally.footprint.tags


async def test_pages_are_those_of_statements_built_anew(small_url: str) -> None:
    children = variants_of_products()
    async with Database(small_url) as database:
        for window in WINDOWS:
            for parents in ([1], [2], [1, 2], [2, 3, 1]):
                # Bounds are values of the first order's keys.
                for order in (ORDER,) if window.after or window.before else storefront.VARIANT_ORDERS.values():
                    found = await read(database, page_per_parent(children, parents, order, window))
                    assert found == await read(database, paging._per_parent(children, parents, order, window))


async def test_a_listing_is_that_of_a_statement_built_anew(small_url: str) -> None:
    now = utc_now()
    async with Database(small_url) as database:
        for sort, order in storefront.PRODUCT_ORDERS.items():
            for country in (None, "GB"):
                for window in (Window(2), Window(1), Window(2, backwards=True)):
                    found = await read(database, storefront.products_by(sort, order, window, country, now))
                    joins = storefront.priced(country) if sort == "PRICE" else ()
                    anew = page(ProductRow, storefront.visible(country, now), order, window, joins)
                    assert found == await read(database, anew)
                    assert len(found[0]) == window.size + 1


async def test_a_listing_goes_on_where_a_page_ended(small_url: str) -> None:
    now, order = utc_now(), storefront.PRODUCT_ORDERS["CREATED_AT"]
    async with Database(small_url) as database:
        first, _ = await read(database, storefront.products_by("CREATED_AT", order, Window(3), None, now))
        for place, (_, *values) in enumerate(first):
            window = Window(3, after=tuple(values))
            later, _ = await read(database, storefront.products_by("CREATED_AT", order, window, None, now))
            assert later == first[place + 1 :]


async def test_values_never_make_a_form_and_never_stay_in_one(small_url: str) -> None:
    forms: set[Form[Any]] = set()
    async with Database(small_url) as database:
        for ids in ([1], [2, 3], [], [3]):
            asked = prices_of_variants(ids, "GB")
            forms.add(asked.form)
            rows, tags = await read(database, asked)
            assert sorted(row[0] for row in rows) == ids
            assert {row[-1] for row in rows} <= {"GBP"}
            assert {f"variant_prices/variant_id/{key}" for key in ids} <= tags
        assert len(forms) == 1
        nowhere = prices_of_variants([1], None)
        assert nowhere.form not in forms
        assert {row[-1] for row in (await read(database, nowhere))[0]} == {"EUR"}


async def test_what_is_not_published_yet_is_not_found_by_a_form_that_found_it_later(small_url: str) -> None:
    now = utc_now()
    async with Database(small_url) as database:
        later: Asked[Any] = products_by_handle(["product-1"], None, now)
        before: Asked[Any] = products_by_handle(["product-1"], None, now - timedelta(days=36_500))
        assert later.form is before.form
        async with database.read() as session:
            assert [handle for handle, _ in await session.tuples(later)] == ["product-1"]
            assert await session.tuples(before) == []
            assert [handle for handle, _ in await session.tuples(later)] == ["product-1"]
