"""Fields with extensions come to what Strawberry makes of them, whatever the extensions do."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import strawberry
from strawberry import Parent
from strawberry.extensions.field_extension import FieldExtension
from strawberry.permission import BasePermission
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from app.graphql import Limits
from app.graphql.compiled import Plans, Served
from app.graphql.compiled.plan import ObjectPlan
from app.graphql.compiled.planned import _field
from app.graphql.documents import Documents, Operation, Timing
from app.graphql.engine import Engine
from db.documents import Unsayable


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


class Nobody(BasePermission):
    message = "nobody"

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        return False


class Elsewhere(FieldExtension):
    """Gives the resolver another source, which a method does not look at."""

    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        return next_(Item(id=99), info, **kwargs)


class Naming(FieldExtension):
    """Tells what it was given, in which order."""

    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        return f"{list(kwargs)} {next_(source, info, **kwargs)}"


class ByName(FieldExtension):
    """Passes on what it was given by name."""

    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        return next_(_source=source, info=info, **kwargs)


class Where(FieldExtension):
    """Tells where in the answer the field stands."""

    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        return f"{info.path.as_list()} {next_(source, info, **kwargs)}"


class Marking(FieldExtension):
    """Leaves a mark on the info, and finds it again."""

    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        info.mark = source.id
        await asyncio.sleep(0)
        return f"{info.mark} {await next_(source, info, **kwargs)}"


class Special(StrawberryField):
    """Answers in its own way."""

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:
        return f"special {super().get_result(source, info, args, kwargs)}"


@strawberry.input
class Pair:
    left: int = 1
    right: int | None = None

    def __post_init__(self) -> None:
        if self.left == 13:
            raise ValueError(f"13 and {self.right}")


def special(self: Any) -> str:
    return str(self.id)


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

    @strawberry.field(extensions=[Aside()])
    def appended(self, numbers: list[int]) -> str:
        numbers.append(self.id)
        return repr(numbers)

    @strawberry.field(extensions=[Elsewhere()])
    def elsewhere(self) -> str:
        return str(self.id)

    @strawberry.field(extensions=[Naming()])
    def ordered(self, a: int = 1, b: str = "b", c: int = 3, d: int | None = None) -> str:
        return f"{a}{b}{c}{d}"

    @strawberry.field(extensions=[Marking()])
    def marked(self) -> str:
        return str(self.id)

    @strawberry.field(extensions=[ByName()])
    def by_name(self, info: strawberry.Info, number: int = 1) -> str:
        return f"{self.id} {info.field_name} {number}"

    @strawberry.field(extensions=[Where()], metadata={"needs_place": True})
    def placed(self) -> str:
        return str(self.id)

    special: str = Special(base_resolver=StrawberryResolver(special))

    @strawberry.field(permission_classes=[Nobody], metadata={"loader": object, "key": "id"})
    def edge(self) -> str | None:
        return "secret"

    @strawberry.field(permission_classes=[Nobody], metadata={"in_sql": object, "source": object})
    def in_sql(self) -> str | None:
        return "secret"

    @strawberry.field(permission_classes=[Nobody], metadata={"needs_place": True})
    def late(self) -> str | None:
        return "secret"


@strawberry.type
class Query:
    @strawberry.field
    @staticmethod
    def pairs(a: Pair, b: Pair | None = None, c: int = 3) -> str:
        return f"{a} {b} {c}"

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
    "arguments that are changed": ("query($n: [Int!]!) { items { appended(numbers: $n) } }", {"n": [5]}),
    "another source": ("{ items { elsewhere } }", {}),
    "the order of arguments": (
        'query($a: Int!, $c: Int) { items { ordered(c: $c, a: $a, b: "x") x: ordered(d: 4, b: "y", a: $a) } }',
        {"a": 1, "c": 2},
    ),
    "passed on by name": ("{ items { byName(number: 3) } }", {}),
    "an info of its own": ("{ items { marked } }", {}),
    "a field of a special kind": ("{ items { special } }", {}),
    "permission goes before all else": ("{ items { edge in_sql: inSql } }", {}),
    "the first that is wrong": (
        "query($a: Pair!, $b: Pair) { pairs(b: $b, a: $a) }",
        {"a": {"left": 13, "right": 1}, "b": {"left": 13, "right": 2}},
    ),
    "refused": ("query($n: Int!) { guarded(number: $n) items { id } }", {"n": 3}),
    "renamed": ("query($p: [Int!]!) { renamed(pair: $p) }", {"p": [3, 4]}),
    "renamed wrongly": ("query($p: [Int!]!) { renamed(pair: $p) }", {"p": [3]}),
    "names of parameters": ('query($s: String!) { named(source: $s) a: named(source: "x", next: $s) }', {"s": "y"}),
}


def operation(text: str) -> Operation:
    known = Documents(SCHEMA._schema, Limits(), introspection=True, suggestions=True)
    return known.prepare(text, Timing()).operation(None)


async def answers_alike(text: str, sents: Sequence[Mapping[str, Any]], how: str = "compiled") -> None:
    """One operation, asked with each of these variables in turn, is executed so, and answered as graphql-core does."""
    seen: list[str] = []
    fast = Engine(SCHEMA, suggestions=True, compile_at=1, observe=seen.append)
    slow = Engine(SCHEMA, suggestions=True, compile_at=0)
    found, plain = operation(text), operation(text)
    for sent in sents:
        answers = []
        for engine, one in ((fast, found), (slow, plain)):
            variables: Any = engine.coerce(one, sent)
            result = await engine.execute(one, variables, None)
            told = [(error.message, error.path, error.locations) for error in result.errors or ()]
            answers.append((result.data, told))
        assert answers[0] == answers[1]
    assert seen == [how] * len(sents)


@pytest.mark.parametrize("name", OPERATIONS)
async def test_extensions_are_run_as_strawberry_runs_them(name: str) -> None:
    text, sent = OPERATIONS[name]
    await answers_alike(text, [sent] * 3)


@pytest.mark.parametrize("field", ["placed", "late"])
async def test_who_needs_a_place_within_extensions_is_left_to_graphql_core(field: str) -> None:
    await answers_alike(f"{{ items {{ {field} }} }}", [{}] * 3, "place")


async def test_what_is_wrong_is_told_alike_once_something_was_right() -> None:
    wrong = {"left": 13}
    await answers_alike(
        "query($a: Pair!, $b: Pair, $c: Int = 5) { pairs(c: $c, b: $b, a: $a) }",
        [{"a": {}}, {"a": wrong, "b": wrong | {"right": 2}}, {"a": wrong, "c": None}, {"a": {}, "b": None}],
    )


def test_a_field_with_permissions_is_never_said_in_sql() -> None:
    plans = Plans(Served(SCHEMA), {}, operation("{ items { inSql } }").node, {})
    (items,) = plans.root.waiting
    assert isinstance(items.within, ObjectPlan)
    (field,) = items.within.waiting
    with pytest.raises(Unsayable):
        _field(field, [])
    assert field.way.source is None
