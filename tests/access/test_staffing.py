"""Who may change users and roles, and that nobody comes to a role by a change of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, reading, staff
from calendar_model.mission.persons import (
    administers,
    apply_groups,
    change_roles,
    is_open,
    role_groups,
    set_role_groups,
)
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import current_workspace
from calendar_model.store.history import verify
from calendar_model.store.models import Case, Engagement, Person, PersonRole, Record
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import EngagementForm, EngagementKind, Role, RoleSource, Suggester
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY

pytestmark = pytest.mark.usefixtures("either_database")

ENGAGEMENT: dict[str, Any] = {
    "title": "Briefing",
    "engagement_kind": EngagementKind.CONSULTED,
    "on": TODAY,
    "form": EngagementForm.ONLINE,
}


def person(name: str, *roles: Role, **values: Any) -> Viewer:
    return member(save(OPERATOR, Person, {"name": name, "roles": roles, **values}))


def roles(who: Viewer) -> set[Role]:
    return set(next(one for one in staff() if one.id == who.person_id).roles)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


@pytest.fixture
def administrator(either_database: None) -> Viewer:
    return person("Administrator", Role.ADMINISTRATOR)


@pytest.fixture
def editor(administrator: Viewer) -> Viewer:
    return person("Editor", Role.EDITOR)


def test_a_workspace_is_open_until_somebody_administers_it(other: Viewer) -> None:
    assert is_open()
    change_roles(other, other.person_id, give={Role.ADMINISTRATOR})
    assert not is_open()
    for who in (ANONYMOUS, person("Desk", Role.EDITOR)):
        assert not administers(who)
        with pytest.raises(Refused) as refused:
            save(who, Person, {"name": "Somebody else"})
        assert codes(refused) == ["role-needed"]
    assert administers(other)
    assert administers(OPERATOR)
    change_roles(OPERATOR, person("Second").person_id, give={Role.ADMINISTRATOR})


Attack = Callable[[WorkspaceSession, str], object]


def give_by_the_set(session: WorkspaceSession, me: str) -> None:
    session.get_one(Person, me).roles = {Role.EDITOR, Role.ADMINISTRATOR}


def give_by_a_row(session: WorkspaceSession, me: str) -> None:
    session.add(PersonRole(person_id=me, role=Role.CASE_OFFICER))


def change_a_row(session: WorkspaceSession, me: str) -> None:
    row = session.scalars(select(PersonRole).where(PersonRole.person_id == me)).one()
    row.role = Role.ADMINISTRATOR


def take_the_row_of_another(session: WorkspaceSession, me: str) -> None:
    row = session.scalars(select(PersonRole).where(PersonRole.role == Role.ADMINISTRATOR)).one()
    row.person_id = me


def make_an_administrator(session: WorkspaceSession, _me: str) -> None:
    session.add(Person(name="Puppet", roles={Role.ADMINISTRATOR}))


def take_from_the_administrator(session: WorkspaceSession, _me: str) -> None:
    session.delete(session.scalars(select(PersonRole).where(PersonRole.role == Role.ADMINISTRATOR)).one())


def send_the_administrator_away(session: WorkspaceSession, _me: str) -> None:
    session.scalars(select(Person).where(Person.name == "Administrator")).one().active = False


def use_a_role_at_once(session: WorkspaceSession, me: str) -> None:
    session.add(PersonRole(person_id=me, role=Role.CASE_OFFICER))
    session.flush()
    session.add(Case(title="Case 1", suggested_by=Suggester.MINISTRY, owner_id=me))


ATTACKS: tuple[Attack, ...] = (
    give_by_the_set, give_by_a_row, change_a_row, take_the_row_of_another, make_an_administrator,
    take_from_the_administrator, send_the_administrator_away, use_a_role_at_once,
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nobody_comes_to_a_role_by_a_change_of_their_own(editor: Viewer, attack: Attack) -> None:
    before = {one.name: one.roles for one in staff()}
    with pytest.raises(Refused), writing(editor) as session:
        attack(session, editor.person_id)
    assert {one.name: one.roles for one in staff()} == before
    assert verify(current_workspace()).problems == ()


def test_one_role_is_given_up_and_none_is_taken(administrator: Viewer) -> None:
    second = person("Second", Role.ADMINISTRATOR, Role.EDITOR)
    with pytest.raises(Refused) as refused:
        change_roles(second, second.person_id, give={Role.CLEARER})
    assert codes(refused) == ["own-roles"]
    assert change_roles(second, second.person_id, take={Role.ADMINISTRATOR}) == {Role.EDITOR}
    # Without the role of an administrator too.
    assert change_roles(second, second.person_id, take={Role.EDITOR}) == frozenset()


@pytest.mark.parametrize("who", ["administrator", "operator"])
def test_the_last_active_administrator_stays_one(administrator: Viewer, who: str) -> None:
    person("Away", Role.ADMINISTRATOR, active=False)
    writer = administrator if who == "administrator" else OPERATOR
    with pytest.raises(Refused) as refused:
        change_roles(writer, administrator.person_id, take={Role.ADMINISTRATOR})
    assert codes(refused) == ["last-administrator"]
    with pytest.raises(Refused) as refused:
        save(writer, Person, {"active": False}, record_id=administrator.person_id, seen=1)
    assert codes(refused) == ["last-administrator"]
    person("Second", Role.ADMINISTRATOR)
    save(writer, Person, {"active": False}, record_id=administrator.person_id, seen=1)


def test_a_fictional_person_administers_nothing(administrator: Viewer) -> None:
    fictional = person("Fictional", Role.EDITOR, sample=True)
    with pytest.raises(Refused) as refused:
        change_roles(OPERATOR, fictional.person_id, give={Role.ADMINISTRATOR})
    assert codes(refused) == ["sample-administrator"]


def test_two_who_change_the_roles_of_one_person_notice_each_other(administrator: Viewer, editor: Viewer) -> None:
    save(administrator, Person, {"roles": {Role.CLEARER}}, record_id=editor.person_id, seen=1)
    with pytest.raises(EditConflict):
        save(administrator, Person, {"roles": {Role.READER}}, record_id=editor.person_id, seen=1)
    assert roles(editor) == {Role.CLEARER}


def test_a_role_that_is_taken_ends_at_the_next_read(administrator: Viewer, editor: Viewer) -> None:
    made = save(editor, Engagement, ENGAGEMENT)

    def sees() -> bool:
        with reading(editor) as session:
            return session.get(Record, made) is not None

    assert sees()
    change_roles(administrator, editor.person_id, take={Role.EDITOR})
    assert not sees()
    change_roles(administrator, editor.person_id, give={Role.READER})
    assert sees()
    save(administrator, Person, {"active": False}, record_id=editor.person_id, seen=3)
    assert not sees()


@pytest.mark.parametrize("role", Role)
def test_who_is_named_reads_only_with_a_role_that_reads(administrator: Viewer, role: Role) -> None:
    owner, named = person("Owner", Role.CASE_OFFICER), person("Named", role)
    case = {"title": "Case 1", "suggested_by": Suggester.MINISTRY}
    made = save(owner, Case, case, named=[owner.person_id, named.person_id])
    with reading(named) as session:
        assert (session.get(Record, made) is not None) == (role not in (Role.ADMINISTRATOR, Role.AUDITOR))


def test_groups_give_roles_and_leave_those_given_by_hand(administrator: Viewer) -> None:
    who = person("Somebody", Role.READER)
    mapping = [("desk", Role.EDITOR), ("desk", Role.READER), ("heads", Role.CLEARER)]
    set_role_groups(administrator, mapping)
    assert {one[:2] for one in role_groups()} == set(mapping)
    assert apply_groups(who.person_id, ["desk", "heads"]) == {Role.READER, Role.EDITOR, Role.CLEARER}
    with reading(administrator) as session:
        given = session.scalars(select(PersonRole).where(PersonRole.person_id == who.person_id))
        assert {one.role: one.source for one in given} == {
            Role.READER: RoleSource.HAND,
            Role.EDITOR: RoleSource.GROUP,
            Role.CLEARER: RoleSource.GROUP,
        }
    lines = verify(current_workspace()).lines
    apply_groups(who.person_id, ["desk", "heads"])
    assert verify(current_workspace()).lines == lines
    assert apply_groups(who.person_id, ["heads"]) == {Role.READER, Role.CLEARER}
    assert apply_groups(who.person_id, []) == {Role.READER}
    assert verify(current_workspace()).problems == ()


def test_nobody_gets_a_role_from_a_group_by_a_mapping_of_their_own(administrator: Viewer) -> None:
    colleague = person("Colleague", Role.READER)
    set_role_groups(administrator, [("it", Role.CLEARER)])
    assert Role.CLEARER not in apply_groups(administrator.person_id, ["it"])
    assert Role.CLEARER in apply_groups(colleague.person_id, ["it"])
    set_role_groups(OPERATOR, [])
    set_role_groups(OPERATOR, [("it", Role.CLEARER)])
    assert Role.CLEARER in apply_groups(administrator.person_id, ["it"])
    set_role_groups(administrator, [("it", Role.CLEARER), ("it", Role.EDITOR)])
    # What they had by another's mapping stays.
    assert apply_groups(administrator.person_id, ["it"]) >= {Role.ADMINISTRATOR, Role.CLEARER}


def test_a_group_does_not_take_the_last_administrator(either_database: None) -> None:
    who = person("Somebody")
    set_role_groups(OPERATOR, [("it", Role.ADMINISTRATOR), ("desk", Role.EDITOR)])
    assert apply_groups(who.person_id, ["it", "desk"]) == {Role.ADMINISTRATOR, Role.EDITOR}
    assert apply_groups(who.person_id, []) == {Role.ADMINISTRATOR}


ALL = st.frozensets(st.sampled_from(Role))


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), ALL, ALL), max_size=8))
def test_after_any_changes_there_is_an_administrator_and_nobody_gained_a_role_of_their_own(
    changes: list[tuple[int, int, frozenset[Role], frozenset[Role]]],
) -> None:
    names = [f"{one.name}" for one in staff()]
    people = [person(f"{len(names)} {n}", *some) for n, some in enumerate(([Role.ADMINISTRATOR], [Role.EDITOR], []))]
    for writer, whom, give, take in changes:
        before, who = roles(people[whom]), people[writer]
        administers_now = Role.ADMINISTRATOR in roles(who)
        try:
            change_roles(who, people[whom].person_id, give=give, take=take)
        except Refused:
            assert roles(people[whom]) == before
            continue
        gained = roles(people[whom]) - before
        assert not gained or (administers_now and writer != whom)
        assert administers_now or writer == whom or roles(people[whom]) == before
        assert any(one.active and Role.ADMINISTRATOR in one.roles for one in staff())


def test_the_level_of_a_viewer_who_is_no_person_is_that_of_the_caller(administrator: Viewer, editor: Viewer) -> None:
    made = save(editor, Engagement, ENGAGEMENT)
    for viewer, sees in ((Viewer("", Sensitivity.INTERNAL), True), (ANONYMOUS, False), (OPERATOR, True)):
        with reading(viewer) as session:
            assert (session.get(Record, made) is not None) == sees
