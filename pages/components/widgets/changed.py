"""Changes in a list of items since the reader's last visit."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.translation import gettext as _
from pages.components.shell.context import PageContext


def changed_since_last_visit(rows: pd.DataFrame, context: PageContext, key: str) -> pd.DataFrame:
    """Offer, above a list, to narrow it to what has changed since the reader's last visit; return what to list.

    ``rows`` are of the calendar table; ``key`` is the list's own. A change on the very day of that visit counts,
    because its hour is not known. Nothing is offered to a reader who has not selected a user, on a first visit, or
    where nothing has changed.
    """
    if context.last_visit is None:
        return rows
    changed = rows[(rows["updated"] >= pd.Timestamp(context.last_visit)).to_numpy()]
    if changed.empty:
        return rows
    label = _("Changed since your last visit, {last_visit} ({count:,})").format(
        last_visit=wording.day(context.last_visit), count=len(changed)
    )
    return changed if st.toggle(label, key=f"{key}_changed") else rows
