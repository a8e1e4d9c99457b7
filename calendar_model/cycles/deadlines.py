"""Deadlines and other milestones counted from a session, a review, a meeting or a text.

Offsets in working days skip Saturdays, Sundays and the public holidays of the place where the body sits. Offsets in
days, weeks or months are plain; a day so reached that is not a working day gives way to the nearest working day
further from the anchor, because the office is closed on it. An hour is the hour of the place. A date set by hand in
``milestone_dates.csv`` replaces the one counted by the rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from calendar_model import wording
from calendar_model.cycles.cadence import adopted_texts, project
from calendar_model.cycles.session_forecasts import SessionForecast, SessionForecasts
from calendar_model.reference import Reference, working_calendar
from calendar_model.reference.rows import Meeting, Milestone, MilestoneDate, Review
from calendar_model.vocabulary import Anchor, Confidence, Precision, Standing, Unit


class _Days(Protocol):
    def __contains__(self, key: object, /) -> bool: ...


@dataclass(frozen=True)
class DueMilestone:
    """A milestone with its date: from ``start`` to ``end`` (dates of the place, inclusive), or at the instant ``at``.

    ``subject`` is the code of the session, review or meeting from which it is counted, ``precision`` month where
    that has a window only. ``by_hand`` means that the date was entered and not counted.
    """

    milestone: Milestone
    subject: str
    session: str
    country: str
    start: date
    end: date
    precision: Precision
    at: datetime | None
    timezone: str
    standing: Standing
    confidence: Confidence
    by_hand: bool
    basis: str
    source_url: str
    updated: date
    revision: int = 0

    @property
    def item(self) -> str:
        """The local identifier: the rule and what it is counted from."""
        return f"deadline-{self.milestone.code}-{self.subject}"


@lru_cache(maxsize=64)
def _calendar(code: str) -> _Days:
    return working_calendar(code) if code else ()


def is_working_day(day: date, holidays: str) -> bool:
    """Return whether ``day`` is a weekday and no public holiday of ``holidays``, a code such as ``CH-GE``, or ""."""
    return day.weekday() < 5 and day not in _calendar(holidays)


def offset_day(anchor: date, offset: int, unit: Unit, holidays: str) -> date:
    """Return the day ``offset`` units from ``anchor`` by the rules of this module.

    ``holidays`` is the working-day calendar of the place. Raises ValueError for hours: they need an hour to start
    from, and no session or review has one.
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
    shift = {
        Unit.DAYS: relativedelta(days=offset),
        Unit.WEEKS: relativedelta(weeks=offset),
        Unit.MONTHS: relativedelta(months=offset),
    }
    day = date.fromordinal((anchor + shift[unit]).toordinal())
    while offset and not is_working_day(day, holidays):
        day += step
    return day


def due_for_text(reference: Reference, session: str, track: str, as_of: date) -> tuple[DueMilestone, ...]:
    """Return the milestones of a track's text in one session, counted from it, in order.

    ``session`` is a code. Of a session not dated yet, the window is carried into every milestone. Where a committee
    prepares the text, milestones are counted from its session of the same year as well. Empty for a session that can be
    neither found nor projected on ``as_of``.
    """
    forecasts = SessionForecasts(reference, as_of)
    forecast = forecasts.known(session) or _projected(reference, session, as_of, forecasts)
    if forecast is None:
        return ()
    committee = committee_session(reference, track, forecast, forecasts)
    due = [
        d
        for s in (forecast, committee)
        if s is not None
        for d in _for_session(reference, s, forecasts, {track})
        if not d.country
    ]
    return tuple(sorted(due, key=lambda d: (d.start, d.end, d.milestone.code)))


def committee_session(
    reference: Reference, track: str, forecast: SessionForecast, forecasts: SessionForecasts
) -> SessionForecast | None:
    """Return the session of the committee that prepares a track's text, in the year in which ``forecast`` opens."""
    committee = reference.tracks[track].negotiated_in if track in reference.tracks else ""
    for season in reference.seasons.values():
        if committee and season.body == committee:
            return forecasts.in_season(season.code, forecast.start.year)
    return None


def due_milestones(reference: Reference, as_of: date, until: date) -> tuple[DueMilestone, ...]:
    """Return every milestone that has a date, in order of date.

    These are the milestones of the sessions known on ``as_of`` or projected to ``until``, of their reviews and texts,
    and of the meetings in the reference.
    """
    forecasts = SessionForecasts(reference, as_of)
    texts = _texts_by_session(reference, as_of, until, forecasts)
    found: list[DueMilestone] = []
    for forecast in {
        s.code: s for s in [*forecasts.all_known(), *projected_sessions(reference, as_of, until)]
    }.values():
        if forecast.standing is not Standing.CANCELLED:
            found.extend(_for_session(reference, forecast, forecasts, texts.get(forecast.code, set())))
    for meeting in reference.meetings:
        found.extend(_for_meeting(reference, meeting))
    return tuple(sorted(found, key=lambda d: (d.start, d.end, d.milestone.code, d.subject)))


