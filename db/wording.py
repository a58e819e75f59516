"""What of a table's rows has translations, and how these are put into rows that were read without them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeAlias

Text: TypeAlias = tuple[str, int, str]
"""Whose text, and which: (kind of owner, its id, field)."""


@dataclass(frozen=True)
class Wording:
    """A row class's texts: ``kind`` is what translations know its rows by.

    ``texts`` are columns; ``entries`` is a column that holds a list of ``{"key": …, "value": …}``, whose values are
    texts named by their keys; ``labels`` one that holds a list of filters, which have labels (see `label_field`).
    ``parts`` are columns with the ids of rows of ``part``, whose names make up the title.
    """

    kind: str
    texts: tuple[str, ...] = ()
    entries: str | None = None
    labels: str | None = None
    part: type[Any] | None = None
    parts: tuple[str, ...] = ()

    def owners(self, row: Any) -> Iterable[int]:
        """The ids that translations of a row are found by."""
        return (key for name in self.parts if (key := getattr(row, name)) is not None) if self.parts else (row.id,)


LONGEST_FIELD = 64
"""The most characters that the field of a translation may have."""


def label_field(entry: Mapping[str, Any]) -> str:
    """What translations call the label of a filter that a shop offers.

    Filters are told apart by what they are on, whatever their place: by their kind, and a name in small letters.
    """
    name = entry.get("name", "").lower() or ".".join(entry[part] for part in ("namespace", "key") if part in entry)
    field = f"filters/{entry['by']}/{name}"
    return field if len(field) <= LONGEST_FIELD else f"filters/{sha256(field.encode()).hexdigest()[:48]}"


def owners_of(rows: Iterable[Any]) -> dict[Wording, list[int]]:
    """By wording, the ids whose texts the rows show."""
    found: dict[Wording, dict[int, None]] = defaultdict(dict)
    for row in rows:
        for key in row.wording.owners(row):
            found[row.wording][key] = None
    return {wording: list(keys) for wording, keys in found.items()}


def best(found: Iterable[tuple[Any, ...]], languages: Sequence[str]) -> dict[Text, str]:
    """Of each text (kind, id, field, language, text) the one in the language that comes first."""
    rank = {language: place for place, language in enumerate((*languages, ""))}
    chosen: dict[Text, tuple[int, str]] = {}
    for kind, key, field, language, value in found:
        known = chosen.get((kind, key, field))
        if known is None or rank[language] < known[0]:
            chosen[kind, key, field] = (rank[language], value)
    return {text: value for text, (_, value) in chosen.items()}


def put(rows: Iterable[Any], texts: Mapping[Text, str]) -> None:
    """Let light rows say what is translated; the rest stays as it is."""
    for row in rows:
        wording: Wording = row.wording
        if wording.parts:
            names = [texts.get((wording.kind, key, "name")) for key in wording.owners(row)]
            if None not in names:
                row.title = " / ".join(name for name in names if name is not None)
            continue
        for name in wording.texts:
            if (value := texts.get((wording.kind, row.id, name))) is not None:
                setattr(row, name, value)
        if wording.entries:
            listed = [
                entry | {"value": texts.get((wording.kind, row.id, entry["key"]), entry["value"])}
                for entry in getattr(row, wording.entries)
            ]
            setattr(row, wording.entries, listed)
        if wording.labels:
            _put_labels(row, wording, texts)


def _put_labels(row: Any, wording: Wording, texts: Mapping[Text, str]) -> None:
    offered = getattr(row, wording.labels or "")
    if offered is not None:
        said = {name: text for (kind, key, name), text in texts.items() if (kind, key) == (wording.kind, row.id)}
        labels = [said.get(label_field(entry), entry.get("label")) for entry in offered]
        labelled = [entry | {"label": label} for entry, label in zip(offered, labels, strict=True)]
        setattr(row, wording.labels or "", labelled)
