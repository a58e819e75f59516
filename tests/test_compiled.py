"""The compiled executor answers what graphql-core answers, whatever resolvers do."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from types import FunctionType
from typing import Any

import orjson
import pytest
import strawberry
from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo
from graphql.execution.values import VariableValues

from app.graphql import Limits
from app.graphql.compiled import Compiler, Plans, Served, run
from app.graphql.compiled.info import RawInfo
from app.graphql.compiled.plan import flags_of
from app.graphql.documents import Documents, Operation, Timing
from app.graphql.engine import Engine
from app.graphql.errors import RequestError
from app.graphql.limits import check_values
from db.session import Database
from db.types import utc_now
from resolvers.context import Context
from resolvers.events import EventStream
from schema import schema as served
from tests.databases import Databases
from tests.fuzzing import Finds, Writer
from tests.nasty_graph import NASTY, Mood, context_of
from tests.nasty_graph import Documents as Written
from tests.test_fuzz import FIELDS, SCHEMA, import_demo


class Pair:
    """An engine that compiles at first sight, and one that never does."""

    def __init__(self, schema: Any) -> None:
        self.how: Counter[str] = Counter()
        self.fast = Engine(
            schema, suggestions=True, compile_at=1, plan_at=1, observe=lambda how: self.how.update([how])
        )
        self.slow = Engine(schema, suggestions=True, compile_at=0)
        self._schema = schema

    def operation(self, text: str) -> Operation:
        documents = Documents(self._schema._schema, Limits(), introspection=True, suggestions=True)
        return documents.prepare(text, Timing()).operation(None)

    async def run(self, text: str, values: dict[str, Any], mood: Mood) -> tuple[Any, Any, Any, Any]:
        told = []
        for engine in (self.fast, self.slow):
            operation, context = self.operation(text), context_of(mood)
            variables = engine.coerce(operation, {k: v for k, v in values.items() if k in _declared(operation)})
            assert isinstance(variables, VariableValues), variables
            told += [await engine.execute(operation, variables, context), context.extensions]
            if engine is self.slow:
                mood.put_away()
            # Of what ours leaves, Python complains.
            mood.given.clear()
        return tuple(told)  # type: ignore[return-value]


def _declared(operation: Operation) -> set[str]:
    return {one.variable.name.value for one in operation.node.variable_definitions or ()}


def plain(error: GraphQLError) -> str:
    return json.dumps([error.message, error.path, [[one.line, one.column] for one in error.locations or ()]])


def beneath_a_null(error: GraphQLError, data: Any) -> bool:
    """Whether what the error is about was emptied by another one further up, or could have been."""
    for key in (error.path or ())[:-1]:
        if data is None:
            return True
        data = data[key]
    return data is None


def difference(ours: ExecutionResult, theirs: ExecutionResult, *, exactly: bool) -> str | None:
    """How two results differ; None if they do not.

    Of failures side by side under one null, which of them is told depends on which came first; at least one is.
    """
    data = orjson.dumps(ours.data), orjson.dumps(theirs.data)
    if data[0] != data[1]:
        return f"data: {data[0]!r}\n      {data[1]!r}"
    mine, other = list(ours.errors or ()), list(theirs.errors or ())
    if exactly:
        return None if [*map(plain, mine)] == [*map(plain, other)] else f"errors: {mine}\n        {other}"
    if bool(mine) != bool(other):
        return f"errors: {mine}\n        {other}"
    left = [sorted(plain(one) for one in errors if not beneath_a_null(one, ours.data)) for errors in (mine, other)]
    return None if left[0] == left[1] else f"errors: {left[0]}\n        {left[1]}"


async def differ(pair: Pair, seed: int) -> None:
    dice = Random(seed)
    waits = dice.random() < 0.5
    mood = Mood(dice.choice((0, 5, 20)), waits)
    written = Written(dice, waits=waits)
    text = written.document()
    running = asyncio.all_tasks()
    try:
        ours, told, theirs, told_theirs = await pair.run(text, written.values, mood)
    except RequestError as refused:
        raise AssertionError(f"{seed}: {refused.errors}\n{text}") from None
    assert asyncio.all_tasks() <= running, f"seed {seed} left something running\n{text}"
    wrong = difference(ours, theirs, exactly=not waits)
    assert wrong is None, f"seed {seed}\n{text}\n{written.values}\n{wrong}"
    assert told.get("written") == told_theirs.get("written"), text


@pytest.mark.parametrize("start", range(0, 400, 100))
async def test_answers_are_graphql_cores(start: int) -> None:
    pair = Pair(NASTY)
    for seed in range(start, start + 100):
        await differ(pair, seed)
    assert pair.how == {"compiled": 100}


async def ask_twice(pair: Pair, database: Database, operation: Any) -> None:
    """Ask the shop compiled and uncompiled; the answers are the same, and compiling takes no more statements.

    Also when an operation is asked again, and what its arguments came to is known.
    """
    found, now = [], utc_now()
    try:
        compiled, uncompiled = pair.operation(operation.text), pair.operation(operation.text)
    except RequestError:
        return
    for engine, asked in ((pair.fast, compiled), (pair.fast, compiled), (pair.slow, uncompiled)):
        if check_values(operation.values, Limits()) is not None:
            return
        context = Context(database, EventStream(), base_url="http://shop.test", now=now)
        variables = engine.coerce(asked, operation.values)
        if not isinstance(variables, VariableValues) or asked.cost.refuse(variables.coerced):
            return
        result = await engine.execute(asked, variables, context)
        found.append((result, context.statements, context.extensions))
    theirs, most, told_theirs = found.pop()
    for ours, statements, told in found:
        wrong = difference(ours, theirs, exactly=False)
        assert wrong is None, f"{operation.text}\n{operation.values}\n{wrong}"
        if not theirs.errors:
            assert statements <= most, operation.text
            assert told.keys() == told_theirs.keys()


async def ask_for(database: Database, fields: Sequence[tuple[str, str]], seeds: Iterable[int]) -> None:
    """Ask the shop for each of these fields, and for anything as each seed has it; all of it is compiled."""
    pair, finds = Pair(served), Finds()
    for kind, name in fields:
        operation = Writer(SCHEMA, Random(f"compiled {kind} {name}"), finds).aimed(kind, name)
        assert operation is not None
        await ask_twice(pair, database, operation)
    for seed in seeds:
        await ask_twice(pair, database, Writer(SCHEMA, Random(f"compiled {seed}"), finds).operation())
    assert set(pair.how) == {"compiled"}


@asynccontextmanager
async def shop(backend: str, databases: Databases, folder: Path) -> AsyncIterator[Database]:
    """The demo shop."""
    url = await databases.fresh(backend, "demo", lambda database: import_demo(database, folder / "media"))
    async with Database(url) as database:
        yield database


async def test_the_shop_answers_alike_compiled_and_not(backend: str, databases: Databases, tmp_path: Path) -> None:
    async with shop(backend, databases, tmp_path) as database:
        await ask_for(database, Random(0).sample(FIELDS, 150), range(60))


@pytest.mark.proof
@pytest.mark.parametrize("start", range(0, 12_000, 1_000))
async def test_the_shop_answers_much_alike(backend: str, databases: Databases, tmp_path: Path, start: int) -> None:
    async with shop(backend, databases, tmp_path) as database:
        await ask_for(database, () if start else FIELDS, range(start, start + 1_000))


def test_no_word_of_a_client_stands_in_generated_code() -> None:
    pair = Pair(NASTY)
    operation = pair.operation(
        "query Malory($evilFlag: Boolean!, $evilSeed: Int!) { evilRoot: start(seed: $evilSeed) { evilText: text"
        ' ...evilFragment evilCalled: called(word: "evil word") evilThings: things { evilAlias: ratio } } }'
        " fragment evilFragment on Thing { evilAny: any @include(if: $evilFlag)"
        " { ... on Being { evilNumber: number } } }"
    )
    variables = pair.fast.coerce(operation, {"evilFlag": True, "evilSeed": 1})
    assert isinstance(variables, VariableValues)
    plans = Compiler(Served(NASTY), compile_at=1).plans(operation, variables)
    assert isinstance(plans, Plans)
    functions = [value for value in plans.functions.values() if isinstance(value, FunctionType)]
    assert len(functions) > 3
    for function in functions:
        code = function.__code__
        words = [code.co_filename, *code.co_names, *code.co_varnames, *map(str, code.co_consts)]
        assert not [word for word in words if "evil" in word.lower() or "malory" in word.lower()], words


async def test_what_is_not_compiled_is_counted() -> None:
    how: Counter[str] = Counter()
    engine = Engine(NASTY, suggestions=True, compile_at=2, observe=lambda reason: how.update([reason]))

    async def ask(text: str, operation: Operation | None = None, **values: Any) -> Operation:
        operation = operation or Pair(NASTY).operation(text)
        variables = engine.coerce(operation, values)
        assert isinstance(variables, VariableValues)
        await engine.execute(operation, variables, context_of(Mood(0, waits=False)))
        return operation

    await ask("{ __schema { queryType { name } } }", await ask("{ __schema { queryType { name } } }"))
    assert how == {"first": 1, "introspection": 1}
    how.clear()
    text = "query ($a: Boolean = true, $b: Boolean!) { start(seed: 1) { text @skip(if: $a) number @include(if: $b) } }"
    operation = await ask(text, b=True)
    for a, b in [(True, True), (True, False), (False, True), (False, False), (False, False)]:
        await ask(text, operation, a=a, b=b)
    assert how == {"first": 1, "compiled": 5}
    how.clear()
    many = Pair(NASTY).operation(
        f"query ({' '.join(f'$v{n}: Boolean!' for n in range(5))})"
        f" {{ start(seed: 1) {{ text {' '.join(f'n{n}: number @skip(if: $v{n})' for n in range(5))} }} }}"
    )
    for combination in range(20):
        await ask("", many, **{f"v{n}": bool(combination >> n & 1) for n in range(5)})
    assert how == {"first": 1, "compiled": 16, "variants": 3}


async def test_arguments_are_those_of_each_request() -> None:
    pair = Pair(NASTY)
    fields = (
        'a: called(word: "same") b: called(word: $word) c: called d: called(wish: {word: $word})'
        ' e: called(word: "else") many: awaitedThings(many: 3) { text } more: awaitedThings(many: $many) { number }'
    )
    text = f"query ($word: String!, $many: Int!) {{ start(seed: 1) {{ {fields} }} }}"
    kept, said = pair.operation(text), []
    for number in (1, 2, 1, 4):
        found = []
        for engine, operation in ((pair.fast, kept), (pair.slow, pair.operation(text))):
            variables = engine.coerce(operation, {"word": f"word {number}", "many": number})
            assert isinstance(variables, VariableValues)
            found.append(await engine.execute(operation, variables, context_of(Mood(0, waits=False))))
        assert difference(*found, exactly=True) is None
        assert found[0].data is not None
        said.append(found[0].data["start"])
    changing = [name for name in "abcde" if len({str(answer[name]) for answer in said}) > 1]
    assert changing == ["b", "d"]


def test_none_is_compiled_where_none_is_to_be() -> None:
    pair = Pair(NASTY)
    operation = pair.operation("{ start(seed: 1) { text } }")
    variables = pair.slow.coerce(operation, {})
    assert isinstance(variables, VariableValues)
    assert [Compiler(Served(NASTY), compile_at=0).plans(operation, variables) for _ in range(3)] == ["off"] * 3


def test_what_is_compiled_never_weighs_more_than_it_may() -> None:
    """However many documents strangers send; what was used last stays."""
    pair, compiler = Pair(NASTY), Compiler(Served(NASTY), compile_at=1, most=200)
    favourite = pair.operation("{ start(seed: 1) { favourite: text } }")
    none = pair.fast.coerce(favourite, {})
    assert isinstance(none, VariableValues)
    kept = compiler.plans(favourite, none)
    for number in range(50):
        fields = " ".join(f"a{number}_{n}: text" for n in range(20))
        other = pair.operation(f"{{ start(seed: 1) {{ {fields} things {{ text }} }} }}")
        assert isinstance(compiler.plans(other, none), Plans)
        assert compiler.weight <= 200
        assert compiler.plans(favourite, none) is kept
    assert compiler.weight > 150


async def test_what_turns_out_as_it_runs_weighs_as_well() -> None:
    pair, compiler = Pair(NASTY), Compiler(Served(NASTY), compile_at=1, most=200)
    before = 0
    for number in range(20):
        fields = " ".join(f"a{number}_{n}: text" for n in range(40))
        operation = pair.operation(f"{{ start(seed: 1) {{ any {{ ... on Thing {{ {fields} }} }} }} }}")
        none = pair.fast.coerce(operation, {})
        assert isinstance(none, VariableValues)
        plans = compiler.plans(operation, none)
        assert isinstance(plans, Plans)
        assert compiler.weight <= 200
        before = compiler.weight
        for mood in range(9):
            await run(plans, operation, none, context_of(Mood(mood, waits=False)))
    assert compiler.weight > before
    compiler.plans(operation, none)
    assert compiler.weight <= 200


def test_a_long_document_that_comes_to_little_weighs_what_it_takes() -> None:
    pair, compiler = Pair(NASTY), Compiler(Served(NASTY), compile_at=1, most=200)
    for number in range(5):
        operation = pair.operation(f"{{ start(seed: {number}) {{ {'text ' * 500} }} }}")
        compiler.prepare(operation)
        assert operation.compiled.plans
        assert 100 < compiler.weight <= 200


def test_only_what_an_operation_selects_decides_for_which_flags_it_is_compiled() -> None:
    text = """query A { start(seed: 1) { ...P } } query B($x: Boolean!, $y: Boolean!) { start(seed: 1) { ...Q } }
    fragment P on Thing { text } fragment Q on Thing { ...P thing { number @include(if: $x) ...R } }
    fragment R on Thing { ...S @skip(if: $y) } fragment S on Thing { text }"""
    document = Documents(NASTY._schema, Limits(), introspection=True, suggestions=True).prepare(text, Timing())
    flags = [flags_of((one := document.operation(name)).node, one.fragments.definitions) for name in "AB"]
    assert flags == [(), ("x", "y")]


def test_resolvers_are_told_all_that_graphql_core_tells() -> None:
    assert [name for name in GraphQLResolveInfo._fields if not hasattr(RawInfo, name)] == []


def manifold() -> str:
    """Fragments of which the first comes to hundreds of selection sets."""
    text = " fragment F6 on Thing { text }"
    for n in range(6):
        inner = f"{{ ...F{n + 1} }}"
        text += f" fragment F{n} on Thing {{ thing {inner} mustThing {inner} awaitedThing {inner} }}"
    return text


async def test_a_kind_of_thing_too_many_is_left_to_graphql_core() -> None:
    pair = Pair(NASTY)
    ours, _, theirs, _ = await pair.run("{ start(seed: 1) { ...F0 } }" + manifold(), {}, Mood(0, waits=False))
    assert difference(ours, theirs, exactly=True) is None
    assert pair.how == {"size": 1}


ANY = "any { ... on Thing { ...F0 } ... on Other { thing { ...F0 } } }"


@pytest.mark.parametrize("text", [f"{{ start(seed: 1) {{ {ANY} }} }}", f"mutation {{ change(seed: 1) {{ {ANY} }} }}"])
async def test_what_met_too_many_kinds_as_it_ran_is_left_to_graphql_core_from_then_on(text: str) -> None:
    pair = Pair(NASTY)
    operation = pair.operation(text + manifold())
    none = pair.fast.coerce(operation, {})
    assert isinstance(none, VariableValues)
    first = await pair.fast.execute(operation, none, context_of(Mood(0, waits=False)))
    # Of a mutation, which must not be begun twice, that is known before it runs.
    assert (first.errors, pair.how) == (None, {"size": 1})
    pair.how.clear()
    result = await pair.fast.execute(operation, none, context_of(Mood(0, waits=False)))
    assert (result.errors, pair.how) == (None, {"size": 1})
    compiler = pair.fast._compiler
    assert (compiler.plans(operation, none), compiler.weight) == ("size", 0)


@pytest.mark.proof
@pytest.mark.parametrize("start", range(1_000_000, 1_025_000, 1_000))
async def test_many_answers_are_graphql_cores(start: int) -> None:
    pair = Pair(NASTY)
    for seed in range(start, start + 1_000):
        await differ(pair, seed)
    assert set(pair.how) == {"compiled"}


async def test_what_is_cancelled_leaves_nothing_running() -> None:
    """However deep it waits: alone, in tasks, or sharing one."""
    begun: list[str] = []
    ended: list[str] = []
    all_begun = asyncio.Event()

    async def wait(name: str) -> str:
        begun.append(name)
        if len(begun) == 6:
            all_begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            # What is cancelled may still have to wait for something on its way out.
            await asyncio.sleep(0)
            ended.append(name)
        return name

    @strawberry.type
    class Leaf:
        name: str

        @strawberry.field
        async def waits(self) -> str:
            return await wait(self.name)

    @strawberry.type
    class Query:
        @strawberry.field
        async def alone(self) -> Leaf:
            return Leaf(name="alone")

        @strawberry.field
        def many(self) -> list[Leaf]:
            return [Leaf(name=f"many {n}") for n in range(3)]

        # What comes late is asked for when all else is there, and here it never is.
        @strawberry.field(graphql_type=list[str])
        def listed(self) -> list[Any]:
            return [wait("listed"), "at once"]

    pair = Pair(strawberry.Schema(Query))
    operation = pair.operation("{ alone { name waits } many { waits name } listed again: alone { a: waits b: waits } }")
    variables = pair.fast.coerce(operation, {})
    assert isinstance(variables, VariableValues)
    before = asyncio.all_tasks()
    execution = asyncio.ensure_future(pair.fast.execute(operation, variables, None))
    await asyncio.wait_for(all_begun.wait(), 10)
    execution.cancel()
    with pytest.raises(asyncio.CancelledError):
        await execution
    assert sorted(ended) == sorted(begun)
    assert asyncio.all_tasks() <= before
    assert pair.how == {}
