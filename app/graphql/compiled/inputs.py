"""What clients send, made into what resolvers take, by functions that are put together once for each input type.

graphql-core and Strawberry look at the type of a value, and of all that is in it, in every request anew. What is made
here comes to the same for what is right; all else is left to them, who know every way in which it can be wrong.
"""

from collections.abc import Callable
from dataclasses import MISSING
from typing import Any, TypeAlias

from graphql import (
    GraphQLInputObjectType,
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


class Readers:
    """How values of the input types of a schema are read."""

    def __init__(self) -> None:
        self._made: dict[Any, Reader | None] = {}

    def of(self, kind: Any) -> Reader | None:
        """How values of a type are read; None where they are left to graphql-core, as are inputs of which one is to be
        given or that are checked in another way, and types that hold themselves: how deeply their values may be nested
        is for it to say.
        """
        missing = Undefined if is_non_null_type(kind) else None
        read = self._unless_null(kind.of_type if is_non_null_type(kind) else kind)
        return None if read is None else lambda value: missing if value is None else read(value)

    def _unless_null(self, kind: Any) -> Reader | None:
        if is_list_type(kind):
            return self._list(kind.of_type)
        if kind not in self._made:
            # What holds itself is met again before it is made.
            self._made[kind] = None
            self._made[kind] = self._object(kind) if is_input_object_type(kind) else _leaf(kind)
        return self._made[kind]

    def _list(self, kind: Any) -> Reader | None:
        read_item = self.of(kind)
        if read_item is None:
            return None

        def read(value: Any) -> Any:
            if value.__class__ is not list:
                return Undefined
            items = [read_item(item) for item in value]
            return Undefined if any(item is Undefined for item in items) else items

        return read

    def _object(self, kind: GraphQLInputObjectType) -> Reader | None:
        if kind.is_one_of or kind.out_type is not GraphQLInputObjectType.out_type:
            return None
        parts = []
        for name, field in kind.fields.items():
            read_field = self.of(field.type)
            if read_field is None:
                return None
            default = coerce_default_value(field)
            parts.append((name, field.out_name or name, read_field, default, is_required_input_field(field)))
        known = kind.fields.keys()

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
            return found

        return read


def _leaf(kind: Any) -> Reader:
    coerce = kind.coerce_input_value

    def read(value: Any) -> Any:
        try:
            return coerce(value)
        except Exception:
            # graphql-core says what is wrong with it.
            return Undefined

    return read


def unchanged(value: Any) -> Any:
    """How Strawberry converts scalars and enums, which graphql-core has made already."""
    return value


class Converters:
    """How Strawberry converts values of the types that it declared."""

    def __init__(self, converter: GraphQLCoreConverter) -> None:
        self._converter = converter
        self._made: dict[Any, Convert | None] = {}

    def of(self, kind: Any) -> Convert | None:
        """How values of a type are converted; None where that is left to Strawberry."""
        if isinstance(kind, StrawberryMaybe) or kind is GlobalID:
            return None
        if isinstance(kind, StrawberryOptional):
            return self.of(kind.of_type)
        if isinstance(kind, LazyType):
            return self.of(kind.resolve_type())
        if isinstance(kind, StrawberryList):
            return self._list(kind.of_type)
        is_enum = isinstance(kind, StrawberryEnumDefinition) or has_enum_definition(kind)
        if is_enum or is_scalar(kind, self._converter.scalar_registry):
            return unchanged
        if kind not in self._made:
            # What holds itself is met again before it is made.
            self._made[kind] = None
            self._made[kind] = self._object(kind) if has_object_definition(kind) else None
        return self._made[kind]

    def _list(self, kind: Any) -> Convert | None:
        convert = self.of(kind)
        if convert is None:
            return None
        if convert is unchanged:
            return lambda value: value if value is None or value is UNSET else list(value)
        return lambda value: value if value is None or value is UNSET else [convert(item) for item in value]

    def _object(self, kind: Any) -> Convert | None:
        declared = kind.__strawberry_definition__
        if not declared.is_input or declared.from_input is not None:
            return None
        parts = []
        for field in declared.fields:
            convert_field = self.of(field.resolve_type(type_definition=declared))
            if convert_field is None:
                return None
            name = self._converter.config.name_converter.from_field(field)
            parts.append((name, field.python_name, convert_field))
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
