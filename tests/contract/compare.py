"""What keeps a client of one schema from working on another.

A client's documents must stay valid and its code must be able to read the answers. So what is sent may be more than the
reference takes, and what is answered may be less than the reference allows, never the other way round.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from graphql import (
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    ValueNode,
    is_abstract_type,
    is_introspection_type,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
    print_ast,
    value_from_ast_untyped,
)
from graphql.language import DirectiveLocation
from graphql.utilities import get_default_value_ast

from tests.contract.walk import input_types

Composite: TypeAlias = GraphQLObjectType | GraphQLInterfaceType
Input: TypeAlias = GraphQLArgument | GraphQLInputField

_KINDS: Mapping[type, str] = {
    GraphQLScalarType: "a scalar",
    GraphQLObjectType: "an object",
    GraphQLInterfaceType: "an interface",
    GraphQLUnionType: "a union",
    GraphQLEnumType: "an enum",
    GraphQLInputObjectType: "an input object",
}
# Where a client can write a directive; the other places are the schema's own.
_EXECUTABLE = frozenset(
    {
        DirectiveLocation.QUERY,
        DirectiveLocation.MUTATION,
        DirectiveLocation.SUBSCRIPTION,
        DirectiveLocation.FIELD,
        DirectiveLocation.FRAGMENT_DEFINITION,
        DirectiveLocation.FRAGMENT_SPREAD,
        DirectiveLocation.INLINE_FRAGMENT,
        DirectiveLocation.VARIABLE_DEFINITION,
    }
)


class Kind(StrEnum):
    """How ours differs from theirs."""

    MISSING = "missing"
    NARROWER = "narrower"
    EXTRA = "extra"


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that differs.

    ``place`` is a schema coordinate: `Type`, `Type.field`, `Type.field(argument:)`, `Input.field`, `Enum.VALUE`,
    `@directive`, `@directive(argument:)`; and, for membership, `Type implements Interface` and `Union | Member`.
    """

    place: str
    kind: Kind
    detail: str


def compare(ours: GraphQLSchema, theirs: GraphQLSchema) -> list[Difference]:
    """Every difference of types, fields, arguments, values and directives, sorted by place.

    What only one of them has is one difference, without its parts. Descriptions and deprecations may differ, and so may
    directives that stand only in schemas, which no client writes.
    """
    return sorted(_Comparison(ours, theirs).differences())


