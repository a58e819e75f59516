"""Variables, and arguments made of them, come to what graphql-core and Strawberry make of them."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLError
from graphql.execution.values import VariableValues, get_variable_values
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry import UNSET, Maybe
from strawberry.relay import GlobalID

from app.graphql import Limits
from app.graphql.compiled import Plans
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


@strawberry.type
class Query:
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
}
NODE = "UXVlcnk6MQ=="
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 1.0, 1.5, "", "1", "SMALL", "s", NODE, "é"]),
)
VALUES = st.one_of(
    SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.sampled_from(["low", "high", "x"]), SCALARS, max_size=2)
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A document whose arguments are variables, literals or missing; and the names of its variables."""
    declared, fields = [], []
    for field, names in (
        ("plain", ("text", "number", "flag", "key", "size", "part")),
        ("special", ("must", "numbers", "range", "maybe", "node")),
    ):
        given = []
        for name in names:
            if draw(st.booleans()) or name == "must":
                declared.append(f"${name}: {draw(st.sampled_from(TYPES[name]))}")
                given.append(f"{name}: ${name}")
        fields.append(f"{field}({', '.join(given)})" if given else field)
    chosen = [one.partition(":")[0].removeprefix("$") for one in declared]
    return f"query({', '.join(declared)}) {{ {' '.join(fields)} }}", chosen


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
        sent = data.draw(st.dictionaries(st.sampled_from(names), VALUES))
        expected = get_variable_values(SCHEMA._schema, plain.node.variable_definitions or (), sent, max_errors=20)
        variables = fast.coerce(found, sent)
        if isinstance(expected, list):
            assert isinstance(variables, list)
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
    ],
)
async def test_what_is_plain_is_filled_in(text: str, varying: int) -> None:
    engine, found = Engine(SCHEMA, suggestions=True, compile_at=1), operation(text)
    variables = engine.coerce(found, {"a": 1, "b": "c"})
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
        "query($a: [Int!]) { special(must: 1, numbers: $a) }",
        "{ special(must: 1, range: {low: 2}) }",
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
