"""Sentences that apply to records of every kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model.translation import N_

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "edit-conflict": (
        N_(
            "Another user has changed this record since you opened it. Your changes are kept: compare both below, then "
            "save again."
        )
    ),
    "record-gone": N_("This record no longer exists, or you do not have access. Go back to the list."),
    # Who writes.
    "no-actor": N_("Select your name in Settings first. Every change is kept with its author."),
    "actor-inactive": N_("You are not an active user. Select your name in Settings."),
    "acting-as-sample": N_(
        "You are working as a sample user. Select your own name to change records outside the sample."
    ),
    # What cannot change.
    "identifier-changed": N_("An identifier cannot be changed."),
    "sample-changed": N_("Sample records cannot become your own, nor your own sample records."),
    "owner-of-sample": N_("Choose an owner who is not a sample user."),
    "owner-of-other-mission": N_(
        "The owner has no role at the mission of this record, and could not read it. Choose another owner or mission."
    ),
    "asked-of-other-mission": N_(
        "The person who is asked has no role at the mission of this record, and could not read it. Ask another one."
    ),
    "mission-not-offered": N_("This mission is retired. Choose another one."),
    "move-without-reason": N_(
        "Enter in a sentence why colleagues outside the mission may read this; the reason stays in the history."
    ),
    # Who may see it.
    "level-without-reason": N_("Enter in a sentence why more people may see it; the reason stays in the history."),
    "level-never-public": N_("Records that could identify a person cannot be public. Choose internal or restricted."),
    # Links.
    "linked-record-gone": (
        N_("One of the two records does not exist, or you do not have access. Choose from the list.")
    ),
    "link-to-sample": N_("Sample records cannot be linked to your own records."),
    # Deleting.
    "deletion-without-reason": N_("Enter in a sentence why it is deleted; the reason stays in the history."),
    # Who has read it.
    "read-changed": N_("What is noted on who has read a record cannot be changed or deleted."),
    "read-check-without-access": N_("Only people with lasting access can tick off who has read a record."),
    # Undoing.
    "undo-too-late": N_("It is too late to undo this. Change it by hand instead."),
    "undo-changed-since": N_("This has changed again since, so it cannot be undone. Open it to see how it stands now."),
    "undo-unknown": N_("This cannot be undone. Change it by hand instead."),
}
