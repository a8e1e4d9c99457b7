"""The timeline: the calendar table as lanes of organisations and bodies over a stretch of days.

How a mark is to be read, at every zoom:

=======================  ==========================================================================================
bar                      something that lasts: a session, a meeting, the term of a mandate holder
diamond                  a text or a renewal: filled when adopted, hollow while it is due
triangle                 a deadline, with its label in bold
dot                      something too short for a bar: a review, an observance, a step around a session
solid                    held or confirmed; paler and outlined: provisional
hatched and outlined     projected
soft, without outline    a window: the thing lies somewhere inside it, and no day is claimed
struck through           cancelled; a hollow diamond with a cross: was due and did not come
``+12 more``             what did not fit into the lane there; nothing is left out without being counted
=======================  ==========================================================================================

Only what lies in the stretch is drawn, and only the kinds that the zoom can bear (:mod:`calendar_model.figures.zoom`).
Marks are packed into rows and labels are cut to the pixels they have, so that nothing covers anything.
"""

from __future__ import annotations

import html
import math
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from calendar_model.calendar import when
from calendar_model.figures.packing import fit, pack, text_px
from calendar_model.figures.palette import INKS, TEXT_PX, Inks, ThemeName, colour_of, ink_on, plain_layout, with_alpha
from calendar_model.figures.zoom import BAND_OF, DETAIL, Band, Detail, Zoom
from calendar_model.reference import Reference
from calendar_model.vocabulary import Kind, Precision, Standing
from calendar_model.wording import day as day_words
from calendar_model.wording import ordinal

MARKS_AT_MOST = 400
"""More marks than this can neither be told apart nor drawn at once; what is beyond is counted in chips."""

ROWS_AT_MOST = 120
"""Deeper than this a picture is no longer seen as one; a body that has anything keeps a row for each band of it."""

MORE = "more:"
"""What the customdata of a chip begins with; the ISO date of the first day that it counts follows."""

KIND_WORDS: Mapping[str, tuple[str, str]] = {
    Kind.SESSION: ("session", "sessions"),
    Kind.RESOLUTION: ("text", "texts"),
    Kind.MANDATE_RENEWAL: ("mandate renewal", "mandate renewals"),
    Kind.UPR_REVIEW: ("UPR review", "UPR reviews"),
    Kind.DEADLINE: ("deadline", "deadlines"),
    Kind.MEETING: ("meeting", "meetings"),
    Kind.SIDE_EVENT: ("side event", "side events"),
    Kind.OBSERVANCE: ("observance", "observances"),
    Kind.MILESTONE: ("milestone", "milestones"),
    Kind.MANDATE_HOLDER: ("mandate holder", "mandate holders"),
}

_NARROW_PX = 640
_RIGHT_PX = 10
_HEADER_PX = 62
_LANE_GAP_PX = 9
_DOT_PX = 7
_CHIP_PX = 64
_FEW_REVIEWS = 12
_POINTS = (Kind.RESOLUTION, Kind.MANDATE_RENEWAL, Kind.DEADLINE, Kind.MILESTONE)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def in_window(view: pd.DataFrame, *, start: date, days: int) -> pd.DataFrame:
    """The rows of a calendar table that touch the stretch, in their order; windows by their first and last day."""
    first = np.datetime64(start, "s")
    touches = (view["start"].to_numpy() < first + np.timedelta64(days, "D")) & (view["end"].to_numpy() >= first)
    return view if touches.all() else view[touches]


def drawn_kinds(rows: pd.DataFrame, zoom: Zoom) -> frozenset[str]:
    """The kinds that the zoom bears; reviews of a few states, as a filter leaves them, at every zoom."""
    reviews = int((rows["kind"] == Kind.UPR_REVIEW).sum())
    return DETAIL[zoom].kinds | ({str(Kind.UPR_REVIEW)} if reviews <= _FEW_REVIEWS else set())


