"""The timeline: the calendar table as lanes of organisations and bodies over a stretch of days.

How to read a mark, at every zoom:

=======================  ==========================================================================================
bar                      a session, a meeting or the term of a mandate holder
thin line after a bar    a long session after its main part, to its close
arrow after a bar        a term whose end is not set
diamond                  a text or a renewal
triangle                 a deadline, with its label in bold
dot                      an item too short for a bar: a review, an observance, a step around a session
dot, square (in ink)     our own work: an engagement; a statement, hollow until it is made, with a dot when cleared
solid                    announced or past; pale with an outline: provisional
hollow                   expected, with a thin whisker over the possible dates; labelled "expected"
dotted line              a window, within which the item takes place; labelled "dates not set"
"not confirmed"          hollow or dotted: the dates have passed and no outcome is recorded
struck through           cancelled; a hollow diamond with a cross: due but not tabled
``+12 more``             items that do not fit into the lane; all are counted
=======================  ==========================================================================================

A whisker before the mark goes back to the earliest possible start. One after it shows how much later the item may
begin, and so end.

The figure shows only items in the period, and only the kinds for the zoom (:mod:`calendar_model.figures.zoom`). Marks
are packed into rows and labels are shortened to their room, so that nothing overlaps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from calendar_model.calendar import listed_when
from calendar_model.figures.lanes import (
    LANE_GAP_PX,
    NARROW_PX,
    Lane,
    TimelineScale,
    fold_lanes,
    lay_lanes,
    measure,
    pack_rows,
    place_marks,
    row_middle,
    stack_lanes,
)
from calendar_model.figures.marks import (
    areas,
    arrow_trace,
    bars,
    chip_trace,
    count_the_rest,
    dots,
    label_of,
    label_trace,
    lines,
    sign_trace,
    strike_trace,
)
from calendar_model.figures.packing import fit
from calendar_model.figures.palette import INKS, TEXT_PX, Inks, ThemeName, plain_layout, with_alpha
from calendar_model.figures.text import shown
from calendar_model.figures.work import lanes_of_work, place_work, work_trace
from calendar_model.figures.zoom import DETAIL, Band, Detail, Zoom
from calendar_model.mission.dated_work import DatedEngagement, DatedWork
from calendar_model.reference import Reference
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Kind, Precision, Standing
from calendar_model.wording import day as day_words
from calendar_model.wording import full_month, ordinal, weekday_name
from calendar_model.wording import month as month_words

KIND_WORDS: Mapping[str, tuple[str, str]] = {
    Kind.SESSION: (N_("session"), N_("sessions")),
    Kind.RESOLUTION: (N_("text"), N_("texts")),
    Kind.MANDATE_RENEWAL: (N_("mandate renewal"), N_("mandate renewals")),
    Kind.UPR_REVIEW: (N_("UPR review"), N_("UPR reviews")),
    Kind.DEADLINE: (N_("deadline"), N_("deadlines")),
    Kind.MEETING: (N_("meeting"), N_("meetings")),
    Kind.SIDE_EVENT: (N_("side event"), N_("side events")),
    Kind.OBSERVANCE: (N_("observance"), N_("observances")),
    Kind.MILESTONE: (N_("milestone"), N_("milestones")),
    Kind.MANDATE_HOLDER: (N_("mandate holder"), N_("mandate holders")),
}


_LEFT_PX, _NARROW_LEFT_PX, _RIGHT_PX = 164, 8, 10
"""The margins of the plot; the left one has the names of the lanes, but for a narrow figure."""


_HEADER_PX = 62


_FEW_REVIEWS = 12


def in_window(view: pd.DataFrame, *, start: date, days: int) -> pd.DataFrame:
    """Return the rows of a calendar table that touch the stretch, in order; windows by their first and last day."""
    first = np.datetime64(start, "s")
    touches = (view["start"].to_numpy() < first + np.timedelta64(days, "D")) & (view["end"].to_numpy() >= first)
    return view if touches.all() else view[touches]


def drawn_kinds(rows: pd.DataFrame, zoom: Zoom) -> frozenset[str]:
    """Return the kinds that the zoom draws; the reviews of a few states, after a filter, at every zoom."""
    reviews = int((rows["kind"] == Kind.UPR_REVIEW).sum())
    return DETAIL[zoom].kinds | ({str(Kind.UPR_REVIEW)} if reviews <= _FEW_REVIEWS else set())


def undrawn(view: pd.DataFrame, *, start: date, days: int, zoom: Zoom) -> dict[str, int]:
    """Return how many items of each kind are in the stretch but have no mark at this zoom."""
    rows = in_window(view, start=start, days=days)
    shown = drawn_kinds(rows, zoom)
    return {kind: count for kind, count in _counts(rows).items() if kind not in shown}


def undrawn_words(hidden: Mapping[str, int], *, agenda: bool) -> str:
    """Return a sentence on the counts of :func:`undrawn`, with a pointer to the ``agenda`` if set; empty for none."""
    where = _(" (see Agenda)") if agenda else ""
    return _("Hidden at this zoom{where}: {hidden}.").format(where=where, hidden=_counted(hidden)) if hidden else ""


def timeline_summary(
    view: pd.DataFrame,
    work: Sequence[DatedWork] = (),
    *,
    as_of: date,
    start: date,
    days: int,
    zoom: Zoom,
    reference: Reference,
) -> str:
    """Return an alternative text for the figure, in a few sentences; parameters as in :func:`timeline_figure`."""
    rows = in_window(view, start=start, days=days)
    rows = rows[rows["kind"].isin(drawn_kinds(rows, zoom)).to_numpy()]
    last = start + timedelta(days=days - 1)
    span = _("{first_day} to {last_day}").format(
        first_day=day_words(start, weekday=False), last_day=day_words(last, weekday=False)
    )
    if rows.empty:
        return _("Timeline from {span}: no items match the filter.").format(span=span)
    lanes = rows["body"].nunique()
    text = _("Timeline from {span}, {lanes} {part}: {counts}.").format(
        span=span, lanes=lanes, part=_("lane") if lanes == 1 else _("lanes"), counts=_counted(_counts(rows))
    )
    if unsure := ", ".join(f"{count:,} {words}" for words, count in _unsure(rows).items() if count):
        text += _(" Of these {unsure}.").format(unsure=unsure)
    coming = (rows["start"].to_numpy() >= np.datetime64(as_of, "s")) & (
        rows["standing"].to_numpy() != Standing.CANCELLED
    )
    # The next item with a date says more than a window that opens before it.
    dated = coming & ~_is_window(rows)
    coming = dated if dated.any() else coming
    if coming.any():
        first = rows[coming].iloc[int(np.argmin(rows["start"].to_numpy()[coming]))]
        body = reference.organisations.get(first["body"])
        text += _(" Next: {title}{value}, {listed_when}.").format(
            title=first["title"],
            value=f" ({body.short_name})" if body else "",
            listed_when=listed_when(first, as_of=as_of),
        )
    if work:
        engagements = sum(isinstance(one, DatedEngagement) for one in work)
        text += _(" Our work: engagements {engagements}, statements {statements}.").format(
            engagements=engagements, statements=len(work) - engagements
        )
    return text


def _is_window(rows: pd.DataFrame) -> np.ndarray:
    """Return which rows the figure shows as windows; a term is always a bar."""
    return (rows["date_precision"].isin(WINDOWS) & (rows["kind"] != Kind.MANDATE_HOLDER)).to_numpy()


def _unsure(rows: pd.DataFrame) -> dict[str, int]:
    """Return how many rows are expected, without dates, not confirmed or cancelled, by these words."""
    standing = rows["standing"].to_numpy(dtype=object)
    open_ = ~np.isin(standing, (Standing.NOT_CONFIRMED, Standing.CANCELLED, Standing.HELD))
    return {
        _("expected"): int((open_ & (rows["date_precision"] == Precision.EXPECTED).to_numpy()).sum()),
        _("with dates not set"): int((open_ & _is_window(rows)).sum()),
        _("not confirmed"): int((standing == Standing.NOT_CONFIRMED).sum()),
        _("cancelled"): int((standing == Standing.CANCELLED).sum()),
    }


def _counts(rows: pd.DataFrame) -> dict[str, int]:
    return {str(kind): int(count) for kind, count in rows["kind"].value_counts().items() if count}


def _counted(counts: Mapping[str, int]) -> str:
    words = [
        f"{counts[kind]:,} {_(many if counts[kind] != 1 else one)}"
        for kind, (one, many) in KIND_WORDS.items()
        if kind in counts
    ]
    return _(" and ").join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


class _CycleSpan(NamedTuple):
    """A cycle of a lane's body, from its first to its last pixel in the stretch."""

    lane: Lane
    number: int
    x0: float
    x1: float


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
    work: Sequence[DatedWork] = (),
    zone: str | None = None,
    rows_at_most: int | None = None,
    folded: Collection[str] = (),
) -> go.Figure:
    """Return the timeline as a figure.

    In: ``view``, a calendar table (:mod:`calendar_model.calendar`), filtered; ``as_of``, today; ``start`` and
    ``days``, the stretch as :func:`calendar_model.figures.zoom.window` gives it; ``zoom``, the level of detail;
    ``reference``, for the lanes' names, order and colours and for the UPR cycles; ``width``, the width of the
    figure in pixels; ``marks``, by item id, a word or two that belongs to an item and is shown with its label;
    ``work``, the mission's own in the stretch, which gets a row in the lane of the items that it is linked to;
    ``zone``, the reader's IANA zone, in which timed items are placed and labelled (without it UTC, and the place's);
    ``rows_at_most``, how deep a band of a lane may be at most, where there is less room than the zoom allows for;
    ``folded``, the codes of bodies whose lanes have one row.

    Out: a figure with fixed axes, and in the layout's ``meta`` its lanes, range and today, for what is laid over it.
    The customdata of a mark begins with the item's id; that of a chip, which counts what did not fit, with :data:`MORE`
    and a date; that of work without an item with :data:`calendar_model.figures.work.OF_RECORD`. Its traces are named:
    ``areas`` (for the pointer, where there is only a line), ``bars``, ``lines``, ``dots``, ``strikes``, ``signs``,
    ``arrows``, ``work``, ``labels``, ``more``.
    """
    detail, inks = DETAIL[zoom], INKS[theme]
    if rows_at_most is not None:
        detail = replace(detail, rows={band: min(rows, rows_at_most) for band, rows in detail.rows.items()})
    is_narrow = width < NARROW_PX
    left = _NARROW_LEFT_PX if is_narrow else _LEFT_PX
    scale = TimelineScale(float((start - date(1970, 1, 1)).days), days, float(max(width - left - _RIGHT_PX, 120)))
    rows = in_window(view, start=start, days=days)
    rows = rows[rows["kind"].isin(drawn_kinds(rows, zoom)).to_numpy()]
    lane_of_work = lanes_of_work(work, view, reference)
    unfolded = [one for one in work if lane_of_work[one.id] not in folded]
    lanes, lane_of = lay_lanes(rows, reference, int(scale.px) if is_narrow else left, set(lane_of_work.values()))
    for lane in lanes:
        lane.is_named_above = is_narrow
        if any(lane_of_work[one.id] == lane.code for one in unfolded):
            lane.rows[Band.WORK] = 1
    spans = measure(rows, lane_of, scale, detail, zone)
    row_of = pack_rows(spans, detail, scale)
    fold_lanes(lanes, folded, spans, row_of)
    cycles = _cycles(lanes, reference, scale) if detail.cycles else []
    stack_lanes(lanes, spans, row_of, detail, {cycle.lane.code for cycle in cycles})
    drawn = place_marks(rows, lanes, spans, row_of, scale, detail, marks or {}, zone, as_of)
    labels = [label_of(mark) for mark in drawn]
    titles = dict(zip(view["item"].tolist(), view["title"].tolist(), strict=True)) if work else {}
    chips = count_the_rest(lanes, spans, row_of, scale, detail)
    traces = {
        "areas": areas(drawn, scale, detail),
        "bars": bars(drawn, scale, detail, inks),
        "lines": lines(drawn, labels, scale),
        "dots": dots(drawn, labels, scale),
        "strikes": strike_trace(drawn, scale, inks),
        "signs": sign_trace(drawn, scale),
        "arrows": arrow_trace(drawn, scale, detail),
        "work": work_trace(place_work(unfolded, lane_of_work, lanes, scale, detail), scale, inks, titles),
        "labels": label_trace(drawn, labels, scale, inks),
        "more": chip_trace(chips, scale, inks),
    }
    layout = _layout(lanes, scale, detail, inks, zoom, as_of, start, left)
    _add_cycles(layout, cycles, scale, detail, inks)
    # Plotly's validation of every colour and number is slower than all the rest; the tests do it instead.
    return go.Figure([{**trace, "name": name} for name, trace in traces.items()], layout, _validate=False)


