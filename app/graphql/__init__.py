"""The GraphQL endpoint: HTTP and websocket over a Strawberry schema, executed on graphql-core."""

from app.graphql.endpoint import GraphQLEndpoint
from app.graphql.limits import Limits, SocketLimits
from app.graphql.scope import OperationScope

__all__ = ["GraphQLEndpoint", "Limits", "OperationScope", "SocketLimits"]
