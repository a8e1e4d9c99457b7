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
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from dateutil.rrule import rrulestr

from calendar_model import wording
from calendar_model.translation import gettext as _
from calendar_model.translation import ngettext

Ordinals: TypeAlias = npt.NDArray[np.int64]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NTH = (1, 2, 3, 4, -1)
_COMMON_YEAR = 2027
"""A year without a leap day, by which the days of the year are named."""


class DayRule(Protocol):
    """A rule that gives one day a year.

    ``words`` completes "opened …" in the reader's language; ``rrule`` is RFC 5545, or empty.
    """

    @property
    def words(self) -> str: ...

    @property
    def rrule(self) -> str: ...

    def __hash__(self) -> int: ...

    def in_year(self, year: int) -> date | None:
        """Return the day of a year; None where the rule gives none."""


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _nth_from(nth: int, year: int, month: int) -> date:
    """Return the day from which the nth weekday of a month is looked for, whichever weekday it is."""
    if nth > 0:
        return date(year, month, 7 * nth - 6)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=7)


@dataclass(frozen=True)
class NthWeekday:
    """The first to fourth (``nth`` 1 to 4) or last (-1) ``weekday`` (Monday is 0) of a month."""

    nth: int
    weekday: int
    month: int

    def in_year(self, year: int) -> date:
        return _on_or_after(_nth_from(self.nth, year, self.month), self.weekday)

    @property
    def rrule(self) -> str:
        return f"FREQ=YEARLY;BYMONTH={self.month};BYDAY={self.nth}{WEEKDAYS[self.weekday]}"

    @property
    def words(self) -> str:
        words = {
            1: _("on the first {weekday} of {month}"),
            2: _("on the second {weekday} of {month}"),
            3: _("on the third {weekday} of {month}"),
            4: _("on the fourth {weekday} of {month}"),
            -1: _("on the last {weekday} of {month}"),
        }
        return words[self.nth].format(weekday=wording.weekday(self.weekday), month=wording.month_name(self.month))


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

    @property
    def words(self) -> str:
        first = date(_COMMON_YEAR, 1, 1) + timedelta(days=self.first - 1)
        last = first + timedelta(days=6)
        values = {
            "weekday": wording.weekday(self.weekday),
            "first": first.day,
            "last": last.day,
            "month": wording.month_name(first.month),
            "month_2": wording.month_name(last.month),
        }
        if first.month == last.month:
            return _("on the {weekday} between {first} and {last} {month}").format(**values)
        return _("on the {weekday} between {first} {month} and {last} {month_2}").format(**values)


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

    @property
    def words(self) -> str:
        return _("on the {weekday} of week {week}").format(weekday=wording.weekday(self.weekday), week=self.week)


@dataclass(frozen=True)
class DatedRule:
    """A rule of procedure: a recurrence rule of RFC 5545 in force from ``first_year`` to ``last_year``.

    Its ``words``, like those of the day in :class:`DaysFrom`, are in the language of the reference that it is from.
    """

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
            return _("on the day of {what}").format(what=self.what)
        if self.days > 0:
            after = ngettext("{number} day after {what}", "{number} days after {what}", self.days)
            return after.format(number=self.days, what=self.what)
        before = ngettext("{number} day before {what}", "{number} days before {what}", -self.days)
        return before.format(number=-self.days, what=self.what)


@lru_cache(maxsize=4096)
def _single_day(rrule: str, year: int) -> date | None:
    first = datetime(year, 1, 1)  # noqa: DTZ001  a day has no zone
    found = rrulestr(rrule, dtstart=first).between(first, datetime(year, 12, 31), inc=True)  # noqa: DTZ001
    return found[0].date() if len(found) == 1 else None


@dataclass(frozen=True)
class Family:
    """The rules of the three calendar families on some ``weekdays``, from day ``first`` to ``last`` of the year.

    The days count from 1 in a year without a leap day; those outside 1 to 365 are left out.
    """

    weekdays: frozenset[int]
    first: int
    last: int

    @cached_property
    def rules(self) -> tuple[DayRule, ...]:
        """Every rule, weekday by weekday."""
        found: list[DayRule] = []
        for weekday in sorted(self.weekdays):
            found += (NthWeekday(nth, weekday, month) for month in self._months for nth in _NTH)
            found += (WeekdayBetween(weekday, start) for start in self._starts)
            found += (WeekdayOfWeek(weekday, week) for week in self._weeks)
        return tuple(found)

    @property
    def _months(self) -> list[int]:
        starts = {month: date(_COMMON_YEAR, month, 1).timetuple().tm_yday for month in range(1, 13)}
        return [month for month, start in starts.items() if self.first <= start + 31 and start <= self.last]

    @property
    def _starts(self) -> range:
        return range(max(self.first, 1), min(self.last, 353))

    @property
    def _weeks(self) -> range:
        return range(max(self.first // 7, 1), min(self.last // 7 + 1, 52) + 1)

    def days(self, year: int) -> Ordinals:
        """Return the day that each rule gives in a year as an ordinal, in the order of :attr:`rules`.

        The same as ``in_year`` of each, for hundreds at once: every rule gives the first of its weekday on or after a
        day that does not depend on the weekday.
        """
        first = date(year, 1, 1).toordinal()
        begins = [
            *(_nth_from(nth, year, month).toordinal() for month in self._months for nth in _NTH),
            *(first + start - 1 for start in self._starts),
            *(date.fromisocalendar(year, week, 1).toordinal() for week in self._weeks),
        ]
        base = np.array(begins, dtype=np.int64)
        # The first ordinal is a Monday.
        return np.concatenate([base + (weekday - (base - 1)) % 7 for weekday in sorted(self.weekdays)])
