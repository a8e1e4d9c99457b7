"""How often an address may be asked: no program that has gone astray, and nobody who guesses, is felt by others.

Each limit is a bucket that is full at first and fills again at a steady pace (the generic cell rate algorithm). A
calendar program asks every few minutes at most, and a reader who presses "refresh" some times in a row; neither meets
one. Buckets are kept in memory, for so many addresses and hosts as are told below: the one unused for longest is
forgotten first, which means that it is full again.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from threading import Lock

from starlette.requests import Request
from throttled import RateLimiterType, Throttled
from throttled.rate_limiter import Quota, Rate
from throttled.store import MemoryStore


class Limit:
    """A bucket for each key: it holds so many requests (``burst``), and every ``seconds`` so many ``more`` go in."""

    def __init__(self, *, burst: int, more: int, seconds: int, keys: int) -> None:
        self._longest = math.ceil(seconds / more)
        rate = Rate(timedelta(seconds=seconds), more)
        self._buckets = Throttled(
            using=RateLimiterType.GCRA.value,
            quota=Quota(rate, burst),
            store=MemoryStore(options={"MAX_SIZE": keys}),
        )

    def take(self, key: str) -> int:
        """Takes a request out of the bucket: 0. From an empty one nothing: the seconds until the next goes in."""
        result = self._buckets.limit(key)
        return max(1, math.ceil(result.state.retry_after)) if result.limited else 0

    def wait(self, key: str) -> int:
        """As :meth:`take`, without taking; of an empty one the longest that it may be."""
        return 0 if self._buckets.peek(key).remaining else self._longest


class Limits:
    """The limits of one server."""

    def __init__(self) -> None:
        self.address = Limit(burst=60, more=1, seconds=10, keys=20_000)
        """Of one secret address. It is known here by its digest alone."""
        self.host = Limit(burst=3000, more=5, seconds=1, keys=20_000)
        """Of the open addresses for one host, behind which there may be a whole ministry."""
        self.guesses = Limit(burst=100, more=1, seconds=30, keys=20_000)
        """Of secrets that open nothing, for one host: what is left of it goes to nobody who knows one."""


class Known:
    """The names met last, so many of them. Safe between threads."""

    def __init__(self, names: int) -> None:
        self._names = names
        self._met: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def note(self, name: str) -> None:
        """Keeps a name, and forgets the one that was not met for longest where there are too many."""
        with self._lock:
            self._met[name] = None
            self._met.move_to_end(name)
            if len(self._met) > self._names:
                self._met.popitem(last=False)

    def has(self, name: str) -> bool:
        """Whether it was met."""
        with self._lock:
            if name in self._met:
                self._met.move_to_end(name)
            return name in self._met

    def forget(self, name: str) -> None:
        """It opens nothing any more."""
        with self._lock:
            self._met.pop(name, None)


def host_of(request: Request) -> str:
    """Who asks: an address, of version 6 the network of 64 bits, of which one machine has all.

    Behind a proxy it is whom the proxy names, where that runs on the same machine or FORWARDED_ALLOW_IPS lists it
    (https://www.uvicorn.org/settings/#http); behind any other all are one, and share the limits of one house.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host or "nowhere"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)
