"""The history of a record, folded: every change, by whom, with the values before and after."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.record.forms import words

if TYPE_CHECKING:
    from calendar_model.store.models import Change, Person

_PARTS = Translated(
    {
        "access": N_("Person with access"),
        "access_request": N_("Access request"),
        "archived_as": N_("Archive"),
        "consent": N_("Consent"),
        "document_link": N_("Document"),
        "identity": N_("Identity"),
        "item_link": N_("Link to the calendar"),
        "record_link": N_("Link to a record"),
        "follow_up": N_("Follow-up"),
        "consultee": N_("Consultee"),
        "consultee_answer": N_("Answer to the consultation"),
        "comment": N_("Comment"),
    }
)
"""The name of each part of a record, by table."""
_ACTIONS = Translated({"create": N_("added"), "update": N_("changed"), "delete": N_("removed")})
_FIELDS = Translated(
    {
        "on": N_("Date"),
        "url": N_("Web address"),
        "document_title": N_("Title"),
        "added_by_id": N_("Added by"),
        "entered_by_id": N_("Entered by"),
        "reference": N_("Archived as"),
        "what": N_("Action"),
        "done_on": N_("Date done"),
        "to_what": N_("Consent to"),
        "until": N_("Valid until"),
        "taken_by_id": N_("Recorded by"),
        "forbidden_channels": N_("Channels to avoid"),
        "waiting_for_id": N_("Reply requested from"),
        "lead": N_("Lead delegation"),
        "speaking_seconds": N_("Speaking limit (seconds)"),
        "wording": N_("Proposed wording"),
        "precedent": N_("Agreed wording"),
        "precedent_symbol": N_("Document"),
        "suggested_note": N_("Request"),
        "mission_consulted_on": N_("Mission consulted on"),
        "mission_advice": N_("Advice from the mission"),
        "before_on": N_("Date of consultation"),
        "before_with": N_("Consultation with"),
        "before_note": N_("Wishes at consultation"),
        "risk": N_("Risk level"),
        "risk_weighed_on": N_("Risk assessed on"),
        "prospect": N_("Likely effect"),
        "prospect_reasons": N_("Reasons for the likely effect"),
        "prospect_weighed_on": N_("Likely effect assessed on"),
        "after_on": N_("Contacted on"),
        "after_with": N_("Contact with"),
        "after_note": N_("Assessment afterwards"),
        "since": N_("Developments since"),
        "alleged_on": N_("Date alleged"),
    }
)
"""Names of columns whose codes do not read as words."""

_SILENT = frozenset({"id", "kind", "record_id", "contact_id", "salt", "version", "created_at", "updated_at"})
"""Columns of a change that say nothing to a reader."""
_ID = re.compile(r"[0-9a-f]{32}")


def history(changes: Sequence[Change], everyone: Sequence[Person], titles: Mapping[str, str], zone: str) -> None:
    """Draw the changes of a record, the newest first, folded; ``titles`` name the records it may be linked to."""
    names = {person.id: person.name for person in everyone}
    rows = [row for change in reversed(changes) for row in _change_rows(change, names, {**titles, **names}, zone)]
    with st.expander(
        _("History: {count} {part}").format(count=len(changes), part=_("change") if len(changes) == 1 else _("changes"))
    ):
        st.dataframe(
            pd.DataFrame(rows, columns=[_("When"), _("Who"), _("What"), _("Before"), _("After"), _("Reason")]),
            key="history",
            hide_index=True,
            height=35 * (min(len(rows), 12) + 1) + 3,
            row_height=35,
            alt=_("Every change of this record: when, by whom, what, before, after and reason."),
        )


def _change_rows(
    change: Change, names: Mapping[str, str], known: Mapping[str, str], zone: str
) -> list[tuple[str, ...]]:
    """Return a change as rows for people, one for each column that it changed."""
    before, after = json.loads(change.before), json.loads(change.after)
    at = wording.moment(change.at, zone)
    part = _PARTS.get(change.table_now, "")
    rows: list[tuple[str, ...]] = []
    for column in dict.fromkeys([*before, *after]):
        was, now = (_cell(side.get(column), known) for side in (before, after))
        # Sealed values read alike on both sides although they have changed.
        if column in _SILENT or (was == now and not isinstance(after.get(column), dict)):
            continue
        field = _FIELDS.get(column) or words(column.removesuffix("_id").replace("_", "-"))
        what = f"{part} {_ACTIONS.get(change.action, change.action)}: {field.lower()}" if part else field
        rows.append((at, names.get(change.person_id, ""), what, was, now, change.reason))
    return rows


def _cell(value: object, known: Mapping[str, str]) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else _("yes") if value else _("no")
    if isinstance(value, dict):
        return _("not kept in the history")
    text = str(value)
    if _ID.fullmatch(text):
        return known.get(text, _("another record"))
    try:
        return wording.day(datetime.strptime(text, "%Y-%m-%d").date())  # noqa: DTZ007  a day has no zone
    except ValueError:
        return text
