"""Reads the files in which build tools of clients write down the documents that those clients will send.

Three tools, two formats: graphql-codegen and relay-compiler write `{id: text}`; Apollo's tools write
`{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "name", "type", "body"}]}`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.trouble import Trouble

APOLLO = "apollo-persisted-query-manifest"
SHA256 = "sha256:"

# More than a person mends before looking again.
_MOST_FAULTS = 20


class ManifestError(Trouble):
    """Documents that cannot be trusted as they are; the message names each, with its file and the reason."""

    def __init__(self, faults: Sequence[str]) -> None:
        more = len(faults) - _MOST_FAULTS
        lines = ["The trusted documents cannot be served:", *faults[:_MOST_FAULTS]]
        super().__init__("\n  ".join([*lines, f"and {more} more"] if more > 0 else lines))


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """A document of a manifest, by the id that its tool gave it."""

    file: Path
    id: str
    text: str

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.file}, {self.id if len(self.id) <= 100 else f'{self.id[:100]}…'}"


def read_manifests(place: Path) -> tuple[ManifestEntry, ...]:
    """Every document of a manifest, or of all `.json` files of a folder. Raises ManifestError with every fault of them.

    An id may stand in several manifests, with the same text.
    """
    faults: list[str] = []
    known: dict[str, ManifestEntry] = {}
    try:
        files = _files(place)
    except OSError as error:
        raise ManifestError([f"{place}: it cannot be read ({error.strerror})."]) from error
    for file in files:
        try:
            for entry in _entries(file, _decoded(file)):
                other = known.setdefault(entry.id, entry)
                if other.text != entry.text:
                    faults.append(f"{entry.place}: {other.file} has another document of that id.")
                faults += _wrong_about(entry)
        except _FormatError as wrong:
            faults.append(f"{file}: {wrong}")
    if faults:
        raise ManifestError(faults)
    return tuple(known.values())


class _FormatError(Exception):
    """The file is none that we know; the message says what is expected."""


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    found = sorted(place.glob("*.json"))
    if not found:
        raise ManifestError([f"{place}: it holds no file whose name ends in .json."])
    return found


def _decoded(file: Path) -> object:
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"), object_pairs_hook=_unambiguous)
    except OSError as error:
        raise _FormatError(f"it cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise _FormatError("it is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise _FormatError(f"it is not JSON: {error}.") from None
    except RecursionError:
        raise _FormatError("it is nested too deeply.") from None


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names all mean one thing: a merge may leave two texts under one id, and one would be lost."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            raise _FormatError(f"it says two things of {name[:100]!r}.")
    return found


def _entries(file: Path, content: object) -> Iterator[ManifestEntry]:
    if not isinstance(content, dict):
        raise _FormatError(f"it must be an object, either {{id: text}} or of the format {APOLLO}.")
    if "format" in content or "operations" in content:
        pairs: Iterable[tuple[object, object]] = _apollo(content)
    else:
        pairs = content.items()
    for id_, text in pairs:
        if not isinstance(id_, str) or not id_ or not isinstance(text, str):
            shown = str(id_)[:100]
            raise _FormatError(f"the entry {shown!r} must be an id and the text of a document, both strings.")
        yield ManifestEntry(file, id_, text)


def _apollo(content: dict[str, Any]) -> Iterator[tuple[object, object]]:
    if content.get("format") != APOLLO or content.get("version") != 1:
        raise _FormatError(f"of formats that say their name, {APOLLO} of version 1 is read.")
    operations = content.get("operations")
    if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
        raise _FormatError("its 'operations' must be a list of objects.")
    for operation in operations:
        yield operation.get("id"), operation.get("body")


def _wrong_about(entry: ManifestEntry) -> Iterator[str]:
    try:
        digest = digest_of(entry.text)
    except UnicodeEncodeError:
        yield f"{entry.place}: its text has half a character (a lone surrogate)."
        return
    if entry.id.startswith(SHA256) and entry.id != SHA256 + digest:
        yield f"{entry.place}: the SHA-256 of its text is {digest}. Generate the manifest anew."


def digest_of(text: str) -> str:
    """The SHA-256 of a document's text in UTF-8, in lower-case hexadecimal digits."""
    return sha256(text.encode()).hexdigest()
