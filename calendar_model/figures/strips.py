"""A track as a strip: its past and due texts across the years.

How to read a strip, from top to bottom:

=====================  ============================================================================================
filled diamond         an adopted text, at its date
hollow diamond         a text that is due, at its expected date; if dates are not set, in the middle of a dotted line
                       over its window
hollow with a cross    a text that was due but not tabled
thin stem              adopted by consensus
bar                    adopted by a vote: from the bottom in favour, abstaining and against, as shares of the votes cast
small diamonds         texts due under the guidelines, where these differ from practice
stepped line           the interval: a step where the cadence changed; dotted for the guidelines where they differ
=====================  ============================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from calendar_model import wording
from calendar_model.calendar import interval_words, text_item, vote_words, when
from calendar_model.cycles import Occurrence, project
from calendar_model.figures.packing import text_px
from calendar_model.figures.palette import INKS, TEXT_PX, Inks, ThemeName, colour_of, plain_layout, with_alpha
from calendar_model.figures.text import shown, wrapped
from calendar_model.reference import Reference
from calendar_model.reference.rows import Cadence, Resolution
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS, Precision, Standing, View, Vote

_NARROW_PX = 640
_RIGHT_PX = 14
_LABEL_PX = 11
_LABEL_ROWS = 2
_ROW_PX = 15
_NAME_PX = 30
_MARK_PX = 13
_VOTE_PX = 40
_STEP_PX = 17
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class _YearScale:
    """Conversion of days to pixels of the plot, and to the milliseconds of plotly's date axis."""

    first: date
    last: date
    px: float

    def to_px(self, day: date) -> float:
        return (day - self.first).days / ((self.last - self.first).days + 1) * self.px

    def width_ms(self, px: float) -> float:
        return px / self.px * ((self.last - self.first).days + 1) * 86_400_000


@dataclass(frozen=True)
class _TextMark:
    item: str
    day: date
    start: date
    end: date
    is_window: bool
    when: str
    label: str
    standing: str
    departure: bool
    hover: str
    text: Resolution | None

    @property
    def symbol(self) -> str:
        if self.departure:
            return "diamond-x-open"
        return "diamond" if self.standing == Standing.HELD else "diamond-open"


def other_view(reference: Reference, track: str, as_of: date, until: date) -> tuple[Occurrence, ...]:
    """Return the occurrences of a track by the guidelines' rule after the last text, if they differ from practice.

    Departures from the guidelines' rule are included. ``until`` is the last day to look at. Empty if both agree.
    """
    occurrences = [o for o in project(reference, as_of, until) if o.track == track]
    by_view = {
        view: {(o.session, o.window_start.year) for o in occurrences if o.view is view and not o.departure}
        for view in View
    }
    if not by_view[View.GUIDELINES] or by_view[View.GUIDELINES] == by_view[View.PRACTICE]:
        return ()
    return tuple(o for o in occurrences if o.view is View.GUIDELINES)


def difference_of_views(reference: Reference, track: str, as_of: date, until: date) -> str:
    """Return sentences that compare guidelines and practice; empty without a rule."""
    rules = {
        view: _latest([c for c in reference.cadences if c.track == track and c.view is view], as_of) for view in View
    }
    stated, practised = rules[View.GUIDELINES], rules[View.PRACTICE]
    if stated is None or practised is None:
        return ""
    guidelines = other_view(reference, track, as_of, until)
    stated_interval = wording.every(stated.interval_years, stated.interval_years_max)
    if not guidelines:
        return _("Guidelines and practice agree: {stated_interval}.").format(stated_interval=stated_interval)
    practised_interval = wording.every(practised.interval_years, practised.interval_years_max)
    expected = next(
        (
            o
            for o in project(reference, as_of, until)
            if o.track == track and o.view is View.PRACTICE and not o.departure
        ),
        None,
    )
    missed = [o for o in guidelines if o.departure]
    coming = [o for o in guidelines if not o.departure]
    by_rule = [_("{occurrence_line} (not tabled)").format(occurrence_line=_occurrence_line(o)) for o in missed] + [
        _occurrence_line(o) for o in coming[:1]
    ]
    sentence = _(
        "Guidelines and practice differ since {first_year}. The guidelines say {stated_interval}: {by_rule}. In "
        "practice the text is tabled {practised_interval}"
    ).format(
        first_year=practised.first_year,
        stated_interval=stated_interval,
        by_rule=_(" and ").join(by_rule),
        practised_interval=practised_interval,
    )
    sentence += f": {_occurrence_line(expected)}." if expected else "."
    reasons = [
        r.theme
        for o in missed
        for r in reference.resolutions
        if r.track == track and r.session == o.session and r.adopted is None and r.theme
    ]
    return f"{sentence} {_sentence(reasons[0])}" if reasons else sentence


