"""Bringing a database to the newest schema, and telling whether it is there."""

import warnings
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.session import Database
from db.tables import metadata

SCRIPTS = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The revision this version of the code works with."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head() or "none"


async def current_revision(db: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def upgrade(db: Database, revision: str = "head") -> None:
    """Migrate up to ``revision``; a database already there is left alone."""
    async with db.engine.connect() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), revision))
        await connection.commit()


async def downgrade(db: Database, revision: str) -> None:
    """Migrate down to ``revision`` (``base`` empties the database)."""
    async with db.engine.connect() as connection:
        await connection.run_sync(lambda sync: command.downgrade(_config(sync), revision))
        await connection.commit()


async def drift(db: Database) -> list[str]:
    """What the database's tables and the row classes disagree about; empty when they agree."""

    def compare(sync: Connection) -> list[str]:
        context = MigrationContext.configure(sync, opts={"compare_type": True})
        with warnings.catch_warnings():
            # SQLite cannot reflect indexes over expressions; PostgreSQL compares them.
            for message in ("autogenerate skipping metadata-specified", "Skipped unsupported reflection of expression"):
                warnings.filterwarnings("ignore", message=message)
            return [str(difference) for difference in compare_metadata(context, metadata)]

    async with db.engine.connect() as connection:
        return await connection.run_sync(compare)
