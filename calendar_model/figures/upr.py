"""A cycle of UPR reviews as a grid: one row for each session, one tile for each State.

A tile is filled for a review that was held, and hollow for an upcoming one. It is hatched if its dates have passed
without a recorded result, cross-hatched if it was rescheduled or is unconfirmed, and dotted if it is only projected. A
State hidden by the filter keeps its place as an empty tile. The full text is in the hover and in the table below the
grid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from calendar_model import wording
from calendar_model.calendar import interval_words, when
from calendar_model.figures.packing import fit
from calendar_model.figures.palette import (
    INKS,
    Inks,
    ThemeName,
    colour_of,
    ink_on,
    legend_above,
    plain_layout,
    with_alpha,
)
from calendar_model.figures.text import shown, wrapped
from calendar_model.reference import Reference
from calendar_model.reference.rows import Review
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, ReviewDeparture, Standing

_NARROW_PX = 640
_TILE_PX = 26
_GAP_PX = 10
_HEAD_PX = 6


class ReviewState(StrEnum):
    """The state of a review in a cycle."""

    HELD = "held"
    NOT_CONFIRMED = "not-confirmed"
    COMING = "coming"
    MOVED = "moved"
    EXPECTED = "expected"


STATE_WORDS: Mapping[ReviewState, str] = Translated(
    {
        ReviewState.HELD: N_("Held"),
        ReviewState.NOT_CONFIRMED: N_("Not confirmed"),
        ReviewState.COMING: N_("Upcoming"),
        ReviewState.MOVED: N_("Rescheduled or unconfirmed"),
        ReviewState.EXPECTED: N_("Projected"),
    }
)

DEPARTURE_WORDS: Mapping[ReviewDeparture, str] = Translated(
    {
        ReviewDeparture.RESCHEDULED: N_("Rescheduled"),
        ReviewDeparture.POSTPONED: N_("Postponed"),
        ReviewDeparture.ABSENT: N_("Not held"),
        ReviewDeparture.UNCERTAIN: N_("May not take place"),
    }
)


def what_happened(review: Review | None) -> str:
    """Return ``Rescheduled from UPR50``: the change of a review; empty if there is none, or it is not listed yet."""
    if review is None or review.departure is None:
        return ""
    words = DEPARTURE_WORDS[review.departure]
    if not review.moved_from:
        return words
    if review.departure is ReviewDeparture.ABSENT:
        return _("{change} in {session}").format(change=words, session=review.moved_from)
    return _("{change} from {session}").format(change=words, session=review.moved_from)


def review_state(standing: str, review: Review | None) -> ReviewState:
    """Return the state of a review item by its standing and, once a session lists it, its row in the reference."""
    if standing == Standing.HELD:
        return ReviewState.HELD
    if standing == Standing.NOT_CONFIRMED:
        return ReviewState.NOT_CONFIRMED
    if review is None:
        return ReviewState.EXPECTED
    return ReviewState.COMING if review.departure is None else ReviewState.MOVED


def state_words(state: ReviewState, standing: str) -> str:
    """Return ``Upcoming, provisional``: the state of a review and its standing, unless both say the same."""
    words = STATE_WORDS[state]
    same = standing in (Standing.HELD, Standing.NOT_CONFIRMED)
    same |= state is ReviewState.EXPECTED and standing == Standing.PROJECTED
    return words if same else f"{words}, {wording.standing_words(standing).lower()}"


def cycle_of(item: str, track: str) -> int | None:
    """Return the cycle in a review's item id, ``4`` of ``upr-4-USA`` for the track ``upr``."""
    part = item.removeprefix(f"{track}-").partition("-")[0]
    return int(part) if item.startswith(f"{track}-") and part.isdigit() else None


def reviews_of_cycle(table: pd.DataFrame, track: str, cycle: int) -> pd.DataFrame:
    """Return the rows of a calendar table that are a track's reviews in one cycle, in their order."""
    prefix = f"{track}-{cycle}-"
    mine = (table["kind"] == Kind.UPR_REVIEW).to_numpy() & table["item"].str.startswith(prefix).to_numpy()
    return table[mine]


@dataclass(frozen=True)
class _Tile:
    item: str
    country: str
    name: str
    state: ReviewState
    column: int
    y: float
    hover: str
    kept: bool


