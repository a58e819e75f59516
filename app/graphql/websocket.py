"""GraphQL over websocket (graphql-transport-ws): queries, mutations and subscriptions.

A subscriber that does not read: up to `queue` of its messages wait; when the queue has been full for `patience`
seconds, the subscription is ended with a LIMIT_EXCEEDED error, so that its client knows that it missed something and
can start over. Nothing is dropped in silence.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from app.graphql.connection import Connection
from app.graphql.cors import Cors
from app.graphql.frames import SUBPROTOCOL, SUBPROTOCOL_NOT_ACCEPTABLE
from app.graphql.http import read_headers
from app.graphql.runner import Runner
from app.metrics import Metrics


@dataclass(frozen=True, kw_only=True)
class SocketLimits:
    """Bounds of one socket (`per_client` of one client address), in seconds, bytes and counts.

    `init_seconds`: until connection_init. `ping_seconds`: between the server's pings; `pong_seconds`: until anything
    is heard after one. `operations`: open at a time. `per_client`: sockets open at a time from one address; behind a
    proxy that hides its clients this is one number for all of them. `message_bytes`: of one message from the client.
    `queue` and `patience`: see the module. `drain_seconds`: for queries and mutations to finish at shutdown.
    """

    init_seconds: float = 10.0
    ping_seconds: float = 20.0
    pong_seconds: float = 20.0
    operations: int = 100
    per_client: int = 500
    message_bytes: int = 1_000_000
    queue: int = 100
    patience: float = 10.0
    drain_seconds: float = 5.0


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
