"""Sentences about the list of users."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.translation import N_

MESSAGES: Mapping[str, str] = {
    "name-taken": N_("There is already a user called {name}. Add something to the name to tell the two apart."),
    "person-unknown": N_("There is no person “{person}”. Enter an identifier shown in the history."),
}
