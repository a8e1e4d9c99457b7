"""Sentences that any kind of record can meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "edit-conflict": (
        "Somebody else has changed this record since you opened it. Nothing of yours is lost: compare both below, then "
        "save again."
    ),
    "required": "{asks}",
    "record-gone": "This record is not there any more, or not for you to see. Go back to the list.",
}
