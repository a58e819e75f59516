"""`[[synonyms]]` of a shop.toml: words that mean the same to whoever searches."""

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from resolvers.languages import LanguageError, language_code, language_tag
from resolvers.search.analysis import chunks

MOST_GROUPS, MOST_WORDS = 200, 12
"""The most groups that one shop may have, and words that one group may."""


class SynonymError(ValueError):
    """A group that makes no sense; the message says why, for people."""


def synonyms(tables: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The groups as the shop's row keeps them. Raises `SynonymError`, beginning with what the group is."""
    if len(tables) > MOST_GROUPS:
        raise SynonymError(f"there are {len(tables)} groups, and {MOST_GROUPS} are the most")
    return [_group(table) for table in tables]


def written_synonyms(group: Mapping[str, Any]) -> dict[str, Any]:
    """A group of the shop's row as a file says it."""
    language = {"language": language_tag(group["language"])} if "language" in group else {}
    return {"words": group["words"], **language}


def _group(table: Mapping[str, Any]) -> dict[str, Any]:
    words = table.get("words")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise SynonymError(f'words must be a list of texts, such as ["trousers", "pants"], and is {words!r}')
    words = [" ".join(word.split()) for word in words]
    name = shorten(", ".join(words), 100, placeholder=" …")
    if unknown := sorted(set(table) - {"words", "language"}):
        raise SynonymError(f"{name}: {', '.join(unknown)} is not known; it may have language, words")
    if not 2 <= len(words) <= MOST_WORDS:
        raise SynonymError(f"{name}: a group has from 2 to {MOST_WORDS} words, and this one {len(words)}")
    known: set[str] = set()
    for word in words:
        parts = [part for chunk in chunks(word) for part in chunk]
        if not 1 <= len(parts) <= 2:
            raise SynonymError(f"{name}: {word!r} has {len(parts)} words; what means the same has one, or two at most")
        if (joined := "".join(parts)) in known:
            raise SynonymError(f"{name}: {word!r} is there twice")
        known.add(joined)
    return {"words": words} | _language(table, name)


def _language(table: Mapping[str, Any], name: str) -> dict[str, str]:
    if "language" not in table:
        return {}
    try:
        return {"language": language_code(str(table["language"]))}
    except LanguageError as error:
        raise SynonymError(f"{name}: {error}") from error
