"""A small schema with one of everything that a transport can get wrong. No shop is needed to run it."""

import asyncio
from collections.abc import AsyncIterator
from enum import Enum

import strawberry
from graphql import GraphQLError
from strawberry.permission import BasePermission
from strawberry.scalars import JSON

from app.graphql import OperationScope
from resolvers.errors import ClientError
from schema.directives import install_directives

SECRET = "postgresql://storekeep:hunter2@db/shop"


class Context:
    """What resolvers get; `seen` tells the tests which context answered."""

    made = 0

    def __init__(self, scope: OperationScope) -> None:
        Context.made += 1
        self.number = Context.made
        self.scope = scope
        self.failure = RuntimeError(f"cannot reach {SECRET}")
        self.statements = 0
        self.sql_seconds = 0.0


class Probe:
    """What the tests learn about resolvers that never answer anybody."""

    started = asyncio.Event()
    stopped = asyncio.Event()
    sources_open = 0

    @classmethod
    def reset(cls) -> None:
        cls.started, cls.stopped = asyncio.Event(), asyncio.Event()


Info = strawberry.Info[Context, None]


@strawberry.enum
class CountryCode(Enum):
    DE = "DE"
    FR = "FR"
    ZZ = "ZZ"


@strawberry.enum
class LanguageCode(Enum):
    DE = "DE"
    EN = "EN"


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Image:
    url: str = "https://shop.example/a.png"
    width: int = 600


@strawberry.type
class Money:
    amount: str = "29.99"
    currency_code: str = "EUR"


@strawberry.type
class Option:
    name: str = "Size"
    values: list[str] = strawberry.field(default_factory=lambda: ["S", "M"])


@strawberry.type
class Variant(Named):
    name: str = "Small"
    price: Money = strawberry.field(default_factory=Money)
    compare_at_price: Money | None = None
    image: Image = strawberry.field(default_factory=Image)
    selected_options: list[Option] = strawberry.field(default_factory=lambda: [Option()])


@strawberry.type
class VariantEdge:
    node: Variant
    cursor: str = "c"


@strawberry.type
class VariantConnection:
    nodes: list[Variant]
    edges: list[VariantEdge]


@strawberry.type
class Product(Named):
    name: str = "Shirt"
    options: list[Option] = strawberry.field(default_factory=lambda: [Option()])
    price: Money = strawberry.field(default_factory=Money)

    @strawberry.field
    def variants(self, first: int = 1) -> VariantConnection:
        found = [Variant() for _ in range(min(first, 2))]
        return VariantConnection(nodes=found, edges=[VariantEdge(node=variant) for variant in found])

    @strawberry.field
    def images(self, first: int | None = None) -> list[Image]:
        return [Image()]

    @strawberry.field
    def related(self) -> "Product":
        return Product()

    @strawberry.field
    def named(self) -> Named:
        return Variant()

    @strawberry.field
    def metafields(self, keys: list[str]) -> list[Image]:
        return [Image() for _ in keys]


@strawberry.type
class ProductConnection:
    nodes: list[Product]


@strawberry.input
class Filter:
    tags: list[str] | None = None
    also: "Filter | None" = None


class Staff(BasePermission):
    message = "Staff only."
    error_extensions = {"code": "FORBIDDEN"}

    def has_permission(self, source: object, info: object, **kwargs: object) -> bool:
        return False


