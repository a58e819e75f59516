"""Shops that leave answers to each other in a Valkey, for tests."""

import os
import re
import sys
from asyncio import create_subprocess_exec, create_task, subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from app.graphql.caching.entries import Entry, read
from app.graphql.caching.second import SecondLevel
from tests.api import Client, serving
from tests.test_caching import later
from tests.valkeys import ValkeyServer

ROOT = Path(__file__).parents[1]


@dataclass
class Server:
    """Somebody who asks a server in a process of its own."""

    http: httpx2.AsyncClient

    async def send(self, query: str, variables: dict[str, Any] | None = None) -> httpx2.Response:
        """The response as it came."""
        return await self.http.post("/graphql", json={"query": query, "variables": variables or {}})

    async def count(self, event: str) -> int:
        """How often something happened to an answer in the shared cache."""
        told = (await self.http.get("/metrics")).text
        found = re.search(rf'storekeep_shared_cache\{{event="{event}"\}} (\d+)', told)
        assert found, told
        return int(found[1])


def second(client: Client) -> SecondLevel:
    """The second level of a shop that has one."""
    assert client.shop.second is not None
    return client.shop.second


def is_sharing(client: Client) -> bool:
    """Whether a shop reads and leaves answers."""
    return second(client).key(()) is not None and second(client).heard() is not None


@asynccontextmanager
async def sharing(url: str, folder: Path, valkey: ValkeyServer, **settings: Any) -> AsyncIterator[Client]:
    """A shop that leaves answers in a Valkey and finds them there; it waits for long, as tests run on busy machines."""
    async with unshared(url, folder, valkey.url, **settings) as client:
        await later(lambda: is_sharing(client))
        yield client


@asynccontextmanager
async def unshared(url: str, folder: Path, cache: str, **settings: Any) -> AsyncIterator[Client]:
    """`sharing`, where the shared cache at a URL need not answer."""
    chosen = {"answer_cache_bytes": 64_000_000, "shared_cache": cache, "shared_cache_timeout": 5.0, **settings}
    async with serving(url, folder, **chosen) as client:
        await later(lambda: client.shop.relay.abreast_at > 0)
        yield client


async def left(*clients: Client) -> None:
    """Everything that was computed has been left there."""
    await later(lambda: not any(second(client)._writing for client in clients))


def entries(valkey: ValkeyServer) -> list[Entry]:
    """Every answer that stands there."""
    with valkey.client() as client:
        found = [key for key in client.scan_iter() if not key.endswith(b":lease")]
        return [read(key.decode(), client.get(key) or b"", 1) for key in found]


@asynccontextmanager
async def another_server(url: str, folder: Path, valkey: ValkeyServer) -> AsyncIterator[Server]:
    """A server in a process of its own, on the same database and the same Valkey, that says it is at one with both."""
    settings = {
        "STOREKEEP_DATABASE_URL": url,
        "STOREKEEP_SHARED_CACHE": valkey.url,
        "STOREKEEP_SHARED_CACHE_TIMEOUT": "5",
        "STOREKEEP_COMPILE_AT": "1",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "app.cli", "serve", "--port", "0"]
    process = await create_subprocess_exec(
        *command, env=os.environ | settings, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    try:
        while line := (await process.stdout.readline()).decode():
            if found := re.search(r"http://127\.0\.0\.1:\d+(?=/graphql)", line):
                break
        assert found, line
        # What it logs would fill the pipe.
        draining = create_task(process.stdout.read())
        # The host that its answers name is that of `serving`.
        async with httpx2.AsyncClient(base_url=found[0], headers={"host": "shop.test"}) as http:
            for _ in range(500):
                if "storekeep_shared_cache_up 1.0" in (await http.get("/metrics")).text:
                    break
            yield Server(http)
    finally:
        process.terminate()
        await process.wait()
        await draining
