"""How long a piece of work takes; the only place that reads the machine's counter."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Took:
    """The time of a piece of work, once it is done."""

    seconds: float = 0.0

    @property
    def milliseconds(self) -> float:
        return 1000 * self.seconds


@contextmanager
def timed() -> Iterator[Took]:
    """Gives an object that holds the time of the ``with`` block after its end."""
    took = Took()
    began = time.perf_counter()
    yield took
    took.seconds = time.perf_counter() - began
