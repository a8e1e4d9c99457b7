"""Sentences about recording the outcome of a calendar item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording


def _outside(values: Mapping[str, Any]) -> str:
    days = wording.span(values["start"], values["end"])
    return f"{wording.day(values['day'])} is outside {values['session']} ({days}). Correct the date, or the session."


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "outcome-item-unknown": "“{item}” is not in the calendar.",
    "outcome-not-possible": lambda values: (
        f"“{wording.term(values['outcome'])}” cannot be recorded for {values['title']}. Correct its row instead."
    ),
    "outcome-without-day": "Enter the date.",
    "outcome-without-reason": "Enter the reason.",
    "outcome-without-symbol": "Enter the symbol of the text.",
    "outcome-vote-incomplete": "Enter all three counts of the vote, or choose consensus.",
    "outcome-still-to-come": lambda values: (
        f"{wording.day(values['day'])} is in the future. Enter today or an earlier date."
    ),
    "outcome-ends-before-start": lambda values: f"Choose a last day on or after {wording.day(values['start'])}.",
    "outcome-not-moved": "It already has these dates. Enter the new ones.",
    "outcome-day-outside-session": _outside,
    "outcome-postponed-to-unknown": "Choose a later session, or a later year.",
    "outcome-review-session": "Choose a session of cycle {cycle} other than {session}.",
    "outcome-session-unknown": "Choose the session in which the outcome was adopted.",
}
