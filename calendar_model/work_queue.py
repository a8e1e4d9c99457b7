"""A bounded queue for heavy work: so many at once, so many waiting, and a refusal for those after them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


class BusyError(Exception):
    """The queue is full, or the wait was too long; ``str()`` is a sentence that says to try again."""


class WorkQueue:
    """Lets ``at_once`` threads work while ``waiting`` others wait for at most ``seconds``. Safe between threads."""

    def __init__(self, *, at_once: int, waiting: int, seconds: float) -> None:
        self._working = BoundedSemaphore(at_once)
        self._admitted = BoundedSemaphore(at_once + waiting)
        self._seconds = seconds

    @contextmanager
    def slot(self, busy: str) -> Iterator[None]:
        """Hold a place for the work inside the block. Raises :class:`BusyError` with the sentence ``busy``."""
        if not self._admitted.acquire(blocking=False):
            raise BusyError(busy)
        try:
            if not self._working.acquire(timeout=self._seconds):
                raise BusyError(busy)
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._admitted.release()
