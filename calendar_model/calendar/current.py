"""The calendar as it stands now, for pages and feeds: read once, again when a file or the day changes."""

from __future__ import annotations

import os
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from calendar_model.calendar.table import build_table
from calendar_model.reference import KINDS, Reference, data_folder, load

TODAY_VARIABLE = "HRD_CALENDAR_TODAY"
"""Environment variable that fixes the day, so that a screenshot or a test can be repeated."""

YEARS_AHEAD = 10
"""How far the calendar projects: the length of three turns of the slowest text."""

_lock = threading.Lock()
_kept: tuple[tuple[object, ...], tuple[Reference, pd.DataFrame]] | None = None


def today() -> date:
    """The day in UTC, or the one that ``HRD_CALENDAR_TODAY`` fixes (ISO; raises ValueError for anything else)."""
    fixed = os.environ.get(TODAY_VARIABLE)
    return date.fromisoformat(fixed) if fixed else datetime.now(UTC).date()


def horizon(as_of: date) -> date:
    """The last day to which the calendar projects on ``as_of``."""
    return date(as_of.year + YEARS_AHEAD, 12, 31)


def current(as_of: date | None = None, folder: Path | None = None) -> tuple[Reference, pd.DataFrame]:
    """The reference and the calendar table on ``as_of`` (default: :func:`today`), shared and not to be changed.

    Built again when a file of ``folder`` (default: the project's data) has changed, or the day. The table's ``attrs``
    hold, beside those of :func:`build_table`, ``files_changed``: when a file last changed (UTC, whole seconds).
    """
    global _kept
    folder, as_of = folder or data_folder(), as_of or today()
    stamps = tuple(_stamp(folder / kind.FILE) for kind in KINDS)
    key = (folder, as_of, stamps)
    with _lock:
        if _kept is None or _kept[0] != key:
            reference = load(folder)
            table = build_table(reference, as_of, horizon(as_of))
            # A row that was taken out leaves no date of its own behind, only that of its file.
            table.attrs["files_changed"] = datetime.fromtimestamp(max(changed for changed, _ in stamps) // 10**9, UTC)
            _kept = key, (reference, table)
        return _kept[1]


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
