"""The record of the forecasts: what would have been expected a year ahead, beside what came.

Each trial stands on a day in the year before and knows no more than was known on it. For a session and a recurring
meeting that is the last day of the months in which it usually opens, eleven months ahead or more; for a text the last
day of the months in which it usually comes. A milestone stands where the session or meeting does from which it is
counted. The order of a session's reviews is known only shortly before, so a review stands on the day of the opening.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from calendar_model import wording
from calendar_model.cycles.cadence import adopted_texts
from calendar_model.cycles.deadlines import milestones_of
from calendar_model.cycles.editions import (
    Edition,
    edition_forecast_day,
    edition_in_year,
    expected_first_day,
    past_editions,
)
from calendar_model.cycles.expected_days import FEWEST_DAYS, USUAL_SETTINGS, DayRange, ForecastSettings
from calendar_model.cycles.review_days import review_day
from calendar_model.cycles.session_forecasts import (
    SessionForecast,
    SessionForecasts,
    month_window,
    season_of,
    session_forecast_day,
)
from calendar_model.cycles.text_days import expected_action
from calendar_model.reference import Reference
from calendar_model.reference.rows import Meeting, Season, Session, Track
from calendar_model.vocabulary import Precision, Standing, TrackSubject

FIRST_YEAR = 2016
"""The first year that is forecast: the Council had then held eight or more sessions in each of its seasons."""

LARGE_ERROR = 7
"""Days: a larger error needs an explanation."""


class Forecasted(StrEnum):
    """What a trial forecasts the day of."""

    SESSION = "session"
    CLOSE = "close"
    MEETING = "meeting"
    TEXT = "text"
    REVIEW = "review"
    MILESTONE = "milestone"


@dataclass(frozen=True)
class ForecastTrial:
    """One forecast beside the day that came.

    ``series`` is what recurs, by its code (a season, a slot of a recurring meeting, a track, a milestone), and
    ``name`` its name; ``item`` is what it was that year. ``expected`` is None where the past allowed no day. ``rule``
    is in words; empty where no rule of the calendar gave the day. ``is_held`` is False where it is announced only.
    ``naive`` is the same weekday so many times 52 weeks after the last one. ``past`` is how many past days were known,
    ``known_from`` the day from which the announced days were known, if it is recorded, and ``note`` says why the item
    was on other days than its habit.
    """

    kind: Forecasted
    body: str
    series: str
    name: str
    item: str
    year: int
    stood_on: date
    actual: date
    is_held: bool = True
    expected: date | None = None
    earliest: date | None = None
    latest: date | None = None
    rule: str = ""
    naive: date | None = None
    past: int = 0
    known_from: date | None = None
    note: str = ""

    def expecting(self, days: DayRange | None, rule: str = "") -> ForecastTrial:
        """Return the trial with the days that were forecast and the rule in words; as it is where none were."""
        if days is None or days.day is None:
            return self
        return replace(self, expected=days.day, earliest=days.earliest, latest=days.latest, rule=rule)

    @property
    def error(self) -> int | None:
        """By how many days it came later than expected; negative if earlier, None without an expected day."""
        return (self.actual - self.expected).days if self.expected else None

    @property
    def has_large_error(self) -> bool:
        return self.error is not None and abs(self.error) > LARGE_ERROR

    @property
    def is_covered(self) -> bool:
        """Whether the interval held the day."""
        return bool(self.earliest and self.latest and self.earliest <= self.actual <= self.latest)

    @property
    def notice(self) -> int | None:
        """How many days before the day its announcement was known; None where that is not recorded."""
        return (self.actual - self.known_from).days if self.known_from else None


@dataclass(frozen=True)
class Figures:
    """How good forecasts were: counts of trials, and the median width of the interval in days.

    ``without`` counts the trials in which the past allowed no day; they are in none of the other numbers. ``naive`` is
    how many naive forecasts there were, ``naive_exact`` and ``naive_within_7`` how many of them were so good.
    """

    trials: int
    exact: int
    within_1: int
    within_7: int
    covered: int
    width: float
    without: int
    naive: int
    naive_exact: int
    naive_within_7: int


def figures(trials: Iterable[ForecastTrial]) -> Figures:
    """Return how good the forecasts of these trials were."""
    trials = tuple(trials)
    made = [trial for trial in trials if trial.expected is not None]
    errors = [abs(trial.error) for trial in made if trial.error is not None]
    naive = [abs((trial.actual - trial.naive).days) for trial in made if trial.naive is not None]
    widths = [(trial.latest - trial.earliest).days for trial in made if trial.earliest and trial.latest]
    return Figures(
        trials=len(made),
        exact=sum(error == 0 for error in errors),
        within_1=sum(error <= 1 for error in errors),
        within_7=sum(error <= LARGE_ERROR for error in errors),
        covered=sum(trial.is_covered for trial in made),
        width=median(widths) if widths else 0,
        without=len(trials) - len(made),
        naive=len(naive),
        naive_exact=sum(error == 0 for error in naive),
        naive_within_7=sum(error <= LARGE_ERROR for error in naive),
    )


def record(
    reference: Reference, as_of: date, kinds: Iterable[Forecasted] = tuple(Forecasted), bodies: Iterable[str] = ()
) -> tuple[ForecastTrial, ...]:
    """Return the trials of every day since :data:`FIRST_YEAR` that was known by ``as_of``, by kind, series and year.

    ``kinds`` and ``bodies`` narrow it; without ``bodies`` it is of all.
    """
    trials = _Trials(reference, as_of, bodies=bodies)
    by_kind = {
        Forecasted.SESSION: trials.sessions,
        Forecasted.CLOSE: trials.closes,
        Forecasted.MEETING: trials.meetings,
        Forecasted.TEXT: trials.texts,
        Forecasted.REVIEW: trials.reviews,
        Forecasted.MILESTONE: trials.milestones,
    }
    return tuple(trial for kind in kinds for trial in by_kind[kind]())


def session_trials(
    reference: Reference, as_of: date, settings: ForecastSettings = USUAL_SETTINGS
) -> tuple[ForecastTrial, ...]:
    """Return the trials of the openings of sessions; ``settings`` are the numbers of the method."""
    return tuple(_Trials(reference, as_of, settings).sessions())


def held(trials: Iterable[ForecastTrial]) -> tuple[ForecastTrial, ...]:
    """Return the trials of what was held; the others are of what is only announced."""
    return tuple(trial for trial in trials if trial.is_held)


def of_followed_bodies(reference: Reference, trials: Iterable[ForecastTrial]) -> tuple[ForecastTrial, ...]:
    """Return the trials of the openings of sessions of the bodies whose texts or reviews are followed in a track."""
    followed = {track.body for track in reference.tracks.values()}
    return tuple(trial for trial in trials if trial.kind is Forecasted.SESSION and trial.body in followed)


def usual_notice(reference: Reference, body: str) -> int | None:
    """Return how many days before the opening a body usually announces its sessions.

    That is the median of the sessions of which ``known_from`` is recorded; None where there are fewer than three.
    """
    known = [
        (row.start - row.known_from).days
        for row in reference.sessions_of.get(body, ())
        if row.known_from is not None and row.date_precision is Precision.DAY and row.known_from < row.start
    ]
    return round(median(known)) if len(known) >= FEWEST_DAYS else None


class _Trials:
    """Makes the trials of a reference, with the forecasts of each day made once."""

    def __init__(
        self,
        reference: Reference,
        as_of: date,
        settings: ForecastSettings = USUAL_SETTINGS,
        bodies: Iterable[str] = (),
    ) -> None:
        self._reference, self._as_of, self._settings = reference, as_of, settings
        self._bodies = frozenset(bodies) or frozenset(reference.organisations)
        self._forecasts: dict[date, SessionForecasts] = {}
        self._notes = {note.item: note.reason for note in reference.forecast_notes}
        self._season_by_session = {
            row.code: season
            for row in reference.sessions.values()
            if (season := season_of(row, tuple(reference.seasons.values()))) is not None
        }

    def _on(self, day: date) -> SessionForecasts:
        if day not in self._forecasts:
            self._forecasts[day] = SessionForecasts(self._reference, day, self._settings)
        return self._forecasts[day]

    def _is_tried(self, row: Session | Meeting) -> bool:
        """Whether something is tried: its days are known, and it has opened or is announced."""
        if row.date_precision is not Precision.DAY or row.start.year < FIRST_YEAR:
            return False
        return row.standing is Standing.CONFIRMED or (row.start <= self._as_of and row.standing is Standing.HELD)

    def _tried_sessions(self) -> Iterator[tuple[Season, Session]]:
        rows = sorted(self._reference.sessions.values(), key=lambda row: row.start)
        for season in self._reference.seasons.values():
            for row in rows:
                is_of_season = self._season_by_session.get(row.code) is season
                if is_of_season and row.body in self._bodies and self._is_tried(row):
                    yield season, row

    def sessions(self) -> Iterator[ForecastTrial]:
        for season, row in self._tried_sessions():
            now = self._on(session_forecast_day(season, row.start.year))
            forecast = now.in_season(season.code, row.start.year)
            expected = now.expected_opening(season.code, row.start.year)
            trial = self._of_session(Forecasted.SESSION, season, row, now, now.openings(season.code), row.start)
            if forecast is not None and expected is not None and forecast.precision is Precision.EXPECTED:
                trial = trial.expecting(now.opening(forecast), expected.rule.words)
            yield trial

    def closes(self) -> Iterator[ForecastTrial]:
        """Yield the trials of closing days. Interrupted sessions and those that last until the next are left out."""
        for season, row in self._tried_sessions():
            if row.interruption or season.lasts is not None:
                continue
            now = self._on(session_forecast_day(season, row.start.year))
            forecast = now.in_season(season.code, row.start.year)
            trial = self._of_session(Forecasted.CLOSE, season, row, now, now.closings(season.code), row.end)
            yield trial.expecting(now.closing(forecast)) if forecast is not None else trial

    def _of_session(
        self,
        kind: Forecasted,
        season: Season,
        row: Session,
        now: SessionForecasts,
        past: tuple[date, ...],
        actual: date,
    ) -> ForecastTrial:
        return ForecastTrial(
            kind=kind,
            body=row.body,
            series=season.code,
            name=season.name,
            item=row.code,
            year=row.start.year,
            stood_on=now.as_of,
            actual=actual,
            is_held=row.start <= self._as_of,
            naive=_naive(past, row.start.year),
            past=len(past),
            known_from=row.known_from,
            note=self._note(row),
        )

    def _note(self, row: Session) -> str:
        """Why a session was on other days than its habit; an interruption tells of its close."""
        return self._notes.get(row.code, row.moved_because or row.interruption)

    def meetings(self) -> Iterator[ForecastTrial]:
        order = {code: at for at, code in enumerate(self._reference.recurring_meetings)}
        for row in sorted(self._reference.meetings, key=lambda row: (order[row.meeting], row.slot, row.start)):
            meeting, year = self._reference.recurring_meetings[row.meeting], row.year
            if meeting.organisation not in self._bodies or not self._is_tried(row):
                continue
            now = self._on(edition_forecast_day(meeting, row.year, row.slot))
            past = past_editions(self._reference, meeting, now.as_of)[row.slot]
            edition = edition_in_year(self._reference, meeting, year, row.slot, now)
            expected = expected_first_day(self._reference, meeting, year, past, now)
            months = wording.span(*month_window(year, *meeting.slots[row.slot - 1]), Precision.MONTH)
            trial = ForecastTrial(
                kind=Forecasted.MEETING,
                body=meeting.organisation,
                series=f"{meeting.code}-{row.slot}" if len(meeting.slots) > 1 else meeting.code,
                name=f"{meeting.name}, {months.removesuffix(f' {year}')}" if len(meeting.slots) > 1 else meeting.name,
                item=row.code,
                year=year,
                stood_on=now.as_of,
                actual=row.start,
                is_held=row.start <= self._as_of,
                naive=_naive(tuple(one.start for one in past), year),
                past=len(past),
                note=self._notes.get(row.code, row.moved_because),
            )
            if expected is not None and edition.precision is Precision.EXPECTED:
                trial = trial.expecting(edition.opening, expected.rule.words)
            yield trial

    def texts(self) -> Iterator[ForecastTrial]:
        """Yield the trials of the days on which texts were adopted, their sessions taken as given."""
        for track in self._reference.tracks.values():
            if track.body not in self._bodies:
                continue
            texts = adopted_texts(self._reference, track.code, self._as_of)
            for row in sorted(texts, key=lambda row: row.adopted or self._as_of):
                season = self._season_by_session.get(row.session)
                if row.adopted is None or season is None or row.adopted.year < FIRST_YEAR:
                    continue
                session = self._reference.sessions[row.session]
                now = self._on(self._before_text(track.code, season, session.start.year))
                forecast = now.in_season(season.code, session.start.year)
                found = expected_action(self._reference, track.code, forecast, now) if forecast is not None else None
                past = sorted(one.adopted for one in texts if one.adopted and one.adopted <= now.as_of)
                trial = replace(
                    _of_track(Forecasted.TEXT, track, row.symbol, row.adopted, now),
                    naive=_naive(tuple(past), row.adopted.year),
                    past=len(past),
                    note=self._note(session),
                )
                yield trial.expecting(found.range, found.rule.words) if found is not None else trial

    def _before_text(self, track: str, season: Season, year: int) -> date:
        for rule in self._reference.cadences:
            if rule.track == track and rule.window_from is not None and rule.window_until is not None:
                return month_window(year - 1, rule.window_from, rule.window_until)[1]
        return month_window(year - 1, season.window_from, season.window_until)[1]

    def reviews(self) -> Iterator[ForecastTrial]:
        """Yield the trials of the days of reviews of which the place in the session's order is known."""
        track = next((t for t in self._reference.tracks.values() if t.subject is TrackSubject.STATE), None)
        for row in self._reference.reviews:
            session = self._reference.sessions.get(row.session)
            if row.date is None or row.order is None or session is None or track is None or row.date > self._as_of:
                continue
            # On the opening day itself the reviews of that day are no longer a forecast.
            if session.body not in self._bodies or not self._is_tried(session) or row.date <= session.start:
                continue
            now = self._on(session.start)
            forecast = now.known(session.code)
            undated = row.model_copy(update={"date": None})
            found = review_day(self._reference, undated, forecast, now) if forecast is not None else None
            yield _of_track(Forecasted.REVIEW, track, row.code, row.date, now).expecting(found)

    def milestones(self) -> Iterator[ForecastTrial]:
        """Yield the trials of milestones whose days are recorded, counted from what was expected a year ahead."""
        order = {code: at for at, code in enumerate(self._reference.milestones)}
        sessions = {row.code: (season, row) for season, row in self._tried_sessions()}
        editions = {row.code: row for row in self._reference.meetings}
        for row in sorted(self._reference.milestone_dates, key=lambda row: (order[row.milestone], row.date)):
            milestone = self._reference.milestones[row.milestone]
            if milestone.body not in self._bodies:
                continue
            if row.country or row.standing is not Standing.HELD or row.date > self._as_of or milestone.anchor is None:
                continue
            if row.session in sessions:
                season, session = sessions[row.session]
                now = self._on(session_forecast_day(season, session.start.year))
                of: SessionForecast | Edition | None = now.in_season(season.code, session.start.year)
            elif row.session in editions:
                edition = editions[row.session]
                meeting = self._reference.recurring_meetings[edition.meeting]
                now = self._on(edition_forecast_day(meeting, edition.year, edition.slot))
                of = edition_in_year(self._reference, meeting, edition.start.year, edition.slot, now)
            else:
                continue
            if row.date <= now.as_of or of is None:
                continue
            known = tuple(one for one in self._reference.milestone_dates if one.date <= now.as_of)
            then = replace(self._reference, milestone_dates=known)
            due = milestones_of(then, of, now, frozenset(milestone.tracks))
            found = next((one for one in due if one.milestone is milestone and not one.country), None)
            trial = ForecastTrial(
                kind=Forecasted.MILESTONE,
                body=milestone.body,
                series=milestone.code,
                name=milestone.name,
                item=row.session,
                year=row.date.year,
                stood_on=now.as_of,
                actual=row.date,
                past=sum(one.milestone == row.milestone for one in known),
            )
            if found is not None and found.earliest is not None and found.latest is not None:
                trial = trial.expecting(DayRange(found.start, found.earliest, found.latest))
            yield trial


def _of_track(kind: Forecasted, track: Track, item: str, actual: date, now: SessionForecasts) -> ForecastTrial:
    """Return the trial of a text or review of a track, forecast on the day of ``now``."""
    return ForecastTrial(
        kind=kind,
        body=track.body,
        series=track.code,
        name=track.short_title,
        item=item,
        year=actual.year,
        stood_on=now.as_of,
        actual=actual,
    )


def _naive(past: tuple[date, ...], year: int) -> date | None:
    """The same weekday 52 weeks after the last day for each year since; None without one."""
    before = [day for day in past if day.year < year]
    return before[-1] + timedelta(weeks=52 * (year - before[-1].year)) if before else None
