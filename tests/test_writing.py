"""Writing by forms: what it answers, what it contradicts, and on SQLite where it is carried out."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, literal, text
from sqlmodel import col, select, update

from db.catalog import ProductRow
from db.catalog.products import ProductStatus
from db.forms import Asked, Form, Given
from db.pricing import MarketRow
from db.session import Contradiction, Database, Tally
from db.sqlite.readers import SPARED
from tests.databases import Databases

MARKET = {"handle": "eu", "name": "Europe", "currency_code": "EUR", "is_primary": True}
RENAMED = Form(update(MarketRow).where(col(MarketRow.handle) == Given("handle")).values(name=Given("name")))


def renamed(handle: str, name: str) -> Asked[object]:
    return Asked(RENAMED, {"handle": handle, "name": name})


async def names(db: Database) -> list[str]:
    async with db.read() as session:
        return await session.rows(select(MarketRow.name).order_by(col(MarketRow.id)))


async def test_a_row_is_added_with_its_defaults_and_answered_as_it_is_stored(db: Database) -> None:
    async with db.write() as session:
        market = await session.add(MarketRow, MARKET)
        (other,) = await session.add_keyed(MarketRow, [MARKET | {"handle": "b", "name": "B", "is_primary": False}])
        product = await session.add(ProductRow, {"title": "T", "title_key": "t", "handle": "t"})
    assert (market.rate, market.rounding_step, market.languages) == (1_000_000, 1, [])
    assert (product.status, product.created_at.tzinfo is not None) == (ProductStatus.ACTIVE, True)
    async with db.read() as session:
        found = await session.rows(select(MarketRow).order_by(col(MarketRow.id)))
        assert [one.id for one in found] == [market.id, other]
        assert found[0] == market
        assert await session.rows(select(ProductRow)) == [product]


async def test_statements_of_one_form_are_carried_out_together(db: Database) -> None:
    tally, told = Tally(), list[list[str]]()
    async with db.write() as session:
        others = [MARKET | {"handle": f"m{n}", "name": f"M{n}", "is_primary": False} for n in range(3)]
        await session.add_all(MarketRow, others)
    db.on_change(lambda tags: told.append(sorted(tags)))
    async with db.write(tally) as session:
        await session.change_all([])
        assert tally.statements == 0
        await session.change_all([renamed("m1", "One")])
        await session.change_all([renamed("m0", "None"), renamed("m2", "Two")])
        assert tally.statements == 2
    assert await names(db) == ["None", "One", "Two"]
    assert told == [["markets", "markets/id/*"]]


@pytest.mark.parametrize("transaction", [Database.write, Database.bulk])
async def test_a_contradiction_rolls_back_and_names_what_it_contradicts(db: Database, transaction: object) -> None:
    async def twice() -> None:
        async with transaction(db) as session:  # type: ignore[operator]
            await session.add(MarketRow, MARKET)
            await session.add(MarketRow, MARKET)

    with pytest.raises(Contradiction, match="markets"):
        await twice()
    assert await names(db) == []
    async with db.write() as session:
        await session.add(MarketRow, MARKET)
    assert await names(db) == ["Europe"]


async def test_a_transaction_that_is_given_up_anywhere_spoils_none_after_it(db: Database) -> None:
    async def write(name: str) -> None:
        async with db.write() as session:
            await session.change_all([renamed("eu", name)])
            await session.change(text("UPDATE markets SET rate = rate + 1"))

    async with db.write() as session:
        await session.add(MarketRow, MARKET)
    for turns in range(25):
        begun = asyncio.create_task(write("Nowhere"))
        for _ in range(turns):
            await asyncio.sleep(0.0005 if turns % 2 else 0)
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        await write(f"Europe {turns}")
        assert await names(db) == [f"Europe {turns}"]


class TestSqlite:
    @pytest.fixture
    async def url(self, databases: Databases) -> str:
        return await databases.fresh("sqlite", "empty")

    @pytest.fixture
    async def database(self, url: str) -> AsyncIterator[Database]:
        async with Database(url) as database:
            yield database

    async def test_another_process_is_waited_for_and_nobody_else_waits(self, database: Database, url: str) -> None:
        async def write() -> None:
            async with database.write() as session:
                await session.add(MarketRow, MARKET)

        other = sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
        try:
            for is_given_up in (True, False):
                other.execute("BEGIN IMMEDIATE")
                waiting = asyncio.create_task(write())
                for _ in range(20):
                    # As long as the other holds the lock, everybody reads.
                    assert await names(database) == []
                    await asyncio.sleep(0.005)
                assert not waiting.done()
                if is_given_up:
                    waiting.cancel()
                other.execute("COMMIT")
                (ended,) = await asyncio.gather(waiting, return_exceptions=True)
                assert isinstance(ended, asyncio.CancelledError) == is_given_up
        finally:
            other.close()
        assert await names(database) == ["Europe"]

    async def test_a_form_that_took_long_is_spared_the_event_loop_for_a_while(self, database: Database) -> None:
        numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
        numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < Given("far")))
        asked: Asked[object] = Asked(Form(select(func.max(numbers.c.n))), {"far": 200_000})
        prepared, _, _ = database._store._statements.prepare(asked)  # type: ignore[attr-defined]
        async with database.write() as session:
            assert await session.tuples(asked) == [(200_000,)]  # type: ignore[arg-type]
            assert prepared.spared == SPARED
            assert await session.tuples(asked) == [(200_000,)]  # type: ignore[arg-type]
        assert prepared.spared == SPARED - 1

    async def test_other_statements_never_hold_it_up(self, database: Database) -> None:
        far = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000) SELECT max(n) FROM c"

        async def write() -> None:
            async with database.write() as session:
                await session.change(text(f"INSERT INTO event_head (id, position) SELECT 1, ({far}) WHERE 1 = 2"))
                await session.returning(text(far))

        task, turns = asyncio.create_task(write()), 0
        while not task.done():
            turns += 1
            await asyncio.sleep(0)
        await task
        assert turns > 50
