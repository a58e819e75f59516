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
from functools import cache
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
    '{}[]()"\\',
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
EDGES: tuple[Any, ...] = (2**63 - 1, -(2**63), 1.5, "nul\0", "9999-12-31T23:59:59+00:00")

_ASKED_BY = {"productHandle": "handle", "productId": "id", "cartId": "id"}
"""Arguments that take what a field of another name told."""
_MOST_TEXTS = 300


@dataclass
class Asked:
    """A field of an operation under a name of its own, for the objects of type ``on`` alone."""

    name: str
    alias: str
    on: str
    type: Any
    arguments: str
    sort: Any = None
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
    """What answers told and later questions can use: texts by the name of their field, cursors by their connection."""

    def __init__(self) -> None:
        self._texts: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._cursors: defaultdict[str, dict[tuple[str, Any], None]] = defaultdict(dict)

    def note(self, asked: Asked, value: Any, page: Asked | None) -> None:
        if not isinstance(value, str) or len(value) > 300:
            return
        if page is not None and asked.name in ("cursor", "startCursor", "endCursor"):
            self._cursors[f"{page.on}.{page.name}"].setdefault((value, page.sort))
        elif len(self._texts[asked.name]) < _MOST_TEXTS:
            self._texts[asked.name].setdefault(value)

    def of(self, name: str) -> list[str]:
        return list(self._texts[_ASKED_BY.get(name, name)])

    def cursors(self, connection: str) -> list[tuple[str, Any]]:
        """(cursor, the sort key of its page)."""
        return list(self._cursors[connection])


Way = list[tuple[GraphQLObjectType, str]]
NAMED: dict[str, dict[str, Any]] = {
    "menu": {"handle": "main-menu"},
    "metafield": {"key": "care"},
    "metaobjects": {"type": "maker"},
    "sitemap": {"type": "PRODUCT"},
    "resources": {"page": 1},
}
"""What leads on where a field wants a name: the demo shop's."""


def gentle(parent: GraphQLObjectType, name: str) -> dict[str, Any]:
    """Arguments with which a field finds much."""
    first = {"first": 5} if "first" in parent.fields[name].args else {}
    return first | NAMED.get(name, {})


@cache
def ways(schema: GraphQLSchema) -> dict[str, Way]:
    """The shortest list of fields that leads from the root to each object type, without naming any object."""
    assert schema.query_type is not None
    found: dict[str, Way] = {schema.query_type.name: []}
    queue = [schema.query_type]
    for kind in queue:
        for name, declared in kind.fields.items():
            required = {arg for arg, argument in declared.args.items() if is_required_argument(argument)}
            given = gentle(kind, name).keys()
            if required - given or ({"id", "handle", "productId"} & declared.args.keys() - given):
                continue
            inner = get_named_type(declared.type)
            if is_leaf_type(inner):
                continue
            for each in schema.get_possible_types(inner) if is_abstract_type(inner) else [inner]:  # type: ignore[arg-type]
                if each.name not in found:
                    found[each.name] = [*found[kind.name], (kind, name)]
                    queue.append(each)  # type: ignore[arg-type]
    return found


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

    def aimed(self, kind: str, name: str, values: dict[str, Any] | None = None) -> Operation | None:
        """A query of one field, with these arguments or with any; None where no list leads to its type."""
        path = ways(self._schema).get(kind)
        if path is None:
            return None
        target = self._schema.type_map[kind]
        assert isinstance(target, GraphQLObjectType)
        asked = self._field(target, name, 3, values)
        for parent, way in reversed(path):
            self._count += 1
            declared = parent.fields[way]
            written = self._written(gentle(parent, way), declared)
            asked = Asked(way, f"f{self._count}", parent.name, declared.type, written, None, [asked])
        return Operation([asked], self._variables)

    def _field(self, parent: GraphQLObjectType, name: str, depth: int, values: dict[str, Any] | None = None) -> Asked:
        self._count += 1
        self._left -= 1
        declared = parent.fields[name]
        values = self._chosen(f"{parent.name}.{name}", declared) if values is None else values
        written = self._written(values, declared)
        asked = Asked(name, f"f{self._count}", parent.name, declared.type, written, values.get("sortKey"))
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

    def _chosen(self, owner: str, declared: GraphQLField) -> dict[str, Any]:
        """Arguments with values; a cursor comes with the sort key whose page told it."""
        args = declared.args
        chosen = {
            name: self._value(name, argument.type)
            for name, argument in args.items()
            if name not in ("after", "before") and (is_required_argument(argument) or self._dice.random() < 0.4)
        }
        if {"first", "last"} <= args.keys() and self._dice.random() < 0.9:
            kept, other = self._dice.sample(["first", "last"], 2)
            chosen.pop(other, None)
            chosen[kept] = self._value(kept, args[kept].type)
        for name in {"after", "before"} & args.keys():
            if self._dice.random() < 0.25:
                chosen[name], chosen["sortKey"] = self._cursor(owner, chosen.get("sortKey"))
        if "sortKey" not in args or chosen.get("sortKey") is None:
            chosen.pop("sortKey", None)
        return chosen

    def _cursor(self, owner: str, sort: Any) -> tuple[str, Any]:
        found = self._finds.cursors(owner)
        if not found or self._dice.random() < 0.1:
            return self._dice.choice(TEXTS), sort
        cursor, sort = self._dice.choice(found)
        return (self._dice.choice(forgeries(cursor)) if self._dice.random() < 0.5 else cursor), sort

    def _written(self, values: dict[str, Any], declared: GraphQLField) -> str:
        written = ", ".join(f"{name}: {self._argument(value, declared.args[name])}" for name, value in values.items())
        return f"({written})" if written else ""

    def _argument(self, value: Any, argument: GraphQLArgument) -> str:
        """A value as a variable or in place."""
        kind = argument.type.of_type if isinstance(argument.type, GraphQLNonNull) else argument.type
        if isinstance(kind, GraphQLInputObjectType | GraphQLList) or self._dice.random() < 0.5:
            return _literal(value, kind)
        variable = f"v{len(self._variables)}"
        self._variables[variable] = (str(argument.type), value)
        return f"${variable}"

    def _value(self, name: str, kind: GraphQLInputType) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._value(name, kind.of_type)
        if isinstance(kind, GraphQLList):
            count = (
                self._dice.choice((0, 1, 2, 3, 250)) if get_named_type(kind).name == "ID" else self._dice.randint(0, 3)
            )
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
            return self._dice.choice(found)
        return self._dice.choice(
            IDS if kind == "ID" else SEARCHES if name == "query" and self._dice.random() < 0.5 else TEXTS
        )


