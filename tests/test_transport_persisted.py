"""Automatic persisted queries, as Apollo's clients speak them, over POST, GET and websocket."""

import json
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from tests.transport.serving import Served, initialised, make_endpoint, serving
from tests.transport.talking import hear_all, say

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
QUERY = "query Greets($n: String!) { hello(name: $n) }"
ANSWER = {"data": {"hello": "hello you"}}
VARIABLES = {"n": "you"}


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def extension(text: str) -> dict[str, Any]:
    """What names a text."""
    return {"persistedQuery": {"version": 1, "sha256Hash": hash_of(text)}}


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving(make_endpoint()) as found:
        yield found


async def post(served: Served, body: Mapping[str, Any], accept: str = JSON) -> httpx2.Response:
    return await served.client.post("/graphql", json=body, headers={"accept": accept})


async def get(served: Served, accept: str = JSON, **params: Any) -> httpx2.Response:
    written = {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
    return await served.client.get(f"/graphql?{urlencode(written)}", headers={"accept": accept})


async def socket_frames(served: Served, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    async with served.socket() as socket:
        await initialised(socket)
        await say(socket, type="subscribe", id="1", payload=payload)
        return await hear_all(socket, "1")


def count(served: Served, kind: str, outcome: str) -> float:
    labels = {"kind": kind, "outcome": outcome}
    return served.endpoint.metrics.registry.get_sample_value("storekeep_persisted_documents_total", labels) or 0


def assert_refused(response: httpx2.Response, status: int, code: str) -> str:
    """It tells what is wrong, and no cache keeps it; answers the message."""
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]) == (status, {"code": code})
    assert set(response.json()) == {"errors"}
    assert response.headers["cache-control"] == "no-store"
    return str(error["message"])


