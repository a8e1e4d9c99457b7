"""Zooms of the timeline: the length of the period, its steps, and the detail that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from dateutil.relativedelta import relativedelta

from calendar_model.vocabulary import Kind


class Zoom(StrEnum):
    """The length of a stretch, by its name in the page's URL."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FIVE_YEARS = "5 years"
    FIFTEEN_YEARS = "15 years"


class Band(IntEnum):
    """The bands of a lane, whose items share rows, from top to bottom."""

    CYCLE = 0
    TERM = 1
    SESSION = 2
    TEXT = 3
    REVIEW = 4
    MEETING = 5
    DEADLINE = 6
    WORK = 7


BAND_OF: Mapping[str, Band] = {
    Kind.MANDATE_HOLDER: Band.TERM,
    Kind.SESSION: Band.SESSION,
    Kind.RESOLUTION: Band.TEXT,
    Kind.MANDATE_RENEWAL: Band.TEXT,
    Kind.UPR_REVIEW: Band.REVIEW,
    Kind.MEETING: Band.MEETING,
    Kind.SIDE_EVENT: Band.MEETING,
    Kind.OBSERVANCE: Band.MEETING,
    Kind.DEADLINE: Band.DEADLINE,
    Kind.MILESTONE: Band.DEADLINE,
}


@dataclass(frozen=True)
class Detail:
    """The detail that a zoom shows.

    Marks of ``kinds`` are drawn, each band at most ``rows`` deep in a lane and each row ``row_px`` high. A mark may
    claim ``label_px`` of free space beside it for its label. ``by_day``: days and weekends can be distinguished;
    ``hours``: the hour is part of the label. ``cycles``: the UPR cycles are drawn over their sessions.
    """

    kinds: frozenset[str]
    rows: Mapping[Band, int]
    row_px: int
    label_px: float
    by_day: bool
    cycles: bool
    hours: bool = False


def _rows(term: int, session: int, text: int, review: int, meeting: int, deadline: int) -> Mapping[Band, int]:
    return dict(zip(Band, (1, term, session, text, review, meeting, deadline, 1), strict=True))


_OF_A_QUARTER = frozenset(str(kind) for kind in Kind if kind is not Kind.MANDATE_HOLDER)
_OF_A_YEAR = _OF_A_QUARTER - {str(Kind.UPR_REVIEW), str(Kind.MILESTONE)}
_OF_FIVE_YEARS = frozenset(
    str(kind) for kind in (Kind.SESSION, Kind.RESOLUTION, Kind.MANDATE_RENEWAL, Kind.MEETING, Kind.MANDATE_HOLDER)
)
_OF_FIFTEEN_YEARS = _OF_FIVE_YEARS - {str(Kind.MEETING)}

DETAIL: Mapping[Zoom, Detail] = {
    Zoom.WEEK: Detail(_OF_A_QUARTER, _rows(1, 3, 3, 6, 5, 6), 26, 320, by_day=True, cycles=False, hours=True),
    Zoom.MONTH: Detail(_OF_A_QUARTER, _rows(1, 3, 3, 4, 4, 5), 24, 260, by_day=True, cycles=False),
    Zoom.QUARTER: Detail(_OF_A_QUARTER, _rows(1, 3, 3, 3, 3, 4), 22, 220, by_day=True, cycles=False),
    Zoom.YEAR: Detail(_OF_A_YEAR, _rows(1, 2, 2, 2, 3, 3), 21, 150, by_day=False, cycles=False),
    Zoom.FIVE_YEARS: Detail(_OF_FIVE_YEARS, _rows(2, 3, 2, 2, 2, 1), 20, 120, by_day=False, cycles=True),
    Zoom.FIFTEEN_YEARS: Detail(_OF_FIFTEEN_YEARS, _rows(2, 3, 3, 2, 1, 1), 19, 90, by_day=False, cycles=True),
}

_LENGTH: Mapping[Zoom, int] = {
    Zoom.MONTH: 1,
    Zoom.QUARTER: 3,
    Zoom.YEAR: 12,
    Zoom.FIVE_YEARS: 60,
    Zoom.FIFTEEN_YEARS: 180,
}
_STEP: Mapping[Zoom, int] = {
    Zoom.MONTH: 1,
    Zoom.QUARTER: 1,
    Zoom.YEAR: 3,
    Zoom.FIVE_YEARS: 12,
    Zoom.FIFTEEN_YEARS: 60,
}


def months_on(day: date, months: int) -> date:
    """Return the first day of the month, ``months`` after (negative: before) the month of ``day``."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def window(zoom: Zoom, start: date) -> tuple[date, int]:
    """Return the stretch that begins at ``start``: its first day and its days.

    A week and a month begin on any day; longer ones with the month of ``start``.
    """
    if zoom is Zoom.WEEK:
        return start, 7
    if zoom is Zoom.MONTH:
        return start, (start + relativedelta(months=1) - start).days
    first = months_on(start, 0)
    return first, (months_on(first, _LENGTH[zoom]) - first).days


def window_around(zoom: Zoom, today: date) -> tuple[date, int]:
    """Return the stretch to open with: a week or a month from today, longer ones from shortly before."""
    if zoom is Zoom.FIFTEEN_YEARS:
        return window(zoom, date(today.year - 9, 1, 1))
    if zoom is Zoom.FIVE_YEARS:
        return window(zoom, date(today.year - 1, 1, 1))
    return window(zoom, months_on(today, -2) if zoom is Zoom.YEAR else today)


def step(zoom: Zoom, start: date, steps: int) -> date:
    """Return the first day after so many presses of the forward button (negative: back)."""
    if zoom is Zoom.WEEK:
        return start + timedelta(days=7 * steps)
    if zoom is Zoom.MONTH:
        moved: date = start + relativedelta(months=steps)
        return moved
    return months_on(start, _STEP[zoom] * steps)


def closer(zoom: Zoom) -> Zoom:
    """Return the next finer zoom; for the week itself the week."""
    zooms = list(Zoom)
    return zooms[max(zooms.index(zoom) - 1, 0)]