def _cycles(lanes: Sequence[Lane], reference: Reference, scale: TimelineScale) -> list[_CycleSpan]:
    """Return the dated cycles that touch the stretch, in the lanes of bodies that count in cycles."""
    sessions = [s for s in reference.sessions.values() if s.cycle is not None]
    cycles = []
    for lane in lanes:
        for number in sorted({s.cycle for s in sessions if s.cycle is not None and s.body == lane.code}):
            own = [s for s in sessions if s.cycle == number and s.body == lane.code]
            first = (min(s.start for s in own) - date(1970, 1, 1)).days
            last = (max(s.end for s in own) - date(1970, 1, 1)).days + 1
            x0, x1 = np.clip(scale.to_px(np.array([first, last], dtype=np.float64)), 0, scale.px).tolist()
            if x1 - x0 >= 2:
                cycles.append(_CycleSpan(lane, number, x0, x1))
    return cycles


def _add_cycles(
    layout: dict[str, Any],
    cycles: Sequence[_CycleSpan],
    scale: TimelineScale,
    detail: Detail,
    inks: Inks,
) -> None:
    for lane, cycle, x0, x1 in cycles:
        y = row_middle(lane, Band.CYCLE, 0, detail)
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
                "text": fit(_("{ordinal} cycle").format(ordinal=ordinal(cycle)), x1 - x0, 11),
                "showarrow": False,
                "xanchor": "left",
                "yanchor": "middle",
                "font": {"size": 11, "color": inks.muted},
            }
        )


