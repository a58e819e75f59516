"""Documents made to be slow: time grows at most linearly with them, and stays near that of a decent document.

Times are those of the processor, compared within one run by the best of several: a busy machine only adds to them.
"""

import gc
from collections.abc import Callable
from contextlib import suppress
from time import thread_time

import pytest

from app.graphql import Limits
from app.graphql.errors import RequestError
from app.graphql.parameters import Parameters
from app.graphql.runner import Runner
from app.metrics import Metrics
from tests.transport.schema import Context, make_schema

SCHEMA = make_schema()
BASE_URL = "http://shop.test"
DOUBLING = 2.5
# An attack may cost this many times what a valid document of its length costs.
FAR_ABOVE = 3.0
# Below this, clock and garbage collector drown what is measured.
NOISE = 0.0015


def chain(n: int) -> str:
    links = "".join(f"fragment f{i} on Product{{...f{i + 1} ...f{i + 1}}}" for i in range(n))
    return f"{{product{{...f0}}}}{links}fragment f{n} on Product{{name}}"


def chain_with_fields(n: int) -> str:
    links = "".join(
        f"fragment f{i} on Product{{related{{name ...f{i + 1}}} named{{name ...on Product{{...f{i + 1}}}}}}}"
        for i in range(n)
    )
    return f"{{product{{...f0}}}}{links}fragment f{n} on Product{{name}}"


def chain_of_introspection(n: int) -> str:
    links = "".join(f"fragment f{i} on __Type{{...f{i + 1} ofType{{...f{i + 1}}}}}" for i in range(n))
    return f"{{__schema{{types{{...f0}}}}}}{links}fragment f{n} on __Type{{name}}"


def cycle(n: int) -> str:
    links = "".join(f"fragment f{i} on Product{{...f{(i + 1) % n} ...f0}}" for i in range(n))
    return f"{{product{{...f0}}}}{links}"


def crossing_fragments(n: int) -> str:
    spreads = "".join(f"...f{i} " for i in range(n))
    return f"{{product{{{spreads}}}}}" + "".join(
        f"fragment f{i} on Product{{x{i}:name price{{amount}}}}" for i in range(n)
    )


ATTACKS: dict[str, Callable[[int], str]] = {
    "fragment chain": chain,
    "fragment chain with fields": chain_with_fields,
    "fragment chain of introspection": chain_of_introspection,
    "fragment cycle": cycle,
    "crossing fragments": crossing_fragments,
    "repeated field": lambda n: "{product{" + "name " * n + "}}",
    "repeated object": lambda n: "{product{" + "related{name} " * n + "}}",
    "repeated object with a fragment": lambda n: "{product{" + "related{name ...f}" * n + "}}fragment f on Product{"
    + "price{amount} " * n + "}",
    "repeated arguments": lambda n: "{product{" + "variants(first:1){nodes{name}} " * n + "}}",
    "conflicting arguments": lambda n: "{product{" + " ".join(f"images(first:{i}){{url}}" for i in range(n)) + "}}",
    "deep nesting": lambda n: "{product{" + "related{" * n + "name" + "}" * n + "}}",
    "deep inline fragments": lambda n: "{product{" + "...{" * n + "name" + "}" * n + "}}",
    "deep input": lambda n: "{products(filters:" + "{also:" * n + "{}" + "}" * n + "){nodes{name}}}",
    "aliases": lambda n: "{product{" + "".join(f"a{i}:name " for i in range(n)) + "}}",
    "directives": lambda n: "{hello " + "@include(if:true)" * n + "}",
    "directives everywhere": lambda n: "{product{" + "...@include(if:true){name}" * n + "}}",
    "list": lambda n: "{nodes(ids:[" + '"a",' * n + "]){name}}",
    "list of lists": lambda n: "{nodes(ids:" + "[" * n + "]" * n + "){name}}",
    "tokens": lambda n: "{" + "hello," * n + "}",
    "unused fragments": lambda n: "{hello}" + "".join(f"fragment f{i} on Product{{name}}" for i in range(n)),
    "spreads of one fragment": lambda n: "{product{" + "...f " * n + "}}fragment f on Product{name}",
    "variables": lambda n: "query(" + ",".join(f"$v{i}:Int" for i in range(n)) + "){hello}",
    "operations": lambda n: "".join(f"query q{i}{{product{{...f}}}}" for i in range(n)) + "fragment f on Product{"
    + "name " * n + "}",
    "unknown fields": lambda n: "{product{" + " ".join(f"nope{i}" for i in range(n)) + "}}",
    "lines before faults": lambda n: "\n" * (n * 20) + "{product{" + "nope " * 30 + "}}",
    "comments": lambda n: "#\n" * n + "{hello}",
    "subscription with many fields": lambda n: "subscription{" + "count " * n + "forever}",
}  # fmt: skip


def decent(characters: int) -> str:
    """A valid document of about this length, such as a storefront sends."""
    field = "variants(first:5){nodes{name price{amount currencyCode}}} options{name values} "
    return "query Page{products(first:10){nodes{" + field * max(1, characters // len(field)) + "}}}"


class Stopwatch:
    """What it costs to prepare, or to refuse, a document that was never seen before: the best of all rounds so far."""

    def __init__(self, text: str, limits: Limits | None = None) -> None:
        self.text = text
        self.best = float("inf")
        self._rounds = 0
        self._runner = Runner(
            SCHEMA, Context, limits or Limits(), Metrics(), introspection=True, suggestions=False, time_limit=5
        )
        # The first round also pays for what the whole process does once.
        self.measure()
        self.best = float("inf")

    def measure(self) -> None:
        self._rounds += 1
        gc.disable()
        try:
            started = thread_time()
            with suppress(RequestError):
                self._runner.prepare(Parameters(self.text + " " * self._rounds), BASE_URL)
            self.best = min(self.best, thread_time() - started)
        finally:
            gc.enable()


def at_most(large: Stopwatch, factor: float, small: Stopwatch) -> bool:
    """Whether `large` costs at most `factor` times what `small` does; what looks too slow is measured again.

    The rounds alternate, so that both meet the same neighbours on the processor.
    """
    for _ in range(12):
        large.measure()
        small.measure()
        if large.best <= small.best * factor + NOISE:
            return True
    return False


@pytest.mark.parametrize("attack", ATTACKS)
def test_time_grows_linearly_and_stays_near_a_decent_document(attack: str) -> None:
    build = ATTACKS[attack]
    for size in (7, 60):
        small, large = Stopwatch(build(size)), Stopwatch(build(size * 2))
        # Some attacks more than double, and may then take as much longer.
        growth = max(1.0, len(large.text) / len(small.text) / 2)
        assert at_most(large, DOUBLING * growth, small), (size, small.best, large.best)
        usual = Stopwatch(decent(len(large.text)))
        assert at_most(large, FAR_ABOVE, usual), (size, usual.best, large.best)


def test_without_the_limits_a_document_still_grows_linearly() -> None:
    """The check of overlapping fields, quadratic in graphql-core, bears documents that the limits would stop."""
    wide = Limits(tokens=100_000, fields=100_000, characters=1_000_000)
    small, large = (Stopwatch("{product{" + "name " * n + "}}", wide) for n in (1_000, 2_000))
    assert at_most(large, DOUBLING, small), (small.best, large.best)
