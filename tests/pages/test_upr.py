"""The page of the UPR, opened through the entrance: what it answers first, and what the filter changes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.app import open_page
from tests.pages.driver import said


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    """Opens the page with these parameters in the URL."""

    def on_the_day(**parameters: str | list[str]) -> AppTest:
        app = open_page("upr", **parameters)
        assert not app.exception
        return app

    return on_the_day


def subheaders(app: AppTest) -> list[str]:
    return [s.value for s in app.subheader]


def cycle_line(app: AppTest) -> str:
    return next(m for m in said(app) if "Each row is a session" in m)


def test_the_next_states_and_their_deadlines_come_first(opened: Callable[..., AppTest]) -> None:
    app = opened()
    assert app.title[0].value == "UPR"
    assert subheaders(app)[:2] == ["UPR54", "UPR55"]
    days, states, due = [m.replace("\u00a0", " ") for m in said(app)[:3]]
    assert days == "**expected Mon 18 Jan – Fri 29 Jan 2027 ± 7 days**, provisional."
    assert states == (
        "14 States under review (order carried over from the previous cycle where there is no official list yet): "
        "Haiti, Iceland, Lithuania, Republic of Moldova, South Sudan, Sudan, Syrian Arab Republic, Timor-Leste, Togo, Uganda, "
        "Venezuela (Bolivarian Republic of), Zimbabwe.\n\n"
        "**Rescheduled or unconfirmed:** Myanmar: postponed from UPR51, projected; Ukraine: not held in UPR42, projected."
    )
    lines = due.splitlines()[2:]
    assert all(re.match(r"- (expected \w{3} \d+ \w{3} 2027|\w{3} 2027 \(dates not set\))", line) for line in lines)
    assert {line.split("**")[1] for line in lines} == {
        "Advance questions to the State under review",
        "Comments on the summary part of the draft report",
        "List of speakers for the Working Group opens",
    }


def test_the_running_cycle_is_shown_with_its_counts_and_its_lists(opened: Callable[..., AppTest]) -> None:
    app = opened()
    assert cycle_line(app).startswith(
        "4th cycle, 14 sessions, 193 States: 165 held, 14 not confirmed, 12 upcoming, 2 rescheduled or unconfirmed. Each row"
    )
    assert len(app.get("plotly_chart")) == 1
    reviews = app.dataframe[0].value
    assert len(reviews) == 193
    india = reviews[reviews["State"] == "India"].iloc[0]
    assert list(india[["Session", "Review", "Outcome session", "Outcome adopted", "Decision"]]) == [
        "UPR41",
        "Thu 10 Nov 2022",
        "HRC52",
        "Mon 27 Mar 2023",
        "A/HRC/DEC/52/108",
    ]
    assert [b.key for b in app.get("download_button")] == [
        f"{file}_{name}" for name in ("upr-cycle-4", "upr-sessions-4", "deadlines-UPR54") for file in ("csv", "xlsx")
    ]


@pytest.mark.parametrize(("cycle", "counts"), [("3", "193 held"), ("5", "193 projected")])
def test_the_cycle_is_chosen_by_the_address(opened: Callable[..., AppTest], cycle: str, counts: str) -> None:
    app = opened(cycle=cycle)
    assert app.segmented_control(key="cycle").value == int(cycle)
    assert cycle_line(app).startswith(
        f"{cycle}{'rd' if cycle == '3' else 'th'} cycle, 14 sessions, 193 States: {counts}."
    )


def test_a_country_filter_shows_its_last_and_next_review(opened: Callable[..., AppTest]) -> None:
    app = opened(country=["USA", "NOR"])
    assert subheaders(app)[:2] == ["Norway", "United States of America"]
    assert said(app)[:2] == [
        ("**Last:** UPR47, Mon 4 Nov 2024; held.  \n**Next:** UPR61, May–Nov 2029 (dates not set); projected."),
        (
            "**Last:** UPR36, Nov 2020 (days not known); held; outcome adopted in HRC46, Wed 17 Mar 2021.  \n"
            "**Next:** UPR53, Nov 2026 (dates not set); not confirmed; Rescheduled from UPR50."
        ),
    ]
    assert "2 match the filter; the others are empty tiles." in cycle_line(app)


def test_a_country_filter_still_counts_the_whole_session(opened: Callable[..., AppTest]) -> None:
    app = opened(country="HTI")
    assert next(s for s in subheaders(app) if s.startswith("UPR")) == "UPR54"
    assert any(m.startswith("Filtered: 1 of 14 States under review") and "Haiti." in m for m in said(app))


def test_a_period_narrows_the_reviews(opened: Callable[..., AppTest]) -> None:
    app = opened(period=["2022-11-01", "2022-11-30"])
    assert set(app.dataframe[0].value["Session"]) == {"UPR41"}
    assert "No upcoming review matches the filter." in said(app)


def test_a_filter_without_reviews_says_what_the_page_shows(opened: Callable[..., AppTest]) -> None:
    app = opened(organisation="osce")
    assert said(app)[0] == (
        "No review matches the filter. This page shows the next sessions, their deadlines and the cycle of all States."
    )
    app.button(key="upr_clear").click().run()
    assert subheaders(app)[:2] == ["UPR54", "UPR55"]