def _ticks(zoom: Zoom, start: date, scale: TimelineScale) -> Iterator[tuple[date, str]]:
    """Yield the day of each grid line and the text above it: the small unit, and over it the large one as it begins."""
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
            name = month_words(day, year=False)
            yield day, f"{over}<br>{name[:1] if tight else name}"
            day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        else:
            month = full_month(day)
            over = f"<b>{month}</b>" if shown != month else ""
            daily = scale.px_per_day >= 90
            if not daily and day.weekday() == 0 and (last - day).days * scale.px_per_day >= 30:
                tight = scale.px_per_day * 7 < 60
                yield day, f"{over}<br>{f'{day.day}' if tight else f'{weekday_name(day)} {day.day}'}"
                shown = month
            elif daily or (scale.px_per_day * scale.days / 7 >= 40 and zoom is Zoom.WEEK):
                name = weekday_name(day)
                yield day, f"{over}<br>{name[:2] if scale.px_per_day < 60 else name} {day.day}"
                shown = month
            day += timedelta(days=1)


def _layout(
    lanes: Sequence[Lane],
    scale: TimelineScale,
    detail: Detail,
    inks: Inks,
    zoom: Zoom,
    as_of: date,
    start: date,
    left: int,
) -> dict[str, Any]:
    depth = max(sum(lane.depth * detail.row_px + LANE_GAP_PX for lane in lanes), 60)
    ticks = list(_ticks(zoom, start, scale))
    shapes: list[dict[str, Any]] = []
    if detail.by_day:
        for i in range(scale.days):
            day = start + timedelta(days=i)
            if day.weekday() == 5 or (i == 0 and day.weekday() == 6):
                shapes.append(_band(scale, i, i + (2 if day.weekday() == 5 else 1), inks.shade))
    for i, lane in enumerate(lanes):
        top = lane.top - LANE_GAP_PX / 2
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
    annotations = [
        _name_above(lane, detail, inks) if lane.is_named_above else _work_heading(lane, detail, inks)
        for lane in lanes
        if lane.is_named_above or (lane.rows.get(Band.WORK) and lane.depth > 1)
    ]
    beside = [lane for lane in lanes if not lane.is_named_above]
    offset = (as_of - start).days
    is_now, at = 0 <= offset < scale.days, scale.to_ms(offset * scale.px_per_day)
    today = f"<b>{_('today')}</b>, {day_words(as_of, year=False, weekday=False)}"
    if is_now:
        if detail.by_day:
            shapes.append(_band(scale, offset, offset + 1, with_alpha(inks.accent, 0.12)))
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
                "text": today,
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
                "text": _("No items match the filter in this period."),
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
            "tickvals": [(day - date(1970, 1, 1)).days * 86_400_000 for day, _unused in ticks],
            "ticktext": [text for _unused, text in ticks],
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
            "tickvals": [lane.top + detail.row_px / 2 for lane in beside],
            "ticktext": [_name(lane) for lane in beside],
            "tickfont": {"size": TEXT_PX + 1, "color": inks.ink},
            "ticklabelstandoff": 8,
            "showgrid": False,
            "zeroline": False,
            "showline": False,
            "ticks": "",
        },
        "shapes": shapes,
        "annotations": annotations,
        "meta": {
            "range": [scale.to_ms(0), scale.to_ms(scale.px)],
            "today": {"x": at, "text": today} if is_now else None,
            "lanes": [
                {
                    "code": lane.code,
                    "name": lane.label,
                    "first": lane.first,
                    "above": lane.is_named_above,
                    "top": lane.top,
                    "height": lane.depth * detail.row_px,
                }
                for lane in lanes
            ],
        },
    }


