"""Sentences about columns: required but empty, too long, out of bounds, unknown code, date in the future."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _

REQUIRED: Mapping[str, str] = Translated(
    {
        "person.name": N_("Enter a name; it appears next to everything this person writes."),
        "account.person_id": N_("Choose the user whose account it is."),
        "mission.name": N_("Enter the name of the mission."),
        "role_group.name": N_("Enter the name of the group, as the sign-in gives it."),
        "role_group.role": N_("Choose the role that the group gives."),
        "record.title": N_("Enter a title. If it could identify a person, use a code such as “Defender 014”."),
        "item_link.item": N_("Choose the calendar item it is linked to."),
        "record_theme.theme": N_("Enter the theme in a word or two."),
        "access_request.reason": N_("Enter why you need access."),
        "retention_extension.until": N_("Enter the day until which it is kept."),
        "retention_extension.reason": N_("Enter why it is kept longer; the reason stays in the history."),
        "holding_notice.wording": N_("Enter what this system may hold."),
        "follow_up.what": N_("Enter the action."),
        "follow_up.due": N_("Enter a due date."),
        "follow_up.owner_id": N_("Choose who is responsible."),
        "event.event_kind": N_("Choose the kind of event."),
        "event.start": N_("Enter the first and last day."),
        "event.end": N_("Enter the first and last day."),
        "contact.contact_kind": N_("Choose the kind of contact."),
        "consent.to_what": N_("Enter what they have agreed to."),
        "consent.given_on": N_("Enter the date the consent was given."),
        "consent.taken_by_id": N_("Choose who recorded the consent."),
        "engagement.engagement_kind": N_("Choose the kind of engagement."),
        "further_kind.engagement_kind": N_("Choose the kind of engagement."),
        "engagement.on": N_("Enter the date it took place, or is planned for."),
        "engagement.form": N_("Choose how it took place."),
        "statement.format": N_("Choose the format of the statement."),
        "statement_template.name": N_("Enter a name for the template."),
        "statement_template.format": N_("Choose the format of statement that the template is for."),
        "statement_template.text": N_("Enter the text of the template."),
        "template_file.name": N_("Give the file a name, then choose it again."),
        "template_file.content": N_("Choose the Word file of the template."),
        "comment.remark": N_("Write the comment first."),
        "consultee_answer.answer": N_("Choose your answer."),
        "version.text": N_("There is no text to save yet."),
        "cosponsor.country": N_("Choose the State."),
        "override.reason": N_("Enter the reason in a sentence; it stays with the statement permanently."),
        "override_review.assessment": (
            N_("Enter your assessment in a sentence; it stays with the statement permanently.")
        ),
        "language_proposal.text": N_("Enter the text in which it is proposed."),
        "language_proposal.wording": N_("Enter the proposed wording."),
        "case_file.suggested_by": N_("Choose who suggested the case."),
        "correction.row": N_("Choose the row to correct."),
        "correction.values": N_("Enter the corrected columns and their values."),
        "not_announced.item": N_("Choose the calendar item."),
        "not_announced.asked_on": N_("Enter the date you asked."),
        "not_announced.ask_again_on": N_("Choose when to ask again."),
        "archived_as.reference": N_("Enter its reference in the archive."),
        "document_link.url": N_("Enter the web address of the document."),
        "document_link.document_title": N_("Enter the title of the document."),
        "follow.followed_kind": N_("Choose what to follow."),
        "follow.followed_key": N_("Choose what to follow."),
        "remote_calendar.name": N_("Enter a name for the calendar; its events are shown under it."),
        "remote_calendar.address": N_("Enter the address of the calendar."),
        "remote_calendar.body": N_("Choose the organisation or body to which its events belong."),
        "remote_calendar.event_kind": N_("Choose the kind of its events."),
    }
)
"""The sentence for a required column that is empty, by table and column."""


def label(column: str) -> str:
    """The label of a column: ``Mission advice``."""
    return wording.term(column.removesuffix("_id").replace("_", "-"))


def _about_column(template: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda values: f"{label(values['column'])}: {_(template).format_map(values)}"


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "required": lambda values: REQUIRED[values["column"]],
    "unknown-code": _about_column(N_("“{code}” is not a known {kind}. Choose one from the list.")),
    "day-to-come": lambda values: _("{label}: {day} is in the future. Enter today or an earlier date.").format(
        label=label(values["column"]), day=wording.day(values["day"])
    ),
    "number-out-of-bounds": _about_column(N_("enter a number from {least:,} to {most:,}.")),
    "text-too-long": _about_column(N_("the text has {length:,} characters; the limit is {limit:,}. Shorten it.")),
    "text-not-plain": _about_column(N_("the text contains a character that cannot be saved. Paste it as plain text.")),
}
