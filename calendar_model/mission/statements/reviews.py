"""Overrides as a debt: what was said under one is reviewed afterwards by a person who neither wrote it nor asked.

A confirmed override is a debt from its confirmation on, as long as the text for which it was requested is the newest
and the statement is not dropped. It is paid by one review, once the step that it allowed has been taken: for clearance
that is the delivery, for closing the end of the follow-up. The reviewer can clear statements, has written no version
of the text, has requested none of its overrides, and can read every record that the statement is linked to. Who
confirmed the override may review it: a mission can have no third person.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements.workflow import DROPPED, FOLLOWED_UP
from calendar_model.store.database import Workspace
from calendar_model.store.models import Override, OverrideReview, Statement, Version
from calendar_model.terms import AFTER_DELIVERY, StatementState, Step


class OverrideStanding(StrEnum):
    """How it stands with a requested override; the second and the third are debts."""

    REQUESTED = "requested"
    IN_FORCE = "in-force"
    TO_REVIEW = "to-review"
    REVIEWED = "reviewed"
    NOT_USED = "not-used"


REVIEWED_IN = {Step.CLEAR: AFTER_DELIVERY, Step.CLOSE: frozenset({FOLLOWED_UP})}
"""The states of a statement in which what an override allowed has been done, and can be reviewed."""


@dataclass(frozen=True)
class OverrideDebt:
    """A confirmed override that nobody has reviewed yet.

    ``involved``: who has written a version of the text or requested an override of it. ``can_be_reviewed``: the step
    that it allowed has been taken.
    """

    override_id: str
    statement_id: str
    title: str
    step: Step
    version_number: int
    state: StatementState
    mission_id: str | None
    sample: bool
    involved: frozenset[str]

    @property
    def can_be_reviewed(self) -> bool:
        """Whether what the override allowed has been done."""
        return self.state in REVIEWED_IN[self.step]

    def awaits(self, person_id: str) -> bool:
        """Whether it can be reviewed, and by this person, if they can clear statements."""
        return self.can_be_reviewed and person_id not in self.involved


def unreviewed_overrides(
    session: Session, ids: Collection[str] | None = None, *, everything: bool = False
) -> list[OverrideDebt]:
    """The debts of these statements, or of all that the reader can see, the oldest first.

    ``everything``: also of statements that the reader cannot see, for rules alone.
    """
    options = {"everything": everything}
    owed = (
        select(Override.id, Override.step, Override.version_number, Statement)
        .join(Statement, Statement.id == Override.statement_id)
        .where(Override.confirms_id.is_(None), _is_confirmed(), _is_of_newest_text(), ~_is_reviewed())
        .where(Statement.state != DROPPED)
        .order_by(Override.at, Override.id)
    )
    if ids is not None:
        owed = owed.where(Override.statement_id.in_(ids))
    rows = session.execute(owed.execution_options(**options)).all()
    involved: dict[str, set[str]] = {statement.id: set() for *_columns, statement in rows}
    for kind, person in ((Version, Version.written_by_id), (Override, Override.person_id)):
        asked = select(kind.statement_id, person).where(kind.statement_id.in_(involved))
        if kind is Override:
            asked = asked.where(Override.confirms_id.is_(None))
        for statement_id, person_id in session.execute(asked.execution_options(**options)):
            involved[statement_id].add(person_id)
    return [
        OverrideDebt(
            id_, one.id, one.title, step, number, one.state, one.mission_id, one.sample, frozenset(involved[one.id])
        )
        for id_, step, number, one in rows
    ]


def override_debts(viewer: Viewer, workspace: Workspace | None = None) -> list[OverrideDebt]:
    """The :func:`unreviewed_overrides` of all statements that the viewer can see."""
    with reading(viewer, workspace) as session:
        return unreviewed_overrides(session)


def standing_of(statement: Statement, asked: Override) -> OverrideStanding:
    """How it stands with an override requested for a statement that was read with its versions and overrides."""
    newest = max((version.number for version in statement.versions), default=0)
    if any(review.override_id == asked.id for review in statement.override_reviews):
        return OverrideStanding.REVIEWED
    if asked.version_number != newest or statement.state is DROPPED:
        return OverrideStanding.NOT_USED
    is_done = statement.state in REVIEWED_IN[asked.step]
    if any(one.confirms_id == asked.id for one in statement.overrides):
        return OverrideStanding.TO_REVIEW if is_done else OverrideStanding.IN_FORCE
    return OverrideStanding.NOT_USED if is_done else OverrideStanding.REQUESTED


def _is_confirmed() -> ColumnElement[bool]:
    confirming = aliased(Override)
    return select(confirming.id).where(confirming.confirms_id == Override.id).exists()


def _is_reviewed() -> ColumnElement[bool]:
    return select(OverrideReview.id).where(OverrideReview.override_id == Override.id).exists()


def _is_of_newest_text() -> ColumnElement[bool]:
    newest = select(func.max(Version.number)).where(Version.statement_id == Override.statement_id).scalar_subquery()
    return Override.version_number == newest