def projected_sessions(reference: Reference, as_of: date, until: date) -> tuple[SessionForecast, ...]:
    """Return the sessions that are not in the reference yet, from the seasons of each body, by opening.

    A body whose reviews are counted in sessions is left out: its sessions come with the reviews
    (:func:`calendar_model.cycles.cadence.project`), because between two cycles it skips a season.
    """
    counted = {reference.tracks[c.track].body for c in reference.cadences if c.interval_sessions is not None}
    forecasts = SessionForecasts(reference, as_of)
    found = []
    for season in reference.seasons.values():
        if season.body in counted:
            continue
        for year in range(as_of.year, until.year + 1):
            forecast = forecasts.in_season(season.code, year)
            if forecast is None or forecasts.known(forecast.code) or not forecast.code:
                continue
            if forecast.end >= as_of and forecast.start <= until:
                found.append(forecast)
    return tuple(sorted(found, key=lambda s: (s.start, s.code)))


def _projected(reference: Reference, code: str, as_of: date, forecasts: SessionForecasts) -> SessionForecast | None:
    for season in reference.seasons.values():
        for year in range(as_of.year, as_of.year + 30):
            forecast = forecasts.in_season(season.code, year)
            if forecast is not None and forecast.code == code:
                return forecast
    return None


def _texts_by_session(
    reference: Reference, as_of: date, until: date, forecasts: SessionForecasts
) -> dict[str, set[str]]:
    """Return the tracks of which a text was adopted or is due, by session and by that of the preparing committee."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for track in reference.tracks:
        for text in adopted_texts(reference, track, as_of):
            found[text.session].add(track)
    for occurrence in project(reference, as_of, until):
        if occurrence.session and not occurrence.departure:
            found[occurrence.session].add(occurrence.track)
    for code, tracks in list(found.items()):
        forecast = forecasts.known(code) or _projected(reference, code, as_of, forecasts)
        if forecast is None:
            continue
        for track in tracks:
            committee = committee_session(reference, track, forecast, forecasts)
            if committee is not None:
                found[committee.code].add(track)
    return dict(found)


def _for_session(
    reference: Reference, forecast: SessionForecast, forecasts: SessionForecasts, tracks: set[str]
) -> Iterator[DueMilestone]:
    reviews = [r for r in reference.reviews if r.session == forecast.code and r.standing is not Standing.CANCELLED]
    for milestone in reference.milestones.values():
        if milestone.body != forecast.body or not _in_years(milestone, forecast.start.year):
            continue
        if milestone.tracks and not tracks & set(milestone.tracks):
            continue
        yield from _set_by_hand(reference, milestone, forecast)
        if milestone.anchor is Anchor.SESSION_START:
            yield from _counted(reference, milestone, forecasts.opening(forecast), forecast)
        elif milestone.anchor is Anchor.SESSION_END:
            yield from _counted(reference, milestone, forecasts.closing(forecast), forecast)
        elif milestone.anchor is Anchor.REVIEW:
            for review in reviews:
                if review.date is not None:
                    yield from _counted(reference, milestone, (review.date, review.date), forecast, review)
            if not reviews or any(review.date is None for review in reviews):
                yield from _counted(reference, milestone, (forecast.start, forecast.end), forecast)
        elif milestone.anchor is Anchor.TEXT:
            yield from _counted(reference, milestone, _text_days(reference, forecast, tracks), forecast)


def _text_days(reference: Reference, forecast: SessionForecast, tracks: set[str]) -> tuple[date, date]:
    """When the tracks' text was adopted in the session; the whole session while that is not known."""
    days = [
        r.adopted
        for r in reference.resolutions
        if r.session == forecast.code and r.track in tracks and r.adopted is not None
    ]
    return (min(days), max(days)) if days else (forecast.start, forecast.end)


def _in_years(milestone: Milestone, year: int) -> bool:
    return (milestone.first_year or year) <= year <= (milestone.last_year or year)


def _hand_dates(reference: Reference, milestone: Milestone, subject: str) -> list[MilestoneDate]:
    return [d for d in reference.milestone_dates if d.milestone == milestone.code and d.session == subject]


