"""What went wrong outside of this program, in sentences that say what to do about it.

A mistake of the program itself has none: it deserves its traceback.
"""

import errno
import socket
import sqlite3

from asyncpg import InterfaceError, PostgresError
from asyncpg.exceptions import (
    InvalidAuthorizationSpecificationError,
    InvalidCatalogNameError,
    UndefinedColumnError,
    UndefinedTableError,
)
from sqlalchemy.exc import DBAPIError

from app.settings import Settings
from db.revision import MigrationError

_TABLES = "Its tables are not those of this version: run `storekeep migrate`."
_SQLITE = (
    ("unable to open", "It cannot be opened: its folder is missing, or this user may not write there."),
    ("readonly", "This user may not write to it: give it, and its folder, to the user that runs Storekeep."),
    ("locked", "Another process has been writing to it for long: wait for its end, and try again."),
    ("no such table", _TABLES),
    ("no such column", _TABLES),
    ("full", "The disk is full: make room."),
    ("not a database", "It is no SQLite database: correct STOREKEEP_DATABASE_URL."),
    ("malformed", "It is damaged: put a backup in its place."),
    ("disk i/o error", "The disk does not work as it should, or the file was taken away meanwhile."),
)
_FILES = {
    errno.ENOENT: "it is not there",
    errno.EACCES: "this user may not use it",
    errno.EPERM: "this user may not use it",
    errno.EROFS: "it stands on a file system that is read-only",
    errno.ENOTDIR: "something in its path is a file and no folder",
    errno.EISDIR: "it is a folder",
    errno.EEXIST: "something of that name is in the way",
}


class Trouble(Exception):  # noqa: N818 - it is the user's, not an error of ours
    """Something has to be mended by whoever runs this. The message says what, and how."""

    code = 1
    """What a command ends with."""


def told(error: BaseException, settings: Settings) -> Trouble | None:
    """``error`` as a sentence for people; None where it is a mistake of the program."""
    match error:
        case BaseExceptionGroup():
            # One mistake of the program among them deserves the traceback of all.
            each = [told(one, settings) for one in error.exceptions]
            return each[0] if all(each) else None
        case Trouble():
            return error
        case MigrationError():
            return Trouble(str(error))
        case sqlite3.Error() | DBAPIError(orig=sqlite3.Error()):
            return _of_sqlite(error, settings)
        case DBAPIError(orig=BaseException(__cause__=PostgresError() as cause)):
            return _of_postgres(cause, settings)
        case PostgresError():
            return _of_postgres(error, settings)
        case DBAPIError(connection_invalidated=True) | InterfaceError(args=("connection is closed",)):
            return _away(settings, "it closed the connection")
        case OSError():
            return _of_system(error, settings)
    return None


def _of_sqlite(error: BaseException, settings: Settings) -> Trouble | None:
    said = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    for part, advice in _SQLITE:
        if part in said:
            return Trouble(f"The database {settings.database_place}: {advice}")
    return None


def _of_postgres(error: PostgresError, settings: Settings) -> Trouble | None:
    where = f"PostgreSQL at {settings.database_place}"
    match error:
        case InvalidAuthorizationSpecificationError():
            return Trouble(f"{where} does not let us in ({error}): correct STOREKEEP_DATABASE_URL.")
        case InvalidCatalogNameError():
            return Trouble(f"{where} is not there ({error}): create it, or correct STOREKEEP_DATABASE_URL.")
        case UndefinedTableError() | UndefinedColumnError():
            return Trouble(f"{where}: {_TABLES}")
    # 08 connections, 42501 rights, 53 resources, 57 the operator's hand, 58 the system.
    if error.sqlstate and (error.sqlstate == "42501" or error.sqlstate[:2] in ("08", "53", "57", "58")):
        return Trouble(f"{where} refuses: {error}.")
    return None


def _of_system(error: OSError, settings: Settings) -> Trouble:
    if error.errno == errno.ENOSPC:
        return Trouble("The disk is full: make room.")
    if isinstance(error, ConnectionError | TimeoutError | socket.gaierror):
        # The only connection that a command makes by itself is the one to the database.
        return _away(settings, error.strerror or str(error) or "no answer in time")
    if error.filename is None:
        return Trouble(f"The system refuses: {error.strerror or error}.")
    reason = _FILES.get(error.errno or 0) or error.strerror
    return Trouble(f"{error.filename} cannot be used: {reason}.")


def _away(settings: Settings, reason: str) -> Trouble:
    return Trouble(
        f"The database {settings.database_place} does not answer ({reason}): "
        "start it, or correct STOREKEEP_DATABASE_URL."
    )
