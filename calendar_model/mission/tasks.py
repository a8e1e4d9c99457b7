"""The open tasks of a person: what is theirs to do, and what they wait for from others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.roles import Operation, Subject, allowed_roles, roles_at
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.access_requests import list_open_requests
from calendar_model.mission.checks import given_to
from calendar_model.mission.reads import due_read_checks
from calendar_model.mission.statements.consultation import AwaitedAnswer, awaited_answers
from calendar_model.mission.statements.reviews import unreviewed_overrides
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.store.models import FollowUp, Record, Statement
from calendar_model.terms import RecordKind, Role

AHEAD = timedelta(days=14)
"""How far ahead tasks with a due date are listed."""


class TaskKind(StrEnum):
    """Why something is a task.

    A statement awaits clearance, another reply or the answer of a consultee, or is to be finished, or what was said
    under an override is to be reviewed; a follow-up is to be done. It is time to look through who has read a restricted
    record, or a colleague has asked for access to one.
    """

    CLEARANCE = "clearance"
    REPLY = "reply"
    CONSULTATION = "consultation"
    STATEMENT = "statement"
    REVIEW = "review"
    FOLLOW_UP = "follow-up"
    READ_CHECK = "read-check"
    ACCESS_REQUEST = "access-request"


_CODES = {
    TaskKind.CLEARANCE: "task-clearance",
    TaskKind.REPLY: "task-reply",
    TaskKind.CONSULTATION: "task-view",
    TaskKind.STATEMENT: "task-statement",
    TaskKind.REVIEW: "task-review",
    TaskKind.FOLLOW_UP: "task-follow-up",
    TaskKind.READ_CHECK: "task-read-check",
    TaskKind.ACCESS_REQUEST: "task-access-request",
}
_CODES_OF_AWAITED = {TaskKind.REPLY: "task-reply-awaited", TaskKind.CONSULTATION: "task-view-awaited"}


@dataclass(frozen=True)
class Task:
    """A task about the record ``record_id``.

    ``what`` says what is to be done, which for a statement is its title; for a request for access it is the title of
    the record, empty where the viewer cannot see it. ``about`` is the title of a follow-up's record, empty else.
    ``due`` is None where no date is set; a request is due on the day (UTC) on which it was made. ``waiting_for`` is the
    identifier of the person whose reply is awaited, empty for a task of one's own.
    """

    kind: TaskKind
    record_id: str
    record_kind: RecordKind
    what: str
    about: str
    due: date | None
    waiting_for: str
    sample: bool

    @property
    def code(self) -> str:
        """The code of the message that says why it is a task. Its values are ``about`` and, where a reply is awaited,
        the ``name`` of the person who is to give it."""
        return (_CODES_OF_AWAITED if self.waiting_for else _CODES)[self.kind]


@dataclass(frozen=True)
class OwnTasks:
    """What is the viewer's own to do, and what they wait for from others; each with the first due first."""

    mine: tuple[Task, ...]
    waiting: tuple[Task, ...]


def own_tasks(viewer: Viewer, today: date) -> OwnTasks:
    """Return the tasks of ``viewer`` on ``today``; of a viewer who is nobody none.

    Their own are the statements that await their reply, their review or, as of a consultee, their answer, and the
    requests for access that they can answer. Of their statements, follow-ups and checks of who has read their records,
    those late or due within :data:`AHEAD` are listed. They wait for the replies and answers that they asked for.
    """
    person = viewer.person_id
    if not person:
        return OwnTasks((), ())
    with reading(viewer) as session:
        undelivered = select(Statement).where(Statement.state.in_(BEFORE_DELIVERY))
        awaited = session.scalars(undelivered.where(Statement.waiting_for_id == person)).all()
        owned = session.scalars(undelivered.where(Statement.owner_id == person)).all()
        follow_ups = session.execute(
            select(FollowUp.what, FollowUp.due, Record.id, Record.kind, Record.title, Record.sample)
            .join(FollowUp.record)
            .where(FollowUp.owner_id == person, FollowUp.done_on.is_(None), FollowUp.due <= today + AHEAD)
        ).all()
        checks = due_read_checks(session, person, today + AHEAD)
        given = given_to(session, person)
        reviews = [
            debt
            for debt in unreviewed_overrides(session)
            if debt.awaits(person) and Role.CLEARER in roles_at(given, debt.mission_id)
        ]
        to_answer, unanswered = awaited_answers(session, of=person), awaited_answers(session, by=person)
        clears = {one.id for one in awaited if Role.CLEARER in roles_at(given, one.mission_id)}
        grants = not roles_at(given, None).isdisjoint(allowed_roles(Subject.ACCESS_REQUEST, Operation.GRANT))
    with_others = [one for one in owned if one.waiting_for_id not in (None, person)]
    in_hand = [one for one in owned if one.waiting_for_id is None and one.due and one.due <= today + AHEAD]
    mine = [
        *(_of_statement(one, TaskKind.CLEARANCE if one.id in clears else TaskKind.REPLY) for one in awaited),
        *(_of_consultation(one) for one in to_answer),
        *(_of_statement(one, TaskKind.STATEMENT) for one in in_hand),
        *(
            Task(TaskKind.REVIEW, one.statement_id, RecordKind.STATEMENT, one.title, "", None, "", one.sample)
            for one in reviews
        ),
        *(
            Task(TaskKind.FOLLOW_UP, row.id, row.kind, row.what, row.title, row.due, "", row.sample)
            for row in follow_ups
        ),
        *(Task(TaskKind.READ_CHECK, one.record_id, one.kind, one.title, "", one.due, "", False) for one in checks),
        *(
            Task(TaskKind.ACCESS_REQUEST, one.record_id, one.kind, one.title, "", one.asked_at.date(), "", False)
            for one in (list_open_requests(viewer) if grants else ())
        ),
    ]
    waiting = [
        *(_of_statement(one, TaskKind.REPLY, one.waiting_for_id or "") for one in with_others),
        *(_of_consultation(one, one.person_id) for one in unanswered),
    ]
    return OwnTasks(*(tuple(sorted(tasks, key=_by_day)) for tasks in (mine, waiting)))


def _of_statement(statement: Statement, kind: TaskKind, waiting_for: str = "") -> Task:
    return Task(
        kind, statement.id, RecordKind.STATEMENT, statement.title, "", statement.due, waiting_for, statement.sample
    )


def _of_consultation(awaited: AwaitedAnswer, waiting_for: str = "") -> Task:
    task = _of_statement(awaited.statement, TaskKind.CONSULTATION, waiting_for)
    return replace(task, due=awaited.due or awaited.statement.due)


def _by_day(task: Task) -> tuple[date, str]:
    return task.due or date.max, task.what
