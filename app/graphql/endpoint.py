"""The endpoint as the app mounts it."""

import re
from collections.abc import Sequence

import strawberry
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.graphql.caching.answers import Answers
from app.graphql.compiled import PLAN_AT
from app.graphql.cors import Cors
from app.graphql.http import HttpView
from app.graphql.limits import Limits, SocketLimits
from app.graphql.persisted import TrustedDocuments
from app.graphql.runner import MakeContext, Runner
from app.graphql.sharing import Sharing
from app.graphql.websocket import SocketView
from app.metrics import Metrics

PATHS = ("/graphql", "/api/{version}/graphql.json", "/api/{version}/graphql")
_PATH = re.compile(r"/graphql|/api/[^/]+/graphql(\.json)?")


class GraphQLEndpoint:
    """GraphQL over HTTP and websocket for one schema.

    `make_context` is called once for every operation and for every event of a subscription; what it returns is
    `info.context`. Its attributes `statements` and `sql_seconds` are reported where it has them, and its `close` is
    called when the operation has ended. `time_limit` is in seconds: for each operation, for each event, and for a body
    to arrive. `max_body` is in bytes, of an HTTP body; that of a websocket's message is among `socket_limits`.
    `cors_origins` are the sites whose pages may call; `*` lets all of them. `introspection` and `suggestions` tell the
    schema to whoever asks, and are off in production. `trusted` are the documents that clients may name without ever
    having sent them; with `trusted_only` nothing else is answered. An operation is compiled when it is asked for the
    `compile_at`-th time, and what of it one statement can answer is planned when it has been answered `plan_at` times,
    for 0 never. `sharing` keeps answers that everybody may be given.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        make_context: MakeContext,
        limits: Limits | None = None,
        *,
        cors_origins: Sequence[str] = ("*",),
        introspection: bool,
        suggestions: bool,
        time_limit: float = 30.0,
        compile_at: int = 2,
        plan_at: int = PLAN_AT,
        max_body: int = 1_000_000,
        socket_limits: SocketLimits | None = None,
        metrics: Metrics | None = None,
        trusted: TrustedDocuments | None = None,
        trusted_only: bool = False,
        sharing: Sharing | None = None,
    ) -> None:
        self.metrics = metrics or Metrics()
        self.runner = Runner(
            schema,
            make_context,
            limits or Limits(),
            self.metrics,
            introspection=introspection,
            suggestions=suggestions,
            time_limit=time_limit,
            compile_at=compile_at,
            plan_at=plan_at,
            trusted=trusted,
            trusted_only=trusted_only,
        )
        cors = Cors(cors_origins)
        self._http = HttpView(self.runner, cors, sharing or Sharing(Answers(0)), max_body, time_limit)
        self._sockets = SocketView(self.runner, cors, self.metrics, socket_limits or SocketLimits())

    def routes(self) -> list[BaseRoute]:
        """The version in a path may be any text; it is not looked at."""
        routes: list[BaseRoute] = [Route(path, self._http, include_in_schema=False) for path in PATHS]
        return routes + [WebSocketRoute(path, self._sockets) for path in PATHS]

    def before(self, app: ASGIApp) -> ASGIApp:
        """Middleware that answers HTTP on the endpoint's paths, and leaves the rest to ``app``: the way through its
        routes and what else is around them takes a tenth of the time of a small answer. Every failure is answered
        here anyway.
        """

        async def first(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and not scope.get("root_path") and _PATH.fullmatch(scope["path"]):
                await self._http(scope, receive, send)
            else:
                await app(scope, receive, send)

        return first

    async def drain(self) -> None:
        """End every websocket in an orderly way: each subscription is completed, then the socket is closed with 1001.

        Queries and mutations that run on a socket may finish first, within the drain time of the socket limits. New
        sockets are refused from now on. Call it before the server closes its connections.
        """
        await self._sockets.drain()
