"""The database that is measured on: new, filled, durable as in production, and gone afterwards."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from sqlalchemy import delete, func, select, text, update

from bench.dataset import fill
from bench.processes import is_named, parent
from db.base import table_of
from db.cart import CartLineRow, CartRow
from db.inventory import InventoryLevelRow
from db.migrate import upgrade
from db.session import Database
from tests.databases import postgres_server

PLENTY = 1_000_000
"""Pieces of each variant that the carts ask for: stock never runs out under load."""
CARTS = 100


@dataclass(frozen=True)
class Filled:
    """A database with the synthetic shop; ``facts`` says what it is and how it is set.

    ``process`` is the one that PostgreSQL's others come from, if it runs on this machine.
    """

    database: Database
    url: str
    facts: dict[str, str]
    process: int | None = None

    async def empty_carts(self, meanwhile: Callable[[], None] | None = None) -> None:
        """Take every line out of every cart; ``meanwhile`` is called while nobody else can be writing on SQLite."""
        async with self.database.write() as session:
            await session.change(delete(table_of(CartLineRow)))
            if meanwhile is not None:
                meanwhile()

    async def carts(self) -> tuple[list[tuple[object, ...]], int]:
        """What is in the carts (token, variant, quantity, attributes' hash), and how often they changed in all."""
        cart, line = table_of(CartRow), table_of(CartLineRow)
        columns = (cart.c.token, line.c.variant_id, line.c.quantity, line.c.attributes_hash)
        lines = select(*columns).join(line, line.c.cart_id == cart.c.id).order_by(*columns[:2])
        async with self.database.engine.connect() as connection:
            found = [tuple(row) for row in await connection.execute(lines)]
            return found, int((await connection.execute(select(func.sum(cart.c.version)))).scalar_one())

    async def prepare(self, script: str) -> None:
        """Run some SQL, on PostgreSQL."""
        await _run(self.url.replace("postgresql+asyncpg://", "postgresql://"), script)


@asynccontextmanager
async def filled(kind: str, products: int, folder: Path) -> AsyncIterator[Filled]:
    """A database of that kind (``sqlite`` or ``postgresql``) with so many products."""
    with ExitStack() as stack:
        if kind == "sqlite":
            url, admin = f"sqlite+aiosqlite:///{folder / 'bench.db'}", None
        else:
            home = folder / "postgres"
            home.mkdir()
            admin = stack.enter_context(postgres_server(home, durable=True))
            url = await _create(admin, name := f"storekeep_bench_{os.getpid()}")
        database = Database(url)
        try:
            await upgrade(database)
            await fill(database, products)
            await _stock_up(database)
            yield Filled(database, url, await _facts(database), None if admin is None else await _process(admin))
        finally:
            await database.close()
            if admin is not None:
                await _run(admin, f"DROP DATABASE {name} WITH (FORCE)")


async def _create(admin: str, name: str) -> str:
    await _run(admin, f"CREATE DATABASE {name}")
    base, _, query = admin.replace("postgresql://", "postgresql+asyncpg://", 1).partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _process(admin: str) -> int | None:
    connection = await asyncpg.connect(admin)
    try:
        backend = int(await connection.fetchval("SELECT pg_backend_pid()"))
        # Elsewhere that id is nobody's, or another program's.
        return parent(backend) if is_named(backend, "postgres") else None
    finally:
        await connection.close()


async def _stock_up(database: Database) -> None:
    level = table_of(InventoryLevelRow)
    async with database.write() as session:
        await session.change(update(level).where(level.c.variant_id <= CARTS * 3).values(on_hand=PLENTY))


async def _facts(database: Database) -> dict[str, str]:
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_connections")
    async with database.read() as session:
        if database.is_sqlite:
            pragmas = ("journal_mode", "synchronous")
            found = [(name, await session.tuples(text(f"PRAGMA {name}"))) for name in pragmas]
            version = await session.tuples(text("SELECT sqlite_version()"))
            return {"database": f"SQLite {version[0][0]}", **{name: str(rows[0][0]) for name, rows in found}}
        settings = {name: str((await session.tuples(text(f"SHOW {name}")))[0][0]) for name in names}
    return {"database": f"PostgreSQL {settings.pop('server_version').split(' ')[0]}", **settings}
