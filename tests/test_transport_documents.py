"""The memory of documents: what is kept, what is forgotten, and where errors are found in a text."""

import pytest
from graphql import Source

from app.graphql import Limits
from app.graphql.documents import Documents, IndexedSource, Timing
from app.graphql.errors import RequestError
from tests.transport.schema import make_schema

SCHEMA = make_schema()._schema


def make_documents(max_count: int = 10, max_characters: int = 10_000) -> Documents:
    return Documents(
        SCHEMA, Limits(), introspection=False, suggestions=False, max_count=max_count, max_characters=max_characters
    )


def test_a_document_is_prepared_once() -> None:
    documents, first, again = make_documents(), Timing(), Timing()
    found = documents.prepare("{ hello }", first)
    assert documents.prepare("{ hello }", again) is found
    assert first.parse > 0
    assert first.validate > 0
    assert again == Timing()


def test_a_refused_document_is_not_kept() -> None:
    documents = make_documents()
    for text in ("{ nope }", "{ hello", "{ product {" + "related {" * 30 + "name" + "}" * 32):
        with pytest.raises(RequestError):
            documents.prepare(text, Timing())
    assert len(documents) == 0


def test_the_one_unused_for_longest_is_forgotten() -> None:
    documents = make_documents(max_count=2)
    first = documents.prepare("{ a: hello }", Timing())
    documents.prepare("{ b: hello }", Timing())
    assert documents.prepare("{ a: hello }", Timing()) is first
    documents.prepare("{ c: hello }", Timing())
    assert len(documents) == 2
    assert documents.prepare("{ a: hello }", Timing()) is first
    timing = Timing()
    documents.prepare("{ b: hello }", timing)
    assert timing.parse > 0


def test_the_texts_together_are_bounded() -> None:
    documents = make_documents(max_count=1_000, max_characters=1_000)
    for number in range(100):
        documents.prepare(f"{{ name{number}: hello }}".ljust(100), Timing())
        assert documents.characters <= 1_000
    assert len(documents) == 10
    assert documents.characters == 1_000


def test_a_text_that_would_push_out_most_others_is_not_kept() -> None:
    documents = make_documents(max_characters=1_000)
    documents.prepare("{ hello }".ljust(251), Timing())
    assert len(documents) == 0


@pytest.mark.parametrize("text", ["", "a", "a\nb", "a\r\nb\rc\n\nd", "\n\n\n", "ä\n😀b\u2028c\n"])
def test_locations_are_those_of_graphql_core(text: str) -> None:
    ours, stock = IndexedSource(text), Source(text)
    for position in range(len(text) + 1):
        if text[position - 1 : position + 1] != "\r\n":
            assert ours.get_location(position) == stock.get_location(position)


def test_every_fault_has_its_place() -> None:
    with pytest.raises(RequestError) as caught:
        make_documents().prepare("{\n  nope\r\n  hello(x: 1)\n}", Timing())
    assert [error.locations for error in caught.value.errors] == [[(2, 3)], [(3, 9)]]


def test_faults_are_counted_to_an_end() -> None:
    with pytest.raises(RequestError) as caught:
        make_documents().prepare("{ product {" + " ".join(f"n{i}" for i in range(500)) + "} }", Timing())
    assert 20 <= len(caught.value.errors) <= 21
