"""Pages offer nothing that the model refuses, and say which role is needed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.unit_of_work import staff
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Contact, Engagement, LanguageProposal, Person, Record
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, Role, StatementFormat, Suggester
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import sound

RECORDS: dict[str, tuple[type[Record], dict[str, Any]]] = {
    "engagements": (
        Engagement,
        {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE},
    ),
    "contacts": (Contact, {"contact_kind": ContactKind.ORGANISATION}),
    "language": (LanguageProposal, {"text": "A text", "wording": "Defenders"}),
}
NEW = {
    "engagements": "new_engagement",
    "contacts": "new_contact",
    "language": "new_proposal",
    "cases": "new_case",
    "statements": "new_statement",
}
FIELDS = ("text_input", "text_area", "selectbox", "multiselect", "date_input", "checkbox", "number_input", "time_input")
NEEDS = "You need the role Editor for this. Ask an administrator."


def person(name: str, *roles: Role) -> Viewer:
    return member(save(OPERATOR, Person, {"name": name, "roles": roles}))


@pytest.fixture
def owner() -> Viewer:
    return person("Owner", Role.EDITOR, Role.CASE_OFFICER)


@pytest.fixture
def reader(owner: Viewer) -> Viewer:
    return person("Reader", Role.READER)


def form_fields(app: AppTest, name: str) -> list[Any]:
    """The fields of the record's own form."""
    return [one for kind in FIELDS for one in getattr(app, kind) if str(one.key).startswith(f"{name}_")]


@pytest.mark.parametrize(
    ("page", "name"), [("engagements", "engagement"), ("contacts", "contact"), ("language", "language")]
)
def test_a_reader_reads_a_record_and_can_change_nothing_of_it(
    owner: Viewer, reader: Viewer, page: str, name: str
) -> None:
    kind, values = RECORDS[page]
    made = save(owner, kind, {"title": "Briefing", **values})
    app = sound(open_page(page, reader.person_id, record=made))
    fields = form_fields(app, f"{name}_{made}")
    assert fields
    assert all(field.disabled for field in fields)
    assert "Briefing" in everything(app)
    buttons = [button for button in app.button if button.key in (f"{name}_{made}_save", f"delete_{made}")]
    assert buttons
    assert {(button.disabled, button.help) for button in buttons} == {(True, NEEDS)}
    mine = sound(open_page(page, owner.person_id, record=made))
    assert not any(field.disabled for field in form_fields(mine, f"{name}_{made}"))
    assert not mine.button(key=f"{name}_{made}_save").disabled


@pytest.mark.parametrize("page", NEW)
def test_a_reader_begins_no_record(owner: Viewer, reader: Viewer, page: str) -> None:
    assert sound(open_page(page, reader.person_id)).button(key=NEW[page]).disabled
    assert not sound(open_page(page, owner.person_id)).button(key=NEW[page]).disabled
    form = sound(open_page(page, reader.person_id, new="1"))
    assert all(button.disabled for button in form.button if str(button.key).endswith("_save"))


def test_a_reader_records_no_outcome_and_corrects_nothing(reader: Viewer, owner: Viewer) -> None:
    item = "session-HRC64"
    for who, is_locked in ((reader, True), (owner, False)):
        panel = sound(open_page("agenda", who.person_id, item=item))
        outcomes = [button for button in panel.button if str(button.key).startswith("panel_outcome_")]
        assert outcomes
        assert {button.disabled for button in outcomes} == {is_locked}
        corrections = sound(open_page("corrections", who.person_id))
        assert {corrections.button(key=key).disabled for key in ("new_correction", "new_rhythm")} == {is_locked}
        confirm = sound(open_page("confirm", who.person_id))
        saves = [one for one in confirm.button if re.fullmatch(r"confirm_.*_save", str(one.key))]
        assert saves
        assert {button.disabled for button in saves} == {is_locked}


def test_a_clearer_reads_the_text_and_moves_nothing_else(owner: Viewer) -> None:
    clearer = person("Clearer", Role.CLEARER)
    values = {"title": "Item 3", "format": StatementFormat.GENERAL_DEBATE}
    made = commands.start_statement(owner, values, text="Thank you.")
    app = sound(open_page("statements", clearer.person_id, record=made))
    button = app.button(key="move_consultation")
    assert (button.disabled, button.help) == (True, NEEDS)
    assert "save_text" not in {one.key for one in app.button}


def test_users_are_changed_by_administrators_only(reader: Viewer) -> None:
    administrator = person("Administrator", Role.ADMINISTRATOR)
    for who, is_disabled in ((reader, True), (administrator, False)):
        app = sound(open_page("settings", who.person_id, record=reader.person_id))
        assert app.button(key=f"person_{reader.person_id}_save").disabled == is_disabled
        assert app.text_input(key=f"person_{reader.person_id}_name").disabled == is_disabled


def test_an_auditor_sees_that_something_changed_and_not_what(owner: Viewer) -> None:
    auditor = person("Auditor", Role.AUDITOR)
    kind, values = RECORDS["engagements"]
    save(owner, kind, {"title": "qzcanary", **values}, reason="qzcanary is the reason")
    app = sound(open_page("settings", auditor.person_id))
    shown = app.table[-1].value
    assert {"Owner"} <= set(shown["Who"])
    assert "Engagement" in set(shown["Kind of entry"])
    assert "qzcanary" not in everything(app)
    assert not list(sound(open_page("settings", owner.person_id)).table)


def test_an_auditor_sees_who_has_read_a_case_and_not_what_it_is(owner: Viewer) -> None:
    auditor = person("Auditor", Role.AUDITOR)
    case = save(owner, Case, {"title": "qzcanary", "suggested_by": Suggester.MINISTRY}, named=[owner.person_id])
    assert not [one for one in sound(open_page("settings", auditor.person_id)).table if "Record" in one.value]
    sound(open_page("cases", owner.person_id, record=case))
    app = sound(open_page("settings", auditor.person_id))
    assert list(app.table[-1].value["Record"]) == [f"Case {case[:8]}"]
    assert list(app.table[-1].value["Who"]) == ["Owner"]
    assert "qzcanary" not in everything(app)
    app.selectbox(key="audited_reader").select(auditor.person_id).run()
    assert not [one for one in sound(app).table if "Record" in one.value]


def test_who_has_no_role_that_reads_sees_public_records_only(owner: Viewer) -> None:
    kind, values = RECORDS["engagements"]
    save(owner, kind, {"title": "qzcanary", **values})
    for role in (Role.ADMINISTRATOR, Role.AUDITOR):
        who = person(str(role), role)
        for page in ("today", "engagements", "statements", "cases", "contacts", "follow_ups", "coverage", "timeline"):
            assert "qzcanary" not in everything(sound(open_page(page, who.person_id)))
    assert len(staff()) == 3
