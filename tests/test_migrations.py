"""Migrations go up and down on both databases, and leave what the row classes declare."""

from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from db import migrate, revision
from db.base import light, table_of
from db.catalog import ProductRow
from db.session import Database


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
