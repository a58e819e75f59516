"""What is refused for its headers alone, before anything reads them."""

import re
from functools import lru_cache

from graphql import GraphQLError
from starlette.types import ASGIApp, Receive, Scope, Send

from app.graphql.errors import format_error
from app.graphql.sharing import write

MOST_BYTES = 32_000
"""Of all headers of a request together; browsers send a few thousand."""
_LONGEST_HOST = 261
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")


def is_host(host: str) -> bool:
    """Whether a Host header names a host and perhaps a port, and nothing else: it is repeated in addresses that others
    are given, and to readers who are going to paste it into a shell.
    """
    return len(host) <= _LONGEST_HOST and _is_host(host)


@lru_cache(maxsize=256)
def _is_host(host: str) -> bool:
    return _HOST.fullmatch(host) is not None


def decent(app: ASGIApp) -> ASGIApp:
    """Middleware that answers 431 where headers have more than `MOST_BYTES`, and 400 where Host is no host."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await app(scope, receive, send)
        else:
            await _refuse(scope, send, *refusal)

    return guarded


def _refusal(scope: Scope) -> tuple[int, str] | None:
    length = 0
    for name, value in scope["headers"]:
        length += len(name) + len(value)
        if name == b"host" and not is_host(value.decode("latin-1")):
            return 400, "The Host header must be the name or address of a host, and its port if it has one."
    if length > MOST_BYTES:
        return 431, f"The headers are longer than {MOST_BYTES:,} bytes together. Send fewer or shorter ones."
    return None


async def _refuse(scope: Scope, send: Send, status: int, message: str) -> None:
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    if scope["type"] == "websocket" and kind not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    error = format_error(GraphQLError(message, extensions={"code": "BAD_REQUEST"}))
    body = write({"errors": [error]})
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
