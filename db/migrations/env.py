"""How Alembic reaches the database: on the connection it is handed, or on STOREKEEP_DATABASE_URL by itself."""

import asyncio
import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import AutoString

from db.tables import metadata
from db.types import UtcDateTime


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "db.types.UtcDateTime()"
    if kind == "type" and isinstance(item, TypeEngine) and item._variant_mapping:
        return {"BigInteger": "db.types.BigId", "String": "db.types.SortText", "JSON": "db.types.Json"}[
            type(item).__name__
        ]
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_alone() -> None:
    engine = create_async_engine(os.environ["STOREKEEP_DATABASE_URL"])
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(migrate_alone())