def _occurrence_line(occurrence: Occurrence) -> str:
    expected = occurrence.expected
    if expected is not None and expected.day is not None and not occurrence.departure:
        days = wording.when_known(expected.day, occurrence.expected_end or expected.day, Precision.EXPECTED)
    else:
        days = wording.span(occurrence.window_start, occurrence.window_end, Precision.MONTH)
    return f"{occurrence.session}, {days}" if occurrence.session else days


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _latest(rules: Sequence[Cadence], as_of: date) -> Cadence | None:
    return max((c for c in rules if c.known_from <= as_of), key=lambda c: c.first_year, default=None)


def strip_figure(
    rows: pd.DataFrame,
    *,
    reference: Reference,
    track: str,
    as_of: date,
    first_year: int,
    last_year: int,
    theme: ThemeName,
    width: int,
) -> go.Figure:
    """Return the strip of one track.

    In: ``rows``, rows of the calendar table (those of other tracks are left aside); ``reference``, for votes and
    cadences; ``as_of``, today; ``first_year`` to ``last_year``, the years across; ``width``, the width of the
    figure in pixels.

    Out: a figure with fixed axes; the customdata of each mark begins with the item's id, which is empty for a text that
    only the guidelines' rule would give.
    """
    inks = INKS[theme]
    left = 62 if width < _NARROW_PX else 118
    scale = _YearScale(date(first_year, 1, 1), date(last_year, 12, 31), float(max(width - left - _RIGHT_PX, 160)))
    colour = colour_of(reference.organisations, reference.tracks[track].body)
    marks = [m for m in _marks(rows, reference, track) if scale.first <= m.day <= scale.last]
    guidelines = [
        o
        for o in other_view(reference, track, as_of, scale.last)
        if scale.first <= _middle(o.window_start, o.window_end)
    ]
    marks_y = _LABEL_ROWS * _ROW_PX + 12.0
    vote_y = marks_y + 13.0
    other_y = vote_y + _VOTE_PX + 16.0
    interval_y = other_y + (14.0 if guidelines else -8.0) + 12.0
    steps = _steps(reference, track, scale)
    levels = sorted({c.interval_years for _unused, _unused, c in steps})
    height = interval_y + max(len(levels), 1) * _STEP_PX + 4.0
    narrow = width < _NARROW_PX
    figure = go.Figure(
        [
            _windows(marks, marks_y, scale, colour),
            *_votes(marks, vote_y, scale, colour, inks),
            _stems(marks, vote_y, colour),
            *_interval_line(steps, levels, interval_y, scale, inks),
            _diamonds(marks, marks_y, colour, inks),
            _labels(marks, marks_y, scale, inks),
            _by_guidelines(guidelines, other_y, inks),
        ]
    )
    ticks = [(marks_y, _("Text") if narrow else _("Texts")), (vote_y + _VOTE_PX / 2, _("Vote"))]
    if guidelines:
        ticks.append((other_y, _("Guidelines")))
    if steps:
        ticks.append((interval_y + len(levels) * _STEP_PX / 2 - 4, _("Interval")))
    figure.update_layout(_layout(scale, as_of, height, left, dict(ticks), inks))
    return figure


def stacked(strips: Sequence[go.Figure], names: Sequence[str]) -> go.Figure:
    """Stack strips of the same years and width, each under its name, over one axis of years.

    In: figures of :func:`strip_figure`; a name for each. Out: a figure of the same kind.
    """
    whole = go.Figure(layout=strips[0].layout)
    names_at: list[float] = []
    ticks: dict[float, str] = {}
    top = 0.0
    for strip in strips:
        names_at.append(top + _NAME_PX / 2)
        top += _NAME_PX
        for trace in strip.data:
            if trace.type == "bar" and trace.orientation != "h":
                trace.update(base=[base + top for base in trace.base])
            else:
                trace.update(y=[None if y is None else y + top for y in trace.y])
            whole.add_trace(trace)
        axis = strip.layout.yaxis
        ticks |= {top + at: text for at, text in zip(axis.tickvals, axis.ticktext, strict=True)}
        top += axis.range[0]
    margin = whole.layout.margin
    whole.update_layout(
        height=int(top + margin.t + margin.b),
        yaxis={"range": [top, 0], "tickvals": list(ticks), "ticktext": list(ticks.values())},
        annotations=[
            {
                "text": f"<b>{shown(name)}</b>",
                "xref": "paper",
                "x": 0,
                "y": at,
                "xshift": -margin.l,
                "xanchor": "left",
                "yanchor": "middle",
                "showarrow": False,
                "font": {"size": TEXT_PX + 2},
            }
            for name, at in zip(names, names_at, strict=True)
        ],
    )
    return whole


