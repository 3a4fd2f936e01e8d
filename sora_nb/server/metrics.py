"""Count what a server does, for Prometheus, which reads it at `/metrics`.

`sora_nb_orders` and `sora_nb_database_up` are read from the database at each scrape. Several servers on one database say
the same orders: take one of them, `max by (kind, state) (sora_nb_orders)`, never their sum.

All others count in this process since it began, over all its threads: sum them over the servers. These are
`sora_nb_queue_seconds`, `sora_nb_engine_seconds`, `sora_nb_request_seconds`, `sora_nb_received_bytes_total`,
`sora_nb_sent_bytes_total`, and the memory, files and processor of the process.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from sora_nb.errors import SoraError
from sora_nb.models import Status
from sora_nb.server.checks import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client import CollectorRegistry, Counter, Histogram
    from prometheus_client.metrics_core import GaugeMetricFamily, Metric

    Counts = Callable[[], dict[str, dict[str, int]]]

routes = APIRouter()
KINDS = ("character", "video")
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
"""Upper ends of the buckets of work, in seconds: from an animatic to a film on a busy evening."""
ANSWER_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600)
"""Upper ends of the buckets of answers, in seconds; a character is answered once it is made."""


@dataclass(frozen=True)
class _Meters:
    """What prometheus_client counts with.

    Attributes:
        client: the package.
        registry: what it reads at each scrape.
        others: as the names of the metrics say.
    """

    client: Any
    registry: CollectorRegistry
    queue: Histogram
    engine: Histogram
    requests: Histogram
    received: Counter
    sent: Counter


class Metrics:
    """What one server counts; without prometheus_client it counts nothing, and says so where it is asked.

    Args:
        counts: returns how many tasks there are of each kind in each status, from the database.
    """

    def __init__(self, counts: Counts) -> None:
        self._meters = _meters(counts)

    def waited(self, kind: str, seconds: float) -> None:
        """Count an order that a worker took up, and how long it had waited."""
        if self._meters is not None:
            self._meters.queue.labels(kind).observe(seconds)

    @contextmanager
    def engine(self, kind: str) -> Iterator[None]:
        """Count the seconds that an engine works on an order, however that ends."""
        start = time.monotonic()
        try:
            yield
        finally:
            if self._meters is not None:
                self._meters.engine.labels(kind).observe(time.monotonic() - start)

    def answered(self, method: str, route: str, status: int, *, seconds: float, received: int, sent: int) -> None:
        """Count a request.

        Args:
            method: of HTTP.
            route: the pattern of its path, of which there are a few; "" where there is none.
            status: of its answer.
            seconds: from its first byte to the last of its answer.
            received, sent: bytes of both bodies.
        """
        if self._meters is not None:
            known = method if method in METHODS else "other"  # a client may write anything there
            self._meters.requests.labels(known, route, str(status)).observe(seconds)
            self._meters.received.inc(received)
            self._meters.sent.inc(sent)

    def page(self, accept: str) -> tuple[bytes, str]:
        """Return all counts as text, and its media type.

        Args:
            accept: the media types that are asked for, as the header Accept has them.

        Raises:
            Refused: with 501, prometheus_client is not installed.
        """
        if self._meters is None:
            message = 'Metrics need prometheus-client, which is not installed. Run: pip install "sora_nb[team]"'
            raise Refused(501, message, code="metrics_not_installed")
        encode, kind = self._meters.client.exposition.choose_encoder(accept)
        return encode(self._meters.registry), kind


@routes.get("/metrics", include_in_schema=False)
def read_metrics(request: Request) -> Response:
    """Answer Prometheus; with the server's own key, where it has one, since the counts are everybody's."""
    if getattr(request.state, "person", ""):
        raise Refused(403, "Metrics are of all persons: they are read with the server's own key.", code="forbidden")
    metrics: Metrics = request.app.state.metrics
    content, kind = metrics.page(request.headers.get("accept", ""))
    return Response(content, headers={"content-type": kind})


class _Orders:
    """The counts that are read from the database when they are asked for."""

    def __init__(self, counts: Counts, gauge: type[GaugeMetricFamily]) -> None:
        self._counts = counts
        self._gauge = gauge

    def describe(self) -> list[Metric]:
        """Name no metric before it is asked for: the database may be away when a server starts."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Count the orders; every state is there, also where nothing is in it."""
        try:
            counts = self._counts()
        except SoraError:
            yield self._gauge("sora_nb_database_up", _UP, 0)
            return
        yield self._gauge("sora_nb_database_up", _UP, 1)
        orders = self._gauge("sora_nb_orders", _ORDERS, labels=("kind", "state"))
        for kind in KINDS:
            for state in Status:
                orders.add_metric((kind, state.value), counts.get(kind, {}).get(state.value, 0))
        yield orders


_UP = "Whether the database answers."
_ORDERS = "Orders of each kind in each state, of all servers on this database; deleted ones are left out."


def _meters(counts: Counts) -> _Meters | None:
    try:
        client = import_module("prometheus_client")  # of the extra [team]
    except ModuleNotFoundError:
        return None
    registry = client.CollectorRegistry()
    registry.register(_Orders(counts, client.metrics_core.GaugeMetricFamily))
    client.ProcessCollector(registry=registry)
    own: dict[str, Any] = {"registry": registry}
    return _Meters(
        client,
        registry,
        queue=client.Histogram(
            "sora_nb_queue_seconds", "How long orders waited for a worker.", ("kind",), buckets=SECONDS, **own
        ),
        engine=client.Histogram(
            "sora_nb_engine_seconds", "How long engines worked on orders.", ("kind",), buckets=SECONDS, **own
        ),
        requests=client.Histogram(
            "sora_nb_request_seconds",
            "How long requests took to be answered.",
            ("method", "route", "status"),
            buckets=ANSWER_SECONDS,
            **own,
        ),
        received=client.Counter("sora_nb_received_bytes", "Bytes of requests' bodies.", **own),
        sent=client.Counter("sora_nb_sent_bytes", "Bytes of answers' bodies.", **own),
    )
