"""Fixtures that every test may use."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.dataset import fill
from db.session import Database
from tests.api import Client, serving
from tests.databases import Databases, postgres_server

SYNTHETIC = 30
"""How many products the synthetic shop has."""


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Fresh databases of both kinds; PostgreSQL starts when a test first asks for it."""
    with ExitStack() as stack:
        urls: list[str] = []

        def postgres_url() -> str:
            if not urls:
                urls.append(stack.enter_context(postgres_server(tmp_path_factory.mktemp("postgres"))))
            return urls[0]

        yield Databases(tmp_path_factory.mktemp("sqlite"), postgres_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The two databases in turn; a test that asks for it runs on both."""
    return str(request.param)


@pytest.fixture
async def db(backend: str, databases: Databases) -> AsyncIterator[Database]:
    """A migrated, empty database of its own."""
    database = Database(await databases.fresh(backend, "empty"))
    yield database
    await database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for files."""
    return tmp_path


@pytest.fixture
async def shop_url(backend: str, databases: Databases) -> str:
    """A database of its own with the synthetic shop of `bench.dataset`."""
    return await databases.fresh(backend, "synthetic", lambda db: fill(db, SYNTHETIC))


@pytest.fixture
async def guest(shop_url: str, tmp_path: Path) -> AsyncIterator[Client]:
    """Somebody who asks the synthetic shop."""
    async with serving(shop_url, tmp_path) as client:
        yield client
