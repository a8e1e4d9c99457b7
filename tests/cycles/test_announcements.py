"""How announced days compare with those expected a year before, and how early they were known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model.cycles import announcement_of, meeting_announcement
from calendar_model.cycles.record import Forecasted, record
from calendar_model.reference import Reference
from calendar_model.vocabulary import Precision, Standing
from tests.day import TODAY
from tests.project_calendar import project_reference

REFERENCE = project_reference()
EXPECTED = date(2027, 2, 22)


def with_session(code: str, **changes: Any) -> Reference:
    row = REFERENCE.sessions[code].model_copy(update=changes)
    return replace(REFERENCE, sessions={**REFERENCE.sessions, code: row})


def announced(start: date, known_from: date | None) -> Reference:
    days = {"start": start, "end": start + timedelta(days=36), "date_precision": Precision.DAY}
    return with_session("HRC64", **days, standing=Standing.CONFIRMED, known_from=known_from)


@given(moved=st.integers(-14, 30), ahead=st.integers(1, 300))
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


def test_the_forecast_is_the_one_in_the_record() -> None:
    trials = record(REFERENCE, TODAY, [Forecasted.SESSION])
    found = {trial.item: announcement_of(REFERENCE, trial.item) for trial in trials}
    assert len(found) > 70
    assert {item: one and one.expected for item, one in found.items()} == {t.item: t.expected for t in trials}


def with_edition(code: str, **changes: Any) -> Reference:
    rows = (row.model_copy(update=changes) if row.code == code else row for row in REFERENCE.meetings)
    return replace(REFERENCE, meetings=tuple(rows))


def expected_of(edition: str, year: int, reference: Reference) -> date:
    """The day that the record of the forecasts has for an edition, from the same past."""
    (trial,) = (t for t in record(reference, TODAY, [Forecasted.MEETING]) if t.item == edition and t.year == year)
    assert trial.expected is not None
    return trial.expected


@given(moved=st.integers(-3, 20))
@settings(max_examples=10)
def test_a_meeting_says_how_far_its_days_moved(moved: int) -> None:
    expected = expected_of("csw-2027", 2027, REFERENCE)
    start = expected + timedelta(days=moved)
    found = meeting_announcement(with_edition("csw-2027", start=start, end=start + timedelta(days=11)), "csw-2027")
    assert found is not None
    assert (found.opening, found.expected, found.moved, found.known_ahead) == (start, expected, moved, None)
    assert str(found).startswith("Expected ")
    assert ("that day" in str(found)) == (moved == 0)


def test_an_edition_is_found_by_the_identifier_of_its_slot() -> None:
    row = next(row for row in REFERENCE.meetings if row.code == "cm-dh-2-2024")
    found = meeting_announcement(REFERENCE, "cm-dh-2024-2")
    assert found is not None
    assert (found.opening, found.expected) == (row.start, expected_of("cm-dh-2-2024", 2024, REFERENCE))


def test_meeting_days_known_a_year_before_were_not_forecast_then() -> None:
    early = with_edition("csw-2027", updated=date(2026, 3, 31))
    assert meeting_announcement(REFERENCE, "csw-2027") is not None
    assert meeting_announcement(early, "csw-2027") is None


def test_there_is_none_of_a_meeting_without_announced_days_or_without_a_past() -> None:
    assert meeting_announcement(with_edition("csw-2027", standing=Standing.CANCELLED), "csw-2027") is None
    assert meeting_announcement(with_edition("csw-2027", date_precision=Precision.MONTH), "csw-2027") is None
    alone = replace(REFERENCE, meetings=tuple(row for row in REFERENCE.meetings if row.code == "csw-2027"))
    assert meeting_announcement(alone, "csw-2027") is None
    assert meeting_announcement(REFERENCE, "csw-2090") is None
