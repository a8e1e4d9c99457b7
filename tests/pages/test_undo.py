"""Undo on the pages: after a deletion, a step of a statement and a follow-up; once, and for a few seconds only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission import contacts
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.store.models import Contact, Engagement, FollowUp, Record, Statement
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, StatementFormat, StatementState
from tests.app import open_page
from tests.day import TODAY
from tests.pages.driver import click, run, sound

UNDO = "undo_button"


@pytest.fixture
def engagement(me: Viewer) -> str:
    values = {"title": "Breakfast", "engagement_kind": EngagementKind.CONSULTED, "form": EngagementForm.ONLINE}
    return save(me, Engagement, {**values, "on": date(2026, 11, 1)})


def there(me: Viewer) -> list[str]:
    with reading(me) as session:
        return list(session.scalars(select(Record.title)))


def deleted(me: Viewer, page: str, record_id: str) -> AppTest:
    app = sound(open_page(page, me.person_id, record=record_id))
    app.text_input(key=f"delete_reason_{record_id}").set_value("Written down twice.")
    return click(app, f"delete_{record_id}")


def offers(app: AppTest) -> bool:
    return any(button.key == UNDO for button in app.button)


def test_a_deletion_is_taken_back_on_the_list(me: Viewer, engagement: str) -> None:
    app = deleted(me, "engagements", engagement)
    assert there(me) == []
    assert offers(app)

    click(app, UNDO)

    assert there(me) == ["Breakfast"]
    assert not offers(app)


def test_the_offer_goes_after_ten_seconds(me: Viewer, engagement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = deleted(me, "engagements", engagement)
    later = clock.machine_now() + timedelta(seconds=11)
    monkeypatch.setattr(clock, "machine_now", lambda: later)

    assert not offers(run(app))
    assert there(me) == []


def test_a_refusal_to_undo_is_said_in_its_place(me: Viewer, engagement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = deleted(me, "engagements", engagement)
    later = clock.machine_now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "machine_now", lambda: later)

    click(app, UNDO)

    assert there(me) == []
    assert any("too late to undo" in text.value for text in app.markdown)


def test_nothing_is_offered_for_what_is_erased(me: Viewer) -> None:
    made = save(me, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})
    contacts.keep_identity(me, made, {"name": "qzcanary"})

    app = deleted(me, "contacts", made)

    assert not offers(app)
    assert [toast.value for toast in app.toast] == ["Deleted."]


def test_a_step_of_a_statement_is_taken_back(me: Viewer) -> None:
    made = save(me, Statement, {"title": "General debate", "format": StatementFormat.GENERAL_DEBATE})
    commands.save_text(me, made, "We thank the rapporteur.", language="en", based_on=0)
    app = sound(open_page("statements", me.person_id, record=made))

    click(app, f"move_{StatementState.CONSULTATION}")
    click(app, UNDO)

    with reading(me) as session:
        assert session.get_one(Statement, made).state is StatementState.DRAFT


def test_a_follow_up_that_was_done_is_open_again(me: Viewer, engagement: str) -> None:
    follow_up = save(
        me, FollowUp, {"record_id": engagement, "what": "Write back", "due": TODAY, "owner_id": me.person_id}
    )
    app = sound(open_page("follow_ups", me.person_id))
    app.session_state[f"follow_up_{follow_up}"] = True
    click(run(app), f"follow_up_done_{follow_up}")

    click(app, UNDO)

    with reading(me) as session:
        assert session.get_one(FollowUp, follow_up).done_on is None
