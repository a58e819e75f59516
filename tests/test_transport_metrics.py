"""What Prometheus and whoever runs the process are told."""

from collections.abc import Mapping

import httpx2
import prometheus_client
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection

from app.graphql import SocketLimits
from app.metrics import Histogram, Metrics, operator_routes
from tests.transport.schema import Probe
from tests.transport.serving import Served, initialised, make_endpoint, serving
from tests.transport.talking import closed, hear, hear_all, say, settled, subscribe


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def client_of(metrics: Metrics, reasons: Mapping[str, str]) -> httpx2.AsyncClient:
    async def check() -> Mapping[str, str]:
        return reasons

    app = Starlette(routes=operator_routes(metrics, check))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://shop.test")


async def count(served: Served, operation: str, type_: str, outcome: str) -> float | None:
    return value(
        served.endpoint.metrics, "storekeep_operations_total", operation=operation, type=type_, outcome=outcome
    )


async def test_operations_are_counted_by_name_type_and_outcome() -> None:
    async with serving(make_endpoint()) as served:
        for query in ("query Page { hello }", "query Page { breaks }", "{ hello }", "mutation Save { write { text } }"):
            await served.run(query)
        await served.run("query Page { products(first: 999) { __typename } }")
        await served.run("query Nope { nope }")
        await served.run("query Sums { statements(count: 5) }")
        assert await count(served, "Page", "query", "ok") == 1
        assert await count(served, "Page", "query", "error") == 1
        assert await count(served, "Page", "query", "refused") == 1
        assert await count(served, "anonymous", "query", "ok") == 1
        assert await count(served, "Save", "mutation", "ok") == 1
        assert await count(served, "other", "unknown", "refused") == 1
        assert await count(served, "Nope", "query", "refused") is None
        metrics = served.endpoint.metrics
        assert value(metrics, "storekeep_operation_statements_sum", operation="Sums", type="query") == 5
        assert value(metrics, "storekeep_operation_seconds_count", operation="Page", type="query") == 3


async def test_what_a_method_may_not_ask_for_is_counted() -> None:
    async with serving(make_endpoint()) as served:
        for query in ("mutation Save { write { text } }", 'query Mine($token: String = "") { hello(name: $token) }'):
            response = await served.client.get("/graphql", params={"query": query})
            assert response.status_code == 405
        assert (await served.post("subscription Watch { count(to: 3) }")).status_code == 400
        assert await count(served, "Save", "mutation", "refused") == 1
        assert await count(served, "Mine", "query", "refused") == 1
        assert await count(served, "Watch", "subscription", "refused") == 1


async def test_subscriptions_are_counted_by_event_and_as_open() -> None:
    async with serving(make_endpoint()) as served, served.socket() as socket:
        await initialised(socket)
        metrics = served.endpoint.metrics
        assert value(metrics, "storekeep_sockets_open") == 1
        message = '{"type": "subscribe", "id": "1", "payload": {"query": "subscription Watch { count(to: 3) }"}}'
        await socket.send(message)
        for _ in range(4):
            await socket.recv()
        assert await count(served, "Watch", "subscription", "ok") == 3
        await socket.send(message.replace("count(to: 3)", "forever"))
        await socket.recv()
        assert value(metrics, "storekeep_subscriptions_open") == 1


