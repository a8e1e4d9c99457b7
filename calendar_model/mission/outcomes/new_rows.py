"""The cells of a row that the reference does not have yet, from the projected item."""

from __future__ import annotations

import re
from typing import Any

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.cycles import month_window
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import Reference
from calendar_model.reference.rows import Meeting, MilestoneDate, Resolution, Review, Session
from calendar_model.translation import SOURCE, in_language
from calendar_model.vocabulary import Precision, Standing


def new_cells(viewer: Viewer, file: str, key: str, item: str) -> dict[str, str]:
    """Return the cells of the new row ``key`` of ``file``, as far as they follow from the projected ``item``.

    They are English, as the reference is recorded. Without exact days the new row has a window of whole months around
    them. The result has a text for each column that is filled; it is empty for other files.
    """
    with in_language(SOURCE):
        reference, table = calendar_for(viewer)
    row = table[table["item"] == item].iloc[0]
    if file == Session.FILE:
        return _session(key, row, reference)
    if file == Meeting.FILE:
        return _meeting(key, row, reference)
    if file == Review.FILE:
        return _filled(session=row["session"], country=row["countries"], cycle=key.split("-")[1])
    if file == Resolution.FILE:
        track = reference.tracks[row["track"]]
        return _filled(
            track=track.code, body=row["body"], session=row["session"], title=track.title, penholder=track.penholder
        )
    if file == MilestoneDate.FILE:
        return {"date": row["start"].date().isoformat()}
    return {}


def _session(code: str, row: Any, reference: Reference) -> dict[str, str]:
    number = _last_number(code)
    return _filled(
        body=row["body"],
        number=number,
        cycle=cycle_of_session(row["body"], int(number or 0), reference),
        title=row["title"],
        location=row["location"],
        known_from=clock.today().isoformat(),
        **_days(row),
    )


def _meeting(code: str, row: Any, reference: Reference) -> dict[str, str]:
    """Return the cells of an edition. Its key is its item: meeting, year and, of several a year, the slot."""
    recurring = reference.recurring_meetings
    meeting = max((one for one in recurring if code.startswith(f"{one}-")), key=len, default="")
    several = bool(meeting) and len(recurring[meeting].slots) > 1
    slot = _last_number(code) if several else "1"
    return _filled(meeting=meeting, slot=slot, title=row["title"], location=row["location"], **_days(row))


def _days(row: Any) -> dict[str, str]:
    start, end = row["start"].date(), row["end"].date()
    exact = row["date_precision"] == Precision.DAY
    if not exact:
        start, end = start.replace(day=1), month_window(end.year, end.month, end.month)[1]
    precision = Precision.DAY if exact else Precision.MONTH
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "date_precision": precision.value,
        "standing": Standing.PROVISIONAL.value,
    }


def _last_number(code: str) -> str:
    numbers = re.findall(r"\d+", code)
    return numbers[-1] if numbers else ""


def _filled(**cells: str) -> dict[str, str]:
    return {name: text for name, text in cells.items() if text}


def cycle_of_session(body: str, number: int, reference: Reference) -> str:
    """Return the cycle of a future session, as text; empty if its body counts none.

    Each cycle is taken to have as many sessions as the last complete one.
    """
    before = reference.sessions_of.get(body, ())
    last = before[-1] if before else None
    if last is None or last.cycle is None:
        return ""
    length = sum(one.cycle == last.cycle - 1 for one in before)
    first = min(one.number for one in before if one.cycle == last.cycle)
    return str(last.cycle + (number - first) // length) if length else ""
