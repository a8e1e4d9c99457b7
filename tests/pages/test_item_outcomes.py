"""The section of an item's panel in which staff record its outcome."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for, corrections
from calendar_model.store.models import Person
from calendar_model.vocabulary import ReviewDeparture, Vote
from tests.app import open_page
from tests.pages.driver import click, offered_to_undo, run, said, sound

SOURCE = "https://www.un.org/en/ga/81/resolutions.shtml"
TEXT = "ga-resolution-GA81"
WHY = "No quorum in the room."


def panel(who: Viewer, item: str, **parameters: str) -> AppTest:
    return sound(open_page("timeline", who.person_id, item=item, **parameters))


def fill(app: AppTest, outcome: str, item: str, **values: Any) -> None:
    widgets = [
        one
        for kind in (app.text_input, app.selectbox, app.date_input, app.number_input, app.checkbox, app.time_input)
        for one in kind
    ]
    for name, value in values.items():
        (field,) = [one for one in widgets if one.key == f"outcome_{outcome}_{item}_{name}"]
        field.set_value(value)


def record(who: Viewer, item: str, outcome: str, **values: Any) -> AppTest:
    """The page after the form of an outcome was opened, filled in with its source and saved."""
    app = click(panel(who, item), f"panel_outcome_{outcome}")
    fill(app, outcome, item, source_url=SOURCE, **values)
    return click(app, f"outcome_{outcome}_{item}_save")


def row(item: str) -> Any:
    _, table = calendar_for(ANONYMOUS)
    return table[table["item"] == item].iloc[0]


def offered(app: AppTest) -> list[str]:
    return [
        key.removeprefix("panel_outcome_") for one in app.button if (key := one.key or "").startswith("panel_outcome_")
    ]


def test_the_assembly_s_text_becomes_a_fact_from_its_panel(me: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, "2026-12-18")
    before = row(TEXT)
    app = panel(me, TEXT)
    assert offered(app) == ["adopted", "not-tabled", "postponed"]
    app = click(app, "panel_outcome_adopted")
    fill(app, "adopted", TEXT, vote=Vote.RECORDED, symbol="A/RES/81/200", day=date(2026, 12, 18))
    run(app)
    fill(app, "adopted", TEXT, yes=130, no=14)
    app = click(app, f"outcome_adopted_{TEXT}_save")
    # What is missing is said, and what was typed stays.
    assert len(app.error) == 1
    assert corrections() == ()
    fill(app, "adopted", TEXT, abstain=41, cosponsors=76, source_url=SOURCE)
    app = click(app, f"outcome_adopted_{TEXT}_save")
    assert [one.value for one in app.error] == []
    assert offered_to_undo(app)
    after = row(TEXT)
    assert (after["title"].split(":")[0], after["standing"], after["next"]) == (
        "A/RES/81/200",
        "held",
        "ga-resolution-GA84",
    )
    assert (after["uid"], after["sequence"] > before["sequence"]) == (before["uid"], True)
    assert offered(app) == []


def test_a_text_is_not_tabled_or_postponed(me: Viewer) -> None:
    record(me, TEXT, "postponed", to="GA82", why=WHY)
    assert (bool(row(TEXT)["departure"]), row("ga-resolution-GA82")["standing"]) == (True, "projected")
    app = record(me, "ga-resolution-GA82", "not-tabled", why=WHY)
    assert offered_to_undo(app)
    assert bool(row("ga-resolution-GA82")["departure"])


def test_expected_days_are_filled_in_and_confirmed_with_a_source_alone(me: Viewer) -> None:
    expected = row("session-HRC64")
    record(me, "session-HRC64", "confirmed")
    after = row("session-HRC64")
    assert (after["start"], after["end"]) == (expected["start"], expected["end"])
    assert (after["date_precision"], after["standing"]) == ("day", "confirmed")
    app = record(me, "session-HRC64", "moved", start=date(2027, 3, 8), end=date(2027, 4, 9))
    assert len(app.error) == 1
    fill(app, "moved", "session-HRC64", why=WHY)
    click(app, "outcome_moved_session-HRC64_save")
    assert row("session-HRC64")["start"].date() == date(2027, 3, 8)
    assert WHY.rstrip(".") in row("session-HRC64")["basis"]


def test_a_meeting_is_cancelled(me: Viewer) -> None:
    record(me, "csw-2027", "cancelled", why=WHY)
    assert row("csw-2027")["standing"] == "cancelled"


def test_a_review_is_moved_and_another_has_its_outcome(me: Viewer) -> None:
    reference, _ = calendar_for(ANONYMOUS)
    moved = next(one.code for one in reference.reviews if one.session == "UPR53" and one.departure is None)
    record(me, moved, "moved", to="UPR54", why=WHY, departure=ReviewDeparture.POSTPONED)
    assert row(moved)["session"] == "UPR54"
    held = next(one.code for one in reference.reviews if one.session == "UPR52" and one.outcome_date is None)
    record(me, held, "review-outcome", session="HRC63", day=date(2026, 9, 24), decision="A/HRC/DEC/63/101")
    assert "HRC63" in row(held)["description"]


def test_the_form_opens_from_an_address(me: Viewer) -> None:
    app = panel(me, "session-HRC64", outcome="confirmed")
    assert [one.key for one in app.button if (one.key or "").endswith("_save")] == [
        "outcome_confirmed_session-HRC64_save"
    ]
    app = click(app, "panel_outcome_close")
    assert [one.key for one in app.button if (one.key or "").endswith("_save")] == []


@pytest.mark.parametrize("asked", ["adopted", "nothing"])
def test_an_address_that_asks_for_what_cannot_be_opens_no_form(me: Viewer, asked: str) -> None:
    app = panel(me, "session-HRC64", outcome=asked)
    assert [one.key for one in app.button if (one.key or "").endswith("_save")] == []


def test_anonymous_and_sample_users_cannot_record() -> None:
    assert offered(panel(ANONYMOUS, TEXT)) == []
    fictional = member(save(ANONYMOUS, Person, {"name": "Fictional", "sample": True}))
    app = panel(fictional, TEXT, outcome="adopted")
    assert offered(app) == []
    assert any("#### Outcome" in text for text in said(app))


def test_an_outcome_is_taken_back(me: Viewer) -> None:
    before = row(TEXT)
    app = record(me, TEXT, "postponed", to="GA82", why=WHY)
    assert corrections() != ()

    click(app, "undo_button")

    assert row(TEXT)["title"] == before["title"]
    assert all(one.withdrawn for one in corrections())