class TestWhatEndsBeforeItBegan:
    """What a client asks for it may take back in the same packet. A coroutine that nobody awaits is a warning,
    which here fails a test.
    """

    @staticmethod
    async def taken_back(socket: ClientConnection, query: str) -> None:
        """Ask twenty times and take each back, and then for something that is answered."""
        await initialised(socket)
        for _ in range(20):
            await subscribe(socket, "1", query)
            await say(socket, type="complete", id="1")
        await subscribe(socket, "1", "query Kept { hello }")
        assert (await hear(socket))["payload"] == {"data": {"hello": "hello world"}}

    async def test_operations_are_counted_once_as_cancelled(self) -> None:
        async with serving(make_endpoint()) as served, served.socket() as socket:
            await self.taken_back(socket, "query Dropped { never }")
            assert await count(served, "Dropped", "query", "cancelled") == 20
            assert await count(served, "Kept", "query", "ok") == 1
            assert await count(served, "Kept", "query", "cancelled") is None

    async def test_subscriptions_have_no_event_to_count(self) -> None:
        async with serving(make_endpoint()) as served, served.socket() as socket:
            await self.taken_back(socket, "subscription Dropped { forever }")
            assert await count(served, "Dropped", "subscription", "cancelled") is None
            assert value(served.endpoint.metrics, "storekeep_subscriptions_open") == 0

    async def test_a_socket_that_is_closed_for_its_client_s_fault(self) -> None:
        async with serving(make_endpoint()) as served, served.socket() as socket:
            await initialised(socket)
            for _ in range(2):
                await subscribe(socket, "1", "query Dropped { never }")
            assert (await closed(socket))[0] == 4409
            await settled(lambda: value(served.endpoint.metrics, "storekeep_sockets_open") == 0)
            assert await count(served, "Dropped", "query", "cancelled") == 1

    async def test_what_there_was_no_room_for_was_refused(self) -> None:
        Probe.sources_open = 0
        limits = SocketLimits(waiting_bytes=100_000, patience=0.1)
        async with (
            serving(make_endpoint(socket_limits=limits)) as served,
            served.socket(max_queue=1, max_size=None) as socket,
        ):
            await initialised(socket)
            await subscribe(socket, "flood", "subscription { flood(size: 200000) }")
            await settled(lambda: Probe.sources_open == 1)
            await settled(lambda: Probe.sources_open == 0)
            await subscribe(socket, "1", "query Late { hello }")
            labels = {"operation": "Late", "type": "query", "outcome": "refused"}
            await settled(lambda: value(served.endpoint.metrics, "storekeep_operations_total", **labels) == 1)
            assert (await hear_all(socket, "1"))[-1]["payload"][0]["extensions"]["limit"] == "waiting_bytes"
            assert await count(served, "Late", "query", "ok") is None


def test_names_are_bounded() -> None:
    metrics = Metrics(most_names=200)
    for number in range(500):
        metrics.observe_operation(f"Q{number}", "query", "ok", 0.001)
    metrics.observe_operation("Q7", "query", "ok", 0.001)
    assert value(metrics, "storekeep_operations_total", operation="Q7", type="query", outcome="ok") == 2
    assert value(metrics, "storekeep_operations_total", operation="Q200", type="query", outcome="ok") is None
    assert value(metrics, "storekeep_operations_total", operation="other", type="query", outcome="ok") == 300


async def test_the_page_of_prometheus() -> None:
    metrics = Metrics()
    metrics.observe_batch("VariantsByProduct", 20)
    metrics.watch_outbox(lambda: 1.5)
    async with client_of(metrics, {}) as client:
        response = await client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert response.headers["cache-control"] == "no-store"
    assert 'storekeep_loader_batch_keys_sum{loader="VariantsByProduct"} 20.0' in response.text
    assert "storekeep_outbox_lag_seconds 1.5" in response.text


async def test_health_and_readiness() -> None:
    async with client_of(Metrics(), {}) as client:
        assert (await client.get("/health")).json() == {"status": "alive"}
        good = await client.get("/ready")
    assert (good.status_code, good.json()) == (200, {"status": "ready"})
    async with client_of(Metrics(), {"database": "cannot be reached"}) as client:
        assert (await client.get("/health")).status_code == 200
        bad = await client.get("/ready")
    assert bad.status_code == 503
    assert bad.json() == {"status": "not ready", "reasons": {"database": "cannot be reached"}}


async def test_a_readiness_check_that_fails_is_not_ready() -> None:
    async def check() -> Mapping[str, str]:
        raise RuntimeError("postgresql://storekeep:hunter2@db/shop")

    app = Starlette(routes=operator_routes(Metrics(), check))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        response = await client.get("/ready")
    assert response.status_code == 503
    assert "hunter2" not in response.text
    assert list(response.json()["reasons"]) == ["check"]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([0, 0.5, 1, 2, 2.5, 3, 1e9]) | st.floats(0, 10))))
def test_a_histogram_tells_what_prometheus_own_tells(values: list[tuple[str, float]]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    bounds = (0.5, 1, 2.5, 1000)
    quick = Histogram("storekeep_some", "Some.", ("label",), bounds=bounds, registry=ours)
    plain = prometheus_client.Histogram("storekeep_some", "Some.", ("label",), buckets=bounds, registry=theirs)
    for label, one in values:
        quick.labels(label).observe(one)
        plain.labels(label).observe(one)
    # When a series began is told of theirs alone.
    expected = [line for line in generate_latest(theirs).decode().splitlines() if "_created" not in line]
    assert generate_latest(ours).decode().splitlines() == expected
