"""The facts on which the next state of a statement depends, read from the workspace.

Checks read everything, because a case that is hidden from the reader still makes the statement sensitive.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from calendar_model.mission.checks import ids_linked_in_database
from calendar_model.mission.statements import clearance
from calendar_model.mission.statements.case_checks import COLUMNS, CaseFacts
from calendar_model.mission.statements.workflow import StatementFacts
from calendar_model.store.models import (
    Case,
    FollowUp,
    Override,
    Person,
    Record,
    RecordLink,
    Statement,
    Version,
)
from calendar_model.terms import RecordKind, StatementState, Step

_EVERYTHING = {"everything": True}


def facts_for(
    session: Session, statement: Statement, actor_id: str, *, state: StatementState | None = None
) -> StatementFacts:
    """Return the facts for the next change of state by ``actor_id``.

    For ``state``, or the present one. Unwritten changes of this session count too. For a case that the reader may not
    see, the columns of the checks are read, not the code.
    """
    with session.no_autoflush:
        pending = [row for row in session.new if isinstance(row, Version) and _is_of(row, statement)]
        number = max([newest_number(session, statement.id), *(row.number for row in pending)])
        may_clear = select(Person.may_clear).where(Person.id == actor_id, Person.active)
        open_ = select(FollowUp.id).where(FollowUp.record_id == statement.id, FollowUp.done_on.is_(None))
        done = {row.id for row in session.dirty if isinstance(row, FollowUp) and row.done_on is not None}
        linked = linked_record_ids(session, statement)
        cases = case_facts(session, linked)
        # The writers of the text matter only if a case is raised, or was until it was unlinked.
        raises_case = bool(cases) or clearance.was_linked_to_a_case(session, statement.id)
        contributors = (
            clearance.contributors_to(session, statement, pending) if raises_case else clearance.Contributors()
        )
        hidden = _hidden(session, linked)
        return StatementFacts(
            state=state or statement.state,
            version=number,
            cleared_version=statement.cleared_version,
            writers=contributors.writers,
            askers=contributors.askers,
            actor=actor_id,
            hidden=len(hidden),
            hidden_cases=hidden.count(RecordKind.CASE),
            actor_may_clear=bool(session.scalar(may_clear.execution_options(**_EVERYTHING))),
            delivered_on=statement.delivered_on,
            open_follow_ups=len(set(session.scalars(open_.execution_options(**_EVERYTHING))) - done),
            cases=cases,
            overridden=_overridden_steps(session, statement.id, number),
        )


def newest_number(session: Session, statement_id: str) -> int:
    """The number of the newest saved text of a statement in any language; 0 for none."""
    newest = select(func.max(Version.number)).where(Version.statement_id == statement_id)
    return session.scalar(newest.execution_options(**_EVERYTHING)) or 0


def linked_record_ids(session: Session, statement: Statement) -> set[str]:
    """The identifiers of the records linked to the statement, at either end, also by links that are not written yet."""
    ids = ids_linked_in_database(session, statement.id)
    for row in session.new:
        if isinstance(row, RecordLink) and _is_of(row, statement):
            ids.add(row.other_id or row.other.id)
        elif isinstance(row, RecordLink) and statement in (row.other, session.get(Record, row.other_id or "")):
            ids.add(row.record_id or row.record.id)
    return ids


def case_facts(session: Session, ids: Iterable[str]) -> tuple[CaseFacts, ...]:
    """The columns used by the checks, for those of these records that are cases, by code."""
    columns = [getattr(Case, name) for name in COLUMNS]
    asked = select(Case.id, Case.title, *columns).where(Case.id.in_(ids)).order_by(Case.title)
    seen = set(session.scalars(select(Case.id).where(Case.id.in_(ids))))
    # A case that this session is changing counts with its new values.
    unwritten = {row.id: row for row in (*session.new, *session.dirty) if isinstance(row, Case)}
    found = []
    for id_, title, *values in session.execute(asked.execution_options(**_EVERYTHING)):
        if id_ in unwritten:
            values = [getattr(unwritten[id_], name) for name in COLUMNS]
        named: dict[str, Any] = {"name": title, "case_id": id_} if id_ in seen else {"is_hidden": True}
        found.append(CaseFacts(**named, **dict(zip(COLUMNS, values, strict=True))))
    return tuple(found)


def _is_of(row: Version | RecordLink, statement: Statement) -> bool:
    """Whether a row that is not written yet belongs to this statement, by its object or by its identifier."""
    if isinstance(row, Version):
        return row.statement is statement or row.statement_id == statement.id
    return row.record is statement or row.record_id == statement.id


def _hidden(session: Session, ids: Iterable[str]) -> list[RecordKind]:
    """The kinds of those of these records that the session's reader may not see."""
    kinds = select(Record.id, Record.kind).where(Record.id.in_(ids))
    seen = set(session.scalars(select(Record.id).where(Record.id.in_(ids))))
    return [row.kind for row in session.execute(kinds.execution_options(**_EVERYTHING)) if row.id not in seen]


def _overridden_steps(session: Session, statement_id: str, number: int) -> frozenset[Step]:
    """The steps whose override a second person has confirmed for this version."""
    asked, confirmed = aliased(Override), aliased(Override)
    steps = (
        select(asked.step)
        .join(confirmed, confirmed.confirms_id == asked.id)
        .where(
            asked.statement_id == statement_id,
            asked.version_number == number,
            confirmed.version_number == number,
            confirmed.person_id != asked.person_id,
        )
    )
    return frozenset(session.scalars(steps.execution_options(**_EVERYTHING)))
