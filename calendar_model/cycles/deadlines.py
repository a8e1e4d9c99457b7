"""Deadlines and other milestones counted from a session, a review, a meeting or a text.

Offsets in working days skip Saturdays, Sundays and the public holidays of the place where the body sits. Offsets in
days, weeks or months are plain; a day so reached that is not a working day gives way to the nearest working day
further from the anchor, so that nobody relies on an office that is closed. An hour is the hour of the place.
A date set by hand in ``milestone_dates.csv`` stays, whatever the rule says.
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
from calendar_model.cycles.sittings import Sitting, Sittings
from calendar_model.reference import Reference, working_calendar
from calendar_model.vocabulary import (
    Anchor,
    Confidence,
    Meeting,
    Milestone,
    MilestoneDate,
    Precision,
    Review,
    Standing,
    Unit,
)


class _Days(Protocol):
    def __contains__(self, key: object, /) -> bool: ...


@dataclass(frozen=True)
class Due:
    """What falls due: from ``start`` to ``end`` (dates of the place, inclusive), or at the instant ``at``.

    ``subject`` is the code of the session, review or meeting from which it is counted, ``precision`` month where
    that has a window only. ``by_hand`` says that somebody set the date.
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
    """Whether ``day`` is a weekday and no public holiday of ``holidays``, a code such as ``CH-GE`` ("" for none)."""
    return day.weekday() < 5 and day not in _calendar(holidays)


def count(anchor: date, offset: int, unit: Unit, holidays: str) -> date:
    """The day ``offset`` units from ``anchor`` by the rules of this module.

    ``holidays`` is the working-day calendar of the place. Raises ValueError for hours: these need an hour to start
    from, which no session or review has.
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


def plan(reference: Reference, session: str, track: str, as_of: date) -> tuple[Due, ...]:
    """All that falls due for a track's text in one session, counted back from it, in order.

    ``session`` may be one not dated yet: its window is then carried into every milestone. Where a committee prepares
    the text, its session of the same year is counted from as well. Empty for a session that can be neither found nor
    projected on ``as_of``.
    """
    sittings = Sittings(reference, as_of)
    sitting = sittings.known(session) or _projected(reference, session, as_of, sittings)
    if sitting is None:
        return ()
    committee = committee_sitting(reference, track, sitting, sittings)
    due = [
        d
        for s in (sitting, committee)
        if s is not None
        for d in _for_session(reference, s, sittings, {track})
        if not d.country
    ]
    return tuple(sorted(due, key=lambda d: (d.start, d.end, d.milestone.code)))


def committee_sitting(reference: Reference, track: str, sitting: Sitting, sittings: Sittings) -> Sitting | None:
    """The session of the committee that prepares a track's text, in the year in which ``sitting`` opens."""
    committee = reference.tracks[track].negotiated_in if track in reference.tracks else ""
    for season in reference.seasons.values():
        if committee and season.body == committee:
            return sittings.in_season(season.code, sitting.start.year)
    return None


def all_due(reference: Reference, as_of: date, until: date) -> tuple[Due, ...]:
    """Every milestone with a date: of the sessions known on ``as_of`` or projected to ``until``, of their reviews
    and texts, and of the meetings in the reference. Ordered by date."""
    sittings = Sittings(reference, as_of)
    texts = _texts_by_session(reference, as_of, until, sittings)
    found: list[Due] = []
    for sitting in {s.code: s for s in [*sittings.all_known(), *projected_sittings(reference, as_of, until)]}.values():
        if sitting.standing is not Standing.CANCELLED:
            found.extend(_for_session(reference, sitting, sittings, texts.get(sitting.code, set())))
    for meeting in reference.meetings:
        found.extend(_for_meeting(reference, meeting))
    return tuple(sorted(found, key=lambda d: (d.start, d.end, d.milestone.code, d.subject)))


def projected_sittings(reference: Reference, as_of: date, until: date) -> tuple[Sitting, ...]:
    """The sessions that are not in the reference yet, from the seasons of each body, by opening.

    A body whose turns are counted in sessions is left out: its sessions come with the turns
    (:func:`calendar_model.cycles.cadence.project`), because between two cycles it skips a season.
    """
    counted = {reference.tracks[c.track].body for c in reference.cadences if c.interval_sessions is not None}
    sittings = Sittings(reference, as_of)
    found = []
    for season in reference.seasons.values():
        if season.body in counted:
            continue
        for year in range(as_of.year, until.year + 1):
            sitting = sittings.in_season(season.code, year)
            if sitting is None or sittings.known(sitting.code) or not sitting.code:
                continue
            if sitting.end >= as_of and sitting.start <= until:
                found.append(sitting)
    return tuple(sorted(found, key=lambda s: (s.start, s.code)))


def _projected(reference: Reference, code: str, as_of: date, sittings: Sittings) -> Sitting | None:
    for season in reference.seasons.values():
        for year in range(as_of.year, as_of.year + 30):
            sitting = sittings.in_season(season.code, year)
            if sitting is not None and sitting.code == code:
                return sitting
    return None


