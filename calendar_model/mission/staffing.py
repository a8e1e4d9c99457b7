"""How many people the rules of the mission need, so that nobody is taken who is still needed.

Clearance takes a person who has not written the text, and access a second person who grants it. While statements await
clearance, or requests for access are open, those who can do that are not all taken away. Those count whose role holds
at the mission of the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import roles_at
from calendar_model.mission.statements.facts import facts_of
from calendar_model.store.models import Access, AccessRequest, Person, PersonRole, Record, Statement
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import GivenRole, Role, StatementState

_EVERYTHING = {"everything": True}

People = Mapping[str, frozenset[GivenRole]]
"""The active persons of the staff with their roles, each with its mission."""


def check(session: WorkspaceSession) -> None:
    """Refuse a change of persons and roles after which a rule needs more people than there are.

    The operator of the machine, and groups of the sign-in, are not asked: who has left the house has left it. Raises
    Refused with how many people are needed.
    """
    if session.is_operator:
        return
    before, after = _in_database(session), _in_session(session)
    taken = {role for person_id in before for role, _at in before[person_id] - after.get(person_id, frozenset())}
    if Role.CLEARER in taken:
        _check_clearance(session, before, after)
    if taken & {Role.CLEARER, Role.CASE_OFFICER}:
        _check_requests(session, before, after)


def _check_clearance(session: WorkspaceSession, before: People, after: People) -> None:
    waiting = select(Statement).where(Statement.state == StatementState.CONSULTATION, ~Statement.sample)
    statements = list(session.scalars(waiting.execution_options(**_EVERYTHING)))
    missions = {one.id: one.mission_id for one in statements}
    stranded, by_writers = 0, False
    for statement_id, facts in facts_of(session, statements, session.actor).items():
        could, can = (_having(people, Role.CLEARER, missions[statement_id]) for people in (before, after))
        contributed = facts.writers | facts.askers
        if could - contributed and not can - contributed:
            stranded += 1
            by_writers |= bool(can)
    if stranded:
        # A person who wrote a text clears it not, so that one clearer is too few for what they wrote.
        values = {"count": stranded, "needed": 2 if by_writers else 1}
        raise Refused(Problem("clearers-needed", "roles", values))


def _check_requests(session: WorkspaceSession, before: People, after: People) -> None:
    asked = (
        select(AccessRequest.record_id, AccessRequest.person_id, Record.mission_id)
        .join(Record, Record.id == AccessRequest.record_id)
        .where(AccessRequest.granted_by_id.is_(None), AccessRequest.refused_by_id.is_(None))
    )
    requests = session.execute(asked.execution_options(**_EVERYTHING)).all()
    named: dict[str, set[str]] = {row.record_id: set() for row in requests}
    # Who has access for a time lets nobody in.
    lasting = (Access.record_id.in_(named), Access.until.is_(None))
    rows = select(Access.record_id, Access.person_id).where(*lasting)
    for record_id, person_id in session.execute(rows.execution_options(**_EVERYTHING)):
        named[record_id].add(person_id)
    stranded = sum(
        1
        for record_id, person_id, mission_id in requests
        if _grantors(before, named[record_id], person_id, mission_id)
        and not _grantors(after, named[record_id], person_id, mission_id)
    )
    if stranded:
        raise Refused(Problem("grantors-needed", "roles", {"count": stranded, "needed": 1}))


def _grantors(people: People, named: set[str], asker: str, mission_id: str | None) -> set[str]:
    """Who can grant a request: case officers with access, and where there are none those who clear; never the asker."""
    officers, clearers = (_having(people, role, mission_id) for role in (Role.CASE_OFFICER, Role.CLEARER))
    return (officers & named or clearers) - {asker}


def _having(people: People, role: Role, mission_id: str | None) -> set[str]:
    """Who has a role at a mission, or at any."""
    return {person_id for person_id, given in people.items() if role in roles_at(given, mission_id)}


def _in_database(session: WorkspaceSession) -> People:
    rows = (
        select(PersonRole.person_id, PersonRole.role, PersonRole.mission_id)
        .join(PersonRole.person)
        .where(Person.active, ~Person.sample)
        .execution_options(**_EVERYTHING)
    )
    found: dict[str, set[GivenRole]] = {}
    for person_id, role, mission_id in session.execute(rows):
        found.setdefault(person_id, set()).add((role, mission_id))
    return {person_id: frozenset(given) for person_id, given in found.items()}


def _in_session(session: WorkspaceSession) -> People:
    """The same as this session is about to leave it."""
    loaded = select(Person).options(selectinload(Person.role_rows)).execution_options(**_EVERYTHING)
    return dict(_roles_left(session, session.scalars(loaded)))


def _roles_left(session: WorkspaceSession, persons: Iterable[Person]) -> Iterator[tuple[str, frozenset[GivenRole]]]:
    for person in persons:
        if person.active and not person.sample and person not in session.deleted:
            left = (one.given for one in person.role_rows if one not in session.deleted)
            yield person.id, frozenset(left)
