"""Sentences about corrections of the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def _value_does_not_fit(values: Mapping[str, Any]) -> str:
    column = str(values["column"]).replace("_", " ").capitalize()
    of_row = f" of {values['row']}" if values["row"] else ""
    value = f"“{values['value']}” does not fit" if values["value"] else "nothing is given"
    return f"{column}{of_row}: {value}; expected is {values['expected']}."


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    # Whether one fits.
    "correction-unknown-file": lambda values: (
        f"“{values['file']}” is no file of the reference; choose one of {', '.join(values['files'])}."
    ),
    "correction-unknown-row": lambda values: (
        f"Say which row of {values['file']} it is, by its {' and '.join(values['key'])} with a blank between."
    ),
    "correction-empty": "Put at least one column right.",
    "correction-unknown-column": lambda values: (
        f"“{values['column']}” cannot be put right in {values['file']}; its columns are {', '.join(values['columns'])}."
    ),
    "correction-source-malformed": (
        "Give the address at which it was read, beginning with https:// or http://, without spaces."
    ),
    "correction-not-one-line": ("Write each value in one line: a line break, or a sign that cannot be seen, is in it."),
    "correction-value-does-not-fit": _value_does_not_fit,
    "correction-fault-elsewhere": "{fault}",
    "correction-confirmed-without-note": "The days of {row} are confirmed: say in a note why they change.",
    # Recording and withdrawing.
    "correction-linked": ("A correction is public, and linked to no other record; link it to an item of the calendar."),
    "correction-in-use": "Something else rests on this correction: put that right first. {fault}",
    "correction-sample": "Somebody of the sample corrects nothing: it would stand in everybody's calendar.",
    "correction-not-public": "A correction is about meetings of the organisations: it is public, and stays so.",
    "correction-of-another-row": "A correction stays one of the same row: withdraw it, and record another.",
    "correction-values-malformed": "Say which columns are put right, as a JSON object of texts.",
    "correction-without-source": "Give the address of the source.",
    "correction-row-missing": "Give the code of the new row.",
    "correction-says-nothing-new": (
        "The reference says all of this already, and has it from a source. There is nothing to put right."
    ),
    "cadence-incomplete": "Say what the new rule is, and from which year it is in force.",
    "cadence-code-taken": "There is a rule “{code}” already: give the new one another code.",
}
