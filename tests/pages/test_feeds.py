"""Feeds, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.models import Event, Person
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page


def feeds(**parameters: str | list[str]) -> AppTest:
    app = open_page("feeds", **parameters)
    assert [e.value for e in app.exception] == []
    return app


def links(app: AppTest) -> list[str]:
    return [button.proto.url for button in app.get("link_button")]


def test_the_addresses_carry_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_PUBLIC_URL", "https://calendar.example.org/desk/")
    app = feeds(organisation="osce", kind="meeting", period=["2026-11-01", "2027-12-31"], q="human dimension")
    address = (
        "calendar.example.org/desk/feeds/calendar.ics?organisation=osce&kind=meeting"
        "&period=2026-11-01&period=2027-12-31&q=human%20dimension"
    )
    assert [c.value for c in app.code] == [f"https://{address}", f"webcal://{address}"]
    assert links(app) == [f"https://{address}&download=1", f"webcal://{address}"]
    assert [i.value for i in app.info] == []


def test_the_count_follows_the_filter() -> None:
    app = feeds(kind="observance", period=["2026-11-01", "2026-12-31"])
    assert [m.value for m in app.markdown][:2] == [
        "The feed of this view holds **observance; Sun 1 Nov – Thu 31 Dec 2026**.",
        "**3** items, of which 0 are windows whose days are not known, 0 are projected and 0 are cancelled.",
    ]
    one = feeds(q="HRC64 tabling")
    assert one.markdown[1].value == (
        "**1** item, of which 1 is a window whose days are not known, 1 is projected and 0 are cancelled."
    )
    assert one.dataframe[0].value["When"].to_list() == ["Feb–Apr 2027"]


@pytest.mark.parametrize(
    ("public", "told"),
    [
        ("http://127.0.0.1:8501", ["This page is served from your own machine"]),
        ("http://desk.example.org", ["This page is served without https"]),
        ("https://desk.example.org", []),
    ],
)
def test_an_address_that_services_cannot_reach_is_said(
    public: str, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HRD_CALENDAR_PUBLIC_URL", public)
    assert [i.value.split(",")[0].split(" which")[0] for i in feeds().info] == told


def test_an_empty_feed_is_explained() -> None:
    app = feeds(q="no such words anywhere")
    assert [m.value for m in app.markdown][1:3] == [
        "**0** items, of which 0 are windows whose days are not known, 0 are projected and 0 are cancelled.",
        (
            "Nothing is in this feed yet. It can be subscribed to all the same, and fills as dates come; take a value out "
            "of the filter to widen it."
        ),
    ]
    assert len(app.dataframe) == 0


def test_the_open_feed_is_what_everybody_sees_whoever_looks() -> None:
    staff_member = save(ANONYMOUS, Person, {"name": "Desk"})
    day = date(2026, 12, 1)
    event = {"title": "Breakfast", "event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": day, "end": day}
    save(member(staff_member), Event, {**event, "sensitivity": Sensitivity.INTERNAL})
    assert "Breakfast" in set(calendar_for(member(staff_member))[1]["title"])
    app = open_page("feeds", staff_member, q="Breakfast")
    assert app.markdown[1].value.startswith("**0** items")
