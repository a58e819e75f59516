"""Bringing a database to another revision of its tables, and comparing them with the row classes."""

import warnings
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from db.revision import SCRIPTS, MigrationError, current_revision, require_known, revisions
from db.session import Database
from db.tables import metadata


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def upgrade(db: Database, revision: str = "head") -> None:
    """Migrate up to ``revision``; a database already there is left alone. Raises MigrationError."""
    await _migrate(db, command.upgrade, revision)


async def downgrade(db: Database, revision: str) -> None:
    """Migrate down to ``revision`` (``base`` empties the database), from wherever it is. Raises MigrationError."""
    if await current_revision(db) is None:
        return
    await _migrate(db, command.downgrade, revision)


async def _migrate(db: Database, how: Callable[[Config, str], None], revision: str) -> None:
    require_known(await current_revision(db))
    try:
        if revision[:1] not in "+-":
            # Before a file is made for it. How many steps away is told by the database alone.
            ScriptDirectory.from_config(_config()).get_revisions(revision)
        if db.is_sqlite:
            Path(db.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        async with db.engine.connect() as connection:
            await connection.run_sync(lambda sync: how(_config(sync), revision))
            await connection.commit()
    except CommandError as error:
        known = ", ".join(revisions())
        raise MigrationError(f"There is no way to revision {revision!r}: known are base, {known} and head.") from error


async def drift(db: Database) -> list[str]:
    """What the database's tables and the row classes disagree about; empty when they agree."""

    def compare(sync: Connection) -> list[str]:
        context = MigrationContext.configure(sync, opts={"compare_type": True})
        with warnings.catch_warnings():
            # SQLite cannot reflect indexes over expressions; PostgreSQL compares them.
            for message in ("autogenerate skipping metadata-specified", "Skipped unsupported reflection of expression"):
                warnings.filterwarnings("ignore", message=message)
            return [str(difference) for difference in compare_metadata(context, metadata)]

    async with db.engine_for_reading.connect() as connection:
        return await connection.run_sync(compare)
