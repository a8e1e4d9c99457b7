"""The page Corrections, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.models import Correction, Person
from calendar_model.vocabulary import Precision, Standing
from tests.app import open_page

SOURCE = "https://www.ohchr.org/en/hr-bodies/hrc/sessions"
DAYS = {"start": "2027-03-01", "end": "2027-04-02", "date_precision": "day", "standing": "confirmed"}


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
        # Of columns that end alike, as start and announced_start, the one of just this name.
        min((w for w in widgets if (w.key or "").endswith(f"_{name}")), key=lambda w: len(w.key or "")).set_value(value)


def press(app: AppTest, key: str) -> AppTest:
    (button,) = [button for button in app.button if (button.key or "").endswith(key)]
    return ran(button.click().run())


def kept(who: Viewer) -> list[Correction]:
    with reading(who) as session:
        return list(session.scalars(select(Correction).order_by(Correction.row)))


def record(who: Viewer, row: str, values: dict[str, str], file: str = "sessions.csv") -> str:
    known = {"title": row, "file": file, "row": row, "source_url": SOURCE, "values": json.dumps(values)}
    return save(who, Correction, known)


def start_of(item: str) -> tuple[Any, ...]:
    _, table = calendar_for(ANONYMOUS)
    (row,) = table[table["item"] == item].itertuples()
    start: Any = row.start
    return start.date(), row.sequence


def test_a_session_is_confirmed_from_its_panel_s_link(me: Viewer) -> None:
    _, before = start_of("session-HRC64")
    app = page(me, new="1", file="sessions.csv", row="HRC64")
    assert [one.value for one in app.title] == ["Session HRC64"]
    shown = {str(w.key).rpartition("_HRC64_")[2]: w.value for w in (*app.date_input, *app.selectbox)}
    assert (shown["start"], shown["end"]) == (date(2027, 2, 1), date(2027, 4, 30))
    fill(app, start=date(2027, 3, 1), end=date(2027, 2, 1), date_precision=Precision.DAY, standing=Standing.CONFIRMED)
    fill(app, source_url=SOURCE)
    press(app, "_save")
    assert [one.value for one in app.error] == [
        "End: “2027-02-01” is not valid. Expected: a date on or after the start, 2027-03-01."
    ]
    fill(app, end=date(2027, 4, 2))
    press(app, "_save")
    (made,) = kept(me)
    assert (made.file, made.row, json.loads(made.values), made.source_url) == ("sessions.csv", "HRC64", DAYS, SOURCE)
    start, sequence = start_of("session-HRC64")
    assert (start, sequence > before) == (date(2027, 3, 1), True)
    assert [one.label for one in app.button if (one.key or "").startswith("open_")] == ["**Session HRC64**"]
    assert next(one.value for one in app.caption) == "Overrides the file · Tue 24 Nov 2026 · by Amina Berg"


def test_exact_days_alone_confirm_a_session(me: Viewer) -> None:
    app = page(me, new="1", file="sessions.csv", row="HRC64")
    fill(app, start=date(2027, 3, 1), end=date(2027, 4, 2), source_url=SOURCE)
    press(app, "_save")
    (made,) = kept(me)
    assert json.loads(made.values) == DAYS


def test_values_already_in_the_reference_are_no_correction(me: Viewer) -> None:
    app = page(me, new="1", file="sessions.csv", row="HRC61")
    fill(app, source_url="https://example.org/again")
    press(app, "_save")
    assert [one.value for one in app.error] == [
        "The reference already has these values, with a source. There is nothing to correct."
    ]
    assert kept(me) == []


def test_a_projected_session_becomes_a_row_with_its_known_values(me: Viewer) -> None:
    app = page(me, new="1", file="sessions.csv", row="HRC71")
    assert [one.value for one in app.caption] == ["Not in the reference data yet: a new entry is added."]
    fill(app, start=date(2029, 6, 4), end=date(2029, 7, 6), source_url=SOURCE)
    press(app, "_save")
    (made,) = kept(me)
    assert json.loads(made.values) == {
        "body": "un-hrc",
        "number": "71",
        "title": "UN Human Rights Council, 71st session",
        "start": "2029-06-04",
        "end": "2029-07-06",
        "date_precision": "day",
        "standing": "confirmed",
        "location": "Geneva",
        "known_from": "2026-11-24",
    }
    assert start_of("session-HRC71")[0] == date(2029, 6, 4)


def test_a_new_cycle_rule_replaces_the_old_one(me: Viewer) -> None:
    app = page(me, new="rhythm")
    fill(app, ends="ga-resolution-triennial")
    ran(app.run())
    fill(app, statement="A text every second year again.", interval_years="2", first_year=2028, source_url=SOURCE)
    press(app, "_save")
    new, old = kept(me)
    assert (old.row, json.loads(old.values)) == ("ga-resolution-triennial", {"last_year": "2027"})
    assert (new.row, json.loads(new.values)["interval_years"]) == ("ga-resolution-2028", "2")
    reference, table = calendar_for(ANONYMOUS)
    assert [row.first_year for row in reference.cadences if row.code == new.row] == [2028]
    due = table[(table["track"] == "ga-resolution") & (table["standing"] == "projected") & ~table["departure"]]
    assert [*due["start"].dt.year] == [2026, 2029, 2031, 2033, 2035]


def test_a_correction_is_withdrawn_with_a_reason(me: Viewer) -> None:
    made = record(me, "HRC64", DAYS)
    app = page(me, record=made)
    assert [one.value for one in app.title] == ["Session HRC64"]
    fill(app, **{f"delete_reason_{made}".removeprefix("delete_"): "It was of another session."})
    press(app, f"delete_{made}")
    assert kept(me) == []
    assert start_of("session-HRC64")[0] == date(2027, 2, 22)
    assert any(one.value.startswith("No corrections yet.") for one in app.markdown)


def test_everyone_sees_corrections_but_only_users_see_their_authors(me: Viewer) -> None:
    record(me, "HRC64", DAYS)
    app = page(ANONYMOUS)
    assert "Start date: Mon 1 Feb 2027 → **Mon 1 Mar 2027**" in [one.value for one in app.markdown]
    assert next(one.value for one in app.caption) == "Overrides the file · Tue 24 Nov 2026"
    told = "\n".join(one.value for one in (*app.markdown, *app.caption))
    assert "Amina Berg" not in told
    assert [one.key for one in app.button if one.key in ("new_correction", "new_rhythm")] == []


def test_sample_users_cannot_open_the_form() -> None:
    fictional = member(save(ANONYMOUS, Person, {"name": "Fictional", "sample": True}))
    app = page(fictional, new="1", file="sessions.csv", row="HRC64")
    assert [one.value for one in app.markdown] == [
        "Only users can record corrections, and sample users cannot: corrections apply to everyone."
    ]
