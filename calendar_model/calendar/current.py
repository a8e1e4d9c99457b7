"""The current calendar, for pages and feeds: built once, and again when a file, a correction or the day changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from calendar_model import clock
from calendar_model.calendar.table import Calendar
from calendar_model.reference import ROW_CLASSES, Reference, RowCorrection, data_folder, load

YEARS_AHEAD = 10
"""How many years the calendar projects: three times the longest interval of a text."""

_MAX_ENTRIES = 2
"""Calendars in the cache, each in all languages: with the recorded corrections, and without, for when they cannot be
read."""

_lock = threading.Lock()
_cache: OrderedDict[tuple[object, ...], tuple[Calendar, datetime]] = OrderedDict()


def horizon(as_of: date) -> date:
    """Return the last day to which the calendar projects on ``as_of``."""
    return date(as_of.year + YEARS_AHEAD, 12, 31)


def current(
    as_of: date | None = None, folder: Path | None = None, corrections: Sequence[RowCorrection] = ()
) -> tuple[Reference, pd.DataFrame]:
    """Return the reference and the calendar table on ``as_of`` (default: today), shared and not to be changed.

    Both are in the reader's language: rows, their order and everything but the texts are the same in all. They are
    built again when a file of ``folder`` (default: the project's data), the ``corrections`` or the day has changed.
    Beside those of :func:`build_table` the table has the attribute ``files_changed``: when a file or a correction last
    changed (UTC, whole seconds).
    """
    with _lock:
        found, files_changed = _found(as_of, folder, tuple(corrections))
        table = found.table
        table.attrs["files_changed"] = files_changed
        return found.reference, table


def current_reference() -> Reference:
    """Return today's reference as :func:`current` does without corrections. The table, which takes longer, is not built
    for it."""
    with _lock:
        return _found(None, None, ())[0].reference


def _found(
    as_of: date | None, folder: Path | None, corrections: tuple[RowCorrection, ...]
) -> tuple[Calendar, datetime]:
    """The calendar in the cache, and when a file or a correction last changed. Under the lock: who asks meanwhile waits
    for the same calendar."""
    folder, as_of, stamps = token = change_token(as_of, folder)
    key = (token, corrections)
    if key not in _cache:
        built = Calendar(load(folder, corrections), as_of, horizon(as_of))
        # A removed row has no date of its own, only that of its file or its correction.
        changes = [changed // 10**9 for changed, _ in stamps]
        changes += [int(one.at.timestamp()) for one in corrections if one.at is not None]
        _cache[key] = built, datetime.fromtimestamp(max(changes), UTC)
        while len(_cache) > _MAX_ENTRIES:
            _cache.popitem(last=False)
    _cache.move_to_end(key)
    return _cache[key]


def change_token(
    as_of: date | None = None, folder: Path | None = None
) -> tuple[Path, date, tuple[tuple[int, int], ...]]:
    """Return the folder, the day, and the last change (in ns) and size (in bytes) of each file.

    No file is read for it. While the token is the same, so is the calendar without corrections.
    """
    folder = folder or data_folder()
    return folder, as_of or clock.today(), tuple(_stamp(folder / kind.FILE) for kind in ROW_CLASSES)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
