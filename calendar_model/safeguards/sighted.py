"""The one calendar table as somebody may see it: the reference, and the mission's own events that are theirs to see."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping

import pandas as pd

from calendar_model import calendar
from calendar_model.reference import Reference
from calendar_model.safeguards.desk import reading, tide
from calendar_model.safeguards.sight import Viewer
from calendar_model.workspace.own_events import own_items

_KEPT = 32
_lock = threading.Lock()
_tables: OrderedDict[Hashable, pd.DataFrame] = OrderedDict()
"""By who looks at which state of the workspace, and by what they see: most changes change no event."""


def calendar_of(viewer: Viewer) -> tuple[Reference, pd.DataFrame]:
    """The reference and the calendar table of today for ``viewer``: shared, and not to be changed.

    Worked out again when the reference, the day or the workspace has changed. Its attribute ``version`` changes only
    with what is in it. Raises :class:`~calendar_model.workspace.database.WorkspaceError` where the workspace cannot be
    opened.
    """
    reference, table = calendar.current()
    base = (table.attrs["version"], table.attrs["as_of"], table.attrs["files_changed"])
    seen: Hashable = (base, viewer, tide())
    if (kept := _kept(seen)) is not None:
        return reference, kept
    with reading(viewer) as session:
        items = tuple(own_items(session))
    own = _kept((base, items))
    if own is None:
        own = calendar.with_items(table, items, reference)
    _keep({seen: own, (base, items): own})
    return reference, own


def _kept(key: Hashable) -> pd.DataFrame | None:
    with _lock:
        if key in _tables:
            _tables.move_to_end(key)
        return _tables.get(key)


def _keep(tables: Mapping[Hashable, pd.DataFrame]) -> None:
    with _lock:
        _tables.update(tables)
        while len(_tables) > _KEPT:
            _tables.popitem(last=False)
