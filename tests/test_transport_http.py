"""Every row of what an HTTP endpoint must do, against a real server."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from tests.transport.schema import Probe
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
    assert response.headers["allow"] == "GET, POST, OPTIONS"
    assert code_of(response) == "BAD_REQUEST"


async def test_head_is_405_without_a_body(served: Served) -> None:
    response = await served.client.head("/graphql")
    assert response.status_code == 405
    assert response.content == b""


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


class TestCors:
    async def test_any_origin_may_read_without_credentials(self, served: Served) -> None:
        response = await served.post("{ hello }", headers={"origin": "https://anywhere.example"})
        assert response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in response.headers
        assert response.headers["access-control-expose-headers"] == "x-request-id, server-timing"

    async def test_refusals_can_be_read_too(self, served: Served) -> None:
        response = await served.client.put("/graphql", headers={"origin": "https://anywhere.example"})
        assert response.headers["access-control-allow-origin"] == "*"

    async def test_preflight_allows_every_header_asked_for(self, served: Served) -> None:
        asked = "content-type,x-shopify-storefront-access-token,shopify-storefront-buyer-ip,x-sdk-version,x-anything"
        response = await served.client.options(
            "/api/2026-04/graphql.json",
            headers={
                "origin": "https://anywhere.example",
                "access-control-request-method": "POST",
                "access-control-request-headers": asked,
            },
        )
        assert response.status_code == 204
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["access-control-allow-headers"] == asked
        assert "POST" in response.headers["access-control-allow-methods"]
        assert int(response.headers["access-control-max-age"]) > 0

    async def test_options_alone_names_the_methods(self, served: Served) -> None:
        response = await served.client.options("/graphql")
        assert response.status_code == 204
        assert response.headers["allow"] == "GET, POST, OPTIONS"

    async def test_an_allow_list_keeps_others_out(self) -> None:
        async with serving(make_endpoint(cors_origins=("https://shop.example",))) as listed:
            friend = await listed.post("{ hello }", headers={"origin": "https://shop.example"})
            other = await listed.post("{ hello }", headers={"origin": "https://evil.example"})
            preflight = await listed.client.options(
                "/graphql", headers={"origin": "https://evil.example", "access-control-request-method": "POST"}
            )
        assert friend.headers["access-control-allow-origin"] == "https://shop.example"
        assert "Origin" in friend.headers["vary"]
        assert "access-control-allow-origin" not in other.headers
        assert "Origin" in other.headers["vary"]
        assert "access-control-allow-origin" not in preflight.headers


class TestRequestId:
    async def test_one_is_made(self, served: Served) -> None:
        first, second = await served.post("{ hello }"), await served.post("{ hello }")
        assert first.headers["x-request-id"] != second.headers["x-request-id"]
        assert len(first.headers["x-request-id"]) >= 16

    async def test_a_sane_one_is_kept(self, served: Served) -> None:
        sent = "7f3c-A_b.9:1/2"
        assert (await served.post("{ hello }", headers={"x-request-id": sent})).headers["x-request-id"] == sent
        refused = await served.client.put("/graphql", headers={"x-request-id": sent})
        assert refused.headers["x-request-id"] == sent

    @pytest.mark.parametrize("sent", ["", "a b", "x" * 129, "<script>", "ä"])
    async def test_another_is_replaced(self, served: Served, sent: str) -> None:
        answer = await served.post("{ hello }", headers={"x-request-id": sent.encode("latin-1")})  # type: ignore[dict-item]
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


async def test_server_timing_names_the_phases(served: Served) -> None:
    response = await served.post("{ statements(count: 3) timing: hello }")
    phases = dict(re.findall(r"(\w+);dur=([\d.]+)", response.headers["server-timing"]))
    assert list(phases) == ["parse", "validate", "execute", "db", "total"]
    assert float(phases["db"]) == 125.0
    assert float(phases["total"]) >= float(phases["parse"]) + float(phases["validate"])
    again = await served.post("{ statements(count: 3) timing: hello }")
    assert again.headers["server-timing"].startswith("parse;dur=0.00, validate;dur=0.00,")


async def test_each_operation_has_a_context_of_its_own(served: Served) -> None:
    answers = await asyncio.gather(*(served.run("{ contextNumber waits }") for _ in range(5)))
    assert len({answer["data"]["contextNumber"] for answer in answers}) == 5


async def test_the_base_url_is_the_host_that_was_asked(served: Served) -> None:
    headers = {"host": "shop.example:81", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    response = await served.post("{ scope }", headers=headers)
    assert response.json()["data"]["scope"].endswith(" http://shop.example:81")


async def test_a_client_that_goes_away_stops_the_work(served: Served) -> None:
    Probe.reset()
    request = asyncio.ensure_future(served.post("{ never }"))
    await asyncio.wait_for(Probe.started.wait(), 5)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    await asyncio.wait_for(Probe.stopped.wait(), 5)
    metrics = served.endpoint.metrics.registry
    labels = {"operation": "anonymous", "type": "query", "outcome": "cancelled"}
    assert metrics.get_sample_value("storekeep_operations_total", labels) == 1


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_an_operation_has_a_time_limit(accept: str) -> None:
    Probe.reset()
    async with serving(make_endpoint(time_limit=0.05)) as hurried:
        response = await hurried.post("{ hello never }", headers={"accept": accept})
    assert response.status_code == 200
    body = response.json()
    assert body["data"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["TIMEOUT"]
    assert "0.05 seconds" in body["errors"][0]["message"]
    assert Probe.stopped.is_set()


async def test_a_body_that_does_not_arrive_is_408() -> None:
    async with serving(make_endpoint(time_limit=0.05)) as hurried:
        host, port = hurried.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"
        )
        assert b"408" in await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        await writer.wait_closed()


async def test_an_answer_that_is_no_json_is_masked(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    response = await served.post("{ odd }")
    assert response.status_code == 500
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["extensions"]["id"] in caplog.text


async def test_answers_are_json_whatever_the_strings(served: Served) -> None:
    name = 'a"\\\u2028\n\u0000😀'
    answer = await served.run("query ($n: String!) { hello(name: $n) }", n=name)
    assert answer == {"data": {"hello": f"hello {name}"}}
    assert json.dumps(answer)
