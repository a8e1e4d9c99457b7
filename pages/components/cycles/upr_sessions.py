"""The UPR by session: the next sessions, each with its dates, what is due before it, and its States under review."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.calendar import listed_when
from calendar_model.figures.upr import what_happened
from calendar_model.reference.rows import Review
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Precision, Standing
from pages.components.cycles.reviews import OURS, reviews_of_session
from pages.components.cycles.steps import coming_steps, draw_steps
from pages.components.cycles.upr_address import link_to_state
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import OF, link
from pages.components.shell.words import plain
from pages.components.widgets import labels

SESSIONS_AHEAD = 2
COLUMNS = 2
"""Columns in which the States of a session are listed."""


def coming_sessions(reviews: pd.DataFrame, context: PageContext) -> list[str]:
    """The next sessions with an upcoming review of ``reviews``, in order."""
    ahead = (reviews["end"] >= pd.Timestamp(context.today)) & (reviews["standing"] != Standing.HELD)
    ahead &= reviews["standing"] != Standing.CANCELLED
    order = reviews[ahead.to_numpy()].sort_values(["start", "end"], kind="stable")
    return list(dict.fromkeys(order["session"]))[:SESSIONS_AHEAD]


def draw_session(session: str, reviews: pd.DataFrame, context: PageContext) -> None:
    """Draws one coming session: its dates, what is due, and the States under review; ``reviews`` are those shown."""
    table = context.table
    found = table[(table["item"] == f"session-{session}").to_numpy()]
    here = reviews[(reviews["session"] == session).to_numpy()]
    row = found.iloc[0] if len(found) else here.iloc[0]
    _head(session, row, context)
    listed = {r.code: r for r in context.reference.reviews}
    due_column, states_column = st.columns([3, 2], gap="large")
    with due_column:
        due = coming_steps(session, context)
        if not due:
            st.markdown(_("No upcoming deadlines for this session."))
        draw_steps(due, OURS, session, context)
    with states_column, st.container(key=f"cycle_links_{session}", gap="xsmall"):
        st.caption(_states_words(here, reviews_of_session(table, session), set(listed)))
        in_order = sorted(here.to_dict("records"), key=lambda r: (r["start"], r["title"]))
        work_words = item_panel.work_words(context)
        half = -(-len(in_order) // COLUMNS)
        for number, column in enumerate(st.columns(COLUMNS)):
            with column.container(gap="xxsmall"):
                for review in in_order[number * half : (number + 1) * half]:
                    with st.container(gap=None):
                        link_to_state(review["countries"], context)
                        about = _about(review, listed.get(review["item"]), work_words.get(review["item"], ""))
                        if about:
                            st.caption(plain(about))


def _head(session: str, row: Any, context: PageContext) -> None:
    stands = labels.STANDINGS[row["standing"]].lower()
    with st.container(key=f"lines_next_{session}", horizontal=True, gap="small", vertical_alignment="center"):
        st.subheader(plain(session), anchor=False, width="content")
        st.markdown(f"**{plain(listed_when(row, as_of=context.today))}**, {stands}", width="content")
        st.button(_("Details"), key=f"next_{session}", type="tertiary", on_click=item_panel.choose, args=(row["item"],))
        link("dossier", _("Dossier"), **{OF: row["item"]})


def _states_words(here: pd.DataFrame, whole: pd.DataFrame, listed: set[str]) -> str:
    """How many States are under review, how many of them are shown, and how the order is known."""
    count = _("{count} {part} under review").format(
        count=len(whole), part=_("State") if len(whole) == 1 else _("States")
    )
    if len(here) < len(whole):
        count = _("Filtered: {shown} of {all_reviews}").format(shown=len(here), all_reviews=count)
    if not set(here["item"]) <= listed:
        return count + _(" (projected)")
    if not here["standing"].isin((Standing.HELD, Standing.CONFIRMED)).all():
        return count + _(" (order carried over from the previous cycle where there is no official list yet)")
    return count


def _about(review: Any, listed: Review | None, work: str) -> str:
    """The day of a review if it is known, whether it was moved, and our work on it."""
    day = ""
    if review["date_precision"] not in WINDOWS:
        expected = _("expected ") if review["date_precision"] == Precision.EXPECTED else ""
        day = f"{expected}{wording.day(review['start'].date(), year=False)}"
    return " · ".join(filter(None, (day, what_happened(listed), work)))
