"""Resolutions: past and future texts of each track, and the plan for the next one."""

from pages.components.shell.guard import require_entrance

require_entrance()

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from calendar_model import wording
from calendar_model.calendar import city, horizon, interval_words, listed_when, text_item, vote_words, when
from calendar_model.cycles import DueMilestone, due_for_text
from calendar_model.figures.sheet import FigureVariant
from calendar_model.figures.strips import difference_of_views, stacked, strip_figure, strip_summary
from calendar_model.reference import Reference
from calendar_model.reference.rows import Cadence, Milestone, Resolution, Track
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import (
    WINDOWS,
    Kind,
    MilestoneKind,
    ResolutionStatus,
    Standing,
    TrackSubject,
    View,
)
from pages.components.record.lists import NARROW_PX, full_list
from pages.components.shell import filter_bar, item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.width import column_width
from pages.components.shell.words import linked, plain
from pages.components.widgets import labels
from pages.components.widgets.pictures import PictureRequest, as_a_picture

YEARS_BACK_NARROW, YEARS_AHEAD_NARROW = 12, 6
OURS = ("penholder", "mission")
STEPS_AHEAD = 4
# An exported picture has the years of a wide screen.
WIDE_PX = 1280
LEGEND = _(
    "Diamonds: filled for an adopted text, hollow for one that is due, crossed for one that was not tabled. Below, a "
    "line means consensus and a bar a vote: in favour (bottom), abstaining (pale), against (dark). The stepped line "
    "shows the interval."
)
CLICK = _("Click a diamond for details.")
ALL_TRACKS = _("All")


@dataclass(frozen=True)
class Next:
    """The next text of a track: its row of the calendar table, and the deadlines before it, in order."""

    row: Any
    due: tuple[DueMilestone, ...]


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


def next_text(track: str, context: PageContext) -> Next | None:
    """The next text expected in a track, or overdue, regardless of the filter."""
    table = context.table
    ahead = (table["track"] == track) & ~table["departure"]
    ahead &= (table["standing"] != Standing.HELD) & (table["kind"] != Kind.DEADLINE)
    found = table[ahead.to_numpy()]
    if found.empty:
        return None
    row = found.iloc[0]
    due = _due_for_text(context.reference, context.version, row["session"], track, context.today)
    return Next(row, due)


def due_when(due: DueMilestone, reference: Reference) -> str:
    """The due date in words: a day, with local time if there is one, or a window."""
    words = wording.when_known(due.start, due.end, due.precision, held=due.standing is Standing.HELD)
    hour = due.at.time() if due.at else due.milestone.time
    if hour is not None:
        place = reference.organisations[due.milestone.body].seat_city or city(due.timezone)
        words = _("{days}, {hours} ({place} time)").format(days=words, hours=f"{hour:%H:%M}", place=place)
    interval = interval_words(
        {
            "start": due.start,
            "earliest": due.earliest or due.start,
            "latest": due.latest or due.start,
            "date_precision": due.precision,
        }
    )
    return ", ".join(filter(None, (words, interval))) if hour else f"{words} {interval}".rstrip()


def how_far(start: date, end: date, precision: str, today: date) -> str:
    """The time until a day or a window, in words."""
    if end < today:
        return _("passed")
    if start <= today:
        return _("may be under way") if precision in WINDOWS else _("about now") if start < today else _("today")
    days = (start - today).days
    far = (
        wording.count(days, "{number} day", "{number} days")
        if days < 60
        else _("{months} months").format(months=round(days / 30.4))
    )
    return _("in {far} or later").format(far=far) if precision in WINDOWS else _("in {far}").format(far=far)


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


def plan_frame(track: Track, coming: Next, context: PageContext) -> pd.DataFrame:
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


def draw_next(tracks: list[Track], context: PageContext) -> None:
    """Draws the next text of each track and its key dates."""
    for column, track in zip(st.columns(len(tracks)), tracks, strict=True):
        with column:
            coming = next_text(track.code, context)
            st.markdown(f"**{plain(track.short_title)}**  \n{next_words(track, coming, context)}")
            if coming is not None:
                st.button(
                    _("Details"),
                    key=f"next_{track.code}",
                    type="tertiary",
                    icon=":material/chevron_right:",
                    on_click=item_panel.choose,
                    args=(coming.row["item"],),
                )


