"""UPR by session and by State: what is next and what is due, and what we have done and said."""

from pages.components.shell.guard import require_entrance

require_entrance()

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from calendar_model import wording
from calendar_model.calendar import listed_when
from calendar_model.figures.sheet import FigureVariant
from calendar_model.figures.upr import (
    STATE_WORDS,
    cycle_counts,
    cycle_figure,
    cycle_summary,
    reviews_of_cycle,
)
from calendar_model.reference.rows import Track
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Standing, TrackSubject
from pages.components.cycles.reviews import due_before, reviews_frame
from pages.components.cycles.upr_address import UprView, choose_view
from pages.components.cycles.upr_sessions import coming_sessions, draw_session
from pages.components.cycles.upr_state import draw_no_state, draw_state
from pages.components.record.lists import NARROW_PX, full_list
from pages.components.shell import filter_bar, item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.printing import print_table
from pages.components.shell.width import column_width
from pages.components.shell.words import plain
from pages.components.widgets import labels
from pages.components.widgets.pictures import PictureRequest, as_a_picture
from pages.components.widgets.tables import csv_download

FIGURE = "upr_figure"
TILES = _("Each row is a session, each tile a State under review.")
CLICK = _("Click a tile for details. Empty tiles are hidden by the filter.")
# Cycles offered beyond those in the reference; later reviews are in the item panel of each State.
CYCLES_AHEAD = 1


@st.cache_resource(max_entries=32, show_spinner=False)
def _figure(
    _context: PageContext, version: str, chosen: str, track: str, cycle: int, theme: str, width: int
) -> tuple[go.Figure, str]:
    """Figure and summary; ``version`` and ``chosen`` stand for the table and the filter of the context."""
    reviews = reviews_of_cycle(_context.table, track, cycle)
    kept = frozenset(reviews_of_cycle(_context.filtered, track, cycle)["item"])
    figure = cycle_figure(
        reviews,
        reference=_context.reference,
        theme="dark" if theme == "dark" else "light",
        width=width,
        kept=kept,
    )
    return figure, cycle_summary(reviews, _context.reference, cycle)


def open_row(key: str, items: list[str]) -> None:
    """Opens the panel of the row selected in a list."""
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < len(items):
        item_panel.choose(items[rows[0]])


def draw_list(frame: pd.DataFrame, items: list[str], name: str, alt: str) -> None:
    """Draws a scrolling list whose rows open the panel of their item, and the download of the list."""
    key = f"list_{name}"
    shown = frame.loc[:, [c for c in frame.columns if frame[c].any()]]
    st.dataframe(
        shown,
        hide_index=True,
        key=key,
        on_select=lambda: open_row(key, items),
        selection_mode="single-row",
        column_config={_("Source"): st.column_config.LinkColumn(display_text=_("Source"))},
        alt=alt,
    )
    print_table(shown)
    csv_download(frame, name)


def due_frame(due: pd.DataFrame, session: str, context: PageContext) -> pd.DataFrame:
    """Deadlines and milestones as a list for people."""
    return pd.DataFrame(
        [
            (
                listed_when(row, as_of=context.today),
                row["title"].replace(f", {session}", ""),
                _(row["for_whom"]),
                labels.STANDINGS[row["standing"]],
                rule_of(row["item"], context),
                row["basis"],
                row["source_url"],
            )
            for row in due.to_dict("records")
        ],
        columns=[_("When"), _("What"), _("Applies to"), _("Status"), _("Rule"), _("Basis"), _("Source")],
    )


def rule_of(item: str, context: PageContext) -> str:
    """The sentence of the milestone rule behind a deadline."""
    rules = {f"deadline-{m.code}-": m.rule for m in context.reference.milestones.values()}
    return rules.get(max((r for r in rules if item.startswith(r)), key=len, default=""), "")


def clicked() -> None:
    """Opens the panel of the clicked tile, also on a second click."""
    points = st.session_state[FIGURE]["selection"]["points"]
    picked = points[0]["customdata"][0] if points else st.session_state.get("upr_picked", "")
    st.session_state["upr_picked"] = picked
    if picked:
        item_panel.choose(picked)


