"""Text files with a head: TOML between two lines of `+++`, and HTML below."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from resolvers.exchange.texts import ContentError, parsed, text_of
from resolvers.text import safe_html

FENCE = "+++\n"


@dataclass(frozen=True)
class Document:
    """A file's head, and its text as it may be shown."""

    head: "Head"
    body: str


class Head:
    """The entries of a head, each asked for by name; `close` complains about those that nobody asked for."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self._entries = dict(entries)
        self._known: list[str] = []

    def _take(self, name: str) -> Any:
        self._known.append(name)
        return self._entries.pop(name, None)

    def text(self, name: str) -> str | None:
        """A text; None when it is missing or empty. Raises ContentError for anything else."""
        found = self._take(name)
        if found is None:
            return None
        if not isinstance(found, str):
            raise ContentError(f"{name} must be a text in quotes")
        return found.strip() or None

    def required(self, name: str) -> str:
        """A text that must be there."""
        found = self.text(name)
        if found is None:
            raise ContentError(f"{name} is missing")
        return found

    def texts(self, name: str) -> list[str]:
        """A list of texts; empty when it is missing."""
        found = self._take(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(item, str) and item.strip() for item in found):
            raise ContentError(f'{name} must be a list of texts, such as ["one", "two"]')
        return [item.strip() for item in found]

    def flag(self, name: str, *, default: bool) -> bool:
        """true or false."""
        found = self._take(name)
        if found is None:
            return default
        if not isinstance(found, bool):
            raise ContentError(f"{name} must be true or false")
        return found

    def moment(self, name: str) -> datetime | None:
        """A time, in UTC where no zone is given."""
        found = self._take(name)
        if found is None:
            return None
        if isinstance(found, datetime):
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        if isinstance(found, date):
            return datetime(found.year, found.month, found.day, tzinfo=UTC)
        raise ContentError(f"{name} must be a date such as 2026-04-01, without quotes")

    def table(self, name: str) -> "Head":
        """A table; empty when it is missing."""
        found = self._take(name)
        if found is not None and not isinstance(found, dict):
            raise ContentError(f"{name} must be a table, under [{name}]")
        return Head(found or {})

    def tables(self, name: str) -> "list[Head]":
        """A list of tables; empty when it is missing."""
        found = self._take(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise ContentError(f"{name} must be tables, each under [[{name}]]")
        return [Head(item) for item in found]

    def rest(self) -> dict[str, Any]:
        """Whatever was not asked for yet."""
        found, self._entries = self._entries, {}
        return found

    def close(self) -> None:
        """Raises ContentError for an entry that means nothing."""
        if self._entries:
            known = ", ".join(self._known)
            raise ContentError(f"{next(iter(self._entries))} means nothing here; known are {known}")


def read_document(path: Path) -> Document:
    """Raises ContentError for a file that cannot be read so."""
    text = text_of(path)
    if not text.startswith(FENCE):
        raise ContentError('it must begin with a line of +++, with entries such as title = "…", and another +++')
    head, fence, body = text.removeprefix(FENCE.rstrip()).partition(f"\n{FENCE}")
    if not fence:
        raise ContentError("the second line of +++ is missing")
    return Document(Head(parsed(head)), safe_html(body.strip()))


def read_head(path: Path) -> Head:
    """A file that is all TOML. Raises ContentError for one that is not."""
    return Head(parsed(text_of(path)))


def once(names: Iterable[str]) -> None:
    """Raises ContentError for a name that stands twice."""
    seen = set()
    for name in names:
        if name in seen:
            raise ContentError(f"{name!r} stands twice")
        seen.add(name)
