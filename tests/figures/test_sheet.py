"""A figure on a sheet: what is handed to the browser that draws it, and how it is made to fit."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from calendar_model.figures.fonts import font_faces
from calendar_model.figures.packing import text_px
from calendar_model.figures.palette import INKS
from calendar_model.figures.sheet import (
    PAGE,
    SHEETS,
    SLIDE,
    FigureVariant,
    PictureSheet,
    SheetFormat,
    hatching,
    lay_out,
    wrapped,
)
from calendar_model.figures.strips import stacked, strip_figure
from calendar_model.figures.timeline import timeline_figure
from calendar_model.figures.upr import cycle_figure, reviews_of_cycle
from calendar_model.figures.zoom import Zoom, window_around
from calendar_model.reference import Reference
from tests.day import TODAY


def block(height: int, note: str = "") -> FigureVariant:
    """A draft of a figure that is so tall whatever its width."""

    def draw(width: int) -> go.Figure:
        return go.Figure(
            layout={
                "height": height,
                "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
                "xaxis": {"range": [0, 1]},
                "yaxis": {"range": [1, 0]},
                "font": {"family": "x", "size": 12},
                "meta": height,
            }
        )

    return FigureVariant(draw, note)


def on_a_sheet(
    *variants: FigureVariant, sheet: SheetFormat = SLIDE, note: tuple[str, ...] = ("A note.",)
) -> PictureSheet:
    return lay_out(variants, sheet, title="A title", subtitle="Below it", note=note)


def texts(drawn_sheet: PictureSheet) -> list[str]:
    return [annotation["text"] for annotation in json.loads(drawn_sheet.spec)["layout"]["annotations"]]


@pytest.mark.parametrize("sheet", SHEETS.values())
@pytest.mark.parametrize("height", [80, 500, 900])
def test_a_picture_has_the_form_of_its_sheet_to_the_pixel(sheet: SheetFormat, height: int) -> None:
    drawn_sheet = on_a_sheet(block(height), sheet=sheet)
    assert drawn_sheet.width * sheet.height == drawn_sheet.height * sheet.width


def test_letters_have_their_size_where_there_is_room_and_become_smaller_where_there_is_not() -> None:
    assert on_a_sheet(block(300)).letters_pt == 12
    assert on_a_sheet(block(300), sheet=PAGE).letters_pt == pytest.approx(9.4, abs=0.1)
    tall = on_a_sheet(block(900))
    assert 4.5 < tall.letters_pt < 12
    assert tall.is_small


def test_less_is_drawn_before_the_letters_cannot_be_read() -> None:
    drawn_sheet = on_a_sheet(block(900), block(350, "Less is drawn."))
    assert json.loads(drawn_sheet.spec)["layout"]["meta"] == 350
    assert not drawn_sheet.is_small
    assert texts(drawn_sheet) == ["<b>A title</b>", "Below it", "A note. Less is drawn."]


def sizes(value: Any) -> list[float]:
    """Every size of letters in a figure: of fonts, and of those of texts."""
    if isinstance(value, dict):
        own = [value["size"]] if "size" in value and "symbol" not in value and "shape" not in value else []
        return own + [size for part in value.values() for size in sizes(part)]
    return [size for part in value for size in sizes(part)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", ["timeline", "upr", "strips"])
def test_no_letters_of_a_slide_are_smaller_than_it_says(name: str, table: pd.DataFrame, reference: Reference) -> None:
    drawn_sheet = on_a_sheet(figures(table, reference)[name])
    scale = drawn_sheet.width / SLIDE.width
    assert min(sizes(json.loads(drawn_sheet.spec))) / scale >= min(drawn_sheet.letters_pt, 12) - 0.01


def test_a_slide_is_in_the_fonts_of_the_product() -> None:
    drawn = json.loads(on_a_sheet(block(300)).spec)["layout"]
    title, *others = [one["font"]["family"].split(",")[0] for one in drawn["annotations"]]
    assert (title, set(others)) == ("Source Serif", {"Source Sans"})
    assert drawn["font"]["family"].startswith("Source Sans,")
    assert font_faces().count("url(data:font/woff2;base64,") == 2


def test_what_fits_is_drawn_whole() -> None:
    assert json.loads(on_a_sheet(block(350), block(100, "Less.")).spec)["layout"]["meta"] == 350


def test_a_figure_that_fits_nowhere_is_drawn_all_the_same() -> None:
    assert on_a_sheet(block(5000)).letters_pt < 4


def test_text_of_readers_stays_text() -> None:
    drawn_sheet = lay_out([block(100)], SLIDE, title='<a href="//x.example">x</a>', subtitle="", note=["&amp; <b>"])
    assert texts(drawn_sheet) == ['<b>&lt;a href="//x.example"&gt;x&lt;/a&gt;</b>', "&amp;amp; &lt;b&gt;"]


def test_a_long_note_is_wrapped_and_cut_within_the_sheet() -> None:
    lines = wrapped("word " * 200, 300, 10, 3)
    assert len(lines) == 3
    assert all(text_px(line, 10) <= 300 for line in lines)
    assert lines[-1].endswith("…")
    assert wrapped("", 300, 10, 3) == []


def figures(table: pd.DataFrame, reference: Reference) -> dict[str, FigureVariant]:
    start, days = window_around(Zoom.QUARTER, TODAY)
    return {
        "timeline": FigureVariant(
            lambda width: timeline_figure(
                table,
                as_of=TODAY,
                start=start,
                days=days,
                zoom=Zoom.QUARTER,
                theme="light",
                reference=reference,
                width=width,
            )
        ),
        "upr": FigureVariant(
            lambda width: cycle_figure(
                reviews_of_cycle(table, "upr", 4), reference=reference, theme="light", width=width
            )
        ),
        "strips": FigureVariant(lambda width: stacked([strip(table, reference, code, width) for code in TEXTS], TEXTS)),
    }


TEXTS = ["hrc-resolution", "ga-resolution"]


def strip(table: pd.DataFrame, reference: Reference, track: str, width: int) -> go.Figure:
    return strip_figure(
        table,
        reference=reference,
        track=track,
        as_of=TODAY,
        first_year=1998,
        last_year=2036,
        theme="light",
        width=width,
    )


@pytest.mark.parametrize("name", ["timeline", "upr", "strips"])
def test_nothing_is_left_that_only_a_screen_can_use(name: str, table: pd.DataFrame, reference: Reference) -> None:
    figure = json.loads(on_a_sheet(figures(table, reference)[name]).spec)
    # A figure that plotly itself finds without fault.
    go.Figure(figure)
    for trace in figure["data"]:
        assert {"customdata", "hovertemplate", "selected", "unselected"} & trace.keys() == set()
    layout = figure["layout"]
    assert (layout["hovermode"], layout["clickmode"], layout["dragmode"]) == (False, "none", False)
    assert layout["paper_bgcolor"] == INKS["light"].ground
    assert "rangeslider" not in layout["xaxis"]


@pytest.mark.parametrize("name", ["timeline", "upr", "strips"])
def test_only_the_legend_keeps_patterns(name: str, table: pd.DataFrame, reference: Reference) -> None:
    figure = json.loads(on_a_sheet(figures(table, reference)[name]).spec)
    with_patterns = [t for t in figure["data"] if t.get("marker", {}).get("pattern", {}).get("shape")]
    assert [trace["x"] for trace in with_patterns] == [[None]] * len(with_patterns)
    named = [trace["name"] for trace in figure["data"] if trace.get("showlegend")]
    expected = ["Held", "Not confirmed", "Upcoming", "Rescheduled or unconfirmed"] if name == "upr" else []
    assert [text.partition(" (")[0] for text in named] == expected
    paths = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "path"]
    assert bool(paths) is (name != "strips")
    for path in paths:
        numbers = [float(n) for part in path["path"].replace("L", "M").split("M")[1:] for n in part.split(",")]
        assert min(numbers) >= 0
        assert max(numbers) <= 1


def hatched(**marker: Any) -> dict[str, Any]:
    pattern = {"shape": "/", "size": 5, "fgcolor": "#000000", "fillmode": "overlay"}
    return {
        "data": [
            {"base": [20], "x": [40], "y": [50], "width": 20, "marker": {"color": "red", "pattern": pattern} | marker}
        ],
        "layout": {
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "xaxis": {"range": [0, 100]},
            "yaxis": {"range": [100, 0]},
        },
    }


def test_strokes_stay_inside_their_bar_and_rise() -> None:
    (shape,) = hatching(hatched(), 100, 100)
    strokes = [[float(n) for n in part.replace("L", ",").split(",")] for part in shape["path"].split("M")[1:]]
    assert len(strokes) == 8
    for x0, y0, x1, y1 in strokes:
        assert 0.2 <= x0 <= x1 <= 0.6
        # Paper runs upwards: the bar lies from 0.4 to 0.6 of the height.
        assert min(y0, y1) >= 0.4
        assert max(y0, y1) <= 0.6
        assert y1 - y0 == pytest.approx(x1 - x0, abs=1e-4)
    assert shape["line"]["color"] == "#000000"


def test_a_pattern_that_stands_for_the_fill_takes_its_colour() -> None:
    figure = hatched(color=["#123456"])
    figure["data"][0]["marker"]["pattern"] |= {"fillmode": "replace"}
    (shape,) = hatching(figure, 100, 100)
    assert shape["line"]["color"] == "#123456"
    assert figure["data"][0]["marker"]["color"] == "rgba(0,0,0,0)"


def test_strips_stand_one_under_another(table: pd.DataFrame, reference: Reference) -> None:
    alone = [strip(table, reference, code, 900) for code in TEXTS]
    room = [figure.layout.yaxis.range[0] for figure in alone]
    both = stacked([strip(table, reference, code, 900) for code in TEXTS], ["HRC", "GA"])
    assert [a.text for a in both.layout.annotations] == ["<b>HRC</b>", "<b>GA</b>"]
    assert both.layout.yaxis.range == (sum(room) + 60, 0)
    marks = [trace.y[0] for trace in both.data if trace.name == "texts"]
    assert marks == [alone[0].data[-3].y[0] + 30, alone[1].data[-3].y[0] + room[0] + 60]