def sessions_frame(reviews: pd.DataFrame, kept: pd.DataFrame, context: PageContext) -> pd.DataFrame:
    """The sessions of a cycle as a list: dates, status, number of States and of reviews held, and the States that the
    filter keeps, whose reviews are ``kept``."""
    table = context.table
    kinds = table[(table["kind"] == Kind.SESSION).to_numpy()]
    sessions = {row["session"]: row for row in kinds.to_dict("records")}
    reviewed: dict[str, list[Any]] = {}
    for review in reviews.to_dict("records"):
        reviewed.setdefault(review["session"], []).append(review)
    states: defaultdict[str, list[str]] = defaultdict(list)
    for review in kept.to_dict("records"):
        states[review["session"]].append(review["countries"])
    rows = []
    for session in sorted(reviewed, key=lambda code: (len(code), code)):
        here = reviewed[session]
        row = sessions.get(session, here[0])
        held = sum(review["standing"] == Standing.HELD for review in here)
        stands = labels.STANDINGS[row["standing"]]
        rows.append(
            (
                session,
                listed_when(row, as_of=context.today),
                stands,
                str(len(here)),
                str(held),
                ", ".join(labels.state_name(code, context.reference) for code in states[session]),
                row["basis"],
                row["source_url"],
            )
        )
    columns = [
        _("Session"),
        _("When"),
        _("Status"),
        _("States"),
        _("Reviews held"),
        _("States under review"),
        _("Basis"),
        _("Source"),
    ]
    return pd.DataFrame(rows, columns=columns)


def picture_of(context: PageContext, track: Track, cycle: int) -> PictureRequest:
    """The grid of a cycle as a picture."""
    reviews = reviews_of_cycle(context.table, track.code, cycle)
    kept = frozenset(reviews_of_cycle(context.filtered, track.code, cycle)["item"])
    variant = FigureVariant(
        lambda width: cycle_figure(reviews, reference=context.reference, theme="light", width=width, kept=kept)
    )
    summary = cycle_summary(reviews, context.reference, cycle)
    return PictureRequest(
        [variant],
        _("{short_title}: reviews in the cycle").format(short_title=track.short_title),
        summary.removesuffix("."),
        [TILES],
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _reviews(
    _context: PageContext, _kept: pd.DataFrame, about: tuple[str, ...], track: str, cycle: int
) -> pd.DataFrame:
    """The list of reviews ``_kept`` in a cycle, not to be changed; ``about`` stands for the calendar and the filter."""
    return reviews_frame(_kept, _context, track).drop(columns=_("Cycle"))


def draw_cycle(context: PageContext, track: Track, cycle: int, width: int) -> None:
    """Draws the grid of a cycle, or on a phone its sessions as a list, and the list of its reviews."""
    everything = reviews_of_cycle(context.table, track.code, cycle)
    kept = reviews_of_cycle(context.filtered, track.code, cycle)
    counts = cycle_counts(everything, context.reference)
    text = ", ".join(f"{count} {STATE_WORDS[state].lower()}" for state, count in counts.items())
    narrow = width < NARROW_PX
    left_out = _(" {count} match the filter.").format(count=len(kept)) if len(kept) < len(everything) else ""
    st.markdown(
        _("{ordinal} cycle, {sessions} sessions, {count} States: {counts}.{left_out}").format(
            # "4." at the beginning of a line would be a list.
            ordinal=wording.ordinal(cycle).replace(".", "\\."),
            sessions=everything["session"].nunique(),
            count=len(everything),
            counts=text,
            left_out=left_out,
        )
    )
    if not narrow:
        draw_grid(context, track, cycle, width)
    sessions = sessions_frame(everything, kept, context)
    if not narrow:
        del sessions[_("States under review")]
    st.subheader(_("Sessions of the cycle"))
    full_list(sessions, _("Session"), f"upr-sessions-{cycle}", _("Sessions of the cycle, in order."), width=width)
    st.subheader(_("Reviews of the {ordinal} cycle").format(ordinal=wording.ordinal(cycle)))
    if kept.empty:
        st.markdown(_("No review of this cycle matches the filter. Select another cycle or widen the filter."))
    else:
        about = (context.version, repr((context.filter, context.today)))
        frame, name = _reviews(context, kept, about, track.code, cycle), f"upr-cycle-{cycle}"
        if narrow:
            csv_download(frame, name)
        else:
            alt = _("{count} reviews of the cycle: date, status, outcome.").format(count=len(kept))
            draw_list(frame, kept["item"].to_list(), name, alt)


def draw_grid(context: PageContext, track: Track, cycle: int, width: int) -> None:
    """Draws the grid of a cycle as a picture, how to read it, and its export."""
    figure, summary = _figure(
        context,
        context.version,
        repr((context.filter, context.today)),
        track.code,
        cycle,
        st.context.theme.type or "light",
        width,
    )
    st.plotly_chart(
        figure,
        theme=None,
        key=FIGURE,
        on_select=clicked,
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False},
        alt=summary,
    )
    st.caption(f"{TILES} {CLICK}")
    as_a_picture(
        "upr", context, lambda seen: picture_of(seen, track, cycle), stands_for=(track.code, cycle), staff=False
    )


