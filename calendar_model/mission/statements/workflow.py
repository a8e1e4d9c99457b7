"""The states of a statement, the moves between them, and the requirements of each move.

::

    idea → draft ⇄ in consultation → cleared → delivered → followed up
      any of the first four → dropped → draft;  a new text of a cleared statement → draft

A statement is cleared by a person who may clear and who can read every record that it is linked to. Where it raises an
individual case, the questions of the guidelines' section 3.4 are answered first. The person who clears has written
none of the text since it was last cleared and has asked for no override of it. Such a statement is followed up only
after contact with the defender, or with civil society for them. One person can ask, with a reason, to override what
can be overridden, and a second person who may clear confirms it. The override holds for the version of the text for
which it was asked, and stays on record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from calendar_model.access.problems import UnmetRequirement
from calendar_model.mission.statements.case_checks import CaseFacts, before_clearing, before_closing
from calendar_model.terms import StatementState, Step

IDEA, DRAFT, CONSULTATION = StatementState.IDEA, StatementState.DRAFT, StatementState.CONSULTATION
CLEARED, DELIVERED = StatementState.CLEARED, StatementState.DELIVERED
FOLLOWED_UP, DROPPED = StatementState.FOLLOWED_UP, StatementState.DROPPED

MOVES: Mapping[StatementState, tuple[StatementState, ...]] = {
    IDEA: (DRAFT, DROPPED),
    DRAFT: (CONSULTATION, DROPPED),
    CONSULTATION: (CLEARED, DRAFT, DROPPED),
    CLEARED: (DELIVERED, DRAFT, DROPPED),
    DELIVERED: (FOLLOWED_UP,),
    FOLLOWED_UP: (),
    DROPPED: (DRAFT,),
}
"""Where a statement can go from each state; nowhere else."""

WAY = (IDEA, DRAFT, CONSULTATION, CLEARED, DELIVERED, FOLLOWED_UP)
"""The states of a statement when all goes well, from the first thought to the end."""

NEXT: Mapping[StatementState, StatementState] = dict(pairwise(WAY))
"""Where a statement goes from each of these states when all goes well."""

WRITABLE = frozenset({IDEA, DRAFT, CONSULTATION, CLEARED})
"""States in which a text can be saved; in ``cleared`` that takes the clearance back."""

BEFORE_DELIVERY = WRITABLE
"""States before the statement has been made: only then is it due."""

OPEN = BEFORE_DELIVERY | {DELIVERED}
"""States in which something is still to be done."""

STEPS: Mapping[StatementState, Step] = {CLEARED: Step.CLEAR, DELIVERED: Step.CLEAR, FOLLOWED_UP: Step.CLOSE}
"""Before which states the checks of a step stand. Delivery asks those of clearance again: a case may have changed."""


@dataclass(frozen=True)
class StatementFacts:
    """All that a move depends on. ``overridden``: the steps that a second person has confirmed for this version.

    ``writers`` wrote or edited the text since it was last cleared, ``askers`` asked to override its checks since then;
    both are empty for a statement to which no individual case is or was linked.
    ``hidden``: how many records linked to the statement the actor cannot see, and ``hidden_cases`` of them are cases.
    """

    state: StatementState
    version: int = 0
    cleared_version: int | None = None
    writers: frozenset[str] = frozenset()
    askers: frozenset[str] = frozenset()
    actor: str = ""
    hidden: int = 0
    hidden_cases: int = 0
    actor_may_clear: bool = False
    delivered_on: date | None = None
    open_follow_ups: int = 0
    cases: tuple[CaseFacts, ...] = ()
    overridden: frozenset[Step] = frozenset()


def unmet_requirements(facts: StatementFacts, to: StatementState) -> tuple[UnmetRequirement, ...]:
    """What is still missing before the statement can go to this state; empty if it can.

    A move that does not exist is one of them. What was overridden for this version is left out.
    """
    if to not in MOVES[facts.state]:
        return (UnmetRequirement("no-such-move", values={"state": facts.state, "to": to}),)
    found: list[UnmetRequirement] = []
    if to in (CONSULTATION, CLEARED) and not facts.version:
        found.append(UnmetRequirement("no-text"))
    if to is CLEARED:
        found += _before_clearing(facts)
    if to is DELIVERED:
        if facts.cleared_version != facts.version:
            found.append(UnmetRequirement("text-not-cleared"))
        if facts.delivered_on is None:
            found.append(UnmetRequirement("no-delivery-day"))
    step = STEPS.get(to)
    if step is not None:
        is_overridden = step in facts.overridden
        found += [unmet for unmet in unmet_in_step(facts, step) if not (is_overridden and unmet.can_be_overridden)]
    return (*found, *unreadable_records(facts)) if to is CLEARED else tuple(found)


def _before_clearing(facts: StatementFacts) -> Iterator[UnmetRequirement]:
    """What keeps this person from clearing the text, besides the questions about its cases."""
    if not facts.actor_may_clear:
        yield UnmetRequirement("may-not-clear")
    raises_case = {"raises_case": bool(facts.cases)}
    if facts.actor in facts.writers:
        yield UnmetRequirement("is-writer", values=raises_case)
    if facts.actor in facts.askers:
        yield UnmetRequirement("asked-override", values=raises_case)


def unreadable_records(facts: StatementFacts) -> tuple[UnmetRequirement, ...]:
    """The requirement that the person who clears can read every record that the statement is linked to."""
    if not facts.hidden:
        return ()
    return (UnmetRequirement("unreadable-records", values={"records": facts.hidden, "cases": facts.hidden_cases}),)


def on_day(facts: StatementFacts, delivered_on: date) -> StatementFacts:
    """The same facts with this day of delivery."""
    return replace(facts, delivered_on=delivered_on)


def unmet_in_step(facts: StatementFacts, step: Step) -> tuple[UnmetRequirement, ...]:
    """What is missing before a step, overridden or not."""
    if step is Step.CLEAR:
        return tuple(unmet for case in facts.cases for unmet in before_clearing(case))
    found = [unmet for case in facts.cases if (unmet := before_closing(case, facts.delivered_on)) is not None]
    if facts.open_follow_ups:
        found.append(UnmetRequirement("open-follow-ups", values={"count": facts.open_follow_ups}))
    return tuple(found)
