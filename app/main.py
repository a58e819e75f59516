"""The ASGI application: everything that one process serves, put together."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp

from app.answers import serve_second_level, shared_answers
from app.explorer.routes import explorer_routes
from app.graphql import GraphQLEndpoint, OperationScope, SocketLimits
from app.graphql.caching.answers import Answers
from app.graphql.caching.second import SecondLevel
from app.graphql.http import read_base_url
from app.graphql.parameters import Parameters
from app.graphql.persisted import TrustedDocuments
from app.headers import decent
from app.media import FileMediaStore, MediaLimits, media_routes
from app.metrics import Metrics, operator_routes
from app.pages import LandingInfo, landing_routes
from app.pages.cart import cart_routes
from app.settings import Settings
from app.trusted import operation_limits, trusted_documents
from app.version import package_version
from db import revision
from db.session import Database
from db.wakeup import Waker
from resolvers.context import Context
from resolvers.events import EventStream, Relay
from resolvers.ids import numbered
from resolvers.shop import shop_facts
from schema import schema
from schema.codes import in_particular


@dataclass
class Shop:
    """One process's share of the shop: what it serves, and what has to be ended with it."""

    app: Starlette
    """All but the endpoint."""
    asgi: ASGIApp
    """All of it: what a server is given."""
    endpoint: GraphQLEndpoint
    database: Database
    relay: Relay
    stream: EventStream
    answers: Answers
    second: SecondLevel | None

    def context(self, scope: OperationScope | None = None) -> Context:
        """A fresh context for one operation."""
        where = scope or OperationScope(base_url="")
        return Context(
            self.database,
            self.stream,
            base_url=where.base_url,
            country=in_particular(where.country),
            preferred_location=numbered(where.preferred_location, "Location"),
            language=where.language,
            observe=self.endpoint.metrics.observe_batch,
        )


def create_shop(settings: Settings, trusted: TrustedDocuments | None = None) -> Shop:
    """Build the application; its database is opened by the first question and closed at shutdown.

    `trusted` are the documents that the settings name, from whoever has read them already. Raises ManifestError.
    """
    database = Database(settings.database_url, readers=settings.database_readers)
    stream = EventStream()
    relay = Relay(database, Waker(database))
    metrics = Metrics()
    metrics.watch_outbox(lambda: relay.lag_seconds)
    sharing = shared_answers(settings, database, relay, metrics)
    # Last: who hears of a change and asks must not be given what was kept before it.
    relay.register(stream.consume)
    endpoint = GraphQLEndpoint(
        schema,
        lambda scope: shop.context(scope),
        operation_limits(settings),
        cors_origins=settings.cors_origins,
        introspection=not settings.production,
        suggestions=not settings.production,
        time_limit=settings.time_limit,
        compile_at=settings.compile_at,
        plan_at=settings.plan_at,
        max_body=settings.max_body,
        socket_limits=SocketLimits(message_bytes=settings.max_body),
        metrics=metrics,
        trusted=trusted or trusted_documents(settings),
        trusted_only=settings.trusted_documents_only,
        sharing=sharing,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        running = [asyncio.create_task(relay.run())]
        if sharing.second is not None:
            running.append(asyncio.create_task(serve_second_level(sharing.second, database)))
        try:
            yield
        finally:
            for task in running:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await database.close()

    async def landing() -> LandingInfo:
        name, facts = await shop_facts(shop.context(), with_hidden=not settings.production)
        return LandingInfo(name=name, version=package_version(), database=database.kind, facts=facts)

    async def ask(request: Request, question: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        prepared = endpoint.runner.prepare(
            Parameters(question, variables=variables, is_ours=True), read_base_url(request.scope, request.headers)
        )
        return (await endpoint.runner.run(prepared)).payload

    store = FileMediaStore(settings.media_dir)
    routes = [
        *endpoint.routes(),
        *media_routes(store, settings.cache_dir, MediaLimits(cache_bytes=settings.cache_bytes)),
        *operator_routes(metrics, lambda: readiness(database, relay)),
        *cart_routes(ask),
        *landing_routes(
            landing,
            explorer="/graphiql" if settings.has_explorer else None,
            trusted_only=settings.trusted_documents_only,
        ),
        *(explorer_routes() if settings.has_explorer else []),
    ]
    app = Starlette(routes=routes, lifespan=lifespan)
    shop = Shop(app, decent(endpoint.before(app)), endpoint, database, relay, stream, sharing.answers, sharing.second)
    app.state.shop = shop
    return shop


async def readiness(database: Database, relay: Relay) -> Mapping[str, str]:
    """Why this process should not be sent requests; empty when it should."""
    try:
        async with asyncio.timeout(2):
            outdated = await revision.outdated(database)
    except Exception as error:
        return {"database": f"The database does not answer: {type(error).__name__}."}
    if outdated:
        # What strangers may read names no file.
        return {"migrations": "The database is not at the revision of this version: run `storekeep migrate`."}
    if relay.lag_seconds > 60:
        return {"outbox": f"Events have been waiting for {relay.lag_seconds:.0f} s."}
    return {}
