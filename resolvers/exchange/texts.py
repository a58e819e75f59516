"""Text files as people write them, and TOML: what is wrong with one is said with its line, before it costs anything."""

import re
import tomllib
from pathlib import Path
from typing import Any

LARGEST = 10_000_000
"""Bytes that such a file may have."""
MOST_PARTS = 32
"""Names that may be joined by dots; reading them takes the square of their number."""

_NAME = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_LONG_NAME = re.compile(rf"(?:^|[\[{{,])[ \t]*+(?:{_NAME}){{{MOST_PARTS}}}", re.MULTILINE)
_DEEP = re.compile(r"(?:[\[{][^\[\]{}]*+){64}")
_LONG_NUMBER = re.compile(r"[0-9_]{4000}")


class ContentError(ValueError):
    """Something in a file of content makes no sense; the message says what, for people."""


def text_of(path: Path) -> str:
    """The text of a file, with its line breaks as they are on Unix. Raises ContentError for one that has none."""
    try:
        if path.stat().st_size > LARGEST:
            raise ContentError(f"it has more than {LARGEST // 1_000_000} million bytes")
        content = path.read_bytes()
    except (OSError, RuntimeError) as error:
        raise ContentError(f"it cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ContentError(f"line {line}: it is not UTF-8; save it as that") from error
    if "\0" in text:
        raise ContentError(f"line {_line(text, text.index(chr(0)))}: it has a zero byte, which no text has")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parsed(text: str) -> dict[str, Any]:
    """What TOML says. Raises ContentError, naming the line, for what is none or was written by no person."""
    if long := _LONG_NAME.search(text):
        raise ContentError(
            f"line {_line(text, long.start())}: more than {MOST_PARTS} names are joined by dots;"
            " put a name with dots in it into quotation marks"
        )
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error).replace("at end of document", f"at the end, line {_line(text, len(text))}")
        raise ContentError(f"it is not TOML: {said}") from error
    except RecursionError as error:
        raise ContentError(
            f"{_found(_DEEP, text)}it is not TOML that anybody wrote: its tables are too deep"
        ) from error
    except ValueError as error:
        raise ContentError(f"{_found(_LONG_NUMBER, text)}a number is too long; put it in quotation marks") from error
    if _has_zero_byte(found):
        raise ContentError("a text in it has a zero byte (\\u0000), which no database stores")
    return found


def _has_zero_byte(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _has_zero_byte(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_has_zero_byte, value))


def _found(wrong: re.Pattern[str], text: str) -> str:
    place = wrong.search(text)
    return f"line {_line(text, place.start())}: " if place else ""


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
