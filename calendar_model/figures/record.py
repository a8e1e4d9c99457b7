"""The record of forecasts as a dot plot: what was expected a year ahead, and what came.

Each series has a band, with the years across. The line through a band is the expected day, and the upright bar its
interval. The mark is the day that came: above the line if it was later, below if it was earlier.

===================  ==================================================================
filled circle        on the expected day
hollow circle        on another day, inside the interval; the number is the error in days
filled diamond       outside the interval
small cross          no day could be expected
===================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import plotly.graph_objects as go

from calendar_model import wording
from calendar_model.cycles.record import Figures, ForecastTrial, figures, held
from calendar_model.figures.coverage import WARNING
from calendar_model.figures.packing import fit, text_px
from calendar_model.figures.palette import INKS, TEXT_PX, Inks, ThemeName, legend_above, plain_layout
from calendar_model.figures.text import shown, wrapped
from calendar_model.translation import N_
from calendar_model.translation import gettext as _

_NARROW_PX = 640
_NAME_PX = 22
_BAND_PX = 72
_GAP_PX = 6
_MARK_PX = 9
_YEARS_PX = 20
_LABEL_PX = 11
_MOST_DAYS = 16
"""A mark further from the line than this is drawn at this distance; its number says how far it is."""

_YEARS_AGAIN = 5
"""With more series than this, the years are repeated under the picture."""

_OUTCOMES = (N_("On the expected day"), N_("Inside the interval"), N_("Outside the interval"), N_("No day expected"))


def record_figure(trials: Sequence[ForecastTrial], theme: ThemeName, width: int) -> go.Figure:
    """Return the dot plot of what was held.

    In: ``trials`` as :func:`calendar_model.cycles.record.record` gives them; ``width``, the pixels that it will have.

    A series of which no day was ever expected is left out.

    Out: a figure with fixed axes, in pixels down and years across: a trace an outcome, named in words with its count,
    whose customdata is the item and its hover text; and one named ``intervals``.
    """
    inks = INKS[theme]
    series = _series(trials)
    row = _NAME_PX + _BAND_PX + _GAP_PX
    middles = {(own[0].kind, own[0].series): at * row + _NAME_PX + _BAND_PX / 2 for at, own in enumerate(series)}
    marks = [trial for own in series for trial in own]
    years = sorted({trial.year for trial in marks})
    figure = go.Figure()
    figure.add_trace(_intervals(marks, middles, inks))
    for outcome in _OUTCOMES:
        own = [trial for trial in marks if _outcome(trial) == outcome]
        figure.add_trace(_marks(outcome, own, middles, theme))
    legend_px = 84 if width < _NARROW_PX else 30
    depth = max(len(series), 1) * row
    words = [f"’{year % 100:02}" if width < _NARROW_PX else str(year) for year in years]
    foot = [_year(year, word, depth, inks) for year, word in zip(years, words, strict=True)]
    figure.update_layout(
        {
            **plain_layout(inks),
            "height": int(depth + legend_px + 2 * _YEARS_PX),
            "margin": {"l": 4, "r": 4, "t": legend_px + _YEARS_PX, "b": _YEARS_PX, "pad": 0},
            "showlegend": True,
            "legend": legend_above(inks),
            "xaxis": {
                "range": [min(years, default=0) - 0.6, max(years, default=1) + 0.6],
                "tickvals": years,
                "ticktext": words,
                "side": "top",
                "tickfont": {"color": inks.muted},
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
            },
            "yaxis": {"range": [depth, 0], "fixedrange": True, "visible": False},
            "shapes": [_line(middle, inks) for middle in middles.values()],
            "annotations": [
                *(_name(own, at * row, width, inks) for at, own in enumerate(series)),
                *(foot if len(series) > _YEARS_AGAIN else []),
            ],
        }
    )
    return figure


def record_summary(trials: Sequence[ForecastTrial]) -> str:
    """The picture in a few sentences, for those who do not see it."""
    series = _series(trials)
    if not series:
        return _("No forecast can be compared with a day that came.")
    years = [trial.year for own in series for trial in own]
    lines = [f"{own[0].name}: {figures_words(figures(own))}." for own in series]
    return " ".join(
        [
            _("Expected days and what came, {first_year} to {last_year}.").format(
                first_year=min(years), last_year=max(years)
            ),
            *lines,
        ]
    )


def figures_words(found: Figures) -> str:
    """Return how good forecasts were: ``right in 10 of 11, within 7 days in 11, inside the interval in 11``."""
    if not found.trials:
        return _("no day could be expected, because too few past days are known")
    return _("right in {exact} of {trials}, within 7 days in {within_7}, inside the interval in {covered}").format(
        exact=found.exact, trials=found.trials, within_7=found.within_7, covered=found.covered
    )


def _series(trials: Sequence[ForecastTrial]) -> list[tuple[ForecastTrial, ...]]:
    """What was held, by what recurs; what was never expected is left out."""
    groups = (tuple(own) for _unused, own in groupby(held(trials), key=lambda trial: (trial.kind, trial.series)))
    return [own for own in groups if any(trial.expected for trial in own)]


def _outcome(trial: ForecastTrial) -> str:
    if trial.error is None:
        return _OUTCOMES[3]
    return _OUTCOMES[0] if trial.error == 0 else _OUTCOMES[1] if trial.is_covered else _OUTCOMES[2]


def _height(days: int) -> float:
    """How far above the line so many days are, in pixels."""
    return max(min(days, _MOST_DAYS), -_MOST_DAYS) / _MOST_DAYS * (_BAND_PX / 2 - _MARK_PX / 2)


def _intervals(marks: Iterable[ForecastTrial], middles: Mapping[Any, float], inks: Inks) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for trial in marks:
        if trial.expected is None or trial.earliest is None or trial.latest is None:
            continue
        middle = middles[trial.kind, trial.series]
        x += [trial.year, trial.year, None]
        y += [middle - _height((end - trial.expected).days) for end in (trial.earliest, trial.latest)]
        y.append(None)
    return go.Scatter(
        name="intervals",
        x=x,
        y=y,
        mode="lines",
        line={"color": inks.muted, "width": 3},
        opacity=0.45,
        hoverinfo="skip",
        showlegend=False,
    )


def _marks(outcome: str, own: Sequence[ForecastTrial], middles: Mapping[Any, float], theme: ThemeName) -> go.Scatter:
    inks = INKS[theme]
    symbol, colour, fill = {
        _OUTCOMES[0]: ("circle", inks.accent, inks.accent),
        _OUTCOMES[1]: ("circle", inks.accent, inks.ground),
        _OUTCOMES[2]: ("diamond", WARNING[theme], WARNING[theme]),
        _OUTCOMES[3]: ("x-thin", inks.muted, inks.muted),
    }[outcome]
    return go.Scatter(
        name=f"{outcome} ({len(own)})",
        x=[trial.year for trial in own],
        y=[middles[trial.kind, trial.series] - _height(trial.error or 0) for trial in own],
        mode="markers+text",
        marker={"symbol": symbol, "size": _MARK_PX, "color": fill, "line": {"color": colour, "width": 2}},
        text=[f"{trial.error:+}".replace("-", "−") if trial.error else "" for trial in own],
        textposition="middle right",
        textfont={"size": _LABEL_PX, "color": inks.ink},
        customdata=[[trial.item, _hover(trial)] for trial in own],
        hovertemplate="%{customdata[1]}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        showlegend=bool(own),
    )


def _hover(trial: ForecastTrial) -> str:
    lines = [f"<b>{shown(trial.item)}</b>", _("Came on {actual}").format(actual=wording.day(trial.actual))]
    if trial.expected is not None and trial.earliest is not None and trial.latest is not None:
        between = wording.short_span(trial.earliest, trial.latest)
        interval = "" if trial.earliest == trial.latest else _(", between {between}").format(between=between)
        lines.append(_("Expected {expected}{interval}").format(expected=wording.day(trial.expected), interval=interval))
        if trial.rule:
            lines += wrapped(_("The best rule for that day: {rule}").format(rule=trial.rule))
    else:
        lines.append(_("No day could be expected"))
    lines.append(_("Forecast made on {stood_on}").format(stood_on=wording.day(trial.stood_on)))
    return "<br>".join([*lines, *(wrapped(trial.note) if trial.note and trial.has_large_error else [])])


def _name(own: Sequence[ForecastTrial], top: float, width: int, inks: Inks) -> dict[str, Any]:
    found = figures(own)
    score = (
        _("{exact} of {trials}").format(exact=found.exact, trials=found.trials) if found.trials else _("none expected")
    )
    room = width - 16 - text_px(f"  {score}", TEXT_PX + 1)
    name = fit(own[0].name, room / 1.08, TEXT_PX + 1)
    return {
        "text": f"<b>{shown(name)}</b>  <span style='color:{inks.muted}'>{score}</span>",
        "xref": "paper",
        "x": 0,
        "y": top + _NAME_PX / 2,
        "xanchor": "left",
        "yanchor": "middle",
        "showarrow": False,
        "font": {"size": TEXT_PX + 1, "color": inks.ink},
    }


def _year(year: int, word: str, depth: float, inks: Inks) -> dict[str, Any]:
    return {
        "text": word,
        "x": year,
        "y": depth,
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": TEXT_PX, "color": inks.muted},
    }


def _line(middle: float, inks: Inks) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": middle,
        "y1": middle,
        "line": {"color": inks.line, "width": 1},
        "layer": "below",
    }
