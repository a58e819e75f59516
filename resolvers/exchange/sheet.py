"""CSV files as people make them: any common encoding and delimiter, padded cells, rows that belong together apart.

A file is read twice: once to learn how it is written and which groups of rows are scattered, once for its rows. Only
rows of scattered groups are set aside, in a temporary file, so that memory does not grow with the file.
"""

import codecs
import csv
import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TypeAlias

from resolvers.exchange.report import UnreadableError

LONGEST_CELL = 4_000_000
"""Characters; more means that a quotation mark was never closed."""

_DELIMITERS = (",", ";", "\t")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("storekeep.windows-1252", _as_windows_1252)


@dataclass(slots=True)
class Row:
    """The cells of one row that hold something, by column key, without the space around them."""

    line: int
    cells: dict[str, str]
    surplus: int = 0
    """Cells beyond the header that hold something: the row is shifted."""

    def get(self, key: str) -> str:
        """The cell, or an empty text."""
        return self.cells.get(key, "")


Name: TypeAlias = Callable[[str], str | None]
"""Says which key a heading stands for; None for one that is not of the format."""


@dataclass
class Sheet:
    """A CSV file that has been looked through."""

    path: Path
    encoding: str
    delimiter: str
    keys: list[str | None]
    headings: dict[str, str]
    """The heading as it is written, by key."""
    unknown: list[str]
    rows: int = 0
    damage: str | None = None
    """Why the file cannot be read to its end."""
    scattered: dict[str, int] = field(default_factory=dict)
    """The last line of every group whose rows do not stand together."""

    @property
    def columns(self) -> frozenset[str]:
        """The keys of the columns that the file has."""
        return frozenset(self.headings)

    @property
    def shown_encoding(self) -> str:
        """The encoding's name, for people."""
        return {"utf-8-sig": "UTF-8", "utf-16": "UTF-16"}.get(self.encoding, self.encoding)

    def heading(self, key: str) -> str:
        """What the file calls a column."""
        return self.headings.get(key, key)

    def read(self) -> Iterator[Row]:
        """Every row in order, without lines that hold not even a space."""
        with _opened(self.path, self.encoding) as text:
            reader = csv.reader(_without_nul(text), delimiter=self.delimiter)
            keys, width, line = self.keys, len(self.keys), 0
            while True:
                try:
                    cells = next(reader, None)
                except (csv.Error, UnicodeError) as error:
                    self.damage = f"cannot be read from line {line + 1} on: {error}"
                    return
                if cells is None:
                    return
                start, line = line + 1, reader.line_num
                if start == 1 or not cells:
                    continue
                found = {
                    key: clean.replace("\r\n", "\n").replace("\r", "\n") if "\r" in clean else clean
                    for key, cell in zip(keys, cells, strict=False)
                    if cell and key and (clean := cell.strip())
                }
                surplus = sum(1 for cell in cells[width:] if cell.strip()) if len(cells) > width else 0
                yield Row(start, found, surplus)


def look_through(path: Path, name: Name, group: Callable[[Row], str], each: Callable[[Row], None]) -> Sheet:
    """Learn a file's encoding, delimiter and columns, and which groups of rows are scattered; ``each`` sees every row.

    Raises `UnreadableError` when it cannot be opened, is empty, or has none of the columns.
    """
    encoding = _encoding(path)
    sheet = _header(path, encoding, name)
    seen: set[str] = set()
    current = ""
    for row in sheet.read():
        sheet.rows += 1
        each(row)
        handle = group(row)
        if handle in sheet.scattered or (handle != current and handle in seen):
            sheet.scattered[handle] = row.line
        seen.add(handle)
        current = handle
    return sheet


def groups(sheet: Sheet, group: Callable[[Row], str]) -> Iterator[tuple[str, list[Row]]]:
    """Rows that belong together, each group once: when its last row has been read."""
    with Aside() as aside:
        current, rows = "", list[Row]()
        for row in sheet.read():
            handle = group(row)
            if handle in sheet.scattered and handle:
                aside.put(handle, row)
                if row.line == sheet.scattered[handle]:
                    yield handle, aside.take(handle)
                continue
            if rows and (handle != current or not handle):
                yield current, rows
                rows = []
            current = handle
            rows.append(row)
        if rows:
            yield current, rows


class Aside:
    """Rows that wait in a temporary file until the rest of their group has come."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._places: dict[str, list[int]] = {}

    def __enter__(self) -> "Aside":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def put(self, group: str, row: Row) -> None:
        """Set a row aside."""
        self._file = self._file or TemporaryFile()  # noqa: SIM115 - closed with this object
        self._places.setdefault(group, []).append(self._file.seek(0, 2))
        pickle.dump((row.line, row.cells, row.surplus), self._file)

    def take(self, group: str) -> list[Row]:
        """The group's rows in the order they came."""
        found = []
        for place in self._places.pop(group):
            assert self._file is not None
            self._file.seek(place)
            found.append(Row(*pickle.load(self._file)))  # noqa: S301 - written by ourselves, above
        return found


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    """Lines without the one character that PostgreSQL's texts cannot hold."""
    return (line.replace("\0", "") if "\0" in line else line for line in lines)


def _opened(path: Path, encoding: str) -> IO[str]:
    codec, errors = ("utf-8-sig", "storekeep.windows-1252") if encoding == "Windows-1252" else (encoding, "strict")
    csv.field_size_limit(LONGEST_CELL)
    return path.open(encoding=codec, errors=errors, newline="")


def _encoding(path: Path) -> str:
    """Which encoding reads the file: UTF-16 and UTF-8 by mark, UTF-8 when it is valid, else Windows-1252."""
    try:
        with path.open("rb") as binary:
            start = binary.read(4)
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        with path.open(encoding="utf-8-sig", newline="") as text:
            while text.read(1 << 20):
                continue
    except UnicodeDecodeError:
        return "Windows-1252"
    except OSError as error:
        raise UnreadableError(f"{path} cannot be opened: {error.strerror}") from error
    return "utf-8-sig"


def _header(path: Path, encoding: str, name: Name) -> Sheet:
    """The sheet that the delimiter makes which gives the most known columns."""
    try:
        candidates = [_headings(path, encoding, delimiter, name) for delimiter in _DELIMITERS]
    except (csv.Error, UnicodeError) as error:
        raise UnreadableError(f"{path} is not a CSV file: {error}") from error
    best = max(candidates, key=lambda sheet: len(sheet.headings))
    if not best.headings:
        raise UnreadableError(f"{path} has none of the columns of this format, such as Handle, in its first line")
    return best


def _headings(path: Path, encoding: str, delimiter: str, name: Name) -> Sheet:
    with _opened(path, encoding) as text:
        first = next(csv.reader(text, delimiter=delimiter), [])
    sheet = Sheet(path, encoding, delimiter, [], {}, [])
    for cell in first:
        heading = " ".join(cell.split())
        key = name(heading) if heading else None
        if key in sheet.headings or (heading and key is None):
            sheet.unknown.append(heading)
            key = None
        if key:
            sheet.headings[key] = heading
        sheet.keys.append(key)
    return sheet
