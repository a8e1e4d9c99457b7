"""Heavy work in turns: so much at once, so many who wait, and a sentence for those after them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


class BusyError(Exception):
    """There is no turn; ``str()`` is a sentence that says to try again."""


class Turns:
    """``at_once`` work, ``waiting`` others wait for at most ``seconds``. Safe between threads."""

    def __init__(self, *, at_once: int, waiting: int, seconds: float) -> None:
        self._inside = BoundedSemaphore(at_once)
        self._there = BoundedSemaphore(at_once + waiting)
        self._seconds = seconds

    @contextmanager
    def take(self, busy: str) -> Iterator[None]:
        """Work within this block. Raises :class:`BusyError` with the sentence ``busy`` where there is no turn."""
        if not self._there.acquire(blocking=False):
            raise BusyError(busy)
        try:
            if not self._inside.acquire(timeout=self._seconds):
                raise BusyError(busy)
            try:
                yield
            finally:
                self._inside.release()
        finally:
            self._there.release()
