"""How the value of a field is come by, read from what Strawberry declared: with `inputs`, the only place that looks
there.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from inspect import iscoroutinefunction
from typing import Any, cast

import strawberry
from graphql import (
    Executor,
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
)
from graphql.execution import default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import FieldDetails
from strawberry.execution import optimized_is_awaitable
from strawberry.extensions.field_extension import build_field_extension_resolvers
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from app.graphql.compiled.inputs import Convert, Converters, unchanged
from app.graphql.compiled.marks import Uncompilable
from resolvers.context import RowSource


class Kind(Enum):
    """What is to be done for a value."""

    ATTRIBUTE = auto()
    """Read an attribute of the parent."""
    CALL = auto()
    """Call a function for each parent."""
    AWAIT = auto()
    """Call a function for each parent and await what it returns."""
    EDGE = auto()
    """Ask a loader once for all parents."""
    ANY = auto()
    """Call graphql-core's resolver for each parent, whatever it does."""
    LATE = auto()
    """Call a function once the place of each parent in the answer is known."""


@dataclass(frozen=True)
class Way:
    """How a field's values are got.

    ``function`` is called with keywords: the parent as ``parent``, Strawberry's info as ``info`` where these are not
    None (a parent of "" goes first, without a keyword), and the converted arguments.
    """

    kind: Kind
    declared: StrawberryField | None = None
    function: Callable[..., Any] | None = None
    parent: str | None = None
    info: str | None = None
    attribute: str = ""
    loader: Any = None
    part: Callable[..., Any] | None = None
    """Makes of the arguments what is a loader's key beside the parent's attribute."""
    pick: Callable[[Any], Any] | None = None
    """Makes the value of what a loader found."""
    source: RowSource | None = None
    """Where the rows come from that it answers with, which nobody else looks at."""
    is_extended: bool = False
    """Whether it has extensions, which may do anything and not only wait for loaders."""

    def call(self, parent: Any, info: Any, arguments: dict[str, Any]) -> Any:
        """What the function returns."""
        assert self.function is not None
        given = dict(arguments)
        if self.info is not None:
            given[self.info] = info
        if self.parent:
            given[self.parent] = parent
        return self.function(parent, **given) if self.parent == "" else self.function(**given)


@dataclass(frozen=True)
class _Schema:
    """As much of an executor as graphql-core looks at when it names what is wrong with a type."""

    schema: GraphQLSchema


class Served:
    """A schema as compiled operations see it, looked into once for each field and type."""

    def __init__(self, schema: strawberry.Schema, *, hide_suggestions: bool = False) -> None:
        self.schema = schema
        self.core = schema._schema
        self.hide_suggestions = hide_suggestions
        self._converters = Converters(schema.schema_converter)
        self._ways: dict[tuple[str, str], Way] = {}
        self._taken: dict[tuple[str, str], Mapping[str, tuple[str, Convert | None]]] = {}
        self._rows: dict[str, dict[type, dict[str | None, str]]] = {}
        self._enums: dict[str, tuple[dict[Any, str], frozenset[type]]] = {}

    def way(self, parent: GraphQLObjectType, name: str) -> Way:
        """How the values of a field of an object type are got. Raises Uncompilable."""
        found = self._ways.get((parent.name, name))
        if found is None:
            found = self._ways[parent.name, name] = _way_of(self.schema, parent, parent.fields[name])
        return found

    def named(self, kind: GraphQLAbstractType, value: Any) -> str | None:
        """The object type of a row, where the schema says which rows a type describes; None where it does not."""
        rows = self._rows.get(kind.name)
        if rows is None:
            rows = self._rows[kind.name] = {}
            for possible in self.core.get_possible_types(kind):
                row, which = possible.extensions.get("rows", (None, None))
                if row is not None:
                    rows.setdefault(row, {})[which] = possible.name
        names = rows.get(type(value))
        if names is None:
            return None
        return names.get(None) if len(names) == 1 and None in names else names.get(getattr(value, "kind", None))

    def enum_names(self, kind: GraphQLEnumType) -> tuple[Mapping[Any, str], frozenset[type]]:
        """What graphql-core answers for each value of an enum, as resolvers give it, and the classes of the values."""
        found = self._enums.get(kind.name)
        if found is None:
            names = dict(_named_values(kind))
            found = self._enums[kind.name] = names, frozenset(map(type, names))
        return found

    async def object_type(self, kind: GraphQLAbstractType, value: Any, nodes: Any, info: Any) -> str:
        """The name of the object type that a value of an interface or a union is of. Raises GraphQLError for none."""
        known = self.named(kind, value)
        if known is not None:
            return known
        name: Any = (kind.resolve_type or default_type_resolver)(value, info, kind)
        if optimized_is_awaitable(name):
            name = await name
        found = self.core.type_map.get(name) if isinstance(name, str) else None
        if not isinstance(found, GraphQLObjectType) or not self.core.is_sub_type(kind, found):
            # graphql-core knows all the ways in which this can be wrong.
            details = [FieldDetails(node, None) for node in nodes]
            Executor.ensure_valid_runtime_type(cast(Any, _Schema(self.core)), name, kind, details, info, value)
        return cast(str, name)

    def converted(self, way: Way, values: dict[str, Any], info: Any) -> dict[str, Any]:
        """A field's arguments as its function takes them. Raises what Strawberry raises for values that do not fit."""
        if way.declared is None or way.kind is Kind.ANY:
            return values
        registry = self.schema.schema_converter.scalar_registry
        return convert_arguments(values, way.declared.arguments, registry, self.schema.config, info)

    def taken(self, parent: GraphQLObjectType, name: str) -> Mapping[str, tuple[str, Convert | None]]:
        """Under which keywords a field's function takes its arguments, in the order in which they are declared, and
        what is made of their values; None where that is left to Strawberry.
        """
        found = self._taken.get((parent.name, name))
        if found is None:
            found = self._taken[parent.name, name] = self._taken_by(self.way(parent, name), parent.fields[name])
        return found

    def _taken_by(self, way: Way, field: GraphQLField) -> dict[str, tuple[str, Convert | None]]:
        if way.declared is None or way.kind is Kind.ANY:
            return {name: (argument.out_name or name, unchanged) for name, argument in field.args.items()}
        name_of, of = self.schema.config.name_converter.from_argument, self._converters.of
        return {name_of(one): (one.python_name, of(one.type)) for one in way.declared.arguments}


