"""The engine and the sessions."""

import os

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

URL = os.environ["BENCH_DATABASE_URL"]

# A pool that is too small for the load would open a connection for every other statement.
engine = create_async_engine(
    URL,
    pool_size=int(os.environ["BENCH_POOL"]),
    max_overflow=0,
    connect_args={"timeout": 30} if URL.startswith("sqlite") else {},
)
sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
