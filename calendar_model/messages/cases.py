"""Sentences about individual cases and reprisals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model import wording
from calendar_model.translation import N_
from calendar_model.translation import gettext as _

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "case-closed-before-contact": (
        N_(
            "A statement raised this case. Before closing it, contact the defender, or civil society on their behalf. "
            "Enter the date, and who was contacted."
        )
    ),
    "reprisal-report-missing": N_("Enter to whom it was reported, and when."),
    "reprisal-response-missing": N_("Enter the response. Until there is one, the allegation stays reported."),
    "reprisal-reported-too-early": lambda values: _(
        "The report date is before the alleged date. Choose a date on or after {alleged_on}."
    ).format(alleged_on=wording.day(values["alleged_on"])),
}
