"""The one calendar table as somebody may see it: the reference as it stands corrected, and the mission's own events
that are theirs to see.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping

import pandas as pd

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import change_token, reading
from calendar_model.mission.corrections import changed_since, kept
from calendar_model.mission.events import own_items
from calendar_model.reference import Reference, RowCorrection

_KEPT = 32
_lock = threading.Lock()
_tables: OrderedDict[Hashable, pd.DataFrame] = OrderedDict()
"""By who looks at which state of the workspace, and by what they see: most changes change no event."""
_corrections: tuple[tuple[str, int], tuple[RowCorrection, ...]] = (("", 0), ())
"""In which state of which workspace the corrections were last looked at, and what they were."""


def corrections() -> tuple[RowCorrection, ...]:
    """The corrections of the reference that are recorded: the same for everybody, and read when there are new ones.

    Raises :class:`~calendar_model.store.database.WorkspaceError` where the workspace cannot be opened.
    """
    return _corrections_at(change_token())


def _corrections_at(now: tuple[str, int]) -> tuple[RowCorrection, ...]:
    global _corrections
    with _lock:
        (url, number), known = _corrections
    if (url, number) == now:
        return known
    with reading(ANONYMOUS) as session:
        followed = url == now[0] and number < now[1]
        if not followed or changed_since(session, number):
            known = kept(session)
    with _lock:
        _corrections = now, known
    return known


def calendar_for(viewer: Viewer) -> tuple[Reference, pd.DataFrame]:
    """The reference, as it stands corrected, and the calendar table of today for ``viewer``: shared, not to be changed.

    Worked out again when the reference, the day or the workspace has changed. Its attribute ``version`` changes only
    with what is in it. Raises :class:`~calendar_model.store.database.WorkspaceError` where the workspace cannot be
    opened.
    """
    now = change_token()
    reference, table = calendar.current(corrections=_corrections_at(now))
    base = (table.attrs["version"], table.attrs["as_of"], table.attrs["files_changed"])
    seen: Hashable = (base, viewer, now)
    if (known := _kept(seen)) is not None:
        return reference, known
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
