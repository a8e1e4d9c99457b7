"""Sentences about what a person follows."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.translation import N_

MESSAGES: Mapping[str, str] = {
    "follow-of-another": N_("Follow items for yourself only. Colleagues choose what they follow."),
    "follow-changed": N_("Follow the other item instead, and stop following this one."),
    "follow-unknown": N_("“{key}” is not in the calendar, so it cannot be followed. Search for it by title."),
    "follow-too-many": N_("You follow {limit} items already. Stop following some of them first."),
}
