"""Fixtures that every test may use."""

import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.media import FileMediaStore
from bench.dataset import fill
from db import demo as demo_shop
from db.migrate import upgrade
from db.session import Database
from resolvers.exchange.folder import import_folder
from resolvers.search.building import build_index
from tests.api import Client, serving
from tests.commanding import Command, commanding
from tests.databases import Databases, postgres_server
from tests.valkeys import ValkeyServer, valkey_server

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
async def empty_url(backend: str, databases: Databases) -> str:
    """A migrated database without a shop."""
    return await databases.fresh(backend, "empty")


@pytest.fixture
async def small_url(backend: str, databases: Databases) -> str:
    """A shop of three products."""
    return await databases.fresh(backend, "small", lambda db: fill(db, 3))


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Command]:
    """Runs `storekeep`, in an empty folder and without settings."""
    monkeypatch.chdir(tmp_path)
    with commanding(monkeypatch, capsys) as run:
        yield run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for files."""
    return tmp_path


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """An empty Valkey of its own."""
    with valkey_server() as server:
        yield server


@pytest.fixture
async def shop_url(backend: str, databases: Databases) -> str:
    """A database of its own with the synthetic shop of `bench.dataset`."""
    return await databases.fresh(backend, "synthetic", lambda db: fill(db, SYNTHETIC))


@pytest.fixture
async def guest(shop_url: str, tmp_path: Path) -> AsyncIterator[Client]:
    """Somebody who asks the synthetic shop."""
    async with serving(shop_url, tmp_path) as client:
        yield client


@pytest.fixture(scope="session")
async def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The imported demo shop, its database ``shop.db`` beside its media; once a run, for every test process."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-shop"
    folder.mkdir(exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        # Test processes run side by side; one imports and the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".done").exists():
            database = Database(f"sqlite+aiosqlite:///{folder / 'shop.db'}")
            await upgrade(database)
            await build_index(database)
            store = FileMediaStore(folder / "media")
            await import_folder(database, store, Path(demo_shop.__file__).parent, is_demo=True)
            await database.close()
            (folder / ".done").touch()
    return folder


@pytest.fixture(scope="session")
async def demo(demo_folder: Path) -> AsyncIterator[Client]:
    """Somebody who looks around in the demo shop. It is shared: look, and change nothing."""
    async with serving(f"sqlite+aiosqlite:///{demo_folder / 'shop.db'}", demo_folder) as client:
        yield client


@pytest.fixture(scope="session")
async def demo_twin(databases: Databases, demo_folder: Path) -> AsyncIterator[Client]:
    """The same on PostgreSQL, with the same media."""

    async def fill_it(database: Database) -> None:
        store = FileMediaStore(demo_folder / "media")
        await import_folder(database, store, Path(demo_shop.__file__).parent, is_demo=True)

    async with serving(await databases.fresh("postgresql", "demo", fill_it), demo_folder) as client:
        yield client
