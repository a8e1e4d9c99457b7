"""The editions of recurring meetings: those in the reference, and those that their habit lets expect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from calendar_model import wording
from calendar_model.cycles.expected_days import (
    DayRange,
    DaySeries,
    ExpectedDay,
    RuleRecord,
    expect,
    expected_length,
    nominal_day,
    rule_records,
    with_anchor,
)
from calendar_model.cycles.session_forecasts import IN_SIGHT, SessionForecasts, basis_of, month_window
from calendar_model.reference import Reference
from calendar_model.reference.rows import Meeting, RecurringMeeting
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, Precision, Standing

STALE_YEARS = 3
"""A yearly meeting of which no edition is known for so many years is no longer projected; see :func:`is_stale`."""


@dataclass(frozen=True)
class Edition:
    """One edition of a recurring meeting, as known or as projected.

    ``code`` is its identifier: of a projected one the one that it will have. ``start`` and ``end`` are dates of the
    place, ``end`` inclusive; in a window its first and last day. ``earliest`` and ``latest`` bound an expected start.
    ``row`` is the row of the reference, None for a projected one.
    """

    code: str
    meeting: str
    slot: int
    title: str
    start: date
    end: date
    precision: Precision
    standing: Standing
    confidence: Confidence
    basis: str
    source_url: str
    location: str
    notes: str
    updated: date
    revision: int = 0
    earliest: date | None = None
    latest: date | None = None
    row: Meeting | None = None

    @property
    def year(self) -> int:
        """The year of the edition, also of one that was moved into another."""
        return self.row.year if self.row is not None else self.start.year

    @property
    def opening(self) -> DayRange:
        """When it opens: on a day, on an expected one with its interval, or in a window."""
        if self.precision is Precision.DAY:
            return DayRange(self.start, self.start, self.start)
        if self.earliest is not None and self.latest is not None:
            return DayRange(self.start, self.earliest, self.latest)
        return DayRange(None, self.start, self.end)

    @property
    def last_possible_day(self) -> date:
        """The last day on which it can end, by what is known."""
        return self.end + (self.latest - self.start) if self.latest else self.end


def edition_code(meeting: RecurringMeeting, year: int, slot: int) -> str:
    """Return the identifier of one edition of a recurring meeting."""
    return f"{meeting.code}-{year}-{slot}" if len(meeting.slots) > 1 else f"{meeting.code}-{year}"


def edition_forecast_day(meeting: RecurringMeeting, year: int, slot: int) -> date:
    """Return the day on which the record forecasts an edition: the last of its slot's months in the year before."""
    return month_window(year - 1, *meeting.slots[slot - 1])[1]


def known_editions(reference: Reference) -> Iterator[Edition]:
    """Yield the editions that the reference has, in its order."""
    latest = {code: meeting.updated for code, meeting in reference.recurring_meetings.items()}
    for row in reference.meetings:
        if row.standing is Standing.HELD:
            latest[row.meeting] = max(latest[row.meeting], row.updated)
    for row in reference.meetings:
        meeting = reference.recurring_meetings[row.meeting]
        if row.confidence_in("start") is Confidence.SOURCED:
            known = _("The days are from the source given."), _("The window is from the source given.")
        else:
            known = _("The days are from memory or derived."), _("The window is from memory or derived.")
        yield Edition(
            code=row.code,
            meeting=row.meeting,
            slot=row.slot,
            title=row.title or meeting.name,
            start=row.start,
            end=row.end,
            precision=row.date_precision,
            standing=row.standing,
            confidence=row.confidence_in("start"),
            basis=known[0] if row.date_precision is Precision.DAY else known[1],
            source_url=row.source_url,
            location=row.location or meeting.location,
            notes=row.notes,
            # Not before the projection that it replaces: subscribed calendars compare the two.
            updated=max(latest[row.meeting], row.updated),
            revision=row.revision,
            row=row,
        )


def expected_editions(reference: Reference, as_of: date, until: date, forecasts: SessionForecasts) -> Iterator[Edition]:
    """Yield the editions that are due by their habit from a year before ``as_of`` to ``until`` and are not recorded.

    Of a recorded edition with a window whose days are expected, an edition on those days is yielded with its row. A
    meeting of which no edition is known for years is left out: see :func:`is_stale`.
    """
    recorded = {(row.meeting, row.year, row.slot): row for row in reference.meetings}
    for meeting in reference.recurring_meetings.values():
        past = past_editions(reference, meeting, as_of)
        stale = is_stale(reference, meeting, as_of)
        for year in range(as_of.year - 1, until.year + 1):
            if meeting.interval_years > 1 and (year - (meeting.anchor_year or year)) % meeting.interval_years:
                continue
            if (meeting.first_year or year) > year or (meeting.last_year or year) < year:
                continue
            for slot in range(1, len(meeting.slots) + 1):
                row = recorded.get((meeting.code, year, slot))
                if row is not None and (
                    row.date_precision is Precision.DAY or row.standing in (Standing.HELD, Standing.CANCELLED)
                ):
                    continue
                edition = _expected(reference, meeting, year, slot, past[slot], forecasts, row)
                if row is not None and edition.precision is not Precision.EXPECTED:
                    continue
                recent = edition.last_possible_day >= as_of - IN_SIGHT
                if recent and edition.start <= until and (row is not None or not stale):
                    yield edition


