"""GraphQL over HTTP: one request, one answer.

Faults of transport have a 4xx status whatever the client accepts. Faults of the document are 200 under
application/json, which older clients expect, and 400 under application/graphql-response+json.
"""

import asyncio
import re
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import getrandbits
from time import perf_counter
from types import MappingProxyType
from typing import Any, TypeVar

import orjson
from graphql import GraphQLError
from starlette.datastructures import QueryParams
from starlette.types import Message, Receive, Scope, Send

from app.graphql.alarms import Alarm
from app.graphql.caching.answers import Shared
from app.graphql.caching.headers import NOT_SHARED, caches_headers, is_known, shared_headers
from app.graphql.cors import Cors
from app.graphql.errors import RequestError, format_error, internal_error, transport_error
from app.graphql.negotiation import JSON, MOST_CHARACTERS, RESPONSE_JSON, SIMPLE_KINDS, accepted, is_json, media_type
from app.graphql.parameters import DOCUMENT_IDS, Parameters, read_parameters
from app.graphql.runner import Answer, Prepared, Runner, is_internal
from app.graphql.sharing import Sharing, write
from app.graphql.time_limit import TimeLimit

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
_ALLOW = "GET, HEAD, POST, OPTIONS"
SAFE = frozenset({"GET", "HEAD"})
MISS = "fwd=miss"
UNWATCHED = 0.05
"""Seconds for which nobody looks whether the client is still there."""
R = TypeVar("R")


class ClientGone(Exception):  # noqa: N818 (nobody is there to be told of an error)
    """The client closed the connection before it was answered."""


class HttpView:
    """Answers GET, HEAD, POST and OPTIONS on the paths of the endpoint.

    Bodies may have `max_body` bytes and take `body_seconds` to arrive.
    """

    def __init__(self, runner: Runner, cors: Cors, sharing: Sharing, max_body: int, body_seconds: float) -> None:
        self._runner = runner
        self._cors = cors
        self._sharing = sharing
        self._max_body = max_body
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = _Request(scope, receive)
        method: str = scope["method"]
        if method == "OPTIONS":
            await _send(send, 204, {"allow": _ALLOW, **self._cors.preflight_headers(request.headers)})
            return
        reply = _Reply()
        try:
            reply.media = self._media(request)
            parameters = await self._parameters(method, request)
            key = self._sharing.answers.key(request.base_url, parameters)
            kept = self._sharing.answers.find(key)
            if kept is not None:
                reply.share(kept, "hit")
            else:
                await self._run(method, parameters, request, key, reply)
        except ClientGone:
            return
        except asyncio.CancelledError:
            # The server stops: its grace has run out, or somebody is in a hurry. It does not wait for this task, which
            # ends with the answer.
            error = GraphQLError("The server is shutting down.", extensions={"code": "UNAVAILABLE"})
            reply.refuse(503, [error], {"connection": "close"})
        except RequestError as refusal:
            status = refusal.status or (400 if reply.media == RESPONSE_JSON else 200)
            reply.refuse(status, refusal.errors, refusal.headers)
        except Exception as failure:
            reply.refuse(500, [internal_error(failure, "unknown")])
        await self._finish(method, request, reply, send)

    async def _run(
        self, method: str, parameters: Parameters, request: "_Request", key: bytes | None, reply: "_Reply"
    ) -> None:
        check = partial(_check_method, method)
        prepared = reply.prepared = self._runner.prepare(parameters, request.base_url, check)
        answering = self._sharing.run(self._runner, prepared, key, is_tagged=method in SAFE)
        given = await self._until_gone(answering, request)
        if given.computed is not None:
            written = given.computed.answer
            reply.answer, reply.body = written.answer, written.body
            if is_internal(written.answer.payload) and reply.media == RESPONSE_JSON:
                reply.status = 500
        if given.shared is not None:
            reply.share(given.shared, given.how)

    async def _finish(self, method: str, request: "_Request", reply: "_Reply", send: Send) -> None:
        headers = {
            "content-type": f"{reply.media}; charset=utf-8",
            "content-length": str(len(reply.body)),
            "x-request-id": request.id,
            "server-timing": _timing(reply.prepared, reply.answer, request),
            "timing-allow-origin": "*",
            **self._cors.answer_headers(request.headers),
            **reply.extra,
        }
        headers["vary"] = ", ".join(filter(None, ("Accept", headers.get("vary"))))
        if reply.shared is not None:
            headers |= shared_headers(reply.shared)
            headers["cache-status"] = f"storekeep; {reply.how}"
            if reply.how != MISS:
                self._runner.count_kept(reply.shared.name, perf_counter() - request.started)
            # No cache keeps answers to POST, and to hash a long one and tell what it was built from takes a sixth of
            # its time.
            if method in SAFE:
                headers |= caches_headers(reply.shared, reply.media)
                if is_known(headers["etag"], request.headers.get("if-none-match")):
                    del headers["content-type"], headers["content-length"]
                    await _send(send, 304, headers)
                    return
        else:
            headers = NOT_SHARED | headers
        await _send(send, reply.status, headers, b"" if method == "HEAD" else reply.body)

    def _media(self, request: "_Request") -> str:
        media = accepted(tuple(request.all("accept")))
        if media is None:
            wanted = f"Accept {RESPONSE_JSON} or {JSON}, in at most {MOST_CHARACTERS:,} characters"
            raise transport_error(406, f"{wanted}: nothing else is answered with.")
        return media

    async def _parameters(self, method: str, request: "_Request") -> Parameters:
        content_type = request.headers.get("content-type")
        if method in SAFE:
            # A form or a script of another site can send these without asking first.
            if content_type is not None and media_type(content_type)[0] in SIMPLE_KINDS:
                raise transport_error(415, "A GET request carries no body; send it without a Content-Type.")
            return _from_query_string(request.query)
        if method != "POST":
            raise transport_error(405, f"Use GET or POST, not {method}.", {"allow": _ALLOW})
        if content_type is None or not is_json(content_type):
            raise transport_error(415, f"Send the body as {JSON} in UTF-8.", {"accept-post": JSON})
        encoding = request.headers.get("content-encoding", "identity").strip().lower()
        if encoding != "identity":
            raise transport_error(415, "Send the body uncompressed.", {"accept-encoding": "identity"})
        try:
            with TimeLimit(asyncio.get_running_loop().time() + self._body_seconds):
                body = await request.body(self._max_body)
        except TimeoutError:
            raise transport_error(408, "The body did not arrive in time.", {"connection": "close"}) from None
        return read_parameters(_decode(body, "The body"))

    async def _until_gone(self, answering: Coroutine[Any, Any, R], request: "_Request") -> R:
        """Wait for an answer, and stop it when nobody else does any more. Raises ClientGone then.

        What is answered in `UNWATCHED` seconds is not worth a task that looks whether anybody waits.
        """
        watch = _Watch(request)
        try:
            return await answering
        except asyncio.CancelledError:
            if watch.has_stopped_it():
                raise ClientGone from None
            raise
        finally:
            watch.end()


