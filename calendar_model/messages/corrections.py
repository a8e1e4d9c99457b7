"""Sentences about corrections of the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model.translation import N_
from calendar_model.translation import gettext as _


def _value_does_not_fit(values: Mapping[str, Any]) -> str:
    column = str(values["column"]).replace("_", " ").capitalize()
    of_row = _(" of {row}").format(row=values["row"]) if values["row"] else ""
    value = _("“{value}” is not valid").format(value=values["value"]) if values["value"] else _("the value is missing")
    return _("{column}{of_row}: {value}. Expected: {expected}.").format(
        column=column, of_row=of_row, value=value, expected=values["expected"]
    )


MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    # Invalid corrections.
    "correction-unknown-file": lambda values: _("“{file}” is not a reference file. Choose one of {files}.").format(
        file=values["file"], files=", ".join(values["files"])
    ),
    "correction-unknown-row": lambda values: _("Enter the row of {file}: its {key}, separated by spaces.").format(
        file=values["file"], key=_(" and ").join(values["key"])
    ),
    "correction-empty": N_("Correct at least one column."),
    "correction-unknown-column": lambda values: _(
        "“{column}” cannot be corrected in {file}; its columns are {columns}."
    ).format(column=values["column"], file=values["file"], columns=", ".join(values["columns"])),
    "correction-source-malformed": (
        N_("Enter the address of the source, beginning with https:// or http://, without spaces.")
    ),
    "correction-not-one-line": N_("Enter each value on one line, without line breaks or invisible characters."),
    "correction-value-does-not-fit": _value_does_not_fit,
    "correction-fault-elsewhere": "{fault}",
    "correction-confirmed-without-note": N_("The dates of {row} are confirmed. Enter in a note why they change."),
    # Recording and withdrawing.
    "correction-linked": (
        N_("A correction is public and cannot be linked to other records. Link it to a calendar item instead.")
    ),
    "correction-in-use": N_("Something else depends on this correction. Correct that first. {fault}"),
    "correction-sample": N_("Sample users cannot record corrections: they would apply to everyone's calendar."),
    "correction-of-mission": N_("A correction applies to all missions. Leave the mission empty."),
    "correction-not-public": N_("A correction concerns the organisations' meetings, so it is always public."),
    "correction-of-another-row": N_("A correction cannot move to another row. Withdraw it, and record a new one."),
    "correction-values-malformed": N_("Enter the corrected columns as a JSON object of texts."),
    "correction-without-source": N_("Enter a source URL."),
    "correction-row-missing": N_("Enter the code of the new row."),
    "correction-says-nothing-new": (
        N_("The reference already has these values, with a source. There is nothing to correct.")
    ),
    "cadence-incomplete": N_("Enter the new rule and its first year."),
    "cadence-code-taken": N_("There is already a rule “{code}”. Choose another code."),
}
