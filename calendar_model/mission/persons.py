"""Checks, commands and queries for the list of persons: their names, their roles, and groups that give roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from calendar_model.access.permissions import OPERATOR, Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import (
    FIRST_PERSON_ROLES,
    OF_THE_INSTALLATION,
    Operation,
    Subject,
    missing_role,
    roles_for,
)
from calendar_model.access.unit_of_work import load_for_update, reading
from calendar_model.clock import now
from calendar_model.mission import staffing
from calendar_model.mission.checks import Checks, given_to, is_changed
from calendar_model.mission.missions import must_be_offered
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import USUAL_ROLES, Base, Change, Person, PersonRole, RoleGroup
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import GivenRole, Role, RoleSource
from calendar_model.wording import comparable_name

_EVERYTHING = {"everything": True}


def _check_name(session: WorkspaceSession, person: Person) -> None:
    """Refuse a second person with the same name, because colleagues and the history identify persons by name."""
    if not (is_changed(person, "name") or is_changed(person, "active")):
        return
    kept = select(Person.id, Person.name).execution_options(everything=True)
    names = {row.id: row.name for row in session.execute(kept)}
    for one in (*session.new, *session.dirty):
        if isinstance(one, Person) and one is not person:
            names[one.id or str(id(one))] = one.name
    if person.id:
        names.pop(person.id, None)
    if comparable_name(person.name) in map(comparable_name, names.values()):
        raise Refused(Problem("name-taken", "name", {"name": person.name.strip()}))


def _check_home(session: WorkspaceSession, person: Person) -> None:
    if is_changed(person, "mission_id"):
        must_be_offered(session, person.mission_id)


def _check_changed(session: WorkspaceSession, person: Person) -> None:
    _check_home(session, person)
    if is_changed(person, "active") or is_changed(person, "roles_changed_at"):
        staffing.check(session)


def _check_role(_session: WorkspaceSession, given: PersonRole | RoleGroup) -> None:
    """Refuse an administrator or auditor of one mission: they are so for the whole installation."""
    if given.mission_id is not None and given.role in OF_THE_INSTALLATION:
        raise Refused(Problem("role-of-installation", "roles", {"role": given.role}))


def _check_role_offered(session: WorkspaceSession, given: PersonRole | RoleGroup) -> None:
    must_be_offered(session, given.mission_id)


def _check_role_given_up(session: WorkspaceSession, _given: PersonRole) -> None:
    staffing.check(session)


CHECKS: Mapping[type[Base], Checks] = {
    Person: Checks(written=_check_name, new=_check_home, changed=_check_changed),
    PersonRole: Checks(
        written=_check_role, new=_check_role_offered, changed=_check_role_given_up, deleted=_check_role_given_up
    ),
    RoleGroup: Checks(written=_check_role, new=_check_role_offered),
}


# --- Roles


def roles_of(viewer: Viewer, workspace: Workspace | None = None) -> frozenset[GivenRole]:
    """The roles of a viewer, each with its mission; none for a person who is not active, and for no person."""
    if not viewer.person_id:
        return frozenset()
    with reading(viewer, workspace) as session:
        return given_to(session, viewer.person_id)


# --- Who administers


def is_open(workspace: Workspace | None = None) -> bool:
    """Whether the workspace has no active administrator yet: then anybody manages users and roles."""
    with reading(OPERATOR, workspace) as session:
        return not _active_administrators(session)


def administers(viewer: Viewer, workspace: Workspace | None = None) -> bool:
    """Whether a viewer manages users, roles and sample data: an administrator, or anybody while none is active."""
    with reading(OPERATOR, workspace) as session:
        administrators = _active_administrators(session)
        return viewer.is_operator or not administrators or viewer.person_id in administrators


def must_administer(viewer: Viewer, subject: Subject, action: Operation, workspace: Workspace | None = None) -> None:
    """Raise Refused for a viewer who does not administer the workspace."""
    if not administers(viewer, workspace):
        raise Refused(missing_role(subject, action))


def _active_administrators(session: WorkspaceSession) -> set[str]:
    given = select(PersonRole.person_id).join(PersonRole.person).where(PersonRole.role == Role.ADMINISTRATOR)
    return set(session.scalars(given.where(Person.active, ~Person.sample).execution_options(**_EVERYTHING)))


# --- Commands


def add_person(viewer: Viewer, values: Mapping[str, Any], workspace: Workspace | None = None) -> str:
    """Add a person and return their identifier; ``viewer`` can be anonymous, for the first person.

    ``values`` are columns of a person, and ``roles``. The first person of a workspace has all roles that write, and
    administers it, unless roles are given. Raises Refused for a missing name, or one that another person has, and
    where the viewer does not administer the workspace.
    """
    return save(viewer, Person, {"roles": roles_of_new(workspace), **values}, workspace=workspace)


def roles_of_new(workspace: Workspace | None = None) -> frozenset[Role]:
    """The roles that the next person has if nothing else is said."""
    with reading(OPERATOR, workspace) as session:
        real = select(Person.id).where(~Person.sample).limit(1).execution_options(**_EVERYTHING)
        return FIRST_PERSON_ROLES if session.scalar(real) is None else USUAL_ROLES


def change_person(
    viewer: Viewer, person_id: str, seen: int, values: Mapping[str, Any], workspace: Workspace | None = None
) -> None:
    """Change the ``seen`` version of a person. Raises Refused as :func:`add_person` does, and EditConflict."""
    save(viewer, Person, values, record_id=person_id, seen=seen, workspace=workspace)


def change_roles(
    viewer: Viewer,
    person_id: str,
    *,
    give: Iterable[Role] = (),
    take: Iterable[Role] = (),
    mission_id: str | None = None,
    reason: str = "",
    workspace: Workspace | None = None,
) -> frozenset[Role]:
    """Give a person roles and take others from them, at a mission or at all of them; return all that they then have.

    A role that is taken at all missions is taken at each of them. Raises Refused.
    """
    with writing(viewer, reason, workspace) as session, session.no_autoflush:
        person, taken = _load_person(session, person_id), frozenset(take)
        kept = {one for one in person.given if not (one[0] in taken and mission_id in (None, one[1]))}
        person.given = kept | {(role, mission_id) for role in frozenset(give) - taken}
        return person.roles


def apply_groups(person_id: str, groups: Iterable[str], workspace: Workspace | None = None) -> frozenset[Role]:
    """Give a person the roles of their groups at the sign-in; return all roles that they then have.

    Roles from groups that they have left are taken; those given by hand stay, and the last active administrator stays
    one. Nobody gets a role from a group of which they said themselves that it gives it: a second administrator does
    that. Writes only what changes. Raises Refused for an unknown person.
    """
    groups = list(groups)
    try:
        return _apply_groups(person_id, groups, frozenset(), workspace)
    except Refused as refused:
        if [problem.code for problem in refused.problems] != ["last-administrator"]:
            raise
        return _apply_groups(person_id, groups, frozenset({Role.ADMINISTRATOR}), workspace)


def _apply_groups(
    person_id: str, groups: Iterable[str], also: frozenset[Role], workspace: Workspace | None
) -> frozenset[Role]:
    with writing(OPERATOR, "Roles from the groups of the sign-in.", workspace) as session, session.no_autoflush:
        person = _load_person(session, person_id)
        mapping = session.scalars(select(RoleGroup)).all()
        own = _written_by(session, person_id, RoleGroup)
        wanted = roles_for(groups, [(one.name, one.given) for one in mapping]) | {(role, None) for role in also}
        offered = roles_for(groups, [(one.name, one.given) for one in mapping if one.id not in own])
        kept = [one for one in person.role_rows if one.given in wanted or one.source is RoleSource.HAND]
        missing = sorted(offered - {one.given for one in kept}, key=lambda given: (given[0], given[1] or ""))
        added = [PersonRole(role=role, mission_id=at, source=RoleSource.GROUP) for role, at in missing]
        if added or len(kept) < len(person.role_rows):
            person.role_rows = [*kept, *added]
            person.roles_changed_at = now()
        return person.roles


def _written_by(session: WorkspaceSession, person_id: str, kind: type[Base]) -> set[str]:
    """The rows of a kind, by identifier, that a person has written."""
    lines = select(Change.row_id).where(Change.table == kind.__tablename__, Change.person_id == person_id)
    return set(session.scalars(lines.execution_options(**_EVERYTHING)))


def _load_person(session: WorkspaceSession, person_id: str) -> Person:
    found = select(Person).where(Person.id == person_id).options(joinedload(Person.role_rows))
    person = session.scalars(found).unique().one_or_none()
    if person is None:
        raise Refused(Problem("person-unknown", "person", {"person": person_id}))
    return load_for_update(session, Person, person.id, person.version)


# --- Groups


class GroupRole(NamedTuple):
    """A group of the sign-in with a role that it gives, at a mission or at all of them."""

    name: str
    role: Role
    mission_id: str | None = None


def role_groups(workspace: Workspace | None = None) -> list[GroupRole]:
    """The groups of the sign-in that give roles, by name, each with a role."""
    with reading(OPERATOR, workspace) as session:
        rows = session.scalars(select(RoleGroup).order_by(RoleGroup.name, RoleGroup.role, RoleGroup.mission_id))
        return [GroupRole(one.name, one.role, one.mission_id) for one in rows]


def set_role_groups(
    viewer: Viewer, mapping: Iterable[GroupRole | tuple[str, Role]], workspace: Workspace | None = None
) -> None:
    """Replace the groups that give roles. They count from each person's next sign-in. Raises Refused."""
    wanted = {GroupRole(name.strip(), Role(role), *at) for name, role, *at in mapping}
    with writing(viewer, workspace=workspace) as session:
        known = {GroupRole(one.name, one.role, one.mission_id): one for one in session.scalars(select(RoleGroup))}
        for group, row in known.items():
            if group not in wanted:
                session.delete(row)
        added = sorted(wanted - known.keys(), key=lambda one: (one.name, one.role, one.mission_id or ""))
        session.add_all(RoleGroup(**one._asdict()) for one in added)
