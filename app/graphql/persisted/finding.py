"""From what a client sends to the document that it means.

A text is taken as it is, or refused where only trusted documents are answered. A name is that of a trusted document;
the hash of Apollo's extension may also be that of a text which a client has registered before, by sending both. The
errors and their codes are those of Apollo Server and Router, since clients act on them.
"""

import re

from app.graphql.documents import Document, Documents, Timing
from app.graphql.errors import RequestError, transport_error
from app.graphql.parameters import Parameters
from app.graphql.persisted.manifests import digest_of
from app.graphql.persisted.registered import RegisteredTexts
from app.graphql.persisted.trusted import TrustedDocuments
from app.metrics import Metrics

_SHA256 = re.compile(r"[0-9a-f]{64}")
# The same request may be answered in a moment, when somebody has registered the document or deployed a manifest.
_UNCACHED = {"cache-control": "no-store"}


class DocumentFinder:
    """Finds documents among the trusted ones, those that are registered, and those that are sent.

    With `trusted_only` nothing else than trusted documents is found, and nothing can be registered.
    """

    def __init__(
        self,
        documents: Documents,
        trusted: TrustedDocuments,
        registered: RegisteredTexts,
        metrics: Metrics,
        *,
        trusted_only: bool,
    ) -> None:
        self._documents = documents
        self._trusted = trusted
        self._registered = registered
        self._metrics = metrics
        self._trusted_only = trusted_only
        for text, document in trusted.by_text.items():
            documents.pin(text, document)

    def find(self, asked: Parameters, timing: Timing) -> Document:
        """The document that is meant, valid. Raises RequestError that says why there is none."""
        if asked.is_ours:
            return self._documents.prepare(asked.query or "", timing)
        if asked.document_id is not None:
            return self._called(asked.document_id)
        if asked.persisted_query is None:
            return self._sent(asked.query or "", timing)
        sha256 = _read_extension(asked.persisted_query)
        if asked.query:
            return self._sent_with_hash(asked.query, sha256, timing)
        return self._hashed(sha256, timing)

    def _called(self, id_: str) -> Document:
        document = self._trusted.by_id.get(id_)
        if document is None:
            self._metrics.observe_persisted("trusted", "miss")
            message = "No trusted document has this id: the shop was started without the manifest that holds it."
            raise transport_error(404, message, _UNCACHED, "PERSISTED_QUERY_NOT_IN_LIST")
        self._metrics.observe_persisted("trusted", "hit")
        return document

    def _sent(self, text: str, timing: Timing) -> Document:
        if self._trusted_only and text not in self._trusted.by_text:
            self._metrics.observe_persisted("trusted", "refused")
            message = "Only trusted documents are answered here: name one by its id in 'documentId'."
            raise transport_error(403, message, _UNCACHED, "QUERY_NOT_IN_SAFELIST")
        return self._documents.prepare(text, timing)

    def _sent_with_hash(self, text: str, sha256: str, timing: Timing) -> Document:
        named = self._trusted.by_id.get(sha256)
        if named is not None and self._trusted.by_text.get(text) is named:
            self._metrics.observe_persisted("trusted", "hit")
            return named
        _check_shape(sha256)
        if digest_of(text) != sha256:
            self._metrics.observe_persisted("automatic", "refused")
            raise _malformed("'sha256Hash' must be the SHA-256 of 'query': the provided sha does not match query.")
        document = self._sent(text, timing)
        if self._registered.add(sha256, text):
            self._metrics.observe_persisted("automatic", "registered")
        return document

    def _hashed(self, sha256: str, timing: Timing) -> Document:
        # Apollo's clients send the id of a manifest as the hash, whatever it looks like.
        if self._trusted_only or sha256 in self._trusted.by_id:
            return self._called(sha256)
        _check_shape(sha256)
        text = self._registered.get(sha256)
        if text is None:
            self._metrics.observe_persisted("automatic", "miss")
            # Apollo's clients look for this word and send the text as well. It is 200, as from Apollo Server, lest
            # anything on the way takes it for a failure and puts a page of its own in its place.
            raise transport_error(200, "PersistedQueryNotFound", _UNCACHED, "PERSISTED_QUERY_NOT_FOUND")
        self._metrics.observe_persisted("automatic", "hit")
        return self._documents.prepare(text, timing)


def _read_extension(extension: object) -> str:
    """The hash in `extensions.persistedQuery`. Raises RequestError for another version or shape."""
    if not isinstance(extension, dict):
        raise _malformed("'extensions.persistedQuery' must be an object with 'version' 1 and a 'sha256Hash'.")
    version, sha256 = extension.get("version"), extension.get("sha256Hash")
    if version != 1 or isinstance(version, bool):
        raise _malformed("Unsupported persisted query version: 'extensions.persistedQuery.version' must be 1.")
    if not isinstance(sha256, str):
        raise _malformed("'extensions.persistedQuery.sha256Hash' must be a string.")
    return sha256


def _check_shape(sha256: str) -> None:
    if not _SHA256.fullmatch(sha256):
        raise _malformed("'sha256Hash' must be a SHA-256 in 64 lower-case hexadecimal digits.")


def _malformed(message: str) -> RequestError:
    return transport_error(400, message, _UNCACHED)
