"""What holds for one kind of record alone: for pages, imports, the command line and scripts alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import (
    Access,
    Case,
    Consent,
    Contact,
    Engagement,
    FollowUp,
    Identity,
    LanguageProposal,
    Person,
    Reprisal,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    ProposalOutcome,
    Prospect,
    Publicity,
    ReprisalState,
    RiskLevel,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

YESTERDAY = TODAY - timedelta(days=1)
PROPOSAL: dict[str, Any] = {"title": "PP12", "text": "A draft", "wording": "and defenders"}
ENGAGEMENT: dict[str, Any] = {
    "title": "Breakfast",
    "engagement_kind": EngagementKind.INVITED,
    "on": TODAY,
    "form": EngagementForm.IN_PERSON,
}


@pytest.fixture
def other() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Other"}))


def refused(who: Viewer, kind: Any, values: dict[str, Any], **more: Any) -> str:
    """The field for which a change is refused."""
    with pytest.raises(Refused) as refusal:
        save(who, kind, values, **more)
    return refusal.value.field


def version(kind: Any, record_id: str) -> int:
    with reading(ANONYMOUS) as session:
        asked = select(kind.version).where(kind.id == record_id).execution_options(everything=True)
        return int(session.scalars(asked).one())


# --- Reprisals


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"state": ReprisalState.REPORTED, "reported_to": " ", "reported_on": TODAY}, "reported_to"),
        ({"state": ReprisalState.REPORTED, "reported_to": "Office"}, "reported_on"),
        ({"state": ReprisalState.ANSWERED, "reported_to": "Office", "response": "Yes."}, "reported_on"),
        ({"state": ReprisalState.ANSWERED, "reported_to": "", "reported_on": TODAY, "response": "Yes."}, "reported_to"),
        ({"state": ReprisalState.ANSWERED, "reported_to": "Office", "reported_on": TODAY}, "response"),
        ({"alleged_on": TODAY, "reported_on": YESTERDAY}, "reported_on"),
    ],
)
def test_a_reprisal_is_where_it_is_said_to_be(desk: Viewer, columns: dict[str, Any], field: str) -> None:
    assert refused(desk, Reprisal, {"title": "Reprisal 1", **columns}) == field
    made = save(desk, Reprisal, {"title": "Reprisal 1"})
    assert refused(desk, Reprisal, columns, record_id=made, seen=1) == field


def test_a_reprisal_that_was_answered_keeps_what_was_answered(desk: Viewer) -> None:
    told = {"reported_to": "Office", "reported_on": TODAY, "response": "Yes.", "alleged_on": YESTERDAY}
    made = save(desk, Reprisal, {"title": "Reprisal 1", "state": ReprisalState.ANSWERED, **told})
    assert refused(desk, Reprisal, {"response": ""}, record_id=made, seen=1) == "response"
    save(desk, Reprisal, {"state": ReprisalState.CLOSED}, record_id=made, seen=1)


# --- Cases


def test_the_day_of_an_answer_is_that_on_which_it_is_saved(desk: Viewer) -> None:
    answers = {"risk": RiskLevel.LOW, "prospect": Prospect.NONE, "publicity": Publicity.QUIET}
    values = {"title": "Case 1", "suggested_by": Suggester.MINISTRY, "prospect_weighed_on": YESTERDAY, **answers}
    made = save(desk, Case, values)
    with reading(desk) as session:
        case = session.get_one(Case, made)
        found = (case.risk_weighed_on, case.prospect_weighed_on, case.publicity_decided_on)
    assert found == (TODAY, YESTERDAY, TODAY)


# --- Contacts


@pytest.mark.parametrize("title", ["Defender 014", "Defender 14", " Defender 014 "])
def test_no_two_contacts_go_by_one_code_though_one_is_hidden(desk: Viewer, other: Viewer, title: str) -> None:
    save(desk, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    values = {"title": title, "contact_kind": ContactKind.DEFENDER}
    assert refused(other, Contact, values) == "title"
    made = save(other, Contact, {**values, "title": "Defender 015"})
    assert refused(other, Contact, {"title": title}, record_id=made, seen=1) == "title"
    save(other, Contact, {"country": "KEN"}, record_id=made, seen=1)


def test_two_contacts_written_at_once_do_not_go_by_one_code(desk: Viewer) -> None:
    columns = {"contact_kind": ContactKind.COALITION, "owner_id": desk.person_id}
    with pytest.raises(Refused) as refusal, writing(desk) as session:
        session.add_all([Contact(title="Coalition 001", **columns), Contact(title="Coalition 1", **columns)])
    assert refusal.value.field == "title"


@pytest.mark.parametrize("field", ["until", "withdrawn_on"])
def test_a_consent_does_not_end_before_it_was_given(desk: Viewer, field: str) -> None:
    made = save(desk, Contact, {"title": "Coalition 001", "contact_kind": ContactKind.COALITION})

    def consent(day: date) -> Consent:
        return Consent(
            contact_id=made, to_what="To be named", given_on=TODAY, taken_by_id=desk.person_id, **{field: day}
        )

    with pytest.raises(Refused) as refusal, writing(desk) as session:
        session.add(consent(YESTERDAY))
    assert refusal.value.field == field
    with writing(desk) as session:
        session.add(consent(TODAY))
    with pytest.raises(Refused) as refusal, writing(desk) as session:
        setattr(session.scalars(select(Consent)).one(), field, YESTERDAY)
    assert refusal.value.field == field


def test_who_a_contact_is_is_not_kept_empty(desk: Viewer) -> None:
    made = save(desk, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    with pytest.raises(Refused), writing(desk) as session:
        session.add(Identity(contact=session.get_one(Contact, made), name=" "))
    with writing(desk) as session:
        session.add(Identity(contact=session.get_one(Contact, made), channel="A number"))
    with pytest.raises(Refused), writing(desk) as session:
        session.scalars(select(Identity)).one().channel = ""


def test_who_a_contact_is_is_erased_with_a_reason(desk: Viewer) -> None:
    made = save(desk, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    with writing(desk) as session:
        session.add(Identity(contact=session.get_one(Contact, made), name="canary"))
    with pytest.raises(Refused), writing(desk, "ok") as session:
        session.delete(session.scalars(select(Identity)).one())
    with writing(desk, "They have asked for it.") as session:
        session.delete(session.scalars(select(Identity)).one())


# --- Language


def test_weakened_language_says_how_and_what_was_kept_is_as_proposed(desk: Viewer) -> None:
    weakened = {"outcome": ProposalOutcome.WEAKENED}
    assert refused(desk, LanguageProposal, {**PROPOSAL, **weakened}) == "final_wording"
    made = save(desk, LanguageProposal, PROPOSAL)
    assert refused(desk, LanguageProposal, weakened, record_id=made, seen=1) == "final_wording"
    save(desk, LanguageProposal, {"outcome": ProposalOutcome.KEPT}, record_id=made, seen=1)
    with reading(desk) as session:
        assert session.scalars(select(LanguageProposal.final_wording)).one() == PROPOSAL["wording"]


# --- Persons


@pytest.mark.parametrize("name", ["Kari Nordmann", "kari  NORDMANN ", "Ｋari Nordmann"])
def test_no_two_persons_have_one_name(desk: Viewer, name: str) -> None:
    save(desk, Person, {"name": "Kari Nordmann"})
    assert refused(desk, Person, {"name": name}) == "name"
    made = save(desk, Person, {"name": "Kari Nordmann (Geneva)"})
    assert refused(desk, Person, {"name": name}, record_id=made, seen=1) == "name"
    save(desk, Person, {"post": "Geneva"}, record_id=made, seen=1)


# --- Follow-ups


def add(who: Viewer, record_id: str, owner: Viewer) -> None:
    with writing(who) as session:
        session.add(FollowUp(record_id=record_id, what="Call", due=TODAY, owner_id=owner.person_id))


def test_who_is_to_do_something_can_see_the_record(desk: Viewer, other: Viewer) -> None:
    made = save(desk, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY})
    with pytest.raises(Refused) as refusal:
        add(desk, made, other)
    assert refusal.value.field == "owner_id"
    add(desk, made, desk)
    with pytest.raises(Refused) as refusal, writing(desk) as session:
        session.scalars(select(FollowUp)).one().owner_id = other.person_id
    assert refusal.value.field == "owner_id"
    both = [desk.person_id, other.person_id]
    save(desk, Case, {}, record_id=made, seen=version(Case, made), named=both)
    add(desk, made, other)


def test_a_new_record_names_who_is_to_do_something_about_it(desk: Viewer, other: Viewer) -> None:
    restricted = {**ENGAGEMENT, "engagement_kind": EngagementKind.SECURITY_MEASURES}

    def follow_up() -> FollowUp:
        return FollowUp(what="Call", due=TODAY, owner_id=other.person_id)

    assert refused(desk, Engagement, {**restricted, "follow_ups": [follow_up()]}) == "owner_id"
    made = save(desk, Engagement, restricted)
    with writing(desk) as session:
        kept = session.get_one(Engagement, made)
        kept.follow_ups.append(follow_up())
        with pytest.raises(Refused):
            session.flush()
        session.rollback()
    save(desk, Engagement, {**restricted, "follow_ups": [follow_up()]}, named=[desk.person_id, other.person_id])


def test_no_record_is_hidden_from_who_is_to_do_something_about_it(desk: Viewer, other: Viewer) -> None:
    made = save(desk, Engagement, ENGAGEMENT)
    add(desk, made, other)
    hide = {"sensitivity": Sensitivity.RESTRICTED}
    assert refused(desk, Engagement, hide, record_id=made, seen=version(Engagement, made)) == "named"
    both = [desk.person_id, other.person_id]
    save(desk, Engagement, hide, record_id=made, seen=version(Engagement, made), named=both)
    with pytest.raises(Refused), writing(desk) as session:
        session.delete(session.scalars(select(Access).where(Access.person_id == other.person_id)).one())
    with writing(desk) as session:
        session.scalars(select(FollowUp)).one().done_on = TODAY
    with writing(desk) as session:
        session.delete(session.scalars(select(Access).where(Access.person_id == other.person_id)).one())


def test_who_left_is_given_nothing_to_do(desk: Viewer, other: Viewer) -> None:
    save(desk, Person, {"active": False}, record_id=other.person_id, seen=1)
    made = save(desk, Engagement, ENGAGEMENT)
    with pytest.raises(Refused) as refusal:
        add(desk, made, other)
    assert refusal.value.field == "owner_id"
