"""The day on which a text is expected to be acted on, from the days of earlier texts of the body."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from calendar_model.cycles.expected_days import DaySeries, ExpectedDay, expect, with_anchor
from calendar_model.cycles.session_forecasts import SessionForecast, SessionForecasts
from calendar_model.reference import Reference
from calendar_model.translation import gettext as _


def expected_action(
    reference: Reference, track: str, forecast: SessionForecast, forecasts: SessionForecasts
) -> ExpectedDay | None:
    """Return the day on which a text of ``track`` is expected to be adopted in a session; None without a past.

    It is found from the days on which the body adopted texts of all of its tracks in sessions of the same season. In a
    session that closes within the year, days counted back from the close are tried beside the rules of the calendar.
    """
    body = reference.tracks[track].body
    closing = forecasts.closing(forecast)
    season = forecasts.season(forecast)
    texts: dict[int, date] = {}
    for row in reference.resolutions:
        if row.adopted is None or row.adopted > forecasts.as_of:
            continue
        if not row.track or reference.tracks[row.track].body != body:
            continue
        session = forecasts.known(row.session)
        if session is not None and forecasts.season(session) == season:
            texts[row.adopted.year] = max(row.adopted, texts.get(row.adopted.year, date.min))
    year = closing.latest.year if season is None or season.lasts is None else forecast.start.year
    past = tuple(sorted(day for day in texts.values() if day.year < year))
    series = DaySeries(past, reference.organisations[body].holidays, settings=forecasts.settings)
    if closing.day is None or season is None or season.lasts is not None:
        found = expect(series, year)
        return found if found and forecast.start <= found.day <= forecast.end else None
    closes = {day.year: day for day in forecasts.closings(season.code) if day.year != year}
    anchors = tuple(sorted({**closes, year: closing.day}.items()))
    found = expect(replace(series, anchors=anchors, anchored_on=_("the close of the session")), year)
    if found is None or not forecast.start <= found.day <= forecast.end:
        return None
    return with_anchor(found, closing)
