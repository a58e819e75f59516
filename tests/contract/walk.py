"""Which types of a schema are sent to it, and which are answered."""

from collections.abc import Iterable, Iterator

from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    get_named_type,
)


def input_types(schema: GraphQLSchema) -> set[str]:
    """Names of all types that a client can send."""
    return closure(_sent(schema))


def closure(types: Iterable[GraphQLType]) -> set[str]:
    """Names of these input types and of all that their fields take."""
    seen: set[str] = set()
    waiting: list[GraphQLNamedType] = [get_named_type(found) for found in types]
    while waiting:
        found = waiting.pop()
        if found.name in seen:
            continue
        seen.add(found.name)
        if isinstance(found, GraphQLInputObjectType):
            waiting.extend(get_named_type(field.type) for field in found.fields.values())
    return seen


def composites(schema: GraphQLSchema) -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    """The types that have fields to select."""
    for name, found in schema.type_map.items():
        if isinstance(found, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            yield found


def _sent(schema: GraphQLSchema) -> Iterator[GraphQLType]:
    for found in composites(schema):
        for field in found.fields.values():
            yield from (argument.type for argument in field.args.values())
    for directive in schema.directives:
        yield from (argument.type for argument in directive.args.values())
