"""What is refused for its headers alone, before anything of ours reads them. Until they are complete, they are the
server's.
"""

import re
from functools import lru_cache

from graphql import GraphQLError
from starlette.types import ASGIApp, Receive, Scope, Send

from app.graphql.errors import format_error
from app.graphql.sharing import write

MOST_HEADER_BYTES = 32_000
"""Of all headers of a request together; browsers send a few thousand."""
_LONGEST_HOST = 261
_HOST = re.compile(
    r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?|\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9_.-]+)?\])(?::\d{0,5})?"
)


def is_host(host: str) -> bool:
    """Whether a Host header names a host and perhaps a port, and nothing else: it is repeated in addresses that others
    are given, and to readers who are going to paste it into a shell.
    """
    return len(host) <= _LONGEST_HOST and _is_host(host)


@lru_cache(maxsize=256)
def _is_host(host: str) -> bool:
    return _HOST.fullmatch(host) is not None


def decent(app: ASGIApp) -> ASGIApp:
    """Middleware that answers 431 where headers have more than `MOST_HEADER_BYTES`, and 400 where Host is no host."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await app(scope, receive, send)
        else:
            await _refuse(scope, send, *refusal)

    return guarded


def _refusal(scope: Scope) -> tuple[int, GraphQLError] | None:
    length = 0
    for name, value in scope["headers"]:
        length += len(name) + len(value)
        if name == b"host" and value and not is_host(value.decode("latin-1")):
            message = "The Host header must be the name or address of a host, and its port if it has one."
            return 400, GraphQLError(message, extensions={"code": "BAD_REQUEST"})
    if length > MOST_HEADER_BYTES:
        message = f"The headers are longer than {MOST_HEADER_BYTES:,} bytes together. Send fewer or shorter ones."
        code = {"code": "LIMIT_EXCEEDED", "limit": "headers", "maximum": MOST_HEADER_BYTES}
        return 431, GraphQLError(message, extensions=code)
    return None


async def _refuse(scope: Scope, send: Send, status: int, error: GraphQLError) -> None:
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    if scope["type"] == "websocket" and kind not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    body = write({"errors": [format_error(error)]})
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"cache-control", b"no-store"),
        # Any page may read it: nothing in it is anybody's own.
        (b"access-control-allow-origin", b"*"),
    ]
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
