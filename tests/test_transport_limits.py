"""Each limit: just below it passes, just above it is refused before anything runs, with code, name and number."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError

from app.graphql import Limits, OperationScope
from app.graphql.errors import RequestError
from app.graphql.parameters import Parameters
from app.graphql.runner import Runner
from app.metrics import Metrics
from tests.transport.schema import Context, make_schema

BASE_URL = "http://shop.test"
SCHEMA = make_schema()


def make_runner(limits: Limits | None = None, *, introspection: bool = False) -> Runner:
    return Runner(
        SCHEMA, Context, limits or Limits(), Metrics(), introspection=introspection, suggestions=False, time_limit=5
    )


def refusal(limits: Limits, query: str, variables: dict[str, Any] | None = None) -> GraphQLError | None:
    try:
        name = "Q0" if "query Q0" in query else None
        make_runner(limits, introspection=True).prepare(Parameters(query, name, variables or {}), BASE_URL)
    except RequestError as error:
        return error.errors[0]
    return None


def nested(depth: int) -> str:
    return "{ product {" + "related {" * (depth - 2) + "name" + "}" * (depth - 2) + "} }"


def in_fragment(above: str, below: str, type_: str = "Product") -> str:
    return f"{above} fragment A on {type_} {{ {below} }}"


# The limit's name, its value here, and a document that has exactly so much of it.
CASES: dict[str, tuple[str, int, Callable[[int], str]]] = {
    "characters": ("characters", 200, lambda n: "{hello}".ljust(n)),
    "tokens": ("tokens", 30, lambda n: "{" + "hello " * (n - 2) + "}"),
    "comments are tokens": ("tokens", 30, lambda n: "{hello}" + "#\n" * (n - 3)),
    "depth": ("depth", 6, nested),
    "depth through fragments": (
        "depth",
        6,
        lambda n: in_fragment("{ product { ...A } }", "related {" * (n - 2) + "name" + "}" * (n - 2)),
    ),
    "nesting": ("nesting", 6, lambda n: "{ product" + "{..." * (n - 2) + "{ name }" + "}" * (n - 2) + "}"),
    "aliases": ("aliases", 6, lambda n: "{ product {" + " ".join(f"a{i}: name" for i in range(n)) + "} }"),
    "aliases through fragments": (
        "aliases",
        8,
        lambda n: in_fragment("{ product { x: name " + "related { ...A } " * (n - 1) + "} }", "a: name"),
    ),
    "directives": ("directives", 6, lambda n: "{ product {" + "...@include(if: true) { name }" * n + "} }"),
    "directives on an operation": (
        "directives",
        3,
        lambda n: "query @inContext(country: DE) {" + "hello @include(if: true) " * (n - 1) + "}",
    ),
    "introspections": (
        "introspections",
        3,
        lambda n: (
            "{"
            + " ".join(f"a{i}: __typename" for i in range(9))
            + " ".join(f" s{i}: __schema {{ description }}" for i in range(n))
            + "}"
        ),
    ),
    "introspections through fragments": (
        "introspections",
        3,
        lambda n: (
            "{"
            + " ".join(f"...F ...G{i}" for i in range(n))
            + "} fragment F on QueryRoot { hello }"
            + " ".join(
                f' fragment G{i} on QueryRoot {{ g{i}: __type(name: "QueryRoot") {{ name }} }}' for i in range(n)
            )
        ),
    ),
    "root fields": ("root_fields", 6, lambda n: "{" + "hello " * n + "}"),
    "root fields through fragments": (
        "root_fields",
        6,
        lambda n: in_fragment("{ ...A ...A " + "hello " * (n - 4) + "}", "hello scope", "QueryRoot"),
    ),
    "fields": ("fields", 20, lambda n: "{ product {" + "name " * (n - 1) + "} }"),
    "fields through fragments": (
        "fields",
        21,
        lambda n: in_fragment("{ product {" + "...A " * 4 + "name " * (n - 17) + "} }", "name ...{ name }"),
    ),
    "operations": ("operations", 3, lambda n: " ".join(f"query Q{i} {{ hello }}" for i in range(n))),
    "list_items": ("list_items", 5, lambda n: "{ nodes(ids: [" + '"a",' * n + "]) { name } }"),
    "list_items in an input": (
        "list_items",
        5,
        lambda n: "{ products(filters: {also: {tags: [" + '"a",' * n + "]}}) { __typename } }",
    ),
    "list_items in a default": (
        "list_items",
        5,
        lambda n: "query ($i: [ID!]! = [" + '"a",' * n + "]) { nodes(ids: $i) { name } }",
    ),
    "page_size": ("page_size", 50, lambda n: f"{{ products(first: {n}) {{ __typename }} }}"),
    "page_size of the last": ("page_size", 50, lambda n: f"{{ products(last: {n}) {{ __typename }} }}"),
    "page_size by alias": (
        "page_size",
        50,
        lambda n: f"{{ a: products(first: 1) {{ __typename }} b: products(first: {n}) {{ __typename }} }}",
    ),
    "page_size in a fragment": (
        "page_size",
        50,
        lambda n: in_fragment("{ ...A }", f"products(first: {n}) {{ __typename }}", "QueryRoot"),
    ),
    "page_size in a default": (
        "page_size",
        50,
        lambda n: f"query ($n: Int = {n}) {{ products(first: $n) {{ __typename }} }}",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_just_below_passes_and_just_above_is_refused(case: str) -> None:
    name, maximum, build = CASES[case]
    limits = Limits(**{name: maximum})  # type: ignore[arg-type]
    below = refusal(limits, build(maximum))
    assert below is None, below
    above = refusal(limits, build(maximum + 1))
    assert above is not None
    assert above.extensions is not None
    assert above.extensions["code"] == "LIMIT_EXCEEDED"
    assert above.extensions["limit"] == name
    assert above.extensions["maximum"] == maximum
    assert f"{maximum:,}" in above.message
    assert above.message.count(".") >= 2 or name == "page_size", "it says what to do"


@pytest.mark.parametrize(
    ("name", "query", "passes", "fails"),
    [
        ("page_size", "query ($n: Int) { products(first: $n) { __typename } }", {"n": 250}, {"n": 251}),
        ("list_items", "query ($i: [ID!]!) { nodes(ids: $i) { name } }", {"i": ["a"] * 250}, {"i": ["a"] * 251}),
        (
            "list_items",
            "query ($f: [Filter!]) { products(filters: $f) { __typename } }",
            {"f": [{"also": {"tags": ["a"] * 250}}]},
            {"f": [{"also": {"tags": ["a"] * 251}}]},
        ),
    ],
)
def test_variables_are_limited_too(name: str, query: str, passes: dict[str, Any], fails: dict[str, Any]) -> None:
    assert refusal(Limits(), query, passes) is None
    error = refusal(Limits(), query, fails)
    assert error is not None
    assert error.extensions is not None
    assert (error.extensions["code"], error.extensions["limit"]) == ("LIMIT_EXCEEDED", name)


class TestCost:
    @pytest.mark.parametrize(
        ("query", "variables", "price"),
        [
            ("{ hello }", {}, 1),
            ("{ product { name } }", {}, 3),
            ("{ product { name related { name } } }", {}, 2 + 1 + 2 + 1),
            ("{ products(first: 10) { nodes { name } } }", {}, 2 + 10 * (2 + 1)),
            ("{ products(last: 10) { nodes { name } } }", {}, 2 + 10 * (2 + 1)),
            ("query ($n: Int) { products(first: $n) { nodes { name } } }", {"n": 7}, 2 + 7 * 3),
            ("query ($n: Int = 5) { products(first: $n) { nodes { name } } }", {}, 2 + 5 * 3),
            ("query ($n: Int) { products(first: $n) { nodes { name } } }", {}, 2 + 3),
            ("query ($n: Int) { products(first: $n) { nodes { name } } }", {"n": None}, 2 + 3),
            ("query ($n: Int) { products(first: $n) { nodes { name } } }", {"n": -4}, 2 + 3),
            ("{ product { variants { nodes { name } } } }", {}, 2 + 2 + 1 * 3),
            ("{ product { variants(first: 3) { nodes { name } } } }", {}, 2 + 2 + 3 * 3),
            ("{ products(first: 2) { nodes { variants(first: 3) { nodes { name } } } } }", {}, 2 + 2 * (2 + 2 + 3 * 3)),
            ('{ nodes(ids: ["a", "b", "c"]) { name } }', {}, 2 + 3 * 1),
            ("query ($i: [ID!]!) { nodes(ids: $i) { name } }", {"i": ["a"] * 9}, 2 + 9 * 1),
            ("{ a: product { ...F } b: product { ...F } } fragment F on Product { name }", {}, 6),
            (
                "query ($n: Int) { a: products(first: $n) { ...F } b: products(first: 2) { ...F } }"
                " fragment F on ProductConnection { nodes { variants(first: $n) { nodes { name } } } }",
                {"n": 3},
                (2 + 3 * (2 + 2 + 3 * 3)) + (2 + 2 * (2 + 2 + 3 * 3)),
            ),
            ("{ product { named { name ... on Variant { price { amount } } } } }", {}, 2 + 2 + 1 + 2 + 1),
        ],
    )
    def test_the_price(self, query: str, variables: dict[str, Any], price: int) -> None:
        prepared = make_runner().prepare(Parameters(query, None, variables), BASE_URL)
        assert prepared.operation.cost.price(prepared.variables.coerced) == price
        assert refusal(Limits(cost=price), query, variables) is None
        error = refusal(Limits(cost=price - 1), query, variables)
        assert error is not None
        assert error.extensions == {"code": "LIMIT_EXCEEDED", "limit": "cost", "maximum": price - 1}
        assert f"{price:,}" in error.message

    def test_an_alias_dodges_nothing(self) -> None:
        query = "{ a: products(first: 100) { nodes { name } } b: products(first: 100) { nodes { name } } }"
        assert refusal(Limits(cost=400), query) is not None

    def test_one_document_is_priced_for_each_request(self) -> None:
        runner = make_runner(Limits(cost=1_000))
        query = "query ($n: Int) { products(first: $n) { nodes { variants(first: $n) { nodes { name } } } } }"
        runner.prepare(Parameters(query, None, {"n": 10}), BASE_URL)
        with pytest.raises(RequestError):
            runner.prepare(Parameters(query, None, {"n": 100}), BASE_URL)
        assert len(runner.documents) == 1


class TestRealQueriesPass:
    """The largest things that storefronts ask for, written for the small schema."""

    VARIANT = (
        "name price { amount currencyCode } compareAtPrice { amount currencyCode } image { url width }"
        " selectedOptions { name values }"
    )

    def check(self, query: str, variables: dict[str, Any] | None = None, *, introspection: bool = False) -> None:
        make_runner(introspection=introspection).prepare(Parameters(query, None, variables or {}), BASE_URL)

    def test_250_products_with_250_variants_images_prices_and_options(self) -> None:
        self.check(
            "query Export($n: Int!) { products(first: $n) { nodes { name price { amount currencyCode }"
            " options { name values } images(first: 250) { url width }"
            f" variants(first: 250) {{ nodes {{ {self.VARIANT} }} edges {{ cursor node {{ {self.VARIANT} }} }} }}"
            " } } }",
            {"n": 250},
        )

    def test_a_deep_query_with_a_hundred_fields(self) -> None:
        query = "name"
        for level in range(14):
            query = (
                f"name l{level}: name price {{ amount currencyCode }} options {{ name values }} related {{ {query} }}"
            )
        self.check(f"query Deep {{ product {{ {query} }} }}")

    def test_thirty_aliases_that_spread_a_large_fragment(self) -> None:
        aliases = " ".join(f"p{i}: product {{ ...Card }}" for i in range(30))
        card = f"name a: name b: name price {{ amount }} variants(first: 250) {{ nodes {{ {self.VARIANT} }} }}"
        self.check(f"query Cards {{ {aliases} }} fragment Card on Product {{ {card} }}")

    def test_a_mutation_with_250_lines_written_out(self) -> None:
        lines = ", ".join('{tags: ["gid://shopify/ProductVariant/1"], also: {tags: ["a", "b"]}}' for _ in range(250))
        self.check(f"query {{ products(filters: [{lines}]) {{ nodes {{ name }} }} }}")

    def test_250_ids(self) -> None:
        ids = ", ".join(f'"gid://shopify/Product/{i}"' for i in range(250))
        self.check(f"{{ nodes(ids: [{ids}]) {{ name variants(first: 250) {{ nodes {{ {self.VARIANT} }} }} }} }}")

    def test_the_introspection_of_explorers(self) -> None:
        of_type = "kind name"
        for _ in range(9):
            of_type = f"kind name ofType {{ {of_type} }}"
        value = "name description isDeprecated deprecationReason type { ...TypeRef } defaultValue"
        self.check(
            "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind }"
            " subscriptionType { name kind } types { ...FullType } directives { name description isRepeatable locations"
            " args(includeDeprecated: true) { ...InputValue } } } } fragment FullType on __Type { kind name description"
            " specifiedByURL isOneOf fields(includeDeprecated: true) { name description args(includeDeprecated: true) {"
            " ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }"
            " inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }"
            " enumValues(includeDeprecated: true) { name description"
            " isDeprecated deprecationReason } possibleTypes { ...TypeRef } }"
            f" fragment InputValue on __InputValue {{ {value} }} fragment TypeRef on __Type {{ {of_type} }}",
            introspection=True,
        )


def test_limits_of_one_operation_are_not_those_of_another() -> None:
    runner = make_runner(Limits(page_size=10))
    two = "query A { products(first: 5) { __typename } } query B { products(first: 50) { __typename } }"
    runner.prepare(Parameters(two, "A"), BASE_URL)
    with pytest.raises(RequestError, match="'first' is 50"):
        runner.prepare(Parameters(two, "B"), BASE_URL)


def test_a_refused_operation_makes_no_context() -> None:
    made: list[OperationScope] = []
    runner = Runner(
        SCHEMA, made.append, Limits(cost=1), Metrics(), introspection=False, suggestions=False, time_limit=5
    )
    with pytest.raises(RequestError):
        runner.prepare(Parameters("{ product { name } }"), BASE_URL)
    assert made == []
