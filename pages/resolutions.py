"""Resolutions: past and future texts of each track, and the plan for the next one."""

from pages.components.shell.guard import require_entrance

require_entrance()

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from calendar_model import wording
from calendar_model.calendar import horizon, text_item, vote_words, when
from calendar_model.cycles import DueMilestone, due_for_text
from calendar_model.figures.sheet import FigureVariant
from calendar_model.figures.strips import difference_of_views, stacked, strip_figure, strip_summary
from calendar_model.reference import Reference
from calendar_model.reference.rows import Cadence, Resolution, Track
from calendar_model.terms import FollowKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, ResolutionStatus, Standing, TrackSubject, View
from pages.components.cycles.next_line import draw_next_line, how_far
from pages.components.cycles.steps import due_when
from pages.components.cycles.track import (
    NextText,
    choose_track,
    draw_plan,
    draw_texts,
    draw_work,
    undated,
)
from pages.components.record.lists import NARROW_PX, full_list
from pages.components.shell import filter_bar, item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.follow import follow_button
from pages.components.shell.width import column_width
from pages.components.shell.words import linked, plain
from pages.components.widgets.pictures import PictureRequest, as_a_picture

YEARS_BACK_NARROW, YEARS_AHEAD_NARROW = 12, 6
# An exported picture has the years of a wide screen.
WIDE_PX = 1280
LEGEND = _(
    "Diamonds: filled for an adopted text, hollow for one that is due, crossed for one that was not tabled. Below, a "
    "line means consensus and a bar a vote: in favour (bottom), abstaining (pale), against (dark). The stepped line "
    "shows the interval."
)
CLICK = _("Click a diamond for details.")


@st.cache_data(max_entries=64, show_spinner=False)
def _due_for_text(
    _reference: Reference, version: str, session: str, track: str, as_of: date
) -> tuple[DueMilestone, ...]:
    return due_for_text(_reference, session, track, as_of)


@st.cache_data(max_entries=16, show_spinner=False)
def _views(_reference: Reference, version: str, track: str, as_of: date) -> str:
    """A sentence on the difference between the guidelines and practice."""
    return difference_of_views(_reference, track, as_of, horizon(as_of))


@st.cache_resource(max_entries=64, show_spinner=False)
def _strip(
    _context: PageContext, version: str, chosen: str, track: str, years: tuple[int, int], theme: str, width: int
) -> tuple[go.Figure, str]:
    figure = strip_figure(
        _context.filtered,
        reference=_context.reference,
        track=track,
        as_of=_context.today,
        first_year=years[0],
        last_year=years[1],
        theme="dark" if theme == "dark" else "light",
        width=width,
    )
    summary = strip_summary(
        _context.filtered, reference=_context.reference, track=track, first_year=years[0], last_year=years[1]
    )
    return figure, summary


def next_text(track: str, context: PageContext) -> NextText | None:
    """The next text expected in a track, or overdue, regardless of the filter."""
    table = context.table
    ahead = (table["track"] == track) & ~table["departure"]
    ahead &= (table["standing"] != Standing.HELD) & (table["kind"] != Kind.DEADLINE)
    found = table[ahead.to_numpy()]
    if found.empty:
        return None
    row = found.iloc[0]
    due = _due_for_text(context.reference, context.version, row["session"], track, context.today)
    return NextText(row, due)


def plan_frame(track: Track, coming: NextText, context: PageContext) -> pd.DataFrame:
    """The plan for the next text as a list: dated steps in order, then those without a date."""
    rows = [
        (
            due_when(d, context.reference),
            how_far(d.start, d.end, d.precision, context.today),
            d.milestone.name,
            _(d.milestone.for_whom),
            d.basis,
            d.source_url,
        )
        for d in coming.due
    ]
    rows += [
        (_("no fixed date"), "", m.name, _(m.for_whom), m.rule, m.source_url)
        for m in undated(track, coming.due, context.reference, coming.row["start"].year)
    ]
    return pd.DataFrame(rows, columns=[_("When"), _("From today"), _("Step"), _("Applies to"), _("Basis"), _("Source")])


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def texts_frame(texts: list[Resolution]) -> pd.DataFrame:
    """Texts as a list, in the order given."""
    return pd.DataFrame(
        [
            (
                r.symbol or _("{session}, not tabled").format(session=r.session),
                capital(r.theme or r.title),
                wording.day(r.adopted) if r.adopted else _("not tabled"),
                vote_words(r),
                r.penholder,
                r.draft_symbol,
                r.record_url or r.source_url,
            )
            for r in texts
        ],
        columns=[_("Text"), _("Theme"), _("Adopted"), _("Vote"), _("Penholder"), _("Draft"), _("Document")],
    )