def undrawn(view: pd.DataFrame, *, start: date, days: int, zoom: Zoom) -> str:
    """A sentence on what lies in the stretch but has no mark at this zoom; empty when there is nothing."""
    rows = in_window(view, start=start, days=days)
    shown = drawn_kinds(rows, zoom)
    hidden = {kind: count for kind, count in _counts(rows).items() if kind not in shown}
    return f"Not drawn at this zoom, but in the agenda: {_counted(hidden)}." if hidden else ""


def timeline_summary(
    view: pd.DataFrame, *, as_of: date, start: date, days: int, zoom: Zoom, reference: Reference
) -> str:
    """Two sentences that say what the picture shows, for those who do not see it; parameters as in the figure."""
    rows = in_window(view, start=start, days=days)
    rows = rows[rows["kind"].isin(drawn_kinds(rows, zoom)).to_numpy()]
    last = start + timedelta(days=days - 1)
    span = f"{day_words(start, weekday=False)} to {day_words(last, weekday=False)}"
    if rows.empty:
        return f"Timeline from {span}: nothing is dated in it under this filter."
    lanes = rows["body"].nunique()
    text = f"Timeline from {span}, {lanes} {'lane' if lanes == 1 else 'lanes'}: {_counted(_counts(rows))}."
    coming = (rows["start"].to_numpy() >= np.datetime64(as_of, "s")) & (
        rows["standing"].to_numpy() != Standing.CANCELLED
    )
    if coming.any():
        first = rows[coming].iloc[int(np.argmin(rows["start"].to_numpy()[coming]))]
        body = reference.organisations.get(first["body"])
        text += f" Next: {first['title']}{f' ({body.short_name})' if body else ''}, {when(first)}."
    return text


def _counts(rows: pd.DataFrame) -> dict[str, int]:
    return {str(kind): int(count) for kind, count in rows["kind"].value_counts().items() if count}


def _counted(counts: Mapping[str, int]) -> str:
    words = [
        f"{counts[kind]:,} {many if counts[kind] != 1 else one}"
        for kind, (one, many) in KIND_WORDS.items()
        if kind in counts
    ]
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


@dataclass(frozen=True)
class _Scale:
    """From days since 1970 to pixels of the plot, and to the milliseconds of plotly's date axis."""

    start: float
    days: int
    px: float

    @property
    def px_per_day(self) -> float:
        return self.px / self.days

    def to_px(self, days: Floats) -> Floats:
        return (days - self.start) * self.px_per_day

    def to_ms(self, px: float) -> float:
        return (self.start + px / self.px_per_day) * 86_400_000


@dataclass
class _Lane:
    code: str
    label: str
    colour: str
    first: bool
    top: float = 0
    rows: dict[Band, int] = field(default_factory=dict)
    chips: bool = False

    @property
    def depth(self) -> int:
        return sum(self.rows.values()) + self.chips


@dataclass(frozen=True)
class _Spans:
    """What may be drawn, as columns in the order of packing: by lane, then band, then beginning.

    In pixels: ``begin`` to ``end`` lies in the stretch, ``opens`` to ``closes`` may reach beyond it.
    """

    position: Integers
    lane: Integers
    band: Integers
    begin: Floats
    end: Floats
    opens: Floats
    closes: Floats
    is_bar: npt.NDArray[np.bool_]
    label: Floats

    def groups(self) -> Iterator[slice]:
        """Slices of one band of one lane each."""
        if len(self.lane) == 0:
            return
        breaks = np.flatnonzero((np.diff(self.lane) != 0) | (np.diff(self.band) != 0)) + 1
        for first, last in zip([0, *breaks.tolist()], [*breaks.tolist(), len(self.lane)], strict=True):
            yield slice(first, last)


@dataclass
class _Mark:
    """Something to draw. ``x0`` and ``x1`` in pixels of the plot, ``y`` in pixels from its top."""

    item: str
    kind: str
    standing: str
    title: str
    short: str
    word: str
    colour: str
    band: Band
    is_bar: bool
    is_window: bool
    departure: bool
    x0: float
    x1: float
    opens: float
    closes: float
    y: float
    hover: str
    room: float = 0
    room_before: float = 0

    @property
    def has_sign(self) -> bool:
        """Whatever is no bar; and a text, in the middle of its window, wherever that can be seen."""
        return not self.is_bar or (self.band is Band.TEXT and self.x0 <= self.middle <= self.x1)

    @property
    def middle(self) -> float:
        return (self.opens + self.closes) / 2

    def part(self, inset: float) -> tuple[float, float]:
        """What can be seen of the span, after this share of its whole length is taken off at both ends."""
        off = (self.closes - self.opens) * inset
        return max(self.opens + off, self.x0), min(self.closes - off, self.x1)


