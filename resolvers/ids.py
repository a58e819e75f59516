"""Global ids: ``gid://shopify/Type/key``, as storefronts store and take apart."""

import re
from typing import Any

from db.documents import Said, in_quotes
from resolvers.planning import Where

_GID = re.compile(r"gid://shopify/([A-Za-z0-9]{1,64})/([^/?#\s]{1,255})(?:\?\S*)?")


def global_id(kind: str, key: int | str) -> str:
    """The id by which clients know a thing."""
    return f"gid://shopify/{kind}/{key}"


def global_id_in_sql(place: Where, row: Any) -> Said:
    """The same of an enclosing row, said in SQL."""
    return in_quotes(f"gid://shopify/{place.parent}/", row.id)


def parse_id(gid: str) -> tuple[str, str] | None:
    """(type, key) of a global id, without what follows a question mark; None for what is none."""
    match = _GID.fullmatch(gid)
    return (match[1], match[2]) if match else None


def numbered(gid: str | None, kind: str) -> int | None:
    """The number in a global id of that type; None for anything else."""
    named = parse_id(gid) if gid else None
    if named is None or named[0] != kind or not named[1].isascii() or not named[1].isdigit() or len(named[1]) > 18:
        return None
    return int(named[1])
