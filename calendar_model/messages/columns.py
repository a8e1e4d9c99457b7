"""Sentences about columns: required but empty, too long, out of bounds, unknown code, date in the future."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording

REQUIRED: Mapping[str, str] = {
    "person.name": "Enter a name; it appears next to everything this person writes.",
    "record.title": "Enter a title. If it could identify a person, use a code such as “Defender 014”.",
    "item_link.item": "Choose the calendar item it is linked to.",
    "access_request.reason": "Enter why you need access.",
    "follow_up.what": "Enter the action.",
    "follow_up.due": "Enter a due date.",
    "follow_up.owner_id": "Choose who is responsible.",
    "event.event_kind": "Choose the kind of event.",
    "event.start": "Enter the first and last day.",
    "event.end": "Enter the first and last day.",
    "contact.contact_kind": "Choose the kind of contact.",
    "consent.to_what": "Enter what they have agreed to.",
    "consent.given_on": "Enter the date the consent was given.",
    "consent.taken_by_id": "Choose who recorded the consent.",
    "engagement.engagement_kind": "Choose the kind of engagement.",
    "engagement.on": "Enter the date it took place, or is planned for.",
    "engagement.form": "Choose how it took place.",
    "statement.form": "Choose the form of the statement.",
    "version.text": "There is no text to save yet.",
    "cosponsor.country": "Choose the State.",
    "override.reason": "Enter the reason in a sentence; it stays with the statement permanently.",
    "language_proposal.text": "Enter the text in which it is proposed.",
    "language_proposal.wording": "Enter the proposed wording.",
    "case_file.suggested_by": "Choose who suggested the case.",
    "correction.row": "Choose the row to correct.",
    "correction.values": "Enter the corrected columns and their values.",
    "not_announced.item": "Choose the calendar item.",
    "not_announced.asked_on": "Enter the date you asked.",
    "not_announced.ask_again_on": "Choose when to ask again.",
    "remote_calendar.name": "Enter a name for the calendar; its events are shown under it.",
    "remote_calendar.address": "Enter the address of the calendar.",
    "remote_calendar.body": "Choose the organisation or body to which its events belong.",
    "remote_calendar.event_kind": "Choose the kind of its events.",
}
"""The sentence for a required column that is empty, by table and column."""


def label(column: str) -> str:
    """The label of a column: ``Mission advice``."""
    return wording.term(column.removesuffix("_id").replace("_", "-"))


def _about_column(template: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda values: f"{label(values['column'])}: {template.format_map(values)}"


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "required": lambda values: REQUIRED[values["column"]],
    "unknown-code": _about_column("“{code}” is not a known {kind}. Choose one from the list."),
    "day-to-come": lambda values: (
        f"{label(values['column'])}: {wording.day(values['day'])} is in the future. Enter today or an earlier date."
    ),
    "number-out-of-bounds": _about_column("enter a number from {least:,} to {most:,}."),
    "text-too-long": _about_column("the text has {length:,} characters; the limit is {limit:,}. Shorten it."),
    "text-not-plain": _about_column("the text contains a character that cannot be saved. Paste it as plain text."),
}
