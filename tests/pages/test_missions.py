"""Several missions: their list in Settings, roles at them, and the mission of a record in its form and on its page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.mission.missions import add_mission, missions
from calendar_model.mission.persons import change_roles, role_groups
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Contact, Engagement, Event, LanguageProposal, Person, Record, Statement
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    Role,
    StatementFormat,
    Suggester,
)
from pages.components.settings import missions as settings_of_missions
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import click, sound

MET: dict[str, Any] = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}

WRITERS = frozenset({Role.EDITOR, Role.CASE_OFFICER})
LISTED: dict[str, tuple[type[Record], dict[str, Any]]] = {
    "engagements": (Engagement, MET),
    "contacts": (Contact, {"contact_kind": ContactKind.ORGANISATION}),
    "language": (LanguageProposal, {"text": "A text", "wording": "Defenders"}),
    "cases": (Case, {"suggested_by": Suggester.CIVIL_SOCIETY}),
    "meetings": (Event, {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": TODAY, "end": TODAY}),
    "statements": (Statement, {"format": StatementFormat.GENERAL_DEBATE}),
}
"""What each list shows: a kind of record, with the columns that it needs."""


def person(name: str, *given: tuple[Role, str | None]) -> Viewer:
    return member(save(OPERATOR, Person, {"name": name, "given": given}))


@pytest.fixture
def administrator() -> Viewer:
    return person("Administrator", (Role.ADMINISTRATOR, None))


def settings(who: Viewer, **params: str) -> AppTest:
    return sound(open_page("settings", who.person_id, **params))


def named() -> list[tuple[str, bool]]:
    return [(one.name, one.active) for one in missions(OPERATOR)]


def test_missions_are_added_renamed_and_retired(administrator: Viewer) -> None:
    app = settings(administrator)
    app.text_input(key="mission_new").input("Geneva")
    app = click(app, "mission_add")
    assert named() == [("Geneva", True)]
    (one,) = missions(OPERATOR)
    app.text_input(key=f"mission_name_{one.id}").input("Genève")
    app = click(app, f"mission_rename_{one.id}")
    assert named() == [("Genève", True)]
    click(app, f"mission_retire_{one.id}")
    assert named() == [("Genève", False)]


def test_a_name_that_is_taken_is_refused_and_stays_typed(administrator: Viewer) -> None:
    add_mission(OPERATOR, "Geneva")
    app = settings(administrator)
    app.text_input(key="mission_new").input("geneva")
    app = click(app, "mission_add")
    assert len(app.error) == 1
    assert app.text_input(key="mission_new").value == "geneva"


def test_only_administrators_are_shown_the_missions(administrator: Viewer) -> None:
    editor = person("Editor", (Role.EDITOR, None))
    keys = [one.key for one in settings(editor).button]
    assert "mission_add" not in keys
    assert "mission_add" in [one.key for one in settings(administrator).button]


def test_a_user_gets_a_home_and_roles_at_missions(administrator: Viewer) -> None:
    geneva, vienna = add_mission(OPERATOR, "Geneva"), add_mission(OPERATOR, "Vienna")
    who = person("Jon Lie", (Role.EDITOR, vienna))
    app = settings(administrator, record=who.person_id)
    form = f"person_{who.person_id}"
    assert app.multiselect(key=f"{form}_at_missions").value == [f"editor {vienna}"]
    app.multiselect(key=f"{form}_at_missions").set_value([f"editor {geneva}", f"clearer {geneva}"])
    app.selectbox(key=f"{form}_mission_id").set_value(geneva)
    click(app, f"{form}_save")
    (kept,) = [one for one in staff() if one.id == who.person_id]
    assert (kept.mission_id, set(kept.given)) == (geneva, {(Role.EDITOR, geneva), (Role.CLEARER, geneva)})


def test_groups_of_the_sign_in_are_given_roles(administrator: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    geneva = add_mission(OPERATOR, "Geneva")
    monkeypatch.setattr(settings_of_missions, "sign_in", SimpleNamespace(is_set_up=lambda: True))
    app = settings(administrator)
    app.text_input(key="group_name").input("hrd-editors")
    app.selectbox(key="group_role").set_value(Role.EDITOR)
    app.selectbox(key="group_mission").set_value(geneva)
    app = click(app, "group_add")
    assert role_groups() == [("hrd-editors", Role.EDITOR, geneva)]
    click(app, "group_remove_0")
    assert role_groups() == []


def test_a_form_asks_for_the_mission_once_there_are_missions() -> None:
    editor = person("Editor", (Role.EDITOR, None))
    app = sound(open_page("engagements", editor.person_id, new="1"))
    assert not [one for one in app.selectbox if one.key == "engagement_new_mission_id"]
    geneva, vienna = add_mission(OPERATOR, "Geneva"), add_mission(OPERATOR, "Vienna")
    change_roles(OPERATOR, editor.person_id, take={Role.EDITOR})
    change_roles(OPERATOR, editor.person_id, give={Role.EDITOR}, mission_id=geneva)
    app = sound(open_page("engagements", editor.person_id, new="1"))
    (field,) = [one for one in app.selectbox if (one.key or "").endswith("_new_mission_id")]
    assert field.value == geneva
    assert field.options == ["All missions", "Geneva"]
    assert vienna not in everything(app)


def test_a_record_says_its_mission_and_is_not_there_for_those_of_another() -> None:
    geneva, vienna = add_mission(OPERATOR, "Geneva"), add_mission(OPERATOR, "Vienna")
    ours, theirs = person("Ours", (Role.EDITOR, geneva)), person("Theirs", (Role.EDITOR, vienna))
    made = save(ours, Engagement, {"title": "Met in private", **MET})
    app = sound(open_page("engagements", ours.person_id, record=made))
    assert "Mission: Geneva." in everything(app)
    assert "Met in private" not in everything(sound(open_page("engagements", theirs.person_id, record=made)))
    assert "Met in private" not in everything(sound(open_page("engagements", theirs.person_id)))


def test_a_record_that_leaves_its_mission_asks_why() -> None:
    geneva = add_mission(OPERATOR, "Geneva")
    ours = person("Ours", (Role.EDITOR, geneva))
    made = save(ours, Engagement, {"title": "Met", **MET})
    app = sound(open_page("engagements", ours.person_id, record=made))
    (field,) = [one for one in app.selectbox if (one.key or "").endswith("_mission_id")]
    form = str(field.key).removesuffix("_mission_id")
    app = sound(field.set_value("").run())
    app = click(app, f"{form}_save")
    assert len(app.error) == 1
    app.text_input(key=f"{form}_reason").input("New York works on it as well.")
    click(app, f"{form}_save")
    with reading(ours) as session:
        assert session.scalars(select(Record.mission_id).where(Record.id == made)).one() is None


@pytest.mark.parametrize("page", ["engagements", "contacts", "language", "cases", "meetings", "statements"])
def test_a_list_keeps_the_records_of_ones_own_mission(page: str) -> None:
    geneva, vienna = add_mission(OPERATOR, "Geneva"), add_mission(OPERATOR, "Vienna")
    who = member(save(OPERATOR, Person, {"name": "Both", "roles": WRITERS, "mission_id": geneva}))
    kind, values = LISTED[page]
    for name, place in (("Of Geneva", geneva), ("Of Vienna", vienna), ("Of all", None)):
        save(who, kind, {"title": name, "mission_id": place, **values})
    every, own = open_page(page, who.person_id), open_page(page, who.person_id, my_mission="true")
    names = ("Of Geneva", "Of Vienna", "Of all")
    assert [name for name in names if name in everything(sound(every))] == list(names)
    assert [name for name in names if name in everything(sound(own))] == ["Of Geneva"]
