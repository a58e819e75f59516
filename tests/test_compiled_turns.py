"""What is asked of one loader in the same step of an operation is one batch, however it is nested and waited for."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import strawberry

from db.session import Database
from resolvers.context import Context
from resolvers.events import EventStream
from resolvers.loading import Loader
from schema import schema as served
from tests.databases import Databases
from tests.nasty_graph import NASTY, Mood
from tests.test_compiled import Pair, difference, shop


def flat(depth: int) -> str:
    return f"twin {{ {flat(depth - 1)} }}" if depth else "text"


def branching(depth: int) -> str:
    """Beside each twin waits something else, so that what is asked for last is nested as deeply as it can be."""
    beside = "again: twin { text } things { twin { text } }"
    return f"twin {{ {branching(depth - 1)} }} {beside}" if depth else "text"


@pytest.mark.parametrize("depth", [2, 3, 4, 6])
async def test_what_is_nested_deeply_is_asked_with_what_is_not(depth: int) -> None:
    pair = Pair(NASTY)
    text = f"{{ a: start(seed: 2000000000) {{ {flat(depth)} }} b: start(seed: 2147483548) {{ {branching(depth)} }} }}"
    ours, told, theirs, told_theirs = await pair.run(text, {}, Mood(0, waits=False))
    assert difference(ours, theirs, exactly=True) is None
    assert pair.how == {"compiled": 1}
    assert len(told["batches"]) == len(told_theirs["batches"]) == depth


@pytest.mark.parametrize(
    "fields",
    [
        'nodes(ids: ["1", "gid://shopify/Metaobject/x", "{2}"]) {{ id }}',
        'nodes(ids: ["{2}", "{3}"]) {{ id }}',
        'node(id: "{3}") {{ id }} nodes(ids: ["{2}"]) {{ id }}',
        'a: nodes(ids: ["{2}", "{3}"]) {{ id }} b: nodes(ids: ["{3}"]) {{ id }}',
    ],
)
async def test_root_fields_share_a_statement(fields: str, db: Database) -> None:
    ids = [f"gid://shopify/Product/{number}" for number in range(4)]
    text = "{ product(id: " + f'"{ids[1]}") {{ id }} {fields.format(*ids)}' + " }"
    pair, context = Pair(served), Context(db, EventStream())
    operation = pair.operation(text)
    result = await pair.fast.execute(operation, pair.fast.coerce(operation, {}), context)  # type: ignore[arg-type]
    assert not result.errors
    assert context.statements == 1
    assert pair.how == {"compiled": 1}


RANGE = "priceRange { maxVariantPrice { amount } }"
MEDIA = "media(first: 1) { nodes { alt } }"
RECOMMENDED = 'productRecommendations(productId: "gid://shopify/Product/1", intent: COMPLEMENTARY)'


@pytest.mark.parametrize(
    "fields",
    [
        # The selection set has a field that nobody else asks for, but no statement writes it.
        f"products(first: 3) {{ edges {{ node {{ {RANGE} }} }} nodes {{ {RANGE} {MEDIA} }} }}",
        # The resolver has looked at prices itself.
        f"{RECOMMENDED} {{ {RANGE} }}",
    ],
    ids=["elsewhere", "by a resolver"],
)
async def test_what_is_asked_for_anyway_is_not_written_by_a_statement_more(
    fields: str, backend: str, databases: Databases, tmp_path: Path
) -> None:
    pair, asked = Pair(served), []
    operation = pair.operation(f"{{ {fields} }}")
    async with shop(backend, databases, tmp_path) as database:
        for engine in (pair.fast, pair.slow):
            context = Context(database, EventStream())
            result = await engine.execute(operation, engine.coerce(operation, {}), context)  # type: ignore[arg-type]
            assert not result.errors
            assert "amount" in str(result.data)
            asked.append(context.statements)
    assert asked[0] == asked[1]


class Doubles(Loader[int, int]):
    async def answer(self, keys: Sequence[int]) -> list[int]:
        return await self.fetch(None, keys)  # type: ignore[arg-type]

    async def fetch(self, session: Any, keys: Sequence[int]) -> list[int]:
        self.context.extensions.setdefault("batches", []).append(sorted(keys))
        return [2 * key for key in keys]


async def double(info: strawberry.Info, key: int) -> int:
    return await info.context.loader(Doubles).load(key)  # type: ignore[no-any-return]


@strawberry.type
class Parent:
    number: int

    @strawberry.field(graphql_type=list[int])
    async def doubles(self, info: strawberry.Info, many: int) -> list[Any]:
        return [double(info, 10 * self.number + n) for n in range(many)]


@strawberry.type
class Query:
    @strawberry.field
    def parents(self, many: int) -> list[Parent]:
        return [Parent(number=number) for number in range(many)]

    @strawberry.field
    async def cancelled(self) -> int | None:
        """Waits for something that somebody else cancels."""
        other = asyncio.ensure_future(asyncio.Event().wait())
        asyncio.get_running_loop().call_soon(other.cancel)
        return int(await other)


SCHEMA = strawberry.Schema(Query)


async def run(text: str) -> tuple[Any, Context]:
    pair, context = Pair(SCHEMA), Context(db=None, events=None)  # type: ignore[arg-type]
    operation = pair.operation(text)
    result = await pair.fast.execute(operation, pair.fast.coerce(operation, {}), context)  # type: ignore[arg-type]
    assert pair.how == {"compiled": 1}
    return result, context


@pytest.mark.parametrize("parents", [1, 3])
@pytest.mark.parametrize("many", [1, 3])
async def test_lists_of_awaitables_are_one_batch_for_all_parents(parents: int, many: int) -> None:
    result, context = await run(f"{{ parents(many: {parents}) {{ doubles(many: {many}) }} }}")
    numbers = [[10 * parent + n for n in range(many)] for parent in range(parents)]
    assert result.data == {"parents": [{"doubles": [2 * number for number in listed]} for listed in numbers]}
    assert context.extensions["batches"] == [[number for listed in numbers for number in listed]]


@pytest.mark.parametrize("text", ["{ cancelled }", "{ cancelled parents(many: 2) { doubles(many: 1) } }"])
async def test_what_somebody_else_cancels_fails_its_field_alone(text: str) -> None:
    result, _ = await run(text)
    (error,) = result.errors
    assert error.path == ["cancelled"]
    assert result.data.pop("cancelled") is None
    assert result.data in ({}, {"parents": [{"doubles": [0]}, {"doubles": [20]}]})
