"""The timeline page through the entrance: what zoom, stretch, switch and filter change, and the item's panel."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import Viewer
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement
from calendar_model.terms import EngagementForm, EngagementKind
from calendar_model.vocabulary import Sensitivity
from tests.app import open_page
from tests.day import TODAY


def opened(page: str = "timeline", /, **parameters: str | list[str]) -> AppTest:
    app = open_page(page, **parameters)
    assert not app.exception
    return app


def figure(app: AppTest) -> dict[str, Any]:
    (chart,) = app.get("plotly_chart")
    spec: dict[str, Any] = json.loads(chart.proto.spec)
    return spec


def lanes(app: AppTest) -> list[str]:
    return [text.replace("<b>", "").replace("</b>", "") for text in figure(app)["layout"]["yaxis"]["ticktext"]]


def titles(app: AppTest) -> list[str]:
    """The agenda's lines, without the marks of cancelled and of deadlines."""
    return [b.label.replace("*", "").replace("~", "") for b in app.button if (b.key or "").startswith("agenda_")]


def stretch(app: AppTest) -> str:
    """The stretch that is shown."""
    return str(next(c.value for c in app.caption if " – " in c.value).split(".")[0])


def test_it_opens_on_the_year_around_today() -> None:
    app = opened()
    assert app.title[0].value == "Timeline"
    assert app.segmented_control(key="zoom").value == "year"
    assert stretch(app) == "Tue 1 Sep 2026 – Tue 31 Aug 2027"
    assert lanes(app)[:4] == ["UN", "HRC", "UPR", "OHCHR"]


def test_the_figure_has_an_alternative_text() -> None:
    (chart,) = opened(organisation="osce").get("plotly_chart")
    assert chart.proto.alt.startswith("Timeline from 1 Sep 2026 to 31 Aug 2027, 2 lanes: ")


def test_a_filter_changes_the_lanes() -> None:
    assert lanes(opened(organisation="un-ga")) == ["GA", "Third Committee"]
    assert lanes(opened(organisation="un-ga", body="un-ga-c3")) == ["Third Committee"]


def test_zoom_changes_the_stretch_and_the_detail() -> None:
    app = opened(organisation="un-hrc")
    year = figure(app)["layout"]
    app.segmented_control(key="zoom").set_value("15 years").run()
    assert not app.exception
    years = figure(app)["layout"]
    assert list(years["xaxis"]["ticktext"]) == [str(year) for year in range(2017, 2032)]
    assert year["xaxis"]["ticktext"][0] == "<b>2026</b><br>Sep"
    assert [a["text"] for a in years["annotations"] if "cycle" in a["text"]] == ["3rd cycle", "4th cycle"]


def test_forward_today_and_back_move_the_stretch() -> None:
    app = opened(zoom="week")
    assert stretch(app) == "Tue 24 Nov 2026 – Mon 30 Nov 2026"
    app.button(key="timeline_turn_1").click().run()
    assert stretch(app) == "Tue 1 Dec 2026 – Mon 7 Dec 2026"
    app.button(key="timeline_turn_-1").click().run()
    app.button(key="timeline_turn_-1").click().run()
    assert stretch(app) == "Tue 17 Nov 2026 – Mon 23 Nov 2026"
    app.button(key="timeline_turn_0").click().run()
    assert stretch(app) == "Tue 24 Nov 2026 – Mon 30 Nov 2026"


def test_the_stretch_of_a_link_is_the_one_shown() -> None:
    app = opened("agenda", zoom="month", **{"from": "2025-03-10"})
    assert stretch(app) == "Mon 10 Mar 2025 – Wed 9 Apr 2025"


@pytest.mark.parametrize("page", ["timeline", "agenda"])
def test_it_says_the_day_of_its_data(page: str) -> None:
    app = opened(page)
    assert any("As of Tue 24 Nov 2026" in caption.value for caption in app.caption)


def test_the_earlier_address_of_the_agenda_leads_there_with_its_parameters() -> None:
    app = opened(show="agenda", zoom="month", organisation=["un-ga"], **{"from": "2026-12-01"})
    assert app.title[0].value == "Agenda"
    assert (app.query_params["zoom"], app.query_params["from"]) == ("month", "2026-12-01")
    assert app.session_state["organisation"] == ["un-ga"]
    assert "Human Rights Day" in titles(app)


def test_what_does_not_fit_into_a_week_is_in_the_agenda_of_that_week() -> None:
    app = open_page("timeline", "", {"asked_of_agenda": ("week", "2026-12-07")}, zoom="month")
    assert app.title[0].value == "Agenda"
    assert stretch(app) == "Mon 7 Dec 2026 – Sun 13 Dec 2026"


def test_the_legend_has_each_form_with_its_word() -> None:
    (legend,) = [
        html.proto.body
        for html in opened().get("html")
        if "timeline-legend" in html.proto.body and "<ul" in html.proto.body
    ]
    assert legend.count("<li>") == legend.count("aria-hidden") == 8
    assert all(word in legend for word in ("announced", "expected", "dates not set", "cancelled", "deadline"))


