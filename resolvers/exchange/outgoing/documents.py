"""Text files with a head, as `content.documents` reads them."""

from collections.abc import Mapping
from typing import Any

from resolvers.exchange.content.documents import FENCE
from resolvers.exchange.outgoing.toml import toml


def document(head: Mapping[str, Any], body: str) -> str:
    """A head between two fences, and HTML below."""
    return f"{FENCE}{toml(head)}{FENCE}{html(body)}"


def html(body: str) -> str:
    """HTML as a file has it; carriage returns would be lost as they are."""
    written = body.replace("\r", "&#13;")
    return f"{written}\n" if written else ""
