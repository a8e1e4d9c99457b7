"""What a line of the history says was done; each completes a sentence that begins with a person's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "history-added": "added it",
    "history-deleted": "deleted it",
    "history-changed": lambda values: f"changed {', '.join(map(_column_words, values['columns']))}",
    "history-moved": lambda values: f"moved it to {values['state'].replace('-', ' ')}",
    "history-access-create": "named somebody",
    "history-access-update": "changed who is named",
    "history-access-delete": "took a name off",
    "history-access_request-create": "asked for access",
    "history-access_request-update": "granted access",
    "history-consent-create": "wrote down a consent",
    "history-consent-update": "changed a consent",
    "history-consent-delete": "took a consent away",
    "history-cosponsor-create": "added a co-sponsor",
    "history-cosponsor-update": "wrote down an answer of a co-sponsor",
    "history-cosponsor-delete": "took a co-sponsor off",
    "history-follow_up-create": "set a follow-up",
    "history-follow_up-update": "changed a follow-up",
    "history-follow_up-delete": "took a follow-up away",
    "history-identity-create": "wrote down who it is",
    "history-identity-update": "changed who it is",
    "history-identity-delete": "erased who it is",
    "history-override-create": "wrote down an override",
    "history-item_link-create": "linked it to the calendar",
    "history-item_link-delete": "unlinked it from the calendar",
    "history-record_link-create": "linked it to a record",
    "history-record_link-delete": "unlinked it from a record",
    "history-version-create": "saved a text",
}


def _column_words(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")
