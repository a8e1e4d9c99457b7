"""The page of the coverage, opened through the entrance: what misses first, and the way to each thing that does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement, Person
from calendar_model.terms import EngagementForm, EngagementKind
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page
from tests.pages.driver import said

OURS, EVERYTHING = "Our items", "All upcoming items"
STATE = re.compile(r"(\*\*Late\*\*|Due soon|Open) · ")
"""How the line of an expectation begins that is not met."""
NOTHING_TIED = "Nothing is linked to these items yet."


@pytest.fixture
def person() -> str:
    return save(ANONYMOUS, Person, {"name": "Ada"})


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    """Opens the page as a person, with these parameters in the URL."""

    def on_the_day(person: str, scope: str = EVERYTHING, **parameters: str | list[str]) -> AppTest:
        app = open_page("coverage", person, {"coverage_scope": scope}, **parameters)
        assert not app.exception
        return app

    return on_the_day


def consulted(person: str, item: str, sensitivity: Sensitivity = Sensitivity.INTERNAL) -> None:
    save(
        member(person),
        Engagement,
        {
            "title": "Call",
            "sensitivity": sensitivity,
            "engagement_kind": EngagementKind.CONSULTED,
            "on": date(2026, 11, 2),
            "form": EngagementForm.ONLINE,
        },
        items=[item],
    )


def test_nobody_in_particular_is_asked_who_they_are(opened: Callable[..., AppTest]) -> None:
    assert said(opened(""))[-1] == (
        "Coverage is visible to users only. Select your name to see this page; new users: add yourself in Settings."
    )


def test_an_engagement_takes_its_line_out_of_the_list(opened: Callable[..., AppTest], person: str) -> None:
    before = opened(person, country="HTI")
    assert "for 1 item in the next 3 months" in said(before)[0]
    assert said(before)[1].startswith(NOTHING_TIED)
    unmet = [text for text in said(before) if STATE.match(text)]
    assert "No consultation yet" in unmet[0]
    consulted(person, "upr-4-HTI")
    after = opened(person, country="HTI")
    assert [text for text in said(after) if text.startswith(NOTHING_TIED) or STATE.match(text)] == unmet[1:]


def test_the_chart_shows_what_others_have_logged_meanwhile_if_the_reader_may_see_it(
    opened: Callable[..., AppTest], person: str
) -> None:
    def chart(app: AppTest) -> str:
        return str(app.get("plotly_chart")[0].proto.spec)

    other = save(ANONYMOUS, Person, {"name": "Bo"})
    app = opened(person, country="HTI")
    before = chart(app)
    consulted(other, "upr-4-HTI", Sensitivity.RESTRICTED)
    assert chart(app.run()) == before
    assert chart(opened(other, country="HTI")) != before
    consulted(other, "upr-4-HTI")
    assert chart(app.run()) != before


def test_only_our_items_are_shown_at_first(opened: Callable[..., AppTest], person: str) -> None:
    assert said(opened(person, OURS, country="HTI"))[0].startswith(
        "No items that we work on in this period match the filter."
    )
    consulted(person, "upr-4-HTI")
    assert "for 1 item" in said(opened(person, OURS, country="HTI"))[0]


def test_an_item_of_the_list_opens_its_panel(opened: Callable[..., AppTest], person: str) -> None:
    app = opened(person, country="HTI")
    app.button(key="coverage_open_upr-4-HTI").click().run()
    assert app.query_params["item"] == "upr-4-HTI"


def test_a_long_list_is_shown_in_full_on_demand(opened: Callable[..., AppTest], person: str) -> None:
    app = opened(person, kind="upr-review")
    openers = [b for b in app.button if b.key and b.key.startswith("coverage_open_")]
    assert len(openers) == 12
    show = app.button(key="coverage_show_all")
    count = int(show.label.split()[2])
    show.click().run()
    assert len([b for b in app.button if b.key and b.key.startswith("coverage_open_")]) == count


def test_where_nothing_is_expected_the_page_says_what_would_be_here(
    opened: Callable[..., AppTest], person: str
) -> None:
    app = opened(person, kind="observance")
    assert said(app)[0].startswith("No items in this period match the filter.")
    app.button(key="coverage_clear").click().run()
    assert said(app)[1].startswith(NOTHING_TIED)


@pytest.mark.parametrize(
    ("expectation", "leads_to"),
    [("", {"item": "upr-4-HTI"}), ("draft", {"new": "upr-recommendation", "tie": "upr-4-HTI"})],
)
def test_a_click_on_the_chart_opens_the_item_or_what_is_outstanding(
    opened: Callable[..., AppTest], person: str, expectation: str, leads_to: dict[str, str]
) -> None:
    app = opened(person, country="HTI")
    app.session_state["coverage_clicked"] = ("upr-4-HTI", expectation)
    app.run()
    assert not app.exception
    assert {name: app.query_params.get(name) for name in leads_to} == leads_to
