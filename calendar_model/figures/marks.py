"""The marks of a timeline as plotly traces: bars, lines, signs, labels, and chips that count the rest."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from calendar_model.figures.lanes import DOTS_PX, Integers, Lane, Spans, TimelineMark, TimelineScale
from calendar_model.figures.packing import fit, text_px
from calendar_model.figures.palette import TEXT_PX, Inks, ink_on, with_alpha
from calendar_model.figures.text import shown
from calendar_model.figures.zoom import Band, Detail
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Standing
from calendar_model.wording import day as day_words

MORE = "more:"
"""The beginning of a chip's customdata, before the ISO date of the first day that it counts."""


_CHIP_PX = 64


_ARROW_PX = 11
_LINE_PX = 1.6
_TICK_PX = 9
"""The height of the tick at the end of a whisker."""
_LEAST_PX = 2
"""Shorter lines are not drawn."""


_SHARE = 0.9
"""The share of the measured room that a label takes; the measure is generous, and a line ends close to its words."""


class Label(NamedTuple):
    """The label of a mark: its text, the pixel from which it is written, to the ``right`` or to the ``left``, and
    whether it is written ``on`` the bar."""

    text: str
    at: float
    to: str
    on: bool

    def span(self, mark: TimelineMark) -> tuple[float, float]:
        """Return the pixels that the label covers."""
        if not self.text:
            return self.at, self.at
        wide = text_px(self.text, _label_px(mark)) + 6
        return (self.at - 4, self.at + wide) if self.to == "right" else (self.at - _SHARE * wide, self.at + 4)


def areas(marks: Sequence[TimelineMark], scale: TimelineScale, detail: Detail) -> dict[str, Any]:
    """Return hover areas for marks drawn as lines: windows, and sessions after their main part."""
    found = [mark for mark in marks if mark.is_bar and (mark.is_window or mark.closes > mark.x1)]
    spans = [(mark, mark.x0 if mark.is_window else mark.x1, min(mark.closes, scale.px)) for mark in found]
    return _bar_trace(
        spans, scale, height=detail.row_px - 6, marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, hover=True
    )


def bars(marks: Sequence[TimelineMark], scale: TimelineScale, detail: Detail, inks: Inks) -> dict[str, Any]:
    """Return the bars: solid for announced or past dates, paler for provisional ones, else an outline."""
    found = [mark for mark in marks if mark.is_bar and not mark.is_window and mark.x1 > mark.x0]
    colours = [
        mark.colour if mark.is_sure else inks.ground if mark.is_outlined else with_alpha(mark.colour, 0.35)
        for mark in found
    ]
    outline = {"color": [mark.colour for mark in found], "width": [0.0 if mark.is_sure else 1.6 for mark in found]}
    return _bar_trace(
        [(mark, mark.x0, mark.x1) for mark in found],
        scale,
        height=detail.row_px - 6,
        marker={"color": colours, "cornerradius": 3, "line": outline},
        hover=True,
    )


def lines(marks: Sequence[TimelineMark], labels: Sequence[Label], scale: TimelineScale) -> dict[str, Any]:
    """Return the whiskers of expected marks, with their ticks, and the thin lines to a close.

    They are bars of a small height, because each mark has its own colour and plotly gives a line only one.
    """
    spans: list[tuple[TimelineMark, float, float]] = []
    heights: list[float] = []
    for mark, label in zip(marks, labels, strict=True):
        if mark.is_window:
            continue
        for begin, end in ((mark.begin, mark.x0), (mark.x1, mark.end)):
            pieces = _without((begin, end), label.span(mark))
            spans += [(mark, *piece) for piece in pieces]
            heights += [_LINE_PX] * len(pieces)
        if not mark.is_expected:
            continue
        ends = ((mark.earliest, mark.x0 - mark.earliest), (mark.latest, mark.latest - mark.closes))
        ticks = [at for at, off in ends if off >= _LEAST_PX and 0 <= at <= scale.px]
        spans += [(mark, at - _LINE_PX / 2, at + _LINE_PX / 2) for at in ticks]
        heights += [_TICK_PX] * len(ticks)
    marker = {"color": [mark.colour for mark, _start, _end in spans], "line": {"width": 0}}
    return _bar_trace(spans, scale, height=np.array(heights), marker=marker)