def forgeries(cursor: str) -> list[str]:
    """Cursors that are like one of ours and are none: cut, or with another value in each place."""
    cut = [cursor[:-1], cursor[: len(cursor) // 2], cursor + "9"]
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return cut
    if not isinstance(parts, list):
        return cut
    changed = [[*parts[:place], edge, *parts[place + 1 :]] for place in range(len(parts)) for edge in EDGES]
    return [*cut, *(_encoded(each) for each in [*changed, parts[:-1], [*parts, 1]])]


def _encoded(parts: list[Any]) -> str:
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


class Judge:
    """Compares answers with the schema, and notes in ``finds`` what they tell."""

    def __init__(self, schema: GraphQLSchema, finds: Finds) -> None:
        self._schema, self._finds = schema, finds

    def wrong(self, operation: Operation, data: dict[str, Any]) -> str | None:
        """The first field whose value is not what the schema promises; None for an answer without one."""
        return self._fields(operation.fields, data, None)

    def _fields(self, fields: list[Asked], values: dict[str, Any], page: Asked | None) -> str | None:
        found = (self._value(asked.type, asked, values[asked.alias], page) for asked in fields)
        return next(filter(None, found), None)

    def _value(self, kind: Any, asked: Asked, value: Any, page: Asked | None) -> str | None:
        name = f"{asked.on}.{asked.name}"
        if isinstance(kind, GraphQLNonNull):
            return f"{name} is null" if value is None else self._value(kind.of_type, asked, value, page)
        if value is None:
            return None
        if isinstance(kind, GraphQLList):
            if not isinstance(value, list):
                return f"{name} is no list: {value!r}"
            return next(filter(None, (self._value(kind.of_type, asked, each, page) for each in value)), None)
        if is_leaf_type(kind):
            self._finds.note(asked, value, page)
            fits = value in kind.values if isinstance(kind, GraphQLEnumType) else _fits(kind.name, value)
            return None if fits else f"{name} is no {kind.name}: {value!r}"
        return self._object(kind, asked, value, asked if kind.name.endswith("Connection") else page)

    def _object(self, kind: Any, asked: Asked, value: Any, page: Asked | None) -> str | None:
        name = f"{asked.on}.{asked.name}"
        actual = self._schema.get_type(value.get("__typename", "")) if isinstance(value, dict) else None
        if actual is None:
            return f"{name} is no object: {value!r}"
        if actual is not kind and not (is_abstract_type(kind) and self._schema.is_sub_type(kind, actual)):
            return f"{name} is a {actual}, and no {kind}"
        fields = [child for child in asked.children if child.on == actual.name]
        if value.keys() != {"__typename", *(child.alias for child in fields)}:
            return f"{name} has {sorted(value)}"
        return self._fields(fields, value, page)


def _fits(scalar: str, value: Any) -> bool:
    return bool(_LEAVES.get(scalar, lambda value: isinstance(value, str))(value))
