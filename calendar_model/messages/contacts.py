"""Sentences about contacts, their consents and their identities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording


def _before_given(what: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda values: (
        f"The consent {what} before it was given. Choose a date on or after {wording.day(values['given_on'])}."
    )


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "contact-gone": "This contact no longer exists, or you do not have access. Go back to the list.",
    "contact-code-taken": "Another contact already has this code. The next free code is {free}.",
    "consent-ends-too-early": _before_given("ends"),
    "consent-withdrawn-too-early": _before_given("was withdrawn"),
    "identity-empty": "Enter the identity. To remove a recorded one, erase it.",
    "identity-exists": "Another user has recorded the identity in the meantime. Reload the page to see it.",
    "erasure-without-reason": "Enter in a sentence why it is erased; the reason stays in the history.",
}