def strip_summary(rows: pd.DataFrame, *, reference: Reference, track: str, first_year: int, last_year: int) -> str:
    """Return an alternative text for the strip, in two sentences."""
    marks = [m for m in _marks(rows, reference, track) if first_year <= m.day.year <= last_year]
    adopted = [m for m in marks if m.standing == Standing.HELD]
    due = [m for m in marks if m.standing != Standing.HELD and not m.departure]
    missed = [m for m in marks if m.departure]
    voted = sum(m.text is not None and m.text.vote is Vote.RECORDED for m in adopted)
    name = reference.tracks[track].title
    text = _("{name}, {first_year} to {last_year}: {adopted} adopted, {voted} of them by vote, {due} due").format(
        name=name, first_year=first_year, last_year=last_year, adopted=len(adopted), voted=voted, due=len(due)
    )
    text += _(", {count} not tabled.").format(count=len(missed)) if missed else "."
    if due:
        text += _(" Next: {label}, {when}.").format(label=due[0].label, when=due[0].when)
    return text


def _middle(start: date, end: date) -> date:
    return start + timedelta(days=(end - start).days // 2)


def _marks(rows: pd.DataFrame, reference: Reference, track: str) -> list[_TextMark]:
    texts = {text_item(r): r for r in reference.resolutions if r.track == track and r.adopted is not None}
    marks = []
    for row in rows[(rows["track"] == track).to_numpy()].to_dict("records"):
        start, end = row["start"].date(), row["end"].date()
        text = texts.get(row["item"])
        label = text.symbol.rpartition("RES/")[2] if text else row["session"] or f"{start.year}"
        marks.append(
            _TextMark(
                item=row["item"],
                day=_middle(start, end),
                start=start,
                end=end,
                is_window=row["date_precision"] in WINDOWS,
                when=f"{when(row)} {interval_words(row)}".rstrip(),
                label=label,
                standing=row["standing"],
                departure=row["departure"],
                hover=_hover(row, text),
                text=text,
            )
        )
    return sorted(marks, key=lambda m: m.day)


def _hover(row: Mapping[Any, Any], text: Resolution | None) -> str:
    standing = "adopted" if row["standing"] == Standing.HELD else wording.standing_words(row["standing"]).lower()
    if row["departure"]:
        standing = _("due but not tabled")
    days = f"{when(row)} {interval_words(row)}".rstrip()
    lines = [f"<b>{shown(row['title'])}</b>", shown(f"{days}, {standing}")]
    if text is not None:
        lines.append(shown(_("Adopted {vote_words}").format(vote_words=vote_words(text))))
    return "<br>".join([*lines, *wrapped(row["basis"])])


def _windows(marks: Sequence[_TextMark], y: float, scale: _YearScale, colour: str) -> go.Bar:
    """Return the windows of due texts without an expected date: dotted, at their true width."""
    due = [m for m in marks if m.is_window and m.standing != Standing.HELD and not m.departure]
    return go.Bar(
        name="window",
        orientation="h",
        base=[m.start.isoformat() for m in due],
        x=[((m.end - m.start).days + 1) * 86_400_000 for m in due],
        y=[y] * len(due),
        width=2.5,
        marker={
            "color": colour,
            "line": {"width": 0},
            # Dots: stripes across a thin bar.
            "pattern": {"shape": "|", "size": 5, "solidity": 0.5, "fillmode": "replace"},
        },
        hoverinfo="skip",
    )


def _diamonds(marks: Sequence[_TextMark], y: float, colour: str, inks: Inks) -> go.Scatter:
    return go.Scatter(
        name="texts",
        x=[m.day.isoformat() for m in marks],
        y=[y] * len(marks),
        mode="markers",
        marker={
            "symbol": [m.symbol for m in marks],
            "size": _MARK_PX,
            "color": [inks.muted if m.departure else colour for m in marks],
            "line": {"width": 2, "color": [inks.muted if m.departure else colour for m in marks]},
        },
        customdata=[[m.item, m.hover] for m in marks],
        hovertemplate="%{customdata[1]}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        cliponaxis=False,
    )


def _labels(marks: Sequence[_TextMark], y: float, scale: _YearScale, inks: Inks) -> go.Scatter:
    """Return the symbols above the marks, in two rows; if only one fits, that of the later text."""
    occupied = [scale.px + _RIGHT_PX + 1.0] * _LABEL_ROWS
    x, ys, texts, colours = [], [], [], []
    for mark in reversed(marks):
        middle = scale.to_px(mark.day)
        half = text_px(mark.label, _LABEL_PX) / 2
        row = next((r for r in range(_LABEL_ROWS) if middle + half + 8 <= occupied[r]), None)
        if row is None:
            continue
        occupied[row] = middle - half
        x.append(mark.day.isoformat())
        ys.append(y - 16 - row * _ROW_PX)
        label = shown(mark.label)
        if mark.departure:
            label = f"<s>{label}</s>"
        elif mark.standing != Standing.HELD:
            label = f"<i>{label}</i>"
        texts.append(label)
        colours.append(inks.muted if mark.departure else inks.ink)
    return go.Scatter(
        name="labels",
        x=x,
        y=ys,
        mode="text",
        text=texts,
        textposition="middle center",
        textfont={"size": _LABEL_PX, "color": colours},
        hoverinfo="skip",
        selected={"textfont": {"color": inks.ink}},
        cliponaxis=False,
    )


def _votes(marks: Sequence[_TextMark], top: float, scale: _YearScale, colour: str, inks: Inks) -> list[go.Bar]:
    """Return the recorded votes as thin bars: in favour at the bottom, then abstaining, then against."""
    voted = [(m, m.text) for m in marks if m.text is not None and m.text.vote is Vote.RECORDED]
    looks = (
        ("for", colour, colour, "yes"),
        ("abstaining", with_alpha(colour, 0.18), colour, "abstain"),
        ("against", inks.ink, inks.ink, "no"),
    )
    foot = {m.item: top + _VOTE_PX for m, _unused in voted}
    traces = []
    for name, fill, line, count in looks:
        base, length = [], []
        for mark, text in voted:
            total = max((text.yes or 0) + (text.no or 0) + (text.abstain or 0), 1)
            part = getattr(text, count) / total * _VOTE_PX
            foot[mark.item] -= part
            base.append(foot[mark.item])
            length.append(part)
        traces.append(
            go.Bar(
                name=name,
                x=[m.day.isoformat() for m, _unused in voted],
                y=length,
                base=base,
                width=scale.width_ms(10),
                marker={"color": fill, "line": {"width": 1, "color": line}},
                customdata=[[m.item, m.hover, getattr(t, count)] for m, t in voted],
                hovertemplate="%{customdata[1]}<extra></extra>",
                selected={"marker": {"opacity": 1}},
                unselected={"marker": {"opacity": 1}},
            )
        )
    return traces


def _stems(marks: Sequence[_TextMark], top: float, colour: str) -> go.Scatter:
    """Return the stems of texts adopted by consensus: one line, because no votes were counted."""
    agreed = [m for m in marks if m.text is not None and m.text.vote is Vote.CONSENSUS]
    x: list[str | None] = []
    y: list[float | None] = []
    data: list[list[str]] = []
    for mark in agreed:
        x += [mark.day.isoformat(), mark.day.isoformat(), None]
        y += [top, top + _VOTE_PX, None]
        data += [[mark.item, mark.hover]] * 3
    return go.Scatter(
        name="consensus",
        x=x,
        y=y,
        mode="lines",
        line={"width": 2, "color": colour},
        customdata=data,
        hovertemplate="%{customdata[1]}<extra></extra>",
    )


def _due_line(occurrence: Occurrence) -> str:
    return _("Due under the guidelines: {what}").format(what=_occurrence_line(occurrence))


def _by_guidelines(occurrences: Sequence[Occurrence], y: float, inks: Inks) -> go.Scatter:
    hovers = [
        "<br>".join(
            [
                f"<b>{shown(_('Due under the guidelines: {what}').format(what=_occurrence_line(o)))}</b>",
                *wrapped(o.basis),
            ]
        )
        for o in occurrences
    ]
    return go.Scatter(
        name="guidelines",
        x=[_middle(o.window_start, o.window_end).isoformat() for o in occurrences],
        y=[y] * len(occurrences),
        mode="markers",
        marker={
            "symbol": ["diamond-x-open" if o.departure else "diamond-open" for o in occurrences],
            "size": 10,
            "color": inks.muted,
            "line": {"width": 1.5, "color": inks.muted},
        },
        customdata=[["", hover] for hover in hovers],
        hovertemplate="%{customdata[1]}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _steps(reference: Reference, track: str, scale: _YearScale) -> list[tuple[date, date, Cadence]]:
    """Return the rules with their days on the strip: first those of practice, then those of the guidelines."""
    found = []
    for view in View:
        own = [c for c in reference.cadences if c.track == track and c.view is view]
        rules = sorted(own, key=lambda c: c.first_year)
        for rule, following in zip_longest(rules, rules[1:]):
            last = rule.last_year or (following.first_year - 1 if following else scale.last.year)
            start, end = max(date(rule.first_year, 1, 1), scale.first), min(date(last, 12, 31), scale.last)
            if start < end:
                found.append((start, end, rule))
    practice = {c.interval_years for start, end, c in found if c.view is View.PRACTICE and end == scale.last}
    return [s for s in found if s[2].view is View.PRACTICE or s[2].interval_years not in practice]


def _interval_line(
    steps: Sequence[tuple[date, date, Cadence]], levels: Sequence[float], top: float, scale: _YearScale, inks: Inks
) -> list[go.Scatter]:
    """Return the stepped line of intervals, shorter ones above longer ones, and the label of each step."""
    lines = []
    words: list[tuple[str, float, str]] = []
    for view in View:
        own = [s for s in steps if s[2].view is view]
        x: list[str] = []
        y: list[float] = []
        for start, end, rule in own:
            at = top + levels.index(rule.interval_years) * _STEP_PX
            if view is View.GUIDELINES:
                # Before practice changed, both lines would overlap.
                start = max([start, *(s[0] for s in steps if s[2].view is View.PRACTICE)])
            x += [start.isoformat(), end.isoformat()]
            y += [at, at]
            label = wording.every(rule.interval_years, rule.interval_years_max)
            label = _("guidelines: {label}").format(label=label) if view is View.GUIDELINES else label
            room = scale.to_px(end) - scale.to_px(start)
            if text_px(label, _LABEL_PX) <= room:
                words.append((start.isoformat(), at - 8, label))
        lines.append(
            go.Scatter(
                name=_("interval, {value}").format(value=view.value),
                x=x,
                y=y,
                mode="lines",
                line={
                    "width": 1.5 if view is View.PRACTICE else 1.2,
                    "color": inks.ink if view is View.PRACTICE else inks.muted,
                    "dash": "solid" if view is View.PRACTICE else "dot",
                },
                hoverinfo="skip",
            )
        )
    lines.append(
        go.Scatter(
            name=_("interval in words"),
            x=[x for x, _y, _text in words],
            y=[y for _x, y, _text in words],
            mode="text",
            text=[text for _x, _y, text in words],
            textposition="middle right",
            textfont={"size": _LABEL_PX, "color": inks.muted},
            hoverinfo="skip",
            selected={"textfont": {"color": inks.muted}},
        )
    )
    return lines


def _layout(
    scale: _YearScale, as_of: date, height: float, left: int, ticks: Mapping[float, str], inks: Inks
) -> dict[str, Any]:
    years = scale.last.year - scale.first.year + 1
    per_year = scale.px / years
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if s * per_year >= 34 or s == 100)
    shown = [y for y in range(scale.first.year, scale.last.year + 1) if y % step == 0]
    shapes: list[dict[str, Any]] = []
    if scale.first <= as_of <= scale.last:
        day = as_of.isoformat()
        tall = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
        ahead = {"type": "rect", "x0": day, "x1": scale.last.isoformat(), "fillcolor": inks.shade, "line": {"width": 0}}
        today = {"type": "line", "x0": day, "x1": day, "line": {"color": inks.accent, "width": 1.6}}
        shapes = [{**tall, **ahead}, {**tall, **today}]
    return {
        **plain_layout(inks),
        "height": int(height + 26),
        "margin": {"l": left, "r": _RIGHT_PX, "t": 2, "b": 24, "pad": 0},
        "showlegend": False,
        "xaxis": {
            "type": "date",
            "range": [scale.first.isoformat(), (scale.last + timedelta(days=1)).isoformat()],
            "fixedrange": True,
            "tickvals": [f"{y}-01-01" for y in shown],
            "ticktext": [f"{y}" for y in shown],
            "ticklabelposition": "outside right",
            "tickangle": 0,
            "tickfont": {"size": TEXT_PX, "color": inks.muted},
            "gridcolor": inks.line,
            "showgrid": True,
            "zeroline": False,
            "ticks": "",
        },
        "yaxis": {
            "range": [height, 0],
            "fixedrange": True,
            "tickvals": list(ticks),
            "ticktext": list(ticks.values()),
            "tickfont": {"size": TEXT_PX, "color": inks.muted},
            "ticklabelstandoff": 8,
            "showgrid": False,
            "zeroline": False,
            "ticks": "",
        },
        "shapes": shapes,
    }
