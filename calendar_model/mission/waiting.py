"""What waits for somebody: what they owe, and whose word is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.store.models import FollowUp, Statement

AHEAD = timedelta(days=14)
"""How far ahead what is due is counted."""


@dataclass(frozen=True)
class Waiting:
    """Counts, for one person: follow-ups late and due soon, statements that wait for their word, own ones due soon."""

    late: int
    soon: int
    for_word: int
    due: int


def waiting(session: Session, person_id: str, today: date) -> Waiting:
    """What waits for this person on ``today``, as far as the session's reader sees."""

    def follow_ups(when: ColumnElement[bool]) -> int:
        mine = select(func.count(FollowUp.id)).where(FollowUp.owner_id == person_id, FollowUp.done_on.is_(None))
        return session.scalar(mine.where(when)) or 0

    def statements(which: ColumnElement[bool]) -> int:
        unsaid = select(func.count(Statement.id)).where(Statement.state.in_(BEFORE_DELIVERY))
        return session.scalar(unsaid.where(which)) or 0

    return Waiting(
        late=follow_ups(FollowUp.due < today),
        soon=follow_ups(FollowUp.due.between(today, today + AHEAD)),
        for_word=statements(Statement.waiting_for_id == person_id),
        due=statements((Statement.owner_id == person_id) & (Statement.due <= today + AHEAD)),
    )
