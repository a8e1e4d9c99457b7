"""Which sessions may upload a file: those whose page offers it. A body from any other session is not read."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

_SESSIONS = 10_000


class Offers:
    """The page on which each session is, and whether it offers an upload there. Bounded, and safe between threads."""

    def __init__(self, sessions: int = _SESSIONS) -> None:
        self._sessions = sessions
        self._pages: OrderedDict[str, tuple[str, bool]] = OrderedDict()
        self._lock = Lock()

    def enter(self, session: str, page: str) -> None:
        """Note the page that a session has opened. What another page offered ends; the same page, drawn anew, goes on
        offering what it did, so that a file that is on its way arrives."""
        with self._lock:
            previous, offers = self._pages.get(session, ("", False))
            self._pages[session] = page, offers and previous == page
            self._pages.move_to_end(session)
            while len(self._pages) > self._sessions:
                self._pages.popitem(last=False)

    def offer(self, session: str) -> None:
        """Let the session upload from the page that it is on."""
        with self._lock:
            page, _ = self._pages.get(session, ("", False))
            self._pages[session] = page, True

    def has(self, session: str) -> bool:
        """Whether a file may come from the session."""
        with self._lock:
            return self._pages.get(session, ("", False))[1]


OFFERS = Offers()
"""Those of this process."""
