"""Pictures as files: drawn by the Chromium of this machine, once through a page and once for itself."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

import plotly.graph_objects as go
import pytest

from calendar_model.figures.picture import picture
from calendar_model.figures.sheet import SLIDE, Draft, lay_out
from calendar_model.safeguards.desk import save
from calendar_model.safeguards.sight import Viewer
from calendar_model.vocabulary import Sensitivity, Standing
from calendar_model.workspace.records import Event
from calendar_model.workspace.terms import EventKind
from tests.app import everything, open_page


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
    assert "Only OSCE" in words
    assert [word for word in words if "Internal: holds work of the mission." in word] != []
    assert drawn.attrib["width"] == "960"
    # References stay in the file: to parts of it, and to no font, style or image elsewhere.
    assert re.findall(rb'href="(?!#)|url\((?![\'"]?(?:&quot;)?#)|@import', data) == []


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
    data = picture(lay_out([Draft(lambda width: figure)], SLIDE, title="T", subtitle="", note=["N"]), "pdf")
    assert data.startswith(b"%PDF-")
    (box,) = re.findall(rb"/MediaBox\s*\[([^]]*)\]", data)
    assert [float(side) for side in box.split()] == pytest.approx([0, 0, 720, 405], abs=0.5)
    assert b"/FontFile" in data
    assert b"/Subtype /Image" not in data
