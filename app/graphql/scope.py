"""What an operation is answered for, read from its `@inContext` and from the request that carried it."""

from dataclasses import dataclass
from enum import Enum

from graphql import GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues, get_directive_values


@dataclass(frozen=True, kw_only=True)
class OperationScope:
    """What decides, beside the operation itself, what it answers.

    `country` and `language` are the codes that `@inContext` names and `preferred_location` the global id; `base_url` is
    `scheme://host` as the client wrote it.
    """

    country: str | None = None
    language: str | None = None
    preferred_location: str | None = None
    base_url: str


def read_scope(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: VariableValues, base_url: str
) -> OperationScope:
    """The scope of one operation. Raises GraphQLError for a directive argument that its variable leaves invalid."""
    if not operation.directives:
        return OperationScope(base_url=base_url)
    directive = schema.get_directive("inContext")
    values = (get_directive_values(directive, operation, variables) if directive else None) or {}
    return OperationScope(
        country=_name(values.get("country")),
        language=_name(values.get("language")),
        preferred_location=values.get("preferredLocationId"),
        base_url=base_url,
    )


def _name(value: object) -> str | None:
    if value is None:
        return None
    return value.name if isinstance(value, Enum) else str(value)
