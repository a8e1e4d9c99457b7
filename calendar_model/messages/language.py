"""Sentences about proposals for the language of texts."""

from __future__ import annotations

from collections.abc import Mapping

from calendar_model.translation import N_

MESSAGES: Mapping[str, str] = {
    "final-wording-missing": N_("Enter the final wording; it shows how the proposal was weakened."),
}