class _Comparison:
    def __init__(self, ours: GraphQLSchema, theirs: GraphQLSchema) -> None:
        self._ours = ours
        self._theirs = theirs
        # A value that nobody can send may be missing.
        self._sent_to_theirs = input_types(theirs)

    def differences(self) -> Iterator[Difference]:
        ours, theirs = _types(self._ours), _types(self._theirs)
        yield from _presence(ours, theirs, lambda name: name, "type")
        for name in ours.keys() & theirs.keys():
            yield from self._type(name, ours[name], theirs[name])
        yield from self._directives()

    def _type(self, name: str, ours: GraphQLNamedType, theirs: GraphQLNamedType) -> Iterator[Difference]:
        our_kind, their_kind = _kind(ours), _kind(theirs)
        if our_kind != their_kind:
            yield Difference(name, Kind.NARROWER, f"is {our_kind}, not {their_kind}")
        elif isinstance(ours, Composite) and isinstance(theirs, Composite):
            yield from self._composite(ours, theirs)
        elif isinstance(ours, GraphQLUnionType) and isinstance(theirs, GraphQLUnionType):
            our_members, their_members = ({member.name for member in union.types} for union in (ours, theirs))
            yield from _presence(our_members, their_members, lambda member: f"{name} | {member}", "member")
        elif isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
            yield from self._enum(ours, theirs)
        elif isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
            yield from self._input(ours, theirs)

    def _composite(self, ours: Composite, theirs: Composite) -> Iterator[Difference]:
        name = ours.name
        ours_implements, theirs_implements = ({found.name for found in kind.interfaces} for kind in (ours, theirs))
        place: Callable[[str], str] = lambda interface: f"{name} implements {interface}"  # noqa: E731
        yield from _presence(ours_implements, theirs_implements, place, "interface")
        yield from _presence(ours.fields, theirs.fields, lambda field: f"{name}.{field}", "field")
        for field in ours.fields.keys() & theirs.fields.keys():
            yield from self._field(f"{name}.{field}", ours.fields[field], theirs.fields[field])

    def _field(self, place: str, ours: GraphQLField, theirs: GraphQLField) -> Iterator[Difference]:
        if not self._answers_within(ours.type, theirs.type):
            yield Difference(place, Kind.NARROWER, f"answers {ours.type}, not {theirs.type}")
        yield from self._arguments(place, ours.args, theirs.args)

    def _arguments(
        self, owner: str, ours: Mapping[str, GraphQLArgument], theirs: Mapping[str, GraphQLArgument]
    ) -> Iterator[Difference]:
        for name in ours.keys() - theirs.keys():
            if is_required_argument(ours[name]):
                yield Difference(owner, Kind.NARROWER, f"requires the argument {name}, which is not theirs")
        yield from _presence(ours, theirs, lambda name: f"{owner}({name}:)", "argument")
        for name in ours.keys() & theirs.keys():
            yield from self._taken(f"{owner}({name}:)", ours[name], theirs[name])

    def _input(self, ours: GraphQLInputObjectType, theirs: GraphQLInputObjectType) -> Iterator[Difference]:
        owner = ours.name
        if ours.is_one_of and not theirs.is_one_of:
            yield Difference(owner, Kind.NARROWER, "takes only one field at a time")
        for name in ours.fields.keys() - theirs.fields.keys():
            if is_required_input_field(ours.fields[name]):
                yield Difference(owner, Kind.NARROWER, f"requires the field {name}, which is not theirs")
        yield from _presence(ours.fields, theirs.fields, lambda name: f"{owner}.{name}", "field")
        for name in ours.fields.keys() & theirs.fields.keys():
            yield from self._taken(f"{owner}.{name}", ours.fields[name], theirs.fields[name])

    def _taken(self, place: str, ours: Input, theirs: Input) -> Iterator[Difference]:
        if not _accepts(ours.type, theirs.type):
            yield Difference(place, Kind.NARROWER, f"takes {ours.type}, not {theirs.type}")
        our_default, their_default = get_default_value_ast(ours), get_default_value_ast(theirs)
        if not _same(our_default, their_default):
            yield Difference(place, Kind.NARROWER, f"has {_written(our_default)}, not {_written(their_default)}")

    def _enum(self, ours: GraphQLEnumType, theirs: GraphQLEnumType) -> Iterator[Difference]:
        name = ours.name
        for found in _presence(ours.values, theirs.values, lambda value: f"{name}.{value}", "value"):
            if found.kind is Kind.EXTRA or name in self._sent_to_theirs:
                yield found

    def _directives(self) -> Iterator[Difference]:
        ours, theirs = (
            {found.name: found for found in schema.directives if _EXECUTABLE.intersection(found.locations)}
            for schema in (self._ours, self._theirs)
        )
        yield from _presence(ours, theirs, lambda name: f"@{name}", "directive")
        for name in ours.keys() & theirs.keys():
            yield from self._directive(f"@{name}", ours[name], theirs[name])

    def _directive(self, place: str, ours: GraphQLDirective, theirs: GraphQLDirective) -> Iterator[Difference]:
        for location in (set(theirs.locations) - set(ours.locations)) & _EXECUTABLE:
            yield Difference(place, Kind.NARROWER, f"may not stand on {location.name}")
        if theirs.is_repeatable and not ours.is_repeatable:
            yield Difference(place, Kind.NARROWER, "may not be repeated")
        yield from self._arguments(place, ours.args, theirs.args)

    def _answers_within(self, ours: GraphQLType, theirs: GraphQLType) -> bool:
        """Whether every answer of our type is one that a reader of theirs understands."""
        if isinstance(theirs, GraphQLNonNull):
            return isinstance(ours, GraphQLNonNull) and self._answers_within(ours.of_type, theirs.of_type)
        if isinstance(ours, GraphQLNonNull):
            return self._answers_within(ours.of_type, theirs)
        if isinstance(theirs, GraphQLList) or isinstance(ours, GraphQLList):
            if not (isinstance(theirs, GraphQLList) and isinstance(ours, GraphQLList)):
                return False
            return self._answers_within(ours.of_type, theirs.of_type)
        return _name(ours) == _name(theirs) or self._is_one_of(_name(ours), _name(theirs))

    def _is_one_of(self, narrow: str, wide: str) -> bool:
        """Whether, in either schema, the type ``narrow`` implements the interface or is of the union ``wide``."""
        for schema in (self._ours, self._theirs):
            one, other = schema.get_type(narrow), schema.get_type(wide)
            if isinstance(one, Composite) and is_abstract_type(other) and schema.is_sub_type(other, one):
                return True
        return False


def _types(schema: GraphQLSchema) -> dict[str, GraphQLNamedType]:
    return {
        name: found
        for name, found in schema.type_map.items()
        if not is_introspection_type(found) and not is_specified_scalar_type(found)
    }


def _kind(found: GraphQLNamedType) -> str:
    return next(words for base, words in _KINDS.items() if isinstance(found, base))


def _name(found: GraphQLType) -> str:
    assert isinstance(found, GraphQLNamedType)
    return found.name


def _presence(
    ours: Mapping[str, object] | set[str],
    theirs: Mapping[str, object] | set[str],
    place: Callable[[str], str],
    what: str,
) -> Iterator[Difference]:
    for name in set(theirs) - set(ours):
        yield Difference(place(name), Kind.MISSING, f"ours has no such {what}")
    for name in set(ours) - set(theirs):
        yield Difference(place(name), Kind.EXTRA, f"theirs has no such {what}")


def _accepts(ours: GraphQLType, theirs: GraphQLType) -> bool:
    """Whether whatever may be written for their type, as a literal or as a variable, may be written for ours."""
    if isinstance(ours, GraphQLNonNull):
        return isinstance(theirs, GraphQLNonNull) and _accepts(ours.of_type, theirs.of_type)
    if isinstance(theirs, GraphQLNonNull):
        return _accepts(ours, theirs.of_type)
    if isinstance(ours, GraphQLList) or isinstance(theirs, GraphQLList):
        if not (isinstance(ours, GraphQLList) and isinstance(theirs, GraphQLList)):
            return False
        return _accepts(ours.of_type, theirs.of_type)
    return _name(ours) == _name(theirs)


def _same(ours: ValueNode | None, theirs: ValueNode | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    # As values, since 10 and 10.0 are the same to a Float, and so are two orders of an input's fields.
    return bool(value_from_ast_untyped(ours) == value_from_ast_untyped(theirs))


def _written(default: ValueNode | None) -> str:
    return "no default" if default is None else f"the default {print_ast(default)}"