class _Watch(Alarm):
    """Cancels the task that answers a request when its client goes away; looks when it rings, and from then on."""

    __slots__ = ("_gone", "_request", "_task")

    def __init__(self, request: "_Request") -> None:
        self._request = request
        task = asyncio.current_task()
        assert task is not None
        self._task: asyncio.Task[Any] | None = task
        self._gone: asyncio.Future[None] | None = None
        loop = task.get_loop()
        self.set(loop, loop.time() + UNWATCHED)

    def ring(self) -> None:
        """Called when the answer takes longer than nobody looks."""
        self._gone = asyncio.ensure_future(self._request.gone())
        self._gone.add_done_callback(self._stop)

    def _stop(self, ended: asyncio.Future[None]) -> None:
        if self._task is not None and not ended.cancelled():
            self._task.cancel()

    def has_stopped_it(self) -> bool:
        """Whether this was what cancelled the task, and nobody else did; takes it back then."""
        is_gone = self._gone is not None and self._gone.done() and not self._gone.cancelled()
        return is_gone and self._task is not None and not self._task.uncancel()

    def end(self) -> None:
        """Nobody is to be stopped any more."""
        self.call_off()
        self._task = None
        if self._gone is not None:
            self._gone.cancel()


@dataclass(slots=True)
class _Reply:
    """What a request is answered with, as far as it is known."""

    media: str = JSON
    status: int = 200
    body: bytes = b""
    extra: Mapping[str, str] = field(default_factory=dict)
    prepared: Prepared | None = None
    answer: Answer | None = None
    shared: Shared | None = None
    how: str = ""
    """How the answer came about, for `Cache-Status`."""

    def share(self, shared: Shared, how: str) -> None:
        self.shared, self.how, self.body = shared, how, shared.body

    def refuse(self, status: int, errors: Sequence[GraphQLError], extra: Mapping[str, str] | None = None) -> None:
        self.status, self.shared, self.extra = status, None, extra or {}
        self.body = write({"errors": [format_error(error) for error in errors]})


