"""The requirements of section 3.4 of the guidelines for a case, before and after a statement raises it.

Pure: facts in, unmet requirements out. Only this module decides what counts as an answer.
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
    """The questions before a case is raised, in the order of the guidelines; who suggested it is always known."""

    MISSION = "mission"
    BEFORE = "before"
    RISK = "risk"
    PROSPECTS = "prospects"
    PUBLICITY = "publicity"


@dataclass(frozen=True)
class CaseFacts:
    """The columns of a case used by the checks, and its name.

    ``name`` is its code, empty if a sentence about it needs none. ``is_hidden``: the reader may not see the case;
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
    """The unmet requirements that prevent clearance of a statement with this case, in the order of the guidelines."""
    return tuple(unmet for question in Question if (unmet := unanswered(case, question)) is not None)


def unanswered(case: CaseFacts, question: Question) -> UnmetRequirement | None:
    """The unmet requirement of one question; None once it is answered.

    A question is answered once all its fields are filled in, and its day has come. A risk assessed as not acceptable
    and a decision to work quietly are answers, not gaps: they cannot be overridden, only assessed or decided again.
    """
    return _CHECKS[question](case)


def before_closing(case: CaseFacts, delivered_on: date | None) -> UnmetRequirement | None:
    """The unmet requirement after the statement: contact since then with the defender, or with civil society."""
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
    """A requirement that is not filled in yet; two persons can override it."""
    return UnmetRequirement(code, case.case_id, can_be_overridden=True, values=_named(case))


def _decision(case: CaseFacts, code: str) -> UnmetRequirement:
    """An answer that speaks against raising the case."""
    return UnmetRequirement(code, case.case_id, values=_named(case))


def _named(case: CaseFacts) -> Mapping[str, object]:
    return {"case": case.name, "is_hidden": case.is_hidden}


def _has_come(day: date | None) -> bool:
    """Whether a day is given and not in the future."""
    return day is not None and clock.has_come(day)


def _says_with_whom(whom: InTheLoop | None, note: str) -> bool:
    """Whether the contact is filled in; if it was civil society, with what they say on the defender's behalf."""
    return whom is InTheLoop.DEFENDER or (whom is InTheLoop.CIVIL_SOCIETY and bool(note.strip()))
