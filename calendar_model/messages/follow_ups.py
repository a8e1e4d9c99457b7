"""Sentences about follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "follow-up-owner-inactive": "{name} is not active any more. Choose somebody else to do it.",
    "follow-up-owner-without-access": (
        "The record is restricted, and the person who is to do it cannot see it. Add them to the people with access "
        "first, or choose somebody who has access."
    ),
    "follow-up-open": lambda values: (
        f"{values['name'] or 'Somebody'} has an open follow-up here and would not see the record any more. Keep their "
        "access, or give the follow-up to somebody else first."
    ),
}
