"""Access that a second person grants, where nobody active has it or a record is handed over."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.access_requests import grant_access, list_open_requests, request_access
from calendar_model.mission.transactions import save, writing
from calendar_model.store import history
from calendar_model.store.database import current_workspace
from calendar_model.store.models import (
    USUAL_ROLES,
    Access,
    AccessRequest,
    Case,
    Contact,
    Identity,
    Person,
    Record,
    new_id,
)
from calendar_model.terms import ContactKind, Suggester
from tests.app import everything, open_page
from tests.staff import CLEARER

pytestmark = pytest.mark.usefixtures("either_database")

REASON = "The owner has moved to another post."
CASE: dict[str, Any] = {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY, "risk_reasons": "qzcanary"}


@pytest.fixture
def head() -> Viewer:
    """Somebody who may clear."""
    return member(save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}))


@pytest.fixture
def case(staff_member: Viewer) -> str:
    """A case of the staff_member, who alone has access."""
    return save(staff_member, Case, CASE)


def leaves(who: Viewer) -> None:
    save(who, Person, {"active": False}, record_id=who.person_id, seen=1)


def sees(who: Viewer, record_id: str) -> bool:
    with reading(who) as session:
        return session.get(Record, record_id) is not None


def owner(record_id: str) -> str | None:
    with reading(ANONYMOUS) as session:
        asked = select(Record.owner_id).where(Record.id == record_id)
        return session.scalar(asked.execution_options(everything=True))


def request(viewer: Viewer) -> str:
    (one,) = list_open_requests(viewer)
    return one.request_id


def test_somebody_with_access_grants_it(staff_member: Viewer, other: Viewer, head: Viewer, case: str) -> None:
    request_access(other, case, REASON)
    assert list_open_requests(head) == []
    (asked,) = list_open_requests(staff_member)
    assert (asked.record_id, asked.title, asked.person_id, asked.reason) == (case, "Case 1", other.person_id, REASON)
    for who in (other, head):
        with pytest.raises(Refused):
            grant_access(who, asked.request_id)
    assert not sees(other, case)
    grant_access(staff_member, asked.request_id)
    assert sees(other, case)
    assert owner(case) == staff_member.person_id
    assert list_open_requests(staff_member) == []
    with pytest.raises(Refused):
        grant_access(staff_member, asked.request_id)
    with reading(staff_member) as session:
        lines = [line for line in history.of_record(session, case) if line.table in ("access", "access_request")]
    assert sorted((line.table, line.action, line.person_id) for line in lines) == sorted(
        [
            ("access", "create", staff_member.person_id),
            ("access", "create", staff_member.person_id),
            ("access_request", "create", other.person_id),
            ("access_request", "update", staff_member.person_id),
        ]
    )
    assert history.verify(current_workspace()).problems == ()


def test_where_nobody_active_has_access_somebody_who_may_clear_grants_it(
    staff_member: Viewer, other: Viewer, head: Viewer, case: str
) -> None:
    leaves(staff_member)
    request_access(other, case, REASON)
    (asked,) = list_open_requests(head)
    assert (asked.title, asked.owner) == ("", "Desk")
    grant_access(head, asked.request_id)
    assert sees(other, case)
    assert not sees(head, case)
    assert owner(case) == other.person_id
    # Whom they let in is their owner's to say from now on.
    save(other, Case, {}, record_id=case, seen=2, named=[other.person_id])


def test_nobody_grants_their_own_request(staff_member: Viewer, head: Viewer, case: str) -> None:
    leaves(staff_member)
    request_access(head, case, REASON)
    assert list_open_requests(head) == []
    with reading(head) as session:
        mine = session.scalars(select(AccessRequest.id)).one()
    with pytest.raises(Refused):
        grant_access(head, mine)
    assert not sees(head, case)


def test_a_record_goes_to_somebody_with_access_when_its_owner_has_left(
    staff_member: Viewer, other: Viewer, head: Viewer, case: str
) -> None:
    save(staff_member, Case, {}, record_id=case, seen=1, named=[staff_member.person_id, other.person_id])
    request_access(other, case, REASON)
    assert list_open_requests(staff_member) == []
    leaves(staff_member)
    request_access(other, case, REASON)
    grant_access(head, request(head))
    assert owner(case) == other.person_id


def test_nobody_learns_by_asking_whether_there_is_a_record(staff_member: Viewer, other: Viewer, case: str) -> None:
    request_access(other, new_id(), REASON)
    request_access(other, case, REASON)
    request_access(other, case, REASON)
    with reading(other) as session:
        assert session.scalars(select(AccessRequest.record_id)).all() == [case]
        assert history.of_record(session, case) == []
    with pytest.raises(Refused):
        request_access(other, case, "please")


def test_who_a_contact_is_is_asked_for_as_well(staff_member: Viewer, other: Viewer) -> None:
    contact = save(staff_member, Contact, {"title": "Organisation 001", "contact_kind": ContactKind.ORGANISATION})
    with writing(staff_member) as session:
        session.add(Identity(contact_id=contact, name="qzcanary"))
    request_access(other, contact, REASON)
    grant_access(staff_member, request(staff_member))
    with reading(other) as session:
        assert session.scalars(select(Identity.name)).all() == ["qzcanary"]


@pytest.mark.parametrize("who", ["other", "head"])
def test_a_request_is_not_forged(staff_member: Viewer, other: Viewer, head: Viewer, case: str, who: str) -> None:
    request_access(other, case, REASON)
    actor = {"other": other, "head": head}[who]
    forged = AccessRequest(record_id=case, person_id=other.person_id, reason=REASON, granted_by_id=actor.person_id)
    with pytest.raises(Refused), writing(actor) as session:
        session.add_all([forged, Access(record_id=case, person_id=other.person_id)])

    def grant_it(clears: bool) -> None:
        with writing(actor) as session:
            asked = session.scalars(select(AccessRequest).execution_options(everything=True)).one()
            person = session.get_one(Person, actor.person_id)
            person.roles = CLEARER if clears else USUAL_ROLES
            session.get_one(Person, staff_member.person_id).active = not clears
            asked.granted_by_id, asked.granted_at = (
                staff_member.person_id if not clears else actor.person_id,
                asked.asked_at,
            )
            session.add(Access(record_id=case, person_id=other.person_id))

    for clears in (False, True):
        with pytest.raises(Refused):
            grant_it(clears)
    with pytest.raises(Refused), writing(actor) as session:
        session.delete(session.scalars(select(AccessRequest).execution_options(everything=True)).one())
    assert not sees(other, case)
    assert not sees(head, case)


def test_a_request_goes_with_its_record(staff_member: Viewer, other: Viewer) -> None:
    contact = save(staff_member, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    request_access(other, contact, REASON)
    with writing(staff_member, REASON) as session:
        session.delete(session.get_one(Contact, contact))
    with reading(other) as session:
        assert session.scalars(select(AccessRequest)).all() == []


# --- On pages


def test_it_is_asked_for_on_the_page_of_the_record_and_granted_there(
    staff_member: Viewer, other: Viewer, case: str
) -> None:
    app = open_page("cases", other.person_id, record=case)
    app.text_input(key=f"ask_access_reason_{case}").input(REASON)
    app.button(key=f"ask_access_{case}").click().run()
    assert [fault.value for fault in (*app.exception, *app.error)] == []
    assert "qzcanary" not in everything(app)
    (asked,) = list_open_requests(staff_member)
    app = open_page("cases", staff_member.person_id, record=case)
    app.button(key=f"grant_access_{asked.request_id}").click().run()
    assert [fault.value for fault in (*app.exception, *app.error)] == []
    assert sees(other, case)


def test_of_a_record_of_nobody_it_is_granted_in_settings(
    staff_member: Viewer, other: Viewer, head: Viewer, case: str
) -> None:
    leaves(staff_member)
    request_access(other, case, REASON)
    (asked,) = list_open_requests(head)
    app = open_page("settings", head.person_id)
    assert "Case 1" not in everything(app)
    app.button(key=f"grant_access_{asked.request_id}").click().run()
    assert [fault.value for fault in (*app.exception, *app.error)] == []
    assert sees(other, case)
