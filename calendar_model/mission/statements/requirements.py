"""Unmet requirements for the next states of a statement, for pages and documents.

They are checked again when the change is written: see :mod:`calendar_model.mission.statements.checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import UnmetRequirement
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.statements import workflow
from calendar_model.mission.statements.facts import facts_for, linked_record_ids
from calendar_model.mission.statements.workflow import (
    CLEARED,
    CONSULTATION,
    DELIVERED,
    DRAFT,
    IDEA,
    NEXT,
    StatementFacts,
)
from calendar_model.store.models import Access, Override, Record, Statement
from calendar_model.terms import StatementState, Step
from calendar_model.vocabulary import Sensitivity


def unmet_before(
    session: Session, statement: Statement, actor_id: str, to: StatementState
) -> tuple[UnmetRequirement, ...]:
    """Return the unmet requirements for a change of the statement to a state.

    The day of delivery is entered with the change itself and does not count.
    """
    facts = facts_for(session, statement, actor_id)
    if to is DELIVERED:
        facts = workflow.on_day(facts, date.max)
    return workflow.unmet_requirements(facts, to)


@dataclass(frozen=True)
class NextStep:
    """The next state of a statement, None if it has reached the last, and the unmet requirements."""

    to: StatementState | None
    unmet: tuple[UnmetRequirement, ...] = ()


def next_step(session: Session, statement: Statement, actor_id: str) -> NextStep:
    """Return the next state of a statement, and the unmet requirements for this person."""
    to = NEXT.get(statement.state)
    return NextStep(to, unmet_before(session, statement, actor_id, to) if to is not None else ())


def next_steps(viewer: Viewer, ids: Sequence[str]) -> dict[str, NextStep]:
    """The :func:`next_step` of each of these statements for the viewer, by identifier."""
    with reading(viewer) as session:
        found = session.scalars(select(Statement).where(Statement.id.in_(ids)))
        return {one.id: next_step(session, one, viewer.person_id) for one in found}


@dataclass(frozen=True)
class Requirements:
    """The requirements of a statement. ``later``: those for clearance besides ``next.unmet``, while the statement is
    not in consultation yet."""

    facts: StatementFacts
    next: NextStep
    later: tuple[UnmetRequirement, ...] = ()


def requirements_of(viewer: Viewer, statement: Statement) -> Requirements:
    """Return the unmet requirements for the viewer's next changes of state."""
    with reading(viewer) as session:
        facts = facts_for(session, statement, viewer.person_id)
        step = next_step(session, statement, viewer.person_id)
        later: tuple[UnmetRequirement, ...] = ()
        if statement.state in (IDEA, DRAFT):
            consulted = facts_for(session, statement, viewer.person_id, state=CONSULTATION)
            unmet = workflow.unmet_requirements(consulted, CLEARED)
            later = tuple(one for one in unmet if one not in step.unmet)
        return Requirements(facts, step, later)


def step_to_override(facts: StatementFacts, open_overrides: Iterable[Override]) -> Step | None:
    """The step that can be overridden now: it has such a requirement, and no override has been requested yet."""
    to = NEXT.get(facts.state)
    step = workflow.STEPS.get(to) if to is not None else None
    if step is None or step in facts.overridden or any(asked.step is step for asked in open_overrides):
        return None
    return step if any(unmet.can_be_overridden for unmet in workflow.unmet_in_step(facts, step)) else None


@dataclass(frozen=True)
class EffectOfAsking:
    """The effect of asking a person to clear a statement or to reply.

    ``gives_access``: the statement is restricted, and asking gives them access. ``unreadable``: titles of
    restricted records linked to it that they cannot read, and so cannot clear it; ``hidden_count``: how many more there
    are, which the session's reader may not see either.
    """

    gives_access: bool = False
    unreadable: tuple[str, ...] = ()
    hidden_count: int = 0


def asking_effect(viewer: Viewer, statement: Statement, person_id: str) -> EffectOfAsking:
    """The :func:`effect_of_asking` as far as the viewer may see it."""
    with reading(viewer) as session:
        return effect_of_asking(session, statement, person_id)


def effect_of_asking(session: Session, statement: Statement, person_id: str) -> EffectOfAsking:
    """Return the effect of asking this person to clear the statement or to reply."""
    linked = linked_record_ids(session, statement)
    of_them = select(Access.record_id).where(
        Access.person_id == person_id, Access.record_id.in_({*linked, statement.id})
    )
    named = set(session.scalars(of_them.execution_options(everything=True)))
    restricted = select(Record.id).where(Record.id.in_(linked), Record.sensitivity == Sensitivity.RESTRICTED)
    hidden = set(session.scalars(restricted.execution_options(everything=True))) - named
    titles = session.scalars(select(Record.title).where(Record.id.in_(hidden)).order_by(Record.title)).all()
    return EffectOfAsking(
        gives_access=statement.sensitivity is Sensitivity.RESTRICTED and statement.id not in named,
        unreadable=tuple(titles),
        hidden_count=len(hidden) - len(titles),
    )
