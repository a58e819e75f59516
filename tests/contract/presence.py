"""Presence is not behaviour: looks in the demo shop for a real value of every field that storefronts use."""

import tomllib
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

HERE = Path(__file__).parent
Composite: TypeAlias = GraphQLObjectType | GraphQLInterfaceType

# Pages of a root connection that are turned before a value is given up.
_PAGES = 8
# Objects of a connection on the way to a type.
_ON_THE_WAY = 5
# Ways to a type that are tried, shortest first, and the fields on the longest.
_MOST_WAYS = 12
_LONGEST_WAY = 6


class Demo(Protocol):
    """The demo shop, asked as a storefront asks it."""

    async def run(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's data. Raises when there are errors."""


@dataclass(frozen=True)
class Plan:
    """What to look for and how.

    ``roots`` are selections on the query root that ways begin with, by field name; those that take ``$after`` are
    paged. ``arguments`` are, for a `Type.field`, what it is asked with: each line is tried. ``exempt`` are fields
    without a real value, with the reason.
    """

    roots: Mapping[str, Sequence[str]]
    arguments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exempt: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def read(path: Path = HERE / "presence.toml") -> "Plan":
        """Raises an error of tomllib when the file is not well-formed, KeyError when a part of it is missing."""
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return Plan(content["roots"], content["arguments"], content["exempt"])


@dataclass(frozen=True)
class Step:
    """One field on the way to a type, as it is written: the type it is on, its selection and the type it answers."""

    owner: str
    selection: str
    answers: str


Way: TypeAlias = tuple[Step, ...]


@dataclass
class Findings:
    """The first real value of each field, and sentences about fields without one and about exemptions that are idle."""

    values: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


async def look(
    demo: Demo, schema: GraphQLSchema, wanted: Mapping[str, Collection[str]], plan: Plan | None = None
) -> Findings:
    """Ask for every field of ``wanted`` (by type), in as many places as needed, until a real value is seen."""
    plan = Plan.read() if plan is None else plan
    findings = Findings()
    for name, fields in sorted(wanted.items()):
        owner = schema.get_type(name)
        if not isinstance(owner, Composite):
            findings.failures.append(f"{name}: the schema has no such type with fields.")
            continue
        unknown = [one for one in fields if one not in owner.fields]
        findings.failures += [f"{name}.{one}: the schema has no such field." for one in unknown]
        await _look_at(demo, schema, owner, [one for one in fields if one not in unknown], plan, findings)
    listed = {f"{name}.{one}" for name, fields in wanted.items() for one in fields}
    for place in plan.exempt:
        if place not in listed:
            findings.failures.append(f"{place}: presence.toml exempts a field that nobody asks for.")
    return findings


def is_real(value: object) -> bool:
    """Whether a value is more than what an empty implementation answers with."""
    if isinstance(value, dict):
        # What a list or a connection holds is what counts; any other object is something.
        held = [value[name] for name in ("nodes", "edges") if name in value]
        return any(map(is_real, held)) if held else True
    if isinstance(value, list):
        return any(map(is_real, value))
    return value not in (None, "", 0, False, "0", "0.0")


async def _look_at(
    demo: Demo, schema: GraphQLSchema, owner: Composite, fields: Sequence[str], plan: Plan, findings: Findings
) -> None:
    pending = set(fields)
    found_ways = list(ways(schema, owner, plan))
    for way in found_ways:
        if pending:
            for name, value in (await _along(demo, schema, owner, way, pending, plan)).items():
                findings.values[f"{owner.name}.{name}"] = value
                pending.discard(name)
    if not found_ways and fields:
        findings.failures.append(f"{owner.name}: no way leads there from {', '.join(plan.roots)}.")
        return
    for name in sorted(fields):
        place = f"{owner.name}.{name}"
        if name in pending and place not in plan.exempt:
            findings.failures.append(f"{place}: no real value in the demo shop, on {len(found_ways)} ways.")
        elif name not in pending and place in plan.exempt:
            value = findings.values[place]
            findings.failures.append(f"{place}: has the value {value!r}; remove it from presence.toml.")


def ways(schema: GraphQLSchema, target: Composite, plan: Plan) -> Iterator[Way]:
    """Ways from the roots to a type, shortest first; none passes a type twice."""
    root = schema.query_type
    assert root is not None
    waiting: deque[Way] = deque()
    for name, selections in plan.roots.items():
        answers = get_named_type(root.fields[name].type).name
        waiting.extend((Step(root.name, selection, answers),) for selection in selections)
    found = 0
    while waiting and found < _MOST_WAYS:
        way = waiting.popleft()
        here = schema.type_map[way[-1].answers]
        if here is target or (is_abstract_type(here) and schema.is_sub_type(here, target)):
            found += 1
            yield way
        if len(way) < _LONGEST_WAY:
            passed = {step.answers for step in way}
            waiting.extend((*way, step) for step in _onward(schema, here, target, plan) if step.answers not in passed)


def _onward(schema: GraphQLSchema, here: GraphQLNamedType, target: Composite, plan: Plan) -> Iterator[Step]:
    owners: Sequence[GraphQLNamedType] = schema.get_possible_types(here) if is_abstract_type(here) else (here,)
    for owner in owners:
        fields: Mapping[str, GraphQLField] = getattr(owner, "fields", {})
        for name, found in fields.items():
            answers = get_named_type(found.type)
            # Edges lead where nodes lead, unless the edge itself is wanted.
            is_detour = name == "edges" and "nodes" in fields and answers is not target
            if not is_leaf_type(answers) and not is_detour:
                for selection in written(owner.name, name, found, plan):
                    yield Step(owner.name, selection, answers.name)


def written(owner: str, name: str, found: GraphQLField, plan: Plan) -> list[str]:
    """How to write a field: with each of the plan's arguments, else with what it needs; nothing if that is unknown."""
    given = plan.arguments.get(f"{owner}.{name}")
    if given is not None:
        return [f"{name}({arguments})" if arguments else name for arguments in given]
    if "first" in found.args:
        return [f"{name}(first: {_ON_THE_WAY})"]
    return [] if any(map(is_required_argument, found.args.values())) else [name]


async def _along(
    demo: Demo, schema: GraphQLSchema, owner: Composite, way: Way, pending: Collection[str], plan: Plan
) -> dict[str, Any]:
    """The pending fields that have a real value at the end of this way, on any of the first pages."""
    real: dict[str, Any] = {}
    after = None
    for _ in range(_PAGES):
        asked = _asked(owner, sorted(set(pending) - real.keys()), plan)
        if not asked:
            break
        query = document(schema, way, owner, asked)
        paged = "$after" in query
        data = await demo.run(query, {"after": after} if paged else {})
        for found in ends(data, way):
            for key, (name, _) in asked.items():
                if name not in real and is_real(found.get(key)):
                    real[name] = found[key]
        page = data[_key(way[0])]["pageInfo"] if paged else {"hasNextPage": False}
        if not page["hasNextPage"]:
            break
        after = page["endCursor"]
    return real


def _asked(owner: Composite, names: Iterable[str], plan: Plan) -> dict[str, tuple[str, str]]:
    """By response key, the fields to select and how they are written."""
    asked = {}
    for name in names:
        answers = get_named_type(owner.fields[name].type)
        for number, selection in enumerate(written(owner.name, name, owner.fields[name], plan)):
            key = f"{name}_{number}" if number else name
            alias = f"{key}: " if number else ""
            asked[key] = (name, f"{alias}{selection}{_inside(answers)}")
    return asked


def document(schema: GraphQLSchema, way: Way, owner: Composite, asked: Mapping[str, tuple[str, str]]) -> str:
    """A query that goes the way and selects at its end what is asked; a paged one says where the next page begins."""
    selection = _on(way[-1].answers, owner.name, " ".join(written for _, written in asked.values()))
    for step, before in reversed(list(zip(way[1:], way, strict=False))):
        selection = _on(before.answers, step.owner, f"{step.selection} {{ {selection} }}")
    first = way[0]
    if "$after" in first.selection:
        page = "pageInfo { endCursor hasNextPage }"
        return f"query Look($after: String) {{ {first.selection} {{ {page} {selection} }} }}"
    return f"query Look {{ {first.selection} {{ {selection} }} }}"


def _on(here: str, owner: str, selection: str) -> str:
    return selection if here == owner else f"... on {owner} {{ {selection} }}"


def _inside(found: GraphQLNamedType) -> str:
    """What to select of an object to see that it is there, and of a connection that something is in it."""
    if is_leaf_type(found):
        return ""
    fields = getattr(found, "fields", {})
    held = next((name for name in ("nodes", "edges") if name in fields), None)
    return f" {{ {held} {{ __typename }} }}" if held else " { __typename }"


def _key(step: Step) -> str:
    return step.selection.partition("(")[0].strip()


def ends(data: Mapping[str, Any], way: Way) -> Iterator[dict[str, Any]]:
    """The objects at the end of the way."""
    here: list[Any] = [data]
    for step in way:
        here = [below for found in here for below in _flat(found.get(_key(step)))]
    yield from here


def _flat(value: object) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif value is not None:
        yield value
