"""Sentences about the mission's own events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "event-title-missing": "Give the event a title; it stands on every timeline of those who may see it.",
    "event-body-missing": "Say to which organisation or body it belongs: it stands in its lane on the timeline.",
    "event-public-without-reason": "Say in a sentence why more people may see it; the reason stays in the history.",
    "event-days-missing": "Say on which day it begins, and on which it ends.",
    "event-ends-before-start": lambda values: (
        f"It ends on {wording.day(values['end'])}, before it begins on {wording.day(values['start'])}: mend one of the "
        "days."
    ),
    "event-request-after-start": lambda values: (
        f"The room is asked for by {wording.day(values['request_due'])}, after the event begins: mend one of the days."
    ),
    "event-standing-not-recorded": (
        "“Not confirmed” follows from the days and is never recorded: choose held, confirmed, provisional or cancelled."
    ),
    "event-held-before-start": lambda values: (
        f"It begins on {wording.day(values['start'])}, and cannot have been held yet: choose another standing."
    ),
    "event-start-time-missing": "Say at what hour it begins too, or leave both hours empty for whole days.",
    "event-zone-missing": "Say in which time zone the hours are; without one nobody can be on time.",
    "event-ends-before-start-time": (
        "It begins at {start_time:%H:%M} and ends at {end_time:%H:%M}: mend one of the hours, or the last day."
    ),
}
