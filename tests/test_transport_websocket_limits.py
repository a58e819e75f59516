"""What one client may have of a websocket, and whose pages may open one."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import InvalidStatus

from app.graphql import Limits, SocketLimits
from tests.transport.schema import Probe
from tests.transport.serving import Served, initialised, make_endpoint, serving
from tests.transport.talking import closed, hear, hear_all, say, settled, subscribe


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    limits = SocketLimits(message_bytes=10_000, operations=5)
    async with serving(make_endpoint(socket_limits=limits), message_bytes=20_000) as found:
        yield found


class TestLimits:
    async def test_a_message_may_be_just_so_long(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await socket.send('{"type": "ping"}'.ljust(10_000))
            assert await hear(socket) == {"type": "pong"}
            await socket.send('{"type": "ping"}'.ljust(10_001))
            assert (await closed(socket))[0] == 1009

    async def test_the_length_is_in_bytes(self, served: Served) -> None:
        async with served.socket() as socket:
            await socket.send(json.dumps({"type": "ping", "payload": {"x": "😀" * 3_000}}, ensure_ascii=False))
            assert (await closed(socket))[0] == 1009

    async def test_a_message_that_the_server_refuses_itself(self, served: Served) -> None:
        async with served.socket() as socket:
            await socket.send("x" * 30_000)
            assert (await closed(socket))[0] == 1009

    async def test_so_many_operations_on_a_socket(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            for number in range(6):
                await subscribe(socket, str(number), "subscription { forever }")
            frames = {frame["id"]: frame for frame in [await hear(socket) for _ in range(6)]}
            assert [frames[str(number)]["type"] for number in range(6)] == ["next"] * 5 + ["error"]
            error = frames["5"]["payload"][0]
            assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "operations", "maximum": 5}
            await say(socket, type="complete", id="0")
            await subscribe(socket, "6", "{ hello }")
            assert (await hear(socket))["payload"] == {"data": {"hello": "hello world"}}

    async def test_so_many_sockets_of_a_client(self) -> None:
        limits = SocketLimits(per_client=2)
        async with serving(make_endpoint(socket_limits=limits)) as served:
            async with served.socket() as first, served.socket() as second:
                await initialised(first)
                await initialised(second)
                with pytest.raises(InvalidStatus) as caught:
                    async with served.socket():
                        pass
                assert caught.value.response.status_code == 429
            await asyncio.sleep(0.1)
            async with served.socket() as again:
                await initialised(again)

    async def test_a_subscriber_that_does_not_read_is_ended_with_an_error(self) -> None:
        Probe.sources_open = 0
        limits = SocketLimits(queue=10, patience=0.1)
        endpoint = make_endpoint(socket_limits=limits)
        async with serving(endpoint) as served, served.socket(max_queue=1, max_size=None) as socket:
            await initialised(socket)
            await subscribe(socket, "flood", "subscription { flood(size: 200000) }")
            await settled(lambda: Probe.sources_open == 1)
            await settled(lambda: Probe.sources_open == 0)
            frames = await hear_all(socket, "flood")
            assert frames[-1]["type"] == "error"
            assert frames[-1]["payload"][0]["extensions"] == {
                "code": "LIMIT_EXCEEDED", "limit": "queue", "maximum": 10,
            }  # fmt: skip
            assert len(frames) > 10
            await subscribe(socket, "after", "{ hello }")
            assert (await hear_all(socket, "after"))[0]["payload"] == {"data": {"hello": "hello world"}}

    async def test_answers_that_nobody_reads_may_fill_so_many_bytes(self) -> None:
        limits = SocketLimits(waiting_bytes=100_000, patience=0.1)
        endpoint = make_endpoint(socket_limits=limits)
        async with serving(endpoint) as served, served.socket(max_queue=1, max_size=None) as socket:
            await initialised(socket)
            await subscribe(socket, "flood", "subscription { flood(size: 200000) }")
            await settled(lambda: Probe.sources_open == 1)
            await settled(lambda: Probe.sources_open == 0)
            frames = await hear_all(socket, "flood")
            assert frames[-1]["payload"][0]["extensions"]["limit"] == "waiting_bytes"
            await subscribe(socket, "after", "{ hello }")
            assert (await hear_all(socket, "after"))[0]["payload"] == {"data": {"hello": "hello world"}}

    async def test_ids_may_be_so_long(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "i" * 1_000, "{ hello }")
            assert (await hear_all(socket, "i" * 1_000))[0]["payload"] == {"data": {"hello": "hello world"}}
            await subscribe(socket, "i" * 1_001, "{ hello }")
            assert await closed(socket) == (4400, "The id of 'subscribe' may have 1000 characters")

    async def test_a_subscriber_that_reads_gets_everything_of_a_fast_source(self) -> None:
        limits = SocketLimits(queue=3, patience=5)
        async with serving(make_endpoint(socket_limits=limits)) as served, served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "1", "subscription { count(to: 500) }")
            frames = await hear_all(socket, "1")
        assert [frame["payload"]["data"]["count"] for frame in frames[:-1]] == list(range(500))

    async def test_pings_that_nobody_reads_the_answers_of_do_not_pile_up(self, served: Served) -> None:
        async with served.socket() as socket:
            await initialised(socket)
            for _ in range(2_000):
                await say(socket, type="ping")
            for _ in range(2_000):
                assert await hear(socket) == {"type": "pong"}

    async def test_the_limits_of_documents_hold(self) -> None:
        endpoint = make_endpoint(limits=Limits(depth=2))
        async with serving(endpoint) as served, served.socket() as socket:
            await initialised(socket)
            await subscribe(socket, "1", "{ product { related { name } } }")
            (error,) = await hear_all(socket, "1")
            assert error["payload"][0]["extensions"]["limit"] == "depth"


class TestOrigin:
    async def test_any_origin_by_default(self, served: Served) -> None:
        async with served.socket(origin="https://anywhere.example") as socket:
            await initialised(socket)

    async def test_an_allow_list_keeps_others_out(self) -> None:
        async with serving(make_endpoint(cors_origins=("https://shop.example",))) as served:
            for origin in ("https://shop.example", None, served.url):
                async with served.socket(origin=origin) as socket:
                    await initialised(socket)
            for origin in ("https://evil.example", "null", "https://shop.example.evil.example"):
                with pytest.raises(InvalidStatus) as caught:
                    async with served.socket(origin=origin):
                        pass
                assert caught.value.response.status_code == 403
