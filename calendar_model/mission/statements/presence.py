"""Who is looking at a statement right now, and who types in it.

Kept in the database, so that all dashboards know. Without history, because looking changes nothing: no cache is
emptied. Who may not see the statement does not see either who is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import Subject
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import Checks, goes_with_record, has_left, must_read_within
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Base, Person, Presence, Statement
from calendar_model.store.session import WorkspaceSession

EVERY = timedelta(seconds=20)
"""How often a person's presence is noted at most."""
GONE_AFTER = timedelta(seconds=60)
"""After how long without a note a person counts as gone."""


def _check_own(session: WorkspaceSession, row: Presence) -> None:
    if row.person_id != session.actor:
        raise Refused(Problem("presence-of-another"))
    statement = session.get(Statement, row.statement_id)
    if statement is None:
        raise Refused(Problem("record-gone"))
    must_read_within(session, statement, Subject.PRESENCE)


def _check_gone(session: WorkspaceSession, row: Presence) -> None:
    if not goes_with_record(session, row.statement_id) and not has_left(session, row.person_id):
        _check_own(session, row)


CHECKS: Mapping[type[Base], Checks] = {Presence: Checks(written=_check_own, deleted=_check_gone)}


@dataclass(frozen=True)
class Here:
    """A person who is at a statement; ``typing``: they have typed in it just now."""

    person_id: str
    name: str
    typing: bool


def note_presence(
    viewer: Viewer, statement_id: str, *, typing: bool = False, workspace: Workspace | None = None
) -> None:
    """Note that the viewer looks at a statement, at most once in :data:`EVERY`; their notes elsewhere that are old go.

    Raises :class:`~calendar_model.store.database.WorkspaceError`, and Refused for a viewer who may not see it.
    """
    mine = select(Presence).where(Presence.person_id == viewer.person_id)
    with reading(viewer, workspace) as session:
        known = session.scalars(mine.where(Presence.statement_id == statement_id)).first()
        # A clock that was set back must not keep a person from being seen.
        if known is not None and timedelta() <= clock.now() - known.at < EVERY:
            return
    with writing(viewer, workspace=workspace) as changing:
        there = {one.statement_id: one for one in changing.scalars(mine)}
        for other in there.values():
            if other.statement_id != statement_id and clock.now() - other.at > GONE_AFTER:
                changing.delete(other)
        row = there.get(statement_id)
        if row is None:
            changing.add(row := Presence(statement_id=statement_id, person_id=viewer.person_id))
        row.at, row.typing = clock.now(), typing


def who_is_here(viewer: Viewer, statement_id: str) -> list[Here]:
    """The others who are at a statement now, by name; nobody for a viewer who may not see it."""
    now = clock.now()
    rows = (
        select(Person.id, Person.name, Presence.typing)
        .join(Presence, Presence.person_id == Person.id)
        .where(
            Presence.statement_id == statement_id,
            Presence.person_id != viewer.person_id,
            Presence.at > now - GONE_AFTER,
            Presence.at <= now + GONE_AFTER,
        )
        .order_by(Person.name)
    )
    with reading(viewer) as session:
        return [Here(row.id, row.name, row.typing) for row in session.execute(rows)]
