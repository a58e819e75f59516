"""What the process tells Prometheus, and the three routes that whoever runs it asks: /health, /ready, /metrics."""

import logging
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Literal, TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

logger = logging.getLogger("storekeep.metrics")

Outcome: TypeAlias = Literal["ok", "error", "refused", "timeout", "cancelled"]
PersistedKind: TypeAlias = Literal["trusted", "automatic"]
PersistedOutcome: TypeAlias = Literal["hit", "miss", "registered", "refused"]
# Why the process is not ready, by part; empty when it is.
ReadyCheck: TypeAlias = Callable[[], Awaitable[Mapping[str, str]]]

ANONYMOUS = "anonymous"
OTHER = "other"
# More names than a shop has pages; every name is a series in each metric.
MOST_NAMES = 200

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_COUNTS = (0, 1, 2, 4, 6, 8, 12, 16, 24, 32, 64)
_BATCHES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500)


class Observed:
    """What one series of a histogram has seen."""

    __slots__ = ("_bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        """How many values were no larger than each bound, and larger than the one before; last, larger than all."""
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self._bounds, value)] += 1
        self.total += value


class Histogram(Collector):
    """A histogram of a process whose figures are counted and read on one thread.

    Prometheus' own takes a lock twice for each value.
    """

    def __init__(
        self,
        name: str,
        documentation: str,
        labels: Sequence[str],
        *,
        bounds: Sequence[float],
        registry: CollectorRegistry,
    ) -> None:
        self._described = name, documentation
        self._labels = labels
        self._bounds = bounds
        self._series: dict[tuple[str, ...], Observed] = {}
        registry.register(self)

    def labels(self, *values: str) -> Observed:
        """The series of these labels."""
        found = self._series.get(values)
        if found is None:
            found = self._series[values] = Observed(self._bounds)
        return found

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Called by Prometheus' registry: every series, with how many values were no larger than each bound."""
        family = HistogramMetricFamily(*self._described, labels=self._labels)
        names = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        for values, one in self._series.items():
            buckets = list(zip(names, accumulate(one.counts), strict=True))
            family.add_metric(values, buckets, one.total)
        yield family


class Metrics:
    """One process's figures, in a registry of its own, so that several apps can live in one process.

    An operation is labelled by its name as its valid document says it; only the first `most_names` names seen get a
    label of their own, later ones are `other`, and an operation without a name is `anonymous`.
    """

    def __init__(self, most_names: int = MOST_NAMES) -> None:
        self.registry = CollectorRegistry()
        self._most_names = most_names
        self._names: set[str] = set()
        self._series: dict[tuple[str, str, Outcome], tuple[Counter, Observed, Observed | None]] = {}
        self._requests = Counter(
            "storekeep_operations",
            "Operations by name, type and outcome; what is refused before these are known has neither name nor type.",
            ("operation", "type", "outcome"),
            registry=self.registry,
        )
        self._latency = Histogram(
            "storekeep_operation_seconds",
            "Seconds from the request's arrival to its answer; for a subscription, of each event.",
            ("operation", "type"),
            bounds=_SECONDS,
            registry=self.registry,
        )
        self._statements = Histogram(
            "storekeep_operation_statements",
            "SQL statements of one operation.",
            ("operation", "type"),
            bounds=_COUNTS,
            registry=self.registry,
        )
        self._batches = Histogram(
            "storekeep_loader_batch_keys",
            "Keys that a loader was asked for at once.",
            ("loader",),
            bounds=_BATCHES,
            registry=self.registry,
        )
        self._persisted = Counter(
            "storekeep_persisted_documents",
            "Documents that were named: `hit`, `miss` of an unknown name; `registered`, or `refused` as not trusted or "
            "as not of their hash. Kind is `trusted` or `automatic`.",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self._registered = Gauge(
            "storekeep_registered_documents", "Documents that clients have registered.", registry=self.registry
        )
        self._executions = Counter(
            "storekeep_executions",
            "Operations and events by how they were executed: compiled, or why graphql-core did it.",
            ("how",),
            registry=self.registry,
        )
        self._execution_series = cache(self._executions.labels)
        self.sockets = Gauge("storekeep_sockets_open", "Websockets that are open.", registry=self.registry)
        self.subscriptions = Gauge(
            "storekeep_subscriptions_open", "Subscriptions that are open.", registry=self.registry
        )
        self._kept_answers = Gauge(
            "storekeep_answers",
            "Shared answers by what became of them: hits, misses, waits, evictions, invalidations.",
            ("event",),
            registry=self.registry,
        )
        self._kept_bytes = Gauge("storekeep_answers_bytes", "Bytes of shared answers kept.", registry=self.registry)
        self._shared_cache = Gauge(
            "storekeep_shared_cache",
            "Answers in the shared cache by what became of them: hits, misses, those that were stale or damaged, waits "
            "for another process, writes, errors.",
            ("event",),
            registry=self.registry,
        )
        self._shared_cache_up = Gauge(
            "storekeep_shared_cache_up", "1 while the shared cache answers; 0 without one.", registry=self.registry
        )
        self._outbox_lag = Gauge(
            "storekeep_outbox_lag_seconds",
            "Age of the oldest event that waits in the outbox; 0 when none does.",
            registry=self.registry,
        )

    def observe_operation(
        self, name: str | None, type_: str, outcome: Outcome, seconds: float, statements: int = 0
    ) -> None:
        """Count one operation, or one event of a subscription. `type_` is query, mutation, subscription or unknown."""
        label = self._label(name) if type_ != "unknown" else OTHER
        # To look series up by their labels takes longer than to count.
        series = self._series.get((label, type_, outcome))
        if series is None:
            series = self._series[label, type_, outcome] = (
                self._requests.labels(label, type_, outcome),
                self._latency.labels(label, type_),
                self._statements.labels(label, type_) if outcome in ("ok", "error") else None,
            )
        requests, latency, counted = series
        requests.inc()
        latency.observe(seconds)
        if counted is not None:
            counted.observe(statements)

    def observe_execution(self, how: str) -> None:
        """Count an execution. `how` is `compiled`, or in a word why it was left to graphql-core."""
        self._execution_series(how).inc()

    def observe_batch(self, loader: str, size: int) -> None:
        """Count one batch of `size` keys. `loader` is the name of a class, so its values are bounded."""
        self._batches.labels(loader).observe(size)

    def observe_persisted(self, kind: PersistedKind, outcome: PersistedOutcome) -> None:
        """Count one document that was named by a client, or should have been."""
        self._persisted.labels(kind, outcome).inc()

    def watch_registered(self, count: Callable[[], float]) -> None:
        """Ask `count` for the number of registered documents whenever the metrics are read; it must answer at once."""
        self._registered.set_function(count)

    def watch_answers(self, events: Mapping[str, Callable[[], float]], size: Callable[[], float]) -> None:
        """Ask these whenever the metrics are read: how often each event happened, and the bytes of answers kept."""
        for event, count in events.items():
            self._kept_answers.labels(event).set_function(count)
        self._kept_bytes.set_function(size)

    def watch_shared_cache(self, events: Mapping[str, Callable[[], float]], is_reachable: Callable[[], bool]) -> None:
        """Ask these whenever the metrics are read: how often each event happened, and whether the cache answers."""
        for event, count in events.items():
            self._shared_cache.labels(event).set_function(count)
        self._shared_cache_up.set_function(is_reachable)

    def watch_outbox(self, lag: Callable[[], float]) -> None:
        """Ask `lag` for the seconds whenever the metrics are read; it must answer at once and without waiting."""
        self._outbox_lag.set_function(lag)

    def _label(self, name: str | None) -> str:
        if name is None:
            return ANONYMOUS
        if name in self._names:
            return name
        if len(self._names) >= self._most_names:
            return OTHER
        self._names.add(name)
        return name


def metrics_response(metrics: Metrics) -> Response:
    """Everything, in Prometheus' text format."""
    return Response(generate_latest(metrics.registry), headers={"content-type": CONTENT_TYPE_LATEST})


def operator_routes(metrics: Metrics, ready: ReadyCheck) -> list[BaseRoute]:
    """`/health` says that the process answers; `/ready` that it should be sent requests (503 with reasons when not);
    `/metrics` is for Prometheus. None of them is to be cached.
    """

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "alive"}, headers=_UNCACHED)

    async def readiness(_: Request) -> Response:
        try:
            reasons = dict(await ready())
        except Exception:
            logger.exception("The readiness check failed")
            reasons = {"check": "The readiness check failed; the log says why."}
        if reasons:
            return JSONResponse({"status": "not ready", "reasons": reasons}, 503, headers=_UNCACHED)
        return JSONResponse({"status": "ready"}, headers=_UNCACHED)

    async def prometheus(_: Request) -> Response:
        response = metrics_response(metrics)
        response.headers.update(_UNCACHED)
        return response

    return [
        Route("/health", health, methods=["GET"]),
        Route("/ready", readiness, methods=["GET"]),
        Route("/metrics", prometheus, methods=["GET"]),
    ]


_UNCACHED = {"cache-control": "no-store"}
