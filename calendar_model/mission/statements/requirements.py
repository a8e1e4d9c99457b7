"""Unmet requirements for the next states of a statement, for pages and documents.

They are checked again when the change is written: see :mod:`calendar_model.mission.statements.checks`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import UnmetRequirement
from calendar_model.access.unit_of_work import reading
from calendar_model.clock import now
from calendar_model.mission.statements import workflow
from calendar_model.mission.statements.facts import facts_for, facts_of, linked_record_ids
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


@dataclass(frozen=True)
class NextStep:
    """The next state of a statement, None if it has reached the last, and the unmet requirements."""

    to: StatementState | None
    unmet: tuple[UnmetRequirement, ...] = ()


def next_step(facts: StatementFacts) -> NextStep:
    """Return the next state of a statement, and the unmet requirements for the person that the facts are about.

    The day of delivery is entered with the change itself and does not count.
    """
    to = NEXT.get(facts.state)
    if to is None:
        return NextStep(None)
    return NextStep(to, workflow.unmet_requirements(workflow.on_day(facts, date.max) if to is DELIVERED else facts, to))


def steps_of(session: Session, statements: Collection[Statement], actor_id: str) -> dict[str, NextStep]:
    """The :func:`next_step` of each of these statements for a person, by identifier."""
    return {id_: next_step(facts) for id_, facts in facts_of(session, statements, actor_id).items()}


def next_steps(viewer: Viewer, ids: Sequence[str]) -> dict[str, NextStep]:
    """The :func:`next_step` of each of these statements for the viewer, by identifier."""
    with reading(viewer) as session:
        found = session.scalars(select(Statement).where(Statement.id.in_(ids))).all()
        return steps_of(session, found, viewer.person_id)


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
    step = next_step(facts)
    later: tuple[UnmetRequirement, ...] = ()
    if facts.state in (IDEA, DRAFT):
        unmet = workflow.unmet_requirements(replace(facts, state=CONSULTATION), CLEARED)
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
    linked = linked_record_ids(session, [statement])[statement.id]
    of_them = select(Access.record_id).where(
        Access.person_id == person_id,
        Access.until.is_(None) | (Access.until > now()),
        Access.record_id.in_({*linked, statement.id}),
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
