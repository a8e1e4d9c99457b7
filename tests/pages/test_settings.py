"""Settings, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

import pandas as pd
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.roles import FIRST_PERSON_ROLES
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission import sample
from calendar_model.mission.accounts import local_person
from calendar_model.mission.transactions import save
from calendar_model.store.database import current_workspace
from calendar_model.store.models import USUAL_ROLES, Person, Record
from calendar_model.terms import Role
from pages.components.shell.navigation import PAGE_OF
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import click, sound


def page(acting: str | None = None) -> AppTest:
    return sound(open_page("settings", acting))


def acts(app: AppTest) -> str:
    """The name of the current user, as the header shows it."""
    header = next(one for one in app.get("popover") if "acting_person" in one.proto.id)
    return str(header.proto.popover.label)


def kept() -> list[tuple[str, str, frozenset[Role], bool]]:
    return [(one.name, one.post, one.roles, one.active) for one in staff()]


def test_the_first_user_is_added_and_selected() -> None:
    app = click(page(), "add_person")
    app.text_input(key="person_new_name").input("Amina Berg")
    app.text_input(key="person_new_post").input("Desk officer")
    app = click(app, "person_new_save")
    assert kept() == [("Amina Berg", "Desk officer", FIRST_PERSON_ROLES, True)]
    assert acts(app) == "Amina Berg"
    assert [said.value for said in app.toast] == ["Amina Berg added. You are now working as Amina Berg."]
    person = local_person()
    assert person is not None
    assert person.id == staff()[0].id


def test_a_second_user_is_added_and_not_selected() -> None:
    first = save(ANONYMOUS, Person, {"name": "Amina Berg"})
    app = click(page(first), "add_person")
    app.text_input(key="person_new_name").input(" Jon Lie ")
    app = click(app, "person_new_save")
    assert kept() == [("Amina Berg", "", USUAL_ROLES, True), ("Jon Lie", "", USUAL_ROLES, True)]
    assert acts(app) == "Amina Berg"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Enter a name; it appears next to everything this person writes."),
        (
            "amina berg",
            "There is already a user called amina berg. Add something to the name to tell the two apart.",
        ),
    ],
)
def test_an_empty_or_duplicate_name_is_refused(name: str, says: str) -> None:
    save(ANONYMOUS, Person, {"name": "Amina Berg"})
    app = click(page(), "add_person")
    app.text_input(key="person_new_name").input(name)
    app = click(app, "person_new_save")
    assert [said.value for said in app.error] == [says]
    assert kept() == [("Amina Berg", "", USUAL_ROLES, True)]


@pytest.mark.parametrize("somebody_acts", [True, False])
def test_a_person_is_edited_and_set_inactive(somebody_acts: bool) -> None:
    first, other = save(ANONYMOUS, Person, {"name": "Amina Berg"}), save(ANONYMOUS, Person, {"name": "Jon Lie"})
    app = click(page(first if somebody_acts else ""), f"edit_{other}")
    app.text_input(key=f"person_{other}_post").input("Embassy")
    app.checkbox(key=f"person_{other}_active").uncheck()
    app = click(app, f"person_{other}_save")
    assert kept() == [("Amina Berg", "", USUAL_ROLES, True), ("Jon Lie", "Embassy", USUAL_ROLES, False)]
    assert f"use_{other}" not in {button.key for button in app.button}


def test_the_user_of_this_computer_is_chosen_once() -> None:
    first, other = save(ANONYMOUS, Person, {"name": "Amina Berg"}), save(ANONYMOUS, Person, {"name": "Jon Lie"})
    app = page()
    assert {f"use_{first}", f"use_{other}"} <= {button.key for button in app.button}
    app = click(app, f"use_{other}")
    assert acts(app) == "Jon Lie"
    assert not any(str(button.key).startswith("use_") for button in app.button)
    assert acts(page()) == "Jon Lie"


def test_an_empty_workspace_says_what_to_do() -> None:
    app = page()
    assert app.markdown[0].value == "No users yet. Add yourself, or load the sample data to explore."
    keys = {button.key for button in app.button}
    assert {"add_person", "load_sample"} <= keys
    assert "remove_sample" not in keys


def test_the_sample_is_loaded_with_its_desk_officer_selected_then_removed() -> None:
    app = click(page(), "load_sample")
    officer = next(one for one in staff() if one.name == "Sample: desk officer")
    assert acts(app) == officer.name
    assert [said.value for said in app.toast] == [
        "Sample data loaded: 3 users and 39 records. You are working as Sample: desk officer."
    ]
    app = click(app, "remove_sample")
    assert [said.value for said in app.toast] == ["Sample data removed: 3 users and 39 records."]
    assert staff() == []
    assert acts(app) == "Select user"
    assert "load_sample" in {button.key for button in app.button}


def test_the_current_user_stays_when_the_sample_is_loaded_and_removed() -> None:
    me = save(ANONYMOUS, Person, {"name": "Amina Berg"})
    app = click(page(me), "load_sample")
    assert acts(app) == "Amina Berg"
    assert [said.value for said in app.toast] == [
        "Sample data loaded: 3 users and 39 records. Select a sample user to see all of it."
    ]
    app = click(app, "remove_sample")
    assert acts(app) == "Amina Berg"
    assert kept() == [("Amina Berg", "", USUAL_ROLES, True)]


def test_it_says_where_the_workspace_is_kept() -> None:
    assert [block.value for block in page().code] == [current_workspace().url]


@pytest.mark.parametrize(
    "name",
    [
        "today",
        "timeline",
        "coverage",
        "statements",
        "engagements",
        "cases",
        "follow_ups",
        "contacts",
        "language",
        "meetings",
        "upr",
        "resolutions",
    ],
)
def test_every_page_lives_on_the_sample(name: str, sample_officer: Viewer) -> None:
    app = sound(open_page(name, sample_officer.person_id))
    assert [fault.value for fault in app.error] == []


@pytest.mark.parametrize("linked_to", ["hrc-session", "hrc-text", "upr-first", "hrd-day"])
def test_the_dossiers_of_its_linked_items_show_it(linked_to: str, sample_officer: Viewer, table: pd.DataFrame) -> None:
    item = str(sample.anchors(table, TODAY)[linked_to]["item"])
    app = sound(open_page("dossier", sample_officer.person_id, of=item))
    assert "(sample)" in everything(app)


def test_each_of_its_records_opens(sample_officer: Viewer) -> None:
    with reading(sample_officer) as session:
        records = [(PAGE_OF[record.kind], record.id) for record in session.scalars(select(Record))]
    for name, record_id in records:
        app = sound(open_page(name, sample_officer.person_id, record=record_id))
        assert [fault.value for fault in app.error] == []
    assert len(records) == 39
