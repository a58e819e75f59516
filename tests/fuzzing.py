"""Operations made up from a schema: every field that is served, with arguments from sensible to absurd.

Whatever is added to the schema is asked for from then on. A `Random` makes the choices, so that a run can be repeated,
and Hypothesis can make them instead.
"""

import base64
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

SIZES = (1, 2, 3, 5, 1, 2, 3, 0, -1, 250, 251, 2**31 - 1, -(2**31))
NUMBERS = (0.0, -0.0, 1.5, 90.0, -180.0, 1e308, -1e-320, 1e999)
TEXTS = (
    "",
    " ",
    "x",
    "0",
    "-1",
    "null",
    "nul\0in the middle",
    "\0",
    "\ud800",
    "\U0001f9e5\u200d\u0301",
    "'; DROP TABLE products; --",
    "%_%",
    "../../etc/passwd",
    "{}[]()\"\\",
    "a" * 10_000,
    "9" * 400,
    "tag:",
    "NOT NOT (title:a OR",
    "created_at:>=2026-13-45 price:<1e999",
    "(" * 200,
)
IDS = (
    "gid://shopify/Product/0",
    "gid://shopify/Product/-1",
    "gid://shopify/Product/1",
    "gid://shopify/Collection/99999999999999999999",
    "gid://shopify/Product/999999999999999999",
    "gid://shopify/Article/9223372036854775808",
    "gid://shopify/Product/1?key=2",
    "gid://shopify/Product/\u0661",
    "gid://shopify/Cart/nul\0",
    "gid://shopify/Metaobject/\ud83d\ude00",
    "gid://shopify/Nothing/1",
    "gid://shopify/Node/1",
    "gid://shopify//",
    "1",
)
SEARCHES = ("tag:sale", "title:a*", "-vendor:'x'", "available_for_sale:true AND variants.price:<50", "updated_at:>2020")
EDGES: tuple[Any, ...] = (2**31, 2**63 - 1, -(2**63), 2**64, 1.5, True, None, "", "nul\0", [], {}, "9999-12-31T23:59:59+00:00")
_FILED = {"startCursor": "cursor", "endCursor": "cursor", "productHandle": "handle", "after": "cursor", "before": "cursor"}


@dataclass
class Asked:
    """A field of an operation under a name of its own, for the objects of type ``on`` alone."""

    name: str
    alias: str
    on: str
    type: Any
    arguments: str
    children: list["Asked"] = field(default_factory=list)

    @property
    def text(self) -> str:
        inner = " ".join(f"... on {child.on} {{ {child.text} }}" for child in self.children)
        return f"{self.alias}: {self.name}{self.arguments}" + (f" {{ __typename {inner} }}" if self.composite else "")

    @property
    def composite(self) -> bool:
        return not is_leaf_type(get_named_type(self.type))

    def walk(self) -> Iterator["Asked"]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Operation:
    """A query with its variables."""

    fields: list[Asked]
    variables: dict[str, tuple[str, Any]]

    @property
    def text(self) -> str:
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self.variables.items())
        return f"query{f'({declared})' if declared else ''} {{ {' '.join(asked.text for asked in self.fields)} }}"

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, (_, value) in self.variables.items()}

    def walk(self) -> Iterator[Asked]:
        for asked in self.fields:
            yield from asked.walk()


class Finds:
    """What answers told and later questions can use: ids, handles, cursors, keys, by the name of the field."""

    def __init__(self) -> None:
        self._found: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def note(self, name: str, value: Any) -> None:
        if isinstance(value, str) and len(value) <= 300:
            known = self._found[_FILED.get(name, name)]
            if len(known) < 300:
                known[value] = None

    def of(self, name: str) -> list[str]:
        return list(self._found[_FILED.get(name, name)])


