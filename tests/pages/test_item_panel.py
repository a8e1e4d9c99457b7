"""The panel of an item: what it says of forecasts, and the way to their record."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.shell.item_panel import RECORD_ANCHOR
from tests.app import open_page
from tests.pages.driver import sound


def panel(item: str) -> AppTest:
    return sound(open_page("timeline", item=item))


def facts(app: AppTest) -> str:
    found: str
    (found,) = (html.proto.body for html in app.get("html") if '<dl class="item-facts"' in html.proto.body)
    return found


def record_links(app: AppTest) -> list[str]:
    """The organisations whose record of forecasts is linked."""
    addresses = [urlsplit(address) for address in re.findall(r'href="([^"]+)"', facts(app))]
    assert {(one.path, one.fragment) for one in addresses} <= {("organisations", RECORD_ANCHOR)}
    return [show for one in addresses for show in parse_qs(one.query)["show"]]


@pytest.mark.parametrize("item", ["session-HRC63", "csw-2027"])
def test_announced_days_are_compared_with_the_forecast(item: str) -> None:
    found = facts(panel(item))
    assert "<dt>Forecast</dt><dd>Expected " in found
    assert " a year before, and announced for " in found


@pytest.mark.parametrize(
    ("item", "body"),
    [("session-HRC64", "un-hrc"), ("cedaw-2027-1", "un-cedaw"), ("deadline-hrc-tabling-HRC64", "un-hrc")],
)
def test_an_expected_day_leads_to_the_record_of_its_body(item: str, body: str) -> None:
    app = panel(item)
    assert "Expected " in facts(app)
    assert record_links(app) == [body]
    there = sound(open_page("organisations", show=body))
    assert len(there.get("plotly_chart")) == 1


@pytest.mark.parametrize("item", ["session-HRC63", "csw-2027", "aarhus-mop-2029"])
def test_an_announced_day_or_a_window_has_no_such_link(item: str) -> None:
    assert record_links(panel(item)) == []
