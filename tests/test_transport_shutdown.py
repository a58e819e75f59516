"""How the server ends: sockets are told, requests finish, signals are no failures."""

import asyncio
import json
import signal
import socket as sockets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.graphql import SocketLimits
from app.server import AddressError, Server, bound, configure
from tests.transport.schema import Probe
from tests.transport.serving import SUBPROTOCOL, answering, initialised, make_endpoint, serving

ROOT = Path(__file__).parents[1]


@asynccontextmanager
async def process(
    port: int = 0, grace: float = 2, closing: float = 0
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    found = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.transport.process", str(port), str(grace), str(closing), cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert found.stdout is not None
    try:
        yield found, (await asyncio.wait_for(found.stdout.readline(), 20)).decode().strip()
    finally:
        if found.returncode is None:
            found.kill()
        await found.communicate()


class TestDrain:
    async def test_each_subscription_is_completed_then_the_socket_closed_with_1001(self) -> None:
        Probe.sources_open = 0
        async with serving(make_endpoint()) as served, served.socket() as socket, served.socket() as idle:
            await initialised(socket)
            await initialised(idle)
            for id_ in ("a", "b"):
                message = {"type": "subscribe", "id": id_, "payload": {"query": "subscription { forever }"}}
                await socket.send(json.dumps(message))
                assert json.loads(await socket.recv())["payload"] == {"data": {"forever": "ready"}}
            served.server.should_exit = True
            frames = [json.loads(await asyncio.wait_for(socket.recv(), 5)) for _ in range(2)]
            assert sorted((frame["type"], frame["id"]) for frame in frames) == [("complete", "a"), ("complete", "b")]
            for one in (socket, idle):
                with pytest.raises(ConnectionClosed) as caught:
                    await asyncio.wait_for(one.recv(), 5)
                assert caught.value.rcvd is not None
                assert caught.value.rcvd.code == 1001
            assert Probe.sources_open == 0

    async def test_a_query_on_a_socket_and_a_plain_request_may_finish(self) -> None:
        async with serving(make_endpoint()) as served, served.socket() as socket:
            await initialised(socket)
            query = "{ waits(seconds: 0.4) }"
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": query}}))
            request = asyncio.ensure_future(served.post(query))
            await asyncio.sleep(0.1)
            served.server.should_exit = True
            frames = [json.loads(await asyncio.wait_for(socket.recv(), 5)) for _ in range(2)]
            assert [frame["type"] for frame in frames] == ["next", "complete"]
            assert frames[0]["payload"] == {"data": {"waits": "waited"}}
            assert (await request).json() == {"data": {"waits": "waited"}}
            with pytest.raises(ConnectionClosed) as caught:
                await asyncio.wait_for(socket.recv(), 5)
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001

    async def test_what_does_not_finish_is_cut_off_in_time(self) -> None:
        Probe.reset()
        limits = SocketLimits(drain_seconds=0.2)
        loop = asyncio.get_running_loop()
        async with serving(make_endpoint(socket_limits=limits)) as served, served.socket() as socket:
            await initialised(socket)
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "{ never }"}}))
            await asyncio.wait_for(Probe.started.wait(), 5)
            started = loop.time()
            served.server.should_exit = True
            with pytest.raises(ConnectionClosed) as caught:
                await asyncio.wait_for(socket.recv(), 5)
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001
        assert loop.time() - started < 3
        assert Probe.stopped.is_set()

    async def test_no_new_socket_while_draining(self) -> None:
        endpoint = make_endpoint()
        async with serving(endpoint) as served:
            await endpoint.drain()
            with pytest.raises(InvalidStatus) as caught:
                async with served.socket():
                    pass
        assert caught.value.response.status_code == 503

    async def test_a_drain_that_fails_is_logged_and_stops_nothing(self, caplog: pytest.LogCaptureFixture) -> None:
        async def fails() -> None:
            raise RuntimeError("no drain today")

        async def app(scope: object, receive: object, send: object) -> None: ...

        config = configure(app, port=0)
        config.lifespan = "off"
        server = Server(config, drain=fails)
        task = asyncio.ensure_future(server._serve())
        await answering(server, task)
        server.should_exit = True
        await asyncio.wait_for(task, 5)
        assert "no drain today" in caplog.text


