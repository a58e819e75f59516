"""GraphQL over websocket (graphql-transport-ws): who may open one, and how all of them end."""

import asyncio
from collections import Counter

from starlette.types import Receive, Scope, Send

from app.graphql.connection import Connection
from app.graphql.cors import Cors
from app.graphql.frames import SUBPROTOCOL, SUBPROTOCOL_NOT_ACCEPTABLE
from app.graphql.http import read_headers
from app.graphql.limits import SocketLimits
from app.graphql.runner import Runner
from app.metrics import Metrics


class SocketView:
    """Accepts sockets and keeps account of them."""

    def __init__(self, runner: Runner, cors: Cors, metrics: Metrics, limits: SocketLimits) -> None:
        self._runner = runner
        self._cors = cors
        self._metrics = metrics
        self._limits = limits
        self._open: set[Connection] = set()
        self._by_client: Counter[str] = Counter()
        self._draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        assert message["type"] == "websocket.connect"
        client = scope["client"][0] if scope.get("client") else ""
        if self._draining:
            await _reject(scope, send, 503, "The server is shutting down.")
        elif not self._cors.may_connect(read_headers(scope)):
            await _reject(scope, send, 403, "Pages of this origin may not connect.")
        elif self._by_client[client] >= self._limits.per_client:
            await _reject(scope, send, 429, "Too many connections from this address.")
        elif SUBPROTOCOL not in scope.get("subprotocols", ()):
            await send({"type": "websocket.accept"})
            reason = f"Subprotocol not acceptable; use {SUBPROTOCOL}"
            await send({"type": "websocket.close", "code": SUBPROTOCOL_NOT_ACCEPTABLE, "reason": reason})
        else:
            await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
            await self._serve(Connection(self._runner, self._metrics, self._limits, scope, receive, send), client)

    async def _serve(self, connection: Connection, client: str) -> None:
        self._open.add(connection)
        self._by_client[client] += 1
        try:
            with self._metrics.sockets.track_inprogress():
                await connection.serve()
        finally:
            self._open.discard(connection)
            self._by_client[client] -= 1
            if not self._by_client[client]:
                del self._by_client[client]

    async def drain(self) -> None:
        """Refuse new sockets and end those that are open. Returns when they are closed, or have had their time."""
        self._draining = True
        await asyncio.gather(*(connection.drain() for connection in list(self._open)))


async def _reject(scope: Scope, send: Send, status: int, message: str) -> None:
    """Answer the handshake with an HTTP status, or where the server cannot do that with its own refusal."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": message.encode()})
