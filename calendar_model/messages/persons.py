"""Sentences about users and their accounts."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.translation import N_

MESSAGES: Mapping[str, str] = {
    "account-of-nobody": N_(
        "An account can only belong to an active user. Choose another one, or set this one active."
    ),
    "account-not-waiting": N_(
        "No account with the code {code} is waiting. Ask for the code that the sign-in page shows, or for another "
        "attempt to sign in."
    ),
    "user-unknown": N_("There is no active user called {name}. Check the name, or add the user first."),
    "account-gone": N_("This account is no longer linked to a user. Reload the page."),
    "name-taken": N_("There is already a user called {name}. Add something to the name to tell the two apart."),
    "person-unknown": N_("There is no person “{person}”. Enter an identifier shown in the history."),
}
