"""The documents of our own clients, ready to run before anybody asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.graphql.documents import Document, Documents, Timing
from app.graphql.errors import RequestError
from app.graphql.persisted.manifests import SHA256, ManifestEntry, ManifestError, digest_of


@dataclass(frozen=True)
class TrustedDocuments:
    """Documents by their text, and by everything that clients may call them: the id that a manifest says, the SHA-256
    of the text, and that with `sha256:` before it.
    """

    by_text: Mapping[str, Document] = field(default_factory=dict)
    by_id: Mapping[str, Document] = field(default_factory=dict)


def prepare_trusted(entries: Iterable[ManifestEntry], documents: Documents) -> TrustedDocuments:
    """Every entry as `documents` prepares it. Raises ManifestError that names each one that does not fit."""
    by_text: dict[str, Document] = {}
    by_id: dict[str, Document] = {}
    faults: list[str] = []
    for entry in entries:
        try:
            document = by_text.get(entry.text) or documents.prepare(entry.text, Timing())
        except RequestError as refusal:
            faults.append(f"{entry.place}: {_reason(refusal)}")
            continue
        by_text[entry.text] = by_id[entry.id] = document
        for operation in document.operations:
            too_large = operation.cost.refuse_always()
            if too_large is not None:
                faults.append(f"{entry.place}: {too_large.message}")
    if faults:
        raise ManifestError(faults)
    # After all ids: what a manifest says goes before what is worked out here.
    for text, document in by_text.items():
        digest = digest_of(text)
        by_id.setdefault(digest, document)
        by_id.setdefault(SHA256 + digest, document)
    return TrustedDocuments(by_text, by_id)


def _reason(refusal: RequestError) -> str:
    """The first thing that is wrong, and where in the document's text."""
    error = refusal.errors[0]
    where = f" (line {error.locations[0].line}, column {error.locations[0].column})" if error.locations else ""
    more = len(refusal.errors) - 1
    return f"{error.message}{where}{f', and {more} more' if more else ''}"
