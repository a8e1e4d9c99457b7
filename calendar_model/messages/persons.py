"""Sentences about the list of users."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "name-taken": "There is already a user called {name}. Add something to the name to tell the two apart.",
    "person-unknown": "There is no person “{person}”. Enter an identifier shown in the history.",
}
