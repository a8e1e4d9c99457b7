"""Rows that date sessions: corrections of the reference with their source."""

from __future__ import annotations

from datetime import date

import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.imports.plan import ImportNote, Outcome, Period
from calendar_model.imports.table_import import write_table
from calendar_model.imports.templates.sessions import SessionTemplate
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.vocabulary import Precision, Standing
from tests.imports.tables_of_rows import Look, changes, codes, problems

SESSIONS = SessionTemplate()


def test_new_dates_become_corrections_with_their_source_and_then_say_what_the_reference_says(
    look: Look, staff_member: Viewer
) -> None:
    rows = """Session,First day,Last day,Source,Place
HRC67,28 February 2028,2028-03-31,https://www.example.org/a,
HRC63,2026-09-07,2026-10-09,,
UPR55,2027-05-03,2027-05-14,,
HRC170,2026-09-07,2026-10-09,,
UPR54,2027-03-10,2027-03-01,,
UPR52,2026-06-04,2026-06-15,,
"""
    without = look(staff_member, SESSIONS, rows)
    assert problems(without.lines[2]) == [("source_url", "row-no-source")]
    plan = look(staff_member, SESSIONS, rows, source_url="https://example.org/all")
    assert [line.outcome for line in plan.lines] == [
        Outcome.CHANGED,
        Outcome.UNCHANGED,
        Outcome.NEW,
        *[Outcome.REFUSED] * 3,
    ]
    window = Period(date(2028, 2, 1), date(2028, 4, 30), precision=Precision.MONTH)
    assert changes(plan.lines[0]) == [
        ("period", window, Period(date(2028, 2, 28), date(2028, 3, 31))),
        ("standing", Standing.PROJECTED, Standing.CONFIRMED),
    ]
    assert codes(plan.lines[0]) == ["row-sourced-now"]
    assert plan.lines[2].notes == (ImportNote("row-not-in-reference", {"number": "55", "cycle": "5"}),)
    assert plan.lines[3].problems == (Problem("cell-unknown-session", "code", {"cell": "HRC170", "nearest": "HRC70"}),)
    assert [problems(line) for line in plan.lines[4:]] == [
        [("end", "row-before-first-day")],
        [("", "row-does-not-fit")],
    ]
    write_table(staff_member, SESSIONS, plan)
    known, table = calendar_for(staff_member)
    sessions = [known.sessions[code] for code in ("HRC67", "UPR55")]
    assert [(one.start, one.standing, one.source_url) for one in sessions] == [
        (date(2028, 2, 28), Standing.CONFIRMED, "https://www.example.org/a"),
        (date(2027, 5, 3), Standing.CONFIRMED, "https://example.org/all"),
    ]
    again = look(staff_member, SESSIONS, rows, source_url="https://example.org/all", reference=known, table=table)
    assert again.counts == {Outcome.UNCHANGED: 3, Outcome.REFUSED: 3}
    with pytest.raises(Refused) as refused:
        write_table(staff_member, SESSIONS, plan)
    assert [one.code for one in refused.value.problems] == ["row-edit-conflict"]