def years_shown(context: PageContext, tracks: list[Track], width: int) -> tuple[int, int]:
    """The years on every strip: those of the filter's period, or from the first text to the calendar's horizon."""
    chosen = context.filter
    if chosen.start and chosen.end:
        return chosen.start.year, chosen.end.year
    rows = context.filtered[context.filtered["track"].isin([t.code for t in tracks]).to_numpy()]
    first, last = rows["start"].min().year, horizon(context.today).year
    if width < NARROW_PX:
        first, last = max(first, context.today.year - YEARS_BACK_NARROW), context.today.year + YEARS_AHEAD_NARROW
    return first, last


def clicked(figure: str) -> None:
    """Opens the panel of the clicked mark, also on a second click."""
    points = st.session_state[figure]["selection"]["points"]
    picked = points[0]["customdata"][0] if points else st.session_state.get(f"{figure}_picked", "")
    st.session_state[f"{figure}_picked"] = picked
    if picked:
        item_panel.choose(picked)


def draw_strip(track: Track, context: PageContext, years: tuple[int, int], width: int) -> None:
    """Draws the texts of a track across the years, as a picture."""
    figure, summary = _strip(
        context,
        context.version,
        repr((context.filter, context.today)),
        track.code,
        years,
        st.context.theme.type or "light",
        width,
    )
    key = f"strip_{track.code}"
    st.plotly_chart(
        figure,
        theme=None,
        key=key,
        on_select=lambda: clicked(key),
        selection_mode="points",
        config={"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False},
        alt=summary,
    )


def draw_cadence(track: Track, context: PageContext) -> None:
    """Draws how often the text comes now and by which source, and the difference between guidelines and practice."""
    sentence = _views(context.reference, context.version, track.code, context.today)
    rules = [c for c in context.reference.cadences if c.track == track.code and c.view is View.PRACTICE]
    known = [rule for rule in rules if rule.known_from <= context.today]
    latest = max(known, key=lambda rule: rule.first_year, default=None)
    words = [plain(sentence), rule_words(latest) if latest is not None else ""]
    if any(words):
        st.caption(" ".join(filter(None, words)))


def draw_coming(track: Track, coming: NextText | None, context: PageContext) -> None:
    """Draws the plan for the next text beside our work on it."""
    if coming is None:
        return
    plan, work = st.columns([2, 1], gap="large")
    with plan:
        st.subheader(_("Plan for {where}").format(where=plain(coming.row["session"] or when(coming.row))), anchor=False)
        draw_plan(track, coming, context)
    with work:
        draw_work(coming, context)


def draw_details(track: Track, coming: NextText | None, context: PageContext, width: int) -> None:
    """Draws what stands behind the first screen: the track's rules, its texts so far, and the plan with its sources."""
    st.header(plain(track.title))
    if track.description:
        st.markdown(plain(track.description))
    shown = set(context.filtered["item"])
    texts = [r for r in context.reference.resolutions if r.track == track.code and text_item(r) in shown]
    st.subheader(_("Texts so far"))
    if texts:
        texts.sort(key=lambda r: r.adopted or context.reference.sessions[r.session].end, reverse=True)
        full_list(
            texts_frame(texts),
            _("Text"),
            f"texts-{track.code}",
            _("Texts of {title}, newest first.").format(title=track.title),
            width=width,
        )
    else:
        st.markdown(_("No adopted text matches the filter. Choose a longer period or another date status."))
    st.subheader(_("How often"))
    draw_rhythm(track, context)
    if coming is not None and not (frame := plan_frame(track, coming, context)).empty:
        where = coming.row["session"] or when(coming.row)
        st.subheader(_("Plan for {where}, with sources").format(where=plain(where)))
        full_list(
            frame,
            _("Step"),
            f"plan-{track.code}",
            _("Steps before {where}, with their dates.").format(where=where),
            width=width,
        )


def picture_of(context: PageContext, tracks: list[Track], years: tuple[int, int]) -> PictureRequest:
    """One strip, or several on one axis, as a picture."""

    def strips(width: int) -> go.Figure:
        drawn = [
            strip_figure(
                context.filtered,
                reference=context.reference,
                track=track.code,
                as_of=context.today,
                first_year=years[0],
                last_year=years[1],
                theme="light",
                width=width,
            )
            for track in tracks
        ]
        return stacked(drawn, [track.short_title for track in tracks]) if len(tracks) > 1 else drawn[0]

    title = tracks[0].title if len(tracks) == 1 else _("Resolutions on human rights defenders")
    return PictureRequest(
        [FigureVariant(strips)],
        title,
        _("{first_year} to {last_year}").format(first_year=years[0], last_year=years[1]),
        [LEGEND, _("Shaded: projected.")],
    )


def draw_take_away(tracks: list[Track], track: Track, context: PageContext) -> None:
    """Draws the export of the strip, or of those of all ``tracks`` on one axis."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = [track]
        if len(tracks) > 1:
            whole = st.toggle(_("All tracks"), key="resolutions_picture_all", help=_("In the exported image only."))
            chosen = tracks if whole else chosen
        codes, years = tuple(one.code for one in chosen), years_shown(context, chosen, WIDE_PX)
        as_a_picture(
            "resolutions",
            context,
            lambda seen: picture_of(seen, chosen, years),
            stands_for=(codes, years),
            staff=False,
        )


def draw_rhythm(track: Track, context: PageContext) -> None:
    """Draws the rules of the track with their years, in practice and in the guidelines."""
    rules = [c for c in context.reference.cadences if c.track == track.code]
    sides = {
        _("In practice"): sorted((c for c in rules if c.view is View.PRACTICE), key=lambda c: c.first_year),
        _("In the guidelines"): sorted((c for c in rules if c.view is View.GUIDELINES), key=lambda c: c.first_year),
    }
    for column, (name, own) in zip(st.columns(2), sides.items(), strict=True):
        with column:
            lines = [f"- {rule_words(rule)}" for rule in own]
            st.markdown(
                "\n".join([f"**{name}**", "", *lines])
                if lines
                else _("**{name}**: no rule recorded.").format(name=name)
            )


def rule_words(rule: Cadence) -> str:
    """``2007–2024: A text every second year… Source``."""
    years = (
        f"{rule.first_year}–{rule.last_year}"
        if rule.last_year
        else _("Since {first_year}").format(first_year=rule.first_year)
    )
    source = linked(_("Source"), rule.source_url) if rule.source_url else _("Unsourced.")
    return f"{years}: {plain(rule.statement)} {source}"


def draw_left_out(left_out: list[Track], context: PageContext) -> None:
    """Says which tracks do not match the filter, with a button to clear it."""
    if not left_out:
        return
    names = ", ".join(plain(t.short_title) for t in left_out)
    why = _(" Resolutions do not concern a single country, so a country filter hides them all.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            _("Hidden by the filter: {names}.{why}").format(names=names, why=why if context.filter.countries else ""),
            width="content",
        )
        st.button(_("Clear filter"), key="resolutions_clear", type="tertiary", on_click=filter_bar.clear)


def draw_related(context: PageContext, width: int) -> None:
    """Draws the texts outside the tracks, by theme."""
    st.header(_("Related texts"))
    shown = set(context.filtered["item"])
    related = [
        r
        for r in context.reference.resolutions
        if not r.track and r.status is ResolutionStatus.ADOPTED and text_item(r) in shown
    ]
    if not related:
        st.markdown(_("No related texts match the filter."))
        return
    st.markdown(_("Other texts on defenders, or relevant to them, by theme."))
    related.sort(key=lambda r: ((r.theme or r.title).casefold(), r.adopted or date.min))
    frame = texts_frame(related)[
        [_("Theme"), _("Text"), _("Adopted"), _("Vote"), _("Penholder"), _("Draft"), _("Document")]
    ]
    full_list(frame, _("Text"), "related-texts", _("Related texts, by theme."), width=width)


def draw_page(context: PageContext, chosen: Sequence[str]) -> None:
    """Draws the track that is ``chosen``, by its code, or the first."""
    every = [t for t in context.reference.tracks.values() if t.subject is TrackSubject.TEXT]
    present = set(context.filtered["track"].unique())
    tracks = [t for t in every if t.code in present]
    left_out = [t for t in every if t.code not in present]
    bar = st.container(horizontal=True, vertical_alignment="center", key="cycle_bar")
    width = column_width("resolutions_width")
    with bar:
        st.title(_("Resolutions"), width="content")
        if tracks:
            asked = [t for t in tracks if t.code in chosen]
            track = (asked or tracks)[0]
            choose_track(tracks, track, narrow=width < NARROW_PX)
    if not every:
        st.markdown(_("No tracks of texts in the reference data. Add rows with the subject “text” to tracks.csv."))
    elif not tracks:
        draw_left_out(left_out, context)
        st.markdown(_("This page shows one track of texts across the years, with the plan for the next text."))
    else:
        draw_track(track, tracks, context, width)
        draw_left_out(left_out, context)
    draw_related(context, width)


def draw_track(track: Track, tracks: list[Track], context: PageContext, width: int) -> None:
    """Draws one track. On a phone its texts are a list, which comes after the plan."""
    coming = next_text(track.code, context)
    if coming is None:
        st.markdown(_("No next text is expected: no rule of this track is in force (cadences.csv)."))
        follow_button(FollowKind.TRACK, track.code, context)
    else:
        draw_next_line(coming.row, track.code, context, FollowKind.TRACK, track.code)
    years = years_shown(context, [track], width)
    if width < NARROW_PX:
        draw_coming(track, coming, context)
        draw_texts(context.filtered, track, years, context)
        draw_cadence(track, context)
    else:
        draw_strip(track, context, years, width)
        draw_cadence(track, context)
        draw_coming(track, coming, context)
    draw_details(track, coming, context, width)
    st.caption(f"{LEGEND} {CLICK}")
    draw_take_away(tracks, track, context)


context = current()
# Which track is shown is chosen on the page; what else the filter says narrows all of them.
others = replace(context.filter, tracks=())
draw_page(
    replace(context, filter=others, filtered=others.apply(context.table, context.reference)), context.filter.tracks
)
item_panel.draw_panel(context)