def timeline_figure(
    view: pd.DataFrame,
    *,
    as_of: date,
    start: date,
    days: int,
    zoom: Zoom,
    theme: ThemeName,
    reference: Reference,
    width: int,
    marks: Mapping[str, str] | None = None,
    zone: str | None = None,
) -> go.Figure:
    """The picture.

    In: ``view``, a calendar table (:mod:`calendar_model.calendar`), filtered; ``as_of``, today; ``start`` and
    ``days``, the stretch as :func:`calendar_model.figures.zoom.window` gives it; ``zoom``, the level of detail;
    ``reference``, for the lanes' names, order and colours and for the UPR cycles; ``width``, the pixels that the
    picture will have; ``marks``, by item id, a word or two that belongs to an item and is shown with its label;
    ``zone``, the reader's IANA zone, in which timed items are placed and told (without it UTC, and the place's).

    Out: a figure with fixed axes. The customdata of a mark begins with the item's id; that of a chip, which counts
    what did not fit, with :data:`MORE` and a date. Its traces are named: ``windows`` and the ``fading`` inside them,
    ``bars``, ``hatches``, ``strikes``, ``signs``, ``labels``, ``more``.
    """
    detail, inks = DETAIL[zoom], INKS[theme]
    left = _left_px(width)
    scale = _Scale(float((start - date(1970, 1, 1)).days), days, float(max(width - left - _RIGHT_PX, 120)))
    rows = in_window(view, start=start, days=days)
    rows = rows[rows["kind"].isin(drawn_kinds(rows, zoom)).to_numpy()]
    lanes, lane_of = _lanes(rows, reference, left)
    spans = _spans(rows, lane_of, scale, detail, zone)
    row_of = _rows_of(spans, detail, scale)
    cycles = _cycles(lanes, reference, scale) if detail.cycles else []
    _stack(lanes, spans, row_of, detail, bool(cycles))
    drawn = _drawn(rows, lanes, spans, row_of, scale, detail, marks or {}, zone)
    chips = _chips(lanes, spans, row_of, scale, detail)
    traces = {
        "windows": _soft_bars(drawn, scale, detail, (0.0,), hover=True),
        "fading": _soft_bars(drawn, scale, detail, (0.05, 0.1, 0.14), hover=False),
        "bars": _bars(drawn, scale, detail),
        "hatches": _hatches(drawn, scale, detail),
        "strikes": _strikes(drawn, scale, inks),
        "signs": _signs(drawn, scale),
        "labels": _labels(drawn, scale, inks),
        "more": _more(chips, scale, inks),
    }
    layout = _layout(lanes, scale, detail, inks, zoom, as_of, start, left)
    _add_cycles(layout, cycles, lanes, scale, detail, inks)
    # Plotly's own check of every colour and number takes longer than all the rest; the tests make it instead.
    return go.Figure([{**trace, "name": name} for name, trace in traces.items()], layout, _validate=False)


def _left_px(width: int) -> int:
    return 84 if width < _NARROW_PX else 164


def _lanes(rows: pd.DataFrame, reference: Reference, left: int) -> tuple[list[_Lane], Integers]:
    """The lanes that hold something, in the order of the organisations' file, and the lane of each row."""
    organisations = rows["organisation"].to_numpy(dtype=object)
    bodies = rows["body"].to_numpy(dtype=object)
    codes = np.where(bodies == "", organisations, bodies)
    owner = dict(zip(codes.tolist(), organisations.tolist(), strict=True))
    order = {code: place for place, code in enumerate(reference.organisations)}
    last = len(order)
    found = sorted(owner, key=lambda code: (order.get(owner[code], last), order.get(code, last), code))
    lanes = []
    for i, code in enumerate(found):
        body = reference.organisations.get(code)
        lanes.append(
            _Lane(
                code,
                fit(body.short_name if body else code, left - 16, TEXT_PX + 1),
                colour_of(reference.organisations, code),
                first=i == 0 or owner[code] != owner[found[i - 1]],
            )
        )
    index = {code: i for i, code in enumerate(found)}
    return lanes, np.array([index[code] for code in codes], dtype=np.int64)


