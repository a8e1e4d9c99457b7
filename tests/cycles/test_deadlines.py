"""Deadlines against hand-typed answers, and what holds for any day, offset and place."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model import wording
from calendar_model.cycles import (
    DueMilestone,
    Projection,
    SessionForecasts,
    due_for_session,
    due_for_text,
    due_milestones,
    is_working_day,
    offset_day,
)
from calendar_model.reference import Reference
from calendar_model.reference.rows import MilestoneDate
from calendar_model.vocabulary import Precision, Unit
from tests.day import TODAY

ANSWERS = Path(__file__).resolve().parents[1] / "answers" / "deadlines.csv"
PLACES = st.sampled_from(["UN-GE", "UN-NY", "AT-9", "PL", "FR-6AE", "BE", "GM", "US-DC", "ID", "IE", "ET", ""])
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@pytest.fixture(scope="module")
def due(reference: Reference) -> dict[str, DueMilestone]:
    return {d.item: d for d in due_milestones(reference, Projection.of(reference, TODAY, date(2029, 12, 31)))}


def answers() -> list[dict[str, str]]:
    with ANSWERS.open(encoding="utf-8") as sheet:
        return list(csv.DictReader(sheet))


@pytest.mark.parametrize("row", answers(), ids=lambda row: row["item"].removeprefix("deadline-"))
def test_each_deadline_is_that_of_the_answer_sheet(row: dict[str, str], due: dict[str, DueMilestone]) -> None:
    found = due[row["item"]]
    said = found.at.isoformat(timespec="minutes") if found.at else found.start.isoformat()
    assert said == row["due"], row["reason"]
    assert found.precision is (Precision.DAY if found.by_hand else Precision.EXPECTED)
    assert found.earliest in (None, found.start)


@given(anchor=DAYS, offset=st.integers(-30, 30), place=PLACES)
@settings(deadline=None)
def test_working_days_are_counted_one_by_one(anchor: date, offset: int, place: str) -> None:
    found = offset_day(anchor, offset, Unit.WORKING_DAYS, place)
    first, last = sorted((anchor, found))
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    counted = [day for day in between if day != anchor and is_working_day(day, place)]
    assert len(counted) == abs(offset)
    assert offset == 0 or is_working_day(found, place)


@given(anchor=DAYS, offset=st.integers(-60, 60).filter(bool), unit=st.sampled_from(["days", "weeks"]), place=PLACES)
@settings(deadline=None)
def test_no_deadline_falls_on_a_closed_day_and_none_comes_closer(
    anchor: date, offset: int, unit: str, place: str
) -> None:
    found = offset_day(anchor, offset, Unit(unit), place)
    plain = anchor + (timedelta(days=offset) if unit == "days" else timedelta(weeks=offset))
    assert is_working_day(found, place)
    assert (found <= plain) if offset < 0 else (found >= plain)


@given(anchor=DAYS, days=st.integers(0, 40), offset=st.integers(-30, 30), place=PLACES)
@settings(deadline=None)
def test_a_later_session_never_has_an_earlier_deadline(anchor: date, days: int, offset: int, place: str) -> None:
    later = anchor + timedelta(days=days)
    assert offset_day(anchor, offset, Unit.WORKING_DAYS, place) <= offset_day(later, offset, Unit.WORKING_DAYS, place)


def test_hours_cannot_be_counted_from_a_day() -> None:
    with pytest.raises(ValueError, match="hours cannot be counted from a day"):
        offset_day(date(2026, 5, 5), 48, Unit.HOURS, "CH-GE")


def test_a_date_set_by_hand_stays(reference: Reference) -> None:
    by_hand = MilestoneDate.model_validate(
        {
            "milestone": "hrc-tabling",
            "session": "HRC61",
            "date": "2026-03-19",
            "time": "18:00",
            "standing": "confirmed",
            "confidence": "recalled",
            "updated": "2026-11-24",
        }
    )
    changed = replace(reference, milestone_dates=(*reference.milestone_dates, by_hand))
    rows = [
        d
        for d in due_milestones(changed, Projection.of(changed, TODAY, TODAY))
        if d.item == "deadline-hrc-tabling-HRC61"
    ]
    assert [(d.by_hand, d.at.isoformat() if d.at else "") for d in rows] == [(True, "2026-03-19T18:00:00+01:00")]
    assert rows[0].basis == "The date was set for HRC61; it stands whatever the rule would give."


def test_what_is_counted_from_an_expected_day_carries_its_interval(reference: Reference) -> None:
    forecasts = SessionForecasts(reference, TODAY)
    session = forecasts.known("HRC67")
    assert session is not None
    closing = forecasts.closing(session)
    assert closing.day is not None
    tabling = next(
        d for d in due_for_text(reference, "HRC67", "hrc-resolution", TODAY) if d.milestone.code == "hrc-tabling"
    )
    assert tabling.precision is Precision.EXPECTED
    assert tabling.at is None
    offset, unit = tabling.milestone.offset, tabling.milestone.unit
    assert offset is not None
    assert unit is not None
    counted = [offset_day(day, offset, unit, "UN-GE") for day in (closing.earliest, closing.day, closing.latest)]
    assert [tabling.earliest, tabling.start, tabling.latest] == counted
    first, last = wording.day(counted[0], weekday=False, year=False), wording.day(counted[2], weekday=False)
    assert tabling.basis.startswith(f"Expected {wording.day(tabling.start)}, between {first} and {last}: by the rule ")


def test_a_window_stays_a_window_in_what_is_counted_from_it(reference: Reference) -> None:
    bare = replace(reference, sessions={c: s for c, s in reference.sessions.items() if s.start.year > 2026})
    tabling = next(d for d in due_for_text(bare, "HRC67", "hrc-resolution", TODAY) if d.milestone.code == "hrc-tabling")
    assert tabling.precision is Precision.MONTH
    assert (tabling.start, tabling.end) == (date(2028, 2, 15), date(2028, 4, 13))


def test_the_plan_of_an_assembly_text_counts_from_its_committee(reference: Reference) -> None:
    items = [d.item for d in due_for_text(reference, "GA78", "ga-resolution", TODAY)]
    assert items == [
        "deadline-ga-c3-sr-dialogue-GA3C-78",
        "deadline-ga-c3-tabling-GA3C-78",
        "deadline-ga-c3-action-GA3C-78",
    ]


def test_a_milestone_of_one_season_keeps_to_its_sessions(reference: Reference) -> None:
    """Counted by its rule, it comes in each session of the season and in no other."""
    rule = reference.milestones["hrc-side-event-request"].model_copy(update={"season": "hrc-spring"})
    one = replace(reference, milestones={rule.code: rule})
    found = {d.session for d in due_milestones(one, Projection.of(one, TODAY, date(2029, 12, 31))) if not d.by_hand}
    assert {"HRC61", "HRC64"} <= found
    assert not found & {"HRC60", "HRC62", "HRC65"}


def test_steps_of_the_penholder_come_only_with_a_text(reference: Reference, due: dict[str, DueMilestone]) -> None:
    assert "deadline-hrc-amendments-HRC61" in due
    assert "deadline-hrc-amendments-HRC60" not in due
    assert "deadline-hrc-tabling-HRC60" in due


def test_a_rule_holds_from_its_first_year(due: dict[str, DueMilestone]) -> None:
    assert "deadline-hrc-tabling-HRC48" not in due
    assert "deadline-hrc-tabling-HRC49" in due


def test_the_plan_of_an_unknown_session_is_empty(reference: Reference) -> None:
    assert due_for_text(reference, "HRC999", "hrc-resolution", TODAY) == ()


def test_the_deadlines_of_a_known_session_are_those_of_the_calendar(
    reference: Reference, due: dict[str, DueMilestone]
) -> None:
    found = due_for_session(reference, "UPR54", TODAY)
    assert {d.item: d.start for d in found} == {i: d.start for i, d in due.items() if d.session == "UPR54"}
    assert [d.start for d in found] == sorted(d.start for d in found)


@pytest.mark.parametrize("session", ["UPR55", "UPR57", "UPR61"])
def test_the_deadlines_of_a_session_that_comes_with_its_reviews_are_counted_from_its_own_opening(
    reference: Reference, table: pd.DataFrame, session: str
) -> None:
    opening = table.loc[table["item"] == f"session-{session}", "start"].item().date()
    speakers = next(d for d in due_for_session(reference, session, TODAY) if d.milestone.code == "upr-speakers-list")
    assert speakers.start == opening - timedelta(weeks=1)
    assert speakers.item == f"deadline-upr-speakers-list-{session}"


def test_a_session_that_nobody_can_date_has_no_deadlines(reference: Reference) -> None:
    assert due_for_session(reference, "UPR999", TODAY) == ()
