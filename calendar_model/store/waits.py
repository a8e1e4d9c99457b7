"""How long writers of this process have waited for others: one session writes at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Waits:
    """How often a writer had its turn or gave up, and the seconds that this took. Safe between threads."""

    def __init__(self) -> None:
        self.number = 0
        self.given_up = 0
        self.seconds = 0.0
        self._lock = Lock()

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Count what happens in this block as one wait; an error means that the writer gave up."""
        began = time.monotonic()
        given_up = True
        try:
            yield
            given_up = False
        finally:
            with self._lock:
                self.number += 1
                self.given_up += given_up
                self.seconds += time.monotonic() - began


WRITER_WAITS = Waits()
"""Those of this process."""
