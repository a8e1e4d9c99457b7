"""``GET /metrics`` in Prometheus' text format, for the administrator.

Labels are groups of addresses, methods, statuses and kinds of faults: a fixed number of each, and nothing of a record,
a person, a secret or a query. The numbers are those of this process.

It answers in two cases only; any other request is answered as one for an unknown address:

- ``HRD_CALENDAR_METRICS=1``, and the request comes from this machine, by a loopback name, and not through a proxy. A
  proxy on this machine has a loopback address too, so any header that proxies add means that it is one.
- The request has the token of ``HRD_CALENDAR_METRICS_TOKEN`` (``Authorization: Bearer …``).

Streamlit's own metrics, ``/_stcore/metrics``, are guarded alike.
"""

from __future__ import annotations

import hmac
import math
import os
from collections.abc import Iterator

from anyio import to_thread
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from calendar_model import clock
from calendar_model.mails import sending
from calendar_model.store import failures, scheduled_backups
from calendar_model.store.waits import WRITER_WAITS
from calendar_model.web import health
from calendar_model.web.hosts import LOOPBACK, Authority, is_loopback_address
from calendar_model.web.observed import ObservedRequest, Phase
from calendar_model.web.refusals import refuse

VARIABLE = "HRD_CALENDAR_METRICS"
TOKEN_VARIABLE = "HRD_CALENDAR_METRICS_TOKEN"
SHORTEST_TOKEN = 32
"""Characters of the token; ``openssl rand -hex 32`` makes one of 64."""

PATH = "/metrics"
_STREAMLITS = "/_stcore/metrics"
_NOT_FOUND = "There is nothing at this address."
_OF_PROXIES = frozenset(
    {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"}
)

REGISTRY = CollectorRegistry()
_requests = Counter(
    "hrd_calendar_requests",
    "Requests answered, by group of addresses, method and status; feed polls are the groups feed, item, subscription.",
    ["group", "method", "status"],
    registry=REGISTRY,
)
_seconds = Histogram(
    "hrd_calendar_request_seconds",
    "Seconds until a request was answered.",
    ["group"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
    registry=REGISTRY,
)
_websockets = Gauge("hrd_calendar_open_websockets", "Pages that are open in browsers.", registry=REGISTRY)


class _Workspace(Collector):
    """What the workspace, its health and its backups are like at the moment."""

    def collect(self) -> Iterator[Metric]:
        """Give the metrics."""
        yield SummaryMetricFamily(
            "hrd_calendar_writer_wait_seconds",
            "Seconds that writers waited for others.",
            count_value=WRITER_WAITS.number,
            sum_value=WRITER_WAITS.seconds,
        )
        yield CounterMetricFamily(
            "hrd_calendar_writers_given_up", "Writers that waited too long.", value=WRITER_WAITS.given_up
        )
        digests = CounterMetricFamily(
            "hrd_calendar_digests", "Digests by e-mail, by how sending ended.", labels=["ended"]
        )
        for ended, number in sorted(sending.ENDED.items()):
            digests.add_metric([ended], number)
        yield digests
        begun = failures.outages_begun()
        outages = CounterMetricFamily("hrd_calendar_outages", "Outages of the database.", labels=["failure"])
        for failure in failures.Failure:
            outages.add_metric([failure.value], begun.get(failure, 0))
        yield outages
        faults = GaugeMetricFamily("hrd_calendar_fault", "1 while readers cannot be served properly.", labels=["what"])
        local = health.OUTAGES.reasons
        faults.add_metric(["database"], failures.is_failing())
        faults.add_metric(["reference"], health.NO_REFERENCE in local)
        faults.add_metric(["disk"], health.NO_ROOM in local)
        yield faults
        if (folder := scheduled_backups.configured_folder()) is not None:
            newest = scheduled_backups.newest(folder)
            made = scheduled_backups.made_at(newest.name) if newest is not None else None
            age = (clock.machine_now() - made).total_seconds() if made is not None else math.inf
            yield GaugeMetricFamily("hrd_calendar_backup_age_seconds", "Age of the newest backup.", value=age)


REGISTRY.register(_Workspace())
ProcessCollector(registry=REGISTRY)


def are_on() -> bool:
    """Whether the environment asks for metrics at all."""
    return os.environ.get(VARIABLE) == "1" or bool(os.environ.get(TOKEN_VARIABLE))


def count_request(request: ObservedRequest) -> None:
    """Count a request."""
    if request.phase is Phase.CLOSED:
        _websockets.dec()
        return
    if request.phase is Phase.OPENED:
        _websockets.inc()
    _requests.labels(request.route.group.value, request.method, str(request.status)).inc()
    _seconds.labels(request.route.group.value).observe(request.seconds)


class GuardedMetrics:
    """Answers the addresses of metrics for those who may read them, and as an unknown address for all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_ours = scope["type"] == "http" and scope["path"] == PATH
        if not is_ours and not (scope["type"] == "http" and _STREAMLITS in scope["path"]):
            await self.app(scope, receive, send)
        elif not _may_read(scope):
            await refuse(scope, receive, send, 404, _NOT_FOUND)
        elif not is_ours:
            await self.app(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await refuse(scope, receive, send, 405, "Metrics can only be read.", Allow="GET, HEAD")
        else:
            # To look for the newest backup may take its time.
            answer = await to_thread.run_sync(_answer)
            await answer(scope, receive, send)


def _answer() -> Response:
    headers = {"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
    return PlainTextResponse(generate_latest(REGISTRY), headers=headers)


def _may_read(scope: Scope) -> bool:
    if os.environ.get(VARIABLE) == "1" and _is_from_here(scope):
        return True
    expected, given = os.environ.get(TOKEN_VARIABLE, ""), _values(scope, b"authorization")
    if not expected or len(given) != 1:
        return False
    return hmac.compare_digest(given[0], f"Bearer {expected}".encode())


def _is_from_here(scope: Scope) -> bool:
    if any(name in _OF_PROXIES for name, _ in scope["headers"]):
        return False
    hosts = [Authority.parse(value.decode("latin-1")) for value in _values(scope, b"host")]
    if not all(host is not None and host.name in LOOPBACK for host in hosts):
        return False
    return is_loopback_address((scope.get("client") or ("", 0))[0])


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for found, value in scope["headers"] if found == name]
