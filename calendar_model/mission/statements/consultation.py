"""Consultation on a statement: who is asked for their view until when, and what they answer to which version.

Consultees are asked while the statement is in consultation, and answer until it is delivered or dropped. An answer
stays as it was given: one to an older version is shown as such, and a consultee can answer again. The person asked to
clear the statement is none of them; that is ``waiting_for`` of the statement.

A missing answer or an objection keeps nobody from clearing, because a text goes out on the day of the debate whether or
not everyone has replied. It is shown among the checks, with names, for the person who clears to decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import (
    Checks,
    give_access_to,
    goes_with_record,
    is_changed,
    reads_at,
    value_before,
)
from calendar_model.mission.statements.facts import newest_numbers
from calendar_model.mission.statements.workflow import CONSULTATION, WRITABLE
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import Base, Consultee, ConsulteeAnswer, Person, Statement, longest
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import ConsultationAnswer
from calendar_model.vocabulary import Sensitivity

LONGEST_REMARK = longest(ConsulteeAnswer, "remark")
"""Maximum characters of what a consultee adds to the answer."""

EXPLAINED = frozenset({ConsultationAnswer.AGREE_WITH_CHANGES, ConsultationAnswer.OBJECT})
"""The answers that need a remark: which changes, or why."""

_EVERYTHING = {"everything": True}


# --- Checks


def _check_new_consultee(session: WorkspaceSession, row: Consultee) -> None:
    if session.actor:
        _check_asking(session, row)


def _check_changed_consultee(session: WorkspaceSession, row: Consultee) -> None:
    if is_changed(row, "person_id"):
        raise Refused(Problem("consultee-changed"))
    if is_changed(row, "withdrawn_at") and row.withdrawn_at is not None:
        is_otherwise = any(is_changed(row, name) for name in ("asked_at", "asked_by_id", "due"))
        if value_before(row, "withdrawn_at") is not None or is_otherwise:
            raise Refused(Problem("consultee-changed"))
        statement = session.get(Statement, row.statement_id)
        if statement is None:
            raise Refused(Problem("statement-gone"))
        if statement.state not in WRITABLE:
            raise Refused(Problem("consultation-over", values={"state": statement.state}))
        row.withdrawn_at, row.withdrawn_by_id = clock.now(), session.actor
        return
    _check_asking(session, row)


def _check_asking(session: WorkspaceSession, row: Consultee) -> None:
    """Refuse to ask a person who could not answer; asking gives access to a restricted statement."""
    statement = row.statement or session.get(Statement, row.statement_id)
    if statement is None:
        raise Refused(Problem("statement-gone"))
    if statement.state is not CONSULTATION:
        raise Refused(Problem("not-in-consultation"))
    asked = select(Person.active, Person.sample).where(Person.id == row.person_id)
    person = session.execute(asked.execution_options(**_EVERYTHING)).first()
    if person is None or not person.active or (person.sample and not statement.sample):
        raise Refused(Problem("consultee-unknown", "person_id"))
    if statement.sensitivity is Sensitivity.RESTRICTED:
        give_access_to(statement, row.person_id)
    elif not reads_at(session, row.person_id, statement.mission_id):
        raise Refused(Problem("asked-of-other-mission", "person_id"))
    row.asked_by_id, row.asked_at = session.actor, clock.now()
    row.withdrawn_at = row.withdrawn_by_id = None


def _check_consultee_removal(session: WorkspaceSession, row: Consultee) -> None:
    if not goes_with_record(session, row.statement_id):
        raise Refused(Problem("consultee-changed"))


def _problems_of_answer(values: Mapping[str, Any]) -> Sequence[Problem]:
    if values.get("answer") in EXPLAINED and not str(values.get("remark") or "").strip():
        return (Problem("answer-without-remark", "remark"),)
    return ()


def _check_new_answer(session: WorkspaceSession, row: ConsulteeAnswer) -> None:
    """Refuse an answer for another person, and one about a text that is not there."""
    if not session.actor:
        return
    consultee = row.consultee or session.get(Consultee, row.consultee_id)
    statement = session.get(Statement, row.statement_id)
    if statement is None or consultee is None or consultee.statement_id != statement.id:
        raise Refused(Problem("statement-gone"))
    if consultee.person_id != session.actor:
        raise Refused(Problem("answer-for-another"))
    if consultee.withdrawn_at is not None:
        raise Refused(Problem("not-consulted"))
    if statement.state not in WRITABLE:
        raise Refused(Problem("consultation-over", values={"state": statement.state}))
    if not 1 <= row.version_number <= newest_numbers(session, [statement.id])[statement.id]:
        raise Refused(Problem("answer-to-no-text"))
    row.at = clock.now()


def _refuse_change(_session: WorkspaceSession, _row: ConsulteeAnswer) -> None:
    raise Refused(Problem("answer-changed"))


def _check_answer_removal(session: WorkspaceSession, row: ConsulteeAnswer) -> None:
    if not goes_with_record(session, row.statement_id):
        raise Refused(Problem("answer-changed"))


CHECKS: Mapping[type[Base], Checks] = {
    Consultee: Checks(new=_check_new_consultee, changed=_check_changed_consultee, deleted=_check_consultee_removal),
    ConsulteeAnswer: Checks(
        problems=_problems_of_answer, new=_check_new_answer, changed=_refuse_change, deleted=_check_answer_removal
    ),
}


# --- Commands


def ask_consultees(
    viewer: Viewer,
    statement_id: str,
    persons: Collection[str],
    due: date | None = None,
    workspace: Workspace | None = None,
) -> None:
    """Ask these persons for their view of a statement until ``due``; one who was asked before is asked again.

    Raises Refused if none is chosen, the statement is not in consultation, or one of them could not read it.
    """
    with writing(viewer, workspace=workspace) as session:
        statement = session.get(Statement, statement_id)
        if statement is None:
            raise Refused(Problem("statement-gone"))
        if not persons:
            raise Refused(Problem("no-consultees-chosen"))
        add_consultees(statement, persons, due)


def add_consultees(statement: Statement, persons: Iterable[str], due: date | None) -> None:
    """Ask these persons in the unit of work of a statement."""
    known = {one.person_id: one for one in statement.consultees}
    for person in dict.fromkeys(persons):
        if person in known:
            one = known[person]
            one.due, one.asked_at, one.withdrawn_at = due, clock.now(), None
        else:
            statement.consultees.append(Consultee(person_id=person, asked_by_id="", due=due))


def withdraw_consultee(viewer: Viewer, consultee_id: str, workspace: Workspace | None = None) -> None:
    """Ask a consultee no longer; that, and what they have answered, stays on record. Raises Refused if it is so."""
    with writing(viewer, workspace=workspace) as session:
        one = session.get(Consultee, consultee_id)
        if one is None or one.withdrawn_at is not None:
            raise Refused(Problem("not-consulted"))
        one.withdrawn_at = clock.now()


def answer_consultation(
    viewer: Viewer,
    statement_id: str,
    answer: ConsultationAnswer,
    remark: str = "",
    *,
    seen: int,
    workspace: Workspace | None = None,
) -> None:
    """Give the viewer's answer to version ``seen`` of the text, the one that they have read.

    Raises Refused if they are not consulted, or an answer that needs a remark has none.
    """
    with writing(viewer, workspace=workspace) as session:
        mine = select(Consultee).where(Consultee.statement_id == statement_id, Consultee.person_id == viewer.person_id)
        consultee = session.scalars(mine).first()
        if consultee is None:
            raise Refused(Problem("not-consulted"))
        values = {"statement_id": statement_id, "consultee_id": consultee.id, "version_number": seen}
        session.add(ConsulteeAnswer(**values, answer=answer, remark=remark.strip()))


# --- Queries


@dataclass(frozen=True)
class ConsulteeView:
    """A consultee with the newest answer, None if there is none.

    ``is_older``: the answer is to an older version than the newest. ``is_awaited``: an answer is missing, or the person
    was asked again after it.
    """

    id: str
    person_id: str
    name: str
    due: date | None
    asked_by_id: str
    asked_at: datetime
    withdrawn_at: datetime | None
    answer: ConsultationAnswer | None = None
    remark: str = ""
    version: int | None = None
    answered_at: datetime | None = None
    is_older: bool = False
    is_awaited: bool = False

    @property
    def objects(self) -> bool:
        """Whether they object. An objection stands until they answer anew, also once the request is withdrawn."""
        return self.answer is ConsultationAnswer.OBJECT

    @property
    def counts(self) -> bool:
        """Whether they are still asked, or object."""
        return self.withdrawn_at is None or self.objects


def consultees_of(viewer: Viewer, statement_id: str) -> list[ConsulteeView]:
    """The consultees of a statement with their newest answers, in the order in which they were asked."""
    with reading(viewer) as session:
        return _consultees(session, [statement_id])[statement_id]


def _consultees(session: Session, ids: Collection[str]) -> dict[str, list[ConsulteeView]]:
    rows = (
        select(Consultee)
        .where(Consultee.statement_id.in_(ids))
        .order_by(Consultee.asked_at, Consultee.id)
        .options(selectinload(Consultee.answers), selectinload(Consultee.person))
    )
    newest, found = newest_numbers(session, ids), {id_: list[ConsulteeView]() for id_ in ids}
    for row in session.scalars(rows):
        found[row.statement_id].append(_view(row, newest[row.statement_id]))
    return found


def _view(row: Consultee, newest: int) -> ConsulteeView:
    last = row.answers[-1] if row.answers else None
    given: dict[str, Any] = {}
    if last is not None:
        given = {
            "answer": last.answer,
            "remark": last.remark,
            "version": last.version_number,
            "answered_at": last.at,
            "is_older": last.version_number < newest,
        }
    return ConsulteeView(
        id=row.id,
        person_id=row.person_id,
        name=row.person.name,
        due=row.due,
        asked_by_id=row.asked_by_id,
        asked_at=row.asked_at,
        withdrawn_at=row.withdrawn_at,
        is_awaited=row.withdrawn_at is None and (last is None or last.at < row.asked_at),
        **given,
    )


@dataclass(frozen=True)
class ConsultationCount:
    """How many consultees a statement has, how many of them have answered, and how many object."""

    asked: int
    answered: int
    objecting: int


def count_answers(consultees: Iterable[ConsulteeView]) -> ConsultationCount:
    """Count consultees and their newest answers; of those who were withdrawn only those who object."""
    asked = [one for one in consultees if one.counts]
    return ConsultationCount(len(asked), sum(not one.is_awaited for one in asked), sum(one.objects for one in asked))


def answer_counts(session: Session, ids: Collection[str]) -> dict[str, ConsultationCount]:
    """The :func:`count_answers` of those of these statements that have consultees."""
    found = {id_: count_answers(some) for id_, some in _consultees(session, ids).items()}
    return {id_: count for id_, count in found.items() if count.asked}


@dataclass(frozen=True)
class AwaitedAnswer:
    """An answer that is missing: of whom, to which statement, and who asked for it."""

    statement: Statement
    person_id: str
    asked_by_id: str
    due: date | None


def awaited_answers(session: Session, *, of: str = "", by: str = "") -> list[AwaitedAnswer]:
    """The answers that are missing to statements in consultation: ``of`` a person, or those that one awaits.

    A person awaits those they asked for, and those to their own statements.
    """
    answered = Consultee.answers.any(ConsulteeAnswer.at >= Consultee.asked_at)
    rows = (
        select(Consultee)
        .join(Consultee.statement)
        .where(Statement.state == CONSULTATION, Consultee.withdrawn_at.is_(None), ~answered)
        .options(selectinload(Consultee.statement))
    )
    if of:
        rows = rows.where(Consultee.person_id == of)
    if by:
        mine = (Consultee.asked_by_id == by) | (Statement.owner_id == by)
        rows = rows.where(mine, Consultee.person_id != by)
    return [AwaitedAnswer(row.statement, row.person_id, row.asked_by_id, row.due) for row in session.scalars(rows)]
