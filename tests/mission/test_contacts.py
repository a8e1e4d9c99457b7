"""Contacts: the commands for them, and what is checked of contacts, consents and identities."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.mission.contacts import (
    ContactQuery,
    erase_identity,
    keep_identity,
    record_consent,
    save_contact,
    withdraw_consent,
)
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import (
    Consent,
    Contact,
    Identity,
)
from calendar_model.terms import (
    ContactKind,
)
from tests.day import TODAY
from tests.refusals import refused_field

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def contact(staff_member: Viewer) -> str:
    return save_contact(staff_member, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in refusal.value.problems]


def test_a_consent_is_withdrawn_once(staff_member: Viewer, contact: str) -> None:
    record_consent(
        staff_member, contact, to_what=" To be quoted ", given_on=YESTERDAY, taken_by_id=staff_member.person_id
    )
    with reading(staff_member) as session:
        consent = session.scalars(select(Consent)).one()
    assert (consent.to_what, consent.until, consent.withdrawn_on) == ("To be quoted", None, None)
    withdraw_consent(staff_member, contact, consent.id, TODAY)
    withdraw_consent(staff_member, contact, consent.id, YESTERDAY)
    with reading(staff_member) as session:
        assert session.scalars(select(Consent.withdrawn_on)).all() == [TODAY]


def test_a_consent_is_refused_where_it_is_incomplete_or_its_contact_hidden(
    staff_member: Viewer, other: Viewer, contact: str
) -> None:
    with pytest.raises(Refused) as refusal:
        record_consent(staff_member, contact, to_what="", given_on=None, taken_by_id=None)
    assert codes(refusal) == [("required", "to_what"), ("required", "given_on"), ("required", "taken_by_id")]
    with pytest.raises(Refused) as refusal:
        record_consent(other, contact, to_what="To be quoted", given_on=TODAY, taken_by_id=other.person_id)
    assert codes(refusal) == [("contact-gone", "")]


def test_an_identity_is_kept_once_changed_and_erased_with_a_reason(staff_member: Viewer, contact: str) -> None:
    keep_identity(staff_member, contact, {"name": "A. Name"})
    with pytest.raises(Refused) as refusal:
        keep_identity(staff_member, contact, {"name": "Another name"})
    assert codes(refusal) == [("identity-exists", "")]
    with reading(staff_member) as session:
        kept = session.scalars(select(Identity)).one()
    keep_identity(staff_member, contact, {"channel": "By letter"}, identity_id=kept.id, seen=kept.version)
    with pytest.raises(EditConflict):
        erase_identity(staff_member, kept.id, seen=kept.version, reason="They have asked for it.")
    with pytest.raises(Refused) as refusal:
        erase_identity(staff_member, kept.id, seen=kept.version + 1, reason="Asked.")
    assert codes(refusal) == [("erasure-without-reason", "reason")]
    erase_identity(staff_member, kept.id, seen=kept.version + 1, reason="They have asked for it.")
    with reading(staff_member) as session:
        assert session.scalars(select(Identity)).all() == []


# --- Checks


@pytest.mark.parametrize("title", ["Defender 014", "Defender 14", " Defender 014 "])
def test_no_two_contacts_go_by_one_code_though_one_is_hidden(staff_member: Viewer, other: Viewer, title: str) -> None:
    save(staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    values = {"title": title, "contact_kind": ContactKind.DEFENDER}
    assert refused_field(other, Contact, values) == "title"
    made = save(other, Contact, {**values, "title": "Defender 015"})
    assert refused_field(other, Contact, {"title": title}, record_id=made, seen=1) == "title"
    save(other, Contact, {"country": "KEN"}, record_id=made, seen=1)


def test_two_contacts_written_at_once_do_not_go_by_one_code(staff_member: Viewer) -> None:
    columns = {"contact_kind": ContactKind.COALITION, "owner_id": staff_member.person_id}
    with pytest.raises(Refused) as refusal, writing(staff_member) as session:
        session.add_all([Contact(title="Coalition 001", **columns), Contact(title="Coalition 1", **columns)])
    assert refusal.value.field == "title"


@pytest.mark.parametrize("field", ["until", "withdrawn_on"])
def test_a_consent_does_not_end_before_it_was_given(staff_member: Viewer, field: str) -> None:
    made = save(staff_member, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})

    def consent(day: date) -> Consent:
        return Consent(
            contact_id=made, to_what="To be named", given_on=TODAY, taken_by_id=staff_member.person_id, **{field: day}
        )

    with pytest.raises(Refused) as refusal, writing(staff_member) as session:
        session.add(consent(YESTERDAY))
    assert refusal.value.field == field
    with writing(staff_member) as session:
        session.add(consent(TODAY))
    with pytest.raises(Refused) as refusal, writing(staff_member) as session:
        setattr(session.scalars(select(Consent)).one(), field, YESTERDAY)
    assert refusal.value.field == field


def test_who_a_contact_is_is_not_kept_empty(staff_member: Viewer) -> None:
    made = save(staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    with pytest.raises(Refused), writing(staff_member) as session:
        session.add(Identity(contact=session.get_one(Contact, made), name=" "))
    with writing(staff_member) as session:
        session.add(Identity(contact=session.get_one(Contact, made), channel="A number"))
    with pytest.raises(Refused), writing(staff_member) as session:
        session.scalars(select(Identity)).one().channel = ""


def test_who_a_contact_is_is_erased_with_a_reason(staff_member: Viewer) -> None:
    made = save(staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    with writing(staff_member) as session:
        session.add(Identity(contact=session.get_one(Contact, made), name="canary"))
    with pytest.raises(Refused), writing(staff_member, "ok") as session:
        session.delete(session.scalars(select(Identity)).one())
    with writing(staff_member, "They have asked for it.") as session:
        session.delete(session.scalars(select(Identity)).one())


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        (ContactQuery(), True),
        (ContactQuery(kinds=(ContactKind.DEFENDER,)), True),
        (ContactQuery(kinds=(ContactKind.COALITION,)), False),
        (ContactQuery(countries=("KEN", "NOR")), True),
        (ContactQuery(countries=("NOR",)), False),
        (ContactQuery(search="LAND defender"), True),
        (ContactQuery(search="land media"), False),
        (ContactQuery((ContactKind.DEFENDER,), ("NOR",), "land"), False),
    ],
)
def test_a_list_holds_the_contacts_that_every_field_keeps(query: ContactQuery, kept: bool) -> None:
    contact = Contact(
        title="Defender 014", contact_kind=ContactKind.DEFENDER, country="KEN", field_of_work="Land rights"
    )

    assert query.keeps(contact) is kept
