"""Variables, and arguments made of them, come to what graphql-core and Strawberry make of them."""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLError, GraphQLInputField, GraphQLInputObjectType, GraphQLInt, GraphQLList, Undefined
from graphql.execution.values import VariableValues, get_variable_values
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry import UNSET, Maybe
from strawberry.relay import GlobalID

from app.graphql import Limits
from app.graphql.compiled import Plans, Readers
from app.graphql.documents import Documents, Operation, Timing
from app.graphql.engine import Engine


@strawberry.enum
class Size(Enum):
    SMALL = "s"
    LARGE = "l"


@strawberry.input
class Range:
    low: int = 1
    high: int | None = None


@strawberry.input
class Box:
    must: int
    ranges: list[Range] | None = strawberry.field(default_factory=list)
    texts: list[str | None] | None = UNSET
    size: Size = Size.LARGE
    when: date | None = None
    label: str | None


@strawberry.input
class Tree:
    name: str = "tree"
    parts: list["Tree"] | None = None


@strawberry.input(one_of=True)
class Either:
    a: Maybe[int]
    b: Maybe[str]


@strawberry.type
class Query:
    @strawberry.field
    @staticmethod
    async def held(box: Box, boxes: list[Box] | None = None, sizes: list[Size | None] | None = UNSET) -> str:
        return repr((box, boxes, sizes))

    @strawberry.field
    @staticmethod
    async def deep(tree: Tree | None = UNSET, either: Either | None = None) -> str:
        return repr((tree, either))

    @strawberry.field
    @staticmethod
    async def plain(
        text: str = "given",
        number: int | None = UNSET,
        flag: bool | None = True,
        key: strawberry.ID | None = None,
        size: Size = Size.SMALL,
        share: Annotated[float | None, strawberry.argument(name="part")] = None,
    ) -> str:
        return repr((text, number, flag, key, size, share))

    @strawberry.field
    @staticmethod
    async def special(
        must: int,
        numbers: list[int] | None = None,
        range: Range | None = None,
        maybe: Maybe[int | None] = None,
        node: GlobalID | None = None,
    ) -> str:
        return repr((must, numbers, range, maybe, node))


SCHEMA = strawberry.Schema(Query)
TYPES = {
    "text": ("String!", 'String! = "own"'),
    "number": ("Int", "Int!", "Int = 7", "Int = null"),
    "flag": ("Boolean", "Boolean!", "Boolean = false"),
    "key": ("ID", "ID!"),
    "size": ("Size!", "Size! = LARGE"),
    "part": ("Float", "Float!"),
    "must": ("Int!", "Int! = 4", "Int = 5"),
    "numbers": ("[Int!]", "[Int!]!"),
    "range": ("Range", "Range = {low: 3}"),
    "maybe": ("Int", "Int!"),
    "node": ("ID", "ID!"),
    "box": ("Box!", "Box! = {must: 2, ranges: [{high: 5}]}"),
    "boxes": ("[Box!]", "[Box!]!"),
    "sizes": ("[Size]", "[Size!]"),
    "tree": ("Tree", "Tree!"),
    "either": ("Either", "Either!"),
}
FIELDS = {
    "plain": ("text", "number", "flag", "key", "size", "part"),
    "special": ("must", "numbers", "range", "maybe", "node"),
    "held": ("box", "boxes", "sizes"),
    "deep": ("tree", "either"),
}
NODE = "UXVlcnk6MQ=="
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 1.0, 1.5, "", "1", "SMALL", "s", NODE, "é"]),
)
ANYTHING = st.one_of(
    SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.sampled_from(["low", "high", "x"]), SCALARS, max_size=2)
)
NUMBERS = st.one_of(st.none(), st.integers(-3, 3))
RANGES = st.fixed_dictionaries({}, optional={"low": st.integers(0, 3), "high": NUMBERS})
SIZES = st.sampled_from(["SMALL", "LARGE"])
RIGHT = {
    "must": st.integers(0, 3),
    "ranges": st.none() | st.lists(RANGES, max_size=2),
    "texts": st.none() | st.lists(st.none() | st.text(max_size=2), max_size=2),
    "size": SIZES,
    "when": st.none() | st.just("2026-01-31"),
    "label": st.none() | st.just("l"),
}
BOXES = st.fixed_dictionaries({"must": RIGHT["must"]}, optional={name: RIGHT[name] for name in list(RIGHT)[1:]})
"""What fits, most of the time, so that what is in it is looked at."""
FITTING = {
    "text": st.text(max_size=2),
    "number": NUMBERS,
    "flag": st.booleans(),
    "key": st.sampled_from(["k", "1"]),
    "size": SIZES,
    "part": st.sampled_from([0.5, 1.5, 2]),
    "must": st.integers(0, 3),
    "numbers": st.lists(st.integers(0, 3), max_size=3),
    "range": RANGES,
    "maybe": st.integers(0, 3),
    "node": st.just(NODE),
    "box": BOXES,
    "boxes": st.lists(BOXES, max_size=2),
    "sizes": st.lists(SIZES, max_size=2),
    "tree": st.recursive(st.just({}), lambda inner: st.fixed_dictionaries({"parts": st.lists(inner, max_size=2)})),
    "either": st.sampled_from([{"a": 1}, {"b": "x"}, {}, {"a": 1, "b": "x"}]),
}