def draw_by_session(context: PageContext, track: Track, width: int) -> None:
    """Draws the next sessions, then the cycle of all States."""
    shown = shown_reviews(context, track)
    if shown.empty:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                _(
                    "No review matches the filter. This page shows the next sessions, their deadlines and the cycle "
                    "of all States."
                ),
                width="content",
            )
            st.button(_("Clear filter"), key="upr_clear", type="tertiary", on_click=filter_bar.clear)
    sessions = coming_sessions(shown, context)
    for session in sessions:
        draw_session(session, shown, context)
    if not sessions and not shown.empty:
        st.markdown(_("No upcoming review matches the filter."))
    known_cycles = sorted({r.cycle for r in context.reference.reviews}) or [1]
    current_cycle = known_cycles[-1]
    cycles = [*known_cycles, current_cycle + CYCLES_AHEAD]
    st.header(_("Cycle overview"))
    cycle = st.segmented_control(
        _("Cycle"),
        cycles,
        default=current_cycle,
        required=True,
        format_func=str,
        key="cycle",
        bind="query-params",
    )
    draw_cycle(context, track, int(cycle or current_cycle), width)
    for session in sessions:
        due = due_before(session, context)
        if not due.empty:
            st.subheader(_("{session} deadlines").format(session=plain(session)))
            full_list(
                due_frame(due, session, context),
                _("What"),
                f"deadlines-{session}",
                _("Deadlines and milestones of {session}, in order.").format(session=session),
                width=width,
            )
    st.caption(
        _(
            "Submit advance questions in writing before the review. Recommendations are made in the interactive "
            "dialogue, so the list of speakers is the deadline for them."
        )
    )


def shown_reviews(context: PageContext, track: Track) -> pd.DataFrame:
    """The reviews that the filter keeps."""
    rows = context.filtered
    return rows[((rows["track"] == track.code) & (rows["kind"] == Kind.UPR_REVIEW)).to_numpy()]


def draw_by_state(context: PageContext, track: Track, codes: list[str]) -> None:
    """Draws the States of these codes; without any, what the page can show and the States to begin with."""
    table = context.table
    everything = table[((table["track"] == track.code) & (table["kind"] == Kind.UPR_REVIEW)).to_numpy()]
    if not codes:
        following = coming_sessions(everything, context)[:1]
        draw_no_state(everything[everything["session"].isin(following).to_numpy()], context)
    for code in codes:
        if len(codes) > 1:
            st.header(plain(labels.state_name(code, context.reference)), anchor=False)
        draw_state(code, track.code, context)


def draw_page(context: PageContext) -> None:
    """Draws the UPR by session or by State."""
    track = next((t for t in context.reference.tracks.values() if t.subject is TrackSubject.STATE), None)
    if track is None:
        st.title(_("UPR"))
        st.markdown(_("No UPR track in the reference data. Add a row with the subject “state” to tracks.csv."))
        return
    bar = st.container(horizontal=True, vertical_alignment="center", key="cycle_bar")
    width = column_width("upr_width")
    with bar:
        st.title(_("UPR"), width="content")
        reviewed = set(context.table[(context.table["kind"] == Kind.UPR_REVIEW).to_numpy()]["countries"])
        names = context.reference.state_names
        in_order = sorted(reviewed, key=lambda code: names.get(code, code))
        view, codes = choose_view(in_order, context, narrow=width < NARROW_PX)
    if view is UprView.STATE:
        draw_by_state(context, track, codes)
    else:
        draw_by_session(context, track, width)


context = current()
# A track of texts, chosen on the page of resolutions, has no reviews.
others = replace(context.filter, tracks=())
draw_page(replace(context, filter=others, filtered=others.apply(context.table, context.reference)))
item_panel.draw_panel(context)
