"""Sentences of coverage: labels of the expectations, and what was found for each."""

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
"""A word for the header of a column."""

EXPECTATION_MEANINGS: Mapping[str, str] = {
    Expectation.CONSULTED: "Defenders or their organisations were asked for their views, not only invited.",
    Expectation.PARTICIPATION: (
        "We helped defenders to take part (travel, accreditation, visa), or invited them to our own event."
    ),
    Expectation.BILATERAL: "We consulted the mission in the country, or the country desk.",
    Expectation.DIALOGUE: "We discussed with the organisation what it does for defenders.",
    Expectation.DRAFT: "There is a draft of our statement or text.",
    Expectation.RISKS: "The risk of reprisals is assessed, with reasons, for every case to be raised.",
    Expectation.CLEARED: "All texts for the item are cleared.",
    Expectation.FOLLOW_UP: "Those concerned were contacted afterwards, and no follow-up is open.",
}
"""What meets each expectation, in a sentence."""

_ENGAGED: Mapping[str, str] = {
    Expectation.CONSULTED: "Consulted",
    Expectation.PARTICIPATION: "Participation supported",
    Expectation.BILATERAL: "Bilateral mission or country desk consulted",
    Expectation.DIALOGUE: "Dialogue with the organisation",
}
_NOT_ENGAGED: Mapping[str, str] = {
    Expectation.CONSULTED: "No consultation yet",
    Expectation.PARTICIPATION: "Participation not yet supported",
    Expectation.BILATERAL: "No bilateral mission or country desk consulted yet",
    Expectation.DIALOGUE: "No dialogue with the organisation yet",
}
_PLANNED: Mapping[str, str] = {
    Expectation.CONSULTED: "Consultation planned",
    Expectation.PARTICIPATION: "Support planned",
    Expectation.BILATERAL: "Contact with a bilateral mission or country desk planned",
    Expectation.DIALOGUE: "Dialogue planned",
}
_POSSIBLE: Mapping[str, str] = {"first": "earliest", "last": "latest"}
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
    """Return what was found for an expectation, and when it is due if it is not met; without a full stop.

    In: the fields of a :class:`calendar_model.mission.coverage.Readiness`, or of a row of the table of coverage.
    """
    found = MESSAGES[finding](details)
    if state == ReadinessState.DONE:
        return found
    end = "last" if expectation == Expectation.FOLLOW_UP else "first"
    if by_passed and state != ReadinessState.LATE:
        return f"{found}; due now, based on the {_POSSIBLE[end]} possible date"
    due = {Precision.DAY: _day, Precision.EXPECTED: _expected_day}.get(Precision(by_precision))
    due_by = due(by) if due is not None else _month(by, end)
    return f"{found}; {'was due ' if state == ReadinessState.LATE else ''}by {due_by}"


def item_work_words(*, engagements: int, drafts: int, cleared: int, behind: bool) -> str:
    """Return counts of the work linked to an item: ``2 engagements · 1 draft · behind``."""
    counts = ((engagements, "engagement"), (drafts, "draft"), (cleared, "cleared text"))
    words = [_counted(count, word) for count, word in counts if count]
    return " · ".join([*words, *(["behind"] if behind else [])])


@lru_cache(maxsize=4096)
def _day(day: date) -> str:
    return wording.day(day)


@lru_cache(maxsize=4096)
def _expected_day(day: date) -> str:
    """A day counted from a forecast, which moves with it."""
    return f"{wording.day(day)}, based on the expected dates"


@lru_cache(maxsize=4096)
def _month(day: date, end: str) -> str:
    """The month of a day counted from a window, and the end of the window from which it is counted."""
    return f"{wording.span(day, day, Precision.MONTH)}, based on the {_POSSIBLE[end]} possible date"


def _engaged(values: Mapping[str, Any]) -> str:
    last = f"{'on' if values['count'] == 1 else 'last on'} {_day(values['last'])}"
    return f"{_ENGAGED[values['expectation']]} {_times(values['count'])}, {last}"


def _planned(values: Mapping[str, Any]) -> str:
    return f"{_PLANNED[values['expectation']]} for {_day(values['on'])}"


def _drafted(values: Mapping[str, Any]) -> str:
    state = _STATEMENT_STATES[values["furthest"]]
    return f"One text, {state}" if values["count"] == 1 else f"{values['count']} texts, the most advanced {state}"


def _cleared(values: Mapping[str, Any]) -> str:
    return "Cleared" if values["count"] == 1 else f"All {values['count']} texts cleared"


def _not_cleared(values: Mapping[str, Any]) -> str:
    if values["count"] == 1:
        return f"Not cleared, {_STATEMENT_STATES[values['furthest']]}"
    return f"{values['cleared']} of {values['count']} texts cleared"


def _risks_assessed(values: Mapping[str, Any]) -> str:
    return "Risk assessed" if values["count"] == 1 else f"Risk assessed in all {values['count']} cases"


def _risks_not_assessed(values: Mapping[str, Any]) -> str:
    if values["count"] == 1:
        return "Risk not assessed"
    return f"Risk assessed in {values['assessed']} of {values['count']} cases"


def _followed_up(values: Mapping[str, Any]) -> str:
    return "Followed up" if values["last"] is None else f"Followed up, last on {_day(values['last'])}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


MESSAGES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "coverage-engaged": _engaged,
    "coverage-engagement-planned": _planned,
    "coverage-invited-only": lambda values: f"Invited {_times(values['count'])}, no consultation yet",
    "coverage-not-engaged": lambda values: _NOT_ENGAGED[values["expectation"]],
    "coverage-drafted": _drafted,
    "coverage-idea-only": lambda _: "Idea only, no draft yet",
    "coverage-no-draft": lambda _: "No draft yet",
    "coverage-cleared": _cleared,
    "coverage-not-cleared": _not_cleared,
    "coverage-nothing-to-clear": lambda _: "Nothing to clear yet",
    "coverage-risks-assessed": _risks_assessed,
    "coverage-risks-not-assessed": _risks_not_assessed,
    "coverage-followed-up": _followed_up,
    "coverage-follow-ups-open": lambda values: f"{_counted(values['count'], 'follow-up')} open",
    "coverage-not-followed-up": lambda _: "No follow-up since",
}
