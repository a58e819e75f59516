"""The application, as ``uvicorn bench.textbook.app:app`` serves it on the database of ``BENCH_DATABASE_URL``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import strawberry
from sqlalchemy import ColumnElement
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from bench.textbook import models
from bench.textbook.cart import Mutation
from bench.textbook.database import engine, sessions
from bench.textbook.loaders import Loaders
from bench.textbook.types import Context, PageInfo, Product, ProductConnection, Shop, cursor_of, id_at


@strawberry.type
class Query:
    @strawberry.field
    async def shop(self) -> Shop:
        async with sessions() as session:
            return Shop(name=(await session.exec(select(models.Shop))).one().name)

    @strawberry.field
    async def product(self, handle: str) -> Product | None:
        statement = select(models.Product).where(models.Product.handle == handle, *_visible())
        async with sessions() as session:
            product = (await session.exec(statement)).first()
        return None if product is None else Product.from_model(product)

    @strawberry.field
    async def products(self, first: int, after: str | None = None) -> ProductConnection:
        statement = select(models.Product).where(*_visible()).order_by(col(models.Product.id)).limit(first + 1)
        if after is not None:
            statement = statement.where(col(models.Product.id) > id_at(after))
        async with sessions() as session:
            found = (await session.exec(statement)).all()
        shown = found[:first]
        return ProductConnection(
            nodes=[Product.from_model(product) for product in shown],
            page_info=PageInfo(has_next_page=len(found) > first, end_cursor=cursor_of(shown[-1]) if shown else None),
        )


def _visible() -> tuple[ColumnElement[bool], ...]:
    return col(models.Product.status) == "active", col(models.Product.published_at) <= datetime.now(UTC)


class Server(GraphQL[Context, None]):
    """Strawberry's own endpoint, with loaders fresh for every request."""

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return Context(Loaders())


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Give the connections back at the end."""
    yield
    await engine.dispose()


schema = strawberry.Schema(query=Query, mutation=Mutation)
graphql = Server(schema)
app = Starlette(
    routes=[Route("/graphql", graphql)],
    lifespan=lifespan,
)
