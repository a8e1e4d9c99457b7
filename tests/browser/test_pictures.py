"""Pictures as files: drawn by the Chromium of this machine, once through a page and once for itself."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations
from xml.etree import ElementTree as ET

import pandas as pd
import plotly.graph_objects as go
import pytest

from calendar_model.access.permissions import Viewer
from calendar_model.figures.picture import picture
from calendar_model.figures.sheet import SLIDE, FigureVariant, lay_out
from calendar_model.figures.timeline import timeline_figure
from calendar_model.figures.zoom import Zoom, window_around
from calendar_model.mission.transactions import save
from calendar_model.reference import Reference
from calendar_model.store.models import Event
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity, Standing
from tests.app import everything, open_page
from tests.browser.conftest import Visit
from tests.day import TODAY


def event(title: str, sensitivity: Sensitivity) -> dict[str, object]:
    return {
        "title": title,
        "sensitivity": sensitivity,
        "event_kind": EventKind.SIDE_EVENT,
        "body": "osce",
        "start": date(2026, 12, 8),
        "end": date(2026, 12, 8),
        "timezone": "Europe/Oslo",
        "standing": Standing.CONFIRMED,
    }


def test_a_picture_for_the_staff_holds_internal_items_and_nothing_restricted(
    me: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2026-11-24")
    save(me, Event, event("Own panel", Sensitivity.INTERNAL))
    save(me, Event, event("CANARY", Sensitivity.RESTRICTED))
    chosen = {"timeline_picture_format": "SVG", "timeline_picture_for": "our staff"}
    app = open_page("timeline", me.person_id, chosen, organisation="osce")
    assert "CANARY" in app.get("plotly_chart")[0].proto.spec
    app.button(key="timeline_picture_make").click().run()
    assert "Download as SVG" in everything(app)
    _, data, _ = app.session_state["timeline_picture"]
    drawn = ET.fromstring(data)
    words = ["".join(node.itertext()) for node in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert [word for word in words if word.startswith("Own panel")] == ["Own panel · behind"]
    assert "CANARY" not in data.decode()
    assert "Multilateral calendar, Sep 2026–Aug 2027" in words
    assert "Filter: OSCE" in words
    assert [word for word in words if "Internal: includes the mission's own work." in word] != []
    assert float(drawn.attrib["width"]) == pytest.approx(960)
    # References stay in the file: to parts of it, its fonts included, and to no font, style or image elsewhere.
    assert re.findall(rb'href="(?!#)|url\((?![\'"]?(?:&quot;)?#|data:font/woff2;)|@import', data) == []
    families = {
        re.split("[,;]", node.attrib["style"].partition("font-family:")[2])[0].strip(" '\"")
        for node in drawn.iter()
        if "font-family" in node.attrib.get("style", "")
    }
    assert families == {"Source Sans", "Source Serif"}
    assert sorted(re.findall(r'font-family:"([^"]+)"', "".join(drawn.itertext()))) == ["Source Sans", "Source Serif"]


def test_a_pdf_is_one_slide_of_lines_and_letters_with_its_fonts_in_it() -> None:
    figure = go.Figure(
        go.Bar(x=[1], y=[1], base=[0], orientation="h", width=0.5),
        {
            "height": 200,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "xaxis": {"range": [0, 2]},
            "yaxis": {"range": [2, 0]},
            "font": {"family": "x", "size": 12},
        },
    )
    data = picture(lay_out([FigureVariant(lambda width: figure)], SLIDE, title="T", subtitle="", note=["N"]), "pdf")
    assert data.startswith(b"%PDF-")
    (box,) = re.findall(rb"/MediaBox\s*\[([^]]*)\]", data)
    assert [float(side) for side in box.split()] == pytest.approx([0, 0, 720, 405], abs=0.5)
    names = re.findall(rb"/FontName\s*/[A-Z]{6}\+(\w+)", data)
    assert {re.sub(rb"\d?(VF|Variable).*", b"", name) for name in names} == {b"SourceSans", b"SourceSerif"}
    # The outlines of a variable font are in the file one by one.
    assert b"/CharProcs" in data
    assert b"/Subtype /Image" not in data


@pytest.mark.parametrize("zoom", ["year", "5 years"])
def test_what_is_written_on_a_slide_fits_it_and_covers_nothing_else(
    visit: Visit, reference: Reference, table: pd.DataFrame, zoom: str
) -> None:
    start, days = window_around(Zoom(zoom), TODAY)

    def draw(width: int) -> go.Figure:
        return timeline_figure(
            table, as_of=TODAY, start=start, days=days, zoom=Zoom(zoom), theme="light", reference=reference, width=width
        )

    note = ["A footer of several lines, with all that a reader has to know of what is drawn and of what is not."] * 4
    data = picture(lay_out([FigureVariant(draw)], SLIDE, title="T", subtitle="S", note=note), "svg")
    visit.page.set_content(f"<body style='margin: 0'>{data.decode()}</body>")
    edge, boxes = visit.page.evaluate(
        """() => [document.querySelector("svg").getBoundingClientRect(),
          [...document.querySelectorAll("svg text")].map(one => [one.textContent, one.getBoundingClientRect()])]"""
    )
    out = [text for text, box in boxes if box["right"] > edge["right"] or box["bottom"] > edge["bottom"]]
    assert out == []
    over = [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 2
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 3
    ]
    assert over == []
