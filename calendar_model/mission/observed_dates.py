"""The dates of the public calendar, noted when they are seen to differ, so that a change names what they were before.

Facts and forecasts alike: a correction, an imported fact, a new release of the reference and a forecast that yields to
a fact all show in the calendar table, and there they are noticed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

import pandas as pd

from calendar_model import calendar, clock
from calendar_model.calendar import Origins
from calendar_model.mission.visible_calendar import corrections
from calendar_model.reference import Reference
from calendar_model.store import observed_dates
from calendar_model.store.database import Workspace, current_workspace
from calendar_model.store.observed_dates import ObservedDate
from calendar_model.translation import SOURCE, in_language
from calendar_model.vocabulary import Kind

LOOKS_BACK = timedelta(days=366)
"""How long after its end a date is still looked at."""

_NOT_LOOKED_AT = (Kind.MANDATE_HOLDER, Kind.OBSERVANCE)
"""Kinds of item whose dates say nothing when they change: a term that is open lasts until today."""

_lock = threading.Lock()
_seen: dict[str, str] = {}
"""The version of the calendar that this process has seen last, by workspace."""


def observe(workspace: Workspace | None = None, at: datetime | None = None) -> None:
    """Note the dates of today's calendar that differ from what was noted last; nothing if this version was seen.

    They are noted as seen ``at`` an instant (aware, default: now). Raises
    :class:`~calendar_model.store.database.WorkspaceError`.
    """
    workspace = workspace or current_workspace()
    with in_language(SOURCE):
        reference, table = calendar.current(corrections=corrections())
    version = str(table.attrs["version"])
    with _lock:
        if _seen.get(workspace.url) == version:
            return
    if observed_dates.note(workspace, _dates_of(reference, table), at or clock.now()):
        with _lock:
            _seen[workspace.url] = version


def _dates_of(reference: Reference, table: pd.DataFrame) -> Iterator[ObservedDate]:
    """The dates of the items that are not long over."""
    since = pd.Timestamp(table.attrs["as_of"] - LOOKS_BACK)
    looked_at = (table["end"] >= since) & ~table["kind"].isin(_NOT_LOOKED_AT)
    origins, rows = Origins(reference), table[looked_at.to_numpy()]
    by_item: dict[str, Any] = {str(row.item): row for row in rows.itertuples()}
    for row in by_item.values():
        yield ObservedDate(
            item=row.item,
            start=row.start.date(),
            end=row.end.date(),
            date_precision=str(row.date_precision),
            standing=str(row.standing),
            starts_at=_instant(row.starts_at),
            timezone=row.timezone,
            source_url=row.source_url,
            correction_id=_correction_of(row, origins, reference)
            or _correction_of(by_item.get(row.related_to), origins, reference),
        )


def _instant(at: Any) -> datetime | None:
    return None if pd.isna(at) else cast(datetime, at.to_pydatetime())


def _correction_of(row: Any, origins: Origins, reference: Reference) -> str:
    """The recorded correction from which the dates of an item come; empty if there is none."""
    if row is None or not reference.corrected:
        return ""
    key = origins.of(row.item, row.kind, session=row.session, countries=row.countries, related_to=row.related_to)
    corrected = reference.corrected.get(key) if key is not None else None
    if corrected is None or (corrected.file and not corrected.columns):
        return ""
    return next((corrected.last[name] for name in _DATES if name in corrected.last), "")


_DATES = ("start", "date", "adopted", "session", "time", "standing", "end", "date_precision")
"""Columns of the reference from which the dates of an item follow, those that say most about them first."""
