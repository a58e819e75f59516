"""Fields with extensions come to what Strawberry makes of them, whatever the extensions do."""

from typing import Any

import pytest
import strawberry
from strawberry import Parent
from strawberry.extensions.field_extension import FieldExtension
from strawberry.permission import BasePermission

from app.graphql import Limits
from app.graphql.documents import Documents, Operation, Timing
from app.graphql.engine import Engine


class Around(FieldExtension):
    """Changes what goes in and what comes out."""

    async def resolve_async(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        kwargs = {name: value + 1 if isinstance(value, int) else value for name, value in kwargs.items()}
        return f"<{await next_(source, info, **kwargs)} of {info.field_name}>"


class Aside(FieldExtension):
    """Answers by itself, and fails, without asking the resolver."""

    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        if kwargs.get("number") == 13:
            raise ValueError("no such number")
        return "aside" if kwargs.get("number") == 7 else next_(source, info, **kwargs)


class Renaming(FieldExtension):
    """Takes its argument apart before the resolver is given it."""

    def map_arguments(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        return {"low": kwargs["pair"][0], "high": kwargs["pair"][1]}


class Even(BasePermission):
    message = "odd"

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        return bool(kwargs["number"] % 2 == 0)


@strawberry.input
class Pair:
    left: int = 1
    right: int | None = None


@strawberry.type
class Item:
    id: int

    @strawberry.field(extensions=[Around(), Around()])
    async def twice(self, info: strawberry.Info, number: int = 1) -> str:
        return f"{self.id}:{number}:{info.field_name}"

    @strawberry.field(extensions=[Aside()])
    @staticmethod
    def sync(item: Parent["Item"], number: int = 1) -> str:
        return f"{item.id}:{number}"

    @strawberry.field(extensions=[Around()])
    @staticmethod
    def adapted(item: Parent["Item"], asked: strawberry.Info, number: int = 1) -> str:
        return f"{item.id}:{number}:{asked.path is not None}"


@strawberry.type
class Query:
    @strawberry.field
    @staticmethod
    def items() -> list[Item]:
        return [Item(id=1), Item(id=2)]

    @strawberry.field(permission_classes=[Even], extensions=[Around()])
    @staticmethod
    async def guarded(number: int, pair: Pair | None = None) -> str:
        return repr((number, pair))

    @strawberry.field(extensions=[Renaming()])
    @staticmethod
    def renamed(pair: list[int] = strawberry.UNSET, low: int = 0, high: int = 0) -> str:
        return f"{low}-{high}"

    @strawberry.field(extensions=[Around()])
    @staticmethod
    async def named(source: str, next: str = "next") -> str:
        return source + next


SCHEMA = strawberry.Schema(Query)
OPERATIONS = {
    "several parents": ("{ items { id twice(number: 3) sync adapted(number: 4) other: twice } }", {}),
    "failing for all": ("query($n: Int!) { items { sync(number: $n) id } }", {"n": 13}),
    "answered aside": ("query($n: Int!) { items { sync(number: $n) } }", {"n": 7}),
    "allowed": ("query($n: Int!, $p: Pair) { guarded(number: $n, pair: $p) }", {"n": 2, "p": {"right": 4}}),
    "refused": ("query($n: Int!) { guarded(number: $n) items { id } }", {"n": 3}),
    "renamed": ("query($p: [Int!]!) { renamed(pair: $p) }", {"p": [3, 4]}),
    "renamed wrongly": ("query($p: [Int!]!) { renamed(pair: $p) }", {"p": [3]}),
    "names of parameters": ('query($s: String!) { named(source: $s) a: named(source: "x", next: $s) }', {"s": "y"}),
}


def operation(text: str) -> Operation:
    known = Documents(SCHEMA._schema, Limits(), introspection=True, suggestions=True)
    return known.prepare(text, Timing()).operation(None)


@pytest.mark.parametrize("name", OPERATIONS)
async def test_extensions_are_run_as_strawberry_runs_them(name: str) -> None:
    text, sent = OPERATIONS[name]
    seen: list[str] = []
    fast = Engine(SCHEMA, suggestions=True, compile_at=1, observe=seen.append)
    slow = Engine(SCHEMA, suggestions=True, compile_at=0)
    found, plain = operation(text), operation(text)
    for _ in range(3):
        answers = []
        for engine, one in ((fast, found), (slow, plain)):
            variables: Any = engine.coerce(one, sent)
            result = await engine.execute(one, variables, None)
            told = [(error.message, error.path, error.locations) for error in result.errors or ()]
            answers.append((result.data, told))
        assert answers[0] == answers[1]
    assert seen == ["compiled"] * 3
