"""Whatever clients send, in any order: a hash means its text and no other, and nothing fails that is not told."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.graphql.documents import Document, Documents, Timing
from app.graphql.errors import RequestError
from app.graphql.parameters import read_parameters
from app.graphql.persisted import DocumentFinder, ManifestEntry, RegisteredTexts, TrustedDocuments, prepare_trusted
from app.metrics import Metrics
from tests.test_transport_persisted import hash_of
from tests.test_transport_trusted import RELAY_TEXT, documents

VALID = ["{ hello }", "{ hello } ", "{ scope }", "query A { hello }", 'mutation { write(text: "ß") { text } }']
INVALID = ["{ nope }", "{", "query ($n: Int) { hello }"]
TEXTS = VALID + INVALID


def finder(memory: Documents, trusted: TrustedDocuments | None = None, *, trusted_only: bool = False) -> DocumentFinder:
    registered = RegisteredTexts(max_count=3)
    return DocumentFinder(memory, trusted or TrustedDocuments(), registered, Metrics(), trusted_only=trusted_only)


def found(finder: DocumentFinder, body: object) -> Document | RequestError:
    try:
        return finder.find(read_parameters(body), Timing())
    except RequestError as refusal:
        return refusal


@given(st.lists(st.tuples(st.none() | st.sampled_from(TEXTS), st.none() | st.sampled_from(TEXTS)), max_size=60))
@settings(deadline=None)
def test_a_hash_means_its_text(sent: list[tuple[str | None, str | None]]) -> None:
    """Texts and hashes, together and alone, of which some are wrong and some are not valid."""
    memory = documents()
    subject = finder(memory)
    registered: set[str] = set()
    for text, hashed in sent:
        body: dict[str, Any] = {"query": text}
        if hashed is not None:
            body["extensions"] = {"persistedQuery": {"version": 1, "sha256Hash": hash_of(hashed)}}
        answer = found(subject, body)
        if isinstance(answer, Document):
            assert answer is memory.prepare(text or hashed or "", Timing())
            assert hashed is None or text in (None, hashed)
            assert text is not None or hashed in registered, "nobody has registered it"
            if text is not None and hashed is not None:
                registered.add(text)
        elif text is not None:
            assert text in INVALID or text != hashed
        assert registered <= set(VALID)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(allow_nan=False) | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
HASHES = st.sampled_from([hash_of(text) for text in (*TEXTS, RELAY_TEXT)])
EXTENSION = st.fixed_dictionaries({}, optional={"version": st.just(1) | JSON, "sha256Hash": HASHES | JSON}) | JSON
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "query": st.sampled_from([*TEXTS, RELAY_TEXT]) | JSON,
        "documentId": st.sampled_from(["mine", hash_of(RELAY_TEXT)]) | JSON,
        "doc_id": st.just("mine") | JSON,
        "id": st.just("mine") | JSON,
        "extensions": st.fixed_dictionaries({"persistedQuery": EXTENSION}) | JSON,
    },
)


@pytest.mark.parametrize("trusted_only", [False, True])
def test_whatever_is_sent_is_found_or_told(tmp_path: Any, trusted_only: bool) -> None:
    memory = documents()
    trusted = prepare_trusted([ManifestEntry(tmp_path, "mine", RELAY_TEXT)], memory)
    subject = finder(memory, trusted, trusted_only=trusted_only)

    @given(BODIES | JSON)
    @settings(deadline=None, max_examples=400)
    def check(body: object) -> None:
        answer = found(subject, body)
        if isinstance(answer, Document):
            assert not trusted_only or answer is trusted.by_text[RELAY_TEXT]
        else:
            assert answer.errors
            assert answer.status in (None, 200, 400, 403, 404)
            assert all(len(error.message) < 300 for error in answer.errors)

    check()
