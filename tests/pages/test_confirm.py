"""The page of dates to confirm: each line is recorded where one reads of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission.confirmations import answers_by_item, record_not_announced
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for, corrections
from calendar_model.store.models import Person
from calendar_model.vocabulary import Standing
from tests.app import open_page
from tests.day import TODAY
from tests.pages.driver import address, click, offered_to_undo, run, said, sound

SOURCE = "https://www.ohchr.org/en/hr-bodies/hrc/sessions"
SESSION = "session-HRC64"
FORM = f"confirm_{SESSION}_2027-02-22_2027-03-30"
LATER = f"confirm_later_{SESSION}"


def page(who: Viewer, state: dict[str, object] | None = None, /, **parameters: str) -> AppTest:
    return sound(open_page("confirm", who.person_id, state, **parameters))


def listed(app: AppTest) -> list[str]:
    """The items on the page that is shown."""
    return [
        key.removeprefix("confirm_open_") for one in app.button if (key := one.key or "").startswith("confirm_open_")
    ]


def field(app: AppTest, key: str) -> Any:
    (found,) = [one for kind in (app.text_input, app.date_input, app.checkbox) for one in kind if one.key == key]
    return found


def row(item: str) -> Any:
    _, table = calendar_for(ANONYMOUS)
    return table[table["item"] == item].iloc[0]


def test_the_list_has_pages_and_the_day_of_its_data(me: Viewer) -> None:
    app = page(me)
    assert len(listed(app)) == 20
    assert listed(app)[0] == "session-UPR53"
    assert "24 Nov 2026" in app.caption[0].value
    second = page(me, confirm_page="2")
    assert not set(listed(second)) & set(listed(app))


def test_expected_days_are_confirmed_with_a_source_alone(me: Viewer) -> None:
    app = page(me, q="HRC64")
    assert (field(app, f"{FORM}_start").value, field(app, f"{FORM}_end").value) == (
        date(2027, 2, 22),
        date(2027, 3, 30),
    )
    field(app, f"{FORM}_source_url").set_value(SOURCE)
    app = click(app, f"{FORM}_save")
    assert offered_to_undo(app)
    assert SESSION not in listed(app)
    assert (row(SESSION)["date_precision"], row(SESSION)["standing"]) == ("day", "confirmed")


def test_a_refusal_is_shown_and_input_is_kept(me: Viewer) -> None:
    app = page(me, q="HRC64")
    field(app, f"{FORM}_end").set_value(date(2027, 4, 2))
    app = click(app, f"{FORM}_save")
    assert len(app.error) == 1
    assert field(app, f"{FORM}_end").value == date(2027, 4, 2)
    assert corrections() == ()
    field(app, f"{FORM}_source_url").set_value(SOURCE)
    field(app, f"{FORM}_provisional").set_value(True)
    app = click(app, f"{FORM}_save")
    assert list(app.error) == []
    assert (row(SESSION)["end"].date(), row(SESSION)["standing"]) == (date(2027, 4, 2), Standing.PROVISIONAL)


def test_a_past_item_is_recorded_as_held(me: Viewer) -> None:
    app = page(me, q="UPR53")
    form = "confirm_session-UPR53_2026-11-02_2026-11-13"
    field(app, f"{form}_source_url").set_value(SOURCE)
    click(app, f"{form}_save")
    assert row("session-UPR53")["standing"] == Standing.HELD


def test_not_announced_yet_puts_an_item_off(me: Viewer) -> None:
    app = page(me, {f"confirm_answer_{SESSION}": True}, q="HRC64")
    field(app, f"{LATER}_ask_again_on").set_value(TODAY + timedelta(days=200))
    field(app, f"{LATER}_note").set_value("No programme yet.")
    app = click(app, f"{LATER}_save")
    assert len(app.error) == 1
    assert field(app, f"{LATER}_note").value == "No programme yet."
    field(app, f"{LATER}_ask_again_on").set_value(date(2027, 1, 10))
    app = click(app, f"{LATER}_save")
    assert SESSION not in listed(app)
    with reading(me) as session:
        assert answers_by_item(session)[SESSION].ask_again_on == date(2027, 1, 10)
    app.toggle(key="show_waiting").set_value(True)
    app = run(app)
    assert SESSION in listed(app)
    assert any("No programme yet" in one.value and "Amina Berg" in one.value for one in app.caption)


@pytest.mark.parametrize("button", ["confirm_open", "confirm_more"])
def test_a_line_opens_the_panel_of_its_item(me: Viewer, button: str) -> None:
    app = click(page(me, q="HRC64"), f"{button}_{SESSION}")
    assert address(app, "item") == SESSION
    assert "panel_outcome_confirmed" in [one.key for one in app.button]


def test_a_stale_meeting_asks_whether_it_is_still_held(me: Viewer) -> None:
    app = page(me, organisation="osce", kind="meeting", confirm_page="9")
    assert any("still held" in one.value for one in app.caption)


def test_a_text_leads_to_its_panel(me: Viewer) -> None:
    app = page(me, q="GA81", kind="resolution")
    assert [one.key for one in app.button if (one.key or "").endswith("_save")] == []
    assert "confirm_more_ga-resolution-GA81" in [one.key for one in app.button]


def test_anonymous_and_sample_users_see_the_list_but_cannot_record() -> None:
    fictional = member(save(ANONYMOUS, Person, {"name": "Fictional", "sample": True}))
    for who in (ANONYMOUS, fictional):
        app = page(who, q="HRC64")
        assert SESSION in listed(app)
        assert [one.key for one in app.button if (one.key or "").endswith("_save")] == []


def test_an_empty_list_says_what_is_listed_here(me: Viewer) -> None:
    app = page(me, q="nothing of this name")
    assert listed(app) == []
    assert any("filter" in text for text in said(app))


def test_the_panel_says_how_the_announced_days_compare_with_the_forecast(
    me: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page(me, q="HRC64")
    field(app, f"{FORM}_source_url").set_value(SOURCE)
    click(app, f"{FORM}_save")
    monkeypatch.setenv(TODAY_VARIABLE, "2026-12-20")
    panel = sound(open_page("timeline", me.person_id, item=SESSION))
    assert any("known 90 days ahead" in one.proto.body for one in panel.get("html"))


def test_an_answer_is_visible_to_every_user(me: Viewer, other: Viewer) -> None:
    record_not_announced(other, SESSION, date(2027, 1, 10))
    assert SESSION not in listed(page(me, q="HRC64"))
