"""UPR: the next States under review with their deadlines, and the place of each State in the cycle."""

from pages.components.shell.guard import require_entrance

require_entrance()

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
    cycle_of,
    cycle_summary,
    review_state,
    reviews_of_cycle,
    state_words,
    what_happened,
)
from calendar_model.reference.rows import Review, Track
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Kind, Precision, Standing, TrackSubject
from pages.components.record.lists import full_list
from pages.components.shell import filter_bar, item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.width import column_width
from pages.components.shell.words import plain
from pages.components.widgets import labels
from pages.components.widgets.pictures import PictureRequest, as_a_picture
from pages.components.widgets.tables import csv_download

FIGURE = "upr_figure"
SESSIONS_AHEAD = 2
TILES = _("Each row is a session, each tile a State under review.")
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


def state_name(code: str, context: PageContext) -> str:
    """The name of a State, or its code if the reference does not have it."""
    known = context.reference.states.get(code)
    return known.name if known else code


def reviews_frame(reviews: pd.DataFrame, context: PageContext, track: str) -> pd.DataFrame:
    """Reviews of the calendar table as a list for people, in the same order."""
    listed = {r.code: r for r in context.reference.reviews}
    rows = [review_words(row, listed.get(row["item"]), context, track) for row in reviews.to_dict("records")]
    columns = [
        _("State"),
        _("Cycle"),
        _("Session"),
        _("Review"),
        _("Status"),
        _("Change"),
        _("Outcome session"),
        _("Outcome adopted"),
        _("Decision"),
        _("Basis"),
        _("Source"),
    ]
    return pd.DataFrame(rows, columns=columns)


def review_words(row: Any, review: Review | None, context: PageContext, track: str) -> tuple[str, ...]:
    """A review in words, in the order of the columns of :func:`reviews_frame`."""
    day = listed_when(row, as_of=context.today)
    stands = state_words(review_state(row["standing"], review), row["standing"])
    return (
        state_name(row["countries"], context),
        str(cycle_of(row["item"], track) or ""),
        row["session"],
        day,
        stands,
        what_happened(review),
        review.outcome_session if review else "",
        wording.day(review.outcome_date) if review and review.outcome_date else "",
        review.outcome_decision if review else "",
        row["basis"],
        row["source_url"],
    )


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
    csv_download(frame, name)


def coming_sessions(reviews: pd.DataFrame, context: PageContext) -> list[str]:
    """The next sessions with an upcoming review of ``reviews``, in order."""
    ahead = (reviews["end"] >= pd.Timestamp(context.today)) & (reviews["standing"] != Standing.HELD)
    ahead &= reviews["standing"] != Standing.CANCELLED
    order = reviews[ahead.to_numpy()].sort_values(["start", "end"], kind="stable")
    return list(dict.fromkeys(order["session"]))[:SESSIONS_AHEAD]


def reviews_of_session(table: pd.DataFrame, session: str) -> pd.DataFrame:
    """The reviews of one session in a calendar table."""
    return table[((table["session"] == session) & (table["kind"] == Kind.UPR_REVIEW)).to_numpy()]


def due_before(session: str, context: PageContext) -> pd.DataFrame:
    """Coming deadlines and milestones of a session or its reviews: rows of the calendar table, in order."""
    table = context.table
    reviews = set(reviews_of_session(table, session)["item"])
    near = table["related_to"].isin({f"session-{session}", *reviews}) & table["kind"].isin(
        (Kind.DEADLINE, Kind.MILESTONE)
    )
    near &= (table["end"] >= pd.Timestamp(context.today)) & (table["standing"] != Standing.CANCELLED)
    return table[near.to_numpy()].sort_values(["start", "end"], kind="stable")


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


