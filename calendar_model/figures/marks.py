"""The marks of a timeline as plotly traces: bars, hatches, signs, labels, and chips for what did not fit."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from calendar_model.figures.lanes import Integers, Lane, Spans, TimelineMark, TimelineScale
from calendar_model.figures.packing import fit, text_px
from calendar_model.figures.palette import TEXT_PX, Inks, ink_on, with_alpha
from calendar_model.figures.text import shown
from calendar_model.figures.zoom import Band, Detail
from calendar_model.vocabulary import Kind, Standing
from calendar_model.wording import day as day_words

MORE = "more:"
"""The beginning of a chip's customdata, before the ISO date of the first day that it counts."""


_CHIP_PX = 64


def soft_bars(
    marks: Sequence[TimelineMark], scale: TimelineScale, detail: Detail, insets: Sequence[float], *, hover: bool
) -> dict[str, Any]:
    """Return the bars of windows, which fade towards both unknown ends: layers, each a little shorter."""
    layers = [
        (mark, *mark.part(inset))
        for mark in marks
        if mark.is_window
        for inset in insets
        if mark.part(inset)[0] < mark.part(inset)[1]
    ]
    alphas = (0.05 if mark.standing == Standing.CANCELLED else 0.12 for mark, _, _ in layers)
    colours = [with_alpha(mark.colour, alpha) for (mark, _, _), alpha in zip(layers, alphas, strict=True)]
    return _bar_trace(layers, scale, detail, colours=colours, hover=hover)


def _bar_span(mark: TimelineMark) -> tuple[TimelineMark, float, float]:
    begin, end = mark.part(0.18) if mark.is_window else (mark.x0, mark.x1)
    return mark, begin, max(begin, end)


def solid_bars(marks: Sequence[TimelineMark], scale: TimelineScale, detail: Detail) -> dict[str, Any]:
    spans, colours, widths = [], [], []
    for mark in marks:
        if not mark.is_bar:
            continue
        spans.append(_bar_span(mark))
        alpha, width = 1.0, 0.0
        if mark.is_window:
            alpha = 0.16
        elif mark.standing == Standing.PROJECTED:
            alpha, width = 0.16, 1.4
        elif mark.standing == Standing.PROVISIONAL:
            alpha, width = 0.45, 1.4
        elif mark.standing == Standing.CANCELLED:
            alpha, width = 0.10, 1.0
        colours.append(with_alpha(mark.colour, alpha))
        widths.append(width)
    outline = {"color": [mark.colour for mark, _, _ in spans], "width": widths}
    return _bar_trace(spans, scale, detail, colours=colours, line=outline)


def hatch_bars(marks: Sequence[TimelineMark], scale: TimelineScale, detail: Detail) -> dict[str, Any]:
    """Return the hatches over projected items, a separate trace because plotly sets the colour over a fill."""
    spans = [_bar_span(mark) for mark in marks if mark.is_bar and mark.standing == Standing.PROJECTED]
    colours = [with_alpha(mark.colour, 0.8) for mark, _, _ in spans]
    return _bar_trace(spans, scale, detail, colours=colours, hatched=True, hover=False)


def _bar_trace(
    spans: Sequence[tuple[TimelineMark, float, float]],
    scale: TimelineScale,
    detail: Detail,
    *,
    colours: list[str],
    line: Mapping[str, Any] | None = None,
    hatched: bool = False,
    hover: bool = True,
) -> dict[str, Any]:
    marker: dict[str, Any] = {"color": colours, "cornerradius": 3, "line": line or {"width": 0}}
    if hatched:
        marker["pattern"] = {"shape": "/", "fillmode": "replace", "size": 6, "solidity": 0.22}
    base = np.array([scale.to_ms(x0) for _, x0, _ in spans])
    return dict(
        type="bar",
        orientation="h",
        base=base,
        x=np.array([scale.to_ms(x1) for _, _, x1 in spans]) - base,
        y=np.array([mark.y for mark, _, _ in spans]),
        width=detail.row_px - 6,
        marker=marker,
        **_hovering([mark for mark, _, _ in spans]) if hover else {"hoverinfo": "skip"},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _hovering(marks: Sequence[TimelineMark]) -> dict[str, Any]:
    return {
        "customdata": [[mark.item, mark.hover] for mark in marks],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }


def strike_trace(marks: Sequence[TimelineMark], scale: TimelineScale, inks: Inks) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for mark in marks:
        if mark.standing == Standing.CANCELLED and not mark.departure:
            x += [scale.to_ms(mark.x0 - 3), scale.to_ms(mark.x1 + 3), None]
            y += [mark.y, mark.y, None]
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "line": {"color": inks.ink, "width": 1.6},
        "hoverinfo": "skip",
    }


def _symbol(mark: TimelineMark) -> str:
    firm = mark.standing in (Standing.HELD, Standing.CONFIRMED)
    if mark.band is Band.TEXT:
        return "diamond-x-open" if mark.departure else "diamond" if firm else "diamond-open"
    base = "triangle-down" if mark.kind == Kind.DEADLINE else "circle"
    return base if firm else f"{base}-open"


