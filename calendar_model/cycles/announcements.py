"""How a session's announced days compare with those that were expected of it, and how early they were known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from calendar_model.cycles.session_forecasts import SessionForecasts, season_of
from calendar_model.messages import message
from calendar_model.reference import Reference
from calendar_model.vocabulary import Precision, Standing

_A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Announcement:
    """The announced opening of a session beside the one expected a year before.

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
    known. Days that were known a year before were not forecast then.
    """
    row = reference.sessions.get(session)
    if row is None or row.date_precision is not Precision.DAY or row.standing is Standing.CANCELLED:
        return None
    ahead = (row.start - row.known_from).days if row.known_from is not None else 0
    forecasts = SessionForecasts(reference, row.start - _A_YEAR)
    season = season_of(row, tuple(reference.seasons.values()))
    forecast = forecasts.in_season(season.code, row.start.year) if season is not None else None
    is_expected = forecast is not None and forecast.precision is Precision.EXPECTED
    expected = forecast.start if forecast is not None and is_expected else None
    if expected is None and ahead <= 0:
        return None
    return Announcement(row.start, expected, ahead if ahead > 0 else None)
