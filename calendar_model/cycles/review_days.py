"""The day of a state's review in a session, from its place in the session's order."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import lru_cache

from calendar_model.cycles.expected_days import OUTSIDE, DayRange
from calendar_model.cycles.session_forecasts import SessionForecast, SessionForecasts
from calendar_model.cycles.working_days import is_working_day
from calendar_model.reference import Reference
from calendar_model.reference.rows import Review
from calendar_model.vocabulary import Precision, Standing

FEWEST_REVIEWS = 5
"""Dated reviews with a place in the order, without which no day is expected."""

_A_DAY = 2
"""Reviews in a day: one in the morning and one in the afternoon, as the dated ones have it."""


def review_day(
    reference: Reference, review: Review, forecast: SessionForecast, forecasts: SessionForecasts
) -> DayRange | None:
    """Return the day of a review: its own, or the one expected from its place in the order; None without either.

    Two states a day are reviewed in their order. The interval comes from past errors, in working days.
    """
    if review.date is not None:
        return DayRange(review.date, review.date, review.date)
    opening = forecasts.opening(forecast)
    if review.order is None or opening.day is None or review.standing is Standing.CANCELLED:
        return None
    body = reference.organisations[forecast.body]
    errors = _errors(_dated(reference, forecasts), body.holidays)
    if len(errors) < FEWEST_REVIEWS:
        return None
    left_out = int(len(errors) * OUTSIDE / 2)
    place = (review.order - 1) // _A_DAY
    day = _working_day(opening.day, place, body.holidays)
    return DayRange(
        day,
        min(_working_day(opening.earliest, max(place + errors[left_out], 0), body.holidays), day),
        max(_working_day(opening.latest, place + errors[-1 - left_out], body.holidays), day),
    )


def review_record(reference: Reference, forecasts: SessionForecasts, holidays: str) -> tuple[int, int]:
    """Return in how many of the dated reviews with a place in the order that place gave the day, and of how many."""
    errors = _errors(_dated(reference, forecasts), holidays)
    return Counter(errors)[0], len(errors)


def _dated(reference: Reference, forecasts: SessionForecasts) -> tuple[tuple[date, int, date], ...]:
    """Return the opening, the place in the order and the day of each review of which all three were known."""
    found = []
    for row in reference.reviews:
        if row.date is None or row.order is None or row.date > forecasts.as_of:
            continue
        forecast = forecasts.known(row.session)
        if forecast is not None and forecast.precision is Precision.DAY:
            found.append((forecast.start, row.order, row.date))
    return tuple(found)


@lru_cache(maxsize=64)
def _errors(dated: tuple[tuple[date, int, date], ...], holidays: str) -> list[int]:
    """Return by how many working days each review was later than its place gave, ordered."""
    found = []
    for start, order, day in dated:
        place = sum(is_working_day(start + timedelta(days=n), holidays) for n in range((day - start).days))
        found.append(place - (order - 1) // _A_DAY)
    return sorted(found)


def _working_day(start: date, place: int, holidays: str) -> date:
    """Return the working day that is so many after ``start``, itself one."""
    day = start
    while place > 0:
        day += timedelta(days=1)
        place -= is_working_day(day, holidays)
    return day
