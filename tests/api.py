"""A shop to ask in tests: the whole application over HTTP, on a database of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson

from app.main import Shop, create_shop
from app.settings import Settings
from resolvers.context import Context


@dataclass
class Client:
    """Somebody who sends operations."""

    http: httpx2.AsyncClient
    shop: Shop

    async def send(self, query: str, variables: dict[str, Any] | None = None, **headers: str) -> httpx2.Response:
        """The response as it came."""
        return await self.http.post("/graphql", json={"query": query, "variables": variables or {}}, headers=headers)

    async def get(self, query: str, variables: dict[str, Any] | None = None) -> httpx2.Response:
        """The response to a request that caches may keep, and so are told what it was built from."""
        asked = {"query": query, "variables": orjson.dumps(variables or {}).decode()}
        return await self.http.get("/graphql", params=asked)

    async def run(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = (await self.send(query, variables)).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def refused(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The first error of an answer that has one."""
        error: dict[str, Any] = (await self.send(query, variables)).json()["errors"][0]
        return error

    async def statements(self, query: str, variables: dict[str, Any] | None = None) -> int:
        """How many statements a query without errors takes."""
        with self.watched() as contexts:
            await self.run(query, variables)
        return sum(context.statements for context in contexts)

    @contextmanager
    def watched(self) -> Iterator[list[Context]]:
        """The contexts of the operations that are carried out meanwhile."""
        make, made = self.shop.context, list[Context]()

        def remember(scope: Any = None) -> Context:
            made.append(make(scope))
            return made[-1]

        self.shop.context = remember  # type: ignore[method-assign]
        try:
            yield made
        finally:
            del self.shop.context  # type: ignore[method-assign]


@asynccontextmanager
async def serving(url: str, folder: Path, **settings: Any) -> AsyncIterator[Client]:
    """The application on a database, with its lifespan running; what it compiles and plans, it does at first sight.

    It keeps no answers unless the settings say so.
    """
    settings = {"compile_at": 1, "plan_at": 1, "answer_cache_bytes": 0} | settings
    chosen = Settings(database_url=url, media_dir=folder / "media", cache_dir=folder / "cache", **settings)
    shop = create_shop(chosen)
    transport = httpx2.ASGITransport(app=shop.asgi)
    async with (
        shop.app.router.lifespan_context(shop.app),
        httpx2.AsyncClient(transport=transport, base_url="http://shop.test") as http,
    ):
        yield Client(http, shop)
