"""The page Corrections, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.safeguards.desk import reading, save
from calendar_model.safeguards.sight import OPEN, Viewer
from calendar_model.safeguards.sighted import calendar_of
from calendar_model.vocabulary import Precision, Standing
from calendar_model.workspace.records import Correction, Person
from tests.app import everything, open_page

SOURCE = "https://www.ohchr.org/en/hr-bodies/hrc/sessions"
DAYS = {"start": "2027-03-01", "end": "2027-04-02", "date_precision": "day", "standing": "confirmed"}


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2026-11-24")


def page(who: Viewer, **parameters: str) -> AppTest:
    return ran(open_page("corrections", who.person_id, **parameters))


def ran(app: AppTest) -> AppTest:
    assert [error.value for error in app.exception] == []
    return app


def fill(app: AppTest, **values: Any) -> None:
    widgets = [
        w for kind in (app.text_input, app.text_area, app.selectbox, app.date_input, app.number_input) for w in kind
    ]
    for name, value in values.items():
        (widget,) = [w for w in widgets if (w.key or "").endswith(f"_{name}")]
        widget.set_value(value)


def press(app: AppTest, key: str) -> AppTest:
    (button,) = [button for button in app.button if (button.key or "").endswith(key)]
    return ran(button.click().run())


def kept(who: Viewer) -> list[Correction]:
    with reading(who) as session:
        return list(session.scalars(select(Correction).order_by(Correction.row)))


def start_of(item: str) -> tuple[date, int]:
    _, table = calendar_of(OPEN)
    (row,) = table[table["item"] == item].itertuples()
    return row.start.date(), row.sequence


def test_a_session_is_confirmed_from_its_panel_s_link(me: Viewer) -> None:
    app = page(me, new="1", file="sessions.csv", row="HRC64")
    assert [one.value for one in app.title] == ["Session HRC64"]
    shown = {str(w.key).rpartition("_HRC64_")[2]: w.value for w in (*app.date_input, *app.selectbox)}
    assert (shown["start"], shown["end"]) == (date(2027, 2, 1), date(2027, 4, 30))
    fill(app, start=date(2027, 3, 1), end=date(2027, 2, 1), date_precision=Precision.DAY, standing=Standing.CONFIRMED)
    fill(app, source_url=SOURCE)
    press(app, "_save")
    assert [one.value for one in app.error] == [
        "End: “2027-02-01” does not fit; expected is a date on or after the start, 2027-03-01."
    ]
    fill(app, end=date(2027, 4, 2))
    press(app, "_save")
    (made,) = kept(me)
    assert (made.file, made.row, json.loads(made.values), made.source_url) == ("sessions.csv", "HRC64", DAYS, SOURCE)
    assert start_of("session-HRC64") == (date(2027, 3, 1), 12)
    assert [one.label for one in app.button if (one.key or "").startswith("open_")] == ["**Session HRC64**"]
    assert [one.value for one in app.caption][0] == "Stands over the file · Tue 24 Nov 2026 · by Amina Berg"
