"""Nobody comes to read what is restricted, or who a contact is, by a change of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.exc import ObjectDereferencedError

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import current_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import (
    Access,
    Base,
    Case,
    Consent,
    Contact,
    Engagement,
    FollowUp,
    Identity,
    Person,
    Record,
    RecordLink,
    Reprisal,
    Statement,
    Unsaved,
    new_id,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, StatementFormat, Suggester
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

pytestmark = pytest.mark.usefixtures("either_database")

NAME = "qzcanary name"
REASON = "A reason that is long enough."
CASE: dict[str, Any] = {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY}
ENGAGEMENT: dict[str, Any] = {
    "title": "Briefing",
    "engagement_kind": EngagementKind.CONSULTED,
    "on": TODAY,
    "form": EngagementForm.ONLINE,
}


@dataclass(frozen=True)
class Kept:
    """What the owner keeps: an internal organisation and a restricted defender, both with who they are; a case."""

    owner: Viewer
    colleague: Viewer
    outsider: Viewer
    organisation: str
    defender: str
    case: str
    open_: str
    """An internal engagement, which all of the staff see."""
    mine: str
    """An engagement of the outsider's own."""


@pytest.fixture
def kept(either_database: None) -> Kept:
    owner, colleague, outsider = (member(save(ANONYMOUS, Person, {"name": name})) for name in ("One", "Two", "Three"))
    values = {"title": "Organisation 001", "contact_kind": ContactKind.ORGANISATION}
    organisation = save(owner, Contact, values)
    defender = save(owner, Contact, {"title": "Defender 001", "contact_kind": ContactKind.DEFENDER})
    for contact in (organisation, defender):
        with writing(owner) as session:
            session.add(Identity(contact_id=contact, name=NAME))
    case = save(owner, Case, CASE, named=[owner.person_id, colleague.person_id])
    with writing(owner) as session:
        session.add(FollowUp(record_id=case, what=NAME, due=TODAY, owner_id=owner.person_id))
        session.add(Consent(contact_id=defender, to_what=NAME, given_on=TODAY, taken_by_id=owner.person_id))
    open_, mine = save(owner, Engagement, ENGAGEMENT), save(outsider, Engagement, ENGAGEMENT)
    return Kept(owner, colleague, outsider, organisation, defender, case, open_, mine)


def names(who: Viewer) -> list[str]:
    with reading(who) as session:
        return sorted(session.scalars(select(Identity.contact_id)))


def restricted(who: Viewer) -> list[str]:
    with reading(who) as session:
        return sorted(session.scalars(select(Record.id).where(Record.sensitivity == Sensitivity.RESTRICTED)))


def seen(record_id: str) -> int:
    with reading(ANONYMOUS) as session:
        version = select(Record.version).where(Record.id == record_id)
        return session.scalar(version.execution_options(everything=True)) or 0


def of(session: WorkspaceSession, kind: type[Base], **columns: Any) -> Any:
    """The row with these columns, as one finds it who knows its identifier: past what the session may read."""
    found = select(kind).filter_by(**columns).execution_options(everything=True)
    return session.scalars(found).one()


def owned(who: Viewer, kind: type[Record], values: dict[str, Any]) -> Record:
    return kind(**{"id": new_id(), "owner_id": who.person_id, **values})


Attack = Callable[[WorkspaceSession, Kept], object]


def link_to_an_own_case(session: WorkspaceSession, kept: Kept) -> None:
    case = owned(kept.outsider, Case, CASE)
    case.links.append(RecordLink(other_id=kept.organisation))
    session.add(case)


def link_to_an_own_reprisal_the_other_way(session: WorkspaceSession, kept: Kept) -> None:
    session.add(reprisal := owned(kept.outsider, Reprisal, {"title": "Reprisal 1"}))
    contact = session.get_one(Contact, kept.organisation)
    contact.links.append(RecordLink(other=reprisal))