def _name(lane: Lane) -> str:
    """Return the name of a lane, in bold for the first of an organisation."""
    return f"<b>{shown(lane.label)}</b>" if lane.first else shown(lane.label)


def _name_above(lane: Lane, detail: Detail, inks: Inks) -> dict[str, Any]:
    """Return the name in the row above the others."""
    return {
        "xref": "paper",
        "x": 0,
        "xshift": 4,
        "xanchor": "left",
        "y": lane.top + detail.row_px / 2,
        "yanchor": "middle",
        "text": _name(lane),
        "showarrow": False,
        "font": {"size": TEXT_PX + 1, "color": inks.ink},
        "bgcolor": inks.ground,
        "borderpad": 0,
    }


def _work_heading(lane: Lane, detail: Detail, inks: Inks) -> dict[str, Any]:
    """Return the words beside the row of our own work."""
    return {
        "xref": "paper",
        "x": 0,
        "xshift": -12,
        "xanchor": "right",
        "y": row_middle(lane, Band.WORK, 0, detail),
        "yanchor": "middle",
        "text": _("our work"),
        "showarrow": False,
        "font": {"size": 11, "color": inks.muted},
    }


def _band(scale: TimelineScale, first: int, last: int, colour: str) -> dict[str, Any]:
    """Return a strip of days from top to bottom, behind everything."""
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
