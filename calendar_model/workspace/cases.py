"""Individual cases and reprisals with what is tied to them, as far as the session's reader may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from calendar_model.workspace.records import (
    Access,
    Case,
    Contact,
    Engagement,
    Record,
    Reprisal,
    Statement,
    TieToRecord,
)

R = TypeVar("R", bound=Record)


def cases(session: Session) -> list[Case]:
    """All cases, by code, with those who are named."""
    return list(session.scalars(select(Case).options(*_heads()).order_by(Case.title, Case.id)))


def reprisals(session: Session) -> list[Reprisal]:
    """All allegations of reprisal, the newest first, with those who are named."""
    newest = Reprisal.alleged_on.desc().nulls_last()
    return list(session.scalars(select(Reprisal).options(*_heads()).order_by(newest, Reprisal.title, Reprisal.id)))


def tied(session: Session, kind: type[R], ids: Collection[str]) -> dict[str, list[R]]:
    """The records of a kind that are tied to each of these, whichever of the two was tied to the other; by title."""
    ends = select(TieToRecord.record_id, TieToRecord.other_id).where(
        or_(TieToRecord.record_id.in_(ids), TieToRecord.other_id.in_(ids))
    )
    pairs = {pair for one, other in session.execute(ends) for pair in ((one, other), (other, one)) if pair[0] in ids}
    rows = session.scalars(
        select(kind).where(kind.id.in_({other for _, other in pairs})).order_by(kind.title, kind.id)
    ).all()
    return {id_: [row for row in rows if (id_, row.id) in pairs] for id_ in ids}


@dataclass(frozen=True)
class Around:
    """What is tied to a case or a reprisal, by kind, each by title."""

    statements: list[Statement]
    engagements: list[Engagement]
    contacts: list[Contact]
    cases: list[Case]
    reprisals: list[Reprisal]


def around(session: Session, record_id: str) -> Around:
    """All that is tied to a case or a reprisal."""
    return Around(
        statements=tied(session, Statement, [record_id])[record_id],
        engagements=tied(session, Engagement, [record_id])[record_id],
        contacts=tied(session, Contact, [record_id])[record_id],
        cases=tied(session, Case, [record_id])[record_id],
        reprisals=tied(session, Reprisal, [record_id])[record_id],
    )


def _heads() -> tuple[ExecutableOption, ...]:
    return selectinload(Record.owner), selectinload(Record.named).selectinload(Access.person)
