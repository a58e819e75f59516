"""Words to look for, and how both databases look for them alike.

Whatever a customer wrote is only ever a parameter, stripped to letters and digits where a matcher reads it.
"""

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Boolean, ColumnElement, Dialect, String, Text, TypeDecorator, false, func, literal, or_
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

    @property
    def spellings(self) -> set[str]:
        """How text that is not folded may spell it, after A to Z were made small."""
        written = self.written[:LONGEST_WORD]
        capital = written[:1].upper() + written[1:].lower()
        return {spelling.translate(ASCII_LOWER) for spelling in (self.folded, written.lower(), capital)}


class _Pattern(TypeDecorator[str]):
    """Words between edges (spaces here) as the database's own matcher reads them.

    Nothing but letters and digits is left of the words, so there is nothing that a matcher could take for syntax.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        pattern = (value or "").replace(" ", _EDGE)
        return pattern if dialect.name == "postgresql" else f"*{pattern}*"


class _HasWords(FunctionElement[bool]):
    """A cheap search for the longest piece, then the exact match for the few rows that have it."""

    name = "has_words"
    type = Boolean()
    inherit_cache = True


@compiles(_HasWords, "sqlite")
def _has_words_sqlite(element: _HasWords, compiler: SQLCompiler, **kw: Any) -> str:
    text, piece, pattern = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(instr({text}, {piece}) > 0 AND (' ' || {text} || ' ') GLOB {pattern})"


@compiles(_HasWords, "postgresql")
def _has_words_postgresql(element: _HasWords, compiler: SQLCompiler, **kw: Any) -> str:
    text, piece, pattern = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(strpos({text}, {piece}) > 0 AND (' ' || {text} || ' ') ~ {pattern})"


class AsciiLower(FunctionElement[str]):
    """Text with A to Z made small and all else as it is, which is what both databases do alike."""

    name = "ascii_lower"
    type = String()
    inherit_cache = True


@compiles(AsciiLower, "sqlite")
def _ascii_lower_sqlite(element: AsciiLower, compiler: SQLCompiler, **kw: Any) -> str:
    return f"lower({compiler.process(element.clauses, **kw)})"


@compiles(AsciiLower, "postgresql")
def _ascii_lower_postgresql(element: AsciiLower, compiler: SQLCompiler, **kw: Any) -> str:
    return f'lower({compiler.process(element.clauses, **kw)} COLLATE "C")'


def _pieces(text: str) -> list[str]:
    pieces = _EDGES.split(text[:LONGEST_WORD])
    filled = [at for at, piece in enumerate(pieces) if piece]
    return pieces[filled[0] : filled[-1] + 1] if filled else []


def _has(column: Any, text: str, whole: bool) -> Condition:
    pieces = _pieces(text)
    edged = f" {' '.join(pieces)}{' ' if whole and len(text) <= LONGEST_WORD else ''}"
    return _HasWords(column, literal(max(pieces, key=len), Text), literal(edged, _Pattern))


def has_folded(column: Any, words: Words) -> Condition:
    """Whether a folded column has the words, which must not be empty."""
    return _has(column, words.folded, words.whole)


def has_written(column: Any, words: Words) -> Condition:
    """Whether a column that is not folded has the words, which must not be empty; false for null."""
    text = func.coalesce(AsciiLower(column), "")
    return or_(
        false(), *(_has(text, spelling, words.whole) for spelling in sorted(words.spellings) if _pieces(spelling))
    )
