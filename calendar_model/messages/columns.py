"""Sentences about columns: what is required and empty, too long, out of bounds, no code, or a day to come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording

REQUIRED: Mapping[str, str] = {
    "person.name": "Give a name: it stands beside all that is written.",
    "record.title": "Give it a title; of what could point at a person a code, such as “Defender 014”.",
    "item_link.item": "Say to which item of the calendar it is linked.",
    "access_request.reason": "Say why you need access.",
    "follow_up.what": "Say what is to be done.",
    "follow_up.due": "Say by when it is to be done.",
    "follow_up.owner_id": "Say who does it.",
    "event.event_kind": "Say what kind of event it is.",
    "event.start": "Say on which day it begins, and on which it ends.",
    "event.end": "Say on which day it begins, and on which it ends.",
    "contact.contact_kind": "Say what kind of contact it is.",
    "consent.to_what": "Say to what they have agreed.",
    "consent.given_on": "Say on which day it was given.",
    "consent.taken_by_id": "Say who took the consent down.",
    "engagement.engagement_kind": "Say what kind of engagement it is.",
    "engagement.on": "Say on which day it was, or for which it is planned.",
    "engagement.form": "Say how it took place.",
    "statement.form": "Say what form the statement has.",
    "version.text": "There is no text to save yet.",
    "cosponsor.country": "Choose the State.",
    "override.reason": "Give the reason in a sentence: it is shown with the statement for ever.",
    "language_proposal.text": "Say in which text it is proposed.",
    "language_proposal.wording": "Say what the proposed wording is.",
    "case_file.suggested_by": "Say who suggested the case.",
    "correction.row": "Say which row is corrected.",
    "correction.values": "Say which columns are corrected, and how they read.",
    "not_announced.item": "Say which item of the calendar it is.",
    "not_announced.asked_on": "Say on which day you asked.",
    "not_announced.ask_again_on": "Choose the day on which to ask again.",
    "remote_calendar.name": "Say whose calendar it is: its events are known by that.",
    "remote_calendar.address": "Give the address of the calendar.",
    "remote_calendar.body": (
        "Say to which organisation or body its events belong: they are listed in its lane of the timeline."
    ),
    "remote_calendar.event_kind": "Say what kind of event it brings.",
}
"""What is asked for where a required column is empty, by table and column."""


def label(column: str) -> str:
    """A column as readers know it: ``Mission advice``."""
    return wording.term(column.removesuffix("_id").replace("_", "-"))


def _about_column(template: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda values: f"{label(values['column'])}: {template.format_map(values)}"


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "required": lambda values: REQUIRED[values["column"]],
    "unknown-code": _about_column("there is no {kind} “{code}”. Choose one from the list."),
    "day-to-come": lambda values: (
        f"{label(values['column'])}: {wording.day(values['day'])} has not come yet. Enter today or an earlier day."
    ),
    "number-out-of-bounds": _about_column("enter a number from {least:,} to {most:,}."),
    "text-too-long": _about_column("the text has {length:,} characters, and at most {limit:,} fit. Shorten it."),
    "text-not-plain": _about_column("the text holds a character that cannot be kept. Paste it as plain text."),
}
