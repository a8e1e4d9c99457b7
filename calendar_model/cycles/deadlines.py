"""Deadlines and other milestones counted from a session, a review, a meeting or a text.

A milestone counted from an expected day is expected itself, and carries its interval on. Where a rule gives no offset,
it is read from the days that the milestone had before, if three are known: the usual one, and the interval in which
nine in ten of them lie. An hour is the hour of the place. A date set by hand in ``milestone_dates.csv`` replaces the
one counted by the rule. How days are counted is in :mod:`calendar_model.cycles.working_days`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from calendar_model import wording
from calendar_model.cycles.cadence import Occurrence, adopted_texts, project
from calendar_model.cycles.editions import Edition, expected_editions, known_editions
from calendar_model.cycles.expected_days import FEWEST_DAYS, OUTSIDE, DayRange, expected_length
from calendar_model.cycles.review_days import review_day
from calendar_model.cycles.session_forecasts import IN_SIGHT, SessionForecast, SessionForecasts
from calendar_model.cycles.text_days import expected_action
from calendar_model.cycles.working_days import offset_day
from calendar_model.messages import message
from calendar_model.reference import Reference
from calendar_model.reference.rows import Milestone, MilestoneDate, Review
from calendar_model.translation import N_, NN_, Translated, ngettext
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Anchor, Confidence, Precision, Standing, Unit

YEARS_OF_REVIEWS = timedelta(days=6 * 366)
"""How far ahead the sessions of reviews are looked for: more than a cycle."""


@dataclass(frozen=True)
class DueMilestone:
    """A milestone with its date: from ``start`` to ``end`` (dates of the place, inclusive), or at the instant ``at``.

    ``subject`` is the code of the session, review or meeting from which it is counted. ``precision`` is day where the
    date was entered (``by_hand``), expected where it is counted from a day that is known or expected, with ``earliest``
    and ``latest``, and month where it is counted from a window.
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
    earliest: date | None = None
    latest: date | None = None

    @property
    def item(self) -> str:
        """The local identifier: the rule and what it is counted from."""
        return f"deadline-{self.milestone.code}-{self.subject}"


def due_for_text(reference: Reference, session: str, track: str, as_of: date) -> tuple[DueMilestone, ...]:
    """Return the milestones of a track's text in one session, counted from it, in order.

    ``session`` is a code. Of a session not dated yet, the window is carried into every milestone. Where a committee
    prepares the text, milestones are counted from its session of the same year as well. Empty for a session that can be
    neither found nor projected on ``as_of``.
    """
    forecasts = SessionForecasts(reference, as_of)
    forecast = forecasts.of_code(session)
    if forecast is None:
        return ()
    committee = committee_session(reference, track, forecast, forecasts)
    past = _Past(reference, forecasts)
    due = [d for s in (forecast, committee) if s is not None for d in _for_session(s, past, {track}) if not d.country]
    return tuple(sorted(due, key=lambda d: (d.start, d.end, d.milestone.code)))


def due_for_session(reference: Reference, session: str, as_of: date) -> tuple[DueMilestone, ...]:
    """Return the milestones of a session and of its reviews, counted from it, in order; those of texts are left out.

    ``session`` is a code, of a session that is known on ``as_of`` or that comes with the reviews of a track
    (:func:`calendar_model.cycles.cadence.project`). Empty for another, and while its opening cannot be expected.
    """
    forecasts = SessionForecasts(reference, as_of)
    forecast = forecasts.known(session) or _with_reviews(reference, session, forecasts)
    if forecast is None:
        return ()
    due = milestones_of(reference, forecast, forecasts)
    return tuple(sorted(due, key=lambda d: (d.start, d.end, d.milestone.code, d.country)))


def _with_reviews(reference: Reference, session: str, forecasts: SessionForecasts) -> SessionForecast | None:
    """Return a session that is not known yet, with the opening that the reviews in it are expected to have."""
    until = forecasts.as_of + YEARS_OF_REVIEWS
    found = (o for o in project(reference, forecasts.as_of, until) if o.session == session and o.countries)
    occurrence = next(found, None)
    if occurrence is None or occurrence.expected is None or occurrence.expected.day is None:
        return None
    opening = occurrence.expected.day
    for season in reference.seasons.values():
        if season.body == occurrence.body:
            forecast = forecasts.in_season(season.code, opening.year)
            if forecast is not None and forecast.start == opening:
                return replace(forecast, code=session)
    return None


