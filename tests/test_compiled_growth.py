"""Documents made to be slow to compile: the work grows with their length alone, whatever they select.

It is counted in calls, which are the same in every run.
"""

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from app.graphql import Limits
from app.graphql.compiled import Plans
from app.graphql.documents import Document, Documents, Timing
from app.graphql.engine import Engine
from schema import schema

DOUBLING = 2.2
PER_CHARACTER = 2.5
"""How many times as many calls as a document that selects texts may one take for each of its characters."""


def product(of: str) -> Callable[[int], str]:
    """Aliases of the same, in a product."""
    return lambda n: '{ product(handle: "x") { ' + " ".join(f"a{i}: {of}" for i in range(n)) + " } }"


DOCUMENTS: dict[str, Callable[[int], str]] = {
    "texts": product("title"),
    "ids": product("id"),
    "times": product("createdAt"),
    "an enum of many values": lambda n: (
        "{ localization { country { " + " ".join(f"a{i}: isoCode" for i in range(n)) + " } } }"
    ),
    "an enum in objects": product("priceRange { minVariantPrice { currencyCode } }"),
    "enums in lists": lambda n: (
        "{ shop { paymentSettings { " + " ".join(f"a{i}: enabledPresentmentCurrencies" for i in range(n)) + " } } }"
    ),
    "pages": product("images(first: 3) { nodes { url } }"),
    "an interface": lambda n: "{ " + " ".join(f'a{i}: node(id: "x") {{ id }}' for i in range(n)) + " }",
    "a union": lambda n: (
        '{ cart(id: "x") { lines(first: 3) { nodes { '
        + " ".join(f"a{i}: merchandise {{ ... on ProductVariant {{ id }} }}" for i in range(n))
        + " } } } }"
    ),
    "fragments": lambda n: (
        '{ product(handle: "x") { '
        + " ".join(f"...f{i}" for i in range(n))
        + " } }"
        + " ".join(f"fragment f{i} on Product {{ b{i}: title c{i}: vendor }}" for i in range(n))
    ),
    "inputs": lambda n: (
        "query ("
        + " ".join(f"$v{i}: [ProductFilter!]" for i in range(n))
        + ') { collection(handle: "x") { '
        + " ".join(f"a{i}: products(first: 1, filters: $v{i}) {{ nodes {{ id }} }}" for i in range(n))
        + " } }"
    ),
}


def prepared(text: str) -> Document:
    wide = Limits(root_fields=1_000)
    return Documents(schema._schema, wide, introspection=False, suggestions=False).prepare(text, Timing())


def calls(build: Callable[[int], str], size: int) -> int:
    """How many calls it takes to compile a document by a server that has met the types in it before."""
    document, engine = prepared(build(size)), Engine(schema, suggestions=False)
    engine.compile(prepared(build(1)))
    count = 0

    def called(_frame: FrameType, event: str, _what: Any) -> None:
        nonlocal count
        count += event.endswith("call")

    before = sys.getprofile()
    gc.collect()
    # It would count what it calls of things that other tests have left.
    gc.disable()
    sys.setprofile(called)
    try:
        engine.compile(document)
    finally:
        sys.setprofile(before)
        gc.enable()
    assert isinstance(document.operations[0].compiled.plans[()], Plans)
    return count


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_work_grows_with_the_length_alone(kind: str) -> None:
    build, usual = DOCUMENTS[kind], DOCUMENTS["texts"]
    few, many = calls(build, 100), calls(build, 200)
    assert many <= few * DOUBLING
    assert many / len(build(200)) <= PER_CHARACTER * calls(usual, 200) / len(usual(200))
