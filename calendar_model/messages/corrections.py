"""Sentences about corrections of the reference."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "correction-linked": ("A correction is public, and linked to no other record; link it to an item of the calendar."),
    "correction-does-not-fit": "{fault}",
    "correction-in-use": "Something else rests on this correction: put that right first. {fault}",
    "correction-sample": "Somebody of the sample corrects nothing: it would stand in everybody's calendar.",
    "correction-not-public": "A correction is about meetings of the organisations: it is public, and stays so.",
    "correction-of-another-row": "A correction stays one of the same row: withdraw it, and record another.",
    "correction-values-malformed": "Say which columns are put right, as a JSON object of texts.",
    "correction-without-source": "Give the address of the source: a correction without one is a rumour.",
    "correction-row-missing": "Give the code of the new row.",
    "correction-says-nothing-new": (
        "The reference says all of this already, and has it from a source. There is nothing to put right."
    ),
    "cadence-incomplete": "Say what the new rule is, and from which year it is in force.",
    "cadence-code-taken": "There is a rule “{code}” already: give the new one another code.",
}