def draw_session(session: str, reviews: pd.DataFrame, context: PageContext) -> None:
    """Draws one coming session: its dates, the States under review and their deadlines."""
    table = context.table
    found = table[(table["item"] == f"session-{session}").to_numpy()]
    here = reviews[(reviews["session"] == session).to_numpy()]
    row = found.iloc[0] if len(found) else here.iloc[0]
    st.subheader(plain(session))
    stands = labels.STANDINGS[row["standing"]].lower()
    st.markdown(f"**{plain(listed_when(row, as_of=context.today))}**, {stands}.")
    listed = {r.code: r for r in context.reference.reviews}
    plain_names, moved = [], []
    for review in sorted(here.to_dict("records"), key=lambda r: (r["start"], r["title"])):
        name = plain(state_name(review["countries"], context))
        if review["date_precision"] not in WINDOWS:
            expected = _("expected ") if review["date_precision"] == Precision.EXPECTED else ""
            name += f" ({expected}{wording.day(review['start'].date(), year=False)})"
        if words := what_happened(listed.get(review["item"])):
            stands_there = labels.STANDINGS[review["standing"]].lower()
            moved.append(f"{name}: {plain(words[:1].lower() + words[1:])}, {stands_there}")
        else:
            plain_names.append(name)
    whole = reviews_of_session(table, session)
    count = _("{count} {part} under review").format(
        count=len(whole), part=_("State") if len(whole) == 1 else _("States")
    )
    if len(here) < len(whole):
        count = _("Filtered: {shown} of {all_reviews}").format(shown=len(here), all_reviews=count)
    if not set(here["item"]) <= set(listed):
        count += _(" (projected)")
    elif not here["standing"].isin((Standing.HELD, Standing.CONFIRMED)).all():
        count += _(" (order carried over from the previous cycle where there is no official list yet)")
    lines = [f"{count}: {', '.join(plain_names)}." if plain_names else f"{count}."]
    lines += [_("**Rescheduled or unconfirmed:** {moved}.").format(moved="; ".join(moved))] if moved else []
    st.markdown("\n\n".join(lines))
    due = due_before(session, context)
    deadlines = due[(due["kind"] == Kind.DEADLINE).to_numpy()]
    text = [
        f"- {plain(listed_when(d, as_of=context.today))}: **{plain(d['title'].replace(f', {session}', ''))}**"
        + (f" ({plain(_(d['for_whom']))})" if d["for_whom"] else "")
        for d in deadlines.to_dict("records")
    ]
    if text:
        st.markdown("\n".join([_("Deadlines:"), "", *text]))
    elif due.empty:
        st.markdown(_("No upcoming deadlines for this session."))
    else:
        st.markdown(_("All deadlines of this session have passed; other steps are listed below."))


def draw_countries(context: PageContext, track: str) -> None:
    """Draws the last and the next review of each country in the filter."""
    table = context.table
    mine = table[(table["track"] == track).to_numpy() & (table["kind"] == Kind.UPR_REVIEW).to_numpy()]
    for code in context.filter.countries:
        own = mine[(mine["countries"] == code).to_numpy()]
        st.subheader(plain(state_name(code, context)))
        if own.empty:
            st.markdown(_("No review of this State is recorded in upr_reviews.csv."))
            continue
        frame = reviews_frame(own, context, track)
        past = own["standing"] == Standing.HELD
        lines = []
        for name, rows in ((_("Last"), frame[past.to_numpy()].tail(1)), (_("Next"), frame[~past.to_numpy()].head(1))):
            for words in rows.to_dict("records"):
                parts = [
                    f"{words[_('Session')]}, {words[_('Review')]}",
                    words[_("Status")].lower(),
                    words[_("Change")],
                ]
                if words[_("Outcome adopted")]:
                    parts.append(
                        _("outcome adopted in {outcome_session}, {outcome_adopted}").format(
                            outcome_session=words[_("Outcome session")], outcome_adopted=words[_("Outcome adopted")]
                        )
                    )
                lines.append(f"**{name}:** {plain('; '.join(filter(None, parts)))}.")
        st.markdown("  \n".join(lines))
        draw_list(
            frame,
            own["item"].to_list(),
            f"reviews-{code}",
            _("Reviews of {state_name}, in order.").format(state_name=state_name(code, context)),
        )


def clicked() -> None:
    """Opens the panel of the clicked tile, also on a second click."""
    points = st.session_state[FIGURE]["selection"]["points"]
    picked = points[0]["customdata"][0] if points else st.session_state.get("upr_picked", "")
    st.session_state["upr_picked"] = picked
    if picked:
        item_panel.choose(picked)


