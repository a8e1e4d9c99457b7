"""The open tasks of a person: their follow-ups, and the statements that they own or must reply to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.store.models import FollowUp, Statement

AHEAD = timedelta(days=14)
"""How far ahead due tasks are counted."""


@dataclass(frozen=True)
class OpenTasks:
    """Counts of a person's follow-ups and statements that are late, due soon, or await their clearance or reply."""

    late_follow_ups: int
    follow_ups_soon: int
    statements_awaiting_reply: int
    statements_soon: int


def open_tasks(viewer: Viewer, today: date) -> OpenTasks:
    """Return the viewer's open tasks as of ``today``."""
    with reading(viewer) as session:

        def follow_ups(when: ColumnElement[bool]) -> int:
            mine = select(func.count(FollowUp.id)).where(
                FollowUp.owner_id == viewer.person_id, FollowUp.done_on.is_(None)
            )
            return session.scalar(mine.where(when)) or 0

        def statements(which: ColumnElement[bool]) -> int:
            undelivered = select(func.count(Statement.id)).where(Statement.state.in_(BEFORE_DELIVERY))
            return session.scalar(undelivered.where(which)) or 0

        return OpenTasks(
            late_follow_ups=follow_ups(FollowUp.due < today),
            follow_ups_soon=follow_ups(FollowUp.due.between(today, today + AHEAD)),
            statements_awaiting_reply=statements(Statement.waiting_for_id == viewer.person_id),
            statements_soon=statements((Statement.owner_id == viewer.person_id) & (Statement.due <= today + AHEAD)),
        )
