"""Real servers on loopback for the transport tests."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect

from app.graphql import GraphQLEndpoint
from app.server import Server, configure
from tests.transport.schema import Context, make_schema

SUBPROTOCOL = "graphql-transport-ws"


@dataclass
class Served:
    """An endpoint behind a real uvicorn, and how to talk to it."""

    server: Server
    url: str
    client: httpx2.AsyncClient
    endpoint: GraphQLEndpoint

    async def post(self, query: str, *, headers: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
        return await self.client.post("/graphql", json={"query": query, **body}, headers=headers)

    async def run(self, query: str, **variables: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.post(query, variables=variables)).json()
        return answer

    def socket(self, *, subprotocol: str | None = SUBPROTOCOL, **options: Any) -> connect:
        names = [subprotocol] if subprotocol else None
        return connect(self.url.replace("http", "ws", 1) + "/graphql", subprotocols=names, **options)  # type: ignore[arg-type]


def make_endpoint(**settings: Any) -> GraphQLEndpoint:
    """The endpoint of the small schema, as a production server has it unless said otherwise."""
    chosen = {"introspection": False, "suggestions": False, **settings}
    return GraphQLEndpoint(make_schema(), chosen.pop("make_context", Context), **chosen)


@asynccontextmanager
async def serving(endpoint: GraphQLEndpoint, app: ASGIApp | None = None, **settings: Any) -> AsyncIterator[Served]:
    """Serve `endpoint`, or the whole app that it belongs to, on a free port of loopback until the block ends."""
    app = app or Starlette(routes=endpoint.routes())
    server = Server(configure(app, port=0, grace=2, **settings), drain=endpoint.drain)
    task = asyncio.ensure_future(server._serve())
    try:
        await answering(server, task)
        url = server.urls[0]
        async with httpx2.AsyncClient(base_url=url, timeout=20) as client:
            yield Served(server, url, client, endpoint)
    finally:
        server.should_exit = True
        await task


async def answering(server: Server, task: asyncio.Future[None]) -> None:
    """Return when the server listens; raises what it failed with."""
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.01)


async def initialised(socket: ClientConnection) -> ClientConnection:
    """The socket after its handshake."""
    await socket.send(json.dumps({"type": "connection_init"}))
    assert json.loads(await socket.recv()) == {"type": "connection_ack"}
    return socket
