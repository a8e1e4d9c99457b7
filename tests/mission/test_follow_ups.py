"""Follow-ups: the commands for them, and that their owners see the record."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.engagements import log_engagement
from calendar_model.mission.follow_ups import (
    add_follow_up,
    change_follow_up,
    complete_follow_up,
    list_follow_ups,
    reopen_follow_up,
)
from calendar_model.mission.persons import add_person
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import (
    Access,
    Case,
    Engagement,
    FollowUp,
    Person,
)
from calendar_model.terms import (
    EngagementForm,
    EngagementKind,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.refusals import refused_field


@pytest.fixture
def engagement(staff_member: Viewer) -> str:
    values = {
        "title": "Breakfast",
        "engagement_kind": EngagementKind.INVITED,
        "on": TODAY,
        "form": EngagementForm.IN_PERSON,
    }
    return log_engagement(
        staff_member, values, follow_up={"what": "Thank them", "due": TODAY, "owner_id": staff_member.person_id}
    )


def test_a_follow_up_is_logged_with_its_engagement_changed_done_and_opened_again(
    staff_member: Viewer, engagement: str
) -> None:
    other = add_person(ANONYMOUS, {"name": "Other"})

    def only() -> tuple[str, str, object, str, str, int]:
        with reading(staff_member) as session:
            (line,) = list_follow_ups(session, engagement)
        return line.what, line.owner_id, line.done_on, line.outcome, line.id, line.version

    *columns, id_, version = only()
    assert columns == ["Thank them", staff_member.person_id, None, ""]
    change_follow_up(staff_member, id_, version, what=" Write to them ", due=TODAY, owner_id=other)
    complete_follow_up(staff_member, id_, version + 1, on=TODAY, outcome=" They answered. ")
    assert only()[:4] == ("Write to them", other, TODAY, "They answered.")
    reopen_follow_up(staff_member, id_, version + 2)
    assert only()[:4] == ("Write to them", other, None, "They answered.")


def test_a_follow_up_is_refused_where_it_is_incomplete_or_its_record_is_not_there(
    staff_member: Viewer, engagement: str
) -> None:
    with pytest.raises(Refused) as refusal:
        add_follow_up(staff_member, engagement, what=" ", due=None, owner_id=None)
    assert [problem.field for problem in refusal.value.problems] == ["what", "due", "owner_id"]
    with pytest.raises(Refused) as refusal:
        add_follow_up(member("f" * 32), "0" * 32, what="Write", due=TODAY, owner_id=staff_member.person_id)
    assert [problem.code for problem in refusal.value.problems] == ["record-gone"]


# --- Checks

ENGAGEMENT: dict[str, Any] = {
    "title": "Breakfast",
    "engagement_kind": EngagementKind.INVITED,
    "on": TODAY,
    "form": EngagementForm.IN_PERSON,
}


def version(kind: Any, record_id: str) -> int:
    with reading(ANONYMOUS) as session:
        asked = select(kind.version).where(kind.id == record_id).execution_options(everything=True)
        return int(session.scalars(asked).one())


def add(who: Viewer, record_id: str, owner: Viewer) -> None:
    with writing(who) as session:
        session.add(FollowUp(record_id=record_id, what="Call", due=TODAY, owner_id=owner.person_id))


def test_who_is_to_do_something_can_see_the_record(staff_member: Viewer, other: Viewer) -> None:
    made = save(staff_member, Case, {"title": "Case 1", "suggested_by": Suggester.MINISTRY})
    with pytest.raises(Refused) as refusal:
        add(staff_member, made, other)
    assert refusal.value.field == "owner_id"
    add(staff_member, made, staff_member)
    with pytest.raises(Refused) as refusal, writing(staff_member) as session:
        session.scalars(select(FollowUp)).one().owner_id = other.person_id
    assert refusal.value.field == "owner_id"
    both = [staff_member.person_id, other.person_id]
    save(staff_member, Case, {}, record_id=made, seen=version(Case, made), named=both)
    add(staff_member, made, other)


def test_a_new_record_names_who_is_to_do_something_about_it(staff_member: Viewer, other: Viewer) -> None:
    restricted = {**ENGAGEMENT, "engagement_kind": EngagementKind.SECURITY_MEASURES}

    def follow_up() -> FollowUp:
        return FollowUp(what="Call", due=TODAY, owner_id=other.person_id)

    assert refused_field(staff_member, Engagement, {**restricted, "follow_ups": [follow_up()]}) == "owner_id"
    made = save(staff_member, Engagement, restricted)
    with writing(staff_member) as session:
        kept = session.get_one(Engagement, made)
        kept.follow_ups.append(follow_up())
        with pytest.raises(Refused):
            session.flush()
        session.rollback()
    save(
        staff_member,
        Engagement,
        {**restricted, "follow_ups": [follow_up()]},
        named=[staff_member.person_id, other.person_id],
    )


def test_no_record_is_hidden_from_who_is_to_do_something_about_it(staff_member: Viewer, other: Viewer) -> None:
    made = save(staff_member, Engagement, ENGAGEMENT)
    add(staff_member, made, other)
    hide = {"sensitivity": Sensitivity.RESTRICTED}
    assert refused_field(staff_member, Engagement, hide, record_id=made, seen=version(Engagement, made)) == "named"
    both = [staff_member.person_id, other.person_id]
    save(staff_member, Engagement, hide, record_id=made, seen=version(Engagement, made), named=both)
    with pytest.raises(Refused), writing(staff_member) as session:
        session.delete(session.scalars(select(Access).where(Access.person_id == other.person_id)).one())
    with writing(staff_member) as session:
        session.scalars(select(FollowUp)).one().done_on = TODAY
    with writing(staff_member) as session:
        session.delete(session.scalars(select(Access).where(Access.person_id == other.person_id)).one())


def test_who_left_is_given_nothing_to_do(staff_member: Viewer, other: Viewer) -> None:
    save(staff_member, Person, {"active": False}, record_id=other.person_id, seen=1)
    made = save(staff_member, Engagement, ENGAGEMENT)
    with pytest.raises(Refused) as refusal:
        add(staff_member, made, other)
    assert refusal.value.field == "owner_id"