def dots(marks: Sequence[TimelineMark], labels: Sequence[Label], scale: TimelineScale) -> dict[str, Any]:
    """Return the dotted lines of windows: stripes across a thin bar, for the reason given at :func:`lines`."""
    spans = [
        (mark, *piece)
        for mark, label in zip(marks, labels, strict=True)
        if mark.is_window
        for piece in _without((mark.x0, mark.x1), label.span(mark))
    ]
    marker = {
        "color": [mark.colour for mark, _start, _end in spans],
        "line": {"width": 0},
        "pattern": {"shape": "|", "fillmode": "replace", "size": 5, "solidity": 0.5},
    }
    return _bar_trace(spans, scale, height=2.5, marker=marker)


def _without(whole: tuple[float, float], part: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the pieces of a span that a part of it leaves over."""
    (begin, end), (first, last) = whole, part
    pieces = [(begin, min(end, first)), (max(begin, last), end)] if first < end and last > begin else [whole]
    return [piece for piece in pieces if piece[1] - piece[0] >= _LEAST_PX]


def _bar_trace(
    spans: Sequence[tuple[TimelineMark, float, float]],
    scale: TimelineScale,
    *,
    height: Any,
    marker: Mapping[str, Any],
    hover: bool = False,
) -> dict[str, Any]:
    base = np.array([scale.to_ms(x0) for _mark, x0, _end in spans])
    return dict(
        type="bar",
        orientation="h",
        base=base,
        x=np.array([scale.to_ms(x1) for _mark, _start, x1 in spans]) - base,
        y=np.array([mark.y for mark, _start, _end in spans]),
        width=height,
        marker=marker,
        **_hovering([mark for mark, _start, _end in spans]) if hover else {"hoverinfo": "skip"},
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
    if mark.band is Band.TEXT:
        return "diamond-x-open" if mark.departure else "diamond" if mark.is_sure else "diamond-open"
    base = "triangle-down" if mark.kind == Kind.DEADLINE else "circle"
    return base if mark.is_sure else f"{base}-open"


def _has_sign(mark: TimelineMark) -> bool:
    """Whether a sign is drawn: for a mark without a bar, and for a text that was not tabled in its window."""
    return not mark.is_bar or (mark.is_window and mark.departure)


def sign_trace(marks: Sequence[TimelineMark], scale: TimelineScale) -> dict[str, Any]:
    """Return the signs of marks without a bar."""
    signs = [mark for mark in marks if _has_sign(mark)]
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


def arrow_trace(marks: Sequence[TimelineMark], scale: TimelineScale, detail: Detail) -> dict[str, Any]:
    """Return the arrows at the ends of terms whose end is not set."""
    found = [mark for mark in marks if mark.goes_on and mark.x1 < scale.px]
    return {
        "type": "scatter",
        "x": np.array([scale.to_ms(mark.x1 + 2) for mark in found]),
        "y": np.array([mark.y for mark in found]),
        "mode": "markers",
        "marker": {"symbol": "triangle-right", "size": detail.row_px - 8, "color": [mark.colour for mark in found]},
        "hoverinfo": "skip",
    }


_NOTES: Mapping[str, str] = Translated(
    {
        Standing.PROVISIONAL: N_("provisional"),
        Standing.PROJECTED: N_("projected"),
        Standing.NOT_CONFIRMED: N_("not confirmed"),
        Standing.CANCELLED: N_("cancelled"),
    }
)
"""The note on a standing in a label; none for held or confirmed items."""


def _notes(mark: TimelineMark) -> list[str]:
    """Return notes on the date for a label, the fullest first; none for a fact."""
    if mark.departure:
        return [_("not tabled")]
    if mark.standing in (Standing.NOT_CONFIRMED, Standing.CANCELLED):
        return [_NOTES[mark.standing]]
    if mark.is_window:
        return [_("dates not known")] if mark.standing == Standing.HELD else [_("dates not set"), _("not set")]
    if mark.is_expected:
        return [_("expected")]
    return [_NOTES[mark.standing]] if mark.standing in _NOTES else []


def _wordings(mark: TimelineMark) -> list[str]:
    """Return the possible texts of a label, the fullest first."""
    texts, notes = [mark.title, mark.short], _notes(mark)
    if mark.word and mark.is_window:
        texts = [f"{text} · {mark.word}" for text in texts] + texts
    elif mark.word:
        notes = [*(f"{note} · {mark.word}" for note in notes), mark.word]
    noted = [f"{text} · {note}" for note in notes for text in texts]
    return list(dict.fromkeys([*noted, *texts]))


def _label_px(mark: TimelineMark) -> float:
    """Return the size of a label, larger where it is in bold."""
    return TEXT_PX * (1.06 if mark.kind == Kind.DEADLINE else 1)


def label_of(mark: TimelineMark) -> Label:
    """Return the label that fits: on the bar, at the end of a window, on the thin line, after or before the mark."""
    size, choices = _label_px(mark), _wordings(mark)
    inside = mark.x1 - mark.x0 - (DOTS_PX if mark.is_window else 10) if mark.is_bar else 0.0
    on_line = mark.end - mark.x1 - 4 - DOTS_PX if mark.closes > mark.x1 else 0.0
    gap = _ARROW_PX if mark.goes_on else 4
    outside = mark.room - 4 - gap
    within = Label("", mark.x1, "left", on=False) if mark.is_window else Label("", mark.x0 + 5, "right", on=True)
    for text in choices:
        wide = text_px(text, size)
        if wide <= inside:
            return within._replace(text=text)
        if wide <= on_line:
            return Label(text, mark.x1 + 4, "right", on=False)
        if wide <= outside:
            return Label(text, mark.end + gap, "right", on=False)
    for text in choices:
        if text_px(text, size) <= mark.room_before - 8:
            return Label(text, mark.begin - 4, "left", on=False)
    if outside > max(inside, 0):
        return Label(fit(choices[-1], outside, size), mark.end + gap, "right", on=False)
    return within._replace(text=fit(choices[-1], inside, size))


def label_trace(
    marks: Sequence[TimelineMark], labels: Sequence[Label], scale: TimelineScale, inks: Inks
) -> dict[str, Any]:
    """Return the labels: bold for a deadline, struck through for a cancelled item."""
    x, y, texts, colours, sides = [], [], [], [], []
    for mark, label in zip(marks, labels, strict=True):
        if not label.text:
            continue
        text = shown(label.text)
        if mark.kind == Kind.DEADLINE:
            text = f"<b>{text}</b>"
        if mark.standing == Standing.CANCELLED and not mark.departure:
            text = f"<s>{text}</s>"
        x.append(scale.to_ms(label.at))
        y.append(mark.y)
        texts.append(text)
        sides.append(f"middle {label.to}")
        colours.append(ink_on(mark.colour) if label.on and mark.is_sure else inks.ink)
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


@dataclass(frozen=True)
class Chip:
    """How many items did not fit at a pixel and a height, and the first day counted (since 1970)."""

    px: float
    y: float
    count: int
    first: int


def count_the_rest(
    lanes: Sequence[Lane], spans: Spans, row_of: Integers, scale: TimelineScale, detail: Detail
) -> list[Chip]:
    """Return the chips for items that did not fit."""
    beyond = np.flatnonzero(row_of < 0)
    pieces = max(int(scale.px // _CHIP_PX), 1)
    piece = np.minimum((np.maximum(spans.begin[beyond], 0) * pieces / scale.px).astype(np.int64), pieces - 1)
    counts = Counter(zip(spans.lane[beyond].tolist(), piece.tolist(), strict=True))
    chips = []
    for (lane, at), count in sorted(counts.items()):
        px = at * scale.px / pieces
        y = lanes[lane].top + (lanes[lane].depth - 0.5) * detail.row_px
        chips.append(Chip(px, y, count, math.floor(scale.start + px / scale.px_per_day)))
    return chips


def chip_trace(chips: Sequence[Chip], scale: TimelineScale, inks: Inks) -> dict[str, Any]:
    days = [date.fromordinal(date(1970, 1, 1).toordinal() + chip.first) for chip in chips]
    more = _("{count} more from {day}.<br>Click to zoom in.")
    return {
        "type": "scatter",
        "x": np.array([scale.to_ms(chip.px + 2) for chip in chips]),
        "y": np.array([chip.y for chip in chips]),
        "mode": "text",
        "text": [_("+{count} more").format(count=chip.count) for chip in chips],
        "textposition": "middle right",
        "textfont": {"size": 11, "color": inks.accent},
        "customdata": [
            [f"{MORE}{day.isoformat()}", more.format(count=chip.count, day=day_words(day))]
            for day, chip in zip(days, chips, strict=True)
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "selected": {"textfont": {"color": inks.accent}},
    }
