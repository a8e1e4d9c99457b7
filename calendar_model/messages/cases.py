"""Sentences about individual cases and reprisals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "case-closed-before-contact": (
        "A statement raised this case. Before closing it, contact the defender, or civil society on their behalf. "
        "Enter the date, and who was contacted."
    ),
    "reprisal-report-missing": "Enter to whom it was reported, and when.",
    "reprisal-response-missing": "Enter the response. Until there is one, the allegation stays reported.",
    "reprisal-reported-too-early": lambda values: (
        f"The report date is before the alleged date. Choose a date on or after {wording.day(values['alleged_on'])}."
    ),
}
