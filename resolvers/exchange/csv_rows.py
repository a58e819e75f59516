"""Rows of the CSV files that exports write: line feeds, and quotes only where they are needed."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO


class CsvRows:
    """Writes rows below the names of their columns. Whatever text a cell has is read back the same."""

    def __init__(self, out: TextIO, columns: Sequence[str]) -> None:
        self.written = 0
        self._plain = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        # Python leaves a cell with a lone carriage return unquoted, and then reads it as the end of a row.
        self._quoted = csv.DictWriter(out, columns, restval="", lineterminator="\n", quoting=csv.QUOTE_ALL)
        self._plain.writeheader()

    def add(self, row: Mapping[str, str]) -> None:
        """One more row; columns that it does not name are empty."""
        writer = self._quoted if any("\r" in cell for cell in row.values()) else self._plain
        writer.writerow(row)
        self.written += 1

    def add_all(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Some more rows."""
        for row in rows:
            self.add(row)
