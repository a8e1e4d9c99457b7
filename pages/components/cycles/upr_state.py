"""The UPR by State: its reviews, our recommendations then and now, our engagements and cases, and what is due next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import listed_when
from calendar_model.documents.record_facts import case_facts, reprisal_facts
from calendar_model.figures.upr import cycle_of, review_state, state_words, what_happened
from calendar_model.mission.coverage import statement_format
from calendar_model.mission.cycle_work import CycleWork, what_became_of, work_on_state
from calendar_model.terms import FollowKind, RecordKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Standing
from calendar_model.wording import term
from pages.components.cycles.next_line import draw_next_line
from pages.components.cycles.reviews import OURS, reviews_frame
from pages.components.cycles.steps import coming_steps, draw_steps
from pages.components.cycles.upr_address import link_to_state
from pages.components.cycles.work import (
    engagement_facts,
    event_facts,
    record_line,
    record_lines,
    shows_work,
    start_links,
    statement_facts,
)
from pages.components.record.parts import shortened
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext
from pages.components.shell.follow import follow_button
from pages.components.shell.navigation import LINK, NEW
from pages.components.shell.new import link_to_new
from pages.components.shell.words import plain
from pages.components.widgets import labels
from pages.components.widgets.lines import line
from pages.components.widgets.tables import csv_download

if TYPE_CHECKING:
    from calendar_model.store.models import Statement

SHOWN_CHARACTERS = 280
"""How much of the text of a recommendation is shown."""


def draw_no_state(coming: pd.DataFrame, context: PageContext) -> None:
    """Says what will be here, and offers the States that are reviewed next and those with our work.

    ``coming`` are the reviews of the next session.
    """
    st.markdown(
        _("Choose a State to see its reviews, our recommendations then and now, and our engagements and cases there.")
    )
    table, work = context.table, item_panel.work_words(context)
    worked = table[table["item"].isin(list(work)).to_numpy() & (table["kind"] == Kind.UPR_REVIEW).to_numpy()]
    groups = {_("With our work"): worked}
    if not coming.empty:
        groups[_("Next, in {session}").format(session=plain(coming.iloc[0]["session"]))] = coming
    for number, (heading, reviews) in enumerate(groups.items()):
        if reviews.empty:
            continue
        st.markdown(f"#### {heading}")
        codes = sorted(set(reviews["countries"]), key=lambda code: labels.state_name(code, context.reference))
        with st.container(key=f"cycle_links_{number}", horizontal=True, gap="medium"):
            for code in codes:
                link_to_state(code, context)


def draw_state(code: str, track: str, context: PageContext) -> None:
    """Draws one State, by its code, without its name."""
    table = context.table
    mine = (table["track"] == track) & (table["kind"] == Kind.UPR_REVIEW) & (table["countries"] == code)
    reviews = table[mine.to_numpy()]
    if reviews.empty:
        st.markdown(_("No review of this State is recorded in upr_reviews.csv."))
        return
    ahead = reviews[~reviews["standing"].isin((Standing.HELD, Standing.CANCELLED)).to_numpy()]
    coming: Any = None if ahead.empty else ahead.iloc[0]
    if coming is not None:
        draw_next_line(coming, f"upr_{code}", context, FollowKind.STATE, code)
    else:
        follow_button(FollowKind.STATE, code, context)
    left, right = st.columns([3, 2], gap="large")
    with left:
        if coming is not None:
            st.subheader(_("Plan for {where}").format(where=plain(coming["session"])), anchor=False)
            due = coming_steps(coming["session"], context, code)
            if not due:
                st.markdown(_("No upcoming deadlines for this session."))
            draw_steps(due, OURS, code, context)
        st.subheader(_("Reviews"), anchor=False)
        _reviews(reviews, track, context)
        csv_download(reviews_frame(reviews, context, track), f"reviews-{code}")
    with right:
        _work(code, reviews, reviews.iloc[-1] if coming is None else coming, track, context)


def _reviews(reviews: pd.DataFrame, track: str, context: PageContext) -> None:
    """The reviews of a State, the last cycle first: when, in which cycle and session, and the outcome."""
    listed = {r.code: r for r in context.reference.reviews}
    with st.container(key=f"lines_reviews_{reviews.iloc[0]['countries']}", gap="xsmall"):
        for row in reviews[::-1].to_dict("records"):
            review = listed.get(row["item"])
            outcome = ""
            if review is not None and review.outcome_date:
                outcome = _("outcome adopted in {outcome_session}, {outcome_adopted}").format(
                    outcome_session=review.outcome_session, outcome_adopted=wording.day(review.outcome_date)
                )
            stands = state_words(review_state(row["standing"], review), row["standing"]).lower()
            details = " · ".join(filter(None, (stands, what_happened(review), outcome)))
            when = plain(listed_when(row, as_of=context.today))
            line(f"review_{row['item']}", when, plain(_cycle(row, track)), plain(details), row["item"])


def _cycle(row: Any, track: str) -> str:
    """``4th cycle, UPR47``."""
    return _("{ordinal} cycle, {session}").format(
        ordinal=wording.ordinal(cycle_of(row["item"], track) or 0), session=row["session"]
    )


# --- Our work


def _work(code: str, reviews: pd.DataFrame, next_review: Any, track: str, context: PageContext) -> None:
    """Our work on a State: new records are linked to ``next_review``."""
    st.subheader(_("Our recommendations, then and now"), anchor=False)
    if not shows_work(context):
        return
    with reading(context.viewer) as session:
        found = work_on_state(session, code, reviews["item"].to_list())
    with st.container(key=f"cycle_links_{code}", gap="small"):
        item = next_review["item"]
        form = str(statement_format(next_review["kind"]))
        if not found.statements:
            st.markdown(
                _("No recommendations or advance questions to this State yet. Start one for {session}.").format(
                    session=plain(next_review["session"])
                )
            )
        link_to_new(RecordKind.STATEMENT, _("New recommendation"), **{NEW: form, LINK: item})
        for row in reviews[::-1].to_dict("records"):
            _statements([one for one in found.statements if row["item"] in found.items[one.id]], row, track)
        st.subheader(_("Our engagements and cases"), anchor=False)
        if not (found.engagements or found.cases or found.reprisals or found.events):
            st.markdown(_("None yet. What you start here is linked to the next review of this State."))
        start_links(item, RecordKind.ENGAGEMENT, RecordKind.EVENT, RecordKind.CASE)
        _others(code, found, context)


def _statements(found: Sequence[Statement], row: Any, track: str) -> None:
    """The statements for one review, with the beginning of their newest text and what became of them."""
    if not found:
        return
    st.markdown(f"#### {plain(_cycle(row, track))}")
    with st.container(key=f"lines_statements_{row['item']}", gap="xsmall"):
        for one in found:
            text = one.versions[-1].text if one.versions else ""
            answer = [term(one.upr_response)] if one.upr_response is not None else []
            since = [one.upr_implementation] if one.upr_implementation else []
            followed_up = [f"{wording.day(f.done_on)}: {f.outcome}" for f in what_became_of(one) if f.done_on]
            became = [*answer, *since, *followed_up]
            record_line(
                one,
                statement_facts(one),
                *([f"“{shortened(text, SHOWN_CHARACTERS)}”"] if text.strip() else []),
                *([_("What became of it: {outcomes}").format(outcomes="; ".join(became))] if became else []),
            )


def _others(code: str, found: CycleWork, context: PageContext) -> None:
    record_lines(_("Engagements"), found.engagements, f"engagements_{code}", engagement_facts)
    record_lines(_("Events and side events"), found.events, f"events_{code}", event_facts)
    record_lines(_("Cases"), found.cases, f"cases_{code}", lambda case: case_facts(case, context.reference)[1:])
    record_lines(_("Reprisals"), found.reprisals, f"reprisals_{code}", reprisal_facts)
