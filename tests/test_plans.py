"""How PostgreSQL plans lists: once for all pages, and so that a page is all that is looked at."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from bench.dataset import fill
from db.catalog import ProductRow
from db.paging import Window, page
from db.search import Asked, Kind, Known, Sifted, Sought, hits_first, relevance
from db.search.asking import QUALITIES
from db.session import Database
from db.storefront import PRODUCT_ORDERS, priced
from tests.databases import Databases

Explain = Callable[[Any], Any]


@pytest.fixture
async def explain(databases: Databases) -> AsyncIterator[Explain]:
    """The lines of a statement's plan in a shop of 300 products whose statistics are known."""
    url = await databases.fresh("postgresql", "planned", lambda db: fill(db, 300))
    async with Database(url) as db, db.engine.connect() as connection:
        await connection.execute(text("ANALYZE"))

        async def lines(statement: Any) -> Sequence[str]:
            asked = statement.compile(dialect=db.engine.dialect, compile_kwargs={"literal_binds": True})
            return list(await connection.scalars(text(f"EXPLAIN {asked}")))

        yield lines


@pytest.mark.parametrize("sort", ["ID", "TITLE", "PRICE"])
async def test_a_page_is_planned_alike_wherever_it_begins(explain: Explain, sort: str) -> None:
    """Else PostgreSQL would plan it anew each time."""

    def behind(*key: Any) -> Any:
        joins = priced(None) if sort == "PRICE" else ()
        return page(ProductRow, (), PRODUCT_ORDERS[sort], Window(20, after=key), joins)

    keys: dict[str, tuple[Any, Any]] = {"ID": (3, 297), "TITLE": ("product", "q"), "PRICE": (1, 10**9)}
    first, last = [(key,) if sort == "ID" else (key, 7) for key in keys[sort]]
    expected = [re.findall(r"cost=\S+ rows=\d+", str(await explain(behind(*key)))) for key in (first, last)]
    assert expected[0] == expected[1] != []


@pytest.mark.parametrize("is_loose", [False, True])
async def test_of_hits_that_are_sorted_no_more_are_looked_at_than_a_page_needs(
    explain: Explain, is_loose: bool
) -> None:
    # One of each quality: a literal of no keys has no type.
    known = tuple(Known(number, quality, 3) for number, quality in enumerate(QUALITIES))
    asked = Asked((Sought(known), Sought(known)), (Kind.PRODUCT,), is_loose=is_loose)
    window, things = Window(20), Sifted(Kind.PRODUCT, (), ())
    statement, _ = hits_first(asked, things, relevance(Kind.PRODUCT), window)
    limit, below, *_ = await explain(statement)
    assert limit.startswith("Limit")
    assert "Nested Loop" in below
