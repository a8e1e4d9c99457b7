"""Followed calendars: their checks, and who follows which.

The scheduler and the command line have no user; they read each calendar as the person who follows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import Checks, has_left, is_changed, must_be_actor
from calendar_model.store.database import Workspace
from calendar_model.store.models import Base, Person, RemoteCalendar, RemoteVisit
from calendar_model.store.session import WorkspaceSession
from calendar_model.vocabulary import Sensitivity


def _check_new(session: WorkspaceSession, row: RemoteCalendar) -> None:
    must_be_actor(session, row.person_id)
    if row.sensitivity is Sensitivity.RESTRICTED:
        raise Refused(Problem("calendar-restricted"))


def _check_changed(session: WorkspaceSession, row: RemoteCalendar) -> None:
    if is_changed(row, "person_id"):
        raise Refused(Problem("calendar-handed-over"))
    _check_new(session, row)


def _check_deleted(session: WorkspaceSession, row: RemoteCalendar) -> None:
    if not has_left(session, row.person_id):
        must_be_actor(session, row.person_id)


CHECKS: Mapping[type[Base], Checks] = {
    RemoteCalendar: Checks(new=_check_new, changed=_check_changed, deleted=_check_deleted)
}


@dataclass(frozen=True)
class FollowedCalendar:
    """A calendar that a person follows, without its address, which may be a secret.

    ``every_hours`` is 0 if it is read only by hand; ``asked_at`` (UTC) is when it was last read.
    """

    remote_id: str
    person_id: str
    every_hours: int
    asked_at: datetime | None


def list_followed_calendars(workspace: Workspace | None = None) -> tuple[FollowedCalendar, ...]:
    """The calendars that active persons follow, by identifier."""
    asked = (
        select(
            RemoteCalendar.id.label("remote_id"),
            RemoteCalendar.person_id,
            RemoteCalendar.every_hours,
            RemoteVisit.asked_at,
        )
        .join(Person, Person.id == RemoteCalendar.person_id)
        .outerjoin(RemoteVisit, RemoteVisit.id == RemoteCalendar.id)
        .where(Person.active)
        .order_by(RemoteCalendar.id)
    )
    # Of all persons: each row names the person as whom its calendar is read.
    with reading(ANONYMOUS, workspace) as session:
        rows = session.execute(asked.execution_options(everything=True)).all()
    return tuple(FollowedCalendar(**row._mapping) for row in rows)
