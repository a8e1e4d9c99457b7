"""The sessions of each body: those known on a day, and those forecast from its seasons.

The expected opening is that of :mod:`calendar_model.cycles.expected_days`, from the openings of the same season that
were known on the day; the close follows by the length that the season's sessions usually have. Where the past allows no
expected day, the season's months are a window.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from calendar_model import wording
from calendar_model.cycles.day_rules import ByProcedure, DatedRule
from calendar_model.cycles.expected_days import (
    USUAL_SETTINGS,
    DayRange,
    DaySeries,
    ExpectedDay,
    ExpectedLength,
    ForecastSettings,
    RuleRecord,
    expect,
    length_range,
    nominal_day,
    rule_records,
    with_anchor,
)
from calendar_model.cycles.working_days import is_working_day
from calendar_model.messages import message
from calendar_model.reference import Reference
from calendar_model.reference.rows import Organisation, Season, Session
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, Precision, SeasonLength, Standing

IN_SIGHT = timedelta(days=366)
"""How long what has passed without a record stays in the calendar, as not confirmed."""


@dataclass(frozen=True)
class SessionForecast:
    """A session with its dates, as it was known on a day or as it is projected.

    ``start`` and ``end`` are dates of the place, ``end`` inclusive; in a window they are its first and last day. Of an
    expected session ``earliest`` and ``latest`` bound the opening. ``code`` is empty where a number cannot be worked
    out. ``main_end`` is the last day of its main part, where that is not its close. Of an expected session ``months``
    are the first and last day of the months in which it lies, and ``closes`` is when it closes, with the interval.
    """

    code: str
    body: str
    number: int | None
    title: str
    start: date
    end: date
    precision: Precision
    standing: Standing
    confidence: Confidence
    basis: str
    source_url: str
    updated: date
    revision: int = 0
    location: str = ""
    notes: str = ""
    earliest: date | None = None
    latest: date | None = None
    main_end: date | None = None
    months: tuple[date, date] | None = None
    closes: DayRange | None = None

    @property
    def window(self) -> tuple[date, date]:
        """The days or months in which it lies for certain, by what is known."""
        return self.months or (self.start, self.end)

    @property
    def last_possible_day(self) -> date:
        """The last day on which it can end, by what is known."""
        return self.closes.latest if self.closes else self.end


def month_window(year: int, first: int, last: int) -> tuple[date, date]:
    """Return the first and last day of the months ``first`` to ``last`` of ``year``; 13-24 are those of the next."""
    ahead, month = divmod(last - 1, 12)
    end_year, end_month = year + ahead, month + 1
    ahead, month = divmod(first - 1, 12)
    return date(year + ahead, month + 1, 1), date(end_year, end_month, monthrange(end_year, end_month)[1])


def session_forecast_day(season: Season, year: int) -> date:
    """Return the day on which the record forecasts a season's session: the last of its opening months a year before."""
    return month_window(year - 1, season.opens_from, season.opens_until)[1]


def season_of(session: Session | SessionForecast, seasons: tuple[Season, ...]) -> Season | None:
    """Return the season of the session's body in whose opening months it opens, if there is one."""
    for season in seasons:
        if season.body == session.body and season.opens_from <= session.start.month <= season.opens_until:
            return season
    return None


