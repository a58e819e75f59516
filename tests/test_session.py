"""The door to the database: what a session counts, what a contradiction is called, and matching any number of keys."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlmodel import select

from db import revision
from db.catalog import ProductRow, VariantRow
from db.keys import among
from db.postgres import Turns
from db.pricing import MarketRow
from db.session import Contradiction, Database, Tally
from tests.databases import Databases

MARKET = {"handle": "eu", "name": "Europe", "currency_code": "EUR", "is_primary": True}


@pytest.mark.parametrize("transaction", [Database.write, Database.bulk])
async def test_a_contradiction_rolls_back_and_names_the_constraint(db: Database, transaction: object) -> None:
    async def twice() -> None:
        async with transaction(db) as session:  # type: ignore[operator]
            await session.add_all(MarketRow, [MARKET])
            await session.add_all(MarketRow, [MARKET])

    with pytest.raises(Contradiction, match="markets"):
        await twice()
    async with db.read() as session:
        assert await session.rows(select(MarketRow)) == []


async def test_a_transaction_that_is_cancelled_anywhere_spoils_none_after_it(db: Database) -> None:
    async def write(name: str) -> None:
        async with db.write() as session:
            await session.change(update(MarketRow).values(name=name))

    async with db.write() as session:
        await session.add_all(MarketRow, [MARKET])
    for turns in range(25):
        begun = asyncio.create_task(write("Nowhere"))
        for _ in range(turns):
            await asyncio.sleep(0.0005 if turns % 2 else 0)
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        await write(f"Europe {turns}")
        async with db.read() as session:
            (market,) = await session.rows(select(MarketRow))
        assert market.name == f"Europe {turns}"


async def test_nobody_waits_for_a_turn_while_there_is_one_even_if_somebody_is_about_to_have_his() -> None:
    turns = Turns(2)
    for _ in range(2):
        await turns.__aenter__()
    waiting = asyncio.create_task(turns.__aenter__())
    await asyncio.sleep(0)
    for _ in range(2):
        await turns.__aexit__()
    with pytest.raises(StopIteration):
        turns.__aenter__().send(None)
    late = asyncio.create_task(turns.__aenter__())
    await waiting
    await asyncio.sleep(0)
    assert not late.done()
    # What is handed to somebody who is cancelled just then is not lost.
    await turns.__aexit__()
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)
    with pytest.raises(StopIteration):
        turns.__aenter__().send(None)


async def test_every_statement_is_counted_and_bulk_ones_once(db: Database) -> None:
    tally = Tally()
    async with db.write(tally) as session:
        await session.add_all(MarketRow, [])
        assert await session.add_keyed(MarketRow, []) == []
        await session.change_each(text("select 1"), [])
        assert tally.statements == 0
        await session.add_all(MarketRow, [MARKET, MARKET | {"handle": "uk", "name": "Britain", "is_primary": False}])
        assert len(await session.rows(select(MarketRow))) == 2
        assert await session.change(text("update markets set rate = 7")) == 2
        assert tally.statements == 3
    # One more says what has changed.
    assert tally.statements == 4
    assert tally.seconds > 0


def _number(file: Path) -> int:
    return file.stat().st_ino


async def test_another_process_leaves_a_log_that_is_in_use(databases: Databases) -> None:
    """Closing any handle on the file would drop this process's locks, and SQLite elsewhere would remove its log."""
    url = await databases.fresh("sqlite", "empty")
    async with Database(url) as database:
        async with database.write() as session:
            await session.add_all(MarketRow, [MARKET])
        log = Path(f"{database.url.database}-wal")
        before = _number(log)
        assert await revision.outdated(database) is None
        look = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('select * from markets'); c.close()"
        # Off the event loop, as another process is.
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", look, str(database.url.database)], check=True)
        assert _number(log) == before


async def test_a_database_is_closed_when_it_is_left(backend: str, databases: Databases) -> None:
    async with Database(await databases.fresh(backend, "empty")) as database:
        async with database.read() as session:
            await session.rows(select(MarketRow.id))
        assert database.idle == 1
    assert database.idle == 0


async def test_no_keys_match_nothing_whatever_the_column(db: Database) -> None:
    async with db.read() as session:
        for column in (ProductRow.handle, ProductRow.title_key, VariantRow.sku, VariantRow.id):
            assert await session.rows(select(VariantRow.id).join(ProductRow).where(among(column, []))) == []


async def test_keys_match_integers_and_text(db: Database) -> None:
    async with db.write() as session:
        await session.add_all(MarketRow, [MARKET | {"id": 1}])
    async with db.read() as session:
        assert await session.rows(select(MarketRow.id).where(among(MarketRow.id, [1, 2]))) == [1]
        assert await session.rows(select(MarketRow.id).where(among(MarketRow.handle, ["eu", "'"]))) == [1]
        assert await session.rows(select(MarketRow.id).where(among(MarketRow.handle, ["uk"]))) == []
