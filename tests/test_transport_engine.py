"""Every place where the engine reaches into Strawberry or graphql-core, pinned, because both move."""

import asyncio
import gc
import warnings
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLError, GraphQLSyntaxError, execute, parse
from graphql.execution.values import VariableValues
from strawberry.extensions import SchemaExtension

from app.graphql import Limits
from app.graphql.documents import Documents, Operation, Timing
from app.graphql.engine import Engine
from tests.transport.schema import make_schema

SCHEMA = make_schema()


class Nothing:
    number = 7


def operation(text: str, schema: strawberry.Schema = SCHEMA) -> Operation:
    documents = Documents(schema._schema, Limits(), introspection=True, suggestions=True)
    return documents.prepare(text, Timing()).operation(None)


def coerced(engine: Engine, found: Operation, **variables: Any) -> VariableValues:
    values = engine.coerce(found, variables)
    assert isinstance(values, VariableValues)
    return values


async def run(text: str, **variables: Any) -> ExecutionResult:
    engine, found = Engine(SCHEMA, suggestions=True), operation(text)
    return await engine.execute(found, coerced(engine, found, **variables), Nothing())


def test_graphql_cores_execute_refuses_what_ours_runs() -> None:
    with pytest.raises(GraphQLError, match="experimental directives"):
        execute(SCHEMA._schema, parse("{ hello }"))


async def test_resolvers_get_strawberrys_info() -> None:
    seen: dict[str, Any] = {}

    @strawberry.type
    class Query:
        @strawberry.field
        def look(self, info: strawberry.Info, number: int = 1) -> int:
            seen.update(
                context=info.context,
                variables=info.variable_values,
                operation=info.operation.name.value if info.operation.name else None,
                fields=[selection.name for selection in info.selected_fields],
                path=info.path.as_list(),
                schema=info.schema,
                root=info.root_value,
            )
            return number

    schema = strawberry.Schema(query=Query)
    engine, found = Engine(schema, suggestions=True), operation("query Q($n: Int!) { l: look(number: $n) }", schema)
    context = Nothing()
    result = await engine.execute(found, coerced(engine, found, n=4), context)
    assert result == ExecutionResult({"l": 4}, None), result.errors
    assert seen == {
        "context": context,
        "variables": {"n": 4},
        "operation": "Q",
        "fields": ["look"],
        "path": ["l"],
        "schema": schema,
        "root": None,
    }


async def test_fragments_are_found() -> None:
    result = await run(
        "{ product { ...A } } fragment A on Product { ...B price { amount } } fragment B on Named { name }"
    )
    assert result.data == {"product": {"name": "Shirt", "price": {"amount": "29.99"}}}


async def test_an_operation_without_waiting_needs_no_task() -> None:
    coroutine = run("{ hello product { name } }")
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    assert done.value.value.data == {"hello": "hello world", "product": {"name": "Shirt"}}


async def test_fields_wait_side_by_side_and_mutations_one_after_the_other() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    await run("{ " + " ".join(f"w{i}: waits(seconds: 0.05)" for i in range(10)) + " }")
    assert loop.time() - started < 0.3
    result = await run('mutation { b: write(text: "1") { text } a: write(text: "2") { text } }')
    assert result.data is not None
    assert list(result.data) == ["b", "a"]


def test_coercion_reports_every_fault_without_suggestions() -> None:
    engine = Engine(SCHEMA, suggestions=False)
    errors = engine.coerce(
        operation("query ($a: Int!, $b: CountryCode) @inContext(country: $b) { required(number: $a) }"), {"b": "D"}
    )
    assert isinstance(errors, list)
    assert len(errors) == 2
    assert "Did you mean" not in str(errors)


async def test_a_cancelled_operation_cancels_its_resolvers() -> None:
    stopped: list[str] = []

    @strawberry.type
    class Query:
        @strawberry.field
        async def wait(self, name: str) -> str:
            try:
                await asyncio.Event().wait()
            finally:
                stopped.append(name)
            return name

    schema = strawberry.Schema(query=Query)
    engine, found = Engine(schema, suggestions=True), operation('{ a: wait(name: "a") b: wait(name: "b") }', schema)
    task = asyncio.ensure_future(engine.execute(found, coerced(engine, found), None))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(stopped) == ["a", "b"]


