"""Missions that share an installation: who adds them, and to which of them records belong.

Without missions nothing differs between one role and another. Once there are some, a role holds at one of them or at
all, and an internal record belongs to one of them or to all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from calendar_model.access.permissions import ANY_STAFF, OPERATOR, Viewer, staff_of
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import RECORD_READERS
from calendar_model.access.unit_of_work import load_for_update, reading
from calendar_model.mission.checks import Checks, is_changed
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Base, Mission, Person, PersonRole, new_id
from calendar_model.store.session import WorkspaceSession
from calendar_model.wording import comparable_name

_EVERYTHING = {"everything": True}


# --- Checks


def _check_name(session: WorkspaceSession, mission: Mission) -> None:
    """Refuse a second mission of the same name, because people tell missions apart by their names."""
    if not is_changed(mission, "name"):
        return
    kept = select(Mission.id, Mission.name).execution_options(**_EVERYTHING)
    names = {row.id: row.name for row in session.execute(kept) if row.id != mission.id}
    names |= {
        one.id or str(id(one)): one.name for one in session.new if isinstance(one, Mission) and one is not mission
    }
    if comparable_name(mission.name) in map(comparable_name, names.values()):
        raise Refused(Problem("mission-name-taken", "name", {"name": mission.name.strip()}))


def _refuse_deletion(_session: WorkspaceSession, _mission: Mission) -> None:
    raise Refused(Problem("mission-deleted"))


CHECKS: Mapping[type[Base], Checks] = {Mission: Checks(written=_check_name, deleted=_refuse_deletion)}


def must_be_offered(session: Session, mission_id: str | None) -> None:
    """Raise Refused for a mission that there is not, or that is retired; None stands for all missions."""
    mission = session.get(Mission, mission_id, execution_options=_EVERYTHING) if mission_id else None
    if mission_id is not None and (mission is None or not mission.active):
        raise Refused(Problem("mission-not-offered", "mission_id"))


# --- Queries


def mission_named(name: str, workspace: Workspace | None = None) -> Mission:
    """The mission of this name or identifier. Raises Refused if there is none."""
    for mission in missions(OPERATOR, workspace):
        if name == mission.id or comparable_name(name) == comparable_name(mission.name):
            return mission
    raise Refused(Problem("mission-unknown", "mission_id", {"name": name}))


def missions(viewer: Viewer, workspace: Workspace | None = None) -> list[Mission]:
    """All missions by name, the retired ones last; none for a viewer who is not of the staff."""
    with reading(viewer, workspace) as session:
        return list(session.scalars(select(Mission).order_by(Mission.active.desc(), Mission.name, Mission.id)))


def home_mission(person: Person) -> str | None:
    """The mission to which a person's new records belong: their home or, without one, the only one of their roles."""
    places = {mission_id for _role, mission_id in person.given}
    return person.mission_id or (next(iter(places)) if len(places) == 1 else None)


def missions_read(person_id: str, workspace: Workspace | None = None) -> frozenset[str]:
    """The missions of which a person reads the internal records."""
    theirs = Person.active & (PersonRole.person_id == person_id) & PersonRole.role.in_(sorted(RECORD_READERS))
    at = PersonRole.mission_id.is_(None) | (PersonRole.mission_id == Mission.id)
    role = select(PersonRole.id).join(PersonRole.person).where(theirs, at).correlate(Mission).exists()
    with reading(ANY_STAFF, workspace) as session:
        return frozenset(session.scalars(select(Mission.id).where(role).execution_options(**_EVERYTHING)))


def home_mission_of(viewer: Viewer, workspace: Workspace | None = None) -> str | None:
    """The :func:`home_mission` of a viewer; None for one who is no person."""
    if not viewer.person_id:
        return None
    person = select(Person).where(Person.id == viewer.person_id).options(joinedload(Person.role_rows))
    with reading(ANY_STAFF, workspace) as session:
        found = session.scalars(person).unique().one_or_none()
        return home_mission(found) if found is not None else None


def colleagues_of(viewer: Viewer, workspace: Workspace | None = None) -> Viewer:
    """Who reads a file that a viewer passes on to their own staff: the staff of their home mission."""
    home = home_mission_of(viewer, workspace)
    return staff_of({home} & missions_read(viewer.person_id, workspace)) if home is not None else ANY_STAFF


# --- Commands


def add_mission(viewer: Viewer, name: str, workspace: Workspace | None = None) -> str:
    """Add a mission and return its identifier. Who holds a role until then holds it at all missions.

    Raises Refused for a name that is taken, and for a viewer who does not administer the workspace.
    """
    with writing(viewer, workspace=workspace) as session:
        session.add(mission := Mission(id=new_id(), name=name.strip()))
        return mission.id


def change_mission(
    viewer: Viewer, mission_id: str, seen: int, values: Mapping[str, Any], workspace: Workspace | None = None
) -> None:
    """Rename the ``seen`` version of a mission, or retire it: ``values`` are its columns.

    A retired mission keeps its records and roles; new ones are not made there. Raises Refused as :func:`add_mission`
    does, and EditConflict.
    """
    with writing(viewer, workspace=workspace) as session:
        mission = load_for_update(session, Mission, mission_id, seen)
        for name, value in values.items():
            setattr(mission, name, value)
