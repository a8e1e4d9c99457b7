"""What every page works with: the reference, the calendar table, the filter, the reader's day and time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from calendar_model import calendar
from calendar_model.calendar import Filter
from calendar_model.reference import Reference
from pages.components.filter_bar import filter_bar, time_zone

_KEY = "page_context"


@dataclass(frozen=True)
class PageContext:
    """``table`` is the whole calendar, ``filtered`` what the filter keeps of it.

    Both are shared by all readers: never change them in place. ``zone`` is the reader's IANA time zone,
    ``today`` the day on which the calendar stands.
    """

    reference: Reference
    table: pd.DataFrame
    filtered: pd.DataFrame
    filter: Filter
    zone: str
    today: date


def current() -> PageContext:
    """The context of this run, for a page or a fragment of it."""
    context: PageContext = st.session_state[_KEY]
    return context


def draw_context() -> PageContext:
    """For ``dashboard.py``: draws the filter bar above the page and keeps what it says for :func:`current`."""
    with st.spinner("Working out the calendar", show_time=False):
        reference, table = calendar.current()
    with st.container(key="above_the_page", horizontal=True, vertical_alignment="bottom"):
        bar, reader = st.container(key="filter"), st.container(key="reader", width="content")
    with reader:
        zone = time_zone(st.context.timezone)
    with bar:
        chosen = filter_bar(table, reference)
    _say_faults(reference)
    context = PageContext(
        reference=reference,
        table=table,
        filtered=chosen.apply(table, reference),
        filter=chosen,
        zone=zone,
        today=calendar.today(),
    )
    st.session_state[_KEY] = context
    return context


def _say_faults(reference: Reference) -> None:
    if not reference.faults:
        return
    rows = "1 fault" if len(reference.faults) == 1 else f"{len(reference.faults)} faults"
    with st.expander(f"The reference has {rows}: what is faulty is left out of the calendar", icon=":material/error:"):
        st.markdown("Mend the rows in the data folder, then reload this page; `make check` lists the same.")
        st.dataframe(
            pd.DataFrame(
                [(f.file, f.line, f.column, f.value, f.expected) for f in reference.faults],
                columns=["File", "Line", "Column", "Value", "What would be right"],
            ),
            hide_index=True,
        )