@dataclass(frozen=True)
class _SessionRow:
    """A session, or the part of it that fits into one line of the figure."""

    label: str
    y: float


def cycle_figure(
    reviews: pd.DataFrame,
    *,
    reference: Reference,
    theme: ThemeName,
    width: int,
    kept: frozenset[str] | None = None,
) -> go.Figure:
    """Return the grid of a cycle.

    In: ``reviews``, rows of the calendar table as :func:`reviews_of_cycle` gives them; ``reference``, for names and
    changes of reviews; ``width``, the width of the figure in pixels; ``kept``, the items that match the filter (None:
    all).

    Out: a figure with fixed axes, one bar trace a state of the review, named in words with its count; the customdata
    of a tile begins with the item's id.
    """
    inks = INKS[theme]
    narrow = width < _NARROW_PX
    left = 62 if narrow else 170
    rows = reviews.to_dict("records")
    sessions = _by_session(rows)
    widest = max((len(members) for members in sessions.values()), default=1)
    per_line = min(7, widest) if narrow else widest
    tile_px = max(width - left - 8, 140) / per_line
    tiles, lines = _tiles(sessions, reference, per_line, narrow, kept)
    colour = colour_of(reference.organisations, rows[0]["body"]) if rows else inks.muted
    of_state = {state: [t for t in tiles if t.kept and t.state is state] for state in ReviewState}
    figure = go.Figure([_trace(state, found, tile_px, colour, inks) for state, found in of_state.items()])
    figure.add_trace(_left_out([t for t in tiles if not t.kept], inks))
    height = (lines[-1].y + _TILE_PX / 2 if lines else 40) + _HEAD_PX
    figure.update_layout(_layout(lines, per_line, height, left, inks))
    return figure


def cycle_counts(reviews: pd.DataFrame, reference: Reference) -> dict[ReviewState, int]:
    """Return how many of these reviews are in each state, without states that have none."""
    listed = {r.code: r for r in reference.reviews}
    states = [review_state(s, listed.get(i)) for s, i in zip(reviews["standing"], reviews["item"], strict=True)]
    return {state: states.count(state) for state in ReviewState if state in states}


def cycle_summary(reviews: pd.DataFrame, reference: Reference, cycle: int) -> str:
    """Return an alternative text for the grid, in one sentence."""
    counts = cycle_counts(reviews, reference)
    phrases = ", ".join(f"{count} {STATE_WORDS[state].lower()}" for state, count in counts.items())
    return _("{ordinal} cycle, {sessions} sessions, {count} States: {counts}.").format(
        ordinal=wording.ordinal(cycle), sessions=reviews["session"].nunique(), count=len(reviews), counts=phrases
    )


