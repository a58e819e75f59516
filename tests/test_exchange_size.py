"""Importing at size: time and memory. The small form runs always, the full one is a proof."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.products_csv import SHOP, write
from db.session import Database
from resolvers.exchange import import_folder
from tests.databases import Databases
from tests.exchanging import Bench

MEGABYTES = 400
"""What the process may use at most, whatever the size of the file."""

_RUN = """
import asyncio, sys, time
from pathlib import Path
from app.media import FileMediaStore
from db.session import Database
from resolvers.exchange import import_products

async def main():
    database, folder = Database(sys.argv[1]), Path(sys.argv[2])
    store = FileMediaStore(folder / "store")
    for _ in range(2):
        started = time.perf_counter()
        found = await import_products(database, store, folder / "products.csv")
        seconds = time.perf_counter() - started
        # The system's own account of the greatest size also counts what forked this process.
        (most,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
        used = int(most.split()[1]) // 1024
        print(found.created, found.changed, found.unchanged, found.refused, round(seconds, 1), used)
    await database.close()

asyncio.run(main())
"""


async def run(databases: Databases, backend: str, folder: Path, products: int) -> list[list[float]]:
    """Import a made file twice in a process of its own: created, changed, unchanged, refused, seconds, megabytes."""
    url = await databases.fresh(backend, "empty")
    database = Database(url)
    (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
    await import_folder(database, Bench(database, folder).store, folder)
    await database.close()
    write(folder / "products.csv", products)
    return _import_twice(url, folder)


def _import_twice(url: str, folder: Path) -> list[list[float]]:
    done = subprocess.run(
        [sys.executable, "-c", _RUN, url, str(folder)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    return [[float(part) for part in line.split()] for line in done.stdout.splitlines()]


async def test_a_hundred_products(databases: Databases, backend: str, folder: Path) -> None:
    first, again = await run(databases, backend, folder, 100)
    assert first[:4] == [100, 0, 0, 0]
    assert again[:4] == [0, 0, 100, 0]
    assert max(first[5], again[5]) < MEGABYTES


@pytest.mark.proof
@pytest.mark.timeout(1800)
async def test_a_hundred_thousand_variants(databases: Databases, backend: str, folder: Path) -> None:
    first, again = await run(databases, backend, folder, 20_000)
    print(f"{backend}: first {first}, again {again}")
    assert first[:4] == [20_000, 0, 0, 0]
    assert again[:4] == [0, 0, 20_000, 0]
    assert first[4] < 600
    assert again[4] < 600
    assert max(first[5], again[5]) < MEGABYTES
