"""The briefing: nothing of the table is lost in it, and no window passes for a day."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendar_model.calendar import Filter, build_table, horizon
from calendar_model.mission import briefing
from calendar_model.vocabulary import WINDOWS, Kind
from tests.day import TODAY
from tests.feeds.tables import table_of
from tests.project_calendar import project_reference, project_table

REFERENCE = project_reference()
TABLE = project_table()

days = st.dates(date(1999, 1, 1), date(2036, 12, 31))


@settings(max_examples=40, deadline=None)
@given(days, st.integers(0, 120))
def test_every_item_stands_in_one_line_and_only_exact_days_are_counted(first: date, length: int) -> None:
    view = briefing.items_between(TABLE, first, first + timedelta(days=length))
    found = briefing.entries(view, REFERENCE, first, "Europe/Oslo")
    assert sorted(item for entry in found for item in entry.items) == sorted(view["item"])
    precisions = dict(zip(view["item"], view["date_precision"], strict=True))
    for entry in found:
        assert entry.exact == all(precisions[item] not in WINDOWS for item in entry.items)
        if entry.countdown:
            start = view.loc[view["item"] == entry.items[0], "start"].iloc[0]
            gap = (start - pd.Timestamp(first)).days
            found_words = entry.countdown.replace("about ", "")
            assert (entry.exact, found_words) == (True, {0: "today", 1: "tomorrow"}.get(gap, f"in {gap} days"))


@settings(max_examples=40, deadline=None)
@given(days)
def test_what_is_on_includes_the_day(day: date) -> None:
    on = briefing.items_on(TABLE, day)
    at = pd.Timestamp(day)
    expected = TABLE[(TABLE["start"] <= at) & (TABLE["end"] >= at) & ~TABLE["departure"]]
    expected = expected[expected["kind"] != Kind.MANDATE_HOLDER]
    assert on["item"].to_list() == expected["item"].to_list()


@pytest.mark.parametrize(("later", "countdown"), [(0, "in 90 days"), (7, "in about 90 days")])
def test_an_expected_day_is_counted_to_as_exactly_as_it_is_known(later: int, countdown: str) -> None:
    start = TODAY + timedelta(days=90)
    interval = {"start": start, "end": start, "earliest": start, "latest": start + timedelta(days=later)}
    row = table_of([{"date_precision": "expected", "standing": "projected", **interval}])
    (entry,) = briefing.entries(row, REFERENCE, TODAY, "Europe/Oslo")
    assert (entry.countdown, entry.when.startswith("expected ")) == (countdown, True)


@pytest.mark.parametrize(
    ("others", "when"),
    [
        ({"date_precision": "expected"}, "expected Mon 18 Jan – Wed 20 Jan 2027"),
        ({"date_precision": "month", "end": "2027-01-29"}, "Jan 2027 (dates not set)"),
        ({}, "Mon 18 Jan – Wed 20 Jan 2027"),
    ],
)
def test_several_together_are_known_no_better_than_any_of_them(others: dict[str, str], when: str) -> None:
    review = {"kind": "upr-review", "session": "UPR54", "countries": "NOR", "standing": "projected"}
    first = review | {"item": "a", "start": "2027-01-18", "end": "2027-01-18"}
    second = review | {"item": "b", "start": "2027-01-20", "end": "2027-01-20"} | others
    (entry,) = briefing.entries(table_of([first, second]), REFERENCE, TODAY, "Europe/Oslo")
    assert (entry.when, entry.items) == (when, ("a", "b"))


def test_a_deadline_of_a_session_with_known_days_has_its_hour_in_both_zones() -> None:
    row = TABLE[TABLE["item"] == "deadline-hrc-tabling-HRC61"]
    (entry,) = briefing.entries(row, REFERENCE, date(2026, 3, 1), "America/New_York")
    assert (entry.title, entry.when, entry.countdown, entry.detail, entry.due) == (
        "Deadline for tabling draft resolutions, HRC61",
        "expected Mon 16 Mar 2026, 13:00 (Geneva time), 08:00 in New York",
        "in 15 days",
        "from the penholder",
        True,
    )


def test_usual_months_are_in_words() -> None:
    meetings = REFERENCE.recurring_meetings
    assert {
        code: briefing.usual_months(meetings[code]) for code in ("cm-dh", "whdc", "rightscon", "dublin-platform")
    } == {
        "cm-dh": "Mar, Jun, Sep, Dec",
        "whdc": "Sep or Oct",
        "rightscon": "Feb to Jun",
        "dublin-platform": "Oct, every second year",
    }


def test_the_flag_comes_from_the_cadences_of_the_day() -> None:
    """In 2024 the practice was that of the guidelines; the change of 2025 was known from the end of that year."""
    for day, flag in (
        (date(2024, 6, 1), ""),
        (date(2026, 11, 24), "Every third year since 2025; the guidelines say every second year."),
    ):
        table = build_table(REFERENCE, day, horizon(day))
        cycles = {c.track.code: c for c in briefing.cycles(table, REFERENCE, Filter(), day)}
        assert cycles["ga-resolution"].parting == flag
        assert cycles["hrc-resolution"].parting == ""
