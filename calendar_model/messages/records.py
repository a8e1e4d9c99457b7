"""Sentences that any kind of record can meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "edit-conflict": (
        "Somebody else has changed this record since you opened it. Nothing of yours is lost: compare both below, then "
        "save again."
    ),
    "record-gone": "This record is not there any more, or not for you to see. Go back to the list.",
    # Who writes.
    "no-actor": "Say who you are first: choose yourself in Settings. Every change is kept with its author.",
    "actor-inactive": "You are not, or no longer, among those kept in Settings: choose yourself there.",
    "acting-as-sample": "You act as somebody of the sample: choose who you are to change what is not of the sample.",
    # What stays as it is.
    "identifier-changed": "An identifier stays as it is.",
    "sample-changed": "A record of the sample stays one, and one of yours stays yours.",
    "owner-of-sample": (
        "A record of yours belongs to somebody of the staff: choose an owner who is not of the sample."
    ),
    # Who may see it.
    "level-without-reason": "Say in a sentence why it may be shown to more people; the reason stays in the history.",
    "level-never-public": "What could point at a person is never public here; internal is as far as it goes.",
    # Links.
    "linked-record-gone": (
        "One of the two records to be linked is not there, or not for you to see; choose from the list."
    ),
    "link-to-sample": "A fictional record of the sample is not linked to one of yours.",
    # Deleting.
    "deletion-without-reason": "Say in a sentence why it is deleted; the reason stays in the history.",
    "never-deleted": "Statements, cases and reprisals are kept. Drop the statement, or close the case, instead.",
}
