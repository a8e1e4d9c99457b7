"""Settings, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.safeguards.desk import save, staff
from calendar_model.safeguards.sight import OPEN
from calendar_model.workspace.records import Person
from tests.app import ROOT, open_page


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2026-11-24")


def page(acting: str = "") -> AppTest:
    app = open_page("overview")
    app.session_state["acting"] = acting
    app.switch_page(str(ROOT / "pages" / "settings.py")).run()
    return sound(app)


def sound(app: AppTest) -> AppTest:
    assert [fault.value for fault in app.exception] == []
    return app


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    return sound(app)


def acts(app: AppTest) -> str:
    return str(app.session_state["acting"])


def kept() -> list[tuple[str, str, bool, bool]]:
    return [(one.name, one.post, one.may_clear, one.active) for one in staff()]


def test_the_first_person_is_added_and_acts_at_once() -> None:
    app = click(page(), "add_person")
    app.text_input(key="person_new_name").input("Amina Berg")
    app.text_input(key="person_new_post").input("Desk officer")
    app.checkbox(key="person_new_may_clear").check()
    app = click(app, "person_new_save")
    assert kept() == [("Amina Berg", "Desk officer", True, True)]
    assert acts(app) == staff()[0].id
    assert [said.value for said in app.success] == ["Amina Berg is added, and acts in this browser from now on."]


def test_a_second_person_is_added_and_does_not_act() -> None:
    first = save(OPEN, Person, {"name": "Amina Berg"})
    app = click(page(first), "add_person")
    app.text_input(key="person_new_name").input(" Jon Lie ")
    app = click(app, "person_new_save")
    assert kept() == [("Amina Berg", "", False, True), ("Jon Lie", "", False, True)]
    assert acts(app) == first


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Give a name: it stands beside all that is written."),
        (
            "amina berg",
            "There is a amina berg already. Add something to the name by which colleagues tell the two apart.",
        ),
    ],
)
def test_a_name_that_tells_nobody_apart_is_refused(name: str, says: str) -> None:
    save(OPEN, Person, {"name": "Amina Berg"})
    app = click(page(), "add_person")
    app.text_input(key="person_new_name").input(name)
    app = click(app, "person_new_save")
    assert [said.value for said in app.error] == [says]
    assert kept() == [("Amina Berg", "", False, True)]


@pytest.mark.parametrize("somebody_acts", [True, False])
def test_a_person_is_edited_and_set_inactive(somebody_acts: bool) -> None:
    first, other = save(OPEN, Person, {"name": "Amina Berg"}), save(OPEN, Person, {"name": "Jon Lie"})
    app = click(page(first if somebody_acts else ""), f"edit_{other}")
    app.text_input(key=f"person_{other}_post").input("Embassy")
    app.checkbox(key=f"person_{other}_active").uncheck()
    app = click(app, f"person_{other}_save")
    assert kept() == [("Amina Berg", "", False, True), ("Jon Lie", "Embassy", False, False)]
    assert f"act_{other}" not in {button.key for button in app.button}


def test_who_acts_is_chosen_in_the_list() -> None:
    first, other = save(OPEN, Person, {"name": "Amina Berg"}), save(OPEN, Person, {"name": "Jon Lie"})
    app = click(page(first), f"act_{other}")
    assert acts(app) == other
    assert f"act_{first}" in {button.key for button in app.button}
