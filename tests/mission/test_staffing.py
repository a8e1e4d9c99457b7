"""Nobody is taken away who is still needed: to clear a statement, or to grant access."""

from __future__ import annotations

from typing import Any

import pytest

from calendar_model.access.permissions import OPERATOR, Viewer, member
from calendar_model.access.problems import Refused
from calendar_model.mission.access_requests import list_open_requests, refuse_access, request_access
from calendar_model.mission.persons import change_roles
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save
from calendar_model.store.models import Case, Person
from calendar_model.terms import Role, StatementFormat, StatementState, Suggester

CASE: dict[str, Any] = {"title": "Case 1", "suggested_by": Suggester.MINISTRY}
WRITES = (Role.EDITOR, Role.CASE_OFFICER)


def person(name: str, *roles: Role) -> Viewer:
    return member(save(OPERATOR, Person, {"name": name, "roles": roles}))


@pytest.fixture
def administrator() -> Viewer:
    return person("Administrator", Role.ADMINISTRATOR)


def statement_in_consultation(writer: Viewer, **options: Any) -> str:
    values = {"title": "Item 3", "format": StatementFormat.GENERAL_DEBATE}
    made = commands.start_statement(writer, values, text="Thank you.", **options)
    commands.move(writer, made, StatementState.CONSULTATION, seen=1)
    return made


def refused(act: Any) -> list[tuple[str, Any, Any]]:
    with pytest.raises(Refused) as error:
        act()
    return [(one.code, one.values["count"], one.values["needed"]) for one in error.value.problems]


def test_the_last_clearer_stays_while_a_statement_awaits_clearance(administrator: Viewer) -> None:
    writer, head = person("Ada", *WRITES), person("Bo", Role.CLEARER)
    made = statement_in_consultation(writer)
    needed = [("clearers-needed", 1, 1)]
    assert refused(lambda: change_roles(administrator, head.person_id, take={Role.CLEARER})) == needed
    inactive = {"active": False}
    assert refused(lambda: save(administrator, Person, inactive, record_id=head.person_id, seen=1)) == needed
    # They cannot give it up either; a second one lets them go.
    assert refused(lambda: change_roles(head, head.person_id, take={Role.CLEARER})) == needed
    person("Cy", Role.CLEARER)
    change_roles(administrator, head.person_id, take={Role.CLEARER})
    commands.move(writer, made, StatementState.DROPPED, seen=1)


def test_without_a_statement_that_waits_the_last_clearer_goes(administrator: Viewer) -> None:
    head = person("Bo", Role.CLEARER)
    assert change_roles(administrator, head.person_id, take={Role.CLEARER}) == frozenset()


def test_a_text_on_a_case_needs_a_clearer_who_has_not_written_it(administrator: Viewer) -> None:
    writer, head = person("Ada", *WRITES, Role.CLEARER), person("Bo", *WRITES, Role.CLEARER)
    case = save(writer, Case, CASE, named=[writer.person_id, head.person_id])
    statement_in_consultation(writer, links=[case])
    needed = [("clearers-needed", 1, 2)]
    assert refused(lambda: change_roles(administrator, head.person_id, take={Role.CLEARER})) == needed
    # The writer cannot clear it anyway.
    change_roles(administrator, writer.person_id, take={Role.CLEARER})


def test_the_machine_and_the_sign_in_take_anybody(administrator: Viewer) -> None:
    head = person("Bo", Role.CLEARER)
    statement_in_consultation(person("Ada", *WRITES))
    assert change_roles(OPERATOR, head.person_id, take={Role.CLEARER}) == frozenset()


def test_who_alone_can_grant_an_open_request_stays(administrator: Viewer) -> None:
    owner, asker = person("Ada", *WRITES), person("Bo", Role.READER)
    case = save(owner, Case, CASE)
    request_access(asker, case, "I stand in for a colleague.")
    taken = {Role.CASE_OFFICER}
    assert refused(lambda: change_roles(administrator, owner.person_id, take=taken)) == [("grantors-needed", 1, 1)]
    person("Cy", Role.CLEARER)
    change_roles(administrator, owner.person_id, take=taken)


def test_a_request_that_was_refused_keeps_nobody(administrator: Viewer) -> None:
    owner, asker = person("Ada", *WRITES), person("Bo", Role.READER)
    request_access(asker, save(owner, Case, CASE), "I stand in for a colleague.")
    (request,) = list_open_requests(owner)
    refuse_access(owner, request.request_id, "The case is closed this week.")
    assert Role.CASE_OFFICER not in change_roles(administrator, owner.person_id, take={Role.CASE_OFFICER})
