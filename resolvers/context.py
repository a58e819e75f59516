"""What one operation works with: its database, its loaders, and who and where the shopper is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias, TypeVar

import strawberry

from db import languages as db_languages
from db.forms import Asked, Given
from db.session import Database, Session, Tally
from db.types import utc_now
from resolvers.events import EventStream
from resolvers.languages import DEFAULT, chosen, preferred

L = TypeVar("L")


class RowSource(NamedTuple):
    """Where the rows of a field come from that nobody looks at but who answers with them."""

    name: str
    is_page: bool = False


RowsInJson: TypeAlias = Callable[[Session, Any], Awaitable[list[Any] | None]]
"""Answers what a statement finds, with an `orjson.Fragment` in the place of each row; None where it cannot."""


def _unobserved(_loader: str, _size: int) -> None:
    return None


@dataclass(frozen=True)
class Spoken:
    """The language of an operation, and those whose translations it is shown, best first."""

    language: str | None
    preferred: tuple[str, ...] = ()


AS_WRITTEN = Spoken(None)
MARKED = ("base_url", "country", "now")
"""What of an operation statements depend on."""


@dataclass
class Context:
    """Fresh for every operation. ``base_url`` is how the client reached us (scheme and host, no path).

    ``country`` is an ISO 3166 code or None for no particular one; ``language`` the one asked for or None. Rows that are
    read say what is translated into the language that results; with neither, everything is as the shop wrote it.
    ``preferred_location`` is the number of the store whose stock is shown first.
    """

    db: Database
    events: EventStream
    base_url: str = ""
    country: str | None = None
    language: str | None = None
    preferred_location: int | None = None
    observe: Callable[[str, int], None] = _unobserved
    now: datetime = field(default_factory=utc_now)
    tally: Tally = field(default_factory=Tally)
    searches: dict[str, str] = field(default_factory=dict)
    """What was searched for, by the response name of the root field that answers it."""
    planned: dict[RowSource, RowsInJson] = field(default_factory=dict)
    """What finds rows as JSON text, by the source of rows of which nothing else is wanted."""
    extensions: dict[str, Any] = field(default_factory=dict)
    """What the answer tells beside its data."""
    _loaders: dict[Any, Any] = field(default_factory=dict)
    _spoken: Spoken | None = None
    _settling: asyncio.Lock = field(default_factory=asyncio.Lock)

    def loader(self, kind: Callable[..., L], *of: Hashable) -> L:
        """The operation's own loader of that class, and of what else it is made with; made when first asked for."""
        key = (kind, of)
        found: L | None = self._loaders.get(key)
        if found is None:
            found = self._loaders[key] = kind(self, *of)
        return found

    def forget(self) -> None:
        """Drop everything loaded: after a write, and before each event of a subscription."""
        self._loaders.clear()
        self.now = utc_now()

    def close(self) -> None:
        """At the operation's end: let go of the loaders and of what is planned, which know it. Only the collector would
        free such a cycle.
        """
        self._loaders.clear()
        self.planned.clear()

    def read(self) -> AbstractAsyncContextManager[Session]:
        """A connection for reading; one a batch, never shared between resolvers that run at once."""
        return self._speaking() if self.may_translate else self.db.read(self.tally)

    @asynccontextmanager
    async def _speaking(self) -> AsyncIterator[Session]:
        async with self.db.read(self.tally) as session:
            session.languages = (await self._settled(session)).preferred
            yield session

    async def tuples(self, session: Session, statement: Any, source: RowSource | None = None) -> list[Any]:
        """Every row of a statement, as the session answers it; with an `orjson.Fragment` in the place of the light row
        where that is all that is wanted of what the ``source`` has.
        """
        planned = None if source is None else self.planned.get(source)
        found = None if planned is None else await planned(session, statement)
        return await session.tuples(statement) if found is None else found

    @property
    def may_translate(self) -> bool:
        """Whether a country or language is named, so that what is shown may be translated."""
        return self.country is not None or self.language is not None

    @property
    def is_as_written(self) -> bool:
        """Whether it is known by now that nothing that is read will be translated."""
        return not self.may_translate or (self._spoken is not None and not self._spoken.preferred)

    def marked(self) -> "Context":
        """The same with marks for what differs between operations, for loaders that say what they find in SQL."""
        marks: dict[str, Any] = {name: Given(name) for name in MARKED}
        if self.country is None:
            marks["country"] = None
        return replace(self, **marks, _loaders={})

    @property
    def marks(self) -> dict[str, Any]:
        """What stands in the places of those marks."""
        return {name: getattr(self, name) for name in MARKED}

    async def speaks(self) -> str | None:
        """The code of the operation's language; None, for the shop's own, where no language and no country is named."""
        async with self.db.read(self.tally) as session:
            return (await self._settled(session)).language

    async def _settled(self, session: Session) -> Spoken:
        """The operation's language, settled by the first who asks: one statement, none where nothing was named."""
        if not self.may_translate:
            return AS_WRITTEN
        async with self._settling:
            if self._spoken is None:
                found = await session.as_written.tuples(db_languages.spoken(self.country))
                own, known = found[0] if found else (DEFAULT, None)
                language = chosen(self.language, known or (), own)
                self._spoken = Spoken(language, preferred(language, own))
        return self._spoken

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        """One write transaction; what was loaded before it is forgotten when it has committed."""
        async with self.db.write(self.tally) as session:
            yield session
        self.forget()

    async def write_in_one(self, statement: Asked[Any]) -> list[tuple[Any, ...]]:
        """One statement that is a transaction by itself, see `Database.write_in_one`; what was loaded is forgotten."""
        found = await self.db.write_in_one(statement, self.tally)
        self.forget()
        return found

    @property
    def statements(self) -> int:
        """How many statements the operation has asked for."""
        return self.tally.statements

    def leave_untagged(self) -> None:
        """Nobody will ask for `tags`, so that they are not noted; statements that need not tell them are shorter."""
        self.tally.footprint.is_tagged = False

    @property
    def is_tagged(self) -> bool:
        """Whether somebody may ask for them."""
        return self.tally.footprint.is_tagged

    @property
    def is_private(self) -> bool:
        """Whether the operation was built from what is nobody else's."""
        return self.tally.footprint.is_private

    @property
    def tags(self) -> frozenset[str]:
        """What it was built from."""
        return frozenset(self.tally.footprint.tags)

    @property
    def tables(self) -> frozenset[str]:
        """The tables that it read."""
        return frozenset(self.tally.footprint.tables)

    @property
    def sql_seconds(self) -> float:
        """How long they took, waiting included."""
        return self.tally.seconds


Info: TypeAlias = strawberry.Info[Context, None]
