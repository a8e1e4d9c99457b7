"""Rules that give exactly one day a year, as recurrence rules of RFC 5545 and in words.

Three families cover how bodies fix their days: the nth weekday of a month, the weekday that falls between two dates,
and the weekday of an ISO week. A rule of procedure is any other recurrence rule, read with dateutil. A fourth family
counts days from another day of the same year: see :class:`DaysFrom`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Protocol

from dateutil.rrule import rrulestr

from calendar_model import wording

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_COMMON_YEAR = 2027
"""A year without a leap day, by which the days of the year are named."""


class DayRule(Protocol):
    """A rule that gives one day a year. ``words`` completes "opened …"; ``rrule`` is RFC 5545, or empty."""

    @property
    def words(self) -> str: ...

    @property
    def rrule(self) -> str: ...

    def __hash__(self) -> int: ...

    def in_year(self, year: int) -> date | None:
        """Return the day of a year; None where the rule gives none."""


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


@dataclass(frozen=True)
class NthWeekday:
    """The first to fourth (``nth`` 1 to 4) or last (-1) ``weekday`` (Monday is 0) of a month."""

    nth: int
    weekday: int
    month: int

    def in_year(self, year: int) -> date:
        if self.nth > 0:
            return _on_or_after(date(year, self.month, 7 * self.nth - 6), self.weekday)
        after = date(year + self.month // 12, self.month % 12 + 1, 1)
        return _on_or_after(after - timedelta(days=7), self.weekday)

    @property
    def rrule(self) -> str:
        return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={self.nth}{WEEKDAYS[self.weekday]}"

    @cached_property
    def words(self) -> str:
        nth = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}[self.nth]
        return f"on the {nth} {_weekday(self.weekday)} of {date(_COMMON_YEAR, self.month, 1):%B}"


@dataclass(frozen=True)
class WeekdayBetween:
    """The ``weekday`` in the seven days that begin on a day of the year (1 to 359, as RFC 5545 counts them)."""

    weekday: int
    first: int

    def in_year(self, year: int) -> date:
        return _on_or_after(date(year, 1, 1) + timedelta(days=self.first - 1), self.weekday)

    @property
    def rrule(self) -> str:
        days = ",".join(str(self.first + more) for more in range(7))
        return f"FREQ=YEARLY;BYYEARDAY={days};BYDAY={WEEKDAYS[self.weekday]}"

    @cached_property
    def words(self) -> str:
        first = date(_COMMON_YEAR, 1, 1) + timedelta(days=self.first - 1)
        last = first + timedelta(days=6)
        begins = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
        return f"on the {_weekday(self.weekday)} between {begins} and {last.day} {last:%B}"


@dataclass(frozen=True)
class WeekdayOfWeek:
    """The ``weekday`` of an ISO week, 1 to 52."""

    weekday: int
    week: int

    def in_year(self, year: int) -> date:
        return date.fromisocalendar(year, self.week, self.weekday + 1)

    @property
    def rrule(self) -> str:
        return f"FREQ=YEARLY;BYWEEKNO={self.week};BYDAY={WEEKDAYS[self.weekday]}"

    @cached_property
    def words(self) -> str:
        return f"on the {_weekday(self.weekday)} of week {self.week}"


@dataclass(frozen=True)
class DatedRule:
    """A rule of procedure: a recurrence rule of RFC 5545 in force from ``first_year`` to ``last_year``."""

    rrule: str
    words: str
    first_year: int
    last_year: int | None = None


@dataclass(frozen=True)
class ByProcedure:
    """The rules of procedure that a body had one after another; each year has the day of the one then in force."""

    rules: tuple[DatedRule, ...]

    def in_year(self, year: int) -> date | None:
        return next(
            (
                _single_day(rule.rrule, year)
                for rule in self.rules
                if rule.first_year <= year <= (rule.last_year or year)
            ),
            None,
        )

    @property
    def rrule(self) -> str:
        return self.rules[-1].rrule

    @property
    def words(self) -> str:
        return self.rules[-1].words


@dataclass(frozen=True)
class DaysFrom:
    """So many ``days`` (negative: before) from a day that the same year has in ``anchors``; ``what`` names that day."""

    days: int
    anchors: Mapping[int, date] = field(hash=False)
    what: str = ""

    rrule = ""

    def in_year(self, year: int) -> date | None:
        anchor = self.anchors.get(year)
        return anchor + timedelta(days=self.days) if anchor else None

    @property
    def words(self) -> str:
        if not self.days:
            return f"on the day of {self.what}"
        count = abs(self.days)
        return f"{count} {'day' if count == 1 else 'days'} {'after' if self.days > 0 else 'before'} {self.what}"


@lru_cache(maxsize=4096)
def _single_day(rrule: str, year: int) -> date | None:
    first = datetime(year, 1, 1)  # noqa: DTZ001  a day has no zone
    found = rrulestr(rrule, dtstart=first).between(first, datetime(year, 12, 31), inc=True)  # noqa: DTZ001
    return found[0].date() if len(found) == 1 else None


@lru_cache(maxsize=512)
def family(weekdays: frozenset[int], first: int, last: int) -> tuple[DayRule, ...]:
    """Return the rules of the three calendar families on these weekdays and from day ``first`` to ``last`` of the year.

    The days count from 1 in a year without a leap day; those outside 1 to 365 are left out.
    """
    rules: list[DayRule] = []
    for weekday in sorted(weekdays):
        for month in range(1, 13):
            start = date(_COMMON_YEAR, month, 1).timetuple().tm_yday
            if first <= start + 31 and start <= last:
                rules += (NthWeekday(nth, weekday, month) for nth in (1, 2, 3, 4, -1))
        rules += (WeekdayBetween(weekday, start) for start in range(max(first, 1), min(last, 353)))
        rules += (WeekdayOfWeek(weekday, week) for week in range(max(first // 7, 1), min(last // 7 + 1, 52) + 1))
    return tuple(rules)


def _weekday(number: int) -> str:
    return wording.WEEKDAY_NAMES[number]
