"""Actions in the history; each completes a sentence that begins with a person's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model.translation import N_
from calendar_model.translation import gettext as _

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "history-added": N_("added it"),
    "history-deleted": N_("deleted it"),
    "history-changed": lambda values: _("changed {columns}").format(
        columns=", ".join(map(_column_words, values["columns"]))
    ),
    "history-moved": lambda values: _("moved it to {state}").format(state=values["state"].replace("-", " ")),
    "history-access-create": N_("gave a person access"),
    "history-access-update": N_("changed who has access"),
    "history-access-delete": N_("removed a person's access"),
    "history-access_request-create": N_("asked for access"),
    "history-access_request-update": N_("answered a request for access"),
    "history-archived_as-create": N_("entered the reference in the archive"),
    "history-archived_as-update": N_("corrected the reference in the archive"),
    "history-consent-create": N_("recorded a consent"),
    "history-consent-update": N_("changed a consent"),
    "history-consent-delete": N_("deleted a consent"),
    "history-cosponsor-create": N_("added a co-sponsor"),
    "history-cosponsor-update": N_("recorded a co-sponsor's answer"),
    "history-cosponsor-delete": N_("removed a co-sponsor"),
    "history-document_link-create": N_("linked it to a document"),
    "history-document_link-delete": N_("removed a link to a document"),
    "history-further_kind-create": N_("added a kind"),
    "history-comment-create": N_("commented on the text"),
    "history-comment-update": N_("resolved, reopened or moved a comment"),
    "history-comment-delete": N_("deleted a comment"),
    "history-consultee-create": N_("asked for a view"),
    "history-consultee-update": N_("asked again, or withdrew a request for a view"),
    "history-consultee_answer-create": N_("answered the consultation"),
    "history-further_kind-delete": N_("removed a kind"),
    "history-follow_up-create": N_("added a follow-up"),
    "history-follow_up-update": N_("changed a follow-up"),
    "history-follow_up-delete": N_("deleted a follow-up"),
    "history-identity-create": N_("recorded the identity"),
    "history-identity-update": N_("changed the identity"),
    "history-identity-delete": N_("erased the identity"),
    "history-override-create": N_("recorded an override"),
    "history-override_review-create": N_("reviewed what was said under an override"),
    "history-agreed_text-create": N_("marked a text as agreed"),
    "history-agreed_text-delete": N_("marked a text as no longer agreed"),
    "history-item_link-create": N_("linked it to the calendar"),
    "history-item_link-delete": N_("unlinked it from the calendar"),
    "history-record_link-create": N_("linked it to a record"),
    "history-record_link-delete": N_("unlinked it from a record"),
    "history-record_theme-create": N_("added a theme"),
    "history-record_theme-delete": N_("removed a theme"),
    "history-retention_extension-create": N_("kept it longer"),
    "history-version-create": N_("saved a text"),
}


_COLUMNS: Mapping[str, str] = {"standing": "status", "sensitivity": "visibility"}


def _column_words(name: str) -> str:
    return _COLUMNS.get(name) or name.removesuffix("_id").replace("_", " ")
