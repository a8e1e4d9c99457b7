"""The table of a list of records; selecting a row opens its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.components.record import forms
from pages.components.shell.printing import print_table
from pages.components.widgets.tables import MOST_ROWS, ROW_HEIGHT


def record_table(
    rows: Sequence[Mapping[str, Any]], ids: Sequence[str], key: str, *, columns: Mapping[str, Any], alt: str
) -> None:
    """Draw the rows, each the cells of the record at the same place of ``ids`` by column.

    ``key`` is unique on the page; ``columns`` is the ``column_config``; ``alt`` describes the table.
    """
    shown = pd.DataFrame(rows)
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        placeholder="",
        height=ROW_HEIGHT * (min(len(shown), MOST_ROWS) + 1) + 3,
        row_height=ROW_HEIGHT,
        selection_mode="single-row",
        on_select=lambda: _open_chosen(key),
        column_config=columns,
        alt=alt,
    )
    print_table(shown)
    # A selection refers to the rows that the table showed when it was made.
    st.session_state[f"{key}_rows"] = list(ids)


def marked(title: str, marks: Mapping[str, bool]) -> str:
    """Return a title with its marks: ``Lunch (planned, sample)``."""
    held = ", ".join(mark for mark, holds in marks.items() if holds)
    return f"{title} ({held})" if held else title


def _open_chosen(key: str) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    ids = st.session_state.get(f"{key}_rows", [])
    if rows and rows[0] < len(ids):
        forms.open_record(ids[rows[0]])