@pytest.mark.parametrize("turns", range(6))
async def test_a_failure_leaves_nothing_of_its_siblings_behind(turns: int) -> None:
    """However many turns of the event loop lie between a failure and what its siblings begin."""
    opened = asyncio.Event()

    def failing() -> asyncio.Future[str]:
        found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        found.set_exception(ValueError("no such name"))
        return found

    @strawberry.type
    class Leaf:
        @strawberry.field(graphql_type=str)
        def name(self) -> Any:
            return failing()

        @strawberry.field
        async def title(self) -> str:
            return "title"

    @strawberry.type
    class Query:
        @strawberry.field
        async def fails(self) -> str:
            await opened.wait()
            raise ValueError("fails")

        @strawberry.field
        async def leaves(self) -> list[Leaf]:
            await opened.wait()
            for _ in range(turns):
                await asyncio.sleep(0)
            return [Leaf(), Leaf()]

    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
    schema = strawberry.Schema(query=Query)
    engine, found = Engine(schema, suggestions=True), operation("{ fails leaves { name title } }", schema)
    with warnings.catch_warnings(record=True, action="always") as warned:
        execution = asyncio.ensure_future(engine.execute(found, coerced(engine, found), None))
        await asyncio.sleep(0)
        opened.set()
        result = await execution
        await asyncio.sleep(0.01)
        gc.collect()
    assert result.data is None
    assert str(next(iter(result.errors or ()))).startswith("fails")
    assert (complaints, [str(one.message) for one in warned]) == ([], [])


async def test_a_failure_ends_what_its_siblings_began() -> None:
    """Nothing goes on behind an answer, also where an executor need not wait for it."""
    begun, ended = asyncio.Event(), asyncio.Event()

    @strawberry.type
    class Leaf:
        @strawberry.field
        async def waits(self) -> str:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                ended.set()
            return "for nobody"

        @strawberry.field
        def fails(self) -> str:
            raise ValueError("fails")

    @strawberry.type
    class Query:
        @strawberry.field
        def leaf(self) -> Leaf | None:
            return Leaf()

        @strawberry.field
        async def other(self) -> str:
            await begun.wait()
            return "other"

    schema = strawberry.Schema(query=Query)
    engine, found = Engine(schema, suggestions=True), operation("{ leaf { waits fails } other }", schema)
    running = asyncio.all_tasks()
    result = await engine.execute(found, coerced(engine, found), None)
    assert result.data == {"leaf": None, "other": "other"}
    assert ended.is_set()
    assert asyncio.all_tasks() <= running


async def test_every_event_has_a_context_of_its_own() -> None:
    engine, found = Engine(SCHEMA, suggestions=True), operation("subscription { contexts { number } }")
    made = 0

    class Numbered:
        def __init__(self) -> None:
            nonlocal made
            made += 1
            self.number = made

    async def guard(execution: Any) -> ExecutionResult:
        result: ExecutionResult = await execution
        return result

    events = await engine.subscribe(found, coerced(engine, found), Numbered, guard)
    assert not isinstance(events, ExecutionResult)
    numbers = [event.data["contexts"]["number"] async for event in events if event.data]
    assert numbers == [2, 3, 4], "the source has the first"


def test_extensions_that_would_not_run_are_refused() -> None:
    @strawberry.type
    class Query:
        a: int = 1

    with pytest.raises(ValueError, match="extensions"):
        Engine(strawberry.Schema(query=Query, extensions=[SchemaExtension]), suggestions=True)


def test_the_token_limit_is_told_apart_by_its_message() -> None:
    """app/graphql/documents.py recognises the parser's refusal by the end of its message."""
    for text in ("{ a b c }", "#\n#\n#\n#\n{ a }"):
        with pytest.raises(GraphQLSyntaxError) as caught:
            parse(text, max_tokens=3)
        assert caught.value.message.endswith("tokens. Parsing aborted.")
