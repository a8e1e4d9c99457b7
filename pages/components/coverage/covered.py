"""The coverage of the items that match the filter, worked out once for each state of the workspace."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import ChangeToken, change_token, reading
from calendar_model.mission.coverage import coverage
from calendar_model.reference import Reference
from pages.components.shell.context import PageContext


@st.cache_resource(max_entries=16, show_spinner=False)
def _coverage(
    _table: pd.DataFrame,
    _reference: Reference,
    version: str,
    today: date,
    days: int,
    viewer: Viewer,
    token: ChangeToken,
) -> pd.DataFrame:
    """Worked out once for each state of the workspace; not to be changed."""
    with reading(viewer) as session:
        return coverage(session, _table, _reference, today, until=today + timedelta(days=days))


def covered(context: PageContext, days: int) -> pd.DataFrame:
    """Return the coverage of the items that match the filter, for a number of days ahead.

    Its columns are those of :func:`calendar_model.mission.coverage.coverage`.
    """
    # The whole table, because it has the deadlines from which days are counted; the filter comes after.
    version = str(context.version)
    frame = _coverage(context.table, context.reference, version, context.today, days, context.viewer, change_token())
    return of_items(frame, context.filtered["item"])


def of_items(frame: pd.DataFrame, items: pd.Series) -> pd.DataFrame:
    """Return the rows of a table with a column ``item`` that are about one of ``items``, with an index from 0."""
    # ``Series.isin`` takes fifty times as long with thousands of texts.
    kept = set(items.to_list())
    return frame.loc[[item in kept for item in frame["item"].to_list()]].reset_index(drop=True)