def _days(column: pd.Series[Any]) -> Floats:
    return column.to_numpy().astype("datetime64[s]").astype(np.int64) / 86_400


def _spans(rows: pd.DataFrame, lane: Integers, scale: _Scale, detail: Detail, zone: str | None) -> _Spans:
    begin, end = _days(rows["start"]), _days(rows["end"]) + 1.0
    timed = ~rows["all_day"].to_numpy(dtype=bool) & rows["starts_at"].notna().to_numpy()
    if timed.any():
        for target, name in ((begin, "starts_at"), (end, "ends_at")):
            target[timed] = _days(rows.loc[timed, name].dt.tz_convert(zone or "UTC").dt.tz_localize(None))
    kind = rows["kind"].to_numpy(dtype=object)
    band = np.array([BAND_OF[k] for k in kind], dtype=np.int64)
    window = rows["date_precision"].to_numpy(dtype=object) != Precision.DAY
    opens, closes = scale.to_px(begin), scale.to_px(end)
    x0, x1 = np.clip(opens, 0, scale.px), np.clip(closes, 0, scale.px)
    lasting = kind == Kind.SESSION
    is_bar = window | (~np.isin(kind, _POINTS) & (x1 - x0 >= np.where(lasting, 0, 2 * _DOT_PX)))
    point_at = np.where(timed, x0, np.where(np.isin(kind, _POINTS) & detail.by_day, x0 + _DOT_PX, (x0 + x1) / 2))
    x0 = np.where(is_bar, x0, point_at - _DOT_PX)
    x1 = np.where(is_bar, np.maximum(x1, x0 + 2), point_at + _DOT_PX)
    called = np.where(lasting & (rows["session"].to_numpy(dtype=object) != ""), rows["session"], rows["title"])
    label = np.minimum(np.fromiter(map(len, called), np.float64, len(rows)) * TEXT_PX * 0.53, detail.label_px)
    label = np.where(is_bar & (x1 - x0 >= label + 10), 0, label + 8)
    order = np.lexsort((x0, band, lane))
    return _Spans(
        position=order,
        lane=lane[order],
        band=band[order],
        begin=x0[order],
        end=x1[order],
        opens=np.where(is_bar, opens, x0)[order],
        closes=np.where(is_bar, closes, x1)[order],
        is_bar=is_bar[order],
        label=label[order],
    )


def _rows_of(spans: _Spans, detail: Detail, scale: _Scale) -> Integers:
    """The row inside its band for each span, -1 where it goes into a chip.

    A band is packed with room for its labels; where that does not fit, with less and then without. If there are
    still more marks than a picture bears, bands become shallower and each mark gets more room, until there are not.
    """
    row_of = np.full(len(spans.lane), -1, dtype=np.int64)
    least, depth = 2.0 * _DOT_PX, 1.0
    shares: tuple[float, ...] = (1.0, 0.5, 0.0)
    while True:
        width = np.where(spans.is_bar & (depth == 1.0), 0, least)
        for group in spans.groups():
            begin, end = spans.begin[group], spans.end[group]
            rows = max(int(detail.rows[Band(int(spans.band[group.start]))] * depth), 1)
            for share in shares:
                until = np.maximum(end + 2 + share * spans.label[group], begin + width[group])
                row_of[group] = pack(begin.tolist(), until.tolist(), rows)
                if row_of[group].min() >= 0:
                    break
        drawn = np.count_nonzero(row_of >= 0)
        deep = sum(int(row_of[group].max()) + 1 for group in spans.groups())
        if (drawn <= MARKS_AT_MOST and (deep <= ROWS_AT_MOST or depth < 0.25)) or least > scale.px:
            return row_of
        least *= max(2.0, drawn / MARKS_AT_MOST)
        depth, shares = depth / 2, (0.0,)


