"""Sentences about dates to confirm: why one is urgent, and what is wrong with an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from calendar_model import wording


def pressing_words(pressing: str, days: int, usual_notice: int | None, last_year: int | None) -> str:
    """Return why a date should be confirmed, without a full stop; the values are those of a ``DateToConfirm``."""
    if pressing == "stale":
        return f"No edition on record since {last_year}: is it still held?"
    if pressing in ("just-past", "past"):
        return f"Ended {wording.count(days, 'day')} ago; outcome not recorded"
    begins = f"Could begin in {wording.count(days, 'day')}" if days else "May have begun already"
    if usual_notice is None:
        return begins
    by_now = " by now" if days <= usual_notice else ""
    return f"{begins}; usually announced{by_now} {wording.count(usual_notice, 'day')} ahead"


def answer_words(asked_on: date, ask_again_on: date, person: str, note: str) -> str:
    """Return who asked when, when to ask again, and their ``note``."""
    by = f" by {person}" if person else ""
    asked = f"Asked on {wording.day(asked_on)}{by}; ask again on {wording.day(ask_again_on)}"
    return f"{asked}: {note}" if note else asked


def _out_of_bounds(values: Mapping[str, Any]) -> str:
    return f"Choose a date to ask again, from {wording.day(values['first'])} to {wording.day(values['last'])}."


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "confirm-sample": "Sample users cannot record this: it would apply to everyone.",
    "confirm-ask-again-out-of-bounds": _out_of_bounds,
    "confirm-answer-of-another-item": "An answer cannot move to another item. Record a new one.",
    "confirm-days-not-announced": "Enter dates, or choose “not announced yet”, but not both.",
    "confirm-ask-again-without-answer": "Use --ask-again only with --not-announced.",
    "confirm-not-listed": "“{item}” is not in the list of dates to confirm.",
    "confirm-past-provisional": "These dates have passed. Record them without “subject to change”.",
}