def committee_session(
    reference: Reference, track: str, forecast: SessionForecast, forecasts: SessionForecasts
) -> SessionForecast | None:
    """Return the session of the committee that prepares a track's text, in the year in which ``forecast`` opens."""
    committee = reference.tracks[track].negotiated_in if track in reference.tracks else ""
    for season in reference.seasons.values():
        if committee and season.body == committee:
            return forecasts.in_season(season.code, forecast.start.year)
    return None


@dataclass(frozen=True)
class Projection:
    """What is projected from the reference on one day up to another, for all that counts from it.

    Beside the ``forecasts`` of sessions, the ``occurrences`` of every track, the ``sessions`` that are not in the
    reference yet, and the expected ``editions`` of recurring meetings.
    """

    forecasts: SessionForecasts
    occurrences: tuple[Occurrence, ...]
    sessions: tuple[SessionForecast, ...]
    editions: tuple[Edition, ...]

    @classmethod
    def of(cls, reference: Reference, as_of: date, until: date) -> Projection:
        """Project by what was known on ``as_of``, up to ``until``."""
        forecasts = SessionForecasts(reference, as_of)
        return cls(
            forecasts,
            project(reference, as_of, until, forecasts),
            projected_sessions(reference, as_of, until, forecasts),
            tuple(expected_editions(reference, as_of, until, forecasts)),
        )


def due_milestones(reference: Reference, projection: Projection) -> tuple[DueMilestone, ...]:
    """Return every milestone that has a date, in order of date.

    These are the milestones of the sessions that are known or projected, of their reviews and texts, and of the
    editions of recurring meetings, known or projected.
    """
    forecasts = projection.forecasts
    past = _Past(reference, forecasts)
    texts = _texts_by_session(reference, projection)
    found: list[DueMilestone] = []
    for forecast in {s.code: s for s in [*forecasts.all_known(), *projection.sessions]}.values():
        if forecast.standing is not Standing.CANCELLED:
            found.extend(_for_session(forecast, past, texts.get(forecast.code, set())))
    for edition in [*known_editions(reference), *projection.editions]:
        found.extend(_for_meeting(edition, past))
    return tuple(sorted(found, key=lambda d: (d.start, d.end, d.milestone.code, d.subject)))


def milestones_of(
    reference: Reference,
    of: SessionForecast | Edition,
    forecasts: SessionForecasts,
    tracks: frozenset[str] = frozenset(),
) -> tuple[DueMilestone, ...]:
    """Return the milestones of one session or edition of a meeting; of the texts of ``tracks``, if any, as well."""
    past = _Past(reference, forecasts)
    return tuple(_for_meeting(of, past) if isinstance(of, Edition) else _for_session(of, past, set(tracks)))


def projected_sessions(
    reference: Reference, as_of: date, until: date, forecasts: SessionForecasts
) -> tuple[SessionForecast, ...]:
    """Return the sessions that are not in the reference yet, from the seasons of each body, by opening.

    Those of the last year are among them, because their outcomes have to be recorded.

    A body whose reviews are counted in sessions is left out: its sessions come with the reviews
    (:func:`calendar_model.cycles.cadence.project`), because between two cycles it skips a season.
    """
    counted = {reference.tracks[c.track].body for c in reference.cadences if c.interval_sessions is not None}
    found = []
    for season in reference.seasons.values():
        if season.body in counted:
            continue
        for year in range(as_of.year - 1, until.year + 1):
            forecast = forecasts.in_season(season.code, year)
            if forecast is None or forecasts.known(forecast.code) or not forecast.code:
                continue
            if forecast.last_possible_day >= as_of - IN_SIGHT and forecast.start <= until:
                found.append(forecast)
    return tuple(sorted(found, key=lambda s: (s.start, s.code)))


def _texts_by_session(reference: Reference, projection: Projection) -> dict[str, set[str]]:
    """Return the tracks of which a text was adopted or is due, by session and by that of the preparing committee."""
    forecasts = projection.forecasts
    found: defaultdict[str, set[str]] = defaultdict(set)
    for track in reference.tracks:
        for text in adopted_texts(reference, track, forecasts.as_of):
            found[text.session].add(track)
    for occurrence in projection.occurrences:
        if occurrence.session and not occurrence.departure:
            found[occurrence.session].add(occurrence.track)
    for code, tracks in list(found.items()):
        forecast = forecasts.of_code(code)
        if forecast is None:
            continue
        for track in tracks:
            committee = committee_session(reference, track, forecast, forecasts)
            if committee is not None:
                found[committee.code].add(track)
    return dict(found)


