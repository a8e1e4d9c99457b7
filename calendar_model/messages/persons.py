"""Sentences about users and their accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording
from calendar_model.translation import N_
from calendar_model.translation import gettext as _


def _clearers_needed(values: Mapping[str, Any]) -> str:
    waiting = wording.count(values["count"], "{number} statement awaits", "{number} statements await")
    if values["needed"] == 1:
        return _(
            "{waiting} clearance, which needs one person who can clear statements. Make another user a clearer first."
        ).format(waiting=waiting)
    return _(
        "{waiting} clearance by a person who has not written the text: two people who can clear statements are needed. "
        "Make another user a clearer first."
    ).format(waiting=waiting)


def _grantors_needed(values: Mapping[str, Any]) -> str:
    waiting = wording.count(values["count"], "{number} request", "{number} requests")
    return _(
        "{waiting} for access can be granted by this user only, and one person is needed. Answer it first, or make "
        "another user a clearer."
    ).format(waiting=waiting)


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "leaver-active": N_("Set the user inactive first, then hand over their records."),
    "successor-needed": N_("Choose an active user who can read records."),
    "clearers-needed": _clearers_needed,
    "grantors-needed": _grantors_needed,
    "account-of-nobody": N_(
        "An account can only belong to an active user. Choose another one, or set this one active."
    ),
    "account-not-waiting": N_(
        "No account with the code {code} is waiting. Ask for the code that the sign-in page shows, or for another "
        "attempt to sign in."
    ),
    "user-unknown": N_("There is no active user called {name}. Check the name, or add the user first."),
    "account-gone": N_("This account is no longer linked to a user. Reload the page."),
    "mission-name-taken": N_("There is already a mission called {name}. Choose another name."),
    "mission-unknown": N_("There is no mission called {name}. Check the name, or add the mission first."),
    "mission-deleted": N_("A mission cannot be deleted, because its records and their history name it. Retire it."),
    "role-of-installation": lambda values: _("The role {role} holds at all missions. Choose it there.").format(
        role=wording.term(values["role"])
    ),
    "successor-of-other-mission": N_(
        "The successor cannot read all of these records, because they belong to other missions. Choose another "
        "successor, or give this one a role there."
    ),
    "name-taken": N_("There is already a user called {name}. Add something to the name to tell the two apart."),
    "person-unknown": N_("There is no person “{person}”. Enter an identifier shown in the history."),
}
