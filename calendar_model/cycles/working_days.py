"""Working days of a place, and days counted from another day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

from dateutil.relativedelta import relativedelta

from calendar_model.reference import working_calendar
from calendar_model.vocabulary import Unit


class _Days(Protocol):
    def __contains__(self, key: object, /) -> bool: ...


@lru_cache(maxsize=64)
def _calendar(code: str) -> _Days:
    return working_calendar(code) if code else ()


@lru_cache(maxsize=16384)
def is_working_day(day: date, holidays: str) -> bool:
    """Return whether ``day`` is a weekday and no public holiday of ``holidays``, a code such as ``CH-GE``, or ""."""
    return day.weekday() < 5 and day not in _calendar(holidays)


def offset_day(anchor: date, offset: int, unit: Unit, holidays: str) -> date:
    """Return the day ``offset`` units from ``anchor``.

    Offsets in working days skip Saturdays, Sundays and the holidays of the place, ``holidays``. Offsets in days, weeks
    or months are plain; a day so reached that is not a working day gives way to the nearest working day further from
    the anchor, because the office is closed on it. Raises ValueError for hours: they need an hour to start from, and no
    session or review has one.
    """
    if unit is Unit.HOURS:
        raise ValueError("an offset in hours cannot be counted from a day")
    step = timedelta(days=1 if offset > 0 else -1)
    day = anchor
    if unit is Unit.WORKING_DAYS:
        left = abs(offset)
        while left:
            day += step
            left -= is_working_day(day, holidays)
        return day
    months = offset if unit is Unit.MONTHS else 0
    days = {Unit.DAYS: offset, Unit.WEEKS: 7 * offset}.get(unit, 0)
    day = date.fromordinal((anchor + relativedelta(months=months)).toordinal() + days)
    while offset and not is_working_day(day, holidays):
        day += step
    return day
