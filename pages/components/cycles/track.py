"""One track of texts: its choice, the plan of its next text, our work on it, and its texts as a list for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import listed_when, text_item, vote_words
from calendar_model.cycles import DueMilestone
from calendar_model.mission.cycle_work import work_on_items
from calendar_model.reference import Reference
from calendar_model.reference.rows import Milestone, Track
from calendar_model.terms import RecordKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import MilestoneKind, Standing
from calendar_model.wording import standing_words
from pages.components.cycles.steps import draw_steps
from pages.components.cycles.work import (
    engagement_facts,
    event_facts,
    record_lines,
    shows_work,
    start_links,
    statement_facts,
)
from pages.components.shell import filter_bar
from pages.components.shell.context import PageContext
from pages.components.shell.words import plain
from pages.components.widgets.lines import line

CHOICE = "resolutions_track"
OURS = ("penholder", "mission")
"""Whose steps are ours."""
LIST_PX = 155
"""Pixels of the list of tracks on a phone, where it is beside the title."""
LAST_TEXTS = 3
"""How many past texts are in the list for a phone; the page lists all of them below."""


@dataclass(frozen=True)
class NextText:
    """The next text of a track: its row of the calendar table, and the milestones before it, in order."""

    row: Any
    due: tuple[DueMilestone, ...]

    @property
    def items(self) -> tuple[str, ...]:
        """The calendar items of the text, of its session and of the session of a committee that prepares it."""
        sessions = dict.fromkeys(f"session-{code}" for code in (self.row["session"], *(d.session for d in self.due)))
        return self.row["item"], *sessions


def choose_track(tracks: Sequence[Track], shown: Track, *, narrow: bool) -> None:
    """Draws the choice of the track, which the filter holds (``track=`` in the address): a list on a phone."""
    key = f"{CHOICE}_list" if narrow else CHOICE
    # The address may have changed since the browser showed it.
    if st.session_state.get(key) != shown.code:
        st.session_state[key] = shown.code
    codes, label, names = (
        [track.code for track in tracks],
        _("Track"),
        {track.code: track.short_title for track in tracks},
    )
    if narrow:
        st.selectbox(
            label,
            codes,
            index=codes.index(shown.code),
            format_func=names.__getitem__,
            key=key,
            on_change=_choose,
            args=(key,),
            label_visibility="collapsed",
            width=LIST_PX,
        )
        return
    st.segmented_control(
        label,
        codes,
        default=shown.code,
        format_func=names.__getitem__,
        required=True,
        key=key,
        on_change=_choose,
        args=(key,),
        label_visibility="collapsed",
    )


def _choose(key: str) -> None:
    filter_bar.choose(track=[st.session_state[key]])


# --- The plan


def undated(track: Track, due: tuple[DueMilestone, ...], reference: Reference, year: int) -> list[Milestone]:
    """Steps towards a track's text without a fixed date; their rule gives only their place in the process."""
    told = {d.milestone.code for d in due}
    steps = (MilestoneKind.DEADLINE, MilestoneKind.EVENT, MilestoneKind.PUBLICATION, MilestoneKind.PROCESS)
    return [
        m
        for m in reference.milestones.values()
        if track.code in m.tracks
        and m.body in (track.body, track.negotiated_in)
        and m.kind in steps
        and m.code not in told
        and (m.first_year or year) <= year <= (m.last_year or year)
    ]


def draw_plan(track: Track, coming: NextText, context: PageContext) -> None:
    """Draws the steps towards the next text, counted back from its session: when, what, whose, and how far away."""
    steps = undated(track, coming.due, context.reference, coming.row["start"].year)
    if not coming.due and not steps:
        st.markdown(_("No milestones are recorded for this track's session (milestones.csv)."))
        return
    draw_steps(coming.due, OURS, "plan", context, [milestone.name for milestone in steps])


# --- Our work


def draw_work(coming: NextText, context: PageContext) -> None:
    """Draws our work on the next text and its session, and the ways to start some."""
    st.subheader(_("Our work"), anchor=False)
    if not shows_work(context):
        return
    with reading(context.viewer) as session:
        found = work_on_items(session, coming.items)
    text, *sessions = coming.items
    with st.container(key="cycle_links_text", gap="xxsmall"):
        if not found.any:
            st.markdown(
                _(
                    "No work on this text yet. Log an engagement, or start a statement or a side event: each is linked "
                    "to the text from the start."
                )
            )
        start_links(text, RecordKind.ENGAGEMENT, RecordKind.STATEMENT, RecordKind.EVENT)

        def about(facts: Sequence[str], record_id: str) -> list[str]:
            """The facts, with the sessions to which the record is linked if it is not linked to the text."""
            linked = found.items[record_id]
            codes = [item.removeprefix("session-") for item in sessions if item in linked and text not in linked]
            return [*facts, _("linked to {sessions}").format(sessions=", ".join(codes)) if codes else ""]

        record_lines(_("Statements"), found.statements, "statements", lambda r: about(statement_facts(r), r.id))
        record_lines(_("Engagements"), found.engagements, "engagements", lambda r: about(engagement_facts(r), r.id))
        record_lines(_("Events and side events"), found.events, "events", lambda r: about(event_facts(r), r.id))


# --- Its texts as a list


def draw_texts(rows: pd.DataFrame, track: Track, years: tuple[int, int], context: PageContext) -> None:
    """Draws what the strip shows as a list: the texts that are due, the next first, and the last ones, newest first."""
    mine = rows[(rows["track"] == track.code).to_numpy() & (rows["kind"] == track.kind).to_numpy()]
    mine = mine[mine["start"].dt.year.between(*years).to_numpy()]
    due = (mine["standing"] != Standing.HELD).to_numpy() & ~mine["departure"].to_numpy()
    _list_texts(_("Due"), mine[due], "texts_due", context)
    _list_texts(_("Last texts"), mine[~due].tail(LAST_TEXTS)[::-1], "texts_last", context)


def _list_texts(heading: str, rows: pd.DataFrame, key: str, context: PageContext) -> None:
    if rows.empty:
        return
    votes = {text_item(r): vote_words(r) for r in context.reference.resolutions if r.adopted is not None}
    st.markdown(f"#### {heading}")
    with st.container(key=f"lines_{key}", gap="xsmall"):
        for row in rows.to_dict("records"):
            mark = "✕" if row["departure"] else "◆" if row["standing"] == Standing.HELD else "◇"
            known = _("adopted {vote}").format(vote=votes[row["item"]]) if row["item"] in votes else ""
            known = known or standing_words(row["standing"], departure=row["departure"]).lower()
            when = f"{mark} {plain(listed_when(row, as_of=context.today))}"
            line(f"text_{row['item']}", when, plain(row["title"]), plain(known), row["item"])
