"""Undo: take back what one has just written, such as a deletion or a step of a statement.

:mod:`calendar_model.access.undoing` decides what can be taken back, by whom and for how long.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.undoing import COUNTED, lines_to_undo
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.history import CREATE, DELETE, mapper_of, row_from_plain
from calendar_model.store.models import Change, Record, RecordLink
from calendar_model.store.session import WorkspaceSession

REASON = "Undone"
"""The reason in the history; English, as all that is stored."""


@dataclass(frozen=True)
class Undoable:
    """What a command has written, to be given to :func:`undo`: the numbers of its lines in the history."""

    changes: tuple[int, ...]


def undoable(session: WorkspaceSession) -> Undoable:
    """What a session has written, once its unit of work has ended."""
    return Undoable(tuple(session.changes))


def latest(viewer: Viewer, record_id: str) -> Undoable:
    """What the viewer has last written about a record, with all that was written in the same unit of work."""
    mine = select(Change.number, Change.at).where(Change.person_id == viewer.person_id)
    with reading(viewer) as session:
        last = session.execute(
            mine.where(Change.record_id == record_id).order_by(Change.number.desc()).limit(1)
        ).first()
        if last is None:
            return Undoable(())
        # The lines of one flush have one instant.
        together = mine.where(Change.at == last.at).order_by(Change.number)
        return Undoable(tuple(session.scalars(together)))


def can_undo(viewer: Viewer, done: Undoable) -> bool:
    """Whether the viewer can still take this back."""
    with reading(viewer) as session:
        try:
            lines_to_undo(session, done.changes, viewer.person_id)
        except Refused:
            return False
    return True


def undo(viewer: Viewer, done: Undoable, workspace: Workspace | None = None) -> None:
    """Take back what the viewer has just written, all of it.

    A record comes back under its identifier, with all that belonged to it. Raises Refused if it is too late, if
    something about it was written since, or if it cannot be taken back, such as the erasure of an identity.
    """
    with writing(viewer, REASON, workspace) as session, session.no_autoflush:
        session.undoes = frozenset(done.changes)
        # The last first: a row that points at another was deleted before it, and comes back after it.
        for line in reversed(lines_to_undo(session, session.undoes, viewer.person_id)):
            _take_back(session, line)
        _check_linked_records(session)


def _take_back(session: WorkspaceSession, line: Change) -> None:
    table, before = line.table_now, json.loads(line.before)
    if line.action == DELETE:
        session.add(row_from_plain(table, before))
        return
    row = session.get(mapper_of(table).class_, line.row_id)
    if row is None:
        raise Refused(Problem("undo-changed-since"))
    if line.action == CREATE:
        session.delete(row)
        return
    then = row_from_plain(table, before)
    for name in before.keys() - COUNTED:
        setattr(row, name, getattr(then, name))


def _check_linked_records(session: WorkspaceSession) -> None:
    """Refuse links that would come back to a record that another person has deleted meanwhile."""
    back = {row.id for row in session.new if isinstance(row, Record)}
    links = [row for row in session.new if isinstance(row, RecordLink)]
    others = {end for link in links for end in (link.record_id, link.other_id)} - back
    found = select(Record.id).where(Record.id.in_(others)).execution_options(everything=True)
    if others - set(session.scalars(found)):
        raise Refused(Problem("undo-changed-since"))