def _for_session(forecast: SessionForecast, past: _Past, tracks: set[str]) -> Iterator[DueMilestone]:
    reference, forecasts = past.reference, past.forecasts
    reviews = [r for r in reference.reviews if r.session == forecast.code and r.standing is not Standing.CANCELLED]
    season = found.code if (found := forecasts.season(forecast)) else ""
    for milestone in reference.milestones.values():
        if milestone.body != forecast.body or not _in_years(milestone, forecast.start.year):
            continue
        if milestone.tracks and not tracks & set(milestone.tracks):
            continue
        if milestone.season and milestone.season != season:
            continue
        yield from _set_by_hand(milestone, forecast, past)
        if milestone.anchor is Anchor.SESSION_START:
            yield from _counted(milestone, forecasts.opening(forecast), forecast, past)
        elif milestone.anchor is Anchor.SESSION_END:
            yield from _counted(milestone, forecasts.closing(forecast), forecast, past)
        elif milestone.anchor is Anchor.REVIEW:
            undated = not reviews
            for review in reviews:
                day = review_day(reference, review, forecast, forecasts)
                undated |= day is None
                if day is not None:
                    yield from _counted(milestone, day, forecast, past, review)
            if undated:
                # Without an order the first review is on the opening day, and nothing is due before it is counted from.
                opening = forecasts.opening(forecast)
                days = DayRange(opening.day, opening.earliest, forecasts.closing(forecast).latest)
                yield from _counted(milestone, days, forecast, past)
        elif milestone.anchor is Anchor.TEXT:
            yield from _counted(milestone, _text_days(reference, forecast, forecasts, tracks), forecast, past)


def _text_days(
    reference: Reference, forecast: SessionForecast, forecasts: SessionForecasts, tracks: set[str]
) -> DayRange:
    """When the tracks' text was or is expected to be adopted in the session; else the whole session."""
    days = [
        r.adopted
        for r in reference.resolutions
        if r.session == forecast.code and r.track in tracks and r.adopted is not None
    ]
    if days:
        return DayRange(min(days) if min(days) == max(days) else None, min(days), max(days))
    for track in sorted(tracks):
        expected = expected_action(reference, track, forecast, forecasts)
        if expected is not None:
            return expected.range
    return DayRange(None, forecast.start, forecast.end)


def _in_years(milestone: Milestone, year: int) -> bool:
    return (milestone.first_year or year) <= year <= (milestone.last_year or year)


@dataclass(frozen=True)
class _Offset:
    """How far a milestone lies from its anchor: usually, and at the least and the most; ``of`` past ones, if any."""

    usual: int
    least: int
    most: int
    unit: Unit
    of: int = 0


def _counted(
    milestone: Milestone,
    anchor: DayRange,
    of: SessionForecast | Edition,
    past: _Past,
    review: Review | None = None,
) -> Iterator[DueMilestone]:
    """Yield the milestone counted from ``anchor``, unless it has a date set by hand or nothing to count by.

    The anchor is of a session or an edition of a meeting, ``of``, or of one state's ``review`` in the session.
    """
    reference = past.reference
    country = review.country if review else ""
    offset = past.offset(milestone)
    if offset is None or any(d.country == country for d in past.by_hand(milestone, of.code)):
        return
    holidays = reference.organisations[milestone.body].holidays
    earliest = offset_day(anchor.earliest, offset.least, offset.unit, holidays)
    latest = offset_day(anchor.latest, offset.most, offset.unit, holidays)
    if anchor.day is None and milestone.anchor in (Anchor.SESSION_END, Anchor.TEXT):
        earliest = max(earliest, of.start)
    day = offset_day(anchor.day, offset.usual, offset.unit, holidays) if anchor.day is not None else None
    dated = review or of
    what = _("the review of {state}").format(state=reference.states[country].name) if review else of.code
    yield _due_milestone(
        reference,
        milestone,
        dated.code,
        session=of.code,
        country=country,
        days=DayRange(day, earliest, latest),
        is_known=anchor.is_exact and of.precision is Precision.DAY,
        basis=_how_expected(DayRange(day, earliest, latest), _how_counted(milestone, offset, what, anchor)),
        updated=max(milestone.updated, dated.updated),
        revision=dated.revision,
    )


