"""What was sent under each address, and since when: feeds are kept while there is room, their dates longer."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from threading import Lock

from calendar_model import clock

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Content:
    """The bytes of a calendar, and what is worked out from them once."""

    body: bytes
    tag: str
    """What the bytes are known by: the same bytes, the same tag."""

    @cached_property
    def gzipped(self) -> bytes:
        """The body in gzip's coding, the same bytes for the same body."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)


@dataclass(frozen=True)
class Feed:
    """A feed as it is sent: its bytes, and since when (UTC, whole seconds) its address has had them.

    ``modified`` is later than that of anything else that the address was known to have. Of two changes in one second
    the later one is dated ahead, and its date must not be told before it has come (RFC 9110, 8.8.2.1).
    """

    content: Content
    modified: datetime

    @property
    def body(self) -> bytes:
        """The calendar in UTF-8."""
        return self.content.body


class Shelf:
    """The contents built lately, and what each address answered last. Bounded, and safe between threads."""

    def __init__(self, octets: int, addresses: int) -> None:
        self._octets, self._addresses = octets, addresses
        self._contents: OrderedDict[Hashable, Content] = OrderedDict()
        self._answered: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._forgotten = datetime.min.replace(tzinfo=UTC)
        self._lock = Lock()

    def get(self, key: Hashable, address: str) -> Feed | None:
        """The feed of the content that was put under the key, while there is room for it."""
        with self._lock:
            content = self._contents.get(key)
            if content is None:
                return None
            self._contents.move_to_end(key)
            return self._dated(address, content)

    def put(self, key: Hashable, address: str, body: bytes) -> Feed:
        """Keeps the content, and dates it."""
        content = Content(body, hashlib.sha256(body).hexdigest()[:32])
        with self._lock:
            self._contents[key] = content
            self._contents.move_to_end(key)
            octets = sum(len(kept.body) for kept in self._contents.values())
            while octets > self._octets and len(self._contents) > 1:
                octets -= len(self._contents.popitem(last=False)[1].body)
            return self._dated(address, content)

    def _dated(self, address: str, content: Content) -> Feed:
        """The content with the second since which the address has it: the one in which it was first seen.

        A date of the records would not do. Of two changes on one day a client that knows only the first would be told
        that nothing is new, and after a restart nobody could say which of the two it has seen.
        """
        tag, modified = self._answered.get(address, ("", self._forgotten))
        if tag != content.tag:
            modified = max(clock.machine_now().replace(microsecond=0), modified + _SECOND)
        self._answered[address] = content.tag, modified
        self._answered.move_to_end(address)
        while len(self._answered) > self._addresses:
            _, (_, forgotten) = self._answered.popitem(last=False)
            self._forgotten = max(self._forgotten, forgotten)
        return Feed(content, modified)
