"""Actions in the history; each completes a sentence that begins with a person's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "history-added": "added it",
    "history-deleted": "deleted it",
    "history-changed": lambda values: f"changed {', '.join(map(_column_words, values['columns']))}",
    "history-moved": lambda values: f"moved it to {values['state'].replace('-', ' ')}",
    "history-access-create": "gave a person access",
    "history-access-update": "changed who has access",
    "history-access-delete": "removed a person's access",
    "history-access_request-create": "asked for access",
    "history-access_request-update": "granted access",
    "history-consent-create": "recorded a consent",
    "history-consent-update": "changed a consent",
    "history-consent-delete": "deleted a consent",
    "history-cosponsor-create": "added a co-sponsor",
    "history-cosponsor-update": "recorded a co-sponsor's answer",
    "history-cosponsor-delete": "removed a co-sponsor",
    "history-follow_up-create": "added a follow-up",
    "history-follow_up-update": "changed a follow-up",
    "history-follow_up-delete": "deleted a follow-up",
    "history-identity-create": "recorded the identity",
    "history-identity-update": "changed the identity",
    "history-identity-delete": "erased the identity",
    "history-override-create": "recorded an override",
    "history-item_link-create": "linked it to the calendar",
    "history-item_link-delete": "unlinked it from the calendar",
    "history-record_link-create": "linked it to a record",
    "history-record_link-delete": "unlinked it from a record",
    "history-version-create": "saved a text",
}


_COLUMNS: Mapping[str, str] = {"standing": "status", "sensitivity": "visibility"}


def _column_words(name: str) -> str:
    return _COLUMNS.get(name) or name.removesuffix("_id").replace("_", " ")
