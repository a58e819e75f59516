"""The variables of an operation, and arguments that are made of them, where what was sent is right.

What is wrong is left to graphql-core and Strawberry, which know every way in which it can be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLSchema, Undefined, VariableDefinitionNode, is_non_null_type
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource

from app.graphql.compiled.inputs import Convert, Reader, Readers

Rest = Callable[[Sequence[VariableDefinitionNode]], VariableValues | list[GraphQLError]]


@dataclass(frozen=True, slots=True)
class _Variable:
    unset: VariableValueSource
    read: Reader
    may_miss: bool


class Coercion:
    """How the values of declared variables are made of those that a client sent."""

    def __init__(self, schema: GraphQLSchema, declared: Sequence[VariableDefinitionNode], readers: Readers) -> None:
        self._declared = declared
        self._read: dict[str, _Variable] = {}
        self._others: list[VariableDefinitionNode] = []
        for node in declared:
            signature: Any = get_variable_signature(schema, node)
            kind: Any = getattr(signature, "type", None)
            read = None if kind is None else readers.of(kind)
            if read is None:
                self._others.append(node)
            else:
                may_miss = not is_non_null_type(kind) and node.default_value is None
                self._read[signature.name] = _Variable(VariableValueSource(signature), read, may_miss)

    def coerce(self, given: Mapping[str, Any], rest: Rest) -> VariableValues | list[GraphQLError]:
        """The values, or every reason why some do not fit; ``rest`` coerces what is not read here."""
        sources, coerced = {}, {}
        for name, variable in self._read.items():
            if name not in given:
                if not variable.may_miss:
                    return rest(self._declared)
                sources[name] = variable.unset
                continue
            sent = given[name]
            coerced[name] = value = variable.read(sent)
            if value is Undefined:
                return rest(self._declared)
            sources[name] = VariableValueSource(variable.unset.signature, sent)
        if not self._others:
            return VariableValues(sources, coerced)
        found = rest(self._others)
        return found if isinstance(found, list) else VariableValues(sources | found.sources, coerced | found.coerced)


@dataclass(frozen=True, slots=True)
class Template:
    """What a field's arguments come to: some the same in every request, others made of the values of variables."""

    fixed: dict[str, Any]
    """By keyword, in the order in which they are declared; None for those that vary."""
    varying: Sequence[tuple[str, str, bool, Convert]]
    """Keyword, variable, whether it may be null, and what is made of its value; in the same order."""

    def fill(self, coerced: Mapping[str, Any]) -> dict[str, Any] | None:
        """The arguments by keyword; None where a variable has no value, or null where that must not be."""
        if not self.varying:
            return self.fixed
        for _, name, is_nullable, _ in self.varying:
            if coerced.get(name) is None and not (is_nullable and name in coerced):
                return None
        found = dict(self.fixed)
        for keyword, name, _, convert in self.varying:
            found[keyword] = convert(coerced[name])
        return found