class SessionForecasts:
    """The sessions of every body, as known and projected on ``as_of``.

    The dates of a session count as known from ``known_from`` or, where that is empty, from its opening. Later sessions
    are projected from the body's seasons: the number rises by ``sessions_per_year`` each year. ``settings`` are the
    numbers of the method, also for what is counted from these forecasts.
    """

    def __init__(self, reference: Reference, as_of: date, settings: ForecastSettings = USUAL_SETTINGS) -> None:
        self.as_of = as_of
        self.settings = settings
        self._reference = reference
        self._seasons = tuple(reference.seasons.values())
        self._rows: dict[str, Session] = {}
        self._row_in_season: dict[tuple[str, int], Session] = {}
        latest: dict[str, Session] = {}
        for session in reference.sessions.values():
            if (session.known_from or session.start) > as_of:
                continue
            self._rows[session.code] = session
            season = season_of(session, self._seasons)
            if season is not None:
                self._row_in_season.setdefault((season.code, session.start.year), session)
                if season.code not in latest or latest[season.code].start < session.start:
                    latest[season.code] = session
        self._latest = latest
        self._known: dict[str, SessionForecast] = {}
        self._projections: dict[tuple[str, int], SessionForecast] = {}
        self._dated_rows: dict[str, list[Session]] = {}
        self._expected: dict[tuple[str, int], ExpectedDay | None] = {}
        self._lengths: dict[str, ExpectedLength | None] = {}

    def known(self, code: str) -> SessionForecast | None:
        """Return the session of this code if it was known on ``as_of``, on its days or the expected ones."""
        if code not in self._rows:
            return None
        if code not in self._known:
            self._known[code] = self._from_row(self._rows[code])
        return self._known[code]

    def of_code(self, code: str) -> SessionForecast | None:
        """Return the session of this code, known or projected within thirty years; None for one that is neither."""
        if (known := self.known(code)) is not None:
            return known
        for season in self._seasons:
            if code.startswith(season.session_prefix):
                for year in range(self.as_of.year, self.as_of.year + 30):
                    forecast = self.in_season(season.code, year)
                    if forecast is not None and forecast.code == code:
                        return forecast
        return None

    def all_known(self) -> tuple[SessionForecast, ...]:
        """Return every session known on ``as_of``, in the order of the reference."""
        return tuple(forecast for code in self._rows if (forecast := self.known(code)) is not None)

    def season(self, forecast: SessionForecast) -> Season | None:
        """Return the season to which a session belongs."""
        return season_of(forecast, self._seasons)

    def in_season(self, code: str, year: int) -> SessionForecast | None:
        """Return the season's session that opens in ``year``, known or projected; None outside the season's years."""
        season = self._reference.seasons.get(code)
        if season is None:
            return None
        if (code, year) in self._row_in_season:
            return self.known(self._row_in_season[code, year].code)
        if (season.first_year and year < season.first_year) or (season.last_year and year > season.last_year):
            return None
        if (code, year) not in self._projections:
            self._projections[code, year] = self._projected(season, year)
        return self._projections[code, year]

    def openings(self, season: str) -> tuple[date, ...]:
        """Return the openings of a season's sessions of which the day was known on ``as_of``, one a year, in order."""
        return tuple(sorted(session.start for session in self._dated(season)))

    def closings(self, season: str) -> tuple[date, ...]:
        """Return the closes of the same sessions, in order."""
        return tuple(sorted(session.end for session in self._dated(season)))

    def _dated(self, season: str) -> list[Session]:
        if season not in self._dated_rows:
            rows = (row for (code, _), row in self._row_in_season.items() if code == season)
            exact = (
                row for row in rows if row.date_precision is Precision.DAY and row.standing is not Standing.CANCELLED
            )
            self._dated_rows[season] = sorted(exact, key=lambda row: row.start)
        return self._dated_rows[season]

    def expected_opening(self, code: str, year: int) -> ExpectedDay | None:
        """Return the opening expected in ``year`` from the past ones of the season; None where they allow none."""
        key = code, year
        if key not in self._expected:
            self._expected[key] = self._expect(self._reference.seasons[code], year)
        return self._expected[key]

    def _expect(self, season: Season, year: int) -> ExpectedDay | None:
        found = expect(self._opening_series(season, year), year)
        anchor, _, _ = self.anchor(season.counted_from, year)
        return with_anchor(found, anchor) if found is not None and anchor is not None else found

    def opening_rules(self, code: str, year: int) -> list[RuleRecord]:
        """Return the rules that may give a season's opening in ``year``, the best first, beside its past openings."""
        return rule_records(self._opening_series(self._reference.seasons[code], year), year)

    def _opening_series(self, season: Season, year: int) -> DaySeries:
        """The openings of a season's sessions, to forecast that of ``year`` from."""
        holidays = self._reference.organisations[season.body].holidays
        _, anchors, what = self.anchor(season.counted_from, year)
        procedure = self._procedure(season.code, year)
        return DaySeries(self.openings(season.code), holidays, anchors, what, procedure, self.settings)

    def anchor(self, season: str, year: int) -> tuple[DayRange | None, tuple[tuple[int, date], ...], str]:
        """Return the opening of a season in ``year``, all its openings by year for counting from them, and its name.

        Nothing for an empty code, and where no day is known or expected in ``year``.
        """
        forecast = self.in_season(season, year) if season else None
        opening = self.opening(forecast) if forecast is not None else None
        if opening is None or opening.day is None:
            return None, (), ""
        known = {day.year: day for day in self.openings(season)}
        anchors = tuple(sorted({**known, year: opening.day}.items()))
        what = _("the opening of the {season}").format(season=self._reference.seasons[season].name)
        return opening, anchors, what

    def _procedure(self, season: str, year: int) -> ByProcedure | None:
        rules = sorted(
            (r for r in self._reference.date_rules if r.season == season and r.known_from <= self.as_of),
            key=lambda rule: rule.first_year,
        )
        # That a rule has ended is known only once the rule after it is.
        dated = tuple(
            DatedRule(rule.rrule, rule.statement, rule.first_year, following.first_year - 1 if following else None)
            for rule, following in pairwise([*rules, None])
            if rule is not None
        )
        found = ByProcedure(dated) if dated else None
        return found if found is not None and found.in_year(year) is not None else None

    def _projected(self, season: Season, year: int) -> SessionForecast:
        start, end = month_window(year, season.window_from, season.window_until)
        latest = self._latest.get(season.code)
        number = None
        if latest is not None:
            number = latest.number + season.sessions_per_year * (year - latest.start.year)
        body = self._reference.organisations[season.body]
        title = session_title(body, number) if number else f"{body.name}, {season.name}"
        habit = {"season": season.name, "months": wording.span(start, end, Precision.MONTH)}
        if latest is None:
            basis = _("Projected from the body's habit: {season}, {months}.").format(**habit)
        else:
            basis = _("Projected from the body's habit: {season}, {months}, counted on from {session}.").format(
                session=latest.code, **habit
            )
        window = SessionForecast(
            code=f"{season.session_prefix}{number}" if number else "",
            body=season.body,
            number=number,
            title=title,
            start=start,
            end=end,
            precision=Precision.MONTH,
            standing=Standing.PROJECTED,
            confidence=Confidence.RECALLED,
            basis=basis,
            source_url=season.source_url,
            updated=max(season.updated, latest.updated) if latest else season.updated,
            location=body.seat_city,
        )
        return self._with_expected_days(window, season, year)

    def _from_row(self, session: Session) -> SessionForecast:
        forecast = _from_reference(session)
        season = season_of(session, self._seasons)
        if season is None:
            return forecast
        if forecast.precision is not Precision.DAY and forecast.standing not in (Standing.HELD, Standing.CANCELLED):
            return self._with_expected_days(forecast, season, session.start.year)
        # Not before the projection that it replaces: subscribed calendars compare the two.
        updated = max([forecast.updated, season.updated, *(row.updated for row in self._dated(season.code))])
        return replace(forecast, main_end=_main_end(season, forecast.start, forecast.end), updated=updated)

    def _with_expected_days(self, window: SessionForecast, season: Season, year: int) -> SessionForecast:
        """Return the session on its expected days; as it was where there are none, or none inside its window."""
        expectation = self.expected_opening(season.code, year)
        if expectation is None or not window.start <= expectation.day <= window.end:
            return window
        closes = self._expected_close(season, expectation)
        if closes is None or closes.day is None:
            return window
        changed = max(
            [window.updated, *(max(row.updated, row.known_from or row.start) for row in self._dated(season.code))]
        )
        return replace(
            window,
            start=expectation.day,
            end=closes.day,
            earliest=expectation.earliest,
            latest=expectation.latest,
            precision=Precision.EXPECTED,
            basis=basis_of(expectation, what=_("the {season}").format(season=season.name)),
            updated=changed,
            main_end=_main_end(season, expectation.day, closes.day),
            months=(window.start, window.end),
            closes=closes,
        )

    def _expected_close(self, season: Season, opening: ExpectedDay) -> DayRange | None:
        if season.lasts is SeasonLength.UNTIL_NEXT_OPENING:
            following = self.expected_opening(season.code, opening.day.year + 1)
            return following.range if following else None
        holidays = self._reference.organisations[season.body].holidays
        length = self._length(season)
        if length is None:
            return None
        end = opening.nominal + timedelta(days=length.usual)
        while end > opening.day and end.weekday() < 5 and not is_working_day(end, holidays):
            end -= timedelta(days=1)
        earliest = min(opening.earliest + timedelta(days=length.least), end)
        return DayRange(end, earliest, opening.latest + timedelta(days=length.most))

    def _length(self, season: Season) -> ExpectedLength | None:
        """How long a season's session lasts, by those of which the days were known on ``as_of``."""
        if season.code not in self._lengths:
            holidays = self._reference.organisations[season.body].holidays
            usual = [row for row in self._dated(season.code) if not row.interruption]
            lengths = [(row.end - nominal_day(row.start, holidays)).days for row in usual]
            self._lengths[season.code] = length_range(lengths)
        return self._lengths[season.code]

    def window_of(self, body: str, number: int, sessions_per_cycle: int) -> tuple[date, date] | None:
        """Return the window of a session that is not known yet, counted by seasons from the body's latest known one.

        Every season has a session, but between two cycles of ``sessions_per_cycle`` one season may be skipped: the
        window then ends a season later. Returns None where there is no session to count from. A window that has closed
        without the session moves on to the next season.
        """
        latest = max((s for s in self._rows.values() if s.body == body), key=lambda s: s.number, default=None)
        seasons = sorted((s for s in self._seasons if s.body == body), key=lambda s: s.opens_from)
        season = season_of(latest, self._seasons) if latest else None
        if latest is None or season is None or number <= latest.number:
            return None
        cycle = self._cycle_starts(body)
        breaks = (number - cycle) // sessions_per_cycle - (latest.number - cycle) // sessions_per_cycle
        place = latest.start.year * len(seasons) + seasons.index(season)
        steps = number - latest.number
        earliest, last = place + steps, place + steps + breaks

        def window(at: int) -> tuple[date, date]:
            year, index = divmod(at, len(seasons))
            return month_window(year, seasons[index].window_from, seasons[index].window_until)

        while window(last)[1] < self.as_of:
            last += 1
        return window(earliest)[0], window(last)[1]

    def _cycle_starts(self, body: str) -> int:
        """Return the number of the first known session of the body's latest known cycle."""
        cycles = {s.cycle: s.number for s in reversed(self._reference.sessions_of[body]) if s.code in self._rows}
        return cycles[max(cycles, key=lambda c: c or 0)]

    def place_of(self, body: str, number: int, sessions_per_cycle: int) -> tuple[str, int] | None:
        """Return season and year of a session that is not known yet, counted from the body's latest known one.

        Where each break between two cycles that is known has skipped a season, the coming ones are taken to do so too.
        None where there is nothing to count from, or where the breaks that are known differ.
        """
        sat = sorted((s for s in self._rows.values() if s.body == body), key=lambda s: s.number)
        seasons = sorted((s for s in self._seasons if s.body == body), key=lambda s: s.opens_from)
        if not sat or number <= sat[-1].number:
            return None

        def place(session: Session) -> int | None:
            season = season_of(session, self._seasons)
            return session.start.year * len(seasons) + seasons.index(season) if season else None

        skipped = set()
        for before, after in pairwise(sat):
            first, second = place(before), place(after)
            if before.cycle != after.cycle and first is not None and second is not None:
                skipped.add(second - first - 1)
        at = place(sat[-1])
        if at is None or len(skipped) > 1:
            return None
        cycle = self._cycle_starts(body)
        breaks = (number - cycle) // sessions_per_cycle - (sat[-1].number - cycle) // sessions_per_cycle
        year, index = divmod(at + number - sat[-1].number + breaks * (skipped.pop() if skipped else 0), len(seasons))
        return seasons[index].code, year

    def opening(self, forecast: SessionForecast) -> DayRange:
        """Return when the session opens: on a day, on an expected one with its interval, or in a window."""
        if forecast.precision is Precision.DAY:
            return DayRange(forecast.start, forecast.start, forecast.start)
        if forecast.earliest is not None and forecast.latest is not None:
            return DayRange(forecast.start, forecast.earliest, forecast.latest)
        season = self.season(forecast)
        if season is None:
            return DayRange(None, forecast.start, forecast.end)
        first, last = month_window(forecast.start.year, season.opens_from, season.opens_until)
        return DayRange(None, max(forecast.start, first), min(forecast.end, last))

    def closing(self, forecast: SessionForecast) -> DayRange:
        """Return when the session closes, as :meth:`opening` does; a window closes in its last two months."""
        if forecast.closes is not None:
            return forecast.closes
        opening = self.opening(forecast)
        if opening.day is not None:
            return opening.moved((forecast.end - forecast.start).days)
        year, month = divmod(forecast.end.year * 12 + forecast.end.month - 2, 12)
        return DayRange(None, max(forecast.start, date(year, month + 1, 1)), forecast.end)


