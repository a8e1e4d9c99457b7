"""Sentences about the mission's own events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording
from calendar_model.translation import N_
from calendar_model.translation import gettext as _

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "event-title-missing": N_("Enter a title; everyone with access to the event sees it on the timeline."),
    "event-body-missing": N_("Choose the organisation or body; the event appears in its lane on the timeline."),
    "event-public-without-reason": N_(
        "Enter in a sentence why more people may see it; the reason stays in the history."
    ),
    "event-days-missing": N_("Enter the first and last day."),
    "event-ends-before-start": lambda values: _(
        "The end date, {end}, is before the start date, {start}. Correct one of them."
    ).format(end=wording.day(values["end"]), start=wording.day(values["start"])),
    "event-request-after-start": lambda values: _(
        "The room request is due on {request_due}, after the event begins. Correct one of the dates."
    ).format(request_due=wording.day(values["request_due"])),
    "event-standing-not-recorded": (
        N_(
            "“Not confirmed” follows from the dates and cannot be recorded. Choose held, confirmed, provisional or "
            "cancelled."
        )
    ),
    "event-held-before-start": lambda values: _(
        "It begins on {start}, so it cannot have been held yet. Choose another status."
    ).format(start=wording.day(values["start"])),
    "event-start-time-missing": N_("Enter a start time too, or leave both times empty for whole days."),
    "event-zone-missing": N_("Enter a time zone."),
    "event-ends-before-start-time": (
        N_("It begins at {start_time:%H:%M} and ends at {end_time:%H:%M}. Correct one of the times, or the last day.")
    ),
}
