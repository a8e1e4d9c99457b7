"""How the announced days of a session or meeting compare with those expected before, and how early they were known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calendar_model.cycles.editions import edition_code, edition_forecast_day, edition_in_year, past_editions
from calendar_model.cycles.session_forecasts import SessionForecasts, season_of, session_forecast_day
from calendar_model.messages import message
from calendar_model.reference import Reference
from calendar_model.vocabulary import Precision, Standing


@dataclass(frozen=True)
class Announcement:
    """The announced opening of a session or meeting beside the one expected a year before.

    ``expected`` is None where no day was expected then. ``known_ahead`` is how many days before the opening its days
    were known, None where that is not recorded. ``str()`` is the sentence.
    """

    opening: date
    expected: date | None
    known_ahead: int | None

    @property
    def moved(self) -> int | None:
        """By how many days it came later than expected, or earlier when negative; None where no day was expected."""
        return (self.opening - self.expected).days if self.expected is not None else None

    def __str__(self) -> str:
        return message("announced", {"expected": self.expected, "moved": self.moved, "known_ahead": self.known_ahead})


def announcement_of(reference: Reference, session: str) -> Announcement | None:
    """Return what the announced days of a session, by its code, say of the forecast before them.

    None for a session whose days are not announced, and where neither a forecast nor the day of the announcement is
    known. Days that were known a year before were not forecast then. The forecast is the one in the record.
    """
    row = reference.sessions.get(session)
    if row is None or row.date_precision is not Precision.DAY or row.standing is Standing.CANCELLED:
        return None
    ahead = (row.start - row.known_from).days if row.known_from is not None else 0
    season = season_of(row, tuple(reference.seasons.values()))
    forecast = None
    if season is not None:
        forecasts = SessionForecasts(reference, session_forecast_day(season, row.start.year))
        forecast = forecasts.in_season(season.code, row.start.year)
    expected = forecast.start if forecast is not None and forecast.precision is Precision.EXPECTED else None
    if expected is None and ahead <= 0:
        return None
    return Announcement(row.start, expected, ahead if ahead > 0 else None)


def meeting_announcement(reference: Reference, edition: str) -> Announcement | None:
    """Return what the announced days of one edition of a recurring meeting, by its identifier, say of the forecast.

    None where the days are not announced, were known a year before, or could not be expected then. The forecast is the
    one in the record. How early the days were known is not recorded.
    """
    for row in reference.meetings:
        meeting = reference.recurring_meetings[row.meeting]
        if edition_code(meeting, row.year, row.slot) == edition:
            break
    else:
        return None
    if row.date_precision is not Precision.DAY or row.standing is Standing.CANCELLED:
        return None
    forecasts = SessionForecasts(reference, edition_forecast_day(meeting, row.year, row.slot))
    if row in past_editions(reference, meeting, forecasts.as_of)[row.slot]:
        return None
    forecast = edition_in_year(reference, meeting, row.year, row.slot, forecasts)
    if forecast.precision is not Precision.EXPECTED:
        return None
    return Announcement(row.start, forecast.start, None)
