"""Every row of what an HTTP endpoint must do, against a real server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from tests.transport.serving import Served, make_endpoint, serving

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serving(make_endpoint(max_body=100_000)) as found:
        yield found


def code_of(response: httpx2.Response) -> str:
    body = response.json()
    assert set(body) == {"errors"}, "an operation that was not started has errors and nothing else"
    (error,) = body["errors"]
    assert isinstance(error["message"], str)
    return str(error["extensions"]["code"])


async def test_a_query_is_answered(served: Served) -> None:
    response = await served.post("{ hello }")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize(
    "path", ["/graphql", "/api/2026-04/graphql.json", "/api/unstable/graphql", "/api/whatever%20it%20is/graphql.json"]
)
async def test_every_path_and_version_answers(served: Served, path: str) -> None:
    response = await served.client.post(path, json={"query": "{ hello }"})
    assert response.json() == {"data": {"hello": "hello world"}}


async def test_headers_of_storefronts_do_no_harm(served: Served) -> None:
    headers = {
        "X-Shopify-Storefront-Access-Token": "",
        "Shopify-Storefront-Private-Token": "shpat_1",
        "Shopify-Storefront-Buyer-IP": "203.0.113.7",
        "X-SDK-Variant": "hydrogen",
        "X-SDK-Version": "2026.4.0",
        "Accept-Language": "de-CH,de;q=0.9",
        "Cookie": "session=1",
    }
    response = await served.post("{ hello }", headers=headers)
    assert response.json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize(
    "body",
    [
        b"5",
        b"null",
        b'"x"',
        b"[1]",
        b"[]",
        b"true",
        b"{}",
        b"",
        b"{",
        b"\xff\xfe",
        b'{"query": "\xff"}',
        b'{"query": 5}',
        b'{"query": null}',
        b'{"query": ["{hello}"]}',
        b'[{"query": "{hello}"}]',
        b'{"query": "{hello}", "variables": 5}',
        b'{"query": "{hello}", "variables": [1]}',
        b'{"query": "{hello}", "variables": "{}"}',
        b'{"query": "{hello}", "operationName": 5}',
        b'{"query": "{hello}", "extensions": []}',
        b'{"query": "{hello}", "variables": ' + b"[" * 2000 + b"]" * 2000 + b"}",
        b'{"query": "{hello}", "variables": {"a": NaN}}',
        b'{"query": "\\ud800"}',
    ],
)
@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_a_body_that_is_no_request_is_400(served: Served, body: bytes, accept: str) -> None:
    response = await served.client.post("/graphql", content=body, headers={"content-type": JSON, "accept": accept})
    assert response.status_code == 400
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert code_of(response) == "BAD_REQUEST"


@pytest.mark.parametrize(
    "extra", [{"variables": None}, {"operationName": None}, {"operationName": ""}, {"extensions": None}, {"id": 5}]
)
async def test_nulls_and_unknown_members_are_fine(served: Served, extra: dict[str, Any]) -> None:
    assert (await served.post("{ hello }", **extra)).json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{ hello", {}, "GRAPHQL_PARSE_FAILED"),
        ("", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("type Query { a: Int }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("fragment a on Product { name }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{ product { ...a } } fragment a on Product { ...a }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{ a: hello a: contextNumber }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) { required(number: $n) }", {}, "BAD_USER_INPUT"),
        ("query ($n: Int!) { required(number: $n) }", {"n": "five"}, "BAD_USER_INPUT"),
        ("query ($f: [Filter!]) { products(filters: $f) { nodes { name } } }", {"f": {"x": 1}}, "BAD_USER_INPUT"),
        ("query A { hello } query B { hello }", {}, "BAD_REQUEST"),
    ],
)
async def test_faults_of_the_document(served: Served, query: str, variables: dict[str, Any], code: str) -> None:
    old = await served.post(query, variables=variables, headers={"accept": JSON})
    new = await served.post(query, variables=variables, headers={"accept": RESPONSE_JSON})
    assert (old.status_code, new.status_code) == (200, 400)
    assert code_of(old) == code_of(new) == code


async def test_operation_name_chooses(served: Served) -> None:
    two = 'query A { a: hello(name: "a") } query B { b: hello(name: "b") }'
    assert (await served.post(two, operationName="B")).json() == {"data": {"b": "hello b"}}
    assert code_of(await served.post(two, operationName="C")) == "BAD_REQUEST"
    assert code_of(await served.post("query A { hello }", operationName="C")) == "BAD_REQUEST"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "PROPFIND"])
async def test_other_methods_are_405(served: Served, method: str) -> None:
    response = await served.client.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert code_of(response) == "BAD_REQUEST"


async def test_head_is_get_without_a_body(served: Served) -> None:
    asked = "/graphql?" + urlencode({"query": "{ hello }"})
    response, whole = await served.client.head(asked), await served.client.get(asked)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"{RESPONSE_JSON}, {JSON};q=0.9", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.5, {JSON}", JSON),
        (f"{RESPONSE_JSON}, {JSON}", RESPONSE_JSON),
        (f"{JSON}, {RESPONSE_JSON}", JSON),
        (f"{RESPONSE_JSON}, */*;q=0.1", RESPONSE_JSON),
        (f"*/*, {JSON};q=0", RESPONSE_JSON),
        ("text/html, */*;q=0.8", JSON),
        ("multipart/mixed;deferSpec=20220824, application/json", JSON),
        ("Application/JSON; Charset=UTF-8", JSON),
        ('text/plain;x="a,b;q=1", application/json', JSON),
        (f"{RESPONSE_JSON}; charset=utf-8, {JSON}; charset=utf-8", RESPONSE_JSON),
    ],
)
async def test_accept_is_negotiated(served: Served, accept: str | None, media: str) -> None:
    request = served.client.build_request("POST", "/graphql", json={"query": "{ hello }"})
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    response = await served.client.send(request)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media}; charset=utf-8"
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize("accept", ["text/html", "text/event-stream", f"{JSON};q=0", f"{JSON};charset=latin-1", "x"])
async def test_nothing_acceptable_is_406(served: Served, accept: str) -> None:
    response = await served.post("{ hello }", headers={"accept": accept})
    assert response.status_code == 406
    assert code_of(response) == "BAD_REQUEST"


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "text/plain,application/json",
        "text/plain; a=application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/jsonp",
        "application/graphql",
    ],
)
async def test_post_takes_nothing_but_json(served: Served, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = await served.client.post("/graphql", content=b'{"query": "{ hello }"}', headers=headers)
    assert response.status_code == 415
    assert code_of(response) == "BAD_REQUEST"


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", 'APPLICATION/JSON;charset="UTF-8"'])
async def test_json_may_say_that_it_is_utf_8(served: Served, content_type: str) -> None:
    content = '{"query": "{ hello(name: \\"Zoë\\") }"}'.encode()
    response = await served.client.post("/graphql", content=content, headers={"content-type": content_type})
    assert response.json() == {"data": {"hello": "hello Zoë"}}


async def test_a_compressed_body_is_415(served: Served) -> None:
    response = await served.post("{ hello }", headers={"content-encoding": "gzip"})
    assert response.status_code == 415


class TestBodyLimit:
    @staticmethod
    def body(size: int) -> bytes:
        frame = b'{"query": "{ hello }", "extensions": {"x": ""}}'
        return frame.replace(b'""', b'"' + b"x" * (size - len(frame)) + b'"')

    async def test_just_below_passes(self, served: Served) -> None:
        content = self.body(100_000)
        assert len(content) == 100_000
        response = await served.client.post("/graphql", content=content, headers={"content-type": JSON})
        assert response.status_code == 200

    async def test_just_above_is_413(self, served: Served) -> None:
        content = self.body(100_001)
        response = await served.client.post("/graphql", content=content, headers={"content-type": JSON})
        assert response.status_code == 413
        assert code_of(response) == "LIMIT_EXCEEDED"
        assert response.json()["errors"][0]["extensions"]["maximum"] == 100_000

    async def test_a_body_of_unknown_length_is_refused_before_its_end(self, served: Served) -> None:
        host, port = served.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        writer.write(head.encode())
        chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
        writer.write(chunk * 4)
        await writer.drain()
        status = await asyncio.wait_for(reader.readline(), 5)
        assert b"413" in status
        writer.transport.abort()


class TestGet:
    async def get(self, served: Served, headers: dict[str, str] | None = None, **params: str) -> httpx2.Response:
        return await served.client.get(f"/graphql?{urlencode(params)}", headers=headers)

    async def test_a_query_is_answered(self, served: Served) -> None:
        response = await self.get(
            served, query="query A($n: String!) { hello(name: $n) } query B { hello }", operationName="A",
            variables='{"n": "you"}',
        )  # fmt: skip
        assert response.json() == {"data": {"hello": "hello you"}}

    async def test_a_mutation_is_405(self, served: Served) -> None:
        response = await self.get(served, query="mutation { write { text } }")
        assert response.status_code == 405
        assert response.headers["allow"] == "POST, OPTIONS"
        assert code_of(response) == "BAD_REQUEST"

    async def test_a_document_with_both_runs_its_query(self, served: Served) -> None:
        two = "query A { hello } mutation B { write { text } }"
        assert (await self.get(served, query=two, operationName="A")).json() == {"data": {"hello": "hello world"}}
        assert (await self.get(served, query=two, operationName="B")).status_code == 405

    @pytest.mark.parametrize(
        "params",
        [
            {},
            {"query": "{ hello }", "variables": "{"},
            {"query": "{ hello }", "variables": "[1]"},
            {"query": "{ hello }", "extensions": "5"},
        ],
    )
    async def test_faulty_parameters_are_400(self, served: Served, params: dict[str, str]) -> None:
        response = await self.get(served, **params)
        assert response.status_code == 400
        assert code_of(response) == "BAD_REQUEST"

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; b=1"])
    async def test_the_content_types_of_forms_are_refused(self, served: Served, kind: str) -> None:
        response = await self.get(served, {"content-type": kind}, query="{ hello }")
        assert response.status_code == 415

    async def test_another_content_type_is_not(self, served: Served) -> None:
        assert (await self.get(served, {"content-type": JSON}, query="{ hello }")).status_code == 200


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_a_subscription_over_post_is_a_clear_error(served: Served, accept: str) -> None:
    response = await served.post("subscription { count }", headers={"accept": accept})
    assert response.status_code == 400
    assert code_of(response) == "BAD_REQUEST"
    assert "websocket" in response.json()["errors"][0]["message"]
