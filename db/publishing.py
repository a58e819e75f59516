"""When something that waits for its day is shown."""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import func
from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row

_COLUMN = "published_at"


def tables_with_dates(names: Collection[str]) -> list[str]:
    """Those of the tables whose rows are shown from a moment on."""
    return sorted(filter(_has_dates, names))


@cache
def _has_dates(table: str) -> bool:
    return _COLUMN in Row.metadata.tables[table].columns


def next_publication(table: str, moment: datetime) -> SelectOfScalar[datetime | None]:
    """The first moment after another from which a row of the table is shown; null for none."""
    column = Row.metadata.tables[table].columns[_COLUMN]
    return select(func.min(column)).where(column > moment)
