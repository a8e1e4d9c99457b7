"""Organisations, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

import itertools
from zoneinfo import ZoneInfo

from streamlit.testing.v1 import AppTest

from calendar_model.clock import now
from tests.app import open_page


def organisations(**parameters: str | list[str]) -> AppTest:
    app = open_page("organisations", **parameters)
    assert [e.value for e in app.exception] == []
    return app


def facts(app: AppTest) -> dict[str, str]:
    """The facts by their names, which are bold."""
    said = [m.value for m in app.markdown]
    return {name.strip("*"): value for name, value in itertools.pairwise(said) if name.startswith("**")}


def test_the_link_says_which_organisation_is_shown() -> None:
    app = organisations(show="oas-iachr")
    assert app.subheader[0].value == "Inter-American Commission on Human Rights"
    assert facts(app)["Norway"] == "Norwegian embassy in Washington, D.C. (observer to the OAS)"


def test_a_new_choice_goes_into_the_link() -> None:
    app = organisations()
    assert app.subheader[0].value == "UN Human Rights Council"
    app.selectbox(key="choose_show").set_value("coe-comm").run()
    assert app.query_params["show"] == "coe-comm"
    assert app.subheader[0].value == "Council of Europe Commissioner for Human Rights"


def test_the_filter_leaves_its_organisations_to_choose_from() -> None:
    app = organisations(organisation="osce")
    assert app.selectbox(key="choose_show").options == [
        "OSCE, Organization for Security and Co-operation in Europe",
        "ODIHR, OSCE Office for Democratic Institutions and Human Rights",
    ]


def test_a_holder_without_a_known_name_is_shown_as_new_holder() -> None:
    council = facts(organisations(show="un-hrc"))[
        "UN Special Rapporteur / Special Representative on human rights defenders"
    ]
    assert council.split(" · ")[0] == ("New holder (name not found in public sources), since May 2026 (date unsourced)")


def test_a_term_that_ended_is_not_shown_as_running() -> None:
    holder = facts(organisations(show="oas-iachr"))[
        "IACHR Rapporteurship on human rights defenders and justice operators"
    ]
    assert holder == "Not known. Last recorded: Jose Luis Caballero Ochoa (Mexico), until 2025 (date unsourced)"


def test_the_local_time_of_the_seat_is_compared_with_the_reader_s() -> None:
    app = organisations(show="un-ga", tz="Europe/Oslo")
    gap = now().astimezone(ZoneInfo("Europe/Oslo")).utcoffset()
    there = now().astimezone(ZoneInfo("America/New_York")).utcoffset()
    assert gap is not None
    assert there is not None
    hours = int((gap - there).total_seconds() // 3600)
    assert f", {hours} hours behind Oslo (" in facts(app)["Seat"]


def test_dates_yearly_calendar_and_rules_are_those_of_the_organisation() -> None:
    app = organisations(show="osce-odihr")
    dates, rhythm, rules, _ = (d.value for d in app.dataframe)
    assert ["expected Mon 4 Oct – Fri 15 Oct 2027 ± 7 days", "Warsaw Human Dimension Conference"] in [
        [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in dates[["When", "What"]].to_numpy().tolist()
    ]
    assert rhythm[["What", "Body", "Usual months"]].to_numpy().tolist() == [
        ["Warsaw Human Dimension Conference", "ODIHR", "Sep–Oct"]
    ]
    assert rules[["Rule", "When or how long", "For whom", "Basis"]].to_numpy().tolist() == [
        ["Registration for the Warsaw conference", "24 days before the meeting opens", "all", "sourced"]
    ]


def test_speaking_times_and_hours_are_in_words() -> None:
    rules = organisations(show="un-hrc").dataframe[2].value.set_index("Rule")["When or how long"]
    assert rules["Deadline for tabling draft resolutions"] == "15 days before the session closes, 13:00 local time"
    assert rules["Speaking time, interactive dialogue (recent sessions)"] == "member 1 min 30 s, observer 1 min 30 s"
    assert rules["Length of a review"] == "total 3 h 30 min, State under review 1 h 10 min, other States 2 h 20 min"


def test_the_filter_holds_for_the_next_dates() -> None:
    app = organisations(show="un-hrc", kind="session", period=["2028-01-01", "2028-12-31"])
    assert app.subheader[1].value == "Dates, Sat 1 Jan – Sun 31 Dec 2028"
    council = app.dataframe[0].value
    assert council[council["Organisation"] == "HRC"]["Session"].to_list() == ["HRC67", "HRC68", "HRC69"]


def test_an_unknown_organisation_in_the_link_gets_a_sentence() -> None:
    app = organisations(show="nowhere")
    assert [w.value for w in app.warning] == ["Unknown organisation in the link: “nowhere”."]
    assert app.subheader[0].value == "UN Human Rights Council"


def test_past_forecasts_are_compared_with_actual_dates() -> None:
    app = organisations(show="un-hrc-upr")
    assert app.subheader[-1].value == "Past forecasts"
    line = next(m.value for m in app.markdown if m.value.startswith("- **UPR**"))
    assert "right in 20 of 29" in line
    assert len(app.get("plotly_chart")) == 1
    record = app.dataframe[-1].value
    assert set(record["What"]) >= {"UPR Working Group, January-February session"}
    first = record[record["Edition"] == "UPR52"].iloc[0]
    assert (first["Actual"], first["Expected"], first["Error (days)"]) == ("Mon 4 May 2026", "Mon 27 Apr 2026", 7)


def test_an_organisation_without_a_past_says_what_will_be_shown() -> None:
    app = organisations(show="coe-comm")
    assert app.subheader[-1].value == "Past forecasts"
    assert len(app.get("plotly_chart")) == 0
