"""Which revision of the tables a database is at, and whether this version of the code can work with it.

Alembic is not asked: whoever serves asks this at every start, and loading Alembic takes longer than the answer.
"""

import errno
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from db.session import Database

SCRIPTS = Path(__file__).parent / "migrations"


class MigrationError(Exception):
    """A database cannot be brought to the revision that was asked for; the message says why, for people."""


@cache
def revisions() -> tuple[str, ...]:
    """Every revision that this version of the code knows, the newest first."""
    return tuple(
        sorted((file.stem.partition("_")[0] for file in (SCRIPTS / "versions").glob("[0-9]*.py")), reverse=True)
    )


def newest_revision() -> str:
    """The revision this version of the code works with."""
    return revisions()[0]


async def current_revision(db: Database) -> str | None:
    """The revision the database is at; None for an empty one, and for a file that is not there (nor is afterwards)."""
    if _is_missing(db):
        return None
    # Reading takes no lock: an import may be writing for minutes.
    async with db.engine_for_reading.connect() as connection:
        return await connection.run_sync(_revision_in)


def _revision_in(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


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


def require_known(revision: str | None) -> None:
    """Raises MigrationError for a revision that a newer version of the code made."""
    if revision is not None and revision not in revisions():
        raise MigrationError(_too_new(revision))


def _is_missing(db: Database) -> bool:
    """Whether an SQLite database is not there; raises OSError for a folder in its place.

    An empty file counts as none: opening it would write to it.

    The file is never opened here: closing it would drop the locks that this process's connections hold on it, and
    another process could then take their write-ahead log away.
    """
    if not db.is_sqlite:
        return False
    file = Path(db.url.database or "")
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(file))
    return not file.exists() or file.stat().st_size == 0


def _too_new(revision: str) -> str:
    return (
        f"The database is at revision {revision}, which this version of Storekeep does not know: "
        "a newer one made it, so install that one again."
    )
