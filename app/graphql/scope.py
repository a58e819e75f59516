"""What an operation is answered for, read from its `@inContext` and from the request that carried it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from graphql import GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValues, get_directive_values

# The country code that says "no country in particular".
NO_COUNTRY = "ZZ"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an operation came from. `base_url` is `scheme://host` as the client wrote it, `client` its address.

    Header names are lower case; of a header sent several times the last value counts.
    """

    base_url: str
    client: str | None = None
    request_id: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class OperationScope:
    """Everything about a request that decides what its operation answers, beside the operation itself."""

    country: str | None = None
    language: str | None = None
    preferred_location_id: str | None = None
    base_url: str
    client: str | None = None
    request_id: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def read_scope(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: VariableValues, origin: Origin
) -> OperationScope:
    """The scope of one operation. Raises GraphQLError for a directive argument that its variable leaves invalid."""
    directive = schema.get_directive("inContext")
    values = (get_directive_values(directive, operation, variables) if directive else None) or {}
    country = _name(values.get("country"))
    location = values.get("preferredLocationId")
    return OperationScope(
        country=None if country == NO_COUNTRY else country,
        language=_name(values.get("language")),
        preferred_location_id=None if location is None else str(location),
        base_url=origin.base_url,
        client=origin.client,
        request_id=origin.request_id,
        headers=origin.headers,
    )


def _name(value: object) -> str | None:
    if value is None:
        return None
    return value.name if isinstance(value, Enum) else str(value)
