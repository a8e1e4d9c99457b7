"""The page Month through the entrance: what the period, the filter and the list below change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.app import open_page
from tests.pages.driver import address, click, sound


def opened(**parameters: str | list[str]) -> AppTest:
    return sound(open_page("month", **parameters))


def sent(app: AppTest) -> dict[str, Any]:
    """What the browser gets of the month."""
    (table,) = [one.proto for one in app.get("bidi_component") if one.proto.component_name == "month_table"]
    data: dict[str, Any] = json.loads(table.json)
    return data


def titles(app: AppTest) -> set[str]:
    return {entry["title"] for entry in sent(app)["entries"].values()}


def test_it_opens_on_the_month_of_today() -> None:
    app = opened()
    assert app.title[0].value == "Month"
    month = sent(app)
    assert month["name"] == "November 2026"
    assert [week["number"] for week in month["weeks"]] == ["44", "45", "46", "47", "48", "49"]
    assert [day["date"] for week in month["weeks"] for day in week["days"] if day["today"]] == ["2026-11-24"]
    assert [day["number"] for day in month["weeks"][0]["days"] if day["other"]] == ["26", "27", "28", "29", "30", "31"]


def test_steps_by_a_month_and_back_to_today() -> None:
    app = click(opened(zoom="week"), "timeline_turn_1")
    assert sent(app)["name"] == "December 2026"
    app = click(click(app, "timeline_turn_-1"), "timeline_turn_-1")
    assert sent(app)["name"] == "October 2026"
    assert sent(click(app, "timeline_turn_0"))["name"] == "November 2026"


def test_the_month_is_that_of_the_day_in_the_address_and_the_zoom_of_the_others_stays() -> None:
    app = opened(zoom="5 years", organisation="un-ga", **{"from": "2026-12-20"})
    assert sent(app)["name"] == "December 2026"
    assert {"Human Rights Defenders Day (anniversary of the Declaration)", "Human Rights Day"} <= titles(app)
    assert address(app, "zoom") == "5 years"


def test_the_filter_applies() -> None:
    december = {"from": "2026-12-01"}
    assert "EU-NGO Human Rights Forum" in titles(opened(**december))
    assert "EU-NGO Human Rights Forum" not in titles(opened(organisation="un-ga", **december))


def test_it_prints_the_whole_month_whichever_day_was_asked_for() -> None:
    app = sound(open_page("month", **{"from": "2026-12-09"}))
    (sheet,) = [
        one.proto.body for one in app.get("html") if "agenda-print" in one.proto.body and "<ul>" in one.proto.body
    ]
    assert "Tue 1 Dec 2026 – Thu 31 Dec 2026" in sheet


def test_what_has_no_days_and_what_is_long_is_listed_below() -> None:
    app = opened()
    headings = [text.value for text in app.markdown if text.value.startswith("#### ")]
    assert headings == ["#### Dates not set", "#### Longer than two months"]
    assert not {"AICHR regular meetings", "General Assembly, 81st session"} & titles(app)
    app = click(app, "long_session-GA81")
    assert app.query_params["item"] == "session-GA81"


def test_what_does_not_fit_below_is_in_the_agenda_of_the_month() -> None:
    app = click(opened(organisation="un-hrc-upr", **{"from": "2027-06-01"}), "undated_more")
    assert app.title[0].value == "Agenda"
    assert (app.query_params["zoom"], app.query_params["from"]) == ("month", "2027-06-01")


def test_what_does_not_fit_into_a_day_is_in_the_agenda_of_its_week() -> None:
    app = sound(open_page("month", "", {"asked_of_agenda": ("week", "2026-12-09")}))
    assert app.title[0].value == "Agenda"
    assert (app.query_params["zoom"], app.query_params["from"]) == ("week", "2026-12-09")


def test_a_month_without_days_says_what_to_do() -> None:
    app = opened(organisation="osce", kind="observance")
    assert [info.value for info in app.info] == [
        "No days in this month match the filter. Choose another month, or remove a filter."
    ]
    assert not [one for one in app.get("bidi_component") if one.proto.component_name == "month_table"]


@pytest.mark.parametrize("day", ["1900-01-01", "tomorrow"])
def test_a_day_that_cannot_be_asked_for_is_as_none(day: str) -> None:
    assert sent(opened(**{"from": day}))["name"] == "November 2026"
