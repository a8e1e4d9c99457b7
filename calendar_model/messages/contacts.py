"""Sentences about contacts, their consents and their identities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording


def _before_given(what: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda values: (
        f"The consent {what} before it was given. Choose a day on or after {wording.day(values['given_on'])}."
    )


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "contact-gone": "This contact is not there any more, or you cannot see it. Go back to the list.",
    "contact-code-taken": "Another contact goes by this already. The next free code is {free}.",
    "consent-ends-too-early": _before_given("ends"),
    "consent-withdrawn-too-early": _before_given("was withdrawn"),
    "identity-empty": "Nothing is typed. To take away what is kept, erase it.",
    "identity-exists": "Somebody else has written down who it is meanwhile: reload the page to see it.",
    "erasure-without-reason": "Say in a sentence why it is erased; the reason stays in the history.",
}