class Writer:
    """Writes operations on ``schema``, at most ``depth`` fields deep and of about ``most`` fields."""

    def __init__(self, schema: GraphQLSchema, dice: Random, finds: Finds, depth: int = 6, most: int = 25) -> None:
        self._schema, self._dice, self._finds = schema, dice, finds
        self._depth, self._left = depth, most
        self._count = 0
        self._variables: dict[str, tuple[str, Any]] = {}

    def operation(self, *names: str) -> Operation:
        """A query of these root fields, else of some."""
        root = self._schema.query_type
        assert root is not None
        chosen = names or self._dice.sample(sorted(root.fields), self._dice.choice((1, 1, 2)))
        return Operation([self._field(root, name, self._depth) for name in chosen], self._variables)

    def _field(self, parent: GraphQLObjectType, name: str, depth: int) -> Asked:
        self._count += 1
        self._left -= 1
        declared = parent.fields[name]
        asked = Asked(name, f"f{self._count}", parent.name, declared.type, self._arguments(declared))
        if asked.composite:
            asked.children = list(self._children(get_named_type(declared.type), depth - 1))
        return asked

    def _children(self, kind: GraphQLNamedType, depth: int) -> Iterator[Asked]:
        objects = self._schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]  # type: ignore[arg-type]
        for each in self._some(objects, 3):
            assert isinstance(each, GraphQLObjectType)
            # Pages are worth asking for what is on them.
            names = [name for name in ("edges", "nodes", "node", "cursor") if name in each.fields and depth > 0]
            for name in names or self._some(sorted(each.fields), 6):
                if is_leaf_type(get_named_type(each.fields[name].type)) or (depth > 0 and self._left > 0):
                    yield self._field(each, name, depth)

    def _some(self, things: Sequence[Any], most: int) -> list[Any]:
        return self._dice.sample(list(things), min(len(things), self._dice.randint(1, most)))

    def _arguments(self, declared: GraphQLField) -> str:
        chosen = {
            name: argument
            for name, argument in declared.args.items()
            if is_required_argument(argument) or self._dice.random() < 0.4
        }
        if {"first", "last"} <= declared.args.keys() and self._dice.random() < 0.9:
            kept, other = self._dice.sample(["first", "last"], 2)
            chosen.pop(other, None)
            chosen[kept] = declared.args[kept]
        if {"after", "before"} & chosen.keys() and self._dice.random() < 0.5:
            chosen.pop("after", None)
            chosen.pop("before", None)
        written = ", ".join(f"{name}: {self._argument(name, argument)}" for name, argument in chosen.items())
        return f"({written})" if written else ""

    def _argument(self, name: str, argument: GraphQLArgument) -> str:
        value = self._value(name, argument.type)
        if not isinstance(argument.type.of_type if isinstance(argument.type, GraphQLNonNull) else argument.type, (
            GraphQLInputObjectType, GraphQLList
        )) and self._dice.random() < 0.5:
            variable = f"v{len(self._variables)}"
            self._variables[variable] = (str(argument.type), value)
            return f"${variable}"
        return _literal(value, argument.type)

    def _value(self, name: str, kind: GraphQLInputType) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._value(name, kind.of_type)
        if isinstance(kind, GraphQLList):
            count = self._dice.choice((0, 1, 2, 3, 250)) if get_named_type(kind).name == "ID" else self._dice.randint(0, 3)
            return [self._value(name, kind.of_type) for _ in range(count)]
        if self._dice.random() < 0.03 and name not in ("first", "last"):
            return None
        if isinstance(kind, GraphQLInputObjectType):
            fields = kind.fields.items()
            wanted = [n for n, f in fields if isinstance(f.type, GraphQLNonNull) or self._dice.random() < 0.4]
            return {n: self._value(n, kind.fields[n].type) for n in wanted}
        if isinstance(kind, GraphQLEnumType):
            return self._dice.choice(sorted(kind.values))
        return self._scalar(name, kind.name)

    def _scalar(self, name: str, kind: str) -> Any:
        if kind == "Int":
            return self._dice.choice(SIZES)
        if kind == "Float":
            return self._dice.choice([n for n in NUMBERS if math.isfinite(n)])
        if kind == "Boolean":
            return self._dice.random() < 0.5
        found = self._finds.of("id" if kind == "ID" else name)
        if found and self._dice.random() < 0.7:
            text = self._dice.choice(found)
            return self._forged(text) if _FILED.get(name) == "cursor" and self._dice.random() < 0.4 else text
        return self._dice.choice(IDS if kind == "ID" else SEARCHES if name == "query" and self._dice.random() < 0.5 else TEXTS)

    def _forged(self, cursor: str) -> str:
        """A cursor of ours that was cut, or says something else."""
        try:
            parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        except ValueError:
            return cursor + "9"
        if not isinstance(parts, list) or self._dice.random() < 0.2:
            return cursor[: self._dice.randrange(len(cursor) + 1)]
        parts[self._dice.randrange(len(parts))] = self._dice.choice(EDGES)
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _literal(value: Any, kind: Any) -> str:
    kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if value is None:
        return "null"
    if isinstance(kind, GraphQLList):
        return f"[{', '.join(_literal(each, kind.of_type) for each in value)}]"
    if isinstance(kind, GraphQLInputObjectType):
        return f"{{ {', '.join(f'{n}: {_literal(v, kind.fields[n].type)}' for n, v in value.items())} }}"
    return str(value) if isinstance(kind, GraphQLEnumType) else json.dumps(value)