def _named_values(kind: GraphQLEnumType) -> Iterator[tuple[Hashable, str]]:
    members = (one for one in getattr(kind, "wrapped_cls", ()) if isinstance(one, Enum))
    for value in (*(declared.value for declared in kind.values.values()), *members):
        # Values without a name, and those that no dictionary can hold, are left to graphql-core.
        with suppress(TypeError, ValueError, GraphQLError):
            hash(value)
            yield value, kind.coerce_output_value(value)


def _way_of(schema: strawberry.Schema, parent: GraphQLObjectType, field: GraphQLField) -> Way:
    """How the values of a field of an object type are got. Raises Uncompilable."""
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(declared, StrawberryField) or parent is schema._schema.subscription_type:
        return Way(Kind.ANY, function=field.resolve or default_field_resolver)
    resolver = declared.base_resolver
    is_special = type(declared).get_result is not StrawberryField.get_result
    is_special = is_special or bool(schema.schema_converter._get_field_exception_handlers(declared))
    found = declared.metadata
    if found.get("needs_place") and (is_special or declared.extensions or "loader" in found):
        # What is told its place is called when the answer is whole, and alone.
        raise Uncompilable("place")
    if is_special or (resolver is None and declared.extensions):
        return Way(Kind.ANY, function=field.resolve)
    if resolver is None:
        if schema.config.default_resolver is not getattr:
            return Way(Kind.ANY, function=field.resolve)
        return Way(Kind.ATTRIBUTE, declared, attribute=declared.python_name)
    wrapped = resolver.wrapped_func
    function = cast(Callable[..., Any], wrapped.__func__ if isinstance(wrapped, staticmethod) else wrapped)
    given, info = resolver.parent_parameter, resolver.info_parameter
    named = "" if resolver.self_parameter else given.name if given else "root" if resolver.root_parameter else None
    asked = info.name if info else None
    # First of all, as permissions are extensions: nothing that is declared beside them goes around them.
    if declared.extensions:
        return Way(Kind.AWAIT, declared, _extended(declared, function, named, asked), "", "info", is_extended=True)
    if "loader" in found:
        part, pick = found.get("part"), found.get("pick")
        return Way(Kind.EDGE, declared, attribute=found["key"], loader=found["loader"], part=part, pick=pick)
    kind = Kind.AWAIT if iscoroutinefunction(function) else Kind.CALL
    if found.get("needs_place"):
        kind = Kind.LATE
    return Way(kind, declared, function, named, asked, source=found.get("source"))


def _extended(
    declared: StrawberryField, function: Callable[..., Any], parent_name: str | None, info_name: str | None
) -> Callable[..., Any]:
    """A resolver within its field's extensions, called with the parent, `info` and the converted arguments."""
    around = build_field_extension_resolvers(declared)

    def call(parent: Any, /, **given: Any) -> Any:
        info = given.pop("info")
        for extension in declared.extensions:
            given = extension.map_arguments(given)
        if parent_name:
            given[parent_name] = parent
        # As Strawberry does: extensions are told the info once, unless the resolver has another name for it.
        if info_name and info_name != "info":
            given[info_name] = info

        # Extensions may name what they pass on, and know it by these names.
        def resolve(_source: Any, info: Any, **arguments: Any) -> Any:
            if info_name == "info":
                arguments["info"] = info
            return function(parent, **arguments) if parent_name == "" else function(**arguments)

        outermost: Callable[..., Any] = resolve
        for extension_resolver in around:
            outermost = partial(extension_resolver, outermost)
        return outermost(parent, info, **given)

    return call
