"""Migrations go up and down on both databases, and leave what the row classes declare."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import select

from db import migrate, revision
from db.base import light, table_of
from db.catalog import ProductRow
from db.pricing import MarketRow
from db.session import Contradiction, Database
from resolvers.amounts import CURRENCIES, paid_in


async def test_migrated_database_is_what_the_rows_declare(db: Database) -> None:
    assert await revision.current_revision(db) == revision.newest_revision()
    assert await migrate.drift(db) == []


def test_revisions_are_named_as_their_files_are() -> None:
    scripts = ScriptDirectory(str(revision.SCRIPTS)).walk_revisions()
    assert revision.revisions() == tuple(script.revision for script in scripts)


async def test_down_leaves_nothing_and_up_again_works(db: Database) -> None:
    await migrate.downgrade(db, "base")
    async with db.engine.connect() as connection:
        left = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert left == {"alembic_version"}
    assert await revision.current_revision(db) is None
    await migrate.upgrade(db)
    assert await migrate.drift(db) == []


async def test_markets_that_stand_learn_what_their_currency_is_divided_into(db: Database) -> None:
    """What CLDR says today, by which amounts are stored already: should it say otherwise, they have to be migrated."""
    codes = [*sorted(CURRENCIES), "SLE", "DEM", "CLF", "???"]
    insert = (
        "INSERT INTO markets (handle, name, currency_code, is_primary, rate, rounding_step, rounding_ending)"
        " VALUES (:code, :code, :code, :primary, 1000000, 1, 0)"
    )
    await migrate.downgrade(db, "0010")
    async with db.engine.begin() as connection:
        await connection.execute(text(insert), [{"code": code, "primary": code == "JPY"} for code in codes])
    for _ in range(2):
        await migrate.upgrade(db)
        assert await migrate.drift(db) == []
        async with db.read() as session:
            rows = await session.rows(select(MarketRow))
        assert {row.currency_code: row.subunits for row in rows} == {code: paid_in(code)["subunits"] for code in codes}
        assert {row.currency_code: row.subunits for row in rows}.items() >= {
            "JPY": 1, "EUR": 100, "KWD": 1000, "SLE": None,
        }.items()  # fmt: skip
        assert [row.currency_code for row in rows if row.is_primary] == ["JPY"]
        await migrate.downgrade(db, "0010")


@pytest.mark.parametrize("subunits", [0, -100])
async def test_nothing_is_divided_into_less_than_one(db: Database, subunits: int) -> None:
    with pytest.raises(Contradiction, match="ck_markets_subunits"):
        async with db.write() as session:
            await session.add(MarketRow, {"handle": "a", "name": "A", "currency_code": "EUR", "subunits": subunits})
    async with db.read() as session:
        assert await session.rows(select(MarketRow)) == []


async def test_drift_names_a_column_that_is_missing(db: Database) -> None:
    async with db.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE shops DROP COLUMN slogan")
    assert "slogan" in str(await migrate.drift(db))


def test_light_rows_answer_every_column_in_order() -> None:
    values = list(range(len(table_of(ProductRow).columns)))
    row = light(ProductRow)(*values)
    assert [getattr(row, column.name) for column in table_of(ProductRow).columns] == values
    assert row == light(ProductRow)(*values)
    assert "handle=1" in repr(row)
