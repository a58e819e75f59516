"""graphql-transport-ws against a real server and a client that is not ours."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.asyncio.client import connect

from app.graphql import SocketLimits
from tests.transport.schema import Probe
from tests.transport.serving import Served, initialised, make_endpoint, serving
from tests.transport.talking import closed, hear, hear_all, say, settled, subscribe


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    limits = SocketLimits(message_bytes=10_000, operations=5)
    async with serving(make_endpoint(socket_limits=limits), message_bytes=20_000) as found:
        yield found


class TestOperations:
    async def test_a_subscription(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "1", "subscription ($n: Int!) { count(to: $n) }", variables={"n": 2})
            assert await hear_all(socket, "1") == [
                {"type": "next", "id": "1", "payload": {"data": {"count": 0}}},
                {"type": "next", "id": "1", "payload": {"data": {"count": 1}}},
                {"type": "complete", "id": "1"},
            ]

    async def test_a_query_and_a_mutation(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "q", "query A { hello } query B { scope }", operationName="A")
            answer, done = await hear_all(socket, "q")
            assert answer["payload"] == {"data": {"hello": "hello world"}}
            assert done == {"type": "complete", "id": "q"}
            await subscribe(
                socket, "m", 'mutation @inContext(country: DE) { write(text: "a") { ... @defer { text } } }'
            )
            assert (await hear_all(socket, "m"))[0]["payload"] == {"data": {"write": {"text": "a"}}}

    async def test_operations_run_side_by_side(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "slow", "{ waits(seconds: 0.2) }")
            await subscribe(socket, "fast", "{ hello }")
            assert (await hear(socket))["id"] == "fast"

    async def test_every_operation_and_event_has_a_context_of_its_own(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            seen = []
            for id_ in ("a", "b"):
                await subscribe(socket, id_, "{ contextNumber }")
                seen.append((await hear_all(socket, id_))[0]["payload"]["data"]["contextNumber"])
            await subscribe(socket, "c", "subscription { contexts { number } }")
            frames = await hear_all(socket, "c")
            seen += [frame["payload"]["data"]["contexts"]["number"] for frame in frames[:-1]]
        assert len(seen) == len(set(seen)) == 5

    async def test_the_scope_comes_from_the_handshake_and_the_operation(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "1", "query @inContext(country: FR) { scope }")
            (answer, _) = await hear_all(socket, "1")
            assert answer["payload"]["data"]["scope"] == f"FR {served.url}"

    async def test_complete_stops_the_source_and_frees_the_id(self, served: Served) -> None:
        Probe.sources_open = 0
        async with served.socket() as socket:
            await initialised(socket)
            for _ in range(3):
                await subscribe(socket, "1", "subscription { forever }")
                assert (await hear(socket))["payload"] == {"data": {"forever": "ready"}}
                assert Probe.sources_open == 1
                await say(socket, type="complete", id="1")
                await settled(lambda: Probe.sources_open == 0)
            await say(socket, type="complete", id="unknown")
            await subscribe(socket, "2", "{ hello }")
            assert (await hear(socket))["id"] == "2"

    async def test_an_id_is_free_again_after_complete_and_after_error(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            for query in ("{ hello }", "{ nope }", "subscription { count }", "subscription { failsToOpen }") * 3:
                await subscribe(socket, "same", query)
                assert (await hear_all(socket, "same"))[-1]["type"] in ("complete", "error")

    async def test_a_client_that_goes_away_stops_everything(self, served: Served) -> None:
        Probe.reset()
        Probe.sources_open = 0
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "1", "subscription { forever }")
            await subscribe(socket, "2", "{ never }")
            await hear(socket)
            await asyncio.wait_for(Probe.started.wait(), 5)
            socket.transport.abort()
        await asyncio.wait_for(Probe.stopped.wait(), 5)
        await settled(lambda: Probe.sources_open == 0)
        await settled(lambda: served.endpoint.metrics.registry.get_sample_value("storekeep_sockets_open") == 0)
        assert served.endpoint.metrics.registry.get_sample_value("storekeep_subscriptions_open") == 0


class TestErrors:
    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("{ hello", "GRAPHQL_PARSE_FAILED"),
            ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription { count forever }", "GRAPHQL_VALIDATION_FAILED"),
            ("query ($n: Int!) { required(number: $n) }", "BAD_USER_INPUT"),
            ("query A { hello } query B { hello }", "BAD_REQUEST"),
            ("{ products(first: 251) { nodes { name } } }", "LIMIT_EXCEEDED"),
            ("{ hello " + "hello " * 60 + "}", "LIMIT_EXCEEDED"),
            ("subscription { refuses }", "FORBIDDEN"),
            ("subscription { failsToOpen }", "INTERNAL_SERVER_ERROR"),
        ],
    )
    async def test_a_refused_operation_leaves_its_siblings_running(self, served: Served, query: str, code: str) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "sibling", "subscription { count(to: 3, seconds: 0.05) }")
            await subscribe(socket, "faulty", query)
            frames = [await hear(socket) for _ in range(5)]
            (error,) = [frame for frame in frames if frame["id"] == "faulty"]
            assert error["type"] == "error"
            assert [found["extensions"]["code"] for found in error["payload"]] == [code]
            assert "hunter2" not in json.dumps(error)
            assert [frame["type"] for frame in frames if frame["id"] == "sibling"] == ["next"] * 3 + ["complete"]

    async def test_a_failed_field_is_masked_in_each_event(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "1", "subscription { brokenEvents { value } }")
            first, second, done = await hear_all(socket, "1")
        for frame in (first, second):
            assert frame["payload"]["data"] == {"brokenEvents": {"value": None}}
            assert frame["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
            assert "hunter2" not in json.dumps(frame)
        assert done["type"] == "complete"

    async def test_a_source_that_fails_midway_ends_with_a_masked_error(
        self, served: Served, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "1", "subscription { failsMidway }")
            event, error = await hear_all(socket, "1")
        assert event["payload"] == {"data": {"failsMidway": 1}}
        assert error["type"] == "error"
        assert error["payload"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
        assert error["payload"][0]["extensions"]["id"] in caplog.text
        assert "hunter2" not in json.dumps(error)

    async def test_an_answer_that_is_no_json_is_masked(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "1", "{ odd }")
            (error,) = await hear_all(socket, "1")
        assert error["payload"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"

    async def test_the_time_limit_holds_for_queries(self) -> None:
        async with serving(make_endpoint(time_limit=0.05)) as hurried, hurried.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "1", "{ never }")
            (answer, _) = await hear_all(socket, "1")
            assert answer["payload"]["errors"][0]["extensions"]["code"] == "TIMEOUT"


class TestProtocol:
    @pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {}}, {"payload": {"token": "x"}}])
    async def test_init_with_any_payload(self, served: Served, payload: dict[str, Any]) -> None:
        async with served.socket() as socket:
            await say(socket, type="connection_init", **payload)
            assert await hear(socket) == {"type": "connection_ack"}

    @pytest.mark.parametrize("payload", [{}, {"payload": None}, {"payload": {"a": 1}}])
    async def test_ping_is_answered_even_before_init(self, served: Served, payload: dict[str, Any]) -> None:
        async with served.socket() as socket:
            await say(socket, type="ping", **payload)
            assert await hear(socket) == {"type": "pong"}
            await say(socket, type="pong", **payload)
            await initialised(socket)

    @pytest.mark.parametrize(
        "frame",
        [
            "null", '"x"', "[1]", "5", "true", "{}", "", "{", "\u0000", '{"type": null}', '{"type": 5}',
            '{"type": ["subscribe"]}', '{"type": "nope"}', '{"type": "start"}', '{"type": "connection_ack"}',
            '{"type": "next", "id": "1"}', '{"type": "connection_init", "payload": 5}',
            '{"type": "connection_init", "payload": []}', '{"type": "ping", "payload": "x"}',
            '{"type": "pong", "payload": [1]}', '{"type": "subscribe"}', '{"type": "subscribe", "id": "1"}',
            '{"type": "subscribe", "id": [1], "payload": {"query": "{hello}"}}',
            '{"type": "subscribe", "id": 1, "payload": {"query": "{hello}"}}',
            '{"type": "subscribe", "id": "", "payload": {"query": "{hello}"}}',
            '{"type": "subscribe", "id": null, "payload": {"query": "{hello}"}}',
            '{"type": "subscribe", "id": "1", "payload": null}', '{"type": "subscribe", "id": "1", "payload": "x"}',
            '{"type": "subscribe", "id": "1", "payload": ["x"]}', '{"type": "subscribe", "id": "1", "payload": {}}',
            '{"type": "subscribe", "id": "1", "payload": {"query": 5}}',
            '{"type": "subscribe", "id": "1", "payload": {"query": null}}',
            '{"type": "subscribe", "id": "1", "payload": {"query": "{hello}", "variables": [1]}}',
            '{"type": "subscribe", "id": "1", "payload": {"query": "{hello}", "variables": "x"}}',
            '{"type": "subscribe", "id": "1", "payload": {"query": "{hello}", "operationName": 5}}',
            '{"type": "subscribe", "id": "1", "payload": {"query": "{hello}", "extensions": 5}}',
            '{"type": "complete"}', '{"type": "complete", "id": 5}', "[" * 5000, b"{}", b'{"type": "ping"}',
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("ready", [True, False])
    async def test_a_malformed_frame_closes_with_4400(
        self, served: Served, frame: str | bytes, ready: bool, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with served.socket() as socket:
            if ready:
                await initialised(socket)
            await socket.send(frame)
            assert (await closed(socket))[0] == 4400
        assert "Traceback" not in caplog.text

    async def test_subscribe_before_init_is_4401(self, served: Served) -> None:
        async with served.socket() as socket:
            await subscribe(socket, "1", "{ hello }")
            assert await closed(socket) == (4401, "Unauthorized")

    async def test_a_second_init_is_4429(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await say(socket, type="connection_init")
            assert await closed(socket) == (4429, "Too many initialisation requests")

    async def test_a_duplicate_id_is_4409(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "one", "subscription { forever }")
            await subscribe(socket, "one", "{ hello }")
            assert await closed(socket) == (4409, "Subscriber for one already exists")

    async def test_a_long_id_does_not_break_the_close_frame(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "ä" * 500, "subscription { forever }")
            await subscribe(socket, "ä" * 500, "{ hello }")
            code, reason = await closed(socket)
        assert code == 4409
        assert len(reason.encode()) <= 123

    async def test_no_init_in_time_is_4408(self) -> None:
        limits = SocketLimits(init_seconds=0.05)
        async with serving(make_endpoint(socket_limits=limits)) as served, served.socket() as socket:
            assert await closed(socket) == (4408, "Connection initialisation timeout")

    async def test_the_server_pings_and_gives_up_on_silence(self) -> None:
        limits = SocketLimits(ping_seconds=0.05, pong_seconds=0.1)
        async with serving(make_endpoint(socket_limits=limits)) as served, served.socket() as socket:
            await initialised(socket)
            for _ in range(4):
                assert await hear(socket) == {"type": "ping"}
                await say(socket, type="pong")
            assert await hear(socket) == {"type": "ping"}
            assert (await closed(socket))[0] == 4504

    @pytest.mark.parametrize("subprotocol", [None, "graphql-ws", "nope"])
    async def test_another_subprotocol_is_4406(self, served: Served, subprotocol: str | None) -> None:
        async with served.socket(subprotocol=subprotocol) as socket:
            code, reason = await closed(socket)
        assert code == 4406
        assert "graphql-transport-ws" in reason

    async def test_every_path_has_a_socket(self, served: Served) -> None:
        for path in ("/graphql", "/api/2026-04/graphql.json", "/api/unstable/graphql"):
            url = served.url.replace("http", "ws", 1) + path
            async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
                await initialised(socket)
