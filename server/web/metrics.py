"""What the server counts about itself, for Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Meter:
    """Requests by dialect, route and status, and how long they took. One for each app, so that tests can make many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("dialect", "route")
        self._requests = Counter("requests", "Requests answered.", (*labels, "status"), registry=self.registry)
        self._streams = Gauge("streams_open", "Streams that are being told events.", labels, registry=self.registry)
        self._seconds = Histogram(
            "request_seconds", "Seconds to an answer.", labels, buckets=BUCKETS, registry=self.registry
        )

    def of(self, dialect: str, route: str) -> Callable[[int, float], None]:
        """What a route calls with status and seconds of each answer."""
        seconds = self._seconds.labels(dialect, route)
        requests: dict[int, Counter] = {}

        def observe(status: int, spent: float) -> None:
            counter = requests.get(status)
            if counter is None:
                counter = requests[status] = self._requests.labels(dialect, route, str(status))
            counter.inc()
            seconds.observe(spent)

        return observe

    def streams(self, dialect: str, route: str) -> Gauge:
        """How many clients of a stream there are now."""
        return self._streams.labels(dialect, route)

    def text(self) -> bytes:
        """Everything counted, in Prometheus's text form."""
        return generate_latest(self.registry)
