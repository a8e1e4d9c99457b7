"""Sentences about access to records, and requests for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording
from calendar_model.translation import N_
from calendar_model.translation import gettext as _


def _role_needed(values: Mapping[str, Any]) -> str:
    """Name the roles that allow an action, and who can give them."""
    if not values["roles"]:
        return _("No role allows this.")
    if len(values["roles"]) == 1:
        return _("You need the role {role} for this. Ask an administrator.").format(
            role=wording.term(values["roles"][0])
        )
    return _("You need one of these roles for this: {roles}. Ask an administrator.").format(
        roles=wording.terms(values["roles"])
    )


def _role_at_mission_needed(values: Mapping[str, Any]) -> str:
    """The same for a person who has such a role at another mission."""
    return _("Your role {roles} does not hold at the mission of this record. Ask an administrator.").format(
        roles=wording.terms(values["roles"])
    )


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "role-needed": _role_needed,
    "role-at-mission-needed": _role_at_mission_needed,
    "table-of-nobody": N_("No role allows this."),
    "own-roles": N_("You can give up a role of your own, but not take one. Ask another administrator."),
    "last-administrator": N_("One active administrator is needed. Make another user an administrator first."),
    "sample-administrator": N_("A fictional user cannot be an administrator."),
    "access-needed": (
        N_(
            "This contact's identity is recorded. Only people with access can share it, change its kind, level or "
            "owner, link it to a case, or delete it. Ask one of them."
        )
    ),
    "nobody-with-access": N_("A restricted record needs at least one person with access. Add someone else first."),
    "identity-of-nobody": (
        N_("While a contact's identity is recorded, at least one person must have access. Erase the identity first.")
    ),
    "owner-without-access": N_("The owner must have access. Add the owner as well."),
    "owner-only": N_("Only the owner can transfer a restricted record. Ask for access on the record's page instead."),
    "row-of-another-record": (
        N_("This entry cannot move to another record. Delete it, and add a new one to the other record.")
    ),
    "identifier-malformed": N_("An identifier has 32 hexadecimal digits. Leave it out to have one created."),
    "identifier-used": N_("This identifier belonged to another record. Leave it out to have a new one created."),
    "unsaved-of-another": N_("Unsaved text is kept only for the person who typed it."),
    # Requests for access.
    "request-without-reason": N_("Enter in a sentence why you need access; the reason stays in the history."),
    "request-for-another": N_("Request access in your own name, to a record you have no access to."),
    "request-changed": N_("A request for access cannot be changed, and can be granted only once."),
    "request-deleted": N_("A request for access cannot be deleted."),
    "request-gone": N_("This request is no longer open, or you cannot grant it. Reload the page."),
    "access-runs-out": (
        N_(
            "Your access to this record runs out. People with lasting access share it, change its level or owner, or "
            "delete it."
        )
    ),
    "access-too-long": N_("Access that was asked for lasts {days} days at most. Choose a shorter time."),
    "refusal-without-reason": N_("Enter in a sentence why you refuse; the person who asked will read it."),
    "grant-by-another": (
        N_(
            "A second person must grant access: someone with access to the record or, if no active user has access, "
            "someone who can clear statements. Ask one of them."
        )
    ),
}
