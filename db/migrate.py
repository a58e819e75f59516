"""Bringing a database to the newest schema, and telling whether it is there."""

import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from db.session import Database
from db.tables import metadata

SCRIPTS = Path(__file__).parent / "migrations"
_SQLITE = b"SQLite format 3\0"
"""How every file of SQLite begins."""


class MigrationError(Exception):
    """A database cannot be brought to the revision that was asked for; the message says why, for people."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def revisions() -> tuple[str, ...]:
    """Every revision that this version of the code knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def newest_revision() -> str:
    """The revision this version of the code works with."""
    return revisions()[0]


async def current_revision(db: Database) -> str | None:
    """The revision the database is at; None for an empty one, and for a file that is not there (nor is afterwards)."""
    if _is_missing(db):
        return None
    # Reading takes no lock: an import may be writing for minutes.
    async with db.engine_for_reading.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def outdated(db: Database) -> str | None:
    """Why this version of the code cannot work with the database, and what to do about it; None when it can.

    It looks and creates nothing. Raises what the driver raises when the database does not answer.
    """
    current, newest = await current_revision(db), newest_revision()
    if current == newest:
        return None
    if current is None:
        what = f"There is no database at {db.url.database} yet" if _is_missing(db) else "The database has no tables yet"
        return f"{what}: run `storekeep migrate`."
    if current not in revisions():
        return _too_new(current)
    return f"The database is at revision {current}, and this version wants {newest}: run `storekeep migrate`."


async def upgrade(db: Database, revision: str = "head") -> None:
    """Migrate up to ``revision``; a database already there is left alone. Raises MigrationError."""
    await _migrate(db, command.upgrade, revision)


async def downgrade(db: Database, revision: str) -> None:
    """Migrate down to ``revision`` (``base`` empties the database), from wherever it is. Raises MigrationError."""
    if await current_revision(db) is None:
        return
    await _migrate(db, command.downgrade, revision)


async def _migrate(db: Database, how: Callable[[Config, str], None], revision: str) -> None:
    current = await current_revision(db)
    if current is not None and current not in revisions():
        raise MigrationError(_too_new(current))
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


def _is_missing(db: Database) -> bool:
    """Whether an SQLite database is not there. An empty file counts as none: opening it would write to it.

    Raises MigrationError for a file of another kind, and OSError for one that cannot be read, before the driver does:
    its threads outlive what they fail at.
    """
    if not db.is_sqlite:
        return False
    try:
        with Path(db.url.database or "").open("rb") as file:
            head = file.read(len(_SQLITE))
    except FileNotFoundError:
        return True
    if head and head != _SQLITE:
        raise MigrationError(f"{db.url.database} is no SQLite database: correct STOREKEEP_DATABASE_URL.")
    return not head


def _too_new(revision: str) -> str:
    return (
        f"The database is at revision {revision}, which this version of Storekeep does not know: "
        "a newer one made it, so install that one again."
    )


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