def link_a_hidden_record(session: WorkspaceSession, kept: Kept) -> None:
    session.add(RecordLink(record_id=kept.mine, other=of(session, Case, id=kept.case)))


def change_the_kind(session: WorkspaceSession, kept: Kept) -> None:
    contact = session.get_one(Contact, kept.organisation)
    contact.contact_kind = ContactKind.DEFENDER


def change_the_kind_by_its_value(session: WorkspaceSession, kept: Kept) -> None:
    contact = session.get_one(Contact, kept.organisation)
    contact.contact_kind = "coalition"  # type: ignore[assignment]


def raise_the_level(session: WorkspaceSession, kept: Kept) -> None:
    contact = session.get_one(Contact, kept.organisation)
    contact.sensitivity = Sensitivity.RESTRICTED


def raise_the_level_by_its_value(session: WorkspaceSession, kept: Kept) -> None:
    contact = session.get_one(Contact, kept.organisation)
    contact.sensitivity = "restricted"  # type: ignore[assignment]


def take_over(session: WorkspaceSession, kept: Kept) -> None:
    contact = session.get_one(Contact, kept.organisation)
    contact.owner_id = kept.outsider.person_id


def take_over_by_the_person(session: WorkspaceSession, kept: Kept) -> None:
    contact = session.get_one(Contact, kept.organisation)
    contact.owner = session.get_one(Person, kept.outsider.person_id)


def give_oneself_access(session: WorkspaceSession, kept: Kept) -> None:
    session.add(Access(record_id=kept.organisation, person_id=kept.outsider.person_id))


def give_oneself_access_by_the_list(session: WorkspaceSession, kept: Kept) -> None:
    contact = session.get_one(Contact, kept.organisation)
    contact.named.append(Access(person_id=kept.outsider.person_id))


def give_oneself_access_to_the_hidden(session: WorkspaceSession, kept: Kept) -> None:
    session.add(Access(record_id=kept.case, person_id=kept.outsider.person_id))


def take_somebodys_access(session: WorkspaceSession, kept: Kept) -> None:
    access = select(Access).where(Access.record_id == kept.organisation)
    row = session.scalars(access).one()
    row.person_id = kept.outsider.person_id


def move_an_own_access(session: WorkspaceSession, kept: Kept) -> None:
    session.add(access := Access(record_id=kept.mine, person_id=kept.outsider.person_id))
    session.flush()
    access.record_id = kept.organisation


def move_the_identity(session: WorkspaceSession, kept: Kept) -> None:
    session.add(contact := owned(kept.outsider, Contact, {"title": "O 2", "contact_kind": ContactKind.ORGANISATION}))
    session.flush()
    row = of(session, Identity, contact_id=kept.organisation)
    row.contact_id = contact.id


def move_the_identity_by_the_contact(session: WorkspaceSession, kept: Kept) -> None:
    contact = Contact(title="O 2", contact_kind=ContactKind.ORGANISATION, owner_id=kept.outsider.person_id)
    session.add(contact)
    session.flush()
    contact.identity = of(session, Identity, contact_id=kept.organisation)


def move_a_consent(session: WorkspaceSession, kept: Kept) -> None:
    row = of(session, Consent, contact_id=kept.defender)
    row.contact_id = kept.organisation


def move_a_follow_up(session: WorkspaceSession, kept: Kept) -> None:
    row = of(session, FollowUp, record_id=kept.case)
    row.record_id = kept.mine


def move_a_follow_up_by_the_record(session: WorkspaceSession, kept: Kept) -> None:
    row = of(session, FollowUp, record_id=kept.case)
    row.record = session.get_one(Engagement, kept.mine)


def write_another_identity(session: WorkspaceSession, kept: Kept) -> None:
    session.delete(of(session, Identity, contact_id=kept.organisation))
    session.flush()
    session.add(Identity(contact_id=kept.organisation, name="Other"))


def add_to_a_hidden_record(session: WorkspaceSession, kept: Kept) -> None:
    session.add(FollowUp(record_id=kept.case, what="Ask", due=TODAY, owner_id=kept.outsider.person_id))