def _texts_by_session(reference: Reference, as_of: date, until: date, sittings: Sittings) -> dict[str, set[str]]:
    """The tracks of which a text was adopted or is due in each session, or in the committee's that prepares it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for track in reference.tracks:
        for text in adopted_texts(reference, track, as_of):
            found[text.session].add(track)
    for turn in project(reference, as_of, until):
        if turn.session and not turn.departure:
            found[turn.session].add(turn.track)
    for code, tracks in list(found.items()):
        sitting = sittings.known(code) or _projected(reference, code, as_of, sittings)
        if sitting is None:
            continue
        for track in tracks:
            committee = committee_sitting(reference, track, sitting, sittings)
            if committee is not None:
                found[committee.code].add(track)
    return dict(found)


def _for_session(reference: Reference, sitting: Sitting, sittings: Sittings, tracks: set[str]) -> Iterator[Due]:
    reviews = [r for r in reference.reviews if r.session == sitting.code and r.standing is not Standing.CANCELLED]
    for milestone in reference.milestones.values():
        if milestone.body != sitting.body or not _in_years(milestone, sitting.start.year):
            continue
        if milestone.tracks and not tracks & set(milestone.tracks):
            continue
        yield from _set_by_hand(reference, milestone, sitting)
        if milestone.anchor is Anchor.SESSION_START:
            yield from _counted(reference, milestone, sittings.opening(sitting), sitting)
        elif milestone.anchor is Anchor.SESSION_END:
            yield from _counted(reference, milestone, sittings.closing(sitting), sitting)
        elif milestone.anchor is Anchor.REVIEW:
            for review in reviews:
                if review.date is not None:
                    yield from _counted(reference, milestone, (review.date, review.date), sitting, review)
            if not reviews or any(review.date is None for review in reviews):
                yield from _counted(reference, milestone, (sitting.start, sitting.end), sitting)
        elif milestone.anchor is Anchor.TEXT:
            yield from _counted(reference, milestone, _text_days(reference, sitting, tracks), sitting)


def _text_days(reference: Reference, sitting: Sitting, tracks: set[str]) -> tuple[date, date]:
    """When the tracks' text was adopted in the session; the whole session while that is not known."""
    days = [
        r.adopted
        for r in reference.resolutions
        if r.session == sitting.code and r.track in tracks and r.adopted is not None
    ]
    return (min(days), max(days)) if days else (sitting.start, sitting.end)


def _in_years(milestone: Milestone, year: int) -> bool:
    return (milestone.first_year or year) <= year <= (milestone.last_year or year)


def _hand_dates(reference: Reference, milestone: Milestone, subject: str) -> list[MilestoneDate]:
    return [d for d in reference.milestone_dates if d.milestone == milestone.code and d.session == subject]


def _counted(
    reference: Reference,
    milestone: Milestone,
    anchor: tuple[date, date],
    of: Sitting | Meeting,
    review: Review | None = None,
) -> Iterator[Due]:
    """The milestone by its rule, unless there is no offset or somebody has set its date.

    Counted from the days ``anchor`` of a session or meeting ``of``, or of one state's ``review`` in the session.
    """
    country = review.country if review else ""
    if milestone.offset is None or milestone.unit is None or milestone.unit is Unit.HOURS:
        return
    if any(d.country == country for d in _hand_dates(reference, milestone, of.code)):
        return
    seat = reference.organisations[milestone.body]
    first, last = (count(day, milestone.offset, milestone.unit, seat.holidays) for day in anchor)
    exact = anchor[0] == anchor[1]
    if not exact and milestone.anchor in (Anchor.SESSION_END, Anchor.TEXT):
        first = max(first, of.start)
    dated = review or of
    what = f"the review of {reference.states[country].name}" if review else of.code
    yield _due(
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


def _for_meeting(reference: Reference, meeting: Meeting) -> Iterator[Due]:
    for milestone in reference.milestones.values():
        if milestone.meeting != meeting.meeting or not _in_years(milestone, meeting.start.year):
            continue
        yield from _set_by_hand(reference, milestone, meeting)
        if milestone.anchor is Anchor.MEETING_START and meeting.standing is not Standing.CANCELLED:
            last = meeting.start if meeting.date_precision is Precision.DAY else meeting.end
            yield from _counted(reference, milestone, (meeting.start, last), meeting)


def _set_by_hand(reference: Reference, milestone: Milestone, of: Sitting | Meeting) -> Iterator[Due]:
    for row in _hand_dates(reference, milestone, of.code):
        subject = f"{of.code}-{row.country}" if row.country else of.code
        where = f" ({row.source_note})" if row.source_note else ""
        yield _due(
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


def _due(
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
) -> Due:
    zone = milestone.timezone or reference.organisations[milestone.body].timezone
    hour = by_hand.time if by_hand and by_hand.time else milestone.time
    at = datetime.combine(days[0], hour, ZoneInfo(zone)) if hour and zone and exact else None
    return Due(
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
    assert milestone.offset is not None  # _counted() asks for it
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


__all__ = ["Due", "all_due", "committee_sitting", "count", "is_working_day", "plan", "projected_sittings"]
