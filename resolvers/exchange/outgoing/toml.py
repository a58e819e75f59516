"""TOML as people like to edit it: one entry a line, long texts over several lines, tables below what is short."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

LONGEST_LIST = 100
"""Characters that a list may take on its line; a longer one has an item a line."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_FENCE = "+++"


def toml(entries: Mapping[str, Any]) -> str:
    """The text of a file. Entries that are None are left out; reading the text gives the others again.

    No line of it is ``+++``, so that it may stand in the head of a document.
    """
    return "".join(_table(entries, ())).lstrip("\n")


def _table(entries: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    there = {name: value for name, value in entries.items() if value is not None}
    for name, value in there.items():
        if not _has_header(value):
            yield f"{_key(name)} = {_value(value)}\n"
    for name, value in there.items():
        inner = (*path, name)
        header = ".".join(_key(part) for part in inner)
        if isinstance(value, Mapping):
            if not value or any(not _has_header(item) for item in value.values() if item is not None):
                yield f"\n[{header}]\n"
            yield from _table(value, inner)
        elif _has_header(value):
            for item in value:
                yield f"\n[[{header}]]\n"
                yield from _table(item, inner)


def _has_header(value: Any) -> bool:
    """Whether it is a table, or a list of nothing else."""
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    return isinstance(value, Mapping)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _line(name)


def _value(value: Any) -> str:
    match value:
        case str():
            return _text(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Mapping():
            inside = ", ".join(f"{_key(name)} = {_inline(item)}" for name, item in value.items() if item is not None)
            return f"{{{inside}}}"
        case _:
            return _list(value)


def _inline(value: Any) -> str:
    return _line(value) if isinstance(value, str) else _value(value)


def _list(items: Sequence[Any]) -> str:
    found = [_inline(item) for item in items]
    line = f"[{', '.join(found)}]"
    if len(line) <= LONGEST_LIST:
        return line
    return "[\n" + "".join(f"    {item},\n" for item in found) + "]"


def _text(text: str) -> str:
    lines = text.split("\n")
    if len(lines) == 1 or "\r" in text or _FENCE in (line.strip() for line in lines):
        return _line(text)
    return '"""\n' + "\n".join([*map(_within, lines[:-1]), _escaped(lines[-1])]) + '"""'


def _line(text: str) -> str:
    """A text on one line; as it stands where quotes in it would have to be escaped, and it has no others."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    # JSON escapes all that TOML wants escaped, and one character less.
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")


def _within(line: str) -> str:
    """A line of a text of several, but the last, where quotes need escaping only if they could end the text."""
    escaped = _escaped(line)
    return escaped if '""' in line else escaped.replace('\\"', '"')