class TestProtocol:
    @pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
    async def test_unknown_then_registered_then_known(self, served: Served, accept: str) -> None:
        named = {"extensions": extension(QUERY), "variables": VARIABLES}
        unknown = await post(served, named, accept)
        # Apollo's clients take any other status for a failure of the network.
        assert assert_refused(unknown, 200, "PERSISTED_QUERY_NOT_FOUND") == "PersistedQueryNotFound"
        assert unknown.headers["content-type"] == f"{accept}; charset=utf-8"
        registering = await post(served, {**named, "query": QUERY}, accept)
        assert (registering.status_code, registering.json()) == (200, ANSWER)
        for _ in range(2):
            assert (await post(served, named, accept)).json() == ANSWER
        assert [count(served, "automatic", outcome) for outcome in ("miss", "registered", "hit")] == [1, 1, 2]

    @pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
    async def test_the_same_over_get(self, served: Served, accept: str) -> None:
        named = {"extensions": extension(QUERY), "variables": VARIABLES, "operationName": "Greets"}
        unknown = await get(served, accept, **named)
        assert_refused(unknown, 200, "PERSISTED_QUERY_NOT_FOUND")
        assert (await get(served, accept, **named, query=QUERY)).json() == ANSWER
        assert (await get(served, accept, **named)).json() == ANSWER

    async def test_the_same_over_a_websocket(self, served: Served) -> None:
        subscription = "subscription Counts { count(to: 1) }"
        named = {"extensions": extension(subscription)}
        # Clients that retry look at answers, not at errors of the protocol.
        assert await socket_frames(served, named) == [
            {
                "type": "next",
                "id": "1",
                "payload": {
                    "errors": [
                        {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
                    ]
                },
            },
            {"type": "complete", "id": "1"},
        ]
        counted = [{"type": "next", "id": "1", "payload": {"data": {"count": 0}}}, {"type": "complete", "id": "1"}]
        assert await socket_frames(served, {**named, "query": subscription}) == counted
        assert await socket_frames(served, named) == counted
        # The messages of some libraries cannot do without a text.
        assert await socket_frames(served, {**named, "query": ""}) == counted

    async def test_what_one_transport_registers_all_know(self, served: Served) -> None:
        named = {"extensions": extension(QUERY), "variables": VARIABLES}
        assert (await socket_frames(served, {**named, "query": QUERY}))[0]["payload"] == ANSWER
        assert (await post(served, named)).json() == (await get(served, **named)).json() == ANSWER

    async def test_an_operation_of_several_is_chosen(self, served: Served) -> None:
        two = "query A { hello } mutation B { write { text } }"
        await post(served, {"query": two, "operationName": "A", "extensions": extension(two)})
        named = {"extensions": extension(two), "operationName": "B"}
        assert (await post(served, named)).json() == {"data": {"write": {"text": ""}}}
        refused = await get(served, **named)
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST, OPTIONS")
        subscription = "subscription { count }"
        await post(served, {"query": subscription, "extensions": extension(subscription)})
        assert (await post(served, {"extensions": extension(subscription)})).status_code == 400

    async def test_the_hash_is_that_of_the_text_in_utf_8(self, served: Served) -> None:
        text = '{ hello(name: "Zoë 😀") }\n'
        await post(served, {"query": text, "extensions": extension(text)})
        answer = await post(served, {"extensions": extension(text)})
        assert answer.json() == {"data": {"hello": "hello Zoë 😀"}}
        assert_refused(await post(served, {"extensions": extension(text.strip())}), 200, "PERSISTED_QUERY_NOT_FOUND")

    async def test_a_text_alone_registers_nothing(self, served: Served) -> None:
        assert (await post(served, {"query": "{ hello }"})).status_code == 200
        assert_refused(await post(served, {"extensions": extension("{ hello }")}), 200, "PERSISTED_QUERY_NOT_FOUND")

    async def test_no_document_at_all_is_still_a_fault(self, served: Served) -> None:
        for body in ({"extensions": {}}, {"extensions": {"persistedQuery": None}}, {"query": None}):
            assert (await post(served, body)).status_code == 400
        assert "documentId" in (await get(served, extensions={})).json()["errors"][0]["message"]


class TestHostile:
    @pytest.mark.parametrize("query", ["{ nope }", "{ hello", "{ product {" + "related {" * 30 + "name" + "}" * 32])
    async def test_what_is_not_valid_is_not_registered(self, served: Served, query: str) -> None:
        refused = await post(served, {"query": query, "extensions": extension(query)})
        assert refused.json()["errors"][0]["extensions"]["code"] != "PERSISTED_QUERY_NOT_FOUND"
        assert_refused(await post(served, {"extensions": extension(query)}), 200, "PERSISTED_QUERY_NOT_FOUND")
        assert count(served, "automatic", "registered") == 0

    async def test_the_hash_of_another_document(self, served: Served) -> None:
        harmless, other = "{ hello }", "{ contextNumber }"
        await post(served, {"query": harmless, "extensions": extension(harmless)})
        for hash_text in (harmless, "{ scope }"):
            wrong = {"query": other, "extensions": extension(hash_text)}
            assert "does not match query" in assert_refused(await post(served, wrong), 400, "BAD_REQUEST")
            assert_refused(await get(served, **wrong), 400, "BAD_REQUEST")
            (frame,) = await socket_frames(served, wrong)
            assert frame["type"] == "error"
            assert frame["payload"][0]["extensions"] == {"code": "BAD_REQUEST"}
        assert (await post(served, {"extensions": extension(harmless)})).json() == {"data": {"hello": "hello world"}}
        assert_refused(await post(served, {"extensions": extension("{ scope }")}), 200, "PERSISTED_QUERY_NOT_FOUND")

    @pytest.mark.parametrize("version", [2, 0, "1", None, True, [1], 1.5])
    async def test_another_version(self, served: Served, version: object) -> None:
        wrong = {"persistedQuery": {"version": version, "sha256Hash": hash_of(QUERY)}}
        for body in ({"extensions": wrong}, {"extensions": wrong, "query": QUERY, "variables": VARIABLES}):
            assert "version" in assert_refused(await post(served, body), 400, "BAD_REQUEST")

    @pytest.mark.parametrize(
        "found",
        [
            5,
            "abc",
            [],
            [1],
            {},
            {"version": 1},
            {"version": 1, "sha256Hash": None},
            {"version": 1, "sha256Hash": 5},
            {"version": 1, "sha256Hash": [hash_of(QUERY)]},
            {"version": 1, "sha256Hash": ""},
            {"version": 1, "sha256Hash": hash_of(QUERY).upper()},
            {"version": 1, "sha256Hash": hash_of(QUERY)[:-1]},
            {"version": 1, "sha256Hash": hash_of(QUERY) + "\n"},
            {"version": 1, "sha256Hash": "\uff10" * 64},
            {"version": 1, "sha256Hash": f"sha256:{hash_of(QUERY)}"},
            {"version": 1, "sha256Hash": "a" * 500_000},
        ],
    )
    async def test_another_shape(self, served: Served, found: object) -> None:
        for query in ({}, {"query": QUERY, "variables": VARIABLES}):
            refused = await post(served, {"extensions": {"persistedQuery": found}, **query})
            message = assert_refused(refused, 400, "BAD_REQUEST")
            assert "persistedQuery" in message or "64 lower-case" in message
            assert len(refused.content) < 500, "what is wrong is not sent back"
        (frame,) = await socket_frames(served, {"extensions": {"persistedQuery": found}})
        assert frame["type"] == "error"
        assert frame["payload"][0]["extensions"] == {"code": "BAD_REQUEST"}
        assert count(served, "automatic", "registered") == 0

    async def test_ids_of_another_shape(self, served: Served) -> None:
        for name in ("documentId", "doc_id", "id"):
            for found in (5, True, ["a"], {"a": 1}):
                refused = await post(served, {name: found})
                assert refused.status_code == 400
                assert f"'{name}' must be a string" in refused.json()["errors"][0]["message"]
            assert_refused(await post(served, {name: "x" * 500_000}), 404, "PERSISTED_QUERY_NOT_IN_LIST")
            assert_refused(await post(served, {name: ""}), 404, "PERSISTED_QUERY_NOT_IN_LIST")

    async def test_whoever_registers_without_end_pushes_out_nothing_that_is_used(self, served: Served) -> None:
        named = {"extensions": extension(QUERY), "variables": VARIABLES}
        await post(served, {**named, "query": QUERY})
        for number in range(1_500):
            text = f"{{ n{number}: hello }}"
            await post(served, {"query": text, "extensions": extension(text)})
            if number % 100 == 0:
                assert (await post(served, named)).json() == ANSWER
        assert (await post(served, named)).json() == ANSWER
        held = served.endpoint.metrics.registry.get_sample_value("storekeep_registered_documents")
        assert held == 1_000