class _Past:
    """The dates that milestones had, looked up once for all sessions and meetings."""

    def __init__(self, reference: Reference, forecasts: SessionForecasts) -> None:
        self.reference, self.forecasts = reference, forecasts
        self._dates: defaultdict[tuple[str, str], list[MilestoneDate]] = defaultdict(list)
        for row in reference.milestone_dates:
            self._dates[row.milestone, row.session].append(row)
        self._editions = {edition.code: edition for edition in known_editions(reference)}
        self._offsets: dict[str, _Offset | None] = {}

    def by_hand(self, milestone: Milestone, subject: str) -> list[MilestoneDate]:
        """The dates set by hand for a milestone of one session or edition."""
        return self._dates.get((milestone.code, subject), [])

    def offset(self, milestone: Milestone) -> _Offset | None:
        """The offset of a milestone: the rule's, or that of the days which it had before; None without either."""
        if milestone.code not in self._offsets:
            self._offsets[milestone.code] = self._offset(milestone)
        return self._offsets[milestone.code]

    def _offset(self, milestone: Milestone) -> _Offset | None:
        if milestone.unit is Unit.HOURS or milestone.anchor is None:
            return None
        if milestone.offset is not None and milestone.unit is not None:
            return _Offset(milestone.offset, milestone.offset, milestone.offset, milestone.unit)
        offsets = [offset for _, offset in sorted(self._past_offsets(milestone))]
        if len(offsets) < FEWEST_DAYS:
            return None
        usual = expected_length(offsets)
        ordered = sorted(offsets)
        if usual is None or offsets.count(usual) == 1:
            usual = ordered[len(ordered) // 2]
        left_out = int(len(ordered) * OUTSIDE / 2)
        return _Offset(usual, ordered[left_out], ordered[-1 - left_out], Unit.DAYS, of=len(ordered))

    def _past_offsets(self, milestone: Milestone) -> Iterator[tuple[date, int]]:
        """Yield the days that a milestone had before, each with its distance in days from its anchor."""
        for (code, session), rows in self._dates.items():
            of = self.forecasts.known(session) or self._editions.get(session) if code == milestone.code else None
            if of is None or of.precision is not Precision.DAY:
                continue
            for row in rows:
                if row.standing is Standing.CANCELLED or row.date > self.forecasts.as_of:
                    continue
                if milestone.anchor in (Anchor.SESSION_START, Anchor.MEETING_START):
                    yield row.date, (row.date - of.start).days
                elif milestone.anchor is Anchor.SESSION_END:
                    yield row.date, (row.date - of.end).days


def _for_meeting(edition: Edition, past: _Past) -> Iterator[DueMilestone]:
    for milestone in past.reference.milestones.values():
        if milestone.meeting != edition.meeting or not _in_years(milestone, edition.start.year):
            continue
        yield from _set_by_hand(milestone, edition, past)
        if milestone.anchor is Anchor.MEETING_START and edition.standing is not Standing.CANCELLED:
            yield from _counted(milestone, edition.opening, edition, past)


def _set_by_hand(milestone: Milestone, of: SessionForecast | Edition, past: _Past) -> Iterator[DueMilestone]:
    for row in past.by_hand(milestone, of.code):
        subject = f"{of.code}-{row.country}" if row.country else of.code
        if milestone.anchor is Anchor.REVIEW:
            # The identifier that the milestone has while it is counted from the review.
            reviews = (r.code for r in past.reference.reviews if r.session == of.code and r.country == row.country)
            subject = next(reviews, subject)
        if row.source_note:
            basis = _("The date was set for {session}; it stands whatever the rule would give ({note}).").format(
                session=of.code, note=row.source_note
            )
        else:
            basis = _("The date was set for {session}; it stands whatever the rule would give.").format(session=of.code)
        yield _due_milestone(
            past.reference,
            milestone,
            subject,
            session=of.code,
            country=row.country,
            days=DayRange(row.date, row.date, row.date),
            is_known=True,
            basis=basis,
            updated=max(row.updated, milestone.updated, of.updated),
            # While the date was counted, each move of the session or meeting counted.
            revision=row.revision + of.revision,
            by_hand=row,
        )


def _due_milestone(
    reference: Reference,
    milestone: Milestone,
    subject: str,
    *,
    session: str,
    country: str,
    days: DayRange,
    is_known: bool,
    basis: str,
    updated: date,
    revision: int,
    by_hand: MilestoneDate | None = None,
) -> DueMilestone:
    zone = milestone.timezone or reference.organisations[milestone.body].timezone
    hour = by_hand.time if by_hand and by_hand.time else milestone.time
    at = datetime.combine(days.day, hour, ZoneInfo(zone)) if hour and zone and days.day and is_known else None
    precision = Precision.MONTH if days.day is None else Precision.DAY if by_hand else Precision.EXPECTED
    return DueMilestone(
        milestone=milestone,
        subject=subject,
        session=session,
        country=country,
        start=days.day or days.earliest,
        end=days.day or days.latest,
        precision=precision,
        at=at,
        timezone=zone,
        standing=by_hand.standing if by_hand else Standing.PROJECTED,
        confidence=by_hand.confidence_in("date") if by_hand else Confidence.RECALLED,
        by_hand=by_hand is not None,
        basis=basis,
        source_url=(by_hand.source_url if by_hand else "") or milestone.source_url,
        updated=updated,
        revision=revision,
        earliest=days.earliest if precision is Precision.EXPECTED else None,
        latest=days.latest if precision is Precision.EXPECTED else None,
    )


_AFTER: Mapping[Unit, tuple[str, str]] = {
    Unit.DAYS: NN_("{amount} day after {what}", "{amount} days after {what}"),
    Unit.WORKING_DAYS: NN_("{amount} working day after {what}", "{amount} working days after {what}"),
    Unit.WEEKS: NN_("{amount} week after {what}", "{amount} weeks after {what}"),
    Unit.MONTHS: NN_("{amount} month after {what}", "{amount} months after {what}"),
}
_BEFORE: Mapping[Unit, tuple[str, str]] = {
    Unit.DAYS: NN_("{amount} day before {what}", "{amount} days before {what}"),
    Unit.WORKING_DAYS: NN_("{amount} working day before {what}", "{amount} working days before {what}"),
    Unit.WEEKS: NN_("{amount} week before {what}", "{amount} weeks before {what}"),
    Unit.MONTHS: NN_("{amount} month before {what}", "{amount} months before {what}"),
}

_ANCHORS: Mapping[Anchor, str] = Translated(
    {
        Anchor.SESSION_START: N_("the opening of {session}"),
        Anchor.SESSION_END: N_("the close of {session}"),
        Anchor.MEETING_START: N_("the opening of {session}"),
        Anchor.TEXT: N_("action on the text in {session}"),
    }
)


def _how_expected(days: DayRange, how_counted: str) -> str:
    """Return the basis of a milestone: its expected day with the interval, if it has one, and how it is counted."""
    if days.day is None:
        return f"{how_counted[0].upper()}{how_counted[1:]}"
    values = {"day": days.day, "earliest": days.earliest, "latest": days.latest}
    return message("expected-by-count", {**values, "how": how_counted})


def _how_counted(milestone: Milestone, offset: _Offset, subject: str, anchor: DayRange) -> str:
    """Return how a milestone is counted, as a phrase that ends its sentence."""
    assert milestone.anchor is not None  # _offset() requires it
    if anchor.day is None:
        window = wording.span(anchor.earliest, anchor.latest, Precision.MONTH)
        days = _("{months}, dates not set").format(months=window)
    else:
        days = wording.day(anchor.day) if anchor.is_exact else _("expected {days}").format(days=wording.day(anchor.day))
    what = _ANCHORS[milestone.anchor].format(session=subject) if milestone.anchor in _ANCHORS else subject
    number, amount = abs(offset.usual), f"{abs(offset.usual)}"
    low, high = sorted((abs(offset.least), abs(offset.most)))
    if offset.of and low != high:
        amount = _("{usual} ({least} to {most})").format(usual=amount, least=low, most=high)
    forms = (_AFTER if offset.usual > 0 else _BEFORE)[offset.unit]
    how_far = ngettext(*forms, number).format(amount=amount, what=what)
    if offset.of:
        return _("usually {how_far} ({days}), by the last {number} known.").format(
            how_far=how_far, days=days, number=offset.of
        )
    if not offset.usual:
        return _("by the rule it falls on {what} ({days}).").format(what=what, days=days)
    return _("by the rule {how_far} ({days}).").format(how_far=how_far, days=days)
