"""Calls a field's resolver directly where Strawberry would only pass the call on.

For each field Strawberry converts arguments, chains extensions and awaits the result again, also where there are
neither arguments nor extensions; on a listing that is a third of the processor time. This module reaches into the
schema that Strawberry built, once, at start-up; tests/test_direct.py pins what it finds there.
"""

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLObjectType
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from db.base import light
from schema.node import Node

Resolve = Callable[..., Any]


def install_direct_resolvers(schema: strawberry.Schema) -> None:
    """Give every plain field of every object type its short way; all others stay as they are."""
    operations = (schema._schema.mutation_type, schema._schema.subscription_type)
    for kind in schema._schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and kind not in operations and not kind.name.startswith("__"):
            for field in kind.fields.values():
                field.resolve = _direct(field, schema) or field.resolve
    for kind in schema._schema.type_map.values():
        declared = kind.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        described = getattr(declared, "origin", None)
        if isinstance(described, type) and issubclass(described, Node) and described.rows is not None:
            kind.extensions["rows"] = (light(described.rows), described.kind)


def _direct(field: GraphQLField, schema: strawberry.Schema) -> Resolve | None:
    declared = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(declared, StrawberryField) or declared.extensions or declared.arguments:
        return None
    resolver = declared.base_resolver
    if resolver is None:
        return _attribute(declared.python_name)
    given = list(resolver.signature.parameters)
    parent, info = resolver.parent_parameter, resolver.info_parameter
    function = resolver.wrapped_func
    called: Resolve = function.__func__ if isinstance(function, staticmethod | classmethod) else function
    if parent is not None and given == [parent.name]:
        return lambda source, _info: called(source)
    if parent is not None and info is not None and given == [parent.name, info.name]:
        make = schema.config.info_class
        return lambda source, raw: called(source, make(raw, declared))
    return None


def _attribute(name: str) -> Resolve:
    return lambda source, _info: getattr(source, name)
