"""Layout of a figure as an image for a slide or a page.

In the app a figure has a given width and the height of its content. A sheet also has a given height, so the figure is
drawn for a width at which it fits, and the sheet is scaled. Of several variants of a figure the fullest that fits in
legible letters is drawn; if none does, the last one in smaller letters.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import gcd
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.utils import PlotlyJSONEncoder

from calendar_model.figures import fonts
from calendar_model.figures.packing import fit, text_px
from calendar_model.figures.palette import INKS
from calendar_model.figures.text import shown
from calendar_model.translation import N_

PAPER = INKS["light"]
FAMILY = f"{fonts.SANS}, Arial, Helvetica, Liberation Sans, sans-serif"
TITLE_FAMILY = f"{fonts.SERIF}, Georgia, Times New Roman, serif"
"""The product's own fonts, which are in the picture; the others are for programs that read none from an SVG."""


@dataclass(frozen=True)
class SheetFormat:
    """The format of a picture: its size in CSS pixels (96 to an inch) and the points that such a pixel measures.

    On a slide a pixel is a point: 960 by 540 is the slide that presentation programs begin with. ``png_width`` is the
    width of a PNG in its own pixels.
    """

    name: str
    width: int
    height: int
    pixel_pt: float
    png_width: int


SLIDE = SheetFormat(N_("Slide, 16:9"), 960, 540, 1.0, 3200)
PAGE = SheetFormat(N_("A4 page, landscape"), 1120, 792, 0.75, 3500)
SHEETS: Mapping[str, SheetFormat] = {sheet.name: sheet for sheet in (SLIDE, PAGE)}

LEGIBLE_PT = {SLIDE: 12.0, PAGE: 6.5}
"""The smallest size of letters, in points, before a variant with less content is drawn."""

_SMALLEST_PX = 11
"""The smallest letters of a figure, before it is scaled."""

_SCALES = tuple(_SMALLEST_PX / 12 * 1.07**i for i in range(19))
"""Pixels of the figure to one of the sheet, smallest first."""

_PAD, _TITLE_PX = 22.0, 22.0
_SMALL_PX = {SLIDE: 12.0, PAGE: 9.0}
"""Letters of the subtitle and of the note below."""

_LINE = 1.3


@dataclass(frozen=True)
class FigureVariant:
    """A figure to draw for a width in pixels; ``note`` is a sentence on what it leaves out."""

    draw: Callable[[int], go.Figure]
    note: str = ""


@dataclass(frozen=True)
class PictureSheet:
    """A sheet with a figure on it.

    ``spec`` is the figure as JSON text for plotly.js, ``width`` and ``height`` are its own pixels, ``sheet`` is the
    format. ``letters_pt`` is the size of the smallest letters in the figure, in points on the sheet.
    """

    spec: str
    width: int
    height: int
    sheet: SheetFormat
    letters_pt: float

    @property
    def is_small(self) -> bool:
        return self.letters_pt < LEGIBLE_PT[self.sheet]


def lay_out(
    variants: Sequence[FigureVariant], sheet: SheetFormat, *, title: str, subtitle: str, note: Sequence[str]
) -> PictureSheet:
    """Lay a figure out on a sheet: title and subtitle above, the sentences of ``note`` at the foot, on light paper.

    ``variants`` are of the same figure, the fullest first. Nothing that only a screen can use is left: no hover, no
    selection, nothing to drag. Hatchings become lines, because many programs cannot show patterns and a PDF of them
    is many megabytes.
    """
    legible = sheet.pixel_pt * _SMALLEST_PX / LEGIBLE_PT[sheet]
    for variant in variants:
        for scale in _SCALES:
            if scale <= legible and (drawn_sheet := _fitted(variant, sheet, scale, title, subtitle, note)):
                return drawn_sheet
    for scale in _SCALES:
        if scale > legible and (drawn_sheet := _fitted(variants[-1], sheet, scale, title, subtitle, note)):
            return drawn_sheet
    drawn_sheet = _fitted(variants[-1], sheet, _SCALES[-1], title, subtitle, note, anyway=True)
    assert drawn_sheet is not None
    return drawn_sheet


