"""The coverage figure: one row for each item, one column for each expectation, one tile for its state.

A tile is filled if the expectation is met, hollow while there is time, and hatched if it is due soon. A late one has a
thick edge and the word. There is no tile if the expectation does not apply to the kind of item. The sentence for a tile
is in its hover and in the list next to the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from calendar_model import wording
from calendar_model.figures.packing import fit, text_px
from calendar_model.figures.palette import (
    INKS,
    TEXT_PX,
    Inks,
    ThemeName,
    colour_of,
    ink_on,
    legend_above,
    plain_layout,
    with_alpha,
)
from calendar_model.figures.text import shown, wrapped
from calendar_model.messages.coverage import EXPECTATION_LABELS, readiness_words
from calendar_model.mission.coverage import ActionKind, count_states
from calendar_model.reference import Reference
from calendar_model.terms import Expectation, ReadinessState
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Precision

WARNING: Mapping[ThemeName, str] = {"light": "#a6341b", "dark": "#f39a82"}
"""The only warning colour, for late tiles: at least 4.5:1 on the ground, tinted or not."""

LATE_TINT = 0.1
"""The opacity of the tint of a late tile."""

_NARROW_PX = 640
_WIDEST_TILE_PX, _GAP_PX = 116, 6
_ROW_PX, _NARROW_ROW_PX, _TILE_PX = 32, 56, 24
_STRIPE_PX, _INDENT_PX = 3, 10
_BOLD = 1.08
"""The width of bold letters, relative to regular ones."""

_HEADS_AGAIN = 14
"""With more rows than this, the column heads are repeated below the figure."""


@dataclass(frozen=True)
class _Grid:
    """The positions of rows and columns, in pixels of the plot."""

    width: float
    narrow: bool
    columns: Sequence[Expectation]
    tile: float
    """The width of a column, with its gap."""

    @property
    def left(self) -> float:
        """The left edge of the first column."""
        return self.width - self.tile * len(self.columns)

    @property
    def row(self) -> int:
        return _NARROW_ROW_PX if self.narrow else _ROW_PX

    @property
    def label(self) -> float:
        """The room for the title of an item."""
        return self.width if self.narrow else self.left - _GAP_PX

    def middle(self, number: int) -> float:
        """The vertical middle of a row's tiles."""
        return (number + 1) * self.row - 6 - _TILE_PX / 2 if self.narrow else (number + 0.5) * self.row


def coverage_figure(frame: pd.DataFrame, theme: ThemeName, width: int, reference: Reference) -> go.Figure:
    """Return the figure.

    In: ``frame`` as :func:`calendar_model.mission.coverage.coverage` gives it, or some of its items; ``width``,
    the width of the figure in pixels; ``reference``, for the colours of the organisations.

    Out: a figure with fixed axes: one trace for each state, named in words with its count, and one named ``items``
    under the titles. The customdata of a tile begins with the item's id and the expectation, that of a title with the
    item's id and an empty text.
    """
    inks = INKS[theme]
    narrow = width < _NARROW_PX
    present = set(frame["expectation"])
    columns = [expectation for expectation in Expectation if expectation in present]
    room = float(max(width - 4, 240))
    share = room - _INDENT_PX if narrow else room * 0.6
    tile = min(share / max(len(columns), 1), _WIDEST_TILE_PX)
    grid = _Grid(room, narrow, columns, tile)
    rows = frame.drop_duplicates("item").to_dict("records")
    number = {row["item"]: i for i, row in enumerate(rows)}
    tiles = frame.to_dict("records")
    figure = go.Figure()
    for state in (ReadinessState.LATE, ReadinessState.DUE_SOON, ReadinessState.OPEN, ReadinessState.DONE):
        own = [tile for tile in tiles if tile["state"] == state]
        figure.add_trace(_tiles(state, own, number, grid, theme, inks))
    figure.add_trace(_items(rows, number, grid))
    for trace in _names(rows, number, grid, inks):
        figure.add_trace(trace)
    figure.update_layout(_layout(rows, number, grid, reference, inks))
    return figure


def coverage_summary(frame: pd.DataFrame) -> str:
    """Return an alternative text for the figure, in a few sentences."""
    if frame.empty:
        return _("Coverage: no actions expected for the items shown.")
    states = ", ".join(f"{count} {state}" for state, count in count_states(frame["state"]).items())
    items = frame["item"].nunique()
    text = _("Coverage of {items} {part}: {states}.").format(
        items=items, part=_("item") if items == 1 else _("items"), states=states
    )
    late = frame[(frame["state"] == ReadinessState.LATE).to_numpy()]
    if late.empty:
        return text
    by_item = late.groupby("title", sort=False)["expectation"].agg(list)
    named = [
        f"{title} ({', '.join(EXPECTATION_LABELS[e].lower() for e in expected)})"
        for title, expected in by_item.head(3).items()
    ]
    more = len(by_item) - len(named)
    return _("{summary} Late: {late_items}.").format(
        summary=text, late_items="; ".join([*named, *([_("{more} more").format(more=more)] if more > 0 else [])])
    )


