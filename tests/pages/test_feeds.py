"""Feeds, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

import re
from datetime import date

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.feeds import ROUTES
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.models import Event, Person
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page
from tests.feeds import readers


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


def entries(app: AppTest) -> str:
    """What the page says of the entries of the open feed."""
    return app.markdown[1].value


def test_the_count_and_the_size_follow_the_filter() -> None:
    app = feeds(kind="observance", period=["2026-11-01", "2026-12-31"])
    assert app.markdown[0].value == "The open feed of this view contains **observance; Sun 1 Nov – Thu 31 Dec 2026**."
    count = len(app.dataframe[0].value)
    assert count > 2
    assert entries(app) == f"**{count}** entries: 0 expected, 0 not confirmed, 0 cancelled."
    address = "/feeds/calendar.ics?kind=observance&period=2026-11-01&period=2026-12-31"
    sent = TestClient(Starlette(routes=ROUTES)).get(address).content
    assert len(readers.events(sent)) == count
    (kilobytes,) = re.findall(r"^\*\*(\d+) kB\*\*", app.markdown[2].value)
    assert abs(int(kilobytes) - len(sent) / 1000) < 1
    assert entries(feeds(q="HRC64 tabling")) == "**1** entry: 1 expected, 0 not confirmed, 0 cancelled."


def test_without_a_period_it_says_which_one_the_feed_has() -> None:
    assert feeds(kind="session").markdown[0].value == (
        "The open feed of this view contains **session; Mon 24 Nov 2025 – Fri 24 Nov 2028**."
    )


def test_items_without_dates_are_included_if_ticked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_PUBLIC_URL", "https://calendar.example.org")
    app = feeds(kind="meeting")
    without = app.dataframe[0].value
    box = app.checkbox(key="feed_windows")
    (count,) = re.findall(r"\((\d+)\)$", box.label)
    box.check().run()
    including = app.dataframe[0].value
    assert len(including) - len(without) == int(count) > 0
    assert {link.partition("?")[2] for link in links(app)} == {
        "kind=meeting&windows=1&download=1",
        "kind=meeting&windows=1",
    }
    sent = TestClient(Starlette(routes=ROUTES)).get(f"/feeds/calendar.ics?{links(app)[1].partition('?')[2]}")
    assert len(readers.events(sent.content)) == len(including)


def test_a_feed_that_google_does_not_take_says_how_to_narrow_it() -> None:
    small = feeds()
    assert [w.value for w in small.warning] == []
    assert "1,000 kB" in small.markdown[2].value
    (warning,) = feeds(period=["2000-01-01", "2036-12-31"]).warning
    assert "1,000 kB" in warning.value


@pytest.mark.parametrize(
    ("public", "told"),
    [
        ("http://127.0.0.1:8501", ["The dashboard runs on your own computer"]),
        ("http://desk.example.org", ["The dashboard is served without https"]),
        ("https://desk.example.org", []),
    ],
)
def test_an_unreachable_address_gets_a_warning(public: str, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_PUBLIC_URL", public)
    assert [i.value.split(",")[0].split(" which")[0] for i in feeds().info] == told


def test_an_empty_feed_is_explained() -> None:
    app = feeds(q="no such words anywhere")
    assert entries(app) == "**0** entries: 0 expected, 0 not confirmed, 0 cancelled."
    assert app.markdown[3].value.startswith("The feed is empty for now.")
    assert len(app.dataframe) == 0


def test_the_open_feed_is_public_for_every_reader() -> None:
    staff_member = save(ANONYMOUS, Person, {"name": "Desk"})
    day = date(2026, 12, 1)
    event = {"title": "Breakfast", "event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": day, "end": day}
    save(member(staff_member), Event, {**event, "sensitivity": Sensitivity.INTERNAL})
    assert "Breakfast" in set(calendar_for(member(staff_member))[1]["title"])
    app = open_page("feeds", staff_member, q="Breakfast")
    assert entries(app).startswith("**0** entries")
