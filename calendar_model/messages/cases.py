"""Sentences about individual cases and reprisals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "case-closed-before-contact": (
        "A statement raised this case. Close it after the contact with the defender, or civil society for them, since "
        "then: write down the day of it, and with whom it was."
    ),
    "reprisal-report-missing": "Write down to whom it was reported, and when.",
    "reprisal-response-missing": "Write down the response; until there is one the allegation stays reported.",
    "reprisal-reported-too-early": lambda values: (
        f"It was reported before it happened. Choose a day on or after {wording.day(values['alleged_on'])}."
    ),
}