def _by_session(rows: Sequence[Mapping[Any, Any]]) -> dict[str, list[Mapping[Any, Any]]]:
    """Return the reviews by session, in order of its first day; within one those with a day first, then by name."""
    first: dict[str, date] = {}
    grouped: dict[str, list[Mapping[Any, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["session"], []).append(row)
        first[row["session"]] = min(row["start"], first.get(row["session"], row["start"]))
    order = sorted(grouped, key=lambda code: (int("".join(c for c in code if c.isdigit()) or 0), first[code], code))
    return {code: sorted(grouped[code], key=lambda r: r["title"]) for code in order}


def _tiles(
    sessions: Mapping[str, Sequence[Mapping[Any, Any]]],
    reference: Reference,
    per_line: int,
    narrow: bool,
    kept: frozenset[str] | None,
) -> tuple[list[_Tile], list[_SessionRow]]:
    listed = {r.code: r for r in reference.reviews}
    tiles: list[_Tile] = []
    lines: list[_SessionRow] = []
    y = _HEAD_PX + _TILE_PX / 2
    for code, members in sessions.items():
        for i, row in enumerate(members):
            if i % per_line == 0:
                label = "" if i else code if narrow else f"<b>{shown(code)}</b>  {_session_when(row, reference)}"
                lines.append(_SessionRow(label, y))
                y += _TILE_PX
            review = listed.get(row["item"])
            state = review_state(row["standing"], review)
            known = reference.states.get(row["countries"])
            tiles.append(
                _Tile(
                    item=row["item"],
                    country=row["countries"],
                    name=known.name if known else row["countries"],
                    state=state,
                    column=i % per_line,
                    y=lines[-1].y,
                    hover=_hover(row, review, state),
                    kept=kept is None or row["item"] in kept,
                )
            )
        y += _GAP_PX
    return tiles, lines


def _session_when(row: Mapping[Any, Any], reference: Reference) -> str:
    session = reference.sessions.get(row["session"])
    held = session is not None and session.standing is Standing.HELD
    start, end = (session.start, session.end) if session and held else (row["start"].date(), row["end"].date())
    return wording.span(start, end, "month")


def _hover(row: Mapping[Any, Any], review: Review | None, state: ReviewState) -> str:
    days = f"{row['session']}, {when(row)} {interval_words(row)}".rstrip()
    lines = [f"<b>{shown(row['title'])}</b>", shown(days), state_words(state, row["standing"])]
    if words := what_happened(review):
        lines.append(shown(words))
    if review is not None and review.outcome_date:
        lines.append(
            shown(
                _("Outcome adopted in {outcome_session}, {outcome_date}").format(
                    outcome_session=review.outcome_session, outcome_date=wording.day(review.outcome_date)
                )
            )
        )
    return "<br>".join([*lines, *wrapped(row["basis"])])


_LOOKS: Mapping[ReviewState, tuple[float, str]] = {
    ReviewState.HELD: (1.0, ""),
    ReviewState.NOT_CONFIRMED: (0.14, "/"),
    ReviewState.COMING: (0.0, ""),
    ReviewState.MOVED: (0.14, "x"),
    ReviewState.EXPECTED: (0.06, "."),
}
"""The opacity and the hatching of a tile."""


def _trace(state: ReviewState, tiles: Sequence[_Tile], tile_px: float, colour: str, inks: Inks) -> go.Bar:
    alpha, hatch = _LOOKS[state]
    solid, moved = state is ReviewState.HELD, state is ReviewState.MOVED
    size = 11 if tile_px >= 40 else 9
    return go.Bar(
        name=f"{STATE_WORDS[state]} ({len(tiles)})",
        orientation="h",
        base=[t.column + 0.03 for t in tiles],
        x=[0.94] * len(tiles),
        y=[t.y for t in tiles],
        width=_TILE_PX - 4,
        text=[fit(t.name, tile_px - 8, size) if tile_px >= 56 else t.country for t in tiles],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"size": size, "color": ink_on(colour) if solid else inks.ink},
        marker={
            "color": with_alpha(colour, alpha),
            "cornerradius": 3,
            "line": {"width": 2 if moved else 1, "color": inks.ink if moved else colour},
            "pattern": {
                "shape": hatch,
                "fillmode": "overlay",
                "fgcolor": colour,
                "fgopacity": 0.35,
                "size": 7,
                "solidity": 0.15,
            },
        },
        customdata=[[t.item, t.hover] for t in tiles],
        hovertemplate="%{customdata[1]}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        showlegend=bool(tiles),
    )


def _left_out(tiles: Sequence[_Tile], inks: Inks) -> go.Bar:
    return go.Bar(
        name=_("Hidden by the filter ({count})").format(count=len(tiles)),
        orientation="h",
        base=[t.column + 0.03 for t in tiles],
        x=[0.94] * len(tiles),
        y=[t.y for t in tiles],
        width=_TILE_PX - 4,
        marker={"color": "rgba(0,0,0,0)", "cornerradius": 3, "line": {"width": 1, "color": inks.line}},
        hoverinfo="skip",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        showlegend=bool(tiles),
    )


def _layout(lines: Sequence[_SessionRow], per_line: int, height: float, left: int, inks: Inks) -> dict[str, Any]:
    return {
        **plain_layout(inks),
        "height": int(height + 44),
        "margin": {"l": left, "r": 8, "t": 40, "b": 4, "pad": 0},
        "showlegend": True,
        "legend": legend_above(inks),
        "xaxis": {"range": [0, per_line], "fixedrange": True, "visible": False},
        "yaxis": {
            "range": [height, 0],
            "fixedrange": True,
            "tickvals": [line.y for line in lines if line.label],
            "ticktext": [line.label for line in lines if line.label],
            "tickfont": {"size": 12, "color": inks.ink},
            "ticklabelstandoff": 6,
            "showgrid": False,
            "zeroline": False,
            "ticks": "",
        },
    }
