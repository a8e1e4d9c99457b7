"""Sentences about recording the outcome of a calendar item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording
from calendar_model.translation import N_
from calendar_model.translation import gettext as _


def _outside(values: Mapping[str, Any]) -> str:
    days = wording.span(values["start"], values["end"])
    return _("{day} is outside {session} ({days}). Correct the date, or the session.").format(
        day=wording.day(values["day"]), session=values["session"], days=days
    )


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "outcome-item-unknown": N_("“{item}” is not in the calendar."),
    "outcome-not-possible": lambda values: _(
        "“{outcome}” cannot be recorded for {title}. Correct its row instead."
    ).format(outcome=wording.term(values["outcome"]), title=values["title"]),
    "outcome-without-day": N_("Enter the date."),
    "outcome-without-reason": N_("Enter the reason."),
    "outcome-without-symbol": N_("Enter the symbol of the text."),
    "outcome-vote-incomplete": N_("Enter all three counts of the vote, or choose consensus."),
    "outcome-still-to-come": lambda values: _("{day} is in the future. Enter today or an earlier date.").format(
        day=wording.day(values["day"])
    ),
    "outcome-ends-before-start": lambda values: _("Choose a last day on or after {start}.").format(
        start=wording.day(values["start"])
    ),
    "outcome-not-moved": N_("It already has these dates. Enter the new ones."),
    "outcome-day-outside-session": _outside,
    "outcome-postponed-to-unknown": N_("Choose a later session, or a later year."),
    "outcome-review-session": N_("Choose a session of cycle {cycle} other than {session}."),
    "outcome-session-unknown": N_("Choose the session in which the outcome was adopted."),
}
