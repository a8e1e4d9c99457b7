"""Checks, commands and queries for the list of persons: their names, their roles, and groups that give roles."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from calendar_model.access.permissions import OPERATOR, Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import FIRST_PERSON_ROLES, Operation, Subject, missing_role, roles_for
from calendar_model.access.unit_of_work import load_for_update, reading
from calendar_model.clock import now
from calendar_model.mission import staffing
from calendar_model.mission.checks import Checks, is_changed
from calendar_model.mission.transactions import save, writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import USUAL_ROLES, Base, Person, PersonRole, RoleGroup
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import Role, RoleSource

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
    if _comparable_name(person.name) in {_comparable_name(name) for name in names.values()}:
        raise Refused(Problem("name-taken", "name", {"name": person.name.strip()}))


def _comparable_name(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _check_changed(session: WorkspaceSession, person: Person) -> None:
    if is_changed(person, "active") or is_changed(person, "roles_changed_at"):
        staffing.check(session)


def _check_role_given_up(session: WorkspaceSession, _given: PersonRole) -> None:
    staffing.check(session)


CHECKS: Mapping[type[Base], Checks] = {
    Person: Checks(written=_check_name, changed=_check_changed),
    PersonRole: Checks(deleted=_check_role_given_up),
}


# --- Roles


def roles_of(viewer: Viewer, workspace: Workspace | None = None) -> frozenset[Role]:
    """The roles of a viewer; none for a person who is not active, and for no person."""
    if not viewer.person_id:
        return frozenset()
    given = select(PersonRole.role).join(PersonRole.person).where(PersonRole.person_id == viewer.person_id)
    with reading(viewer, workspace) as session:
        return frozenset(session.scalars(given.where(Person.active).execution_options(**_EVERYTHING)))


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
    reason: str = "",
    workspace: Workspace | None = None,
) -> frozenset[Role]:
    """Give a person roles and take others from them; return those that they then have. Raises Refused."""
    with writing(viewer, reason, workspace) as session, session.no_autoflush:
        person = _load_person(session, person_id)
        person.roles = (person.roles | frozenset(give)) - frozenset(take)
        return person.roles


def apply_groups(person_id: str, groups: Iterable[str], workspace: Workspace | None = None) -> frozenset[Role]:
    """Give a person the roles of their groups at the sign-in; return all roles that they then have.

    Roles from groups that they have left are taken; those given by hand stay, and the last active administrator stays
    one. Writes only what changes. Raises Refused for an unknown person.
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
        mapping = session.execute(select(RoleGroup.name, RoleGroup.role)).all()
        wanted = also | roles_for(groups, [(row.name, row.role) for row in mapping])
        by_hand = {one.role for one in person.role_rows if one.source is RoleSource.HAND}
        kept = [one for one in person.role_rows if one.role in wanted or one.role in by_hand]
        known = {one.role for one in kept}
        added = [PersonRole(role=role, source=RoleSource.GROUP) for role in sorted(wanted - known)]
        if added or len(kept) < len(person.role_rows):
            person.role_rows = [*kept, *added]
            person.roles_changed_at = now()
        return person.roles


def _load_person(session: WorkspaceSession, person_id: str) -> Person:
    found = select(Person).where(Person.id == person_id).options(joinedload(Person.role_rows))
    person = session.scalars(found).unique().one_or_none()
    if person is None:
        raise Refused(Problem("person-unknown", "person", {"person": person_id}))
    return load_for_update(session, Person, person.id, person.version)


# --- Groups


def role_groups(workspace: Workspace | None = None) -> list[tuple[str, Role]]:
    """The groups of the sign-in that give roles, by name, each with a role."""
    with reading(OPERATOR, workspace) as session:
        found = session.execute(select(RoleGroup.name, RoleGroup.role).order_by(RoleGroup.name, RoleGroup.role))
        return [(row.name, row.role) for row in found]


def set_role_groups(viewer: Viewer, mapping: Iterable[tuple[str, Role]], workspace: Workspace | None = None) -> None:
    """Replace the groups that give roles. They count from each person's next sign-in. Raises Refused."""
    wanted = {(name.strip(), Role(role)) for name, role in mapping}
    with writing(viewer, workspace=workspace) as session:
        known = {(one.name, one.role): one for one in session.scalars(select(RoleGroup))}
        for pair, row in known.items():
            if pair not in wanted:
                session.delete(row)
        session.add_all(RoleGroup(name=name, role=role) for name, role in sorted(wanted - known.keys()))