def _fitted(
    variant: FigureVariant,
    sheet: SheetFormat,
    scale: float,
    title: str,
    subtitle: str,
    note: Sequence[str],
    *,
    anyway: bool = False,
) -> PictureSheet | None:
    """Return the sheet at this scale; None if the figure is too tall for it, unless ``anyway`` is set."""
    step = gcd(sheet.width, sheet.height)
    # In whole steps, so that the picture has the sheet's form to the pixel.
    scale = round(step * scale) / step
    width, height = round(sheet.width * scale), round(sheet.height * scale)
    pad = _PAD * scale
    across = width - 2 * pad
    small = _SMALL_PX[sheet] * scale
    above = [
        *((line, _TITLE_PX * scale, True) for line in wrapped(title, across, _TITLE_PX * scale, 3)),
        *((line, small, False) for line in wrapped(subtitle, across, small, 4)),
    ]
    text = " ".join(filter(None, [*note, variant.note]))
    below = [(line, small, False) for line in wrapped(text, across, small, 8)]
    head = pad + sum(size * _LINE for _, size, _ in above) + 8 * scale
    foot = pad + sum(size * _LINE for _, size, _ in below) + 4 * scale
    figure = _plain(variant.draw(int(across)).to_plotly_json())
    layout = figure["layout"]
    if not anyway and head + foot + layout["height"] > height:
        return None
    margin = layout["margin"]
    spare = max(height - head - foot - layout["height"], 0)
    margin.update(l=margin["l"] + pad, r=margin["r"] + pad, t=margin["t"] + head, b=margin["b"] + foot + spare)
    layout["annotations"] = [
        *(layout.get("annotations") or ()),
        *_lines(above, -(margin["l"] - pad), margin["t"] - pad, 1, PAPER.ink),
        *_lines(below, -(margin["l"] - pad), -(margin["b"] - foot) - 4 * scale, 0, PAPER.muted),
    ]
    if layout.get("showlegend"):
        layout["legend"] |= {"x": pad / width, "y": 1 - head / height}
    layout.update(width=width, height=height, paper_bgcolor=PAPER.ground, hovermode=False, clickmode="none")
    layout["font"]["family"] = FAMILY
    figure["data"] = [part for trace in figure["data"] for part in _with_legend(trace)]
    # Last, so that the strokes are above the shading of weekends and the future; bars and letters are above everything.
    layout["shapes"] = [*(layout.get("shapes") or ()), *hatching(figure, width, height)]
    for trace in figure["data"]:
        for name in ("customdata", "hovertemplate", "selected", "unselected"):
            trace.pop(name, None)
        trace["hoverinfo"] = "skip"
    spec = json.dumps({"data": figure["data"], "layout": layout}, cls=PlotlyJSONEncoder)
    return PictureSheet(spec, width, height, sheet, _SMALLEST_PX * sheet.pixel_pt / scale)


def _plain(value: Any) -> Any:
    """Return plotly's JSON with lists of numbers in place of packed arrays (``dtype`` and ``bdata`` in base64)."""
    if isinstance(value, Mapping):
        if "bdata" in value:
            return np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"]).tolist()
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(part) for part in value]
    return value


def wrapped(text: str, room: float, size: float, most: int) -> list[str]:
    """Return at most ``most`` lines of the text, each within ``room`` pixels; the last is cut if there is more."""
    lines: list[str] = []
    words = text.split()
    while words:
        count = 1
        while count < len(words) and text_px(" ".join(words[: count + 1]), size) <= room:
            count += 1
        if len(lines) == most - 1:
            count = len(words)
        lines.append(fit(" ".join(words[:count]), room, size))
        words = words[count:]
    return lines


def _lines(
    lines: Sequence[tuple[str, float, bool]], left: float, top: float, edge: int, colour: str
) -> Iterator[dict[str, Any]]:
    """Return lines of text one under another, from ``top`` pixels above the plot's upper (1) or lower (0) edge."""
    for text, size, bold in lines:
        words = shown(text)
        yield {
            "text": f"<b>{words}</b>" if bold else words,
            "xref": "paper",
            "yref": "paper",
            "x": 0,
            "y": edge,
            "xshift": left,
            "yshift": top,
            "xanchor": "left",
            "yanchor": "top",
            "align": "left",
            "showarrow": False,
            "borderpad": 0,
            "font": {"size": size, "color": colour, "family": TITLE_FAMILY if bold else FAMILY},
        }
        top -= size * _LINE


