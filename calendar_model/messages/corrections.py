"""Sentences about corrections of the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def _value_does_not_fit(values: Mapping[str, Any]) -> str:
    column = str(values["column"]).replace("_", " ").capitalize()
    of_row = f" of {values['row']}" if values["row"] else ""
    value = f"“{values['value']}” is not valid" if values["value"] else "the value is missing"
    return f"{column}{of_row}: {value}. Expected: {values['expected']}."


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    # Invalid corrections.
    "correction-unknown-file": lambda values: (
        f"“{values['file']}” is not a reference file. Choose one of {', '.join(values['files'])}."
    ),
    "correction-unknown-row": lambda values: (
        f"Enter the row of {values['file']}: its {' and '.join(values['key'])}, separated by spaces."
    ),
    "correction-empty": "Correct at least one column.",
    "correction-unknown-column": lambda values: (
        f"“{values['column']}” cannot be corrected in {values['file']}; its columns are {', '.join(values['columns'])}."
    ),
    "correction-source-malformed": (
        "Enter the address of the source, beginning with https:// or http://, without spaces."
    ),
    "correction-not-one-line": "Enter each value on one line, without line breaks or invisible characters.",
    "correction-value-does-not-fit": _value_does_not_fit,
    "correction-fault-elsewhere": "{fault}",
    "correction-confirmed-without-note": "The dates of {row} are confirmed. Enter in a note why they change.",
    # Recording and withdrawing.
    "correction-linked": (
        "A correction is public and cannot be linked to other records. Link it to a calendar item instead."
    ),
    "correction-in-use": "Something else depends on this correction. Correct that first. {fault}",
    "correction-sample": "Sample users cannot record corrections: they would apply to everyone's calendar.",
    "correction-not-public": "A correction concerns the organisations' meetings, so it is always public.",
    "correction-of-another-row": "A correction cannot move to another row. Withdraw it, and record a new one.",
    "correction-values-malformed": "Enter the corrected columns as a JSON object of texts.",
    "correction-without-source": "Enter a source URL.",
    "correction-row-missing": "Enter the code of the new row.",
    "correction-says-nothing-new": (
        "The reference already has these values, with a source. There is nothing to correct."
    ),
    "cadence-incomplete": "Enter the new rule and its first year.",
    "cadence-code-taken": "There is already a rule “{code}”. Choose another code.",
}
