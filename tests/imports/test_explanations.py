"""The lines of an import as sentences: what would change, what stays, and why a line is refused."""

from __future__ import annotations

from datetime import date, time

from calendar_model.access.problems import Problem
from calendar_model.imports.explanations import counts_text, explain_event, explain_row, period_text
from calendar_model.imports.plan import FieldChange, ImportLine, ImportNote, ImportPlan, Outcome, Period
from calendar_model.imports.templates.events import EventTemplate
from calendar_model.vocabulary import Precision, Standing

COLUMNS = EventTemplate.columns
FIRST = Period(date(2027, 3, 3), date(2027, 3, 3), time(10), time(11, 30), "Europe/Zurich")
SECOND = Period(date(2027, 3, 4), date(2027, 3, 5))


def test_a_period_has_its_days_hours_and_zone() -> None:
    assert period_text(FIRST) == "Wed 3 Mar 2027, 10:00–11:30 (Europe/Zurich)"
    assert period_text(SECOND) == "Thu 4 Mar – Fri 5 Mar 2027"
    assert period_text(Period(date(2028, 2, 1), date(2028, 4, 30), precision=Precision.MONTH)) == "Feb–Apr 2028"
    assert period_text(None) == ""


def test_of_an_event_each_field_is_shown_before_and_after() -> None:
    line = ImportLine(
        1,
        "Briefing",
        Outcome.CHANGED,
        changes=(FieldChange("period", FIRST, SECOND), FieldChange("location", "", "Room  XX")),
        kept=(FieldChange("standing", Standing.HELD, Standing.CONFIRMED),),
        notes=(ImportNote("ics-gone"),),
    )
    assert explain_event(line) == (
        "When: Wed 3 Mar 2027, 10:00–11:30 (Europe/Zurich) → Thu 4 Mar – Fri 5 Mar 2027. Place: empty → “Room XX”. Status was set by hand and stays held; the calendar has confirmed. It is no longer in the calendar."
    )


def test_of_a_row_each_column_is_shown_by_its_label() -> None:
    line = ImportLine(
        2,
        "Panel",
        Outcome.CHANGED,
        changes=(
            FieldChange("start", date(2027, 3, 3), date(2027, 3, 10)),
            FieldChange("start_time", None, time(13)),
            FieldChange("standing", Standing.PROVISIONAL, Standing.CONFIRMED),
        ),
        kept=(FieldChange("room", "XXI", "XX"), FieldChange("location", "a", "b")),
        notes=(ImportNote("row-new-reference", {"reference": "A1"}),),
    )
    assert explain_row(line, COLUMNS) == (
        "First day: Wed 3 Mar 2027 → Wed 10 Mar 2027; Begins: empty → 13:00; Status: Provisional → Confirmed; "
        "Reference: A1; Room, Place: changed here by hand and kept, because the file has not changed"
    )


def test_a_refusal_names_the_columns_and_says_each_thing_once() -> None:
    problems = (
        Problem("cell-empty", "body"),
        Problem("cell-not-an-hour", "start_time", {"cell": "noon"}),
        Problem("cell-empty", "body"),
        Problem("row-repeated", values={"row": 2}),
    )
    line = ImportLine(3, "Panel", Outcome.REFUSED, problems=problems)
    assert explain_row(line, COLUMNS) == (
        "Organisation or body: this cell is empty. Enter a value. Begins: “noon” is not a time. Write it as 13:00. Row 2 of this file is about the same item. Remove one of the two."
    )


def test_lines_are_counted_by_outcome() -> None:
    lines = (ImportLine(1, "a", Outcome.REFUSED), ImportLine(2, "b", Outcome.NEW), ImportLine(3, "c", Outcome.NEW))
    assert counts_text(ImportPlan(lines)) == "2 new, 1 refused"
    assert counts_text(ImportPlan(())) == ""
