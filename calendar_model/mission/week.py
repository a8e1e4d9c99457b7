"""The mission's own work in one week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model.mission.dossier import LinkedStatement
from calendar_model.mission.links import linked_records
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.store.models import Contact, Engagement, FollowUp, Statement
from calendar_model.terms import RecordKind


@dataclass(frozen=True)
class Week:
    """The mission's own work in a week.

    ``with_whom`` has the contacts of the engagements by the engagement's id. ``statements`` are due and not delivered
    yet, or were delivered in it; their next state is left open. ``follow_ups`` are open, and due by its end or late.
    """

    engagements: Sequence[Engagement]
    with_whom: Mapping[str, Sequence[Contact]]
    statements: Sequence[LinkedStatement]
    follow_ups: Sequence[FollowUp]


def week(session: Session, first: date, last: date) -> Week:
    """Return the mission's work from ``first`` to ``last``, both inclusive, as the reader may see it."""
    engagements = session.scalars(
        select(Engagement)
        .where(Engagement.on.between(first, last))
        .order_by(Engagement.on, Engagement.title, Engagement.id)
    ).all()
    statements = session.scalars(
        select(Statement)
        .where(
            (Statement.due.between(first, last) & Statement.state.in_(BEFORE_DELIVERY))
            | Statement.delivered_on.between(first, last)
        )
        .options(selectinload(Statement.owner), selectinload(Statement.waiting_for), selectinload(Statement.versions))
        .order_by(Statement.due, Statement.title, Statement.id)
    ).all()
    follow_ups = session.scalars(
        select(FollowUp)
        .where(FollowUp.due <= last, FollowUp.done_on.is_(None))
        .options(selectinload(FollowUp.owner), selectinload(FollowUp.record))
        .order_by(FollowUp.due, FollowUp.what, FollowUp.id)
    ).all()
    with_whom = linked_records(session, RecordKind.CONTACT, [one.id for one in engagements])
    texts = [LinkedStatement(one, one.versions[-1].number if one.versions else 0, None, ()) for one in statements]
    return Week(engagements, with_whom, texts, follow_ups)
