"""What statements of documents select from: what another statement finds, and rows beside those of a list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Join, Select, case, outerjoin
from sqlalchemy.sql.util import find_tables

from db.documents import Found, Text, column_of, null_or_missing, symbols_of, tables_of, text_of


class Rows:
    """Rows that a statement finds, and the column ``value`` that tells them apart."""

    def __init__(self, statement: Any) -> None:
        symbols = symbols_of(statement)
        self.place = next(place for place, symbol in enumerate(symbols) if isinstance(symbol, type))
        self.row: Any = symbols[self.place]
        self.value: Any = column_of(next(iter(self.row.__table__.primary_key.columns)))
        self.tables = tables_of(statement)
        self._statement = statement
        self._beside = [symbol for symbol in symbols if symbol is not self.row]

    def select(self, columns: Sequence[Text]) -> Select[*tuple[Any, ...]]:
        """(what is selected beside the rows…, key, the text of each column)."""
        key = self.value.label("key")
        chosen = (*self._beside, key, *(text_of(text).label(f"c{n}") for n, text in enumerate(columns)))
        found: Select[*tuple[Any, ...]] = self._statement.with_only_columns(*chosen, maintain_column_froms=True)
        return found


@dataclass(frozen=True)
class _Joined:
    loader: Any
    key: Any
    found: Found
    tables: Sequence[Any]


class Beside:
    """What is joined to the rows of one list, at most one row to each: a selection of its own for each of them takes
    the database longer.
    """

    def __init__(self) -> None:
        self._joined: list[_Joined] = []

    @property
    def tables(self) -> Sequence[Any]:
        """The tables that are joined."""
        return [table for one in self._joined for table in one.tables]

    def find(self, loader: Any, key: Any) -> Found | None:
        """What that loader finds for that key, if it is joined already."""
        return next((one.found for one in self._joined if one.loader is loader and one.key.compare(key)), None)

    def join(self, loader: Any, key: Any, found: Found, tables: Sequence[Any]) -> bool:
        """Join what a loader finds for a key in these tables, unless one of them is joined already."""
        if any(table is other for table in tables for other in self.tables):
            return False
        self._joined.append(_Joined(loader, key, found, tables))
        return True

    def joined_to(self, rows: Found, tables: Sequence[Any]) -> Found:
        """The list, whose own tables these are, with these rows beside its own."""
        if not self._joined:
            return rows
        source: Any = _source(rows.statement, tables)
        for one in self._joined:
            selected = one.found.statement
            source = _joined(source, _source(selected, one.tables), selected.whereclause)
        return replace(rows, statement=rows.statement.select_from(source))


def _source(statement: Any, tables: Sequence[Any]) -> Any:
    """What a statement selects from itself: the other tables are those that enclose it."""
    (source,) = (one for one in statement.get_final_froms() if any(table in tables for table in find_tables(one)))
    return source


def _joined(source: Any, other: Any, condition: Any) -> Any:
    """Tables one after the other: SQLite would make a table of all that a join within a join finds."""
    if isinstance(other, Join):
        return outerjoin(_joined(source, other.left, condition), other.right, other.onclause)
    return outerjoin(source, other, condition)


def joined_one(found: Found, text: Text, tables: Sequence[Any], *, nullable: bool) -> Text:
    """The text of a row that is joined, where there is one: where the last of its tables has one."""
    source = _source(found.statement, tables)
    last = source.right if isinstance(source, Join) else source
    there = next(iter(last.primary_key))
    return (case((there.is_(None), null_or_missing(nullable=nullable)), else_=text_of(text)),)