def sign_trace(marks: Sequence[TimelineMark], scale: TimelineScale) -> dict[str, Any]:
    signs = [mark for mark in marks if mark.has_sign]
    sizes = {Kind.RESOLUTION: 12, Kind.MANDATE_RENEWAL: 12, Kind.DEADLINE: 10}
    return dict(
        type="scatter",
        x=np.array([scale.to_ms(mark.middle) for mark in signs]),
        y=np.array([mark.y for mark in signs]),
        mode="markers",
        marker={
            "symbol": [_symbol(mark) for mark in signs],
            "size": [sizes.get(Kind(mark.kind), 9) for mark in signs],
            "color": [mark.colour for mark in signs],
            "line": {"width": 1.8, "color": [mark.colour for mark in signs]},
            "opacity": 1,
        },
        **_hovering(signs),
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
    )


def _wordings(mark: TimelineMark) -> list[str]:
    """Return the possible texts of a label, the fullest first."""
    note = mark.word
    if mark.departure and "did not come" not in mark.title:
        note = note or "did not come"
    elif mark.departure:
        pass
    elif mark.standing in (Standing.PROJECTED, Standing.CANCELLED, Standing.PROVISIONAL):
        note = " · ".join(filter(None, (mark.standing, note)))
    texts = [mark.title, mark.short]
    return list(dict.fromkeys([*(f"{text} · {note}" for text in texts if note), *texts]))


def _label(mark: TimelineMark) -> tuple[str, float, str]:
    """Return the label that fits, the pixel that it touches, and its position: on the bar, after or before the mark."""
    inside = (mark.middle - 10 if mark.has_sign else mark.x1) - mark.x0 - 10 if mark.is_bar else 0.0
    size = TEXT_PX * (1.06 if mark.kind == Kind.DEADLINE else 1)
    outside = mark.room - 8
    choices = _wordings(mark)
    for text in choices:
        if text_px(text, size) <= inside:
            return text, mark.x0 + 5, "on"
        if text_px(text, size) <= outside:
            return text, mark.x1 + 4, "after"
    for text in choices:
        if text_px(text, size) <= mark.room_before - 8:
            return text, mark.x0 - 4, "before"
    if outside > max(inside, 0):
        return fit(choices[-1], outside, size), mark.x1 + 4, "after"
    return fit(choices[-1], inside, size), mark.x0 + 5, "on"


def label_trace(marks: Sequence[TimelineMark], scale: TimelineScale, inks: Inks) -> dict[str, Any]:
    x, y, texts, colours, sides = [], [], [], [], []
    for mark in marks:
        label, at, place = _label(mark)
        if not label:
            continue
        text = shown(label)
        if mark.kind == Kind.DEADLINE:
            text = f"<b>{text}</b>"
        if mark.standing == Standing.CANCELLED and not mark.departure:
            text = f"<s>{text}</s>"
        if mark.is_window:
            text = f"<i>{text}</i>"
        x.append(scale.to_ms(at))
        y.append(mark.y)
        texts.append(text)
        solid = place == "on" and not mark.is_window and mark.standing in (Standing.HELD, Standing.CONFIRMED)
        sides.append("middle left" if place == "before" else "middle right")
        colours.append(ink_on(mark.colour) if solid else inks.ink)
    return {
        "type": "scatter",
        "x": np.array(x),
        "y": np.array(y),
        "mode": "text",
        "text": texts,
        "textposition": sides,
        "textfont": {"size": TEXT_PX, "color": colours},
        "hoverinfo": "skip",
        "selected": {"textfont": {"color": inks.ink}},
    }


def count_the_rest(
    lanes: Sequence[Lane], spans: Spans, row_of: Integers, scale: TimelineScale, detail: Detail
) -> list[tuple[float, float, int, float]]:
    """Return the chips for items that did not fit: pixel, height, count, and the first day counted (since 1970)."""
    beyond = np.flatnonzero(row_of < 0)
    pieces = max(int(scale.px // _CHIP_PX), 1)
    piece = np.minimum((np.maximum(spans.begin[beyond], 0) * pieces / scale.px).astype(np.int64), pieces - 1)
    counts = Counter(zip(spans.lane[beyond].tolist(), piece.tolist(), strict=True))
    chips = []
    for (lane, at), count in sorted(counts.items()):
        px = at * scale.px / pieces
        y = lanes[lane].top + (lanes[lane].depth - 0.5) * detail.row_px
        chips.append((px, y, count, math.floor(scale.start + px / scale.px_per_day)))
    return chips


def chip_trace(chips: Sequence[tuple[float, float, int, float]], scale: TimelineScale, inks: Inks) -> dict[str, Any]:
    days = [date.fromordinal(date(1970, 1, 1).toordinal() + int(first)) for _, _, _, first in chips]
    return {
        "type": "scatter",
        "x": np.array([scale.to_ms(px + 2) for px, _, _, _ in chips]),
        "y": np.array([y for _, y, _, _ in chips]),
        "mode": "text",
        "text": [f"+{count} more" for _, _, count, _ in chips],
        "textposition": "middle right",
        "textfont": {"size": 11, "color": inks.accent},
        "customdata": [
            [f"{MORE}{day.isoformat()}", f"{count} more from {day_words(day)} on.<br>A click looks closer."]
            for day, (_, _, count, _) in zip(days, chips, strict=True)
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "selected": {"textfont": {"color": inks.accent}},
    }