_LEAVES = {
    "Int": lambda value: type(value) is int and -(2**31) <= value < 2**31,
    "Float": lambda value: type(value) in (int, float) and math.isfinite(value),
    "Boolean": lambda value: type(value) is bool,
    "Decimal": lambda value: re.fullmatch(r"-?(0|[1-9]\d*)\.(0|\d*[1-9])", value),
    "DateTime": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value),
    "URL": lambda value: re.match(r"https?://[^\s]+$", value),
    "Color": lambda value: re.fullmatch(r"#[0-9A-Fa-f]{6}", value),
    "JSON": lambda value: True,
}


def misshapen(schema: GraphQLSchema, kind: Any, asked: Asked, value: Any, finds: Finds) -> str | None:
    """What is wrong with the value of a field, as the schema has it; what is right goes to ``finds``."""
    if isinstance(kind, GraphQLNonNull):
        wrong = "is null" if value is None else misshapen(schema, kind.of_type, asked, value, finds)
        return wrong and f"{wrong}" if value is not None else f"{asked.on}.{asked.name} is null"
    if value is None:
        return None
    if isinstance(kind, GraphQLList):
        if not isinstance(value, list):
            return f"{asked.on}.{asked.name} is no list: {value!r}"
        return next(filter(None, (misshapen(schema, kind.of_type, asked, each, finds) for each in value)), None)
    if isinstance(kind, GraphQLEnumType):
        return None if value in kind.values else f"{asked.on}.{asked.name} is no {kind.name}: {value!r}"
    if is_leaf_type(kind):
        finds.note(asked.name, value)
        fits = _LEAVES.get(kind.name, lambda value: isinstance(value, str))(value)
        return None if fits else f"{asked.on}.{asked.name} is no {kind.name}: {value!r}"
    if not isinstance(value, dict) or value.get("__typename") not in schema.type_map:
        return f"{asked.on}.{asked.name} is no object: {value!r}"
    actual = value["__typename"]
    if schema.type_map[actual] is not kind and not (is_abstract_type(kind) and schema.is_sub_type(kind, schema.type_map[actual])):
        return f"{asked.on}.{asked.name} is a {actual}"
    children = [child for child in asked.children if child.on == actual]
    if value.keys() != {"__typename", *(child.alias for child in children)}:
        return f"{asked.on}.{asked.name} has {sorted(value)}"
    wrong = (misshapen(schema, child.type, child, value[child.alias], finds) for child in children)
    return next(filter(None, wrong), None)