def edition_in_year(
    reference: Reference, meeting: RecurringMeeting, year: int, slot: int, forecasts: SessionForecasts
) -> Edition:
    """Return the edition of a slot in ``year`` as the habit known on the forecasts' day lets expect it.

    What is recorded of that edition itself is left aside.
    """
    past = past_editions(reference, meeting, forecasts.as_of)[slot]
    return _expected(reference, meeting, year, slot, past, forecasts, None)


def is_stale(reference: Reference, meeting: RecurringMeeting, as_of: date) -> bool:
    """Return whether so long no edition is known that the habit may have ended: three intervals, three years at least.

    A meeting that has no edition in the reference at all is taken at its word.
    """
    rows = [row for row in reference.meetings if row.meeting == meeting.code and row.start <= as_of]
    last = max((row.end for row in rows), default=None)
    return last is not None and last.year + max(STALE_YEARS, 3 * meeting.interval_years) <= as_of.year


def past_editions(reference: Reference, meeting: RecurringMeeting, as_of: date) -> Mapping[int, list[Meeting]]:
    """Return the editions held or announced by ``as_of`` of which the days are known, by slot and in order.

    When an edition was announced is not recorded; it counts as announced from the row's last change.
    """
    found: defaultdict[int, list[Meeting]] = defaultdict(list)
    for row in sorted(reference.meetings, key=lambda row: row.start):
        dated = row.date_precision is Precision.DAY and row.standing is not Standing.CANCELLED
        announced = row.standing is Standing.CONFIRMED and row.updated <= as_of
        if row.meeting == meeting.code and dated and (row.start <= as_of or announced):
            found[row.slot].append(row)
    return found


def _expected(
    reference: Reference,
    meeting: RecurringMeeting,
    year: int,
    slot: int,
    past: list[Meeting],
    forecasts: SessionForecasts,
    row: Meeting | None,
) -> Edition:
    window = (row.start, row.end) if row is not None else month_window(year, *meeting.slots[slot - 1])
    seat = reference.organisations[meeting.organisation]
    expectation = expected_first_day(reference, meeting, year, past, forecasts)
    length = expected_length([(one.end - nominal_day(one.start, seat.holidays)).days for one in past])
    latest = past[-1] if past else None
    changed = [meeting.updated, *(max(one.updated, min(one.start, forecasts.as_of)) for one in past)]
    found = Edition(
        code=row.code if row is not None else edition_code(meeting, year, slot),
        meeting=meeting.code,
        slot=slot,
        title=(row.title if row is not None else "") or meeting.name,
        start=window[0],
        end=window[1],
        precision=Precision.MONTH,
        standing=row.standing if row is not None else Standing.PROJECTED,
        confidence=Confidence.RECALLED,
        basis=_habit(meeting, latest),
        source_url=(row.source_url if row is not None else "") or meeting.source_url,
        location=(row.location if row is not None else "") or meeting.location,
        notes=row.notes if row is not None else meeting.notes,
        updated=max([*changed, row.updated] if row is not None else changed),
        revision=row.revision if row is not None else 0,
        row=row,
    )
    if expectation is None or length is None or not window[0] <= expectation.day <= window[1]:
        return found
    # What opens on the day after a holiday is not for that a day longer than it has ever been.
    longest = max(one.end - one.start for one in past)
    return Edition(
        **{
            **vars(found),
            "start": expectation.day,
            "end": min(expectation.nominal + timedelta(days=length), expectation.day + longest),
            "precision": Precision.EXPECTED,
            "earliest": expectation.earliest,
            "latest": expectation.latest,
            "basis": basis_of(expectation, what=meeting.name),
        }
    )


def expected_first_day(
    reference: Reference, meeting: RecurringMeeting, year: int, past: list[Meeting], forecasts: SessionForecasts
) -> ExpectedDay | None:
    """Return the first day expected of an edition in ``year``, from those of past editions of the same slot."""
    found = expect(_first_days(reference, meeting, year, past, forecasts), year)
    anchor, _, _ = forecasts.anchor(meeting.counted_from, year)
    return with_anchor(found, anchor) if found is not None and anchor is not None else found


def _first_days(
    reference: Reference, meeting: RecurringMeeting, year: int, past: list[Meeting], forecasts: SessionForecasts
) -> DaySeries:
    """Return the first days of past editions of a slot, to forecast that of ``year`` from."""
    days = {row.start.year: row.start for row in past if row.start.year < year}
    _, anchors, what = forecasts.anchor(meeting.counted_from, year)
    holidays = reference.organisations[meeting.organisation].holidays
    return DaySeries(tuple(days.values()), holidays, anchors, what, settings=forecasts.settings)


def first_day_rules(
    reference: Reference, meeting: RecurringMeeting, year: int, past: list[Meeting], forecasts: SessionForecasts
) -> list[RuleRecord]:
    """Return the rules that may give that first day, the best first, beside those of past editions."""
    return rule_records(_first_days(reference, meeting, year, past, forecasts), year)


def _habit(meeting: RecurringMeeting, latest: Meeting | None) -> str:
    habit = meeting.rhythm.rstrip(".")
    if latest is None:
        return _("Projected from the meeting's habit: {habit}.").format(habit=habit)
    return _("Projected from the meeting's habit: {habit}; last known {days}.").format(
        habit=habit, days=wording.span(latest.start, latest.end, latest.date_precision)
    )
