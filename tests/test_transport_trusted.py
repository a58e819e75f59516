"""Trusted documents: manifests as the tools write them, every way to name a document, and nothing else where so set."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.graphql import GraphQLEndpoint, Limits
from app.graphql.documents import Documents, Timing
from app.graphql.persisted import ManifestError, TrustedDocuments, prepare_trusted, read_manifests
from tests.test_transport_persisted import (
    JSON,
    RESPONSE_JSON,
    assert_refused,
    count,
    extension,
    get,
    hash_of,
    post,
    socket_frames,
)
from tests.transport.schema import make_schema
from tests.transport.serving import Served, make_endpoint, serving

# As graphql-codegen's client preset has written them for years: SHA-1. Lately they are as PREFIXED.
CODEGEN_TEXT = "query Greets($n: String!) {\n  hello(name: $n)\n}"
CODEGEN = {hashlib.sha1(CODEGEN_TEXT.encode()).hexdigest(): CODEGEN_TEXT}  # noqa: S324 - names, no secrets
# As relay-compiler does: MD5.
RELAY_TEXT = "query ShirtQuery {\n  product {\n    name\n    ...Price_product\n  }\n}\n\nfragment Price_product on Product {\n  price {\n    amount\n  }\n}\n"  # noqa: E501
RELAY = {hashlib.md5(RELAY_TEXT.encode()).hexdigest(): RELAY_TEXT}  # noqa: S324 - names, no secrets
# As @apollo/generate-persisted-query-manifest does.
APOLLO_TEXT = "mutation Write($text: String!) {\n  write(text: $text) {\n    text\n    __typename\n  }\n}"
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": hash_of(APOLLO_TEXT), "name": "Write", "type": "mutation", "body": APOLLO_TEXT}],
}
COUNTS = "subscription Counts { count(to: 1) }"
PREFIXED = {f"sha256:{hash_of(COUNTS)}": COUNTS, "stock/1": "{ contextNumber }"}
MANIFESTS = {"a-codegen.json": CODEGEN, "b-relay.json": RELAY, "c-apollo.json": APOLLO, "d-prefixed.json": PREFIXED}
ID_OF = {"codegen": next(iter(CODEGEN)), "relay": next(iter(RELAY)), "apollo": hash_of(APOLLO_TEXT)}

SCHEMA = make_schema()._schema
GREETED = {"data": {"hello": "hello you"}}
PRICED = {"data": {"product": {"name": "Shirt", "price": {"amount": "29.99"}}}}
WRITTEN = {"data": {"write": {"text": "a", "__typename": "Written"}}}


def written(folder: Path, manifests: dict[str, Any]) -> Path:
    for name, content in manifests.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
    return folder


def documents(**settings: Any) -> Documents:
    return Documents(SCHEMA, Limits(), introspection=False, suggestions=True, **settings)


def trusted(folder: Path, manifests: dict[str, Any] | None = None) -> TrustedDocuments:
    return prepare_trusted(read_manifests(written(folder, MANIFESTS if manifests is None else manifests)), documents())


def endpoint(folder: Path, **settings: Any) -> GraphQLEndpoint:
    return make_endpoint(trusted=trusted(folder), **settings)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with serving(endpoint(tmp_path)) as found:
        yield found


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Served]:
    """Answers trusted documents only."""
    async with serving(endpoint(tmp_path, trusted_only=True)) as found:
        yield found


@pytest.fixture(params=["served", "strict"])
def either(request: pytest.FixtureRequest, served: Served, strict: Served) -> Served:
    """Trusted documents are answered whatever else is."""
    return served if request.param == "served" else strict


def fault(folder: Path, content: Any, name: str = "made.json") -> str:
    """What is said of the one thing that is wrong with a manifest."""
    with pytest.raises(ManifestError) as caught:
        trusted(folder, {name: content})
    head, *lines = str(caught.value).splitlines()
    assert head == "The trusted documents cannot be served:"
    (line,) = lines
    return line.strip().removeprefix(f"{folder / name}").removeprefix(": ")


class TestNaming:
    @pytest.mark.parametrize("name", ["documentId", "doc_id", "id"])
    async def test_by_the_id_of_each_tool(self, either: Served, name: str) -> None:
        variables = {"variables": {"n": "you"}}
        assert (await post(either, {name: ID_OF["codegen"], **variables})).json() == GREETED
        assert (await get(either, **{name: ID_OF["codegen"]}, **variables)).json() == GREETED
        assert (await post(either, {name: ID_OF["relay"], "query": None})).json() == PRICED
        assert (await get(either, **{name: ID_OF["relay"]})).json() == PRICED
        assert (await post(either, {name: ID_OF["apollo"], "variables": {"text": "a"}})).json() == WRITTEN
        assert (await post(either, {name: "stock/1"})).status_code == 200
        frames = await socket_frames(either, {name: f"sha256:{hash_of(COUNTS)}", "query": ""})
        assert [frame["type"] for frame in frames] == ["next", "complete"]
        assert frames[0]["payload"] == {"data": {"count": 0}}

    @pytest.mark.parametrize("text", [CODEGEN_TEXT, RELAY_TEXT, APOLLO_TEXT, COUNTS, "{ contextNumber }"])
    async def test_by_the_sha_256_whatever_the_manifest_says(self, tmp_path: Path, text: str) -> None:
        found = trusted(tmp_path)
        assert found.by_id[hash_of(text)] is found.by_id[f"sha256:{hash_of(text)}"] is found.by_text[text]
        assert hash_of(text).upper() not in found.by_id

    async def test_by_the_extension_of_apollo(self, either: Served) -> None:
        for id_ in (ID_OF["codegen"], hash_of(CODEGEN_TEXT)):
            # Apollo's clients send the id of a manifest as the hash, whatever it is.
            named = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": id_}}, "variables": {"n": "you"}}
            assert (await post(either, named)).json() == GREETED
            assert (await get(either, **named)).json() == GREETED
            assert (await socket_frames(either, named))[0]["payload"] == GREETED
        assert [count(either, "trusted", outcome) for outcome in ("hit", "miss", "refused")] == [6, 0, 0]
        assert [count(either, "automatic", outcome) for outcome in ("hit", "miss", "registered")] == [0, 0, 0]

    async def test_by_the_extension_beside_the_text(self, either: Served) -> None:
        # Apollo's websockets send both in any case, whatever kind of id the manifest has.
        id_, text = ID_OF["codegen"], CODEGEN_TEXT
        both = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": id_}}, "variables": {"n": "you"}}
        assert (await socket_frames(either, {**both, "query": text}))[0]["payload"] == GREETED
        (frame,) = await socket_frames(either, {**both, "query": text + " "})
        assert frame["payload"][0]["extensions"] == {"code": "BAD_REQUEST"}

    @pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
    async def test_an_unknown_id(self, either: Served, accept: str) -> None:
        for id_ in ("nope", ID_OF["relay"].upper(), f"md5:{ID_OF['relay']}", "sha256:", "__proto__"):
            assert_refused(await post(either, {"documentId": id_}, accept), 404, "PERSISTED_QUERY_NOT_IN_LIST")
            assert_refused(await get(either, accept, documentId=id_), 404, "PERSISTED_QUERY_NOT_IN_LIST")
        (frame,) = await socket_frames(either, {"documentId": "nope"})
        assert frame["payload"][0]["extensions"] == {"code": "PERSISTED_QUERY_NOT_IN_LIST"}
        assert count(either, "trusted", "miss") == 11

    async def test_a_mutation_is_not_run_over_get(self, either: Served) -> None:
        refused = await get(either, documentId=ID_OF["apollo"], variables={"text": "a"})
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST, OPTIONS")
        assert (await get(either, documentId=f"sha256:{hash_of(COUNTS)}")).status_code == 400

    async def test_a_text_and_a_name(self, served: Served) -> None:
        both = {"query": "{ hello }", "documentId": ID_OF["relay"]}
        assert (await post(served, both)).status_code == (await get(served, **both)).status_code == 400
        # The older names may be anybody's members of a request that carries its text.
        assert (await post(served, {"query": "{ hello }", "id": ID_OF["relay"], "doc_id": 5})).json() == {
            "data": {"hello": "hello world"}
        }

    async def test_the_first_name_counts(self, served: Served) -> None:
        three = {"id": "nope", "doc_id": "nope", "documentId": ID_OF["relay"], "extensions": extension("{ hello }")}
        assert (await post(served, three)).json() == PRICED
        assert (await post(served, {"id": "nope", "doc_id": ID_OF["relay"]})).json() == PRICED


class TestOnlyTrusted:
    @pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
    @pytest.mark.parametrize("query", ["{ hello }", "{ nope }", "{", "", "{ __schema { types { name } } }"])
    async def test_other_texts_are_refused(self, strict: Served, query: str, accept: str) -> None:
        assert_refused(await post(strict, {"query": query}, accept), 403, "QUERY_NOT_IN_SAFELIST")
        assert_refused(await get(strict, accept, query=query), 403, "QUERY_NOT_IN_SAFELIST")
        (frame,) = await socket_frames(strict, {"query": query})
        assert (frame["type"], frame["payload"][0]["extensions"]) == ("error", {"code": "QUERY_NOT_IN_SAFELIST"})
        assert count(strict, "trusted", "refused") == 3

    async def test_nothing_can_be_registered(self, strict: Served) -> None:
        named = {"extensions": extension("{ hello }")}
        for transport in (post, lambda served, body: get(served, **body)):
            assert_refused(await transport(strict, {**named, "query": "{ hello }"}), 403, "QUERY_NOT_IN_SAFELIST")
            # Not the word at which Apollo's clients send the text: it would be refused.
            assert_refused(await transport(strict, named), 404, "PERSISTED_QUERY_NOT_IN_LIST")
        assert count(strict, "automatic", "registered") == 0

    async def test_a_trusted_text_may_be_sent_letter_by_letter(self, strict: Served) -> None:
        assert (await post(strict, {"query": RELAY_TEXT})).json() == PRICED
        assert (await post(strict, {"query": RELAY_TEXT, "extensions": extension(RELAY_TEXT)})).json() == PRICED
        assert_refused(await post(strict, {"query": RELAY_TEXT + " "}), 403, "QUERY_NOT_IN_SAFELIST")
        wrong = {"query": RELAY_TEXT, "extensions": extension(CODEGEN_TEXT)}
        assert_refused(await post(strict, wrong), 400, "BAD_REQUEST")

    async def test_what_is_malformed_is_still_told(self, strict: Served) -> None:
        for body in ({}, {"documentId": 5}, {"query": 5}, {"extensions": {"persistedQuery": 5}}):
            assert (await post(strict, body)).status_code == 400


async def test_trusted_documents_are_never_forgotten(tmp_path: Path) -> None:
    found = trusted(tmp_path)
    memory = documents(max_count=2)
    for text, document in found.by_text.items():
        memory.pin(text, document)
    for number in range(10):
        memory.prepare(f"{{ n{number}: hello }}", Timing())
    assert len(memory) == 2
    for text, document in found.by_text.items():
        timing = Timing()
        assert memory.prepare(text, timing) is document
        assert timing == Timing()
    assert len(memory) == 2


def test_a_text_that_is_trusted_is_prepared_before_anybody_sends_it(tmp_path: Path) -> None:
    found = trusted(tmp_path)
    memory = make_endpoint(trusted=found).runner.documents
    timing = Timing()
    assert memory.prepare(RELAY_TEXT, timing) is found.by_text[RELAY_TEXT]
    assert timing == Timing()


class TestManifests:
    def test_a_file_or_a_folder_of_them(self, tmp_path: Path) -> None:
        folder = written(tmp_path, {**MANIFESTS, "README.md": "no manifest", "types.ts": "export {}"})
        assert [entry.text for entry in read_manifests(folder)] == [
            CODEGEN_TEXT,
            RELAY_TEXT,
            APOLLO_TEXT,
            COUNTS,
            "{ contextNumber }",
        ]
        assert [entry.text for entry in read_manifests(folder / "b-relay.json")] == [RELAY_TEXT]

    def test_one_document_may_stand_in_several(self, tmp_path: Path) -> None:
        found = trusted(tmp_path, {"a.json": RELAY, "b.json": RELAY, "c.json": {"mine": RELAY_TEXT}})
        assert list(found.by_text) == [RELAY_TEXT]
        assert found.by_id["mine"] is found.by_id[ID_OF["relay"]]

    def test_an_empty_one_holds_nothing(self, tmp_path: Path) -> None:
        assert read_manifests(written(tmp_path, {"a.json": {}, "b.json": {**APOLLO, "operations": []}})) == ()

    def test_a_mark_of_byte_order_does_no_harm(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(RELAY).encode())
        assert [entry.text for entry in read_manifests(tmp_path)] == [RELAY_TEXT]

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            ("", "it is not JSON"),
            ("{", "it is not JSON"),
            ("[" * 100_000, "it is nested too deeply"),
            ([CODEGEN], "it must be an object"),
            ("5", "it must be an object"),
            ({"a": 5}, "the entry 'a' must be an id and the text"),
            ({"a": {"name": "A", "source": "{ hello }"}}, "the entry 'a' must be an id and the text"),
            ({"data": {"__schema": {}}}, "the entry 'data' must be an id and the text"),
            ({"": "{ hello }"}, "the entry '' must be an id and the text"),
            ({**APOLLO, "version": 2}, "apollo-persisted-query-manifest of version 1 is read"),
            ({**APOLLO, "format": "other"}, "apollo-persisted-query-manifest of version 1 is read"),
            ({"operations": []}, "apollo-persisted-query-manifest of version 1 is read"),
            ({**APOLLO, "operations": {}}, "'operations' must be a list of objects"),
            ({**APOLLO, "operations": ["{ hello }"]}, "'operations' must be a list of objects"),
            ({**APOLLO, "operations": [{"id": "a"}]}, "the entry 'a' must be an id and the text"),
            ({**APOLLO, "operations": [{"id": 5, "body": "{ hello }"}]}, "the entry '5' must be an id and the text"),
            ('{"a": "{ hello }", "a": "{ scope }"}', "it says two things of 'a'"),
        ],
    )
    def test_a_file_that_is_none(self, tmp_path: Path, content: Any, told: str) -> None:
        assert told in fault(tmp_path, content)

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            ({"a1": "{ hell }"}, ", a1: Cannot query field 'hell' on type 'QueryRoot'. Did you mean 'hello'?"),
            ({"a1": "{\n  hello"}, ", a1: Syntax Error: Expected Name, found <EOF>. (line 2, column 8)"),
            ({"a1": ""}, ", a1: Syntax Error"),
            ({"a1": "{ hello } " * 20_000}, "at most 100,000 are allowed"),
            ({"a1": "{ __schema { types { name } } }"}, "GraphQL introspection has been disabled"),
            ({"a1": "{ a b c }"}, "(line 1, column 3), and 2 more"),
            ({"x" * 1_000: "{ nope }"}, f", {'x' * 100}…: Cannot query"),
            ({f"sha256:{'0' * 64}": "{ hello }"}, f"the SHA-256 of its text is {hash_of('{ hello }')}"),
            ({f"sha256:{hash_of('{ hello }').upper()}": "{ hello }"}, "the SHA-256 of its text is"),
            ('{"a1": "{ hello # \\ud800\\n}"}', ", a1: its text has half a character"),
        ],
    )
    def test_a_document_that_does_not_fit(self, tmp_path: Path, content: Any, told: str) -> None:
        assert told in fault(tmp_path, content)

    def test_one_id_for_two_documents(self, tmp_path: Path) -> None:
        with pytest.raises(ManifestError) as caught:
            trusted(tmp_path, {"a.json": {"x": "{ hello }"}, "b.json": {"x": "{ scope }"}})
        line = f"{tmp_path / 'b.json'}, x: {tmp_path / 'a.json'} has another document of that id."
        assert str(caught.value).splitlines()[1].strip() == line

    def test_every_fault_is_told_up_to_twenty(self, tmp_path: Path) -> None:
        with pytest.raises(ManifestError) as caught:
            trusted(tmp_path, {"a.json": {f"x{number}": f"{{ nope{number} }}" for number in range(25)}})
        _, *lines = str(caught.value).splitlines()
        assert len(lines) == 21
        assert "x19: Cannot query field 'nope19'" in lines[19]
        assert lines[20].strip() == "and 5 more"
        with pytest.raises(ManifestError) as caught:
            read_manifests(written(tmp_path, {"b.json": "[]", "c.json": "{"}))
        assert [line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]] == [
            str(tmp_path / "b.json"),
            str(tmp_path / "c.json"),
        ]

    def test_what_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ManifestError, match=r"none\.json: it cannot be read \(No such file"):
            read_manifests(tmp_path / "none.json")
        with pytest.raises(ManifestError, match=r"it holds no file whose name ends in \.json"):
            read_manifests(tmp_path)
        with pytest.raises(ManifestError, match=r"it cannot be read \(File name too long"):
            read_manifests(tmp_path / ("x" * 300))
        (tmp_path / "folder.json").mkdir()
        with pytest.raises(ManifestError, match=r"folder\.json: it cannot be read \(Is a directory"):
            read_manifests(tmp_path)
        (tmp_path / "folder.json").rmdir()
        (tmp_path / "latin.json").write_bytes(b'{"a": "{ hello # \xe9\n}"}')
        with pytest.raises(ManifestError, match=r"latin\.json: it is not UTF-8 text"):
            read_manifests(tmp_path)


async def test_they_are_compiled_before_anybody_asks(served: Served) -> None:
    values = {"n": "you"}
    assert (await post(served, {"documentId": ID_OF["codegen"], "variables": values})).json() == GREETED
    assert (await post(served, {"query": "{ product { name } }"})).json() == {"data": {"product": {"name": "Shirt"}}}
    value = served.endpoint.metrics.registry.get_sample_value
    assert value("storekeep_executions_total", {"how": "compiled"}) == 1
    assert value("storekeep_executions_total", {"how": "first"}) == 1
