"""Sentences about the mission's own events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "event-title-missing": "Enter a title; everyone with access to the event sees it on the timeline.",
    "event-body-missing": "Choose the organisation or body; the event appears in its lane on the timeline.",
    "event-public-without-reason": "Enter in a sentence why more people may see it; the reason stays in the history.",
    "event-days-missing": "Enter the first and last day.",
    "event-ends-before-start": lambda values: (
        f"The end date, {wording.day(values['end'])}, is before the start date, {wording.day(values['start'])}. "
        "Correct one of them."
    ),
    "event-request-after-start": lambda values: (
        f"The room request is due on {wording.day(values['request_due'])}, after the event begins. Correct one of "
        "the dates."
    ),
    "event-standing-not-recorded": (
        "“Not confirmed” follows from the dates and cannot be recorded. Choose held, confirmed, provisional or "
        "cancelled."
    ),
    "event-held-before-start": lambda values: (
        f"It begins on {wording.day(values['start'])}, so it cannot have been held yet. Choose another status."
    ),
    "event-start-time-missing": "Enter a start time too, or leave both times empty for whole days.",
    "event-zone-missing": "Enter a time zone.",
    "event-ends-before-start-time": (
        "It begins at {start_time:%H:%M} and ends at {end_time:%H:%M}. Correct one of the times, or the last day."
    ),
}