def _counted(
    reference: Reference,
    milestone: Milestone,
    anchor: tuple[date, date],
    of: SessionForecast | Meeting,
    review: Review | None = None,
) -> Iterator[DueMilestone]:
    """Yield the milestone counted by its rule, unless it has no offset or a date set by hand.

    Counted from the days ``anchor`` of a session or meeting ``of``, or of one state's ``review`` in the session.
    """
    country = review.country if review else ""
    if milestone.offset is None or milestone.unit is None or milestone.unit is Unit.HOURS:
        return
    if any(d.country == country for d in _hand_dates(reference, milestone, of.code)):
        return
    seat = reference.organisations[milestone.body]
    first, last = (offset_day(day, milestone.offset, milestone.unit, seat.holidays) for day in anchor)
    exact = anchor[0] == anchor[1]
    if not exact and milestone.anchor in (Anchor.SESSION_END, Anchor.TEXT):
        first = max(first, of.start)
    dated = review or of
    what = f"the review of {reference.states[country].name}" if review else of.code
    yield _due_milestone(
        reference,
        milestone,
        dated.code,
        session=of.code,
        country=country,
        days=(first, last),
        exact=exact,
        basis=_how_counted(milestone, what, anchor, exact),
        updated=max(milestone.updated, dated.updated),
        revision=dated.revision,
    )


def _for_meeting(reference: Reference, meeting: Meeting) -> Iterator[DueMilestone]:
    for milestone in reference.milestones.values():
        if milestone.meeting != meeting.meeting or not _in_years(milestone, meeting.start.year):
            continue
        yield from _set_by_hand(reference, milestone, meeting)
        if milestone.anchor is Anchor.MEETING_START and meeting.standing is not Standing.CANCELLED:
            last = meeting.start if meeting.date_precision is Precision.DAY else meeting.end
            yield from _counted(reference, milestone, (meeting.start, last), meeting)


def _set_by_hand(reference: Reference, milestone: Milestone, of: SessionForecast | Meeting) -> Iterator[DueMilestone]:
    for row in _hand_dates(reference, milestone, of.code):
        subject = f"{of.code}-{row.country}" if row.country else of.code
        where = f" ({row.source_note})" if row.source_note else ""
        yield _due_milestone(
            reference,
            milestone,
            subject,
            session=of.code,
            country=row.country,
            days=(row.date, row.date),
            exact=True,
            basis=f"The date was set for {of.code}; it stands whatever the rule would give{where}.",
            updated=row.updated,
            revision=row.revision,
            by_hand=row,
        )


def _due_milestone(
    reference: Reference,
    milestone: Milestone,
    subject: str,
    *,
    session: str,
    country: str,
    days: tuple[date, date],
    exact: bool,
    basis: str,
    updated: date,
    revision: int,
    by_hand: MilestoneDate | None = None,
) -> DueMilestone:
    zone = milestone.timezone or reference.organisations[milestone.body].timezone
    hour = by_hand.time if by_hand and by_hand.time else milestone.time
    at = datetime.combine(days[0], hour, ZoneInfo(zone)) if hour and zone and exact else None
    return DueMilestone(
        milestone=milestone,
        subject=subject,
        session=session,
        country=country,
        start=days[0],
        end=days[1],
        precision=Precision.DAY if exact else Precision.MONTH,
        at=at,
        timezone=zone,
        standing=by_hand.standing if by_hand else Standing.PROJECTED,
        confidence=by_hand.confidence_in("date") if by_hand else Confidence.RECALLED,
        by_hand=by_hand is not None,
        basis=basis,
        source_url=(by_hand.source_url if by_hand else "") or milestone.source_url,
        updated=updated,
        revision=revision,
    )


_AMOUNTS = {
    Unit.DAYS: "day",
    Unit.WORKING_DAYS: "working day",
    Unit.WEEKS: "week",
    Unit.MONTHS: "month",
    Unit.HOURS: "hour",
}

_ANCHORS = {
    Anchor.SESSION_START: "the opening of",
    Anchor.SESSION_END: "the close of",
    Anchor.MEETING_START: "the opening of",
    Anchor.TEXT: "action on the text in",
    Anchor.REVIEW: "",
}


def _how_counted(milestone: Milestone, subject: str, anchor: tuple[date, date], exact: bool) -> str:
    assert milestone.offset is not None  # _counted() requires it
    assert milestone.unit is not None
    assert milestone.anchor is not None
    amount = abs(milestone.offset)
    unit = _AMOUNTS[milestone.unit] + ("s" if amount != 1 else "")
    way = "after" if milestone.offset > 0 else "before"
    days = wording.day(anchor[0]) if exact else wording.span(*anchor, Precision.MONTH)
    what = " ".join(part for part in (_ANCHORS[milestone.anchor], subject) if part)
    if not milestone.offset:
        return f"By the rule it falls on {what} ({days})."
    held = "" if exact else "; the days are not fixed"
    return f"Worked out by the rule: {amount} {unit} {way} {what} ({days}){held}."
