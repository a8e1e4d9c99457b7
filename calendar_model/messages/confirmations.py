"""Sentences about dates to confirm: why one is pressing, and what is wrong with an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from calendar_model import wording


def pressing_words(pressing: str, days: int, usual_notice: int | None, last_year: int | None) -> str:
    """Return why a date is to be confirmed, without a full stop; the values are those of a ``DateToConfirm``."""
    if pressing == "stale":
        return f"No edition known since {last_year}: still held?"
    if pressing in ("just-past", "past"):
        return f"Over for {wording.count(days, 'day')}; nothing is recorded"
    begins = f"Can begin in {wording.count(days, 'day')}" if days else "May have begun already"
    if usual_notice is None:
        return begins
    by_now = " by now" if days <= usual_notice else ""
    return f"{begins}; usually announced{by_now} {wording.count(usual_notice, 'day')} ahead"


def answer_words(asked_on: date, ask_again_on: date, person: str, note: str) -> str:
    """Return who asked when, and when to ask again; ``note`` is what they wrote."""
    by = f" by {person}" if person else ""
    asked = f"Asked on {wording.day(asked_on)}{by}; ask again on {wording.day(ask_again_on)}"
    return f"{asked}: {note}" if note else asked


def _out_of_bounds(values: Mapping[str, Any]) -> str:
    return f"Choose a day to ask again from {wording.day(values['first'])} to {wording.day(values['last'])}."


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "confirm-sample": "Sample users cannot record this: it would apply to everyone.",
    "confirm-ask-again-out-of-bounds": _out_of_bounds,
    "confirm-answer-of-another-item": "An answer stays with its item. Record another one.",
    "confirm-days-not-announced": "Give days, or say that nothing is announced yet; not both.",
    "confirm-ask-again-without-answer": "--ask-again goes with --not-announced.",
    "confirm-not-listed": "“{item}” is not among the dates to confirm.",
    "confirm-past-provisional": "These days have passed: record them without “subject to change”.",
}
