"""Sentences about proposals for the language of texts."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "final-wording-missing": "Enter the final wording; it shows how the proposal was weakened.",
}
