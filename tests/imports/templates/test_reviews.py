"""Rows that date reviews, each in its session."""

from __future__ import annotations

from datetime import date

from calendar_model.access.permissions import Viewer
from calendar_model.imports.table_import import write_table
from calendar_model.imports.templates.reviews import ReviewTemplate
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.vocabulary import Standing
from tests.imports.tables_of_rows import Look, changes, codes, problems

REVIEWS = ReviewTemplate()


def test_reviews_are_dated_by_state_and_lie_in_their_session(look: Look, staff_member: Viewer) -> None:
    rows = """Land,Session,Dato
Ukraine,54,2027-01-18
ZWE,,19.01.2027
Norge,,2027-01-18
Norway,,2027-01-18
Ukraine,UPR54,2027-01-19
"""
    plan = look(staff_member, REVIEWS, rows, source_url="https://example.org/upr")
    assert [line.number for line in plan.lines] == [2, 3, 4, 5, 6]
    for line, day in zip(plan.lines[:2], (18, 19), strict=True):
        assert changes(line) == [
            ("date", "", date(2027, 1, day)),
            ("standing", Standing.PROJECTED, Standing.CONFIRMED),
        ]
        assert codes(line) == ["row-sourced-now"]
    assert [problems(line) for line in plan.lines[2:]] == [
        [("country", "cell-unknown-state")],
        [("date", "row-outside-session")],
        [("", "row-repeated")],
    ]
    write_table(staff_member, REVIEWS, plan)
    known, _ = calendar_for(staff_member)
    assert {one.country: one.date for one in known.reviews if one.country in ("UKR", "ZWE") and one.cycle == 4} == {
        "UKR": date(2027, 1, 18),
        "ZWE": date(2027, 1, 19),
    }
