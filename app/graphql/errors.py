"""Which errors a caller may read, and how they are written down.

Codes in `extensions.code`: GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, BAD_USER_INPUT (a value does not fit),
BAD_REQUEST, LIMIT_EXCEEDED, TIMEOUT, INTERNAL_SERVER_ERROR, those of `app.graphql.persisted`, and whatever a
`ClientError` says.
"""

import logging
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import ArgumentNode, GraphQLError, ValueNode

from resolvers.errors import ClientError

logger = logging.getLogger("storekeep.graphql")

# Codes with which a GraphQLError that a resolver or permission raises itself is passed on.
CLIENT_CODES = frozenset(
    {
        "UNAUTHENTICATED",
        "FORBIDDEN",
        "BAD_REQUEST",
        "BAD_USER_INPUT",
        "NOT_FOUND",
        "CONFLICT",
        "LIMIT_EXCEEDED",
        "THROTTLED",
        "TIMEOUT",
        "UNAVAILABLE",
    }
)
INTERNAL = "INTERNAL_SERVER_ERROR"


class RequestError(Exception):
    """The operation was not started. `status` is the HTTP status of a fault of transport, None for the document's."""

    def __init__(
        self, errors: list[GraphQLError], status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors
        self.status = status
        self.headers = dict(headers or {})


def transport_error(
    status: int, message: str, headers: Mapping[str, str] | None = None, code: str = "BAD_REQUEST"
) -> RequestError:
    """A request that is not a GraphQL request at all, or not in this way."""
    return RequestError([GraphQLError(message, extensions={"code": code})], status, headers)


def validation_error(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "GRAPHQL_VALIDATION_FAILED"})


def limit_error(limit: str, maximum: int, found: int | None, noun: str, advice: str) -> GraphQLError:
    """Which limit, how much was asked for where that is known, how much is allowed, and what to do."""
    asked = "too many" if found is None else f"{found:,}"
    return GraphQLError(
        f"The operation has {asked} {noun}; at most {maximum:,} are allowed. {advice}",
        extensions={"code": "LIMIT_EXCEEDED", "limit": limit, "maximum": maximum},
    )


def timeout_error(seconds: float, operation: str) -> GraphQLError:
    """What an operation comes to that was stopped after so many seconds, which the log is told as well."""
    logger.warning("Operation %s was stopped after %g seconds", operation, seconds, extra={"operation": operation})
    return GraphQLError(
        f"The operation took longer than {seconds:g} seconds and was stopped.", extensions={"code": "TIMEOUT"}
    )


def with_code(errors: Iterable[GraphQLError], code: str) -> list[GraphQLError]:
    """The same errors, where they have no code yet, with this one."""
    found = list(errors)
    for error in found:
        error.extensions = {"code": code, **(error.extensions or {})}
    return found


def format_error(error: GraphQLError) -> dict[str, Any]:
    """The error as the answer carries it; nothing in it is secret after `shown`."""
    formatted: dict[str, Any] = {"message": error.message}
    if error.locations:
        formatted["locations"] = [{"line": line, "column": column} for line, column in error.locations]
    if error.path:
        formatted["path"] = error.path
    if error.extensions:
        formatted["extensions"] = error.extensions
    return formatted


class Masking:
    """Turns the errors of one execution into those that its caller may read.

    One cause has one id and is logged once, however many fields it failed: a loader's failure fails every field that
    was waiting for it.
    """

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._ids: dict[int, str] = {}

    def shown(self, error: GraphQLError) -> GraphQLError:
        """What the caller reads: the error itself where it is theirs, one sentence with an id where it is ours."""
        cause = _root_cause(error)
        if isinstance(cause, ClientError):
            return _replace(error, cause.message, {**cause.details, "code": cause.code})
        if isinstance(cause, GraphQLError):
            if (cause.extensions or {}).get("code") in CLIENT_CODES:
                return error
            if _about_arguments(cause):
                return with_code([error], "BAD_USER_INPUT")[0]
        return self._masked(error, cause)

    def _masked(self, error: GraphQLError, cause: BaseException) -> GraphQLError:
        known = self._ids.get(id(cause))
        if known is None:
            known = self._ids[id(cause)] = log_failure(cause, self._operation, error.path)
        return _replace(error, masked_message(known), {"code": INTERNAL, "id": known})


def log_failure(cause: BaseException, operation: str, path: object = None) -> str:
    """Write the full cause to the log and return the id under which it is found there."""
    error_id = secrets.token_hex(8)
    where = ".".join(str(part) for part in path) if isinstance(path, list) else ""
    logger.error(
        "Error %s in operation %s at %s: %s",
        error_id,
        operation,
        where or "the root",
        cause,
        exc_info=cause,
        extra={"error_id": error_id, "operation": operation, "path": where},
    )
    return error_id


def masked_message(error_id: str) -> str:
    return f"Something went wrong on our side; the error's id is {error_id}."


def internal_error(cause: BaseException, operation: str) -> GraphQLError:
    """The masked form of a failure outside any field."""
    error_id = log_failure(cause, operation)
    return GraphQLError(masked_message(error_id), extensions={"code": INTERNAL, "id": error_id})


def _root_cause(error: GraphQLError) -> BaseException:
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _about_arguments(cause: GraphQLError) -> bool:
    """Whether graphql-core refused an argument: only then does it blame a value in the document."""
    return bool(cause.nodes) and all(isinstance(node, ArgumentNode | ValueNode) for node in cause.nodes or ())


def _replace(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    shown = GraphQLError(message, path=error.path, extensions=extensions)
    shown.locations = error.locations
    return shown
