"""What clients send, made into what resolvers take, by functions that are put together once for each type.

graphql-core and Strawberry look at the type of a value, and of all that is in it, in every request anew. What is made
here comes to the same for what is right; all else is left to them, who know every way in which it can be wrong.
"""

from collections.abc import Callable
from dataclasses import MISSING
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLNamedType,
    GraphQLString,
    Undefined,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry import UNSET
from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType

Reader: TypeAlias = Callable[[Any], Any]
"""Makes the coerced value of one that was sent; Undefined for what graphql-core has to look at."""
Convert: TypeAlias = Callable[[Any], Any]
"""Makes of a coerced value what a resolver takes."""


def reader_of(kind: Any, within: tuple[GraphQLNamedType, ...] = ()) -> Reader | None:
    """How values of an input type are read; None where they are left to graphql-core, as are types that hold
    themselves: how deeply their values may be nested is for it to say.
    """
    missing = Undefined if is_non_null_type(kind) else None
    read = _unless_null(kind.of_type if is_non_null_type(kind) else kind, within)
    return None if read is None else lambda value: missing if value is None else read(value)


def _unless_null(kind: Any, within: tuple[GraphQLNamedType, ...]) -> Reader | None:
    if is_list_type(kind):
        return _list_reader(kind.of_type, within)
    if is_input_object_type(kind):
        is_left = kind in within or kind.is_one_of
        return None if is_left else _object_reader(kind, (*within, kind))
    return _READERS.get(kind) or _leaf_reader(kind)


def _list_reader(kind: Any, within: tuple[GraphQLNamedType, ...]) -> Reader | None:
    read_item = reader_of(kind, within)
    if read_item is None:
        return None

    def read(value: Any) -> Any:
        if value.__class__ is not list:
            return Undefined
        items = [read_item(item) for item in value]
        return Undefined if any(item is Undefined for item in items) else items

    return read


def _object_reader(kind: GraphQLInputObjectType, within: tuple[GraphQLNamedType, ...]) -> Reader | None:
    known, make, parts = kind.fields.keys(), kind.out_type, []
    for name, field in kind.fields.items():
        read_field = reader_of(field.type, within)
        if read_field is None:
            return None
        default = coerce_default_value(field)
        parts.append((name, field.out_name or name, read_field, default, is_required_input_field(field)))

    def read(value: Any) -> Any:
        if value.__class__ is not dict or not value.keys() <= known:
            return Undefined
        found = {}
        for name, keyword, read_field, default, is_required in parts:
            if name in value:
                found[keyword] = one = read_field(value[name])
                if one is Undefined:
                    return Undefined
            elif default is not Undefined:
                found[keyword] = default
            elif is_required:
                return Undefined
        return make(found)

    return read


def _leaf_reader(kind: Any) -> Reader:
    coerce = kind.coerce_input_value

    def read(value: Any) -> Any:
        try:
            return coerce(value)
        except Exception:
            # graphql-core says what is wrong with it.
            return Undefined

    return read


def _text(value: Any) -> Any:
    return value if value.__class__ is str else Undefined


def _whole(value: Any) -> Any:
    return value if value.__class__ is int and -(2**31) <= value < 2**31 else Undefined


def _truth(value: Any) -> Any:
    return value if value.__class__ is bool else Undefined


_READERS: dict[Any, Reader] = {GraphQLString: _text, GraphQLID: _text, GraphQLInt: _whole, GraphQLBoolean: _truth}


def handed_on(value: Any) -> Any:
    """What Strawberry makes of most values: nothing."""
    return value


def converter_of(kind: Any, converter: GraphQLCoreConverter, within: tuple[Any, ...] = ()) -> Convert | None:
    """How Strawberry converts values of a type that it declared; None where that is left to itself."""
    if isinstance(kind, StrawberryMaybe) or kind is GlobalID:
        return None
    if isinstance(kind, StrawberryOptional):
        return converter_of(kind.of_type, converter, within)
    if isinstance(kind, LazyType):
        return converter_of(kind.resolve_type(), converter, within)
    if isinstance(kind, StrawberryList):
        return _list_converter(kind.of_type, converter, within)
    if is_scalar(kind, converter.scalar_registry) or isinstance(kind, StrawberryEnumDefinition):
        return handed_on
    if has_enum_definition(kind):
        return handed_on
    if has_object_definition(kind) and kind not in within:
        return _object_converter(kind, converter, (*within, kind))
    return None


def _list_converter(kind: Any, converter: GraphQLCoreConverter, within: tuple[Any, ...]) -> Convert | None:
    convert = converter_of(kind, converter, within)
    if convert is None:
        return None
    if convert is handed_on:
        return lambda value: value if value is None or value is UNSET else list(value)
    return lambda value: value if value is None or value is UNSET else [convert(item) for item in value]


def _object_converter(kind: Any, converter: GraphQLCoreConverter, within: tuple[Any, ...]) -> Convert | None:
    declared, parts = kind.__strawberry_definition__, []
    if not declared.is_input or declared.from_input is not None:
        return None
    for field in declared.fields:
        convert_field = converter_of(field.resolve_type(type_definition=declared), converter, within)
        if convert_field is None:
            return None
        parts.append((converter.config.name_converter.from_field(field), field.python_name, convert_field))
    unsaid = {
        field.python_name: None
        for field in declared.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }

    def convert(value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        given: dict[str, Any] = dict(unsaid)
        for name, keyword, convert_field in parts:
            if name in value:
                given[keyword] = convert_field(value[name])
        return kind(**given)

    return convert
