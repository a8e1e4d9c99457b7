"""The facts on which the next state of a statement depends, read from the workspace.

Checks read everything, because a case that is hidden from the reader still makes the statement sensitive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from calendar_model.access.roles import roles_at
from calendar_model.mission.checks import given_to, ids_linked_in_database
from calendar_model.mission.statements import clearance
from calendar_model.mission.statements.case_checks import COLUMNS, CaseFacts
from calendar_model.mission.statements.workflow import StatementFacts
from calendar_model.store.models import (
    Case,
    FollowUp,
    Override,
    Record,
    RecordLink,
    Statement,
    Version,
)
from calendar_model.terms import RecordKind, Role, StatementState, Step

_EVERYTHING = {"everything": True}


def facts_for(
    session: Session, statement: Statement, actor_id: str, *, state: StatementState | None = None
) -> StatementFacts:
    """The :func:`facts_of` one statement; with ``state`` those that it would have in that state."""
    facts = facts_of(session, [statement], actor_id)[statement.id]
    return facts if state is None else replace(facts, state=state)


def facts_of(session: Session, statements: Collection[Statement], actor_id: str) -> dict[str, StatementFacts]:
    """Return the facts for the next change of state of these statements by ``actor_id``, by statement.

    Unwritten changes of this session count too. For a case that the reader may not see, the columns of the checks are
    read, not the code. The number of selects does not depend on that of the statements.
    """
    ids = [one.id for one in statements]
    if not ids:
        return {}
    with session.no_autoflush:
        pending = {
            one.id: [row for row in session.new if isinstance(row, Version) and _is_of(row, one)] for one in statements
        }
        saved = newest_numbers(session, ids)
        numbers = {id_: max([saved[id_], *(row.number for row in pending[id_])]) for id_ in ids}
        given = given_to(session, actor_id)
        open_follow_ups = _open_follow_ups(session, ids)
        overridden = _overridden_steps(session, numbers)
        linked = linked_record_ids(session, statements)
        all_linked = set().union(*linked.values())
        known_cases, hidden = case_facts(session, all_linked), _hidden(session, all_linked)
        cases = {id_: tuple(case for key, case in known_cases.items() if key in linked[id_]) for id_ in ids}
        # The writers of a text matter only if a case is raised, or was until it was unlinked.
        raising = {id_ for id_ in ids if cases[id_]}
        raising |= clearance.unlinked_from_a_case(session, set(ids) - raising)
        contributors = clearance.contributors_to(session, raising, pending)
        found = {}
        for one in statements:
            of_text = contributors.get(one.id, clearance.Contributors())
            hidden_kinds = [hidden[key] for key in linked[one.id] if key in hidden]
            found[one.id] = StatementFacts(
                state=one.state,
                version=numbers[one.id],
                cleared_version=one.cleared_version,
                writers=of_text.writers,
                askers=of_text.askers,
                actor=actor_id,
                hidden=len(hidden_kinds),
                hidden_cases=hidden_kinds.count(RecordKind.CASE),
                actor_may_clear=Role.CLEARER in roles_at(given, one.mission_id),
                delivered_on=one.delivered_on,
                open_follow_ups=open_follow_ups[one.id],
                cases=cases[one.id],
                overridden=overridden[one.id],
            )
        return found


def newest_numbers(session: Session, ids: Collection[str]) -> dict[str, int]:
    """The number of the newest saved text of each of these statements in any language; 0 for none."""
    newest = select(Version.statement_id, func.max(Version.number)).where(Version.statement_id.in_(ids))
    found = dict.fromkeys(ids, 0)
    for id_, number in session.execute(newest.group_by(Version.statement_id).execution_options(**_EVERYTHING)):
        found[id_] = number
    return found


def linked_record_ids(session: Session, statements: Collection[Statement]) -> dict[str, set[str]]:
    """The identifiers of the records linked to each of these statements, at either end, also by links that are not
    written yet."""
    found = ids_linked_in_database(session, [one.id for one in statements])
    unwritten = [row for row in session.new if isinstance(row, RecordLink)]
    for statement in statements:
        ids = found[statement.id]
        for row in unwritten:
            if _is_of(row, statement):
                ids.add(row.other_id or row.other.id)
            elif statement in (row.other, session.get(Record, row.other_id or "")):
                ids.add(row.record_id or row.record.id)
    return found


def case_facts(session: Session, ids: Collection[str]) -> dict[str, CaseFacts]:
    """The columns used by the checks, for those of these records that are cases, in the order of their codes."""
    if not ids:
        return {}
    columns = [getattr(Case, name) for name in COLUMNS]
    asked = select(Case.id, Case.title, *columns).where(Case.id.in_(ids)).order_by(Case.title)
    seen = set(session.scalars(select(Case.id).where(Case.id.in_(ids))))
    # A case that this session is changing counts with its new values.
    unwritten = {row.id: row for row in (*session.new, *session.dirty) if isinstance(row, Case)}
    found = {}
    for id_, title, *values in session.execute(asked.execution_options(**_EVERYTHING)):
        if id_ in unwritten:
            values = [getattr(unwritten[id_], name) for name in COLUMNS]
        named: dict[str, Any] = {"name": title, "case_id": id_} if id_ in seen else {"is_hidden": True}
        found[id_] = CaseFacts(**named, **dict(zip(COLUMNS, values, strict=True)))
    return found


def _is_of(row: Version | RecordLink, statement: Statement) -> bool:
    """Whether a row that is not written yet belongs to this statement, by its object or by its identifier."""
    if isinstance(row, Version):
        return row.statement is statement or row.statement_id == statement.id
    return row.record is statement or row.record_id == statement.id


def _open_follow_ups(session: Session, ids: Collection[str]) -> Counter[str]:
    """How many follow-ups of each of these statements are still open."""
    open_ = select(FollowUp.id, FollowUp.record_id).where(FollowUp.record_id.in_(ids), FollowUp.done_on.is_(None))
    done = {row.id for row in session.dirty if isinstance(row, FollowUp) and row.done_on is not None}
    rows = session.execute(open_.execution_options(**_EVERYTHING))
    return Counter(record_id for id_, record_id in rows if id_ not in done)


def _hidden(session: Session, ids: Collection[str]) -> dict[str, RecordKind]:
    """The kinds of those of these records that the session's reader may not see."""
    if not ids:
        return {}
    kinds = select(Record.id, Record.kind).where(Record.id.in_(ids))
    seen = set(session.scalars(select(Record.id).where(Record.id.in_(ids))))
    return {row.id: row.kind for row in session.execute(kinds.execution_options(**_EVERYTHING)) if row.id not in seen}


def _overridden_steps(session: Session, numbers: Mapping[str, int]) -> dict[str, frozenset[Step]]:
    """The steps of each statement whose override a second person has confirmed for this version of its text."""
    asked, confirmed = aliased(Override), aliased(Override)
    steps = (
        select(asked.statement_id, asked.version_number, asked.step)
        .join(confirmed, confirmed.confirms_id == asked.id)
        .where(
            asked.statement_id.in_(numbers),
            confirmed.version_number == asked.version_number,
            confirmed.person_id != asked.person_id,
        )
    )
    rows = session.execute(steps.execution_options(**_EVERYTHING)).all()
    return {
        id_: frozenset(row.step for row in rows if (row.statement_id, row.version_number) == (id_, number))
        for id_, number in numbers.items()
    }
