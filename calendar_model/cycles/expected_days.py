"""The day on which something that comes once a year is expected, from the days of past years.

Every rule of a documented family (:mod:`calendar_model.cycles.day_rules`) votes for its day of the year. A vote weighs
the less, the larger the rule's past errors: each past year counts for ``DECAY`` of the one after it, and an error for
one and one more for each week of it. The day with most votes is the expected day. Where a rule of procedure is in
force, it alone votes.

The interval holds 90 per cent of the votes and of the errors that the same method made in the past, each year forecast
from the years before it. A habit can change, and it is given a chance of ``CHANGE`` a year to do so. So an interval is
narrow where the rules that fit the past agree on the year, and wide where they do not.

A day that is a public holiday of the place gives way to the next working day, in the past as in the forecast.

Nothing but the past days given is looked at, so that a forecast cannot know what came later. The numbers of
:class:`ForecastSettings` were chosen round and not fitted; docs/FORECASTS.md shows how little others would change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from calendar_model.cycles.day_rules import DayRule, DaysFrom, Family, NthWeekday, Ordinals
from calendar_model.cycles.working_days import is_working_day

DECAY = 0.8
"""What a past year counts for beside the one after it."""

CHANGE = 0.1
"""The chance in a year that a habit changes."""

OUTSIDE = 0.1
"""What the interval leaves out."""

FEWEST_DAYS = 3
"""Past days without which no rule of the calendar is looked for; to count from another day of the year, one will do."""

LENGTH_DECAY, LENGTH_CHANGE = 0.6, 0.5
"""The same for how long something lasts: lengths follow the means of the year, and change more often than openings."""

UNUSUAL = 1.0
"""By how much a rule that is not the nth weekday of a month must be better than one that is, in errors."""

_MOST_WEEKS = 2
"""A larger error counts as one of so many weeks."""

_PRIOR_ERRORS = (-7, 0, 7)
"""The errors assumed before any is known: a body that moves its day moves it by a week."""

LONGEST_INTERVAL = 45
"""Days: what is known no better than this has no expected day."""

_RECORD_YEARS = 12
_ANY_YEAR = 2000


@dataclass(frozen=True)
class ForecastSettings:
    """The numbers of the method, which a backtest varies: as :data:`DECAY`, :data:`CHANGE` and :data:`UNUSUAL`."""

    decay: float = DECAY
    change: float = CHANGE
    unusual: float = UNUSUAL


USUAL_SETTINGS = ForecastSettings()


@dataclass(frozen=True)
class DaySeries:
    """The past days of something that comes once a year, and what else decides its day in a coming year.

    ``past`` are its days, one a year and in order. ``holidays`` is the calendar of the place (``CH-GE``). ``anchors``
    are the days, by year and with that of the year to forecast, of something from which this one may be counted, and
    ``anchored_on`` names it. ``procedure`` is the rule of procedure in force in that year, if there is one.
    ``settings`` are the numbers of the method.
    """

    past: tuple[date, ...]
    holidays: str = ""
    anchors: tuple[tuple[int, date], ...] = ()
    anchored_on: str = ""
    procedure: DayRule | None = None
    settings: ForecastSettings = USUAL_SETTINGS

    def until(self, year: int) -> DaySeries:
        """Return the series as a forecast of ``year`` may know it: past days before it, anchors up to it."""
        past = tuple(day for day in self.past if day.year < year)
        anchors = tuple((of, day) for of, day in self.anchors if of <= year)
        return replace(self, past=past, anchors=anchors)

    @property
    def offsets(self) -> list[int]:
        """How many days after its anchor it was in past years, each number once, ascending."""
        on = dict(self.anchors)
        return sorted({(day - on[day.year]).days for day in self.past if day.year in on})


@dataclass(frozen=True)
class DayRange:
    """When something is: on ``day``, or at least between ``earliest`` and ``latest``; ``day`` is None in a window."""

    day: date | None
    earliest: date
    latest: date

    @property
    def is_exact(self) -> bool:
        return self.day is not None and self.earliest == self.day == self.latest

    def moved(self, days: int) -> DayRange:
        """Return the range so many days later, or earlier when negative."""
        shift = timedelta(days=days)
        return DayRange(self.day and self.day + shift, self.earliest + shift, self.latest + shift)


@dataclass(frozen=True)
class ExpectedDay:
    """The expected day of a year, and how far to trust it.

    ``earliest`` and ``latest`` bound it with nine chances in ten. ``rule`` is the rule with the best record that gives
    the day, and ``hits`` in how many of the last ``of`` past days it did; ``holiday`` is the public holiday from which
    the day was moved, if it was. ``by_procedure`` says that the rule is one of procedure and no habit.
    """

    day: date
    earliest: date
    latest: date
    rule: DayRule
    hits: int
    of: int
    holiday: date | None = None
    by_procedure: bool = False

    @property
    def range(self) -> DayRange:
        return DayRange(self.day, self.earliest, self.latest)

    @property
    def nominal(self) -> date:
        """The day that the rule gives before it gives way to a holiday."""
        return self.holiday or self.day


@dataclass(frozen=True)
class RuleRecord:
    """A rule of the family beside the past: ``day`` is what it gives, ``errors`` are by year, in days (0: exact)."""

    rule: DayRule
    day: date
    errors: Mapping[int, int]
    weight: float


def on_working_day(day: date, holidays: str) -> date:
    """Return ``day``, or if it is a holiday of the place on a weekday the next working day."""
    if day.weekday() > 4:
        return day
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def nominal_day(day: date, holidays: str) -> date:
    """Return the day from which ``day`` was moved by holidays of the week before it, or ``day`` itself."""
    before = day - timedelta(days=1)
    while before.weekday() < 5 and not is_working_day(before, holidays):
        day, before = before, before - timedelta(days=1)
    return day


@lru_cache(maxsize=8192)
def expect(series: DaySeries, year: int) -> ExpectedDay | None:
    """Return the day expected in ``year`` from the days of past years; None where they allow none."""
    known = series.until(year)
    if known.procedure is None and not known.anchors and len(known.past) < FEWEST_DAYS:
        return None
    candidates = _Candidates(known, year)
    votes = candidates.votes()
    if not votes:
        return None
    whole = sum(votes.values())
    day = max(votes, key=lambda d: (round(votes[d] / whole, 9), -d.toordinal()))
    ahead = max(year - max((d.year for d in known.past), default=year - 1), 1)
    other = 1 - (1 - known.settings.change) ** ahead
    shares = defaultdict(float, {voted: (1 - other) * weight / whole for voted, weight in votes.items()})
    errors = [*_PRIOR_ERRORS, *_past_errors(known)]
    for error in errors:
        shares[day + timedelta(days=error)] += other / len(errors)
    earliest, latest = _interval(shares, day)
    if (latest - earliest).days > LONGEST_INTERVAL:
        return None
    best = candidates.best(day)
    recent = sorted(best.errors)[-_RECORD_YEARS:]
    given = best.rule.in_year(year)
    return ExpectedDay(
        day,
        earliest,
        latest,
        best.rule,
        hits=sum(best.errors[y] == 0 for y in recent),
        of=len(recent),
        holiday=given if given != day else None,
        by_procedure=known.procedure is not None,
    )


def rule_records(series: DaySeries, year: int) -> list[RuleRecord]:
    """Return the rules that give a day in ``year``, by weight, with their record."""
    return _Candidates(series.until(year), year).records()


class _Candidates:
    """The rules that may give the day of ``year``, with the day of each and its weight by the days of ``known``."""

    def __init__(self, known: DaySeries, year: int) -> None:
        past, procedure, settings = known.past, known.procedure, known.settings
        self._past, self._holidays = past, known.holidays
        if procedure is not None:
            self._own: tuple[DayRule, ...] = (procedure,)
        else:
            self._own = tuple(DaysFrom(n, dict(known.anchors), known.anchored_on) for n in known.offsets)
        in_calendar = procedure is None and len(past) >= FEWEST_DAYS
        self._family = _family_of(past, known.holidays) if in_calendar else None
        self._given = self._ordinals(year)
        own_loss = 0.0 if procedure is not None else settings.unusual
        family_loss = settings.unusual * _unusual(self._family) if self._family is not None else np.zeros(0)
        loss = np.concatenate([np.full(len(self._own), own_loss), family_loss])
        last = max((day.year for day in past), default=year)
        for day in past:
            given = self._ordinals(day.year)
            error = np.abs(given - day.toordinal())
            lost = np.where(error > 0, 1 + np.minimum(error / 7, _MOST_WEEKS), 0.0)
            # A rule that gives no day in a past year counts as if its error were a week.
            lost = np.where(given == 0, 0.0 if procedure is not None else 2.0, lost)
            loss += settings.decay ** (last - day.year) * lost
        self._weights = np.where(self._given == 0, 0.0, np.exp(-loss))

    def _ordinals(self, year: int) -> Ordinals:
        """The working day that each rule gives in a year, as an ordinal; 0 where it gives none."""
        given = np.array([_ordinal(rule, year, self._holidays) for rule in self._own], dtype=np.int64)
        if self._family is None:
            return given
        return np.concatenate([given, _family_ordinals(self._family, year, self._holidays)])

    def votes(self) -> dict[date, float]:
        """The weight of each day that rules give."""
        days, which = np.unique(self._given, return_inverse=True)
        weights = np.bincount(which, weights=self._weights)
        return {
            date.fromordinal(day): weight for day, weight in zip(days.tolist(), weights.tolist(), strict=True) if day
        }

    def best(self, day: date) -> RuleRecord:
        """The weightiest of the rules that give this day."""
        weights = np.where(self._given == day.toordinal(), np.round(self._weights, 12), -1.0)
        return self._record(int(np.argmax(weights)))

    def records(self) -> list[RuleRecord]:
        """All of them, the weightiest first."""
        order = np.argsort(-self._weights, kind="stable")
        return [self._record(at) for at in order.tolist() if self._given[at]]

    def _record(self, at: int) -> RuleRecord:
        own = len(self._own)
        rule = self._own[at] if self._family is None or at < own else self._family.rules[at - own]
        then = ((day, _ordinal(rule, day.year, self._holidays)) for day in self._past)
        errors = {day.year: day.toordinal() - given for day, given in then if given}
        return RuleRecord(rule, date.fromordinal(int(self._given[at])), errors, float(self._weights[at]))


@lru_cache(maxsize=4096)
def _family_of(past: tuple[date, ...], holidays: str) -> Family:
    """Return which rules of the calendar are tried: on the weekdays of the past days, within three weeks of one."""
    nominal = [nominal_day(day, holidays) for day in past]
    of_year = [day.timetuple().tm_yday for day in nominal]
    return Family(frozenset(day.weekday() for day in nominal), min(of_year) - 21, max(of_year) + 21)


@lru_cache(maxsize=512)
def _unusual(members: Family) -> npt.NDArray[np.float64]:
    """Which rules of a family are not the nth weekday of a month, as 1 and 0."""
    return np.array([0.0 if isinstance(rule, NthWeekday) else 1.0 for rule in members.rules])


@lru_cache(maxsize=8192)
def _family_ordinals(members: Family, year: int, holidays: str) -> Ordinals:
    """The working days that the rules of a family give in a year, as ordinals."""
    days = members.days(year)
    moved = {day: on_working_day(date.fromordinal(day), holidays).toordinal() for day in np.unique(days).tolist()}
    for day, later in sorted(moved.items(), reverse=True):
        if later != day:
            days[days == day] = later
    return days


def _ordinal(rule: DayRule, year: int, holidays: str) -> int:
    """Return the working day that a rule gives in a year as an ordinal; 0 where it gives none."""
    day = rule.in_year(year)
    return 0 if day is None else on_working_day(day, holidays).toordinal()


def _past_errors(known: DaySeries) -> list[int]:
    """Return the error of the method in each past year, in days, each forecast from the years before it."""
    forecast = ((day, expect(known.until(day.year), day.year)) for day in known.past)
    return [(day - then.day).days for day, then in forecast if then is not None]


def _interval(shares: Mapping[date, float], day: date) -> tuple[date, date]:
    """Return the shortest interval that holds the day and all but ``OUTSIDE`` of the shares."""
    days = sorted(shares)
    whole = sum(shares.values())
    best: tuple[int, float, date, date] | None = None
    for i, first in enumerate(days):
        if first > day:
            break
        inside = 0.0
        for last in days[i:]:
            inside += shares[last]
            if last >= day and inside >= (1 - OUTSIDE) * whole - 1e-9:
                found = ((last - first).days, -inside, first, last)
                best = found if best is None or found < best else best
                break
    assert best is not None  # all of the days hold all of the shares
    return best[2], best[3]


def expected_length(lengths: Sequence[int], decay: float = DECAY) -> int | None:
    """Return how many days something lasts after its first, from past lengths, oldest first; None without any.

    It is a length that has occurred: the one with most votes, where each counts for ``decay`` of the one after it.
    """
    votes = _length_votes(lengths, decay)
    return max(votes, key=lambda length: (round(votes[length], 9), -length)) if votes else None


@dataclass(frozen=True)
class ExpectedLength:
    """How many days something lasts after its first: usually, and at least and at most with nine chances in ten."""

    usual: int
    least: int
    most: int


def length_range(lengths: Sequence[int]) -> ExpectedLength | None:
    """Return the expected length with its interval, from past lengths, oldest first; None without any.

    The interval holds 90 per cent of the votes and, for a part of ``LENGTH_CHANGE``, of past errors.
    """
    return _length_range(tuple(lengths))


@lru_cache(maxsize=4096)
def _length_range(lengths: tuple[int, ...]) -> ExpectedLength | None:
    usual = expected_length(lengths, LENGTH_DECAY)
    if usual is None:
        return None
    votes = _length_votes(lengths, LENGTH_DECAY)
    whole = sum(votes.values())
    zero = date(_ANY_YEAR, 1, 1)
    shares = defaultdict(float, {zero + timedelta(days=n): (1 - LENGTH_CHANGE) * v / whole for n, v in votes.items()})
    before = [(expected_length(lengths[:at], LENGTH_DECAY), lengths[at]) for at in range(1, len(lengths))]
    errors = [*_PRIOR_ERRORS, *(length - then for then, length in before if then is not None)]
    for error in errors:
        shares[zero + timedelta(days=usual + error)] += LENGTH_CHANGE / len(errors)
    least, most = _interval(shares, zero + timedelta(days=usual))
    return ExpectedLength(usual, max((least - zero).days, 0), (most - zero).days)


def _length_votes(lengths: Sequence[int], decay: float) -> dict[int, float]:
    votes: defaultdict[int, float] = defaultdict(float)
    for age, length in enumerate(reversed(lengths)):
        votes[length] += decay**age
    return votes


def with_anchor(expectation: ExpectedDay, anchor: DayRange) -> ExpectedDay:
    """Return the expectation with the uncertainty of the day from which it is counted added to its own."""
    if anchor.day is None or not isinstance(expectation.rule, DaysFrom):
        return expectation
    return replace(
        expectation,
        earliest=expectation.earliest - (anchor.day - anchor.earliest),
        latest=expectation.latest + (anchor.latest - anchor.day),
    )
