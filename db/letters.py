"""Letters made small, as both databases do it alike."""

from typing import Any

from sqlalchemy import FunctionElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class AsciiLower(FunctionElement[str]):
    """Text with A to Z made small and all else as it is."""

    name = "ascii_lower"
    type = String()
    inherit_cache = True


@compiles(AsciiLower, "sqlite")
def _ascii_lower_sqlite(element: AsciiLower, compiler: SQLCompiler, **kw: Any) -> str:
    return f"lower({compiler.process(element.clauses, **kw)})"


@compiles(AsciiLower, "postgresql")
def _ascii_lower_postgresql(element: AsciiLower, compiler: SQLCompiler, **kw: Any) -> str:
    return f'lower({compiler.process(element.clauses, **kw)} COLLATE "C")'


class SmallLetters(FunctionElement[str]):
    """Text with the letters of all alphabets made small; SQLite learns how on each connection."""

    name = "small_letters"
    type = String()
    inherit_cache = True


@compiles(SmallLetters, "postgresql")
def _small_letters_postgresql(element: SmallLetters, compiler: SQLCompiler, **kw: Any) -> str:
    return f"lower({compiler.process(element.clauses, **kw)})"


@compiles(SmallLetters, "sqlite")
def _small_letters_sqlite(element: SmallLetters, compiler: SQLCompiler, **kw: Any) -> str:
    return f"small_letters({compiler.process(element.clauses, **kw)})"


def small_letters(text: Any) -> Any:
    """What SQLite is taught; null stays null."""
    return text.lower() if isinstance(text, str) else text
