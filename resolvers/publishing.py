"""How long what is shown stays true by itself: until something that waits for its day is published."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from math import inf

from db import publishing as db
from db.session import Database
from db.types import utc_now


class Publications:
    """The next moment at which each table shows more, remembered until the table changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next: dict[str, datetime | None] = {}
        self._changes: Counter[str] = Counter()

    def changed(self, tags: Iterable[str]) -> None:
        """Forget what is known of tables that have changed."""
        for table in {tag.partition("/")[0] for tag in tags}:
            self._changes[table] += 1
            self._next.pop(table, None)

    async def lasts(self, tables: Collection[str], since: datetime) -> float:
        """Seconds from now until one of the tables shows more than at ``since``; infinite where nothing waits."""
        dated = db.tables_with_dates(tables)
        if not dated:
            return inf
        moments = [await self._after(table, since) for table in dated]
        now = utc_now()
        return min([(moment - now).total_seconds() for moment in moments if moment is not None], default=inf)

    async def _after(self, table: str, since: datetime) -> datetime | None:
        known = self._next.get(table)
        if table in self._next and (known is None or known > since):
            return known
        changes = self._changes[table]
        async with self._database.read() as session:
            found = await session.first(db.next_publication(table, since))
        if self._changes[table] == changes:
            self._next[table] = found
        return found
