"""The history of a record, folded: every change, by whom, and what a column held before and after."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from calendar_model import wording
from pages.components.record.forms import words

if TYPE_CHECKING:
    from calendar_model.store.models import Change, Person

_PARTS = {
    "access": "Named person",
    "access_request": "Request for access",
    "consent": "Consent",
    "identity": "Who it is",
    "item_link": "Link to the calendar",
    "record_link": "Link to a record",
    "follow_up": "Follow-up",
}
"""By table, what a part of a record is called."""
_ACTIONS = {"create": "added", "update": "changed", "delete": "taken away"}
_SILENT = frozenset({"id", "kind", "record_id", "contact_id", "salt", "version", "created_at", "updated_at"})
"""Columns of a change that say nothing to a reader."""
_ID = re.compile(r"[0-9a-f]{32}")


def history(changes: Sequence[Change], everyone: Sequence[Person], titles: Mapping[str, str], zone: str) -> None:
    """What was done to a record, the newest first, folded; ``titles`` name the records it may be linked to."""
    names = {person.id: person.name for person in everyone}
    rows = [row for change in reversed(changes) for row in _change_rows(change, names, {**titles, **names}, zone)]
    with st.expander(f"History: {len(changes)} {'change' if len(changes) == 1 else 'changes'}"):
        st.dataframe(
            pd.DataFrame(rows, columns=["When", "Who", "What", "Before", "After", "Reason"]),
            key="history",
            hide_index=True,
            height=35 * (min(len(rows), 12) + 1) + 3,
            row_height=35,
            alt="Every change of this record: when, by whom, of what, and what stood there before and after.",
        )


def _change_rows(
    change: Change, names: Mapping[str, str], known: Mapping[str, str], zone: str
) -> list[tuple[str, ...]]:
    """A line of the history for people, a row for each column that it changed."""
    before, after = json.loads(change.before), json.loads(change.after)
    at = wording.moment(change.at, zone)
    part = _PARTS.get(change.table_now, "")
    rows: list[tuple[str, ...]] = []
    for column in dict.fromkeys([*before, *after]):
        was, now = (_cell(side.get(column), known) for side in (before, after))
        # Of what is sealed both sides read alike, and yet it has changed.
        if column in _SILENT or (was == now and not isinstance(after.get(column), dict)):
            continue
        field = words(column.removesuffix("_id").replace("_", "-"))
        what = f"{part} {_ACTIONS.get(change.action, change.action)}: {field.lower()}" if part else field
        rows.append((at, names.get(change.person_id, ""), what, was, now, change.reason))
    return rows


def _cell(value: object, known: Mapping[str, str]) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else "yes" if value else "no"
    if isinstance(value, dict):
        return "not kept here"
    text = str(value)
    if _ID.fullmatch(text):
        return known.get(text, "another record")
    try:
        return wording.day(datetime.strptime(text, "%Y-%m-%d").date())  # noqa: DTZ007  a day has no zone
    except ValueError:
        return text