class _Request:
    """The parts of an ASGI request that matter here. Of a header sent several times the last value counts."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._raw: list[tuple[bytes, bytes]] = scope["headers"]
        self.started = perf_counter()
        self.headers = read_headers(scope)
        self.base_url = read_base_url(scope, self.headers)
        incoming = self.headers.get("x-request-id", "")
        self.id = incoming if _REQUEST_ID.fullmatch(incoming) else _new_id()

    @property
    def query(self) -> bytes:
        query: bytes = self._scope["query_string"]
        return query

    def all(self, name: str) -> list[str]:
        wanted = name.encode()
        return [value.decode("latin-1") for found, value in self._raw if found == wanted]

    async def body(self, most: int) -> bytes:
        """The whole body. Raises RequestError (413) as soon as it is known to be longer than `most` bytes."""
        declared = self.headers.get("content-length", "0")
        if declared.isdigit() and int(declared[:20]) > most:
            raise _too_large(most)
        chunks, length = [], 0
        while True:
            message: Message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunk: bytes = message.get("body", b"")
            length += len(chunk)
            if length > most:
                raise _too_large(most)
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)

    async def gone(self) -> None:
        """Return when the client has closed the connection."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _new_id() -> str:
    # It tells requests apart, and guards nothing.
    return f"{getrandbits(128):032x}"


def read_headers(scope: Scope) -> Mapping[str, str]:
    return MappingProxyType({name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]})


def read_base_url(scope: Scope, headers: Mapping[str, str]) -> str:
    """How the client reached us: scheme and host. The host is that of `Host` alone; the scheme is what the server says,
    which believes the proxies that it trusts.
    """
    server = scope.get("server")
    host = headers.get("host") or (f"{server[0]}:{server[1]}" if server else "localhost")
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "http"), scope.get("scheme", "http"))
    return f"{scheme}://{host}"


def _check_method(method: str, prepared: Prepared) -> None:
    """Refuse what may not be asked for by this method. Raises RequestError."""
    type_ = prepared.operation.type
    if method in SAFE and type_ == "mutation":
        raise transport_error(405, "A mutation must be sent with POST.", {"allow": "POST, OPTIONS"})
    if type_ == "subscription":
        raise transport_error(
            400, "A subscription runs over a websocket: connect to this path with graphql-transport-ws."
        )
    if method in SAFE and prepared.policy.personal:
        message = (
            "What names a cart, a buyer or a token is somebody's own and has no place in a URL, which logs and "
            "caches keep: send it with POST."
        )
        raise transport_error(405, message, {"allow": "POST, OPTIONS"})


def _too_large(most: int) -> RequestError:
    message = f"The body is longer than {most:,} bytes. Send several operations instead."
    error = transport_error(413, message, {"connection": "close"}, "LIMIT_EXCEEDED")
    error.errors[0].extensions = {"code": "LIMIT_EXCEEDED", "limit": "body", "maximum": most}
    return error


def _from_query_string(query: bytes) -> Parameters:
    try:
        params = QueryParams(query.decode("utf-8"))
    except UnicodeDecodeError:
        raise transport_error(400, "The query string is not UTF-8.") from None
    body: dict[str, Any] = {name: params.get(name) for name in ("query", "operationName", *DOCUMENT_IDS)}
    for name in ("variables", "extensions"):
        if params.get(name):
            body[name] = _decode(params[name].encode(), f"'{name}'")
    return read_parameters(body)


def _decode(raw: bytes, what: str) -> object:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise transport_error(400, f"{what} is not JSON: {error}") from None


def _timing(prepared: Prepared | None, answer: Answer | None, request: _Request) -> str:
    """Milliseconds of each phase, as the Server-Timing header writes them; `db` is spent inside `execute`."""
    total = f"total;dur={(perf_counter() - request.started) * 1000:.2f}"
    if prepared is None:
        return total
    timing, sql_seconds = prepared.timing, answer.sql_seconds if answer is not None else 0.0
    return (
        f"parse;dur={timing.parse * 1000:.2f}, validate;dur={timing.validate * 1000:.2f}, "
        f"execute;dur={timing.execute * 1000:.2f}, db;dur={sql_seconds * 1000:.2f}, {total}"
    )


async def _send(send: Send, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
