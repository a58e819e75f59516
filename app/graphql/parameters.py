"""What a client asks for, read from the JSON that a transport carried."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.graphql.errors import transport_error

DOCUMENT_IDS = ("documentId", "doc_id", "id")
"""Where a client may name its document: as the appendix of GraphQL over HTTP proposes, and as Relay's clients do. The
first that is there counts.
"""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a client asks for: a document, which of its operations, and values for the operation's variables.

    The document is its text in `query`, or is named: by `document_id`, or in `persisted_query`, Apollo's extension as
    it came. Only where the server itself asks, for a page of its own, it `is_ours`.
    """

    query: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    document_id: str | None = None
    persisted_query: object = None
    is_ours: bool = False


def read_parameters(body: object) -> Parameters:
    """The parameters in a decoded JSON body. Raises RequestError (400) naming the first that has a wrong type."""
    if not isinstance(body, dict):
        raise transport_error(400, "The request must be a JSON object with a 'query'.")
    query, extensions = body.get("query"), body.get("extensions")
    name, variables = body.get("operationName"), body.get("variables")
    if query is not None and not isinstance(query, str):
        raise transport_error(400, "'query' must be a string that holds a GraphQL document.")
    if name is not None and not isinstance(name, str):
        raise transport_error(400, "'operationName' must be a string or null.")
    if variables is not None and not isinstance(variables, dict):
        raise transport_error(400, "'variables' must be an object or null.")
    if extensions is not None and not isinstance(extensions, dict):
        raise transport_error(400, "'extensions' must be an object or null.")
    document_id = _document_id(body, bool(query))
    persisted_query = (extensions or {}).get("persistedQuery")
    if query is None and document_id is None and persisted_query is None:
        raise transport_error(400, "Send a GraphQL document as a string in 'query', or its id in 'documentId'.")
    return Parameters(query, name or None, variables or {}, document_id, persisted_query)


def _document_id(body: Mapping[str, Any], has_query: bool) -> str | None:
    """The id in place of a text; None where the text is there. An empty text is none: some clients must send one."""
    if has_query:
        if body.get("documentId") is not None:
            raise transport_error(400, "Send 'query' or 'documentId', not both.")
        # Where there is a text, the older names are members that nobody asked for.
        return None
    for name in DOCUMENT_IDS:
        found = body.get(name)
        if found is not None:
            if not isinstance(found, str):
                raise transport_error(400, f"'{name}' must be a string or null.")
            return found
    return None
