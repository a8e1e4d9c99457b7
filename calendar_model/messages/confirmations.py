"""Sentences about dates to confirm: why one is urgent, and what is wrong with an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from calendar_model import wording
from calendar_model.translation import N_
from calendar_model.translation import gettext as _


def pressing_words(pressing: str, days: int, usual_notice: int | None, last_year: int | None) -> str:
    """Return why a date should be confirmed, without a full stop; the values are those of a ``DateToConfirm``."""
    if pressing == "stale":
        return _("No edition on record since {last_year}: is it still held?").format(last_year=last_year)
    if pressing in ("just-past", "past"):
        return _("Ended {count} ago; outcome not recorded").format(
            count=wording.count(days, "{number} day", "{number} days")
        )
    begins = (
        _("Could begin in {count}").format(count=wording.count(days, "{number} day", "{number} days"))
        if days
        else _("May have begun already")
    )
    if usual_notice is None:
        return begins
    by_now = _(" by now") if days <= usual_notice else ""
    return _("{begins}; usually announced{by_now} {count} ahead").format(
        begins=begins, by_now=by_now, count=wording.count(usual_notice, "{number} day", "{number} days")
    )


def answer_words(asked_on: date, ask_again_on: date, person: str, note: str) -> str:
    """Return who asked when, when to ask again, and their ``note``."""
    by = _(" by {person}").format(person=person) if person else ""
    asked = _("Asked on {asked_on}{by}; ask again on {ask_again_on}").format(
        asked_on=wording.day(asked_on), by=by, ask_again_on=wording.day(ask_again_on)
    )
    return f"{asked}: {note}" if note else asked


def _out_of_bounds(values: Mapping[str, Any]) -> str:
    return _("Choose a date to ask again, from {first} to {last}.").format(
        first=wording.day(values["first"]), last=wording.day(values["last"])
    )


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "confirm-sample": N_("Sample users cannot record this: it would apply to everyone."),
    "confirm-ask-again-out-of-bounds": _out_of_bounds,
    "confirm-answer-of-another-item": N_("An answer cannot move to another item. Record a new one."),
    "confirm-days-not-announced": N_("Enter dates, or choose “not announced yet”, but not both."),
    "confirm-ask-again-without-answer": N_("Use --ask-again only with --not-announced."),
    "confirm-not-listed": N_("“{item}” is not in the list of dates to confirm."),
    "confirm-past-provisional": N_("These dates have passed. Record them without “subject to change”."),
}