def _stack(lanes: list[_Lane], spans: _Spans, row_of: Integers, detail: Detail, with_cycles: bool) -> None:
    """How deep each band is, and from there the top of each lane."""
    for group in spans.groups():
        lane = lanes[int(spans.lane[group.start])]
        lane.rows[Band(int(spans.band[group.start]))] = int(row_of[group].max()) + 1
        lane.chips = lane.chips or bool((row_of[group] < 0).any())
    top = 0.0
    for lane in lanes:
        if with_cycles and lane.code == UPR_BODY:
            lane.rows[Band.CYCLE] = 1
        lane.top = top + _LANE_GAP_PX / 2
        top += lane.depth * detail.row_px + _LANE_GAP_PX


UPR_BODY = "un-hrc-upr"
"""Whose sessions are numbered through in cycles."""


def _y(lane: _Lane, band: Band, row: int, detail: Detail) -> float:
    above = sum(depth for other, depth in lane.rows.items() if other < band)
    return lane.top + (above + row + 0.5) * detail.row_px


def _drawn(
    rows: pd.DataFrame,
    lanes: Sequence[_Lane],
    spans: _Spans,
    row_of: Integers,
    scale: _Scale,
    detail: Detail,
    words: Mapping[str, str],
    zone: str | None,
) -> list[_Mark]:
    kept = np.flatnonzero(row_of >= 0)
    marks = []
    records: Iterator[Any] = rows.iloc[spans.position[kept]].itertuples()
    for i, record in zip(kept.tolist(), records, strict=True):
        lane, band = lanes[int(spans.lane[i])], Band(int(spans.band[i]))
        word = words.get(record.item, "")
        marks.append(
            _Mark(
                item=record.item,
                kind=record.kind,
                standing=record.standing,
                title=_hour(record, zone) + record.title if detail.hours else record.title,
                short=_hour(record, zone) + _short(record, band) if detail.hours else _short(record, band),
                word=word,
                colour=lane.colour,
                band=band,
                is_bar=bool(spans.is_bar[i]),
                is_window=record.date_precision != Precision.DAY,
                departure=record.departure,
                x0=float(spans.begin[i]),
                x1=float(spans.end[i]),
                opens=float(spans.opens[i]),
                closes=float(spans.closes[i]),
                y=_y(lane, band, int(row_of[i]), detail),
                hover=_hover(record, word, zone),
            )
        )
    following: dict[float, _Mark] = {}
    for mark in sorted(marks, key=lambda mark: -mark.x0):
        after = following.get(mark.y)
        mark.room = (after.x0 if after else scale.px) - mark.x1
        if after:
            after.room_before = 0
        mark.room_before = mark.x0
        following[mark.y] = mark
    return marks


def _hour(record: Any, zone: str | None) -> str:
    """``13:00 `` in the reader's zone, else the place's, for what has an hour."""
    if record.all_day or pd.isna(record.starts_at):
        return ""
    return f"{record.starts_at.tz_convert(zone or record.timezone or 'UTC'):%H:%M} "


def _short(record: Any, band: Band) -> str:
    """A session's code; a text's symbol as it is spoken of (``61/22``); a mandate holder's name; else the title."""
    if band is Band.SESSION and record.session:
        return str(record.session)
    if band is Band.TEXT and (symbol := re.match(r"[A-Z][\w./]*?/(?:RES/)?(\d[\w.]*/[\w.]+):", record.title)):
        return symbol[1]
    if band is Band.TERM or (band is Band.TEXT and "," in record.title):
        return str(re.split(r"[:,] ", record.title)[0])
    return str(record.title)


def standing_words(standing: str, *, departure: bool = False) -> str:
    """How firm a date is, in words."""
    if departure:
        return "Was due and did not come"
    return {
        Standing.HELD: "Held",
        Standing.CONFIRMED: "Confirmed",
        Standing.PROVISIONAL: "Provisional",
        Standing.PROJECTED: "Projected",
        Standing.CANCELLED: "Cancelled",
    }[Standing(standing)]


