"""The application, as ``uvicorn bench.floor.app:app`` serves it on the database of ``BENCH_DATABASE_URL``."""

import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.floor import statements

BODIES: dict[str, bytes] = {}


async def hello(_: Request) -> Response:
    """A constant."""
    return _json(b'{"data":{"shop":{"name":"Anchor Goods"}}}')


async def shop(request: Request) -> Response:
    """The same, asked of the database."""
    return _json(await request.app.state.pool.fetchval(statements.TINY))


async def listing(request: Request) -> Response:
    return await _page(request, statements.LISTING)


async def large(request: Request) -> Response:
    return await _page(request, statements.LARGE)


async def detail(request: Request) -> Response:
    return _json(await request.app.state.pool.fetchval(statements.DETAIL, (await _variables(request))["handle"]))


async def keep(request: Request) -> Response:
    """Takes the body that `body` answers with from now on."""
    BODIES[request.path_params["key"]] = await request.body()
    return Response(status_code=204)


async def body(request: Request) -> Response:
    """As a cache in front of everything would answer: the request's body is read, and no more."""
    await request.body()
    return _json(BODIES[request.path_params["key"]])


async def _page(request: Request, statement: str) -> Response:
    given = await _variables(request)
    after = 0 if given["after"] is None else int(base64.b64decode(given["after"]))
    return _json(await request.app.state.pool.fetchval(statement, after, given["first"]))


async def _variables(request: Request) -> dict[str, Any]:
    variables: dict[str, Any] = json.loads(await request.body())["variables"]
    return variables


def _json(text: str | bytes) -> Response:
    return Response(text, media_type="application/json")


async def _nothing(_: asyncpg.Connection) -> None:
    """Connections that only read need no reset."""


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    url = os.environ["BENCH_DATABASE_URL"].replace("postgresql+asyncpg://", "postgresql://")
    size = int(os.environ["BENCH_POOL"])
    async with asyncpg.create_pool(url, min_size=size, max_size=size, reset=_nothing) as app.state.pool:
        yield


app = Starlette(
    routes=[
        Route("/Q1", listing, methods=["POST"]),
        Route("/Q2", detail, methods=["POST"]),
        Route("/Q3", hello, methods=["POST"]),
        Route("/shop", shop, methods=["POST"]),
        Route("/Q4", large, methods=["POST"]),
        Route("/bodies/{key}", keep, methods=["PUT"]),
        Route("/bodies/{key}", body, methods=["POST"]),
    ],
    lifespan=lifespan,
)
