"""When a digest is due: the local day for which one is to be sent, from a person's choice and an instant.

A day and an hour are those of the person's zone. An hour that a change of the clock leaves out begins when the clock
goes on, and of an hour that comes twice the first counts, so that each day has one beginning.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calendar_model.terms import MailRhythm

MONDAY_TO_FRIDAY = frozenset(range(1, 6))
"""Days of the week by ISO 8601."""
_A_WEEK = 7


@dataclass(frozen=True)
class Schedule:
    """How often, on which days (ISO 8601, 1 for Monday), from which hour on and in which zone (IANA) a digest is sent.

    A weekly digest has one day. What was due before ``since`` is not sent.
    """

    rhythm: MailRhythm
    workdays: Collection[int]
    hour: int
    timezone: str
    since: datetime

    def begins(self, day: date) -> datetime:
        """The instant (UTC) from which the digest of a local day is sent."""
        return datetime.combine(day, time(self.hour), ZoneInfo(self.timezone)).astimezone(UTC)

    def local_day(self, at: datetime) -> date:
        """The day in the person's zone."""
        return at.astimezone(ZoneInfo(self.timezone)).date()


def due_day(schedule: Schedule, at: datetime) -> date | None:
    """The local day of the digest that is due at an instant, whether it was sent or not; None if none is.

    One that was missed catches up: a daily digest on the same day, because the next one covers it; a weekly one on the
    following days from Monday to Friday, from the same hour on, until the next.
    """
    today = schedule.local_day(at)
    if schedule.rhythm is MailRhythm.OFF or schedule.begins(today) > at:
        return None
    if schedule.rhythm is MailRhythm.DAILY:
        day = today
    else:
        day = next(day for day in _back_from(today) if day.isoweekday() in schedule.workdays)
        if day != today and today.isoweekday() not in MONDAY_TO_FRIDAY:
            return None
    if day.isoweekday() not in schedule.workdays or schedule.begins(day) < schedule.since:
        return None
    return day


def next_begin(schedule: Schedule, at: datetime) -> datetime | None:
    """The instant (UTC) from which the next digest after ``at`` is sent; None if it is off."""
    if schedule.rhythm is MailRhythm.OFF:
        return None
    first = schedule.local_day(at)
    days = (first + timedelta(days=number) for number in range(_A_WEEK + 1))
    begins = (schedule.begins(day) for day in days if day.isoweekday() in schedule.workdays)
    return next((begin for begin in begins if begin > at), None)


def _back_from(day: date) -> list[date]:
    return [day - timedelta(days=number) for number in range(_A_WEEK)]