def next_words(track: Track, coming: Next | None, context: PageContext) -> str:
    """The next text of a track and the first steps towards it, as Markdown."""
    if coming is None:
        return _("No next text is expected: no rule of this track is in force (cadences.csv).")
    row, today = coming.row, context.today
    session = f"{row['session']}, " if row["session"] else ""
    far = how_far(row["start"].date(), row["end"].date(), row["date_precision"], today)
    overdue = row["end"].date() < today
    known = (
        _("Not confirmed: the dates have passed and no text is recorded yet")
        if overdue
        else f"{labels.STANDINGS[row['standing']]}, {far}"
    )
    lines = [
        _("Next: **{session}{listed_when}**").format(
            session=plain(session), listed_when=plain(listed_when(row, as_of=today))
        ),
        known,
    ]
    moves = [d for d in coming.due if d.end >= today and d.milestone.for_whom in OURS]
    deadlines = [d for d in moves if d.milestone.kind is MilestoneKind.DEADLINE]
    steps = [
        f"{plain(d.milestone.name)}: {plain(due_when(d, context.reference))}"
        for d in list(dict.fromkeys([*moves[:1], *deadlines]))[:STEPS_AHEAD]
    ]
    if steps:
        return "  \n".join([*lines, "", _("Key dates:"), *steps])
    if coming.due:
        lines.append(_("All dated steps have passed."))
    open_steps = undated(track, coming.due, context.reference, row["start"].year)
    steps = [f"{plain(m.name)}: {plain(m.rule)}" for m in open_steps[-STEPS_AHEAD:]]
    return "  \n".join([*lines, "", _("Undated steps:"), *steps] if steps else lines)


def draw_track(track: Track, context: PageContext, years: tuple[int, int], width: int) -> None:
    """Draws one track: its strip, its rules, the plan for the next text, and the texts so far."""
    reference, version = context.reference, context.version
    st.header(plain(track.title))
    if track.description:
        st.markdown(plain(track.description))
    figure, summary = _strip(
        context,
        version,
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
    draw_rhythm(track, context)
    shown = set(context.filtered["item"])
    texts = [r for r in reference.resolutions if r.track == track.code and text_item(r) in shown]
    coming = next_text(track.code, context)
    if coming is not None:
        where = coming.row["session"] or when(coming.row)
        st.subheader(_("Plan for {where}").format(where=plain(where)))
        frame = plan_frame(track, coming, context)
        if frame.empty:
            st.markdown(_("No milestones are recorded for this track's session (milestones.csv)."))
        else:
            full_list(
                frame,
                _("Step"),
                f"plan-{track.code}",
                _("Steps before {where}, with their dates.").format(where=where),
                width=width,
            )
    st.subheader(_("Texts so far"))
    if texts:
        texts.sort(key=lambda r: r.adopted or reference.sessions[r.session].end, reverse=True)
        full_list(
            texts_frame(texts),
            _("Text"),
            f"texts-{track.code}",
            _("Texts of {title}, newest first.").format(title=track.title),
            width=width,
        )
    else:
        st.markdown(_("No adopted text matches the filter. Choose a longer period or another date status."))


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


def draw_take_away(tracks: list[Track], context: PageContext, years: tuple[int, int]) -> None:
    """Draws the export of the strips: all of them, or one that the reader selects."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = tracks
        if len(tracks) > 1:
            code = st.selectbox(
                _("Tracks shown"),
                ["", *(track.code for track in tracks)],
                format_func=lambda code: context.reference.tracks[code].short_title if code else ALL_TRACKS,
                key="resolutions_picture_track",
                width=300,
            )
            chosen = [track for track in tracks if code in ("", track.code)]
        codes = tuple(track.code for track in chosen)
        as_a_picture(
            "resolutions",
            context,
            lambda seen: picture_of(seen, chosen, years),
            stands_for=(codes, years),
            staff=False,
        )


def draw_rhythm(track: Track, context: PageContext) -> None:
    """Draws the rules of the track with their years, and the difference between guidelines and practice."""
    sentence = _views(context.reference, context.version, track.code, context.today)
    rules = [c for c in context.reference.cadences if c.track == track.code]
    sides = {
        _("In practice"): sorted((c for c in rules if c.view is View.PRACTICE), key=lambda c: c.first_year),
        _("In the guidelines"): sorted((c for c in rules if c.view is View.GUIDELINES), key=lambda c: c.first_year),
    }
    if sentence:
        st.markdown(plain(sentence))
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


context = current()
st.title(_("Resolutions"))
every = [t for t in context.reference.tracks.values() if t.subject is TrackSubject.TEXT]
width = column_width("resolutions_width")
present = set(context.filtered["track"].unique())
tracks = [t for t in every if t.code in present]
draw_left_out([t for t in every if t.code not in present], context)
if not every:
    st.markdown(_("No tracks of texts in the reference data. Add rows with the subject “text” to tracks.csv."))
elif not tracks:
    st.markdown(_("This page shows each track of texts across the years, with the plan for the next text."))
else:
    draw_next(tracks, context)
    years = years_shown(context, tracks, width)
    st.caption(f"{LEGEND} {CLICK}")
    draw_take_away(tracks, context, years_shown(context, tracks, WIDE_PX))
    for track in tracks:
        draw_track(track, context, years, width)
draw_related(context, width)
item_panel.draw_panel(context)