class TestSignals:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    async def test_the_exit_is_clean_and_its_code_0(self, number: signal.Signals) -> None:
        async with (
            process() as (server, url),
            connect(
                url.replace("http", "ws", 1) + "/graphql",
                subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            ) as socket,
        ):
            await initialised(socket)
            message = {"type": "subscribe", "id": "1", "payload": {"query": "subscription { forever }"}}
            await socket.send(json.dumps(message))
            await socket.recv()
            server.send_signal(number)
            assert json.loads(await asyncio.wait_for(socket.recv(), 5)) == {"type": "complete", "id": "1"}
            with pytest.raises(ConnectionClosed) as caught:
                await asyncio.wait_for(socket.recv(), 5)
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001
            _, errors = await asyncio.wait_for(server.communicate(), 5)
            assert (server.returncode, errors) == (0, b"")

    async def test_a_request_that_never_ends_is_given_its_grace(self) -> None:
        async with process(grace=1) as (server, url), httpx2.AsyncClient(base_url=url) as client:
            request = asyncio.ensure_future(client.post("/graphql", json={"query": "{ never }"}))
            await asyncio.sleep(0.3)
            server.send_signal(signal.SIGTERM)
            _, errors = await asyncio.wait_for(server.communicate(), 5)
            assert server.returncode == 0
            assert b"Traceback" not in errors
            response = await request
            assert response.status_code == 503
            assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"

    @pytest.mark.parametrize("on_a_socket", [False, True], ids=["request", "websocket"])
    async def test_after_a_second_nobody_is_waited_for_and_the_app_is_closed(self, on_a_socket: bool) -> None:
        loop = asyncio.get_running_loop()
        async with (
            process(grace=60) as (server, url),
            connect(
                url.replace("http", "ws", 1) + "/graphql",
                subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            ) as socket,
        ):
            await initialised(socket)
            # The subscription is completed as soon as the server drains; the query then has it wait.
            for id_, query in [("1", "subscription { forever }"), ("2", "{ never }")][: 1 + on_a_socket]:
                await socket.send(json.dumps({"type": "subscribe", "id": id_, "payload": {"query": query}}))
            await socket.recv()
            reader, writer = await asyncio.open_connection("127.0.0.1", httpx2.URL(url).port)
            body = b'{"query": "{ never }"}'
            # In one packet, so that the second has begun when the first is answered.
            writer.write(
                b"GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n"
                b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                b"content-length: %d\r\n\r\n%b" % (len(body), body)
            )
            assert (await reader.readuntil(b"\r\n\r\nNot Found")).startswith(b"HTTP/1.1 404 ")
            server.send_signal(signal.SIGTERM)
            assert json.loads(await asyncio.wait_for(socket.recv(), 5)) == {"type": "complete", "id": "1"}
            started = loop.time()
            server.send_signal(signal.SIGTERM)
            out, errors = await asyncio.wait_for(server.communicate(), 20)
            # Otherwise a socket's operations would be given 5 seconds, and requests 60.
            assert loop.time() - started < 4
            assert (server.returncode, out, errors) == (0, b"closed\n", b"")
            assert (await reader.read()).startswith(b"HTTP/1.1 503 ")
            writer.close()

    async def test_two_at_once_close_the_app(self) -> None:
        async with process() as (server, _):
            # Two that differ: of one that is still to be delivered, a second is none.
            server.send_signal(signal.SIGINT)
            server.send_signal(signal.SIGTERM)
            out, errors = await asyncio.wait_for(server.communicate(), 5)
            assert (server.returncode, out, errors) == (0, b"closed\n", b"")

    async def test_a_third_ends_what_takes_too_long(self) -> None:
        async with process(closing=60) as (server, _):
            server.send_signal(signal.SIGTERM)
            assert server.stdout is not None
            assert await asyncio.wait_for(server.stdout.readline(), 5) == b"closing\n"
            server.send_signal(signal.SIGINT)
            server.send_signal(signal.SIGTERM)
            out, errors = await asyncio.wait_for(server.communicate(), 5)
            assert (server.returncode, out, errors) == (-signal.SIGTERM, b"", b"")

    async def test_an_address_that_cannot_be_listened_on_is_a_sentence(self) -> None:
        with sockets.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            with pytest.raises(AddressError, match="is taken"):
                bound("127.0.0.1", taken.getsockname()[1])
        # An address for documentation, which is nobody's.
        with pytest.raises(AddressError, match="no address of this machine"):
            bound("192.0.2.1", 0)
        with pytest.raises(AddressError, match="not the name of an address"):
            bound("no such name", 0)

    async def test_the_second_to_listen_on_one_address_is_told(self) -> None:
        first = bound("127.0.0.1", 0)
        second = bound("127.0.0.1", first[0].getsockname()[1])
        first[0].listen()
        with pytest.raises(AddressError, match="is taken"):
            await Server(configure(Starlette())).serve(second)
        for one in (*first, *second):
            one.close()
