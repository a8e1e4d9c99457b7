"""The picture of what is there around each item: a place for every expectation, and how each stands."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from calendar_model.figures.coverage import LATE_TINT, WARNING, coverage_figure, coverage_summary
from calendar_model.figures.palette import INKS, ThemeName, contrast
from calendar_model.messages.coverage import EXPECTATION_LABELS
from calendar_model.mission.coverage import COLUMNS, Action, ActionKind, FindingCode
from calendar_model.reference import Reference
from calendar_model.terms import Expectation


def row(item: str, expectation: str, state: str, by: date, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "item": item,
        "title": f"UPR of {item}",
        "kind": "upr-review",
        "body": "un-hrc-upr",
        "start": pd.Timestamp(2027, 1, 26),
        "end": pd.Timestamp(2027, 1, 26),
        "date_precision": "day",
        "expectation": expectation,
        "state": state,
        "by": pd.Timestamp(by),
        "by_precision": "day",
        "by_passed": state == "late",
        "finding": FindingCode.NO_DRAFT,
        "details": {},
        "records": "",
        "action": None if state == "done" else Action(ActionKind.LOG_ENGAGEMENT, "consulted"),
    }
    return {**given, **changes}


START, OPEN = Action(ActionKind.START_STATEMENT, "national"), Action(ActionKind.OPEN_STATEMENT, "s")
FRAME = pd.DataFrame(
    [
        row("Chad", "consulted", "late", date(2026, 11, 2)),
        row("Chad", "draft", "done", date(2026, 12, 29)),
        row("Chad", "cleared", "open", date(2027, 1, 5)),
        row("Peru", "consulted", "due soon", date(2026, 12, 1)),
        row("Peru", "draft", "due soon", date(2026, 12, 1), by_precision="month", action=START),
        row("Peru", "cleared", "open", date(2027, 2, 1), by_precision="month", action=OPEN),
    ],
    columns=list(COLUMNS),
)


def drawn(reference: Reference, frame: pd.DataFrame = FRAME, **changes: Any) -> go.Figure:
    given: dict[str, Any] = {"theme": "light", "width": 1280}
    return coverage_figure(frame, reference=reference, **{**given, **changes})


def trace(figure: go.Figure, name: str) -> Any:
    return next(t for t in figure.data if t.name.partition(" (")[0] == name)


def said(figure: go.Figure) -> dict[tuple[str, str], str]:
    """By item and expectation what stands in the tile."""
    return {
        (data[0], data[1]): words
        for t in figure.data
        if t.text is not None and t.type == "bar"
        for data, words in zip(t.customdata, t.text, strict=True)
    }


def test_every_row_of_the_frame_has_a_tile_with_a_word(reference: Reference) -> None:
    assert said(drawn(reference)) == {
        ("Chad", "consulted"): "<b>late</b>",
        ("Chad", "draft"): "done",
        ("Chad", "cleared"): "by 5 Jan 2027",
        ("Peru", "consulted"): "<b>by 1 Dec 2026</b>",
        ("Peru", "draft"): "<b>due about now</b>",
        ("Peru", "cleared"): "by Feb 2027",
    }


def test_on_a_telephone_the_words_are_shorter_and_never_missing(reference: Reference) -> None:
    wide = pd.concat(
        [FRAME, *(FRAME.assign(item=e, expectation=str(e)).head(1) for e in Expectation)], ignore_index=True
    )
    figure = drawn(reference, wide, width=358)
    words = said(figure)
    assert words["Peru", "consulted"] == "<b>1 Dec</b>"
    assert words["Peru", "draft"] == "<b>now</b>"
    assert words["Peru", "cleared"] == "by Feb"
    assert words["Chad", "cleared"] == "5 Jan"
    assert [a.textangle for a in figure.layout.annotations] == [-90] * 8


@pytest.mark.parametrize("width", [320, 358, 640, 960, 1408])
def test_tiles_stand_beside_each_other_and_inside_the_picture(reference: Reference, width: int) -> None:
    figure = drawn(reference, width=width)
    spans = sorted(
        (y, base, base + x)
        for t in figure.data
        if t.type == "bar" and t.name != "items"
        for y, base, x in zip(t.y, t.base, t.x, strict=True)
    )
    assert len(spans) == len(FRAME)
    assert [1 for a, b in itertools.pairwise(spans) if a[0] == b[0] and a[2] > b[1]] == []
    low, high = figure.layout.xaxis.range
    assert [s for s in spans if s[1] < low or s[2] > high] == []
    assert [s for s in spans if s[2] - s[1] < 24] == []
    names = trace(figure, "items")
    assert [n for n, y in zip(names.x, names.y, strict=True) if any(s[0] == y and s[1] < n for s in spans)] == []


def test_the_columns_are_the_expectations_that_occur_in_their_order(reference: Reference) -> None:
    figure = drawn(reference)
    heads = sorted((a.x, a.text) for a in figure.layout.annotations)
    assert [text for _, text in heads] == ["Consulted", "Draft", "Cleared"]
    tiles = {
        data[1]: base + x / 2 for t in figure.data[:4] for data, base, x in zip(t.customdata, t.base, t.x, strict=True)
    }
    assert {EXPECTATION_LABELS[name]: middle for name, middle in tiles.items()} == {text: x for x, text in heads}


def test_a_long_picture_has_its_heads_below_too(reference: Reference) -> None:
    many = pd.concat([FRAME.assign(item=FRAME["item"] + str(i)) for i in range(8)], ignore_index=True)
    figure = drawn(reference, many)
    assert [a.text for a in figure.layout.annotations] == ["Consulted", "Draft", "Cleared"] * 2


def test_states_differ_in_form_and_word_not_in_colour_alone(reference: Reference) -> None:
    forms = {
        t.name: (t.marker.pattern.shape, t.marker.line.width, t.marker.color.startswith("#"))
        for t in drawn(reference).data[:4]
    }
    assert forms == {
        "Late (1)": ("", 2.5, False),
        "Due soon (2)": ("/", 1.5, False),
        "Open (2)": ("", 1, False),
        "Done (1)": ("", 1, True),
    }


def test_a_click_says_item_and_expectation_and_a_name_the_item_alone(reference: Reference) -> None:
    figure = drawn(reference)
    assert [data[:2] for data in trace(figure, "items").customdata] == [["Chad", ""], ["Peru", ""]]
    hovers = {tuple(data[:2]): data[2].split("<br>") for t in figure.data[:5] for data in t.customdata}
    assert hovers["Chad", "consulted"] == [
        "<b>UPR of Chad</b>",
        "Tue 26 Jan 2027",
        "Consulted: No draft yet; was due by Mon 2 Nov 2026.",
        "<i>Click to log an engagement.</i>",
    ]
    assert [hovers[key][-1] for key in (("Peru", "draft"), ("Peru", "cleared"), ("Chad", "draft"))] == [
        "<i>Click to start a draft.</i>",
        "<i>Click to see what is outstanding.</i>",
        "<i>Click to open the item.</i>",
    ]


def test_a_title_is_text_and_not_markup(reference: Reference) -> None:
    figure = drawn(reference, FRAME.assign(title="<b>Bold</b> & so on"))
    assert trace(figure, "titles").text[0] == "&lt;b&gt;Bold&lt;/b&gt; &amp; so on"
    assert trace(figure, "items").customdata[0][2].startswith("<b>&lt;b&gt;Bold")


def test_a_title_is_cut_to_the_room_there_is(reference: Reference) -> None:
    long = FRAME.assign(title="Promotion and protection of the rights of those who defend them " * 3)
    assert {trace(drawn(reference, long, width=w), "titles").text[0][-1] for w in (358, 1280)} == {"…"}


def blend(colour: str, ground: str, alpha: float) -> str:
    mixed = (round(alpha * int(colour[i : i + 2], 16) + (1 - alpha) * int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in mixed)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_late_can_be_read_on_its_tint(theme: ThemeName) -> None:
    ground = INKS[theme].ground
    assert contrast(WARNING[theme], ground) >= 4.5
    assert contrast(WARNING[theme], blend(WARNING[theme], ground, LATE_TINT)) >= 4.5


def test_the_picture_in_words(reference: Reference) -> None:
    assert coverage_summary(FRAME) == (
        "Coverage of 2 items: 1 done, 2 open, 2 due soon, 1 late. Late: UPR of Chad (consulted)."
    )
    assert coverage_summary(FRAME[1:2]) == "Coverage of 1 item: 1 done."
    assert coverage_summary(FRAME[:0]) == "Coverage: no actions expected for the items shown."
    late = pd.concat([FRAME.head(1).assign(item=str(i), title=f"Item {i}") for i in range(5)])
    assert coverage_summary(late).endswith("Late: Item 0 (consulted); Item 1 (consulted); Item 2 (consulted); 2 more.")


def test_nothing_makes_an_empty_picture(reference: Reference) -> None:
    figure = drawn(reference, FRAME[:0])
    assert [len(t.x) for t in figure.data] == [0] * 7
