"""What goes round a request: CORS, ids, timing, contexts, cancellation and time limits."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

import pytest
import strawberry

from app.graphql import GraphQLEndpoint
from app.graphql.caching.answers import Answers
from app.graphql.sharing import Sharing
from schema.caching import CacheControl
from tests.transport.schema import Probe
from tests.transport.serving import Served, make_endpoint, serving

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serving(make_endpoint()) as found:
        yield found


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
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"

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
async def test_an_operation_has_a_time_limit(accept: str, caplog: pytest.LogCaptureFixture) -> None:
    Probe.reset()
    async with serving(make_endpoint(time_limit=0.05)) as hurried:
        response = await hurried.post("query Slow { hello never }", headers={"accept": accept})
    assert caplog.messages == ["Operation Slow was stopped after 0.05 seconds"]
    assert response.status_code == 200
    body = response.json()
    assert body["data"] is None
    assert [error["extensions"]["code"] for error in body["errors"]] == ["TIMEOUT"]
    assert "0.05 seconds" in body["errors"][0]["message"]
    assert Probe.stopped.is_set()


async def test_who_waits_for_the_same_answer_as_another_has_a_time_limit_too() -> None:
    begun, let_go = asyncio.Event(), asyncio.Event()

    @strawberry.type
    class Query:
        @strawberry.field(directives=[CacheControl(60)])
        async def slow(self) -> str:
            begun.set()
            await let_go.wait()
            return "at last"

    def endpoint(seconds: float) -> GraphQLEndpoint:
        schema = strawberry.Schema(Query)
        return GraphQLEndpoint(
            schema, lambda _: None, introspection=False, suggestions=False, time_limit=seconds, sharing=sharing
        )

    sharing, same = Sharing(Answers(1_000_000)), {"host": "shop.test"}
    async with serving(endpoint(30)) as patient, serving(endpoint(0.05)) as hurried:
        first = asyncio.ensure_future(patient.post("{ slow }", headers=same))
        await asyncio.wait_for(begun.wait(), 5)
        second = await asyncio.wait_for(hurried.post("{ slow }", headers=same), 5)
        assert sharing.answers.counts.waits == 1
        assert [error["extensions"]["code"] for error in second.json()["errors"]] == ["TIMEOUT"]
        labels = {"operation": "anonymous", "type": "query", "outcome": "timeout"}
        metrics = hurried.endpoint.metrics.registry
        assert metrics.get_sample_value("storekeep_operations_total", labels) == 1
        let_go.set()
        assert (await first).json() == {"data": {"slow": "at last"}}


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
    name = 'a"\\\u2028\n\u0001😀'
    answer = await served.run("query ($n: String!) { hello(name: $n) }", n=name)
    assert answer == {"data": {"hello": f"hello {name}"}}
    assert json.dumps(answer)
