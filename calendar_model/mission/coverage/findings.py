"""What was found for an expectation around an item, as values; the sentences are in :mod:`calendar_model.messages`.

A planned engagement counts once its day has come. One after the item counts only as follow-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from calendar_model.mission.coverage.expectations import (
    MET_BY_ENGAGEMENTS,
    OWN_EVENT,
    kind_to_log,
    kinds_that_meet,
)
from calendar_model.mission.coverage.items import CoveredItem
from calendar_model.mission.coverage.linked import CLEARED_STATES, STATES, LinkedWork
from calendar_model.terms import EngagementKind, Expectation, StatementState


class ActionKind(StrEnum):
    """What to do about an expectation that is not met."""

    LOG_ENGAGEMENT = "log-engagement"
    START_STATEMENT = "start-statement"
    OPEN_STATEMENT = "open-statement"
    OPEN_CASE = "open-case"
    OPEN_FOLLOW_UPS = "open-follow-ups"


@dataclass(frozen=True)
class Action:
    """What to do about an expectation that is not met.

    ``target`` is the kind of engagement to log, the format of statement to start, or the identifier of the record to
    open. For follow-ups it is the record of the first one that is due.
    """

    kind: ActionKind
    target: str


class FindingCode(StrEnum):
    """What was found; the text below each code lists its details."""

    ENGAGED = "coverage-engaged"
    """``expectation``, ``count``, ``last`` (a date)."""
    ENGAGEMENT_PLANNED = "coverage-engagement-planned"
    """``expectation``, ``on`` (a date)."""
    INVITED_ONLY = "coverage-invited-only"
    """``count``."""
    NOT_ENGAGED = "coverage-not-engaged"
    """``expectation``."""
    DRAFTED = "coverage-drafted"
    """``count``, ``furthest`` (a state)."""
    IDEA_ONLY = "coverage-idea-only"
    NO_DRAFT = "coverage-no-draft"
    CLEARED = "coverage-cleared"
    """``count``."""
    NOT_CLEARED = "coverage-not-cleared"
    """``cleared`` of ``count``, ``furthest`` (the most advanced state of those not cleared)."""
    NOTHING_TO_CLEAR = "coverage-nothing-to-clear"
    RISKS_ASSESSED = "coverage-risks-assessed"
    """``count``."""
    RISKS_NOT_ASSESSED = "coverage-risks-not-assessed"
    """``assessed`` of ``count``."""
    FOLLOWED_UP = "coverage-followed-up"
    """``last`` (a date; None if only the state of a statement shows it)."""
    FOLLOW_UPS_OPEN = "coverage-follow-ups-open"
    """``count``."""
    NOT_FOLLOWED_UP = "coverage-not-followed-up"


@dataclass(frozen=True)
class Finding:
    """What was found for an expectation: a code with its details, and the identifiers of the records that meet it.

    ``action`` is what to do, or None if the expectation is met.
    """

    code: FindingCode
    details: Mapping[str, Any] = field(default_factory=dict)
    records: tuple[str, ...] = ()
    action: Action | None = None


def find(expectation: Expectation, item: CoveredItem, linked: LinkedWork, today: date) -> Finding:
    """Return what was found for an expectation around an item; ``linked`` is the work that is linked to it."""
    if expectation in MET_BY_ENGAGEMENTS:
        return _engaged(expectation, item, linked, today)
    if expectation is Expectation.DRAFT:
        return _drafted(item, linked)
    if expectation is Expectation.CLEARED:
        return _cleared(item, linked)
    if expectation is Expectation.RISKS:
        return _risks_assessed(linked)
    return _followed_up(item, linked, today)


def _engaged(expectation: Expectation, item: CoveredItem, linked: LinkedWork, today: date) -> Finding:
    kinds = frozenset(kinds_that_meet(expectation, own_event=item.key == OWN_EVENT))
    meeting = [one for one in linked.engagements if not kinds.isdisjoint(one.kinds)]
    before = sorted((one.on, one.record_id) for one in meeting if one.on <= item.end)
    took_place = [(on, record) for on, record in before if on <= today]
    if took_place:
        values = {"expectation": expectation, "count": len(took_place), "last": took_place[-1][0]}
        return Finding(FindingCode.ENGAGED, values, tuple(record for _, record in took_place))
    action = Action(ActionKind.LOG_ENGAGEMENT, kind_to_log(expectation))
    if before:
        return Finding(FindingCode.ENGAGEMENT_PLANNED, {"expectation": expectation, "on": before[0][0]}, action=action)
    invited = sum(EngagementKind.INVITED in one.kinds and one.on <= today for one in linked.engagements)
    if invited and expectation is Expectation.CONSULTED:
        return Finding(FindingCode.INVITED_ONLY, {"count": invited}, action=action)
    return Finding(FindingCode.NOT_ENGAGED, {"expectation": expectation}, action=action)


def _drafted(item: CoveredItem, linked: LinkedWork) -> Finding:
    ordered = sorted(linked.statements.items(), key=lambda pair: (_rank(pair[1]), pair[0]), reverse=True)
    drafts = [(record, state) for record, state in ordered if state in STATES]
    if drafts:
        values = {"count": len(drafts), "furthest": drafts[0][1]}
        return Finding(FindingCode.DRAFTED, values, tuple(record for record, _ in drafts))
    if linked.statements:
        first = min(linked.statements)
        return Finding(FindingCode.IDEA_ONLY, action=Action(ActionKind.OPEN_STATEMENT, first))
    return Finding(FindingCode.NO_DRAFT, action=_start_statement(item))


def _cleared(item: CoveredItem, linked: LinkedWork) -> Finding:
    if not linked.statements:
        return Finding(FindingCode.NOTHING_TO_CLEAR, action=_start_statement(item))
    cleared = tuple(sorted(record for record, state in linked.statements.items() if state in CLEARED_STATES))
    others = sorted(
        (-_rank(state), record) for record, state in linked.statements.items() if state not in CLEARED_STATES
    )
    if not others:
        return Finding(FindingCode.CLEARED, {"count": len(cleared)}, cleared)
    furthest = others[0][1]
    values = {"cleared": len(cleared), "count": len(linked.statements), "furthest": linked.statements[furthest]}
    return Finding(FindingCode.NOT_CLEARED, values, cleared, Action(ActionKind.OPEN_STATEMENT, furthest))


def _rank(state: StatementState) -> int:
    return STATES.index(state) if state in STATES else -1


def _start_statement(item: CoveredItem) -> Action:
    return Action(ActionKind.START_STATEMENT, item.expected.statement_format)


def _risks_assessed(linked: LinkedWork) -> Finding:
    assessed = tuple(sorted(case for case, done in linked.cases.items() if done))
    others = sorted(case for case, done in linked.cases.items() if not done)
    if not others:
        return Finding(FindingCode.RISKS_ASSESSED, {"count": len(assessed)}, assessed)
    values = {"assessed": len(assessed), "count": len(linked.cases)}
    return Finding(FindingCode.RISKS_NOT_ASSESSED, values, assessed, Action(ActionKind.OPEN_CASE, others[0]))


def _followed_up(item: CoveredItem, linked: LinkedWork, today: date) -> Finding:
    after = [(one.on, one.record_id) for one in linked.engagements if item.end < one.on <= today]
    after += [
        (one.done_on, one.record_id)
        for one in linked.follow_ups
        if one.done_on is not None and item.end <= one.done_on <= today
    ]
    closed = sorted(record for record, state in linked.statements.items() if state is StatementState.FOLLOWED_UP)
    records = tuple(dict.fromkeys([*(record for _, record in sorted(after)), *closed]))
    still_open = sorted((one.due, one.record_id) for one in linked.follow_ups if one.done_on is None)
    if still_open:
        action = Action(ActionKind.OPEN_FOLLOW_UPS, still_open[0][1])
        return Finding(FindingCode.FOLLOW_UPS_OPEN, {"count": len(still_open)}, records, action)
    if records:
        return Finding(FindingCode.FOLLOWED_UP, {"last": max(after)[0] if after else None}, records)
    action = Action(ActionKind.LOG_ENGAGEMENT, kind_to_log(Expectation.FOLLOW_UP))
    return Finding(FindingCode.NOT_FOLLOWED_UP, action=action)