def add_an_identity_to_a_hidden_contact(session: WorkspaceSession, kept: Kept) -> None:
    session.add(Identity(contact=of(session, Contact, id=kept.defender), name="Other"))


def lower_a_hidden_record(session: WorkspaceSession, kept: Kept) -> None:
    session.reason = REASON
    row = of(session, Case, id=kept.case)
    row.sensitivity = Sensitivity.INTERNAL


def lower_it_as_a_record_of_another_kind(session: WorkspaceSession, kept: Kept) -> None:
    session.reason = REASON
    forged = Engagement(id=kept.case, version=seen(kept.case), sensitivity=Sensitivity.RESTRICTED)
    make_transient_to_detached(forged)
    session.add(forged)
    forged.sensitivity = Sensitivity.INTERNAL


def delete_the_contact(session: WorkspaceSession, kept: Kept) -> None:
    session.reason = REASON
    session.delete(session.get_one(Contact, kept.organisation))


def delete_the_identity(session: WorkspaceSession, kept: Kept) -> None:
    session.reason = REASON
    session.delete(of(session, Identity, contact_id=kept.organisation))


def swap_identifiers(session: WorkspaceSession, kept: Kept) -> None:
    engagement = session.get_one(Engagement, kept.mine)
    engagement.id = new_id()


def become_a_person_of_any_name(session: WorkspaceSession, kept: Kept) -> None:
    session.add(Person(id=f"{kept.owner.person_id} {kept.colleague.person_id}"[:32].replace(" ", "-"), name="All"))
    session.add(Person(id=" ", name="Everybody"))


ATTACKS: tuple[Attack, ...] = (
    link_to_an_own_case, link_to_an_own_reprisal_the_other_way, link_a_hidden_record, change_the_kind,
    change_the_kind_by_its_value, raise_the_level, raise_the_level_by_its_value, take_over, take_over_by_the_person,
    give_oneself_access, give_oneself_access_by_the_list, give_oneself_access_to_the_hidden, take_somebodys_access,
    move_an_own_access, move_the_identity, move_the_identity_by_the_contact, move_a_consent, move_a_follow_up,
    move_a_follow_up_by_the_record, write_another_identity, add_to_a_hidden_record,
    add_an_identity_to_a_hidden_contact, lower_a_hidden_record, lower_it_as_a_record_of_another_kind,
    delete_the_contact, delete_the_identity, swap_identifiers, become_a_person_of_any_name,
)  # fmt: skip


def try_it(attack: Attack, kept: Kept, who: Viewer) -> None:
    with writing(who) as session:
        session.scope = session.scope if who.person_id else []
        attack(session, kept)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_who_is_not_named_gains_nothing(kept: Kept, attack: Attack) -> None:
    for who in (kept.outsider, ANONYMOUS):
        # What the database itself refuses, such as a second identity of a contact, is refused too.
        with pytest.raises((Refused, SQLAlchemyError)) as refused:
            try_it(attack, kept, who)
        assert not isinstance(refused.value, ObjectDereferencedError), "the attack has lost its object"
    assert names(kept.outsider) == []
    assert restricted(kept.outsider) == []
    assert names(kept.owner) == sorted([kept.organisation, kept.defender])
    assert restricted(kept.owner) == sorted([kept.defender, kept.case])
    assert verify(current_workspace()).problems == ()


def test_a_person_of_the_sample_in_a_record_gives_way_to_its_owner_alone(kept: Kept) -> None:
    fictional = save(ANONYMOUS, Person, {"name": "Sample: somebody", "sample": True})
    save(kept.owner, Case, {}, record_id=kept.case, seen=1, named=[kept.owner.person_id, fictional])

    def put_another_in_their_place(session: WorkspaceSession, kept: Kept) -> None:
        row = of(session, Access, record_id=kept.case, person_id=fictional)
        row.person_id = kept.outsider.person_id

    with pytest.raises(Refused):
        try_it(put_another_in_their_place, kept, ANONYMOUS)
    assert restricted(kept.outsider) == []


