"""The bytes last sent under each address: the one cache of the feeds.

An entry holds the bytes with two marks. The *change token* stands for everything that feeds are made from: the day,
the state of the reference's files, and the commits of the workspace. While it is the same, a poll is answered from the
entry, and nothing is read. The *version* stands for what is in this one feed. Where the token has changed and the
version has not, as after most changes of the workspace, the bytes stay and only the token is renewed.

Asking for the token costs fourteen ``stat`` calls and one look at SQLite's shared memory, together some dozen
microseconds; where the workspace is on a database server it is one query. It is asked for at every poll, so that
a change of a file or a record is visible at once.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from threading import Lock

from calendar_model import clock
from calendar_model.access.unit_of_work import change_token as workspace_token
from calendar_model.calendar.current import change_token as reference_token
from calendar_model.store.database import WorkspaceError, opened_workspace

_SECOND = timedelta(seconds=1)


def change_token_at_once() -> Hashable | None:
    """The change token, or None if it is not available without waiting. Raises ValueError for a bad day."""
    workspace = opened_workspace()
    commits = workspace.commits() if workspace is not None else None
    return None if commits is None else (reference_token(), commits)


def change_token() -> Hashable | None:
    """The change token, for threads that may wait; None where the workspace cannot be read."""
    token = change_token_at_once()
    if token is not None:
        return token
    try:
        return reference_token(), workspace_token()
    except WorkspaceError:
        return None


@dataclass(frozen=True)
class Body:
    """A calendar in UTF-8."""

    plain: bytes

    @cached_property
    def gzipped(self) -> bytes:
        """The same in gzip's coding; the same bytes for the same calendar."""
        return gzip.compress(self.plain, compresslevel=6, mtime=0)


@dataclass(frozen=True)
class CachedFeed:
    """The response last sent under an address: all that a 304 needs.

    ``modified`` is the second (UTC) since which the address has these bytes, as far as this process knows. It is later
    than that of any other bytes of the same address. Of two changes in one second the later one is dated ahead, and its
    date must not be sent before it has come (RFC 9110, 8.8.2.1). ``size`` is in bytes, ``tag`` the same for the same
    bytes.
    """

    token: Hashable | None
    version: Hashable
    tag: str
    size: int
    modified: datetime
    disposition: str


class FeedCache:
    """Entries of the addresses that were asked for last, and their bytes while there is room. Safe between threads."""

    def __init__(self, *, max_bytes: int, max_addresses: int) -> None:
        self._max_bytes, self._max_addresses = max_bytes, max_addresses
        self._entries: OrderedDict[Hashable, CachedFeed] = OrderedDict()
        self._bodies: OrderedDict[Hashable, Body] = OrderedDict()
        self._newest_evicted = datetime.min.replace(tzinfo=UTC)
        self._lock = Lock()

    def get(self, address: Hashable, token: Hashable | None) -> tuple[CachedFeed | None, Body | None]:
        """The entry if it is current at this change token, and its bytes unless they were evicted."""
        with self._lock:
            entry = self._entries.get(address)
            if entry is None or token is None or entry.token != token:
                return None, None
            return entry, self._use(address)

    def renew(
        self, address: Hashable, token: Hashable | None, version: Hashable
    ) -> tuple[CachedFeed | None, Body | None]:
        """The entry of this version, current at ``token`` from now on, and its bytes unless they were evicted."""
        with self._lock:
            entry = self._entries.get(address)
            if entry is None or entry.version != version:
                return None, None
            entry = self._entries[address] = replace(entry, token=token)
            return entry, self._use(address)

    def put(
        self, address: Hashable, token: Hashable | None, version: Hashable, body: bytes, disposition: str
    ) -> tuple[CachedFeed, Body]:
        """Keep the bytes, which were made after ``token`` was asked for, and date them.

        A date of the records would not do. Of two changes on one day a client that knows only the first would be told
        that nothing is new, and after a restart nobody could say which of the two it has seen.
        """
        tag = hashlib.sha256(body).hexdigest()[:32]
        with self._lock:
            previous = self._entries.get(address)
            modified = previous.modified if previous is not None else self._newest_evicted
            if previous is None or previous.tag != tag:
                modified = max(clock.machine_now().replace(microsecond=0), modified + _SECOND)
            self._entries[address] = entry = CachedFeed(token, version, tag, len(body), modified, disposition)
            self._bodies[address] = kept = Body(body)
            self._use(address)
            self._evict()
        return entry, kept

    def _use(self, address: Hashable) -> Body | None:
        """The bytes of an address, which from now on is the one used last."""
        self._entries.move_to_end(address)
        if address in self._bodies:
            self._bodies.move_to_end(address)
        return self._bodies.get(address)

    def _evict(self) -> None:
        size = sum(len(body.plain) for body in self._bodies.values())
        while size > self._max_bytes and len(self._bodies) > 1:
            size -= len(self._bodies.popitem(last=False)[1].plain)
        while len(self._entries) > self._max_addresses:
            address, evicted = self._entries.popitem(last=False)
            self._bodies.pop(address, None)
            self._newest_evicted = max(self._newest_evicted, evicted.modified)