def sessions_frame(reviews: pd.DataFrame, context: PageContext) -> pd.DataFrame:
    """The sessions of a cycle as a list: dates, status, number of States, number of reviews held."""
    table = context.table
    kinds = table[(table["kind"] == Kind.SESSION).to_numpy()]
    sessions = {row["session"]: row for row in kinds.to_dict("records")}
    reviewed: dict[str, list[Any]] = {}
    for review in reviews.to_dict("records"):
        reviewed.setdefault(review["session"], []).append(review)
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
                row["basis"],
                row["source_url"],
            )
        )
    columns = [_("Session"), _("When"), _("Status"), _("States"), _("Reviews held"), _("Basis"), _("Source")]
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


def draw_cycle(context: PageContext, track: Track, cycle: int, width: int) -> None:
    """Draws the grid of a cycle and the list of its reviews."""
    everything = reviews_of_cycle(context.table, track.code, cycle)
    kept = reviews_of_cycle(context.filtered, track.code, cycle)
    counts = cycle_counts(everything, context.reference)
    text = ", ".join(f"{count} {STATE_WORDS[state].lower()}" for state, count in counts.items())
    left_out = (
        _(" {count} match the filter; the others are empty tiles.").format(count=len(kept))
        if len(kept) < len(everything)
        else ""
    )
    st.markdown(
        _(
            "{ordinal} cycle, {sessions} sessions, {count} States: {counts}.{left_out} {tiles} "
            "Click a tile for details."
        ).format(
            # "4." at the beginning of a line would be a list.
            ordinal=wording.ordinal(cycle).replace(".", "\\."),
            sessions=everything["session"].nunique(),
            count=len(everything),
            counts=text,
            left_out=left_out,
            tiles=TILES,
        )
    )
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
    as_a_picture(
        "upr", context, lambda seen: picture_of(seen, track, cycle), stands_for=(track.code, cycle), staff=False
    )
    st.subheader(_("Reviews of the {ordinal} cycle").format(ordinal=wording.ordinal(cycle)))
    if kept.empty:
        st.markdown(_("No review of this cycle matches the filter. Select another cycle or widen the filter."))
    else:
        frame = reviews_frame(kept, context, track.code).drop(columns=_("Cycle"))
        draw_list(
            frame,
            kept["item"].to_list(),
            f"upr-cycle-{cycle}",
            _("{count} reviews of the cycle: date, status, outcome.").format(count=len(kept)),
        )


context = current()
track = next((t for t in context.reference.tracks.values() if t.subject is TrackSubject.STATE), None)
st.title(_("UPR"))
if track is None:
    st.markdown(_("No UPR track in the reference data. Add a row with the subject “state” to tracks.csv."))
else:
    shown = context.filtered[
        ((context.filtered["track"] == track.code) & (context.filtered["kind"] == Kind.UPR_REVIEW)).to_numpy()
    ]
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
    if context.filter.countries:
        draw_countries(context, track.code)
    sessions = coming_sessions(shown, context)
    if sessions:
        for column, session in zip(st.columns(len(sessions)), sessions, strict=True):
            with column:
                draw_session(session, shown, context)
        st.caption(
            _(
                "Submit advance questions in writing before the review. Recommendations are made in the interactive "
                "dialogue, so the list of speakers is the deadline for them."
            )
        )
    elif not shown.empty:
        st.markdown(_("No upcoming review matches the filter."))
    if not context.filter.countries:
        st.caption(_("To see one State's reviews, filter by country."))
    known_cycles = sorted({r.cycle for r in context.reference.reviews}) or [1]
    current_cycle = known_cycles[-1]
    cycles = [*known_cycles, current_cycle + CYCLES_AHEAD]
    width = column_width("upr_width")
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
    st.subheader(_("Sessions of the cycle"))
    full_list(
        sessions_frame(reviews_of_cycle(context.table, track.code, int(cycle or current_cycle)), context),
        _("Session"),
        f"upr-sessions-{cycle or current_cycle}",
        _("Sessions of the cycle, in order."),
        width=width,
    )
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
item_panel.draw_panel(context)
