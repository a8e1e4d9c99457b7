"""Visits of persons: lists mark as new what has changed since the last one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import Checks, must_be_actor
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Base, LastVisit
from calendar_model.store.session import WorkspaceSession


def _check_own(session: WorkspaceSession, visit: LastVisit) -> None:
    must_be_actor(session, visit.id)


CHECKS: Mapping[type[Base], Checks] = {LastVisit: Checks(written=_check_own)}


# --- Commands


def record_visit(viewer: Viewer, today: date, workspace: Workspace | None = None) -> date | None:
    """Record a visit ``today``; return the day of the viewer's previous visit, None on the first or without a person.

    Writes the first time on each day only. Raises :class:`~calendar_model.store.database.WorkspaceError`, and Refused
    for a person who is no longer active.
    """
    if not viewer.person_id:
        return None
    with reading(viewer, workspace) as session:
        known = session.get(LastVisit, viewer.person_id)
        if known is not None and known.day >= today:
            return known.before
    with writing(viewer, workspace=workspace) as changing:
        visit = changing.get(LastVisit, viewer.person_id)
        if visit is None:
            changing.add(LastVisit(id=viewer.person_id, day=today, before=None))
            return None
        if visit.day < today:
            visit.before, visit.day = visit.day, today
        return visit.before