@st.composite
def values(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """Values for these variables; often all of them are right but for one thing in one of them."""
    found = {name: draw(FITTING[name]) for name in names}
    wrong = draw(st.sampled_from([*names, ""]))
    if not wrong or draw(st.booleans()):
        return found
    if isinstance(found[wrong], dict) and draw(st.booleans()):
        member = draw(st.sampled_from([*RIGHT, "low", "x"]))
        found[wrong] = dict(found[wrong])
        if found[wrong].pop(member, None) is None or draw(st.booleans()):
            found[wrong][member] = draw(ANYTHING)
    elif draw(st.booleans()):
        found[wrong] = draw(ANYTHING)
    else:
        del found[wrong]
    return found


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A document whose arguments are variables, literals or missing; and the names of its variables."""
    declared, fields = [], []
    for field in draw(st.lists(st.sampled_from(list(FIELDS)), min_size=1, unique=True)):
        names = FIELDS[field]
        given = []
        for name in names:
            if name in ("must", "box") or draw(st.booleans()):
                declared.append(f"${name}: {draw(st.sampled_from(TYPES[name]))}")
                given.append(f"{name}: ${name}")
        fields.append(f"{field}({', '.join(given)})" if given else field)
    chosen = [one.partition(":")[0].removeprefix("$") for one in declared]
    head = f"query({', '.join(declared)})" if declared else "query"
    return f"{head} {{ {' '.join(fields)} }}", chosen


def operation(text: str) -> Operation:
    known = Documents(SCHEMA._schema, Limits(), introspection=True, suggestions=True)
    return known.prepare(text, Timing()).operation(None)


def said(errors: Sequence[GraphQLError] | None) -> list[Any]:
    return [(one.message, one.path, one.locations) for one in errors or ()]


def sources(variables: VariableValues) -> dict[str, Any]:
    return {
        name: (one.signature.name, str(one.signature.type), one.signature.default is None, repr(one.value))
        for name, one in variables.sources.items()
    }


@settings(deadline=None, max_examples=150)
@given(documents(), st.data())
async def test_they_are_what_the_libraries_make_of_them(document: tuple[str, list[str]], data: st.DataObject) -> None:
    text, names = document
    fast, slow = (Engine(SCHEMA, suggestions=True, compile_at=at) for at in (1, 0))
    found, plain = operation(text), operation(text)
    # The first teaches what the next are filled in by.
    for _ in range(3):
        sent = data.draw(values(names))
        expected = get_variable_values(SCHEMA._schema, plain.node.variable_definitions or (), sent, max_errors=20)
        variables = fast.coerce(found, sent)
        if not isinstance(expected, VariableValues):
            assert said(variables) == said(expected)
            continue
        assert isinstance(variables, VariableValues)
        assert repr(sorted(variables.coerced.items())) == repr(sorted(expected.coerced.items()))
        assert sources(variables) == sources(expected)
        ours, theirs = await fast.execute(found, variables, None), await slow.execute(plain, expected, None)
        assert (ours.data, said(ours.errors)) == (theirs.data, said(theirs.errors))


@pytest.mark.parametrize(
    ("text", "varying"),
    [
        ("query($a: Int, $b: String!) { plain(number: $a, text: $b, size: LARGE) }", 2),
        ('{ plain(number: 3, text: "x") }', 0),
        ("query($a: Int!) { special(must: $a) }", 1),
        ("query($c: [Int!]) { special(must: 1, numbers: $c) }", 1),
        ("query($d: Box!, $e: [Box!]) { held(box: $d, boxes: $e) }", 2),
    ],
)
async def test_what_is_plain_is_filled_in(text: str, varying: int) -> None:
    engine, found = Engine(SCHEMA, suggestions=True, compile_at=1), operation(text)
    variables = engine.coerce(found, {"a": 1, "b": "c", "c": [1], "d": {"must": 1}})
    assert isinstance(variables, VariableValues)
    await engine.execute(found, variables, None)
    plans = found.compiled.plans[()]
    assert isinstance(plans, Plans)
    (field,) = plans.root.waiting
    assert field.template is not None
    assert len(field.template.varying) == varying


@pytest.mark.parametrize(
    "text",
    [
        "{ special(must: 1, range: {low: 2}) }",
        "query($a: Int) { special(must: 1, range: {low: $a}) }",
        "query($a: Tree) { deep(tree: $a) }",
        "query($a: Either) { deep(either: $a) }",
        "query($a: Int) { special(must: 1, maybe: $a) }",
        "query($a: ID) { special(must: 1, node: $a) }",
    ],
)
async def test_what_is_not_is_left_to_the_libraries(text: str) -> None:
    engine, found = Engine(SCHEMA, suggestions=True, compile_at=1), operation(text)
    variables = engine.coerce(found, {})
    assert isinstance(variables, VariableValues)
    await engine.execute(found, variables, None)
    (field,) = found.compiled.plans[()].root.waiting
    assert (field.template, field.were_met) == (None, True)


def test_an_input_type_is_looked_into_once() -> None:
    kind: Any = GraphQLInt
    # Each holds the one before twice: to look into all of that anew would take for ever.
    for number in range(40):
        inner = kind
        kind = GraphQLInputObjectType(f"Level{number}", {name: GraphQLInputField(inner) for name in ("left", "right")})
    readers = Readers()
    read, again = readers.of(kind), readers.of(GraphQLList(kind))
    assert read is not None
    assert again is not None
    assert read({"left": {"right": None}}) == {"left": {"right": None}}
    assert again([{"left": 3}]) is Undefined