def test_the_agenda_lists_what_the_lanes_show_by_month() -> None:
    app = opened("agenda", organisation="un-ga", kind="observance")
    assert app.get("plotly_chart") == []
    assert {"Human Rights Defenders Day (anniversary of the Declaration)", "Human Rights Day"} <= set(titles(app))
    assert "#### December 2026" in [m.value for m in app.markdown]


def test_in_the_agenda_windows_come_after_the_exact_days_of_their_month() -> None:
    app = opened("agenda", zoom="month", **{"from": "2026-12-01"})
    said = [m.value for m in app.markdown if not m.value.startswith(("#", "*"))]
    december = [line for line in said if line.endswith("Dec 2026") and not line.startswith(("Oct", "Nov"))]
    exact = [line for line in december if len(line.split()) > 2]
    assert exact
    assert december == [*exact, *(line for line in december if line not in exact)]


def test_a_long_agenda_comes_in_pages() -> None:
    app = opened("agenda", zoom="15 years")
    assert len(titles(app)) == 40
    first = titles(app)
    app.session_state["agenda_page"] = 2
    app.run()
    assert len(titles(app)) == 40
    assert titles(app) != first


def test_an_empty_stretch_says_what_to_do() -> None:
    app = opened("agenda", zoom="week", organisation="osce", kind="observance")
    assert [i.value for i in app.info] == ["No dates match this filter. Choose a longer period, or remove a filter."]


def test_a_title_in_the_agenda_opens_the_panel_and_the_url_says_so() -> None:
    app = opened("agenda", zoom="year", organisation="un-ga", kind="session")
    next(b for b in app.button if b.label == "General Assembly, 81st session").click().run()
    assert not app.exception
    assert app.query_params["item"] == "session-GA81"
    (facts,) = [h.proto.body for h in app.get("html") if "item-facts" in h.proto.body and "<dl" in h.proto.body]
    assert "UN General Assembly" in facts
    assert "Tue 8 Sep 2026 – Tue 7 Sep 2027" in facts


def test_a_link_to_an_item_opens_its_panel_with_its_deadlines_and_its_cycle() -> None:
    app = opened(item="hrc-resolution-HRC67")
    labels = [b.label for b in app.button if (b.key or "").startswith("panel_")]
    assert "Deadline for tabling draft resolutions, HRC67" in labels
    assert "Human Rights Council, 67th session" in labels
    assert [label.split(":")[0] for label in labels if label.startswith(("Previous", "Next"))] == ["Previous", "Next"]
    links = {button.proto.label: button.proto.url for button in app.get("link_button")}
    assert links["Add to my calendar"] == "/feeds/item/hrc-resolution-HRC67.ics"
    assert [c.value.split("?")[-1] for c in app.code] == ["item=hrc-resolution-HRC67"]


def test_previous_and_next_lead_through_the_cycle() -> None:
    app = opened(item="session-GA81")
    next(b for b in app.button if b.label.startswith("Previous")).click().run()
    assert app.query_params["item"] == "session-GA80"


def test_an_unknown_item_gets_a_sentence() -> None:
    app = opened(item="session-*HRC999*")
    (sentence,) = [m.value for m in app.markdown if m.value.startswith("“session-")]
    assert sentence.startswith("“session-\\*HRC999\\*” is not in the calendar.")


def test_the_printer_gets_the_filter_in_words_and_the_items() -> None:
    app = opened(organisation="un-ga", kind="observance")
    (sheet,) = [h.proto.body for h in app.get("html") if "agenda-print" in h.proto.body and "<ul>" in h.proto.body]
    assert "Tue 1 Sep 2026 – Tue 31 Aug 2027 · GA; observance" in sheet
    assert sheet.count("<li>") == sheet.count("<strong>") >= 2


def test_the_agenda_has_each_heading_once() -> None:
    # Windows of November begin before the middle of it, and come after its exact days.
    app = opened("agenda", zoom="quarter", **{"from": "2026-11-15"})
    headings = [one.value for one in app.markdown if one.value.startswith("#### ")]
    (begun,) = [one.label for one in app.expander if one.label.startswith("Already under way on")]
    assert int(begun.rpartition(" ")[2]) > 0
    assert len(headings) == len(set(headings))


# --- Our own work


def engaged(who: Viewer, title: str, **options: Any) -> str:
    values = {
        "title": title,
        "engagement_kind": EngagementKind.CONSULTED,
        "form": EngagementForm.ONLINE,
        "on": TODAY,
        "sensitivity": options.pop("sensitivity", Sensitivity.INTERNAL),
        "organisation": "osce",
    }
    return save(who, Engagement, values, **options)


def work(app: AppTest) -> list[list[str]]:
    found: list[list[str]] = next(trace for trace in figure(app)["data"] if trace["name"] == "work").get(
        "customdata", []
    )
    return found


def test_our_work_is_marked_for_those_who_may_see_it(me: Viewer, other: Viewer) -> None:
    engaged(me, "Breakfast", items=["session-HRC64"])
    engaged(me, "Kestrel", items=["session-HRC64"], sensitivity=Sensitivity.RESTRICTED)
    ((item, told, _items),) = work(open_page("timeline", me.person_id))
    assert item == "session-HRC64"
    assert "Breakfast" in told
    assert "Kestrel" in told
    ((_item, told, _items),) = work(open_page("timeline", other.person_id))
    assert "Kestrel" not in told
    assert work(opened()) == []
