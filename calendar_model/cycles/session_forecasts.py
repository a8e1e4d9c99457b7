"""The sessions of each body: those known on a day, and those projected from its seasons."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from calendar_model import wording
from calendar_model.reference import Reference
from calendar_model.reference.rows import Season, Session
from calendar_model.vocabulary import Confidence, Precision, Standing


@dataclass(frozen=True)
class SessionForecast:
    """A session with its dates, as it was known on a day or as it is projected.

    ``start`` and ``end`` are dates of the place, ``end`` inclusive; with a ``precision`` other than day they bound
    a window. ``code`` is empty where a number cannot be worked out.
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


def month_window(year: int, first: int, last: int) -> tuple[date, date]:
    """Return the first and last day of the months ``first`` to ``last`` of ``year``; 13-24 are those of the next."""
    ahead, month = divmod(last - 1, 12)
    end_year, end_month = year + ahead, month + 1
    ahead, month = divmod(first - 1, 12)
    return date(year + ahead, month + 1, 1), date(end_year, end_month, monthrange(end_year, end_month)[1])


def season_of(session: Session | SessionForecast, seasons: tuple[Season, ...]) -> Season | None:
    """Return the season of the session's body in whose opening months it opens, if there is one."""
    for season in seasons:
        if season.body == session.body and season.opens_from <= session.start.month <= season.opens_until:
            return season
    return None


class SessionForecasts:
    """The sessions of every body, as known and projected on ``as_of``.

    The dates of a session count as known from ``known_from`` or, where that is empty, from its opening. Later sessions
    are projected from the body's seasons: the number rises by ``sessions_per_year`` each year.
    """

    def __init__(self, reference: Reference, as_of: date) -> None:
        self.as_of = as_of
        self._reference = reference
        self._seasons = tuple(reference.seasons.values())
        self._known: dict[str, SessionForecast] = {}
        self._in_season: dict[tuple[str, int], SessionForecast] = {}
        latest: dict[str, SessionForecast] = {}
        for session in reference.sessions.values():
            if (session.known_from or session.start) > as_of:
                continue
            forecast = _from_reference(session)
            self._known[session.code] = forecast
            season = season_of(session, self._seasons)
            if season is not None:
                self._in_season.setdefault((season.code, session.start.year), forecast)
                if season.code not in latest or latest[season.code].start < forecast.start:
                    latest[season.code] = forecast
        self._latest = latest

    def known(self, code: str) -> SessionForecast | None:
        """Return the session of this code if its dates were known on ``as_of``."""
        return self._known.get(code)

    def all_known(self) -> tuple[SessionForecast, ...]:
        """Return every session known on ``as_of``, in the order of the reference."""
        return tuple(self._known.values())

    def season(self, forecast: SessionForecast) -> Season | None:
        """Return the season to which a session belongs."""
        return season_of(forecast, self._seasons)

    def in_season(self, code: str, year: int) -> SessionForecast | None:
        """Return the season's session that opens in ``year``, known or projected; None outside the season's years."""
        season = self._reference.seasons.get(code)
        if season is None:
            return None
        if (code, year) in self._in_season:
            return self._in_season[code, year]
        if (season.first_year and year < season.first_year) or (season.last_year and year > season.last_year):
            return None
        return self._projected(season, year)

    def _projected(self, season: Season, year: int) -> SessionForecast:
        start, end = month_window(year, season.window_from, season.window_until)
        latest = self._latest.get(season.code)
        number = None
        if latest is not None and latest.number is not None:
            number = latest.number + season.sessions_per_year * (year - latest.start.year)
        body = self._reference.organisations[season.body]
        title = f"{body.name}, {wording.ordinal(number)} session" if number else f"{body.name}, {season.name}"
        counted = f", counted on from {latest.code}" if latest else ""
        return SessionForecast(
            code=f"{season.session_prefix}{number}" if number else "",
            body=season.body,
            number=number,
            title=title,
            start=start,
            end=end,
            precision=Precision.MONTH,
            standing=Standing.PROJECTED,
            confidence=Confidence.RECALLED,
            basis=f"Projected from the body's habit: {season.name}, {wording.span(start, end, 'month')}{counted}.",
            source_url=season.source_url,
            updated=max(season.updated, latest.updated) if latest else season.updated,
            location=body.seat_city,
        )

    def window_of(self, body: str, number: int, sessions_per_cycle: int) -> tuple[date, date] | None:
        """Return the window of a session that is not known yet, counted by seasons from the body's latest known one.

        Every season has a session, but between two cycles of ``sessions_per_cycle`` one season may be skipped: the
        window then ends a season later. Returns None where there is no session to count from. A window that has closed
        without the session moves on to the next season.
        """
        known = [s for s in self._known.values() if s.body == body and s.number is not None]
        latest = max(known, key=lambda s: s.number or 0, default=None)
        seasons = sorted((s for s in self._seasons if s.body == body), key=lambda s: s.opens_from)
        season = season_of(latest, self._seasons) if latest else None
        if latest is None or latest.number is None or season is None or number <= latest.number:
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
        cycles = {s.cycle: s.number for s in reversed(self._reference.sessions_of[body]) if s.code in self._known}
        return cycles[max(cycles, key=lambda c: c or 0)]

    def opening(self, forecast: SessionForecast) -> tuple[date, date]:
        """Return the first and last day on which the session may open; equal where the day is known."""
        if forecast.precision is Precision.DAY:
            return forecast.start, forecast.start
        season = self.season(forecast)
        if season is None:
            return forecast.start, forecast.end
        first, last = month_window(forecast.start.year, season.opens_from, season.opens_until)
        return max(forecast.start, first), min(forecast.end, last)

    def closing(self, forecast: SessionForecast) -> tuple[date, date]:
        """Return the first and last day on which the session may close; a window closes in its last two months."""
        if forecast.precision is Precision.DAY:
            return forecast.end, forecast.end
        year, month = divmod(forecast.end.year * 12 + forecast.end.month - 2, 12)
        return max(forecast.start, date(year, month + 1, 1)), forecast.end


def _from_reference(session: Session) -> SessionForecast:
    dates = "days of the session are" if session.date_precision is Precision.DAY else "window of the session is"
    confidence = session.confidence_in("start")
    if confidence is Confidence.SOURCED:
        basis = f"The {dates} from the source given."
    elif session.standing is Standing.HELD:
        basis = f"The {dates} from memory, not yet checked against a source."
    else:
        basis = f"The {dates} from memory of the body's habit; no calendar of the body has been seen."
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
