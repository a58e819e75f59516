"""The database that is measured on: new, filled, durable as in production, and gone afterwards."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from sqlalchemy import delete, text, update

from bench.dataset import fill
from db.base import table_of
from db.cart import CartLineRow
from db.inventory import InventoryLevelRow
from db.migrate import upgrade
from db.session import Database
from tests.databases import postgres_server

PLENTY = 1_000_000
"""Pieces of each variant that the carts ask for: stock never runs out under load."""
CARTS = 100


@dataclass(frozen=True)
class Filled:
    """A database with the synthetic shop; ``facts`` says what it is and how it is set."""

    database: Database
    url: str
    facts: dict[str, str]

    async def empty_carts(self, meanwhile: Callable[[], None] | None = None) -> None:
        """Take every line out of every cart; ``meanwhile`` is called while nobody else can be writing on SQLite."""
        async with self.database.write() as session:
            await session.change(delete(table_of(CartLineRow)))
            if meanwhile is not None:
                meanwhile()


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
            yield Filled(database, url, await _facts(database))
        finally:
            await database.close()
            if admin is not None:
                await _run(admin, f"DROP DATABASE {name} WITH (FORCE)")


async def _create(admin: str, name: str) -> str:
    await _run(admin, f"CREATE DATABASE {name}")
    base, _, query = admin.replace("postgresql://", "postgresql+asyncpg://", 1).partition("?")
    return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


async def _run(admin: str, statement: str) -> None:
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _stock_up(database: Database) -> None:
    level = table_of(InventoryLevelRow)
    async with database.write() as session:
        await session.change(update(level).where(level.c.variant_id <= CARTS * 3).values(on_hand=PLENTY))


async def _facts(database: Database) -> dict[str, str]:
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
    async with database.read() as session:
        if database.is_sqlite:
            pragmas = ("journal_mode", "synchronous")
            found = [(name, await session.returning(text(f"PRAGMA {name}"))) for name in pragmas]
            version = await session.returning(text("SELECT sqlite_version()"))
            return {"database": f"SQLite {version[0][0]}", **{name: str(rows[0][0]) for name, rows in found}}
        settings = {name: str((await session.returning(text(f"SHOW {name}")))[0][0]) for name in names}
    return {"database": f"PostgreSQL {settings.pop('server_version').split(' ')[0]}", **settings}
