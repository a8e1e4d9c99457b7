"""Sentences about follow-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calendar_model.translation import N_
from calendar_model.translation import gettext as _

MESSAGES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "follow-up-owner-inactive": N_("{name} is no longer active. Choose someone else."),
    "follow-up-owner-without-access": (
        N_(
            "The record is restricted, and the person responsible has no access. Add them to the people with access "
            "first, or choose someone with access."
        )
    ),
    "follow-up-open": lambda values: _(
        "{value} has an open follow-up here and would lose access to the record. Keep their access, or reassign the "
        "follow-up first."
    ).format(value=values["name"] or _("This person")),
}
