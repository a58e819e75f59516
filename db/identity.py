"""What tells one database from another, wherever it is asked from."""

import socket
from pathlib import Path

from sqlalchemy import text

from db.session import Database


async def identity(db: Database) -> str:
    """The same for every process that works with this database, and another for a copy of it.

    PostgreSQL: where it is, its server's own number where this user may know it, and the database's there. SQLite: the
    machine, and the file on it. Raises what the driver raises when the database does not answer.
    """
    if db.is_sqlite:
        return _of_file(Path(db.url.database or ""))
    async with db.engine_for_reading.connect() as connection:
        number = await connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        may_know = text("SELECT has_function_privilege('pg_control_system()', 'EXECUTE')")
        server = None
        if await connection.scalar(may_know):
            server = await connection.scalar(text("SELECT system_identifier FROM pg_control_system()"))
    return f"{db.url.host or db.url.query.get('host')} {db.url.port} {db.url.database} {server} {number}"


def _of_file(file: Path) -> str:
    known = file.stat()
    return f"{socket.gethostname()} {file.resolve()} {known.st_dev} {known.st_ino}"
