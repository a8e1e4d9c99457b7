"""Sentences about contacts, their consents and their identities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording
from calendar_model.translation import N_
from calendar_model.translation import gettext as _


def _before_given(what: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda values: _("The consent {what} before it was given. Choose a date on or after {given_on}.").format(
        what=_(what), given_on=wording.day(values["given_on"])
    )


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "contact-gone": N_("This contact no longer exists, or you do not have access. Go back to the list."),
    "contact-code-taken": N_("Another contact already has this code. The next free code is {free}."),
    "consent-ends-too-early": _before_given(N_("ends")),
    "consent-withdrawn-too-early": _before_given(N_("was withdrawn")),
    "identity-empty": N_("Enter the identity. To remove a recorded one, erase it."),
    "identity-exists": N_("Another user has recorded the identity in the meantime. Reload the page to see it."),
    "erasure-without-reason": N_("Enter in a sentence why it is erased; the reason stays in the history."),
}