@strawberry.type
class QueryRoot:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    async def scope(self, info: Info) -> str:
        scope = info.context.scope
        return f"{scope.country} {scope.base_url}"

    @strawberry.field
    def context_number(self, info: Info) -> int:
        return info.context.number

    @strawberry.field
    def product(self) -> Product:
        return Product()

    @strawberry.field
    def products(
        self, first: int | None = None, last: int | None = None, filters: list[Filter] | None = None
    ) -> ProductConnection:
        return ProductConnection(nodes=[Product() for _ in range(min(first or 0, 2))])

    @strawberry.field
    def nodes(self, ids: list[strawberry.ID]) -> list[Product | None]:
        return [None for _ in ids]

    @strawberry.field
    def some(self, name: str, count: int = 1) -> str | None:
        return f"{name}{count}"

    @strawberry.field
    async def waits(self, seconds: float = 0.02) -> str:
        await asyncio.sleep(seconds)
        return "waited"

    @strawberry.field
    async def never(self) -> str | None:
        Probe.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            Probe.stopped.set()
        return None

    @strawberry.field
    async def statements(self, info: Info, count: int) -> int:
        info.context.statements += count
        info.context.sql_seconds += 0.125
        return count

    @strawberry.field
    async def shared(self, info: Info) -> int | None:
        """Fails with the exception of the context, as every field does that waits for one loader's batch."""
        raise info.context.failure

    @strawberry.field
    def breaks(self) -> str | None:
        raise RuntimeError(f"cannot reach {SECRET}")

    @strawberry.field
    async def breaks_all(self) -> str:
        raise RuntimeError(f"cannot reach {SECRET}")

    @strawberry.field
    def breaks_with_core_error(self) -> str | None:
        raise GraphQLError(f"cannot reach {SECRET}")

    @strawberry.field
    def wrong_type(self) -> int | None:
        return SECRET  # type: ignore[return-value]

    @strawberry.field
    def of_no_type(self) -> Named | None:
        return SECRET  # type: ignore[return-value]

    @strawberry.field
    def odd(self) -> JSON:
        return JSON(object())  # a scalar whose value no JSON can say

    @strawberry.field
    def missing(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def limited(self) -> str | None:
        raise ClientError("BAD_REQUEST", "Ask for fewer.", most=5)

    @strawberry.field(permission_classes=[Staff])
    def secret(self) -> str | None:
        return SECRET

    @strawberry.field
    def required(self, number: int = 3) -> int:
        return number


@strawberry.type
class Written:
    text: str
    number: int

    @strawberry.field
    def product(self) -> Product:
        return Product()


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def write(self, info: Info, text: str = "") -> Written:
        return Written(text=text, number=info.context.number)


@strawberry.type
class Seen:
    @strawberry.field
    def number(self, info: Info) -> int:
        return info.context.number


@strawberry.type
class Broken:
    @strawberry.field
    async def value(self) -> int | None:
        raise RuntimeError(f"cannot reach {SECRET}")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, info: Info, to: int = 3, seconds: float = 0.0) -> AsyncIterator[int]:
        Probe.sources_open += 1
        try:
            for number in range(to):
                if seconds:
                    await asyncio.sleep(seconds)
                yield number
        finally:
            Probe.sources_open -= 1

    @strawberry.subscription
    async def contexts(self, info: Info) -> AsyncIterator[Seen]:
        for _ in range(3):
            yield Seen()

    @strawberry.subscription
    async def forever(self) -> AsyncIterator[str]:
        Probe.sources_open += 1
        try:
            yield "ready"
            await asyncio.Event().wait()
        finally:
            Probe.sources_open -= 1

    @strawberry.subscription
    async def flood(self, size: int = 10_000) -> AsyncIterator[str]:
        text = "x" * size
        Probe.sources_open += 1
        try:
            while True:
                yield text
        finally:
            Probe.sources_open -= 1

    @strawberry.subscription
    async def fails_to_open(self) -> AsyncIterator[int]:
        raise RuntimeError(f"cannot reach {SECRET}")
        yield 1

    @strawberry.subscription
    async def fails_midway(self) -> AsyncIterator[int]:
        yield 1
        raise RuntimeError(f"cannot reach {SECRET}")

    @strawberry.subscription
    async def refuses(self) -> AsyncIterator[int]:
        raise ClientError("FORBIDDEN", "Not yours.")
        yield 1

    @strawberry.subscription
    async def broken_events(self) -> AsyncIterator[Broken]:
        yield Broken()
        yield Broken()


def make_schema() -> strawberry.Schema:
    schema = strawberry.Schema(query=QueryRoot, mutation=Mutation, subscription=Subscription)
    install_directives(schema, CountryCode, LanguageCode)
    return schema
