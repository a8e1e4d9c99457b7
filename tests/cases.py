"""A case without answers, and answers to all questions that are asked before a statement raises it."""

from __future__ import annotations

from datetime import date
from typing import Any

from calendar_model.terms import InTheLoop, Prospect, Publicity, RiskLevel, Suggester

CASE: dict[str, Any] = {"title": "Case 1", "suggested_by": Suggester.CIVIL_SOCIETY}
ANSWERS: dict[str, Any] = {
    "mission_consulted_on": date(2026, 11, 2),
    "mission": "The embassy",
    "mission_advice": "No objection.",
    "before_on": date(2026, 11, 3),
    "before_with": InTheLoop.CIVIL_SOCIETY,
    "before_note": "The family agrees.",
    "risk": RiskLevel.MODERATE,
    "risk_reasons": "Known to the authorities already.",
    "prospect": Prospect.IMPROVEMENT,
    "prospect_reasons": "A review is due.",
    "publicity": Publicity.STATEMENT,
    "publicity_reason": "Asked for by the family.",
}