def test_what_somebody_has_typed_is_taken_by_nobody(kept: Kept) -> None:
    statement = save(kept.owner, Statement, {"title": "Debate", "format": StatementFormat.STATEMENT})
    commands.keep_unsaved(kept.owner, statement, NAME, language="en", based_on=0)

    def take_it(session: WorkspaceSession, kept: Kept) -> None:
        row = of(session, Unsaved, statement_id=statement)
        row.person_id = kept.outsider.person_id

    with pytest.raises(Refused):
        try_it(take_it, kept, kept.outsider)
    with reading(kept.outsider) as session:
        assert session.scalars(select(Unsaved)).all() == []


def test_nobody_comes_to_a_history_by_the_identifier_of_a_record_that_was_deleted(kept: Kept) -> None:
    values = {**ENGAGEMENT, "id": kept.open_}
    with writing(kept.owner, REASON) as session:
        session.delete(session.get_one(Engagement, kept.open_))
    with pytest.raises(Refused):
        save(kept.outsider, Engagement, values)


# --- What goes on as before


def test_who_is_named_links_and_changes_a_contact(kept: Kept) -> None:
    save(kept.owner, Case, {}, record_id=kept.case, seen=1, links=[kept.organisation])
    assert kept.organisation in restricted(kept.owner)
    save(
        kept.owner, Contact, {"contact_kind": ContactKind.COALITION}, record_id=kept.organisation,
        seen=seen(kept.organisation),
    )  # fmt: skip
    assert names(kept.outsider) == []


def test_who_is_not_named_goes_on_working_with_an_open_contact(kept: Kept) -> None:
    save(kept.outsider, Contact, {"country": "KEN"}, record_id=kept.organisation, seen=1)
    save(kept.outsider, Engagement, {}, record_id=kept.mine, seen=1, links=[kept.organisation])
    with reading(kept.outsider) as session:
        assert session.scalars(select(RecordLink.other_id)).all() == [kept.organisation]
    assert names(kept.outsider) == []


def test_an_open_record_is_restricted_by_anybody_for_them_and_its_owner(kept: Kept) -> None:
    save(kept.outsider, Engagement, {"sensitivity": Sensitivity.RESTRICTED}, record_id=kept.open_, seen=1)
    assert kept.open_ in restricted(kept.outsider)
    assert kept.open_ in restricted(kept.owner)
    assert kept.open_ not in restricted(kept.colleague)


def test_a_link_goes_with_an_own_record_also_where_the_other_one_is_hidden(kept: Kept) -> None:
    save(kept.owner, Engagement, {}, record_id=kept.open_, seen=1, links=[kept.defender])
    with writing(kept.outsider, REASON) as session:
        session.delete(session.get_one(Engagement, kept.open_))
    with reading(kept.owner) as session:
        assert session.scalars(select(RecordLink)).all() == []


# --- Owners


def test_the_owner_stays_named_until_they_hand_the_record_over(kept: Kept) -> None:
    with pytest.raises(Refused):
        save(kept.colleague, Case, {}, record_id=kept.case, seen=1, named=[kept.colleague.person_id])
    with pytest.raises(Refused):
        save(kept.colleague, Case, {"owner_id": kept.colleague.person_id}, record_id=kept.case, seen=1)
    save(kept.owner, Case, {"owner_id": kept.outsider.person_id}, record_id=kept.case, seen=1)
    assert kept.case in restricted(kept.outsider)
    save(kept.outsider, Case, {}, record_id=kept.case, seen=2, named=[kept.outsider.person_id])
    assert kept.case not in restricted(kept.owner)


def test_somebody_keeps_access_as_long_as_it_is_kept_who_a_contact_is(kept: Kept) -> None:
    with pytest.raises(Refused), writing(kept.owner) as session:
        session.delete(of(session, Access, record_id=kept.organisation))
    assert kept.organisation in names(kept.owner)
