"""Loaded by every Python of ``make test-on`` before anything else, by its name on PYTHONPATH.

Debian's faketime 0.9.10 counts the seconds of Python's ``time.sleep`` by the faked clock even where the monotonic clock is
left alone, and sleep then fails. ``select`` is not concerned.
"""

from __future__ import annotations

import select
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex, /) -> None:
    select.select([], [], [], float(seconds))


time.sleep = _sleep