def _when(row: Mapping[Any, Any]) -> str:
    return wording.when_known(row["start"].date(), row["end"].date(), row["date_precision"])


def _word(tile: Mapping[Any, Any], room: float, size: float) -> str:
    """The longest text that fits into a tile."""
    state = tile["state"]
    if state == ReadinessState.DONE:
        return _("done")
    if state == ReadinessState.LATE:
        return _("late")
    by = tile["by"].date()
    if tile["by_precision"] in (Precision.DAY, Precision.EXPECTED):
        short = wording.day(by, year=False, weekday=False)
        choices = [_("by {by}").format(by=wording.day(by, weekday=False)), _("by {short}").format(short=short), short]
    elif state == ReadinessState.DUE_SOON:
        choices = [_("due about now"), _("due now"), _("now")]
    else:
        choices = [
            _("by {by}").format(by=wording.span(by, by, Precision.MONTH)),
            _("by {month}").format(month=wording.month(by, year=False)),
            wording.month(by, year=False),
        ]
    return next((words for words in choices if text_px(words, size) <= room), "")


_CLICKS: Mapping[ActionKind, str] = Translated(
    {
        ActionKind.LOG_ENGAGEMENT: N_("Click to log an engagement."),
        ActionKind.START_STATEMENT: N_("Click to start a draft."),
        ActionKind.OPEN_STATEMENT: N_("Click to see what is outstanding."),
        ActionKind.OPEN_CASE: N_("Click to see what is outstanding."),
        ActionKind.OPEN_FOLLOW_UPS: N_("Click to see what is outstanding."),
    }
)
_OPENS_ITEM = N_("Click to open the item.")


def _hover(tile: Mapping[Any, Any]) -> str:
    head = f"<b>{shown(tile['title'])}</b><br>{_when(tile)}"
    sentence = wrapped(f"{EXPECTATION_LABELS[tile['expectation']]}: {readiness_words(**tile)}.")
    click = _(_OPENS_ITEM) if tile["action"] is None else _CLICKS[tile["action"].kind]
    return "<br>".join([head, *sentence, f"<i>{click}</i>"])


def _tiles(
    state: ReadinessState,
    tiles: Sequence[Mapping[Any, Any]],
    number: Mapping[str, int],
    grid: _Grid,
    theme: ThemeName,
    inks: Inks,
) -> go.Bar:
    fill, line, line_px, ink, hatch = {
        ReadinessState.DONE: (inks.accent, inks.accent, 1, ink_on(inks.accent), ""),
        ReadinessState.OPEN: ("rgba(0,0,0,0)", inks.muted, 1, inks.muted, ""),
        ReadinessState.DUE_SOON: (with_alpha(inks.accent, 0.08), inks.accent, 1.5, inks.ink, "/"),
        ReadinessState.LATE: (with_alpha(WARNING[theme], LATE_TINT), WARNING[theme], 2.5, WARNING[theme], ""),
    }[state]
    size = 10 if grid.narrow else TEXT_PX
    bold = state in (ReadinessState.DUE_SOON, ReadinessState.LATE)
    words = [_word(tile, grid.tile - _GAP_PX - 4, size * (_BOLD if bold else 1)) for tile in tiles]
    return go.Bar(
        name=f"{wording.term(state)} ({len(tiles)})",
        orientation="h",
        base=[grid.left + grid.columns.index(Expectation(t["expectation"])) * grid.tile + _GAP_PX / 2 for t in tiles],
        x=[grid.tile - _GAP_PX] * len(tiles),
        y=[grid.middle(number[tile["item"]]) for tile in tiles],
        width=_TILE_PX,
        text=[f"<b>{word}</b>" if bold and word else word for word in words],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"size": size, "color": ink},
        marker={
            "color": fill,
            "cornerradius": 3,
            "line": {"width": line_px, "color": line},
            "pattern": {
                "shape": hatch,
                "fillmode": "overlay",
                "fgcolor": inks.accent,
                "fgopacity": 0.35,
                "size": 7,
                "solidity": 0.15,
            },
        },
        customdata=[[tile["item"], tile["expectation"], _hover(tile)] for tile in tiles],
        hovertemplate="%{customdata[2]}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        showlegend=bool(tiles),
    )