def session_title(body: Organisation, number: int) -> str:
    """Return the title of a session that is projected: ``UN Human Rights Council, 67th session``."""
    return _("{body}, {ordinal} session").format(body=body.name, ordinal=wording.ordinal(number))


def basis_of(expectation: ExpectedDay, *, what: str = "", texts_of: str = "") -> str:
    """Return the sentence that says how the day is expected on which ``what`` ("the HRC spring session") opens.

    Instead, it can be that of the texts of a body, ``texts_of`` ("HRC"), from the days of their adoption.
    """
    code = "expected-from-procedure" if expectation.by_procedure else "expected-from-habit"
    values = {
        "day": expectation.day,
        "earliest": expectation.earliest,
        "latest": expectation.latest,
        "rule": expectation.rule.words,
        "hits": expectation.hits,
        "of": expectation.of,
        "holiday": expectation.holiday,
    }
    return message(code, {**values, **({"body": texts_of} if texts_of else {"what": what})})


def _main_end(season: Season, start: date, end: date) -> date | None:
    """Return the last day of a session's main part; None where it is its close."""
    if not season.main_part_until:
        return None
    until = ByProcedure((DatedRule(season.main_part_until, "", start.year),)).in_year(start.year)
    return until if until and start <= until < end else None


def _from_reference(session: Session) -> SessionForecast:
    exact, confidence = session.date_precision is Precision.DAY, session.confidence_in("start")
    if confidence is Confidence.SOURCED:
        basis = (
            _("The days of the session are from the source given.")
            if exact
            else _("The window of the session is from the source given.")
        )
    elif session.standing is Standing.HELD:
        basis = (
            _("The days of the session are from memory, not yet checked against a source.")
            if exact
            else _("The window of the session is from memory, not yet checked against a source.")
        )
    else:
        basis = (
            _("The days of the session are from memory of the body's habit; no calendar of the body has been seen.")
            if exact
            else _(
                "The window of the session is from memory of the body's habit; no calendar of the body has been seen."
            )
        )
    if session.interruption:
        basis += f" {session.interruption.rstrip('.')}."
    return SessionForecast(
        code=session.code,
        body=session.body,
        number=session.number,
        title=session.title,
        start=session.start,
        end=session.end,
        precision=session.date_precision,
        standing=session.standing,
        confidence=confidence,
        basis=basis,
        source_url=session.source_url,
        updated=session.updated,
        revision=session.revision,
        location=session.location,
        notes=session.notes,
    )
