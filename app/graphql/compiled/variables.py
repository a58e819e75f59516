"""The variables of an operation, and arguments that are made of them, where all of it is plain.

Strings, numbers and the like are given on as they came. All else, and what is wrong, is left to graphql-core and
Strawberry, which know every way in which it can be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    VariableDefinitionNode,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource

Rest = Callable[[Sequence[VariableDefinitionNode]], VariableValues | list[GraphQLError]]


def _is_text(value: Any) -> bool:
    return value.__class__ is str


def _is_whole(value: Any) -> bool:
    return value.__class__ is int and -(2**31) <= value < 2**31


def _is_truth(value: Any) -> bool:
    return value.__class__ is bool


_FITS = {GraphQLString: _is_text, GraphQLID: _is_text, GraphQLInt: _is_whole, GraphQLBoolean: _is_truth}


@dataclass(frozen=True, slots=True)
class _Plain:
    unset: VariableValueSource
    fits: Callable[[Any], bool]
    kind: Any
    may_miss: bool


class Coercion:
    """How the values of declared variables are made of those that a client sent."""

    def __init__(self, schema: GraphQLSchema, declared: Sequence[VariableDefinitionNode]) -> None:
        self._declared = declared
        self._plain: dict[str, _Plain] = {}
        self._others: list[VariableDefinitionNode] = []
        for node in declared:
            signature: Any = get_variable_signature(schema, node)
            kind: Any = getattr(signature, "type", None)
            fits = _FITS.get(kind.of_type if is_non_null_type(kind) else kind)
            if fits is None:
                self._others.append(node)
            else:
                may_miss = not is_non_null_type(kind) and node.default_value is None
                self._plain[signature.name] = _Plain(VariableValueSource(signature), fits, kind, may_miss)

    def coerce(self, given: Mapping[str, Any], rest: Rest) -> VariableValues | list[GraphQLError]:
        """The values, or every reason why some do not fit; ``rest`` coerces what is not plain."""
        sources, coerced = {}, {}
        for name, plain in self._plain.items():
            if name not in given and plain.may_miss:
                sources[name] = plain.unset
                continue
            value = given.get(name)
            if not plain.fits(value) and (value is not None or name not in given or is_non_null_type(plain.kind)):
                return rest(self._declared)
            sources[name] = VariableValueSource(plain.unset.signature, value)
            coerced[name] = value
        if not self._others:
            return VariableValues(sources, coerced)
        found = rest(self._others)
        return found if isinstance(found, list) else VariableValues(sources | found.sources, coerced | found.coerced)


@dataclass(frozen=True, slots=True)
class Template:
    """What a field's arguments come to: some the same in every request, others the values of variables."""

    fixed: dict[str, Any]
    varying: Sequence[tuple[str, str, bool]]
    """Keyword, variable, and whether it may be null."""

    def fill(self, coerced: Mapping[str, Any]) -> dict[str, Any] | None:
        """The arguments by keyword, which nobody changes; None where a variable has no value, or null where that must
        not be.
        """
        if not self.varying:
            return self.fixed
        found = dict(self.fixed)
        for keyword, name, is_nullable in self.varying:
            value = coerced.get(name)
            if value is None and not (is_nullable and name in coerced):
                return None
            found[keyword] = value
        return found
