"""What section 3.4 of the guidelines asks of an individual case, question by question, and where a case stands.

What counts as an answer is decided in one place, :func:`calendar_model.safeguards.statements.before_clearing`; here it
is only asked of one question at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from calendar_model.safeguards.statements import CaseFacts, Lack, before_clearing, before_closing
from calendar_model.workspace.records import Case
from calendar_model.workspace.terms import Prospect, Publicity, ReprisalState, RiskLevel


class Question(StrEnum):
    """What is asked before a case is raised, in the order of the guidelines; who suggested it is always known."""

    MISSION = "mission"
    BEFORE = "before"
    RISK = "risk"
    PROSPECTS = "prospects"
    PUBLICITY = "publicity"


class Attention(StrEnum):
    """Where a case stands, the most pressing first."""

    MISSING = "missing"
    """Something misses before it can be raised."""
    WAITING = "waiting"
    """It was raised in a statement, and nobody has talked with the defender, or civil society for them, since."""
    REST = "rest"
    """Open, and nothing misses: it can be raised, or it was decided that it is not."""
    CLOSED = "closed"


_COLUMNS: Mapping[Question, tuple[str, ...]] = {
    Question.MISSION: ("mission_consulted_on",),
    Question.BEFORE: ("before_on",),
    Question.RISK: ("risk", "risk_reasons", "risk_mitigation"),
    Question.PROSPECTS: ("prospect", "prospect_reasons"),
    Question.PUBLICITY: ("publicity", "publicity_reason"),
}

_ANSWERED = CaseFacts(
    "",
    mission_consulted_on=date.min,
    before_on=date.min,
    risk=RiskLevel.LOW,
    risk_reasons="-",
    prospect=Prospect.UNCLEAR,
    prospect_reasons="-",
    publicity=Publicity.STATEMENT,
    publicity_reason="-",
    after_on=date.max,
)
"""A case of which nothing misses."""

_NAMES = tuple(field.name for field in fields(CaseFacts) if field.name != "name")


def facts(case: Case) -> CaseFacts:
    """What the checks look at, without the code: their sentences then begin with what misses."""
    return typed({name: getattr(case, name) for name in _NAMES})


def typed(values: Mapping[str, Any]) -> CaseFacts:
    """The same of columns as they stand in a form; a column that is not there is empty."""
    empty = CaseFacts("")
    return CaseFacts("", **{name: values.get(name) or getattr(empty, name) for name in _NAMES})


def lacks(found: CaseFacts, question: Question) -> tuple[Lack, ...]:
    """What one question still misses; a lack that cannot be overridden is an answer that keeps the case back."""
    asked = replace(_ANSWERED, name=found.name, **{name: getattr(found, name) for name in _COLUMNS[question]})
    return before_clearing(asked)


def missing(found: CaseFacts) -> list[str]:
    """The gaps before the case can be raised, as sentences."""
    return [sentence(lack) for lack in before_clearing(found) if lack.can_be_overridden]


def kept_back(found: CaseFacts) -> list[str]:
    """The answers by which it was decided that the case is not raised, as sentences."""
    answers = [sentence(lack) for lack in before_clearing(found) if not lack.can_be_overridden]
    # What is to be done with the statement is the statement's affair.
    return [f"{answer.split('. ')[0].rstrip('.')}." for answer in answers]


def sentence(lack: Lack) -> str:
    """A lack of a nameless case as a sentence of its own: ``The bilateral mission has not been consulted.``"""
    says = lack.says.removeprefix(": ")
    return says[:1].upper() + says[1:]


def waits_for_contact(found: CaseFacts, delivered: Iterable[date | None]) -> bool:
    """Whether the contact afterwards misses; ``delivered`` are the days of the statements that raised the case."""
    days = [day for day in delivered if day is not None]
    return bool(days) and bool(before_closing(found, max(days)))


def attention(case: Case, delivered: Iterable[date | None]) -> Attention:
    """Where a case stands; ``delivered`` are the days of the statements that raised it.

    What was said already waits for the contact, whatever was missing before. Where it was decided not to raise the
    case, what else is open does not press.
    """
    found = facts(case)
    if case.closed_on is not None:
        return Attention.CLOSED
    if waits_for_contact(found, delivered):
        return Attention.WAITING
    return Attention.MISSING if missing(found) and not kept_back(found) else Attention.REST


def unreported(state: ReprisalState, *, reported_to: str, reported_on: date | None, response: str) -> str:
    """What an allegation of reprisal misses to stand in ``state``, as a sentence; empty: nothing.

    It is reported once it is written down to whom and when, and answered once there is a response.
    """
    if state in (ReprisalState.REPORTED, ReprisalState.ANSWERED) and not (reported_to.strip() and reported_on):
        return "Write down to whom it was reported, and when."
    if state is ReprisalState.ANSWERED and not response.strip():
        return "Write down the response; until there is one the allegation stays reported."
    return ""