def _hover(record: Any, word: str, zone: str | None) -> str:
    """What, when, how known; for plotly's few tags of HTML."""
    known = standing_words(record.standing, departure=record.departure)
    if record.date_precision != Precision.DAY:
        known += ", somewhere in this window"
    basis = textwrap.shorten(record.basis, 130, placeholder=" …") if record.basis else ""
    lines = [
        *(f"<b>{line}</b>" for line in textwrap.wrap(html.escape(record.title, quote=False), 56)[:3]),
        html.escape(when(record, zone), quote=False),
        *textwrap.wrap(html.escape(f"{known}. {basis}", quote=False), 64),
        *([html.escape(word, quote=False)] if word else []),
    ]
    return "<br>".join(lines)


def _soft_bars(
    marks: Sequence[_Mark], scale: _Scale, detail: Detail, insets: Sequence[float], *, hover: bool
) -> dict[str, Any]:
    """Windows fade out towards both ends, because no end is known: layers, each a little shorter."""
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


def _bar_span(mark: _Mark) -> tuple[_Mark, float, float]:
    begin, end = mark.part(0.18) if mark.is_window else (mark.x0, mark.x1)
    return mark, begin, max(begin, end)


def _bars(marks: Sequence[_Mark], scale: _Scale, detail: Detail) -> dict[str, Any]:
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


def _hatches(marks: Sequence[_Mark], scale: _Scale, detail: Detail) -> dict[str, Any]:
    """Over what is projected; a trace of its own, because plotly picks the hatch's colour itself over a fill."""
    spans = [_bar_span(mark) for mark in marks if mark.is_bar and mark.standing == Standing.PROJECTED]
    colours = [with_alpha(mark.colour, 0.8) for mark, _, _ in spans]
    return _bar_trace(spans, scale, detail, colours=colours, hatched=True, hover=False)


