"""What the guidelines' section 3.4 asks of a case before a statement raises it, and after the statement.

Pure: facts in, unmet requirements out. What counts as an answer is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from calendar_model import clock
from calendar_model.access.problems import UnmetRequirement
from calendar_model.terms import InTheLoop, Prospect, Publicity, RiskLevel


class Question(StrEnum):
    """What is asked before a case is raised, in the order of the guidelines; who suggested it is always known."""

    MISSION = "mission"
    BEFORE = "before"
    RISK = "risk"
    PROSPECTS = "prospects"
    PUBLICITY = "publicity"


@dataclass(frozen=True)
class CaseFacts:
    """The columns of a case that the checks look at, and what names it.

    ``name`` is its code: empty where a sentence about it needs none. ``is_hidden``: the reader may not see the case;
    then ``name`` and ``case_id`` are empty.
    """

    name: str = ""
    case_id: str = ""
    is_hidden: bool = False
    mission_consulted_on: date | None = None
    mission: str = ""
    mission_advice: str = ""
    before_on: date | None = None
    before_with: InTheLoop | None = None
    before_note: str = ""
    risk: RiskLevel | None = None
    risk_reasons: str = ""
    risk_mitigation: str = ""
    risk_weighed_on: date | None = None
    prospect: Prospect | None = None
    prospect_reasons: str = ""
    prospect_weighed_on: date | None = None
    publicity: Publicity | None = None
    publicity_reason: str = ""
    publicity_decided_on: date | None = None
    after_on: date | None = None
    after_with: InTheLoop | None = None
    after_note: str = ""


COLUMNS = tuple(field.name for field in fields(CaseFacts) if field.name not in ("name", "case_id", "is_hidden"))
"""The columns of a case among the facts."""


def before_clearing(case: CaseFacts) -> tuple[UnmetRequirement, ...]:
    """The questions that keep a statement with this case from being cleared, in the order of the guidelines."""
    return tuple(unmet for question in Question if (unmet := unanswered(case, question)) is not None)


def unanswered(case: CaseFacts, question: Question) -> UnmetRequirement | None:
    """What keeps one question from being answered; None once it is.

    A question is answered once all that belongs to it is filled in, and its day has come. A risk assessed as not
    acceptable and a decision to work quietly are answers, not gaps: they cannot be overridden, and have to be assessed
    or decided anew.
    """
    return _CHECKS[question](case)


def before_closing(case: CaseFacts, delivered_on: date | None) -> UnmetRequirement | None:
    """What is missing after the statement: the contact with the defender, or civil society for them, since that day."""
    if not _has_come(case.after_on) or (
        delivered_on is not None and case.after_on is not None and case.after_on < delivered_on
    ):
        return _gap(case, "not-followed-up")
    if not _says_with_whom(case.after_with, case.after_note):
        return _gap(case, "follow-up-incomplete")
    return None


def _mission(case: CaseFacts) -> UnmetRequirement | None:
    if not _has_come(case.mission_consulted_on):
        return _gap(case, "mission-not-consulted")
    if not (case.mission.strip() and case.mission_advice.strip()):
        return _gap(case, "mission-advice-missing")
    return None


def _consulted_before(case: CaseFacts) -> UnmetRequirement | None:
    if not _has_come(case.before_on):
        return _gap(case, "not-consulted-before")
    if not _says_with_whom(case.before_with, case.before_note):
        return _gap(case, "consultation-incomplete")
    return None


def _risk(case: CaseFacts) -> UnmetRequirement | None:
    if case.risk is None or not (case.risk_reasons.strip() and _has_come(case.risk_weighed_on)):
        return _gap(case, "risk-not-assessed")
    if case.risk is RiskLevel.HIGH and not case.risk_mitigation.strip():
        return _gap(case, "risk-not-mitigated")
    return _decision(case, "risk-not-acceptable") if case.risk is RiskLevel.NOT_ACCEPTABLE else None


def _prospects(case: CaseFacts) -> UnmetRequirement | None:
    if case.prospect is None or not (case.prospect_reasons.strip() and _has_come(case.prospect_weighed_on)):
        return _gap(case, "prospects-not-assessed")
    return None


def _publicity(case: CaseFacts) -> UnmetRequirement | None:
    if case.publicity is None or not (case.publicity_reason.strip() and _has_come(case.publicity_decided_on)):
        return _gap(case, "publicity-not-decided")
    return _decision(case, "works-quietly") if case.publicity is Publicity.QUIET else None


_CHECKS: Mapping[Question, Callable[[CaseFacts], UnmetRequirement | None]] = {
    Question.MISSION: _mission,
    Question.BEFORE: _consulted_before,
    Question.RISK: _risk,
    Question.PROSPECTS: _prospects,
    Question.PUBLICITY: _publicity,
}


def _gap(case: CaseFacts, code: str) -> UnmetRequirement:
    """Something that is not filled in yet; two persons can override it."""
    return UnmetRequirement(code, case.case_id, can_be_overridden=True, values=_named(case))


def _decision(case: CaseFacts, code: str) -> UnmetRequirement:
    """An answer that speaks against raising the case."""
    return UnmetRequirement(code, case.case_id, values=_named(case))


def _named(case: CaseFacts) -> Mapping[str, object]:
    return {"case": case.name, "is_hidden": case.is_hidden}


def _has_come(day: date | None) -> bool:
    """Whether something happened on this day: it is there, and not a day to come."""
    return day is not None and clock.has_come(day)


def _says_with_whom(whom: InTheLoop | None, note: str) -> bool:
    """Whether it is filled in with whom it was; what others say for the defender is written down with it."""
    return whom is InTheLoop.DEFENDER or (whom is InTheLoop.CIVIL_SOCIETY and bool(note.strip()))
