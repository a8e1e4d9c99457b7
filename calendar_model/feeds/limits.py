"""Rate limits of addresses, so that neither a faulty program nor a guesser slows others down.

Each limit is a bucket that is full at first and fills again at a steady pace (the generic cell rate algorithm). A
calendar program asks every few minutes at most, and a reader who presses "refresh" some times in a row; neither meets
a limit. Buckets are kept in memory for a bounded number of keys. The one unused for longest is evicted first, which
means that it is full again.

Each dashboard bounds its own work. What protects secrets is counted for all of them together, on the server that they
share (:mod:`calendar_model.store.guesses`).
"""

from __future__ import annotations

import math
from collections import OrderedDict
from contextlib import suppress
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from threading import Lock

from starlette.requests import Request
from throttled import RateLimiterType, Throttled
from throttled.rate_limiter import Quota, Rate
from throttled.store import MemoryStore

from calendar_model.store import guesses
from calendar_model.store.database import WorkspaceError, current_workspace


class RateLimit:
    """A bucket for each key: it holds ``burst`` requests, and every ``seconds`` so many ``more`` go in."""

    def __init__(self, *, burst: int, more: int, seconds: int, keys: int) -> None:
        self.burst, self.refill = burst, timedelta(seconds=seconds / more)
        self._longest = math.ceil(seconds / more)
        rate = Rate(timedelta(seconds=seconds), more)
        self._buckets = Throttled(
            using=RateLimiterType.GCRA.value,
            quota=Quota(rate, burst),
            store=MemoryStore(options={"MAX_SIZE": keys}),
        )

    def consume(self, key: str) -> int:
        """Take a request out of the bucket and return 0; from an empty one, the seconds until the next goes in."""
        result = self._buckets.limit(key)
        return max(1, math.ceil(result.state.retry_after)) if result.limited else 0

    def seconds_to_wait(self, key: str) -> int:
        """As :meth:`consume`, without taking anything; for an empty bucket the longest that the wait may be."""
        return 0 if self._buckets.peek(key).remaining else self._longest

    def drain(self, key: str) -> None:
        """Leave nothing in the bucket."""
        if remaining := self._buckets.peek(key).remaining:
            self._buckets.limit(key, cost=remaining)


class RateLimits:
    """The limits of one server."""

    def __init__(self) -> None:
        self.address = RateLimit(burst=60, more=1, seconds=10, keys=20_000)
        """Of one secret address, which is known here by its digest alone."""
        self.host = RateLimit(burst=3000, more=5, seconds=1, keys=20_000)
        """Of the open addresses for one host, behind which there may be a whole ministry."""
        self.guesses = RateLimit(burst=100, more=1, seconds=30, keys=20_000)
        """Of secrets that open nothing, for one host. Who knows a secret is not counted here."""

    def count_guess(self, host: str) -> None:
        """Count a secret that has opened nothing, here and for all dashboards that share a server."""
        self.guesses.consume(host)
        # Where it cannot be counted for all, it is counted here.
        with suppress(WorkspaceError):
            workspace = current_workspace()
            if guesses.count_guess(workspace, host, burst=self.guesses.burst, refill=self.guesses.refill):
                self.guesses.drain(host)


class RecentKeys:
    """A bounded set of the keys used last. Safe between threads."""

    def __init__(self, max_keys: int) -> None:
        self._max_keys = max_keys
        self._keys: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def add(self, key: str) -> None:
        """Keep a key, and evict the one unused for longest where there are too many."""
        with self._lock:
            self._keys[key] = None
            self._keys.move_to_end(key)
            if len(self._keys) > self._max_keys:
                self._keys.popitem(last=False)

    def __contains__(self, key: str) -> bool:
        with self._lock:
            if key in self._keys:
                self._keys.move_to_end(key)
            return key in self._keys

    def discard(self, key: str) -> None:
        """Drop a key, if it is there."""
        with self._lock:
            self._keys.pop(key, None)


def client_host(request: Request) -> str:
    """The host that a request counts against: an address, of version 6 the network of 64 bits that one machine has.

    Behind a proxy it is whom the proxy names, where that runs on the same machine or FORWARDED_ALLOW_IPS lists it
    (https://www.uvicorn.org/settings/#http). Behind any other proxy all count as one host.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host or "nowhere"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)
