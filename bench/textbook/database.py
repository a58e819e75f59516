"""The engine, the sessions, and how many statements they have sent."""

import os
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

URL = os.environ["BENCH_DATABASE_URL"]

# A pool that is too small for the load would open a connection for every other statement.
engine = create_async_engine(
    URL, pool_size=20, max_overflow=0, connect_args={"timeout": 30} if URL.startswith("sqlite") else {}
)
sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


class Counter:
    """Statements sent by this process."""

    statements = 0


@event.listens_for(engine.sync_engine, "before_cursor_execute")
def _counted(*_: Any) -> None:
    Counter.statements += 1
