"""Sentences about the list of persons."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "name-taken": ("There is a {name} already. Add something to the name by which colleagues tell the two apart."),
    "person-unknown": "There is no person “{person}”; give an identifier as it stands in the history.",
}
