"""A schema whose resolvers do everything that resolvers may do and much that they must not, and operations on it.

What a field answers is decided by a seed: the same for whoever executes. Half of the fields answer at once; the
others wait a turn or more of the event loop, return futures, list awaitables, or come one by one.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from enum import Enum
from inspect import CORO_CREATED, getcoroutinestate, isawaitable
from random import Random
from typing import Annotated, Any, NewType

import strawberry
from graphql import GraphQLObjectType, get_named_type, is_abstract_type, is_leaf_type
from strawberry.permission import BasePermission
from strawberry.schema.config import StrawberryConfig

from resolvers.context import Context
from resolvers.loading import Loader
from schema.fields import edge

LEAVES = ("text", "number", "ratio", "flag", "colour", "code", "anything")
RIGHT: dict[str, tuple[Any, ...]] = {
    "text": ("", "a", "ü\u0000", 7, True, 1.5),
    "number": (0, -1, 2**31 - 1, 3.0, "12", True),
    "ratio": (0.5, 3, -0.0, "1.5", True),
    "flag": (True, False, 1, 0),
    "colour": ("RED", "BLUE"),
    "code": ("x", "y"),
    "anything": ({"a": [1]}, [], "s", 0),
}
WRONG: dict[str, tuple[Any, ...]] = {
    "text": ([], {}, object),
    "number": (2**31, 1.5, "x", "", [], float("inf")),
    "ratio": ("x", float("nan"), float("inf"), []),
    "flag": ("true", [], float("nan")),
    "colour": ("GREEN", 3, [], None),
    "code": ("", None),
    "anything": (None,),
}


@strawberry.enum
class Colour(Enum):
    RED = "RED"
    BLUE = "BLUE"


Code = NewType("Code", str)
Anything = NewType("Anything", object)


def _code_out(value: Any) -> str | None:
    if value == "":
        raise ValueError("no code")
    return str(value).upper() if value is not None else None


class Oops(Exception):  # noqa: N818 (what is meant to go wrong)
    """What resolvers fail with."""


class Thing:
    """Something of the graph. Attributes answer as its seed has it."""

    def __init__(self, seed: int, mood: "Mood") -> None:
        self.seed, self.mood = seed, mood

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in ANSWERED:
            raise AttributeError(name)
        return self.mood.answer(self, name)


class Other(Thing):
    """Something of another type."""


@dataclass(frozen=True)
class Mood:
    """How bad the world is: how many of 100 answers are wrong, and whether anything has to be waited for."""

    badness: int
    waits: bool
    given: list[Coroutine[Any, Any, Any]] = field(default_factory=list, compare=False)
    """What is to be awaited of all answers so far."""

    def put_away(self) -> None:
        """Close what nobody has begun to await: graphql-core does not look into lists that follow a failure."""
        for coroutine in self.given:
            if getcoroutinestate(coroutine) == CORO_CREATED:
                coroutine.close()

    def answer(self, thing: Thing, name: str, extra: object = "") -> Any:
        """What a field of a thing answers, at once."""
        dice = Random(f"{thing.seed} {name} {extra}")
        kind = ANSWERED[name]
        if dice.randrange(100) < self.badness:
            return self._bad(dice, thing, kind)
        return self._good(dice, thing, kind)

    def _good(self, dice: Random, thing: Thing, kind: str) -> Any:
        if kind.endswith("*"):
            items = [self._item(dice, thing, kind[:-1]) for _ in range(dice.choice((0, 1, 2, 3)))]
            return dice.choice((list, list, tuple, deque))(items)
        if kind in RIGHT:
            return (
                Colour[value]
                if kind == "colour" and (value := dice.choice(RIGHT[kind])) == "RED"
                else dice.choice(RIGHT[kind])
            )
        make = {"thing": Thing, "other": Other}.get(kind) or dice.choice((Thing, Other))
        return make(dice.randrange(10**9), self)

    def _item(self, dice: Random, thing: Thing, kind: str) -> Any:
        try:
            value = (
                self._bad(dice, thing, kind) if dice.randrange(100) < self.badness else self._good(dice, thing, kind)
            )
        except Oops as raised:
            # What its siblings came to would be dropped here, not by an executor.
            value = raised
        return self.late(dice, value) if self.waits and dice.random() < 0.1 else value

    def _bad(self, dice: Random, thing: Thing, kind: str) -> Any:
        match dice.randrange(5):
            case 0:
                raise Oops(f"raised {dice.randrange(1000)}")
            case 1:
                return Oops(f"returned {dice.randrange(1000)}")
            case 2 if kind in WRONG:
                return dice.choice(WRONG[kind])
            case 3 if kind.endswith("*"):
                return dice.choice((5, "text", object(), iter([])))
            case 4 if kind in ("thing", "any", "being"):
                return dice.choice((5, "text"))
        return None

    def late(self, dice: Random, value: Any) -> Any:
        """The same, in one of the ways in which something can be waited for; not a list that holds such things."""
        # What a coroutine holds that is never begun is dropped with it, not by an executor.
        if isinstance(value, list | tuple | deque) and any(map(isawaitable, value)):
            return value

        async def turns(count: int) -> Any:
            for _ in range(count):
                await asyncio.sleep(0)
            if isinstance(value, Exception) and count % 2:
                raise value
            return value

        count = dice.randrange(4)
        if dice.random() < 0.3:
            future = asyncio.get_running_loop().create_future()
            future.set_result(value)
            return future
        self.given.append(turns(count))
        return self.given[-1]


class Twins(Loader[int, Any]):
    """A thing's twin: one batch for all of them, of which some fail."""

    async def answer(self, keys: Any) -> list[Any]:
        return await self.fetch(None, keys)

    async def fetch(self, session: Any, keys: Any) -> list[Any]:
        self.context.extensions.setdefault("batches", []).append(sorted(keys))
        mood: Mood = self.context.searches["mood"]  # type: ignore[assignment]
        found = []
        for key in keys:
            dice = Random(f"twin {key}")
            if dice.randrange(100) < mood.badness:
                found.append(dice.choice((None, Oops(f"no twin {key % 100}"))))
            else:
                found.append(Thing(key // 2, mood))
        return found


class Moody(BasePermission):
    """Some may not look."""

    message = "not today"

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        return bool(Random(f"{source.seed} permission").randrange(100) >= source.mood.badness)


@dataclass
class Leaf:
    """Something in which nothing has to be waited for."""

    number: int


@strawberry.type(name="Leaf")
class OtherLeaf:
    number: int


def _failing(thing: Any, good: list[Any]) -> list[Any]:
    """These, and among them some that are awaited and fail, or are cancelled by nobody of ours."""

    async def fails() -> Any:
        await asyncio.sleep(0)
        raise Oops("awaited in vain")

    return [*good, fails()] if thing.mood.waits else good


def _thing_of(cls: type) -> Any:
    return lambda value, info: isinstance(value, cls) and type(value) is cls


@strawberry.interface
class Being:
    text: str | None
    number: int
    seed_text: str = strawberry.field(resolver=lambda self: str(self.seed))


@strawberry.input
class Wish:
    word: str = "w"
    count: int | None = None
    colours: list[Colour] = strawberry.field(default_factory=list)


@strawberry.type(name="Thing")
class ThingType(Being):
    must_text: str
    maybe_number: int | None
    maybe_ratio: float | None
    ratio: float
    flag: bool
    maybe_flag: bool | None
    colour: Colour
    maybe_colour: Colour | None
    code: Code
    maybe_code: Code | None
    anything: Anything | None
    texts: list[str | None] | None
    must_texts: list[str]
    colours: list[Colour | None]
    rows: list[list[int] | None] | None
    thing: "ThingType | None"
    must_thing: "ThingType"
    things: list["ThingType"]
    maybe_things: list["ThingType | None"] | None
    grid: list[list["ThingType | None"]] | None
    being: Being | None
    beings: list[Being | None] | None
    any: "Any_ | None"
    anys: list["Any_"]
    twin: "ThingType | None" = edge(Twins, key="seed", description="Its twin.")
    must_twin: "ThingType" = edge(Twins, key="seed", description="Its twin.")

    @strawberry.field
    def called(self, info: strawberry.Info, word: str = "w", wish: Wish | None = None) -> str | None:
        return _told(self, info, "text", word, wish)

    @strawberry.field
    async def awaited(self, info: strawberry.Info, wish: Wish | None = None) -> int:
        await _turns(self)
        return self.mood.answer(self, "number", _plain(wish))  # type: ignore[no-any-return, attr-defined]

    @strawberry.field
    async def awaited_thing(self) -> "ThingType":
        await _turns(self)
        return self.mood.answer(self, "thing", "awaited")  # type: ignore[no-any-return, attr-defined]

    @strawberry.field
    async def awaited_things(self, many: int = 1) -> list["ThingType | None"]:
        await _turns(self)
        return self.mood.answer(self, "things", many)  # type: ignore[no-any-return, attr-defined]

    @strawberry.field(graphql_type="ThingType | None")
    def future_thing(self) -> Any:
        return _late(self, "thing", "future")

    @strawberry.field(graphql_type=list[Being])
    def future_beings(self) -> Any:
        return _late(self, "beings", "future")

    @strawberry.field(graphql_type=str)
    def future_text(self) -> Any:
        return _late(self, "text", "future")

    @strawberry.field(graphql_type=list["ThingType | None"] | None)
    def one_by_one(self) -> Any:
        return _one_by_one(self) if self.mood.waits else None  # type: ignore[attr-defined]

    @strawberry.field(graphql_type=list[str | None])
    def future_texts(self) -> Any:
        return _failing(self, [_late(self, "text", "listed"), "at once"])

    @strawberry.field(graphql_type=list[OtherLeaf | None])
    def future_leaves(self) -> Any:
        return _failing(self, [Leaf(1), Leaf(2)])

    @strawberry.field(permission_classes=[Moody])
    def guarded(self) -> str:
        return self.mood.answer(self, "text", "guarded")  # type: ignore[no-any-return, attr-defined]

    @strawberry.field(permission_classes=[Moody], graphql_type="ThingType | None")
    async def guarded_thing(self) -> Any:
        return self.mood.answer(self, "thing", "guarded")  # type: ignore[attr-defined]

    @strawberry.field(metadata={"needs_place": True})
    def place(self, info: strawberry.Info) -> str:
        return json.dumps(info.path.as_list())

    @strawberry.field
    def names(self, info: strawberry.Info) -> list[str]:
        return [name for name in info.path.as_list() if isinstance(name, str)]

    is_type_of = _thing_of(Thing)


@strawberry.type(name="Other")
class OtherType(Being):
    must_other: "OtherType"
    thing: ThingType | None
    others: list["OtherType"]
    flag: bool

    is_type_of = _thing_of(Other)


Any_ = Annotated[ThingType | OtherType, strawberry.union("AnyOf")]

ANSWERED = {
    "text": "text",
    "must_text": "text",
    "number": "number",
    "maybe_number": "number",
    "maybe_ratio": "ratio",
    "ratio": "ratio",
    "flag": "flag",
    "maybe_flag": "flag",
    "colour": "colour",
    "maybe_colour": "colour",
    "code": "code",
    "maybe_code": "code",
    "anything": "anything",
    "texts": "text*",
    "must_texts": "text*",
    "colours": "colour*",
    "rows": "number**",
    "thing": "thing",
    "must_thing": "thing",
    "things": "thing*",
    "maybe_things": "thing*",
    "grid": "thing**",
    "being": "being",
    "beings": "being*",
    "any": "any",
    "anys": "any*",
    "must_other": "other",
    "others": "other*",
}


async def _turns(thing: Any) -> None:
    for _ in range(Random(f"{thing.seed} turns").randrange(3) if thing.mood.waits else 0):
        await asyncio.sleep(0)


def _plain(wish: Wish | None) -> str:
    return "" if wish is None else f"{wish.word} {wish.count} {wish.colours}"


def _told(thing: Any, info: strawberry.Info, name: str, *asked: Any) -> Any:
    assert info.field_name == "called"
    return thing.mood.answer(thing, name, [_plain(one) if isinstance(one, Wish) else one for one in asked])


def _late(thing: Any, name: str, extra: str) -> Any:
    value = thing.mood.answer(thing, name, extra)
    return thing.mood.late(Random(f"{thing.seed} {name} late"), value) if thing.mood.waits else value


async def _one_by_one(thing: Any) -> AsyncIterator[Any]:
    for number in range(3):
        await asyncio.sleep(0)
        yield thing.mood.answer(thing, "thing", number)


@strawberry.type
class Query:
    @strawberry.field(graphql_type=ThingType)
    def start(self, info: strawberry.Info, seed: int) -> Any:
        return Thing(seed, info.context.searches["mood"])

    @strawberry.field(graphql_type=Any_ | None)
    def any(self, info: strawberry.Info, seed: int = 1) -> Any:
        return info.context.searches["mood"].answer(Thing(seed, info.context.searches["mood"]), "any")

    @strawberry.field(graphql_type=Any_ | None)
    async def maybe(self, info: strawberry.Info, seed: int = 1) -> Any:
        return info.context.searches["mood"].answer(Thing(seed, info.context.searches["mood"]), "any")


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=ThingType | None)
    async def change(self, info: strawberry.Info, seed: int) -> Any:
        written = info.context.extensions.setdefault("written", [])
        written.append(f"begin {seed}")
        await asyncio.sleep(0)
        written.append(f"end {seed}")
        return Thing(seed, info.context.searches["mood"])

    @strawberry.mutation(graphql_type=int)
    def count(self, info: strawberry.Info, seed: int) -> Any:
        return info.context.searches["mood"].answer(Thing(seed, info.context.searches["mood"]), "number")


NASTY = strawberry.Schema(
    Query,
    Mutation,
    types=[ThingType, OtherType],
    config=StrawberryConfig(
        scalar_map={
            Code: strawberry.scalar(name="Code", serialize=_code_out),
            Anything: strawberry.scalar(name="Anything", serialize=lambda value: value),
        }
    ),
)


def context_of(mood: Mood) -> Context:
    """What an operation on the nasty graph works with; it has no database."""
    context = Context(db=None, events=None)  # type: ignore[arg-type]
    context.searches["mood"] = mood  # type: ignore[assignment]
    return context


class Documents:
    """Writes valid documents on the nasty schema: aliases, fields asked for twice, fragments of all kinds, `@skip` and
    `@include`, variables, and names that would matter if they ever became code.
    """

    NAMES = ("a", "b", "text", "class", "None", "__import__x", "rt", "o", "k_1", "v1", "return_")

    def __init__(self, dice: Random, *, waits: bool) -> None:
        self._dice = dice
        self._waits = waits
        self._fragments: list[str] = []
        self._left = 60
        self.values: dict[str, Any] = {f"f{n}": dice.random() < 0.5 for n in range(3)} | {"w": {"count": 3}, "s": 7}

    def document(self) -> str:
        """The text; its variables' values are in `values`."""
        dice = self._dice
        root = "mutation" if dice.random() < 0.2 else "query"
        roots = []
        for number in range(dice.randint(1, 3)):
            seed = dice.choice((str(dice.randrange(50)), "$s"))
            if root == "mutation":
                name = dice.choice(("change", "change", "count"))
            else:
                name = dice.choice(("start", "start", "maybe") if self._waits else ("start", "any"))
            kind = {"start": "Thing", "change": "Thing", "maybe": "AnyOf", "any": "AnyOf"}.get(name)
            selected = f" {{ {self._selection(kind, 4)} }}" if kind else ""
            roots.append(f"r{number}: {name}(seed: {seed}){selected}")
        declared = '($s: Int! = 3, $w: Wish, $w2: String! = "d", $f0: Boolean!, $f1: Boolean!, $f2: Boolean = true)'
        used = f"{root} Q{declared} {{ {' '.join(roots)} used: __typename @include(if: $f0) @skip(if: $f1)"
        if root == "query":
            used += " used2: start(seed: $s) @skip(if: $f2) { called(wish: $w) c: called(word: $w2) }"
        else:
            used += " used2: change(seed: $s) @skip(if: $f2) { called(wish: $w) c: called(word: $w2) }"
        return " ".join([f"{used} }}", *self._fragments])

    def _selection(self, kind: str, depth: int) -> str:
        declared: Any = NASTY._schema.type_map[kind]
        parts = ["__typename"] if self._dice.random() < 0.3 or is_abstract_type(declared) else []
        parts += [self._part(declared, depth) for _ in range(self._dice.randint(1, 7))]
        return " ".join(filter(None, parts)) or "__typename"

    def _part(self, declared: Any, depth: int) -> str:
        dice = self._dice
        chance = dice.random()
        if depth <= 0 or getattr(declared, "name", "") == "Leaf":
            return self._field(declared, depth) if hasattr(declared, "fields") else "__typename"
        if chance < 0.06:
            return f"... {self._condition()} {{ {self._selection(declared.name, depth - 1)} }}"
        if chance < 0.16 or not hasattr(declared, "fields"):
            on = dice.choice(self._possible(declared))
            return f"... on {on} {self._condition()} {{ {self._selection(on, depth - 1)} }}"
        if chance < 0.22:
            name = f"F{len(self._fragments)}"
            self._fragments.append("")
            place = len(self._fragments) - 1
            on = dice.choice(self._possible(declared))
            self._fragments[place] = f"fragment {name} on {on} {{ {self._selection(on, depth - 1)} }}"
            return f"...{name} {self._condition()} ...{name}"
        return self._field(declared, depth)

    def _possible(self, declared: Any) -> list[str]:
        if isinstance(declared, GraphQLObjectType):
            return [declared.name, "Being", "AnyOf"]
        return ["Thing", "Other", "Being"]

    def _field(self, declared: Any, depth: int) -> str:
        dice = self._dice
        names = sorted(declared.fields)
        if not self._waits:
            names = [name for name in names if name not in WAITING]
        name = dice.choice(names)
        kind: Any = get_named_type(declared.fields[name].type)
        if not is_leaf_type(kind) and (depth <= 0 or self._left <= 0):
            name, kind = "text", None
        self._left -= 1
        given, which = "", 0
        if name in GIVEN:
            which = dice.randrange(len(GIVEN[name]))
            given = GIVEN[name][which]
        # One response name always means one field, with one set of arguments, whatever the type.
        alias = f"{dice.choice(self.NAMES)}_{name}_{which}" if given or dice.random() < 0.4 else ""
        selected = (
            f" {{ {self._selection(kind.name, depth - 1)} }}" if kind is not None and not is_leaf_type(kind) else ""
        )
        key = f"{alias}: " if alias else ""
        return f"{key}{name}{given} {self._condition()}{selected}"

    def _condition(self) -> str:
        chance = self._dice.random()
        if chance < 0.85:
            return ""
        return self._dice.choice(
            ("@include(if: $f0)", "@skip(if: $f1)", "@include(if: true)", "@skip(if: false)", "@skip(if: $f2)")
        )


WAITING = (
    {"awaited", "awaitedThing", "awaitedThings", "futureThing", "futureBeings", "futureText", "oneByOne"}
    | {
        "futureTexts",
        "futureLeaves",
    }
    | {
        "twin",
        "mustTwin",
        "guarded",
        "guardedThing",
    }
)


GIVEN = {
    "called": ("", '(word: "\\"); import os #")', "(wish: $w)", "(wish: {colours: [RED]})", "(word: $w2)"),
    "awaited": ("", "(wish: $w)"),
    "awaitedThings": ("", "(many: 2)"),
}
