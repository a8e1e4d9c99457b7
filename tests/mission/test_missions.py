"""Several missions in one installation: who reads and writes whose records, and what becomes of the history."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, ANY_STAFF, OPERATOR, Viewer, member, staff_of
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading, staff
from calendar_model.feeds.subscription_feed import items_of
from calendar_model.mission import access_requests
from calendar_model.mission.handover import hand_over
from calendar_model.mission.missions import add_mission, change_mission, colleagues_of, missions, missions_read
from calendar_model.mission.persons import GroupRole, apply_groups, change_person, change_roles, set_role_groups
from calendar_model.mission.statements import commands
from calendar_model.mission.subscriptions import create_subscription, find_subscriber
from calendar_model.mission.transactions import save, writing
from calendar_model.store import history
from calendar_model.store.database import current_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import (
    Case,
    Engagement,
    Event,
    FollowUp,
    Mission,
    Person,
    PersonRole,
    Record,
    RecordLink,
    RoleGroup,
    Statement,
)
from calendar_model.terms import (
    EngagementForm,
    EngagementKind,
    EventKind,
    Role,
    StatementFormat,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

pytestmark = pytest.mark.usefixtures("workspace")

REASON = "A reason that is long enough."
MET: dict[str, Any] = {"engagement_kind": EngagementKind.CONSULTED, "on": TODAY, "form": EngagementForm.ONLINE}
WRITERS = frozenset({Role.EDITOR, Role.CASE_OFFICER})


@dataclass(frozen=True)
class Two:
    """Two missions, a writer at each, one who reads at both, and an administrator."""

    here: str
    there: str
    ours: Viewer
    theirs: Viewer
    both: Viewer
    administrator: Viewer


@pytest.fixture
def two() -> Two:
    here, there = add_mission(OPERATOR, "Geneva"), add_mission(OPERATOR, "New York")
    return Two(
        here,
        there,
        person("Ours", [(role, here) for role in WRITERS]),
        person("Theirs", [(role, there) for role in WRITERS]),
        person("Both", {(Role.READER, None)}),
        person("Administrator", {(Role.ADMINISTRATOR, None)}),
    )


def person(name: str, given: Collection[tuple[Role, str | None]], **columns: Any) -> Viewer:
    return member(save(OPERATOR, Person, {"name": name, "given": given, **columns}))


def met(who: Viewer, title: str = "Met", **values: Any) -> str:
    return save(who, Engagement, {"title": title, **MET, **values})


def change(who: Viewer, record_id: str, **values: Any) -> None:
    with reading(OPERATOR) as session:
        found = select(Record.version).where(Record.id == record_id).execution_options(everything=True)
        seen = session.scalars(found).one()
    save(who, Engagement, values, record_id=record_id, seen=seen, reason=REASON)


def sees(who: Viewer, record_id: str) -> bool:
    with reading(who) as session:
        return session.get(Record, record_id) is not None


def mission_of(record_id: str) -> str | None:
    with reading(OPERATOR) as session:
        asked = select(Record.mission_id).where(Record.id == record_id).execution_options(everything=True)
        return session.scalars(asked).one()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


# --- Whose records


def test_an_internal_record_belongs_to_the_mission_of_its_writer_and_is_read_there(two: Two) -> None:
    record = met(two.ours)
    assert mission_of(record) == two.here
    readers = {one for one in (two.ours, two.theirs, two.both, two.administrator, ANY_STAFF, ANONYMOUS, OPERATOR)
               if sees(one, record)}  # fmt: skip
    assert readers == {two.ours, two.both}
    assert sees(staff_of({two.here}), record)
    assert not sees(staff_of({two.there}), record)


def test_what_all_missions_share_and_what_is_public_is_read_at_each(two: Two) -> None:
    shared = met(two.ours, mission_id=None)
    assert all(sees(one, shared) for one in (two.ours, two.theirs, two.both, ANY_STAFF, OPERATOR))
    assert not sees(two.administrator, shared)
    public = met(two.ours)
    change(two.ours, public, sensitivity=Sensitivity.PUBLIC)
    assert all(sees(one, public) for one in (two.theirs, two.administrator, ANONYMOUS))


def test_who_is_named_reads_with_a_role_at_any_mission(two: Two) -> None:
    case = {"title": "Case 1", "suggested_by": Suggester.MINISTRY}
    made = save(two.ours, Case, case, named=[two.ours.person_id, two.theirs.person_id])
    assert (sees(two.theirs, made), sees(two.both, made)) == (True, False)
    with pytest.raises(Refused) as refused:
        save(two.theirs, Case, {"title": "Case 2"}, record_id=made, seen=1)
    assert codes(refused) == ["role-at-mission-needed"]


def test_the_home_is_where_new_records_go(two: Two) -> None:
    everywhere = [(role, None) for role in WRITERS]
    at_home = person("At home", everywhere, mission_id=two.there)
    assert mission_of(met(at_home)) == two.there
    assert mission_of(met(at_home, mission_id=two.here)) == two.here
    assert mission_of(met(person("Nowhere", everywhere))) is None
    with pytest.raises(Refused) as refused:
        met(two.ours, mission_id=two.there)
    assert codes(refused) == ["owner-of-other-mission"]


@pytest.mark.parametrize("retired", [True, False])
def test_a_mission_that_is_not_offered_takes_no_records(two: Two, retired: bool) -> None:
    change_mission(two.administrator, two.here, 1, {"active": False})
    with pytest.raises(Refused) as refused:
        met(two.ours, mission_id=two.here if retired else "0" * 32)
    assert codes(refused) == ["mission-not-offered"]


# --- Who writes


def test_nobody_writes_to_a_record_of_a_mission_at_which_they_have_no_role(two: Two) -> None:
    record, own = met(two.ours), met(two.theirs)
    with pytest.raises(Refused) as refused:
        change(two.theirs, record, mission_id=two.there)
    assert codes(refused) == ["record-gone"]
    for row in (
        FollowUp(record_id=record, what="Ask", due=TODAY, owner_id=two.theirs.person_id),
        RecordLink(record_id=own, other_id=record),
    ):
        with pytest.raises(Refused), writing(two.theirs, REASON) as session:
            session.add(row)
    public = met(two.ours, "Public")
    change(two.ours, public, sensitivity=Sensitivity.PUBLIC)
    with pytest.raises(Refused) as refused:
        change(two.theirs, public, title="Changed")
    assert codes(refused) == ["role-at-mission-needed"]


def test_to_move_a_record_takes_the_role_at_both_missions_and_a_reason(two: Two) -> None:
    record = met(two.ours)
    with pytest.raises(Refused):
        change(two.ours, record, mission_id=two.there)
    change_roles(two.administrator, two.ours.person_id, give={Role.EDITOR}, mission_id=two.there)
    with pytest.raises(Refused) as refused:
        save(two.ours, Engagement, {"mission_id": two.there}, record_id=record, seen=1)
    assert codes(refused) == ["move-without-reason"]
    change(two.ours, record, mission_id=two.there)
    assert sees(two.theirs, record)
    change(two.ours, record, mission_id=None)
    assert sees(ANY_STAFF, record)


def test_a_record_does_not_move_from_those_who_own_it_or_have_to_act(two: Two) -> None:
    change_roles(two.administrator, two.ours.person_id, give={Role.EDITOR}, mission_id=two.there)
    owned = met(two.theirs, mission_id=None)
    with pytest.raises(Refused) as refused:
        change(two.ours, owned, mission_id=two.here)
    assert codes(refused) == ["owner-of-other-mission"]
    followed = met(two.ours, mission_id=None)
    with writing(two.ours) as session:
        session.add(FollowUp(record_id=followed, what="Ask", due=TODAY, owner_id=two.theirs.person_id))
    with pytest.raises(Refused) as refused:
        change(two.ours, followed, mission_id=two.here)
    assert codes(refused) == ["follow-up-open"]


def test_a_statement_is_cleared_with_the_role_at_its_mission(two: Two) -> None:
    made = commands.start_statement(two.ours, {"title": "Item 4", "format": StatementFormat.GENERAL_DEBATE}, text="Mr")
    commands.move(two.ours, made, StatementState.CONSULTATION, seen=1)
    change_roles(two.administrator, two.both.person_id, give={Role.CLEARER}, mission_id=two.there)
    with pytest.raises(Refused):
        commands.move(two.both, made, StatementState.CLEARED, seen=1)
    change_roles(two.administrator, two.both.person_id, give={Role.CLEARER}, mission_id=two.here)
    commands.move(two.both, made, StatementState.CLEARED, seen=1)
    with reading(two.ours) as session:
        assert session.get_one(Statement, made).state is StatementState.CLEARED


# --- Who grants, and who is still needed


def test_case_officers_and_clearers_of_the_mission_grant_access(two: Two) -> None:
    case = {"title": "Case 1", "suggested_by": Suggester.MINISTRY}
    made = save(two.ours, Case, case, named=[two.ours.person_id, two.theirs.person_id])
    access_requests.request_access(two.both, made, REASON)
    change_person(OPERATOR, two.ours.person_id, 1, {"active": False})
    (clears_there, clears_here) = (
        person(name, {(Role.CLEARER, place)}) for name, place in (("There", two.there), ("Here", two.here))
    )
    # Who is named is a case officer, but not here; so it falls to those who clear here.
    (request,) = access_requests.list_open_requests(clears_here)
    assert access_requests.list_open_requests(clears_there) == []
    for nobody in (two.theirs, clears_there):
        with pytest.raises(Refused):
            access_requests.grant_access(nobody, request.request_id)
    with pytest.raises(Refused) as refused:
        change_roles(two.administrator, clears_here.person_id, take={Role.CLEARER})
    assert codes(refused) == ["grantors-needed"]
    change_roles(two.administrator, clears_there.person_id, take={Role.CLEARER})
    access_requests.grant_access(clears_here, request.request_id)
    assert sees(two.both, made)


def test_the_last_clearer_of_a_mission_is_kept_while_a_statement_waits_there(two: Two) -> None:
    change_roles(two.administrator, two.both.person_id, give={Role.CLEARER}, mission_id=two.here)
    person("Elsewhere", {(Role.CLEARER, two.there)})
    made = commands.start_statement(two.ours, {"title": "Item 4", "format": StatementFormat.GENERAL_DEBATE}, text="Mr")
    commands.move(two.ours, made, StatementState.CONSULTATION, seen=1)
    with pytest.raises(Refused) as refused:
        change_roles(two.administrator, two.both.person_id, take={Role.CLEARER})
    assert codes(refused) == ["clearers-needed"]


def test_a_successor_can_read_what_is_handed_over(two: Two) -> None:
    record = met(two.ours)
    change_person(OPERATOR, two.ours.person_id, 1, {"active": False})
    with pytest.raises(Refused) as refused:
        hand_over(two.administrator, two.ours.person_id, two.theirs.person_id)
    assert codes(refused) == ["successor-of-other-mission"]
    assert hand_over(two.administrator, two.ours.person_id, two.both.person_id).total == 1
    with reading(two.both) as session:
        assert session.get_one(Record, record).owner_id == two.both.person_id


# --- The history


def told(who: Viewer, record_id: str) -> list[str]:
    with reading(who) as session:
        return [line.action for line in history.of_record(session, record_id)]


def test_lines_stay_with_the_mission_when_a_record_was_deleted(two: Two) -> None:
    record = met(two.ours, "Hidden title")
    with writing(two.ours, REASON) as session:
        session.delete(session.get_one(Record, record))
    assert (
        told(two.ours, record) == told(two.both, record) == told(staff_of({two.here}), record) == ["create", "delete"]
    )
    for other in (two.theirs, two.administrator, ANY_STAFF, OPERATOR, staff_of({two.there})):
        assert told(other, record) == []
        with reading(other) as session:
            assert history.deleted(session) == []
    assert verify(current_workspace()).problems == ()


def test_lines_from_before_a_move_stay_with_the_mission_of_then(two: Two) -> None:
    record = met(two.ours)
    change(two.ours, record, title="Ours alone")
    change_roles(two.administrator, two.ours.person_id, give={Role.EDITOR}, mission_id=two.there)
    change(two.ours, record, mission_id=two.there)
    change(two.ours, record, title="Of both")
    assert told(two.ours, record) == told(two.both, record) == ["create", "update", "update", "update"]
    # The move itself shows both sides.
    assert told(two.theirs, record) == ["update"]


# --- Missions, and roles at them


def test_only_administrators_write_missions_and_nobody_deletes_one(two: Two) -> None:
    for nobody in (two.ours, two.both):
        with pytest.raises(Refused):
            add_mission(nobody, "Vienna")
    with pytest.raises(Refused) as refused:
        add_mission(two.administrator, " new  YORK")
    assert codes(refused) == ["mission-name-taken"]
    change_mission(two.administrator, two.there, 1, {"name": "New York (UN)", "active": False})
    with pytest.raises(EditConflict):
        change_mission(two.administrator, two.there, 1, {"active": True})
    assert [(one.name, one.active) for one in missions(two.ours)] == [("Geneva", True), ("New York (UN)", False)]
    assert missions(ANONYMOUS) == []
    with pytest.raises(Refused), writing(two.administrator, REASON) as session:
        session.delete(session.get_one(Mission, add_mission(two.administrator, "Vienna")))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_roles_of_the_installation_are_not_given_at_one_mission(two: Two, role: Role) -> None:
    with pytest.raises(Refused) as refused:
        change_roles(two.administrator, two.both.person_id, give={role}, mission_id=two.here)
    assert codes(refused) == ["role-of-installation"]
    with pytest.raises(Refused) as refused, writing(two.administrator) as session:
        session.add(RoleGroup(name="desk", role=role, mission_id=two.here))
    assert codes(refused) == ["role-of-installation"]


def test_nobody_gives_themselves_a_mission(two: Two) -> None:
    for who in (two.theirs, two.administrator):
        with pytest.raises(Refused):
            change_roles(who, who.person_id, give={Role.READER}, mission_id=two.here)
        with pytest.raises(Refused):
            move_own_role(who, two.here)


def move_own_role(who: Viewer, mission_id: str) -> None:
    with writing(who) as session:
        session.scalars(select(PersonRole).where(PersonRole.person_id == who.person_id)).all()[
            0
        ].mission_id = mission_id


def test_groups_of_the_sign_in_give_roles_at_a_mission(two: Two) -> None:
    set_role_groups(two.administrator, [GroupRole("geneva", Role.EDITOR, two.here), GroupRole("all", Role.READER)])
    who = person("New", set())
    apply_groups(who.person_id, ["geneva", "all"])
    assert next(one.given for one in staff() if one.id == who.person_id) == {
        (Role.EDITOR, two.here),
        (Role.READER, None),
    }
    apply_groups(who.person_id, [])
    assert next(one.given for one in staff() if one.id == who.person_id) == frozenset()


def test_the_form_of_a_person_changes_roles_everywhere_and_at_missions_apart(two: Two) -> None:
    values = {"roles_everywhere": [Role.READER], "roles_at_missions": [(Role.EDITOR, two.there)]}
    change_person(two.administrator, two.ours.person_id, 1, values)
    (one,) = [one for one in staff() if one.id == two.ours.person_id]
    assert one.given == {(Role.READER, None), (Role.EDITOR, two.there)}
    assert one.roles == {Role.READER, Role.EDITOR}
    assert one.roles_everywhere == {Role.READER}


def test_files_for_colleagues_are_those_of_the_home(two: Two) -> None:
    assert (colleagues_of(two.ours), colleagues_of(two.both)) == (staff_of({two.here}), ANY_STAFF)
    assert missions_read(two.both.person_id) == {two.here, two.there}
    assert missions_read(two.theirs.person_id) == {two.there}
    assert missions_read(two.administrator.person_id) == missions_read("") == frozenset()


def test_who_is_asked_to_clear_can_read_it(two: Two) -> None:
    made = commands.start_statement(two.ours, {"title": "Item 4", "format": StatementFormat.GENERAL_DEBATE}, text="Mr")
    with pytest.raises(Refused) as refused:
        commands.move(two.ours, made, StatementState.CONSULTATION, seen=1, waiting_for=two.theirs.person_id)
    assert codes(refused) == ["asked-of-other-mission"]
    commands.move(two.ours, made, StatementState.CONSULTATION, seen=1, waiting_for=two.both.person_id)


def test_a_retired_mission_gives_no_new_roles_and_keeps_those_that_are_there(two: Two) -> None:
    change_mission(two.administrator, two.here, 1, {"active": False})
    with pytest.raises(Refused) as refused:
        change_roles(two.administrator, two.both.person_id, give={Role.EDITOR}, mission_id=two.here)
    assert codes(refused) == ["mission-not-offered"]
    with pytest.raises(Refused) as refused:
        change_person(two.administrator, two.both.person_id, 1, {"mission_id": two.here})
    assert codes(refused) == ["mission-not-offered"]
    change_person(two.administrator, two.ours.person_id, 1, {"post": "Desk"})
    (one,) = [one for one in staff() if one.id == two.ours.person_id]
    assert one.given == {(role, two.here) for role in WRITERS}


def test_a_subscription_holds_the_internal_events_of_the_missions_of_its_person(two: Two) -> None:
    side_event = {"event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": TODAY, "end": TODAY}
    for who, title in ((two.ours, "Event of Geneva"), (two.theirs, "Event of New York")):
        save(who, Event, {"title": title, **side_event})
    save(two.ours, Event, {"title": "Event of all", "mission_id": None, **side_event})
    found = {}
    for who in (two.ours, two.both):
        subscriber = find_subscriber(create_subscription(who))
        assert subscriber is not None
        titles = set(items_of(subscriber).table["title"])
        found[who] = {title for title in titles if title.startswith("Event of ")}
    assert found == {
        two.ours: {"Event of Geneva", "Event of all"},
        two.both: {"Event of Geneva", "Event of New York", "Event of all"},
    }
