"""Words to look for, and how both databases look for them alike.

Whatever a customer wrote is only ever a parameter, stripped to letters and digits where a matcher reads it.
"""

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Boolean, ColumnElement, Dialect, Text, TypeDecorator, and_, false, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

Condition: TypeAlias = ColumnElement[bool]

LONGEST_WORD = 256
"""Of a longer word or phrase only that many characters count."""

_RANGES = (
    ("\x01", "/"), (":", "@"), ("[", "`"), ("{", "\xbf"), ("\xd7", "\xd7"), ("\xf7", "\xf7"),
    ("\u2000", "\u206f"), ("\u3000", "\u3003"),
)  # fmt: skip
_EDGE = f"[{''.join(f'{first}-{last}' for first, last in _RANGES)}]"
"""One character that is no part of a word; it reads the same as GLOB and as a regular expression of PostgreSQL."""
_EDGES = re.compile("[\\s\x00" + "".join(f"{re.escape(first)}-{re.escape(last)}" for first, last in _RANGES) + "]")
ASCII_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


@dataclass(frozen=True, slots=True)
class Words:
    """A word or phrase to look for: where a word begins, and ``whole`` also only where one ends.

    ``folded`` is compared with folded text, ``written`` with text as people write it. Punctuation stands for any other
    single character that is no part of a word. False for what holds punctuation only.
    """

    folded: str
    written: str
    whole: bool = False

    def __bool__(self) -> bool:
        return any(_pieces(self.folded))

    def spellings(self, *, folded: bool) -> list[str]:
        """How text may spell it, once A to Z are made small; text that is not folded keeps accents and capitals."""
        written = self.written[:LONGEST_WORD]
        capital = written[:1].upper() + written[1:].lower()
        spellings = {self.folded} if folded else {self.folded, written.lower(), capital}
        return sorted({text.translate(ASCII_LOWER) for text in spellings if _pieces(text)})


class _Pattern(TypeDecorator[str]):
    """Words between edges (spaces here) as the database's own matcher reads them.

    Nothing but letters and digits is left of the words, so there is nothing that a matcher could take for syntax.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        pattern = (value or "").replace(" ", _EDGE)
        return pattern if dialect.name == "postgresql" else f"*{pattern}*"


def _pieces(text: str) -> list[str]:
    pieces = _EDGES.split(text[:LONGEST_WORD])
    filled = [at for at, piece in enumerate(pieces) if piece]
    return pieces[filled[0] : filled[-1] + 1] if filled else []


class _MayHave(FunctionElement[bool]):
    """Whether text holds a pattern of LIKE, A to Z in either case. It reads all rows, so it has to be cheap."""

    name = "may_have"
    type = Boolean()
    inherit_cache = True


@compiles(_MayHave, "sqlite")
def _may_have_sqlite(element: _MayHave, compiler: SQLCompiler, **kw: Any) -> str:
    text, pattern = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({text} LIKE {pattern})"


@compiles(_MayHave, "postgresql")
def _may_have_postgresql(element: _MayHave, compiler: SQLCompiler, **kw: Any) -> str:
    text, pattern = (compiler.process(clause, **kw) for clause in element.clauses)
    return f'(lower({text} COLLATE "C") LIKE {pattern})'


class _Has(FunctionElement[bool]):
    """Whether text, made small, fits a `_Pattern`."""

    name = "has"
    type = Boolean()
    inherit_cache = True


@compiles(_Has, "sqlite")
def _has_sqlite(element: _Has, compiler: SQLCompiler, **kw: Any) -> str:
    text, pattern = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"((' ' || lower({text}) || ' ') GLOB {pattern})"


@compiles(_Has, "postgresql")
def _has_postgresql(element: _Has, compiler: SQLCompiler, **kw: Any) -> str:
    text, pattern = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"((' ' || lower({text} COLLATE \"C\") || ' ') ~ {pattern})"


def _found(column: Any, text: str, whole: bool) -> Condition:
    """Two conditions joined, not one expression: SQLite works out both sides of an AND that it takes for a value."""
    pieces = _pieces(text)
    edged = f" {' '.join(pieces)}{' ' if whole and len(text) <= LONGEST_WORD else ''}"
    longest = max(pieces, key=len)
    return and_(_MayHave(column, literal(f"%{longest}%", Text)), _Has(column, literal(edged, _Pattern)))


def has_folded(column: Any, words: Words) -> Condition:
    """Whether a folded column, never null, has the words, which must not be empty."""
    return or_(false(), *(_found(column, text, words.whole) for text in words.spellings(folded=True)))


def has_written(column: Any, words: Words) -> Condition:
    """Whether a column that is not folded has the words, which must not be empty; null for null."""
    return or_(false(), *(_found(column, text, words.whole) for text in words.spellings(folded=False)))