def _with_legend(trace: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a trace; if it is hatched and in the legend, also an empty one that keeps the look of the legend."""
    pattern = trace.get("marker", {}).get("pattern")
    if trace.get("showlegend") and pattern and pattern.get("shape"):
        empty = {"type": "bar", "orientation": "h", "name": trace["name"], "x": [None], "y": [None], "showlegend": True}
        trace["showlegend"] = False
        yield {**empty, "marker": {**trace["marker"], "pattern": dict(pattern)}}
    yield trace


def hatching(figure: Mapping[str, Any], width: float, height: float) -> list[dict[str, Any]]:
    """Remove the patterns of a figure's hatched bars and return them as paths for its layout.

    In: a figure as plain dictionaries, with fixed ranges of numbers (or dates as numbers or ISO texts) on its axes;
    the pixels of the whole. Patterns known are ``/``, ``x``, ``.`` and ``|``, which
    dots a thin bar; bars lie across, with their base on the x axis.
    """
    layout = figure["layout"]
    margin = layout["margin"]
    across, down = width - margin["l"] - margin["r"], height - margin["t"] - margin["b"]
    left, right = (_number(value) for value in layout["xaxis"]["range"])
    foot, top = (float(value) for value in layout["yaxis"]["range"])
    strokes: dict[tuple[str, float, float], list[str]] = {}
    for trace in figure["data"]:
        if "base" not in trace:
            continue
        pattern = trace.get("marker", {}).pop("pattern", None)
        if not pattern or not pattern.get("shape"):
            continue
        marker, count = trace["marker"], len(trace["y"])
        own = list(marker["color"]) if isinstance(marker["color"], list | tuple) else [marker["color"]] * count
        replaces = pattern.get("fillmode") == "replace"
        for i in range(count):
            base = _number(trace["base"][i])
            x0 = (base - left) / (right - left) * across
            x1 = (base + float(trace["x"][i]) - left) / (right - left) * across
            y, half = float(trace["y"][i]), float(trace["width"]) / 2
            y0, y1 = (((at - top) / (foot - top)) * down for at in (y - half, y + half))
            box = (
                max(min(x0, x1) + 0.8, 0),
                max(min(y0, y1) + 0.8, 0),
                min(max(x0, x1) - 0.8, across),
                max(y0, y1) - 0.8,
            )
            colour = own[i] if replaces else pattern["fgcolor"]
            opacity = pattern.get("fgopacity", 1.0)
            thick = min(float(trace["width"]), 2.0) if pattern["shape"] == "|" else 0.9
            strokes.setdefault((colour, opacity, thick), []).extend(
                f"M{a / across:.5f},{1 - b / down:.5f}L{c / across:.5f},{1 - d / down:.5f}"
                for a, b, c, d in _strokes(pattern["shape"], box, pattern["size"])
            )
        if replaces:
            marker["color"] = "rgba(0,0,0,0)"
    return [
        {
            "type": "path",
            "xref": "paper",
            "yref": "paper",
            "path": "".join(parts),
            "line": {"color": colour, "width": thick},
            "opacity": opacity,
            "layer": "between",
        }
        for (colour, opacity, thick), parts in strokes.items()
        if parts
    ]


def _number(value: Any) -> float:
    """Return a place on an axis as a number: itself, or the milliseconds since 1970 of an ISO day."""
    if isinstance(value, str):
        return (date.fromisoformat(value) - date(1970, 1, 1)).days * 86_400_000.0
    return float(value)


def _strokes(
    shape: str, box: tuple[float, float, float, float], size: float
) -> Iterator[tuple[float, float, float, float]]:
    """Return the strokes that hatch a box of pixels, each from one point to another."""
    x0, y0, x1, y1 = box
    if x1 <= x0:
        return
    if shape == "|":
        x, middle = x0, (y0 + y1) / 2
        while x < x1:
            yield x, middle, min(x + size / 2, x1), middle
            x += size
        return
    if y1 <= y0:
        return
    if shape == ".":
        step = size
        x = x0 + step / 2
        while x < x1:
            y = y0 + step / 2
            while y < y1:
                yield x - 0.6, y, x + 0.6, y
                y += step
            x += step
        return
    step = size * 2**0.5
    for falling in (False, True) if shape == "x" else (False,):
        at = x0 + step / 2
        while at < x1 + (y1 - y0):
            # A stroke from the foot (at, or left of it) up to the right; a falling one is its mirror.
            a, b = max(at - (y1 - y0), x0), min(at, x1)
            ends = (a, y0 + (at - a)), (b, y0 + (at - b))
            if falling:
                ends = (ends[0][0], y0 + y1 - ends[0][1]), (ends[1][0], y0 + y1 - ends[1][1])
            yield *ends[0], *ends[1]
            at += step