def _bar_trace(
    spans: Sequence[tuple[_Mark, float, float]],
    scale: _Scale,
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


def _hovering(marks: Sequence[_Mark]) -> dict[str, Any]:
    return {
        "customdata": [[mark.item, mark.hover] for mark in marks],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }


def _strikes(marks: Sequence[_Mark], scale: _Scale, inks: Inks) -> dict[str, Any]:
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


def _symbol(mark: _Mark) -> str:
    firm = mark.standing in (Standing.HELD, Standing.CONFIRMED)
    if mark.band is Band.TEXT:
        return "diamond-x-open" if mark.departure else "diamond" if firm else "diamond-open"
    base = "triangle-down" if mark.kind == Kind.DEADLINE else "circle"
    return base if firm else f"{base}-open"


def _signs(marks: Sequence[_Mark], scale: _Scale) -> dict[str, Any]:
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


def _wordings(mark: _Mark) -> list[str]:
    """What a label may say, the fullest first."""
    note = mark.word
    if mark.departure and "did not come" not in mark.title:
        note = note or "did not come"
    elif mark.departure:
        pass
    elif mark.standing in (Standing.PROJECTED, Standing.CANCELLED, Standing.PROVISIONAL):
        note = " · ".join(filter(None, (mark.standing, note)))
    texts = [mark.title, mark.short]
    return list(dict.fromkeys([*(f"{text} · {note}" for text in texts if note), *texts]))


def _label(mark: _Mark) -> tuple[str, float, str]:
    """The label that fits, the pixel that it touches, and where it stands: on the bar, after or before the mark."""
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


def _labels(marks: Sequence[_Mark], scale: _Scale, inks: Inks) -> dict[str, Any]:
    x, y, texts, colours, sides = [], [], [], [], []
    for mark in marks:
        label, at, place = _label(mark)
        if not label:
            continue
        text = html.escape(label, quote=False)
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


def _chips(
    lanes: Sequence[_Lane], spans: _Spans, row_of: Integers, scale: _Scale, detail: Detail
) -> list[tuple[float, float, int, float]]:
    """Where to say how many did not fit: pixel, height, count, and the first day counted (since 1970)."""
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


def _more(chips: Sequence[tuple[float, float, int, float]], scale: _Scale, inks: Inks) -> dict[str, Any]:
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


def _cycles(lanes: Sequence[_Lane], reference: Reference, scale: _Scale) -> list[tuple[int, float, float]]:
    """The UPR cycles that touch the stretch: number, first and last pixel, as far as their sessions are dated."""
    if not any(lane.code == UPR_BODY for lane in lanes):
        return []
    sessions = [s for s in reference.sessions.values() if s.body == UPR_BODY and s.cycle is not None]
    cycles = []
    for cycle in sorted({s.cycle for s in sessions if s.cycle is not None}):
        own = [s for s in sessions if s.cycle == cycle]
        first = (min(s.start for s in own) - date(1970, 1, 1)).days
        last = (max(s.end for s in own) - date(1970, 1, 1)).days + 1
        x0, x1 = np.clip(scale.to_px(np.array([first, last], dtype=np.float64)), 0, scale.px).tolist()
        if x1 - x0 >= 2:
            cycles.append((cycle, x0, x1))
    return cycles


def _add_cycles(
    layout: dict[str, Any],
    cycles: Sequence[tuple[int, float, float]],
    lanes: Sequence[_Lane],
    scale: _Scale,
    detail: Detail,
    inks: Inks,
) -> None:
    for cycle, x0, x1 in cycles:
        lane = next(lane for lane in lanes if lane.code == UPR_BODY)
        y = _y(lane, Band.CYCLE, 0, detail)
        foot = y + detail.row_px / 2
        layout["shapes"].append(
            {
                "type": "rect",
                "x0": scale.to_ms(x0 + 1),
                "x1": scale.to_ms(x1 - 1),
                "y0": foot - 4,
                "y1": foot - 2,
                "fillcolor": lane.colour,
                "line": {"width": 0},
            }
        )
        layout["annotations"].append(
            {
                "x": scale.to_ms(x0),
                "y": y - 2,
                "text": fit(f"{ordinal(cycle)} cycle", x1 - x0, 11),
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "middle",
                "font": {"size": 11, "color": inks.muted},
            }
        )


def _ticks(zoom: Zoom, start: date, scale: _Scale) -> Iterator[tuple[date, str]]:
    """Where a grid line stands and what is written above it: the small unit, and over it the large one as it begins."""
    last = start + timedelta(days=scale.days)
    day, shown = start, ""
    years = zoom in (Zoom.FIVE_YEARS, Zoom.FIFTEEN_YEARS)
    while day < last:
        if years:
            tight = scale.px_per_day * 365 < 34
            yield day, f"’{day:%y}" if tight else f"{day.year}"
            day = date(day.year + 1, 1, 1)
        elif zoom is Zoom.YEAR:
            tight = scale.px_per_day * 30 < 28
            over = f"<b>{day.year}</b>" if shown != f"{day.year}" else ""
            shown = f"{day.year}"
            yield day, f"{over}<br>{f'{day:%b}'[:1] if tight else f'{day:%b}'}"
            day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        else:
            month = f"{day:%B %Y}"
            over = f"<b>{month}</b>" if shown != month else ""
            daily = scale.px_per_day >= 90
            if not daily and day.weekday() == 0 and (last - day).days * scale.px_per_day >= 30:
                tight = scale.px_per_day * 7 < 60
                yield day, f"{over}<br>{f'{day.day}' if tight else f'{day:%a} {day.day}'}"
                shown = month
            elif daily or (scale.px_per_day * scale.days / 7 >= 40 and zoom is Zoom.WEEK):
                yield day, f"{over}<br>{f'{day:%a}'[:2] if scale.px_per_day < 60 else f'{day:%a}'} {day.day}"
                shown = month
            day += timedelta(days=1)


def _layout(
    lanes: Sequence[_Lane],
    scale: _Scale,
    detail: Detail,
    inks: Inks,
    zoom: Zoom,
    as_of: date,
    start: date,
    left: int,
) -> dict[str, Any]:
    depth = max(sum(lane.depth * detail.row_px + _LANE_GAP_PX for lane in lanes), 60)
    ticks = list(_ticks(zoom, start, scale))
    shapes: list[dict[str, Any]] = []
    if detail.by_day:
        for i in range(scale.days):
            day = start + timedelta(days=i)
            if day.weekday() == 5 or (i == 0 and day.weekday() == 6):
                shapes.append(_band(scale, i, i + (2 if day.weekday() == 5 else 1), inks.shade))
    for i, lane in enumerate(lanes):
        top = lane.top - _LANE_GAP_PX / 2
        if i and lane.first:
            shapes.append(
                {
                    "type": "line",
                    "xref": "paper",
                    "x0": -left / scale.px,
                    "x1": 1,
                    "y0": top,
                    "y1": top,
                    "line": {"color": inks.line, "width": 1},
                    "layer": "below",
                }
            )
        shapes.append(
            {
                "type": "rect",
                "xref": "paper",
                "xsizemode": "pixel",
                "xanchor": 0,
                "x0": -4,
                "x1": -1,
                "y0": lane.top,
                "y1": lane.top + lane.depth * detail.row_px,
                "fillcolor": lane.colour,
                "line": {"width": 0},
            }
        )
    annotations: list[dict[str, Any]] = []
    offset = (as_of - start).days
    if 0 <= offset < scale.days:
        if detail.by_day:
            shapes.append(_band(scale, offset, offset + 1, with_alpha(inks.accent, 0.12)))
        at = scale.to_ms(offset * scale.px_per_day)
        shapes.append(
            {
                "type": "line",
                "x0": at,
                "x1": at,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": inks.accent, "width": 1.6},
            }
        )
        annotations.append(
            {
                "x": at,
                "y": 1,
                "yref": "paper",
                "yshift": 36,
                "text": f"<b>today</b>, {as_of.day} {as_of:%b}",
                "showarrow": False,
                "yanchor": "bottom",
                "xanchor": "right" if offset > 0.85 * scale.days else "left",
                "xshift": 0,
                "font": {"size": TEXT_PX, "color": inks.accent},
            }
        )
    if not lanes:
        annotations.append(
            {
                "xref": "paper",
                "yref": "paper",
                "x": 0.5,
                "y": 0.5,
                "showarrow": False,
                "text": "Nothing is dated in this stretch under the filter.",
                "font": {"size": 14, "color": inks.muted},
            }
        )
    return {
        **plain_layout(inks),
        "height": int(depth + _HEADER_PX + 8),
        "margin": {"l": left, "r": _RIGHT_PX, "t": _HEADER_PX, "b": 8, "pad": 0},
        "showlegend": False,
        "xaxis": {
            "type": "date",
            "range": [scale.to_ms(0), scale.to_ms(scale.px)],
            "fixedrange": True,
            "side": "top",
            "tickvals": [(day - date(1970, 1, 1)).days * 86_400_000 for day, _ in ticks],
            "ticktext": [text for _, text in ticks],
            "ticklabelposition": "outside right",
            "tickangle": 0,
            "tickfont": {"size": TEXT_PX, "color": inks.muted},
            "showgrid": True,
            "gridcolor": inks.line,
            "gridwidth": 1,
            "zeroline": False,
            "showline": False,
            "ticks": "",
        },
        "yaxis": {
            "range": [depth, 0],
            "fixedrange": True,
            "tickvals": [lane.top + detail.row_px / 2 for lane in lanes],
            "ticktext": [
                f"<b>{html.escape(lane.label)}</b>" if lane.first else html.escape(lane.label) for lane in lanes
            ],
            "tickfont": {"size": TEXT_PX + 1, "color": inks.ink},
            "ticklabelstandoff": 8,
            "showgrid": False,
            "zeroline": False,
            "showline": False,
            "ticks": "",
        },
        "shapes": shapes,
        "annotations": annotations,
    }


def _band(scale: _Scale, first: int, last: int, colour: str) -> dict[str, Any]:
    """A strip of days from top to bottom, behind everything."""
    return {
        "type": "rect",
        "x0": scale.to_ms(first * scale.px_per_day),
        "x1": scale.to_ms(min(last, scale.days) * scale.px_per_day),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": colour,
        "line": {"width": 0},
        "layer": "below",
    }
