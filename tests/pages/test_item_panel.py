"""The panel of an item: what it says of forecasts, and the way to their record."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.store.models import Engagement, Statement
from calendar_model.terms import EngagementKind, StatementState, Voice
from pages.components.shell.item_panel import RECORD_ANCHOR
from tests.app import open_page
from tests.day import TODAY
from tests.pages.driver import click, run, sound


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


# --- Our work, from the panel

ITEM = "session-HRC64"


def panel_of(who: Viewer, **parameters: str) -> AppTest:
    return sound(open_page("timeline", who.person_id, item=ITEM, **parameters))


def key_of(form: str, field: str) -> str:
    return f"panel_work_{form}_{ITEM}_new_{field}"


def test_an_engagement_is_logged_without_leaving_the_panel(me: Viewer) -> None:
    app = click(panel_of(me), "panel_new_engagement")
    app.selectbox(key=key_of("engagement", "engagement_kind")).set_value(EngagementKind.INVITED)
    app.text_input(key=key_of("engagement", "title")).set_value("")
    app = click(run(app), key_of("engagement", "save"))
    # What is missing is said at the button, and the form stays.
    assert len(app.error) == 1
    app.text_input(key=key_of("engagement", "title")).set_value("Breakfast with the network")
    app.text_area(key=key_of("engagement", "outcome")).set_value("They will send a text.")
    app = click(run(app), key_of("engagement", "save"))

    assert [toast.value for toast in app.toast] == ["Engagement logged."]
    assert not app.error
    assert key_of("engagement", "save") not in {button.key for button in app.button}
    with reading(me) as session:
        made = session.scalars(select(Engagement)).one()
        assert (made.title, made.kinds, made.on) == ("Breakfast with the network", (EngagementKind.INVITED,), TODAY)
        assert (made.organisation, [link.item for link in made.items]) == ("un-hrc", [ITEM])
    # The panel lists it, and it can be opened from there.
    assert made.title in [one.proto.label for one in app.get("page_link")]


@pytest.mark.parametrize(("text", "state"), [("", StatementState.IDEA), ("We thank you.", StatementState.DRAFT)])
def test_a_statement_is_started_without_leaving_the_panel(me: Viewer, text: str, state: StatementState) -> None:
    app = click(panel_of(me), "panel_new_statement")
    app.selectbox(key=key_of("statement", "voice")).set_value(Voice.JOINT)
    app.text_area(key=key_of("statement", "text")).set_value(text)
    app = click(run(app), key_of("statement", "save"))

    assert not app.error
    with reading(me) as session:
        made = session.scalars(select(Statement)).one()
        assert (made.state, made.voice, made.forum) == (state, Voice.JOINT, "un-hrc")
        assert made.title == "Human Rights Council, 64th session"
        assert [link.item for link in made.items] == [ITEM]
        assert [(one.number, one.text) for one in made.versions] == ([(1, text)] if text else [])


def test_what_was_typed_in_the_panel_stays_when_another_form_is_opened(me: Viewer) -> None:
    app = click(panel_of(me), "panel_new_engagement")
    app.text_input(key=key_of("engagement", "title")).set_value("Breakfast")
    app = click(run(app), "panel_new_statement")
    app = click(app, "panel_new_engagement")
    assert app.text_input(key=key_of("engagement", "title")).value == "Breakfast"


def test_without_a_user_the_panel_logs_nothing() -> None:
    app = panel(ITEM)
    assert not [button.key for button in app.button if str(button.key).startswith("panel_new_")]
