"""What `query` arguments ask for, and which of their keys nobody knows."""

from collections.abc import Set

from resolvers.context import Info
from resolvers.search import unknown_keys


def asked(info: Info, query: str | None, keys: Set[str]) -> str | None:
    """The text of a `query` argument, None where it is empty. Terms of keys that are not among ``keys`` are left out of
    a search; the answer names them in its `extensions.search`, each field once however often it is answered, by its
    response names from the root.
    """
    if not query:
        return None
    if unknown := unknown_keys(query, keys):
        path = [key for key in info.path.as_list() if isinstance(key, str)]
        found = info.context.extensions.setdefault("search", [])
        if not any(told["path"] == path for told in found):
            message = "Invalid search field for this query."
            warnings = [{"field": key, "message": message, "code": "invalid_field"} for key in unknown]
            found.append({"path": path, "query": query, "warnings": warnings})
    return query