def _items(rows: Sequence[Mapping[Any, Any]], number: Mapping[str, int], grid: _Grid) -> go.Bar:
    """The clickable area under an item's title: plotly takes no clicks on text."""
    top = [number[row["item"]] * grid.row for row in rows]
    height = grid.row - _TILE_PX - 6 if grid.narrow else grid.row - 4
    return go.Bar(
        name="items",
        orientation="h",
        base=[0] * len(rows),
        x=[grid.label] * len(rows),
        y=[y + (height / 2 + 2) for y in top],
        width=height,
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}},
        customdata=[
            [row["item"], "", f"<b>{shown(row['title'])}</b><br>{_when(row)}<br><i>{_(_OPENS_ITEM)}</i>"]
            for row in rows
        ],
        hovertemplate="%{customdata[2]}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        showlegend=False,
    )


def _names(
    rows: Sequence[Mapping[Any, Any]], number: Mapping[str, int], grid: _Grid, inks: Inks
) -> tuple[go.Scatter, go.Scatter]:
    """The dates and titles: in two columns on the left, or on one line above the tiles of a narrow figure."""
    whens = [_when(row) for row in rows]
    widest = max((text_px(when, TEXT_PX) for when in whens), default=0.0) + 12
    heights = [number[row["item"]] * grid.row + (12 if grid.narrow else grid.row / 2) for row in rows]
    starts = [_INDENT_PX + (text_px(when, TEXT_PX) + 8 if grid.narrow else widest) for when in whens]
    titles = [fit(row["title"], grid.label - start, TEXT_PX + 1) for row, start in zip(rows, starts, strict=True)]
    return (
        _text("days", [_INDENT_PX] * len(rows), heights, whens, TEXT_PX, inks.muted),
        _text("titles", starts, heights, titles, TEXT_PX + 1, inks.ink),
    )


def _text(
    name: str, x: Sequence[float], y: Sequence[float], words: Sequence[str], size: int, colour: str
) -> go.Scatter:
    return go.Scatter(
        name=name,
        x=x,
        y=y,
        mode="text",
        text=[shown(word) for word in words],
        textposition="middle right",
        textfont={"size": size, "color": colour},
        hoverinfo="skip",
        selected={"textfont": {"color": colour}},
        unselected={"textfont": {"color": colour}},
        showlegend=False,
    )


def _layout(
    rows: Sequence[Mapping[Any, Any]],
    number: Mapping[str, int],
    grid: _Grid,
    reference: Reference,
    inks: Inks,
) -> dict[str, Any]:
    depth = max(len(rows) * grid.row, grid.row)
    heads_px = 84 if grid.narrow else 24
    legend_px = 56 if grid.narrow else 28
    again = len(rows) > _HEADS_AGAIN
    heads = [*_heads(grid, 0, "bottom", inks), *(_heads(grid, depth, "top", inks) if again else [])]
    height = depth + heads_px + legend_px + (heads_px if again else 4)
    return {
        **plain_layout(inks),
        "height": height,
        "margin": {"l": 2, "r": 2, "t": heads_px + legend_px, "b": heads_px if again else 4, "pad": 0},
        "showlegend": True,
        "legend": legend_above(inks),
        "xaxis": {"range": [0, grid.width], "fixedrange": True, "visible": False},
        "yaxis": {"range": [depth, 0], "fixedrange": True, "visible": False},
        "shapes": [
            *(_line(grid, i * grid.row, inks) for i in range(len(rows) + 1)),
            *(_stripe(row, number, grid, reference) for row in rows),
        ],
        "annotations": heads,
    }


def _heads(grid: _Grid, y: float, anchor: str, inks: Inks) -> list[dict[str, Any]]:
    return [
        {
            "x": grid.left + (i + 0.5) * grid.tile,
            "y": y,
            "yshift": 3 if anchor == "bottom" else -3,
            "text": EXPECTATION_LABELS[expectation],
            "textangle": -90 if grid.narrow else 0,
            "showarrow": False,
            "xanchor": "center",
            "yanchor": anchor,
            "font": {"size": TEXT_PX, "color": inks.ink},
        }
        for i, expectation in enumerate(grid.columns)
    ]


def _line(grid: _Grid, y: float, inks: Inks) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": 0,
        "x1": grid.width,
        "y0": y,
        "y1": y,
        "line": {"color": inks.line, "width": 1},
        "layer": "below",
    }


def _stripe(row: Mapping[Any, Any], number: Mapping[str, int], grid: _Grid, reference: Reference) -> dict[str, Any]:
    top = number[row["item"]] * grid.row
    return {
        "type": "rect",
        "x0": 0,
        "x1": _STRIPE_PX,
        "y0": top + 4,
        "y1": top + grid.row - 4,
        "fillcolor": colour_of(reference.organisations, row["body"]),
        "line": {"width": 0},
    }
