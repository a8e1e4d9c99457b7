"""How announced days compare with those expected a year before, and how early they were known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model.cycles import announcement_of
from calendar_model.reference import Reference, load
from calendar_model.vocabulary import Precision, Standing
from tests.conftest import DATA

REFERENCE = load(DATA)
EXPECTED = date(2027, 2, 22)


def with_session(code: str, **changes: Any) -> Reference:
    row = REFERENCE.sessions[code].model_copy(update=changes)
    return replace(REFERENCE, sessions={**REFERENCE.sessions, code: row})


def announced(start: date, known_from: date | None) -> Reference:
    days = {"start": start, "end": start + timedelta(days=36), "date_precision": Precision.DAY}
    return with_session("HRC64", **days, standing=Standing.CONFIRMED, known_from=known_from)


@given(moved=st.integers(-14, 30), ahead=st.integers(1, 360))
@settings(max_examples=25)
def test_it_says_how_far_the_days_moved_and_how_early_they_were_known(moved: int, ahead: int) -> None:
    start = EXPECTED + timedelta(days=moved)
    found = announcement_of(announced(start, start - timedelta(days=ahead)), "HRC64")
    assert found is not None
    assert (found.opening, found.expected, found.moved, found.known_ahead) == (start, EXPECTED, moved, ahead)
    assert f"{ahead} day" in str(found)
    assert ("that day" in str(found)) == (moved == 0)


def test_days_known_a_year_before_were_not_forecast_then() -> None:
    found = announcement_of(announced(EXPECTED, EXPECTED - timedelta(days=400)), "HRC64")
    assert found is not None
    assert (found.expected, found.moved, found.known_ahead) == (None, None, 400)


def test_without_the_day_of_the_announcement_only_the_forecast_is_compared() -> None:
    found = announcement_of(announced(EXPECTED, None), "HRC64")
    assert found is not None
    assert (found.moved, found.known_ahead) == (0, None)


@pytest.mark.parametrize("code", ["HRC64", "nothing"])
def test_there_is_none_of_a_session_that_is_not_announced(code: str) -> None:
    assert announcement_of(REFERENCE, code) is None


def test_there_is_none_of_a_cancelled_session() -> None:
    assert announcement_of(with_session("HRC63", standing=Standing.CANCELLED), "HRC63") is None
