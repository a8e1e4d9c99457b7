"""The one calendar table as somebody may see it: the reference, and the mission's own events that are theirs to see."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

import pandas as pd

from calendar_model import calendar
from calendar_model.reference import Reference
from calendar_model.safeguards.desk import reading, tide
from calendar_model.safeguards.sight import Viewer
from calendar_model.workspace.own_events import own_items

_KEPT = 16
_lock = threading.Lock()
_tables: OrderedDict[Hashable, pd.DataFrame] = OrderedDict()


def calendar_of(viewer: Viewer) -> tuple[Reference, pd.DataFrame]:
    """The reference and the calendar table of today for ``viewer``: shared, and not to be changed.

    Worked out again when the reference, the day or the workspace has changed. Its attribute ``version`` changes only
    with what is in it. Raises :class:`~calendar_model.workspace.database.WorkspaceError` where the workspace cannot be
    opened.
    """
    reference, table = calendar.current()
    key = (table.attrs["version"], table.attrs["as_of"], table.attrs["files_changed"], viewer, tide())
    with _lock:
        if (kept := _tables.get(key)) is not None:
            _tables.move_to_end(key)
            return reference, kept
    with reading(viewer) as session:
        items = own_items(session)
    own = calendar.with_items(table, items, reference)
    with _lock:
        _tables[key] = own
        while len(_tables) > _KEPT:
            _tables.popitem(last=False)
    return reference, own
