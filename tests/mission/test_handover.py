"""What a leaver held goes to a successor, but for what is restricted; an administrator reads none of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.handover import hand_over, holdings
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import current_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import Case, Contact, Engagement, FollowUp, Identity, Person, Record
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, RecordKind, Role, Suggester
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import click, sound

pytestmark = pytest.mark.usefixtures("either_database")

ENGAGEMENT: dict[str, Any] = {
    "title": "qzcanary",
    "engagement_kind": EngagementKind.CONSULTED,
    "on": TODAY,
    "form": EngagementForm.ONLINE,
}
WRITES = (Role.EDITOR, Role.CASE_OFFICER)


def person(name: str, *roles: Role) -> Viewer:
    return member(save(OPERATOR, Person, {"name": name, "roles": roles}))


@pytest.fixture
def administrator(either_database: None) -> Viewer:
    return person("Administrator", Role.ADMINISTRATOR)


@pytest.fixture
def leaver(administrator: Viewer) -> Viewer:
    """Somebody who holds an engagement with a follow-up, a case, and an organisation whose identity is recorded."""
    who = person("Leaver", *WRITES)
    met = save(who, Engagement, ENGAGEMENT)
    save(who, FollowUp, {"record_id": met, "what": "Ask", "due": TODAY, "owner_id": who.person_id})
    save(who, Case, {"title": "qzcanary", "suggested_by": Suggester.MINISTRY})
    contact = save(who, Contact, {"title": "qzcanary", "contact_kind": ContactKind.ORGANISATION})
    with writing(who) as session:
        session.add(Identity(contact_id=contact, name="qzcanary"))
    return who


def leaves(administrator: Viewer, who: Viewer) -> None:
    save(administrator, Person, {"active": False}, record_id=who.person_id, seen=1)


def owners() -> dict[RecordKind, str]:
    with reading(OPERATOR) as session:
        found = select(Record.kind, Record.owner_id).execution_options(everything=True)
        return {row.kind: row.owner_id for row in session.execute(found)}


def test_all_but_what_is_guarded_goes_to_the_successor(administrator: Viewer, leaver: Viewer) -> None:
    successor = person("Successor", *WRITES)
    leaves(administrator, leaver)
    held = holdings(administrator, leaver.person_id)
    assert (held.records, held.guarded, held.follow_ups) == ({RecordKind.ENGAGEMENT: 1}, 2, 1)
    hand_over(administrator, leaver.person_id, successor.person_id)
    assert owners() == {
        RecordKind.ENGAGEMENT: successor.person_id,
        RecordKind.CASE: leaver.person_id,
        RecordKind.CONTACT: leaver.person_id,
    }
    with reading(successor) as session:
        assert session.scalars(select(FollowUp.owner_id)).all() == [successor.person_id]
    assert holdings(administrator, leaver.person_id).total == 0
    assert verify(current_workspace()).problems == ()


def test_an_administrator_sees_how_many_and_not_which(administrator: Viewer, leaver: Viewer) -> None:
    person("Successor", *WRITES)
    leaves(administrator, leaver)
    with reading(administrator) as session:
        assert session.scalars(select(Record)).all() == []
    page = sound(open_page("settings", administrator.person_id, record=leaver.person_id))
    assert "qzcanary" not in everything(page)
    page.selectbox(key=f"successor_{leaver.person_id}").select_index(1)
    page = click(page, f"hand_over_{leaver.person_id}")
    assert owners()[RecordKind.ENGAGEMENT] != leaver.person_id


@pytest.mark.parametrize("case", ["active", "successor inactive", "successor reads nothing", "themselves", "editor"])
def test_what_is_handed_over_wrongly_is_refused(administrator: Viewer, leaver: Viewer, case: str) -> None:
    roles = (Role.AUDITOR,) if case == "successor reads nothing" else WRITES
    successor, who = person("Successor", *roles), administrator
    if case != "active":
        leaves(administrator, leaver)
    if case == "successor inactive":
        leaves(administrator, successor)
    if case == "editor":
        who = person("Editor", *WRITES)
    to = leaver if case == "themselves" else successor
    before = owners()
    with pytest.raises(Refused):
        hand_over(who, leaver.person_id, to.person_id)
    assert owners() == before


def test_an_administrator_changes_nothing_else_of_a_record(administrator: Viewer, leaver: Viewer) -> None:
    successor = person("Successor", *WRITES)

    def take(**values: Any) -> None:
        with writing(administrator) as session:
            record = session.scalars(select(Engagement).execution_options(everything=True)).one()
            for name, value in values.items():
                setattr(record, name, value)

    with pytest.raises(Refused):
        take(owner_id=successor.person_id)
    leaves(administrator, leaver)
    with pytest.raises(Refused):
        take(owner_id=successor.person_id, title="Other")
    take(owner_id=successor.person_id)
