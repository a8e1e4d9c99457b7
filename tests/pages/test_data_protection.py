"""Data protection, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.roles import Subject
from calendar_model.access.unit_of_work import staff
from calendar_model.messages.data_protection import DEFAULT_NOTICE
from calendar_model.mission.data_protection.notice import holding_notice, set_holding_notice
from calendar_model.mission.data_protection.retention import due_records, extensions_of, periods
from calendar_model.mission.handover import hand_over
from calendar_model.mission.records import deleted_records, get_record
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Contact, Engagement, Identity, Person
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, RecordKind, Role, Suggester
from calendar_model.translation import in_language
from pages.components.shell import sign_in
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import click, said, sound, unfold
from tests.refusals import refused_for

THEN = date(2019, 3, 4)
REASON = "Its retention has ended."
CANARY = "qzcanary"
MARKUP = "[here](http://evil.example) :material/home: **bold**"


@pytest.fixture
def administrator() -> Viewer:
    return member(save(OPERATOR, Person, {"name": "Head", "roles": {Role.ADMINISTRATOR}}))


def engagement(who: Viewer, title: str = "Met") -> str:
    met = {"engagement_kind": EngagementKind.CONSULTED, "on": THEN, "form": EngagementForm.ONLINE}
    return save(who, Engagement, {"title": title, **met})


def page(who: Viewer) -> AppTest:
    return sound(open_page("data_protection", who.person_id))


# --- What may be held


def test_the_usual_notice_is_there_for_everyone_in_their_language() -> None:
    assert said(sound(open_page("data_protection")))[0].startswith(DEFAULT_NOTICE.split("\n")[0])
    with in_language("nb"):
        assert holding_notice() != DEFAULT_NOTICE


def test_an_administrator_words_the_notice_and_nobody_else(me: Viewer, administrator: Viewer) -> None:
    app = page(administrator)
    app.text_area(key="holding_notice").input(MARKUP)
    click(app, "notice_save")
    assert holding_notice() == MARKUP
    text = said(page(me))[0]
    assert "\\[here\\]" in text
    assert "notice_save" not in {button.key for button in page(me).button}
    with refused_for("role-needed"):
        set_holding_notice(me, "Anything")
    with in_language("nb"):
        assert MARKUP not in holding_notice()
    set_holding_notice(administrator, " ")
    assert holding_notice() == DEFAULT_NOTICE


def test_the_notice_is_on_the_form_of_a_case_and_before_the_sign_in(
    me: Viewer, administrator: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_holding_notice(administrator, "Nothing that is classified.")
    for kind in ("case", "reprisal"):
        assert "Nothing that is classified." in said(sound(open_page("cases", me.person_id, new=kind)))
    monkeypatch.setattr(sign_in, "is_set_up", lambda: True)
    monkeypatch.setattr(sign_in, "providers", lambda: ["default"])
    assert "Nothing that is classified." in said(sound(open_page("cases", None)))


# --- What is due


def test_what_is_due_is_deleted_with_a_reason_or_kept_longer(me: Viewer) -> None:
    first, second = engagement(me, "First"), engagement(me, "Second")
    app = unfold(page(me), f"due_open_{first}")
    app = click(app, f"due_delete_{first}")
    assert len(app.error) == 1
    app.text_input(key=f"due_reason_{first}").input(REASON)
    app = click(app, f"due_delete_{first}")
    assert [(one.record_id, one.reason) for one in deleted_records(me)] == [(first, REASON)]
    app = unfold(app, f"due_open_{second}")
    app.text_input(key=f"due_reason_{second}").input("An inquiry needs it.")
    app.date_input(key=f"due_until_{second}").set_value(TODAY + timedelta(days=90))
    click(app, f"due_keep_{second}")
    assert [one.until for one in extensions_of(me, second)] == [TODAY + timedelta(days=90)]
    assert due_records(me) == []


def test_nobody_sees_there_what_they_cannot_read(me: Viewer, other: Viewer) -> None:
    case = save(me, Case, {"title": CANARY, "suggested_by": Suggester.MINISTRY, "closed_on": THEN})
    assert CANARY in everything(page(me))
    for text in (everything(page(other)), everything(sound(open_page("data_protection")))):
        assert CANARY not in text
        assert case not in text


def test_a_case_is_deleted_on_its_page_once_it_is_due(me: Viewer) -> None:
    values = {"title": "Case 1", "suggested_by": Suggester.MINISTRY}
    fresh, due = save(me, Case, values), save(me, Case, {**values, "closed_on": THEN})
    assert f"delete_{fresh}" not in {one.key for one in sound(open_page("cases", me.person_id, record=fresh)).button}
    app = sound(open_page("cases", me.person_id, record=due))
    app.text_input(key=f"delete_reason_{due}").input(REASON)
    click(app, f"delete_{due}")
    assert deleted_records(me) == []
    app = sound(open_page("cases", me.person_id, record=due))
    app.text_input(key=f"archived_as_{due}").input("2026/17")
    click(app, f"archived_save_{due}")
    app.text_input(key=f"delete_reason_{due}").input(REASON)
    click(app, f"delete_{due}")
    assert [one.record_id for one in deleted_records(me)] == [due]


def test_what_is_due_and_not_in_the_archive_says_so_and_takes_the_reference(me: Viewer) -> None:
    due = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY, "closed_on": THEN})
    app = unfold(page(me), f"due_open_{due}")
    app.text_input(key=f"archived_as_{due}").input("2026/17")
    app = click(app, f"archived_save_{due}")
    assert [one.needs_archive for one in due_records(me)] == [False]
    app = unfold(app, f"due_open_{due}")
    app.text_input(key=f"due_reason_{due}").input(REASON)
    click(app, f"due_delete_{due}")
    assert [one.record_id for one in deleted_records(me)] == [due]


def test_an_administrator_changes_a_period_and_nobody_else(me: Viewer, administrator: Viewer) -> None:
    assert "retention_set" not in {button.key for button in page(me).button}
    app = page(administrator)
    app.selectbox(key="retention_kind").select(Subject.CASE)
    app = sound(app.run())
    app.number_input(key="retention_months_case").set_value(2)
    app = click(app, "retention_set")
    assert len(app.error) == 1
    app.number_input(key="retention_months_case").set_value(48)
    click(app, "retention_set")
    assert periods(me)[Subject.CASE] == 48


# --- Persons


def test_a_contact_is_erased_on_their_page_once_that_is_confirmed(me: Viewer) -> None:
    made = save(me, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    save(me, Identity, {"contact_id": made, "name": CANARY})
    key = f"personal_{made}"
    app = unfold(sound(open_page("contacts", me.person_id, record=made)), key)
    app.text_input(key=f"{key}_reason").input("They asked for it in writing.")
    app = click(app, f"{key}_erase")
    assert len(app.error) == 1
    app.checkbox(key=f"{key}_sure").check()
    app = click(app, f"{key}_erase")
    assert [fault.value for fault in app.error] == []
    contact = get_record(me, [RecordKind.CONTACT], made)
    assert isinstance(contact, Contact)
    assert contact.identity is None


def test_an_administrator_erases_a_user_who_has_left(me: Viewer, administrator: Viewer) -> None:
    def opened(who: Viewer) -> AppTest:
        return sound(open_page("settings", who.person_id, record=me.person_id))

    key = f"erase_user_{me.person_id}"
    assert key not in {one.key for one in opened(administrator).button}
    made = engagement(me)
    save(administrator, Person, {"active": False}, record_id=me.person_id, seen=1)
    app = opened(administrator)
    assert app.button(key=key).disabled
    assert made not in everything(app)
    other = member(save(OPERATOR, Person, {"name": "Successor"}))
    hand_over(administrator, me.person_id, other.person_id)
    app = opened(administrator)
    app.checkbox(key=f"erase_sure_{me.person_id}").check()
    click(app, key)
    assert {one.name for one in staff()} == {"Head", "Successor", "Former colleague 1"}
    assert key not in {one.key for one in opened(other).button}


def test_a_user_finds_the_file_on_themselves(me: Viewer) -> None:
    buttons = [one.proto for one in page(me).get("download_button")]
    assert [one.id.rpartition("-")[2] for one in buttons] == ["own_data"]
