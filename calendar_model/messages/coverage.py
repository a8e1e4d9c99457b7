"""What coverage says: the names of the expectations, and the sentences for what was found of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from calendar_model import wording
from calendar_model.terms import Expectation, ReadinessState, StatementState
from calendar_model.vocabulary import Precision

EXPECTATION_LABELS: Mapping[str, str] = {
    Expectation.CONSULTED: "Consulted",
    Expectation.PARTICIPATION: "Participation",
    Expectation.BILATERAL: "Bilateral",
    Expectation.DIALOGUE: "Dialogue",
    Expectation.DRAFT: "Draft",
    Expectation.RISKS: "Risks",
    Expectation.CLEARED: "Cleared",
    Expectation.FOLLOW_UP: "Follow-up",
}
"""A word for the head of a column."""

EXPECTATION_MEANINGS: Mapping[str, str] = {
    Expectation.CONSULTED: "Defenders or their organisations were asked for their view, and not only invited.",
    Expectation.PARTICIPATION: "Somebody was helped to take part: travel, accreditation, visa; or invited to our own.",
    Expectation.BILATERAL: "The mission in the country or the country desk was asked.",
    Expectation.DIALOGUE: "We talked with the organisation itself about what it does for defenders.",
    Expectation.DRAFT: "What we are going to say or table exists as a draft.",
    Expectation.RISKS: "For every case that is to be raised, the risk of reprisals is weighed, with its reasons.",
    Expectation.CLEARED: "Every text for it is cleared.",
    Expectation.FOLLOW_UP: "Afterwards somebody went back to those concerned, and nothing promised is left open.",
}
"""What each expectation is met by, in a sentence."""

_ENGAGED: Mapping[str, str] = {
    Expectation.CONSULTED: "Consulted",
    Expectation.PARTICIPATION: "Participation supported",
    Expectation.BILATERAL: "Bilateral mission or country desk asked",
    Expectation.DIALOGUE: "Talked with the organisation",
}
_NOT_ENGAGED: Mapping[str, str] = {
    Expectation.CONSULTED: "Nobody consulted yet",
    Expectation.PARTICIPATION: "Nobody helped to take part yet",
    Expectation.BILATERAL: "No bilateral mission or country desk asked yet",
    Expectation.DIALOGUE: "No dialogue with the organisation yet",
}
_PLANNED: Mapping[str, str] = {
    Expectation.CONSULTED: "Consultation planned",
    Expectation.PARTICIPATION: "Support planned",
    Expectation.BILATERAL: "Contact with a bilateral mission or country desk planned",
    Expectation.DIALOGUE: "Dialogue planned",
}
_STATEMENT_STATES: Mapping[str, str] = {
    StatementState.IDEA: "still an idea",
    StatementState.DRAFT: "in draft",
    StatementState.CONSULTATION: "in consultation",
    StatementState.CLEARED: "cleared",
    StatementState.DELIVERED: "delivered",
    StatementState.FOLLOWED_UP: "followed up",
}


def readiness_words(
    *,
    expectation: str,
    finding: str,
    details: Mapping[str, Any],
    state: str,
    by: date,
    by_precision: str,
    by_passed: bool,
    **_others: object,
) -> str:
    """What was found of an expectation, and by when it is due if it is not met; without a full stop.

    In: the fields of a :class:`calendar_model.mission.coverage.Readiness`, or of a row of the table of coverage.
    """
    found = MESSAGES[finding](details)
    if state == ReadinessState.DONE:
        return found
    end = "last" if expectation == Expectation.FOLLOW_UP else "first"
    if by_passed and state != ReadinessState.LATE:
        return f"{found}; due now, counted from the {end} possible day"
    due = {Precision.DAY: _day, Precision.EXPECTED: _expected_day}.get(Precision(by_precision))
    due_by = due(by) if due is not None else _month(by, end)
    return f"{found}; {'was due ' if state == ReadinessState.LATE else ''}by {due_by}"


def item_work_words(*, engagements: int, drafts: int, cleared: int, behind: bool) -> str:
    """A word or two on what is linked to an item: ``2 engagements · 1 draft · behind``."""
    counts = ((engagements, "engagement"), (drafts, "draft"), (cleared, "cleared text"))
    words = [_counted(count, word) for count, word in counts if count]
    return " · ".join([*words, *(["behind"] if behind else [])])


@lru_cache(maxsize=4096)
def _day(day: date) -> str:
    return wording.day(day)


@lru_cache(maxsize=4096)
def _expected_day(day: date) -> str:
    """What is counted from a forecast moves with it."""
    return f"{wording.day(day)}, counted from the expected days"


@lru_cache(maxsize=4096)
def _month(day: date, end: str) -> str:
    """What is counted from a window says no more than its month, and from which end of the window."""
    return f"{wording.span(day, day, Precision.MONTH)}, counted from the {end} possible day"


def _engaged(values: Mapping[str, Any]) -> str:
    last = f"{'on' if values['count'] == 1 else 'last on'} {_day(values['last'])}"
    return f"{_ENGAGED[values['expectation']]} {_times(values['count'])}, {last}"


def _planned(values: Mapping[str, Any]) -> str:
    return f"{_PLANNED[values['expectation']]} for {_day(values['on'])}"


def _drafted(values: Mapping[str, Any]) -> str:
    state = _STATEMENT_STATES[values["furthest"]]
    return f"One text, {state}" if values["count"] == 1 else f"{values['count']} texts, the furthest {state}"


def _cleared(values: Mapping[str, Any]) -> str:
    return "Cleared" if values["count"] == 1 else f"All {values['count']} texts cleared"


def _not_cleared(values: Mapping[str, Any]) -> str:
    if values["count"] == 1:
        return f"Not cleared, {_STATEMENT_STATES[values['furthest']]}"
    return f"{values['cleared']} of {values['count']} texts cleared"


def _risks_assessed(values: Mapping[str, Any]) -> str:
    return "Risk weighed" if values["count"] == 1 else f"Risk weighed in all {values['count']} cases"


def _risks_not_assessed(values: Mapping[str, Any]) -> str:
    if values["count"] == 1:
        return "Risk not weighed"
    return f"Risk weighed in {values['assessed']} of {values['count']} cases"


def _followed_up(values: Mapping[str, Any]) -> str:
    return "Followed up" if values["last"] is None else f"Followed up, last on {_day(values['last'])}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


MESSAGES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "coverage-engaged": _engaged,
    "coverage-engagement-planned": _planned,
    "coverage-invited-only": lambda values: f"Invited {_times(values['count'])}, nobody consulted yet",
    "coverage-not-engaged": lambda values: _NOT_ENGAGED[values["expectation"]],
    "coverage-drafted": _drafted,
    "coverage-idea-only": lambda _: "An idea, no draft yet",
    "coverage-no-draft": lambda _: "No draft yet",
    "coverage-cleared": _cleared,
    "coverage-not-cleared": _not_cleared,
    "coverage-nothing-to-clear": lambda _: "Nothing to clear yet",
    "coverage-risks-assessed": _risks_assessed,
    "coverage-risks-not-assessed": _risks_not_assessed,
    "coverage-followed-up": _followed_up,
    "coverage-follow-ups-open": lambda values: f"{_counted(values['count'], 'follow-up')} open",
    "coverage-not-followed-up": lambda _: "Nothing heard or done since",
}
