"""The page of the UPR, opened through the entrance: by session and by State, with our work on each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.corrections import record_correction
from calendar_model.mission.statements import commands
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import Case, Engagement, FollowUp, Person, Statement
from calendar_model.terms import EngagementForm, EngagementKind, StatementFormat, StatementState, Suggester, UprResponse
from calendar_model.vocabulary import Sensitivity
from tests.app import everything, open_page
from tests.pages.driver import links_on_page, said, sound
from tests.staff import CLEARER

INTERNAL = {"sensitivity": Sensitivity.INTERNAL}
STATE_LIST = "choose_upr_state"


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    """Opens the page with these parameters in the URL."""

    def on_the_day(**parameters: str | list[str]) -> AppTest:
        return sound(open_page("upr", **parameters))

    return on_the_day


def subheaders(app: AppTest) -> list[str]:
    return [s.value for s in app.subheader]


def texts(app: AppTest) -> list[str]:
    """What the page says, with plain spaces."""
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in said(app)]


def small(app: AppTest) -> list[str]:
    return [caption.value.replace("\N{NO-BREAK SPACE}", " ") for caption in app.caption]


def links(app: AppTest) -> dict[str, str]:
    return {link.label: link.query_string for link in links_on_page(app)}


def cycle_line(app: AppTest) -> str:
    return next(m for m in said(app) if " cycle, 14 sessions, " in m)


def steps(app: AppTest, of: str) -> dict[str, str]:
    """The steps of the plan of a session or a State that open their panel, by key."""
    return {b.key: b.label for b in app.button if b.key and b.key.startswith(f"step_{of}_")}


# --- By session


def test_the_next_sessions_come_first_with_their_dates_and_what_is_due(opened: Callable[..., AppTest]) -> None:
    app = opened()
    assert app.segmented_control(key="by").value == "session"
    assert subheaders(app)[:2] == ["UPR54", "UPR55"]
    assert texts(app)[0] == "**expected Mon 18 Jan – Fri 29 Jan 2027 ± 7 days**, provisional"
    due = steps(app, "UPR54").values()
    assert {name for name in due if name.startswith("**")} == {
        "**Advance questions to the State under review**",
        "**Comments on the summary part of the draft report**",
        "**List of speakers for the Working Group opens**",
        "**Embassy briefings and pre-sessions**",
    }
    assert "recommending State · in 41 days" in small(app)


def test_what_is_due_before_a_projected_session_is_counted_from_its_own_dates(opened: Callable[..., AppTest]) -> None:
    found = texts(opened())
    start = found.index("**expected Mon 1 Nov – Fri 12 Nov 2027 ± 7 days**, projected")
    asked = found.index("**Advance questions to the State under review**", start)
    assert found[asked - 1] == "expected Mon 18 Oct 2027 ± 21 days"


def test_each_state_under_review_leads_to_its_own_page(opened: Callable[..., AppTest]) -> None:
    app = opened()
    assert links(app)["Haiti"] == "by=state&state=HTI"
    assert small(app)[small(app).index("Postponed from UPR51")]
    assert any(
        text.startswith("14 States under review (order carried over from the previous cycle") for text in small(app)
    )


def test_the_running_cycle_is_shown_with_its_counts_and_its_lists(opened: Callable[..., AppTest]) -> None:
    app = opened()
    assert cycle_line(app) == (
        "4th cycle, 14 sessions, 193 States: 165 held, 14 not confirmed, 12 upcoming, 2 rescheduled or unconfirmed."
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
        f"{file}_{name}" for name in ("upr-sessions-4", "upr-cycle-4", "deadlines-UPR54") for file in ("csv", "xlsx")
    ]


@pytest.mark.parametrize(("cycle", "counts"), [("3", "193 held"), ("5", "193 projected")])
def test_the_cycle_is_chosen_by_the_address(opened: Callable[..., AppTest], cycle: str, counts: str) -> None:
    app = opened(cycle=cycle)
    assert app.segmented_control(key="cycle").value == int(cycle)
    assert cycle_line(app).startswith(
        f"{cycle}{'rd' if cycle == '3' else 'th'} cycle, 14 sessions, 193 States: {counts}."
    )


def test_a_country_filter_still_counts_the_whole_session(opened: Callable[..., AppTest]) -> None:
    app = opened(country="HTI", by="session")
    assert subheaders(app)[0] == "UPR54"
    assert any(text.startswith("Filtered: 1 of 14 States under review") for text in small(app))
    assert cycle_line(app).endswith(" 1 match the filter.")


def test_a_period_narrows_the_reviews(opened: Callable[..., AppTest]) -> None:
    app = opened(period=["2022-11-01", "2022-11-30"])
    assert set(app.dataframe[0].value["Session"]) == {"UPR41"}
    assert "No upcoming review matches the filter." in said(app)


def test_a_track_of_texts_that_was_chosen_elsewhere_hides_nothing(opened: Callable[..., AppTest]) -> None:
    assert subheaders(opened(track="ga-resolution"))[:2] == ["UPR54", "UPR55"]


def test_a_filter_without_reviews_says_what_the_page_shows(opened: Callable[..., AppTest]) -> None:
    app = opened(organisation="osce")
    assert said(app)[0] == (
        "No review matches the filter. This page shows the next sessions, their deadlines and the cycle of all States."
    )
    app.button(key="upr_clear").click().run()
    assert subheaders(app)[:2] == ["UPR54", "UPR55"]


def test_on_a_phone_the_cycle_is_a_list_of_sessions_with_their_states() -> None:
    app = sound(open_page("upr", "", {"upr_width": {"px": 320}}))
    assert (len(app.get("plotly_chart")), len(app.dataframe)) == (0, 0)
    assert any("UPR54" in text and "Iceland, Lithuania" in text for text in said(app))


def test_on_a_phone_one_list_chooses_the_sessions_or_a_state() -> None:
    app = sound(open_page("upr", "", {"upr_width": {"px": 320}}))
    assert app.selectbox(key="choose_upr").value == "session"
    sound(app.selectbox(key="choose_upr").set_value("KEN").run())
    assert (app.query_params["by"], app.query_params["state"]) == ("state", "KEN")
    assert texts(app)[0].startswith("Next: ")
    sound(app.selectbox(key="choose_upr").set_value("session").run())
    assert "state" not in app.query_params
    assert subheaders(app)[0] == "UPR54"


# --- By State


def test_without_a_state_the_page_says_what_it_shows_and_offers_the_next_ones(opened: Callable[..., AppTest]) -> None:
    app = opened(by="state")
    assert texts(app)[0].startswith("Choose a State to see its reviews, our recommendations then and now")
    assert app.selectbox(key=STATE_LIST).value is None
    assert links(app)["Zimbabwe"] == "by=state&state=ZWE"


def test_a_state_has_its_next_review_its_plan_and_its_reviews_of_all_cycles(opened: Callable[..., AppTest]) -> None:
    app = opened(by="state", state="USA")
    assert app.selectbox(key=STATE_LIST).value == "USA"
    assert texts(app)[0] == (
        "Next: **UPR53, Nov 2026 (dates not set)** · "
        "Not confirmed: the dates have passed and no outcome is recorded yet"
    )
    reviews = [b for b in app.button if (b.key or "").startswith("review_")]
    assert [b.label for b in reviews] == [
        "6th cycle, UPR81",
        "5th cycle, UPR67",
        "4th cycle, UPR53",
        "3rd cycle, UPR36",
    ]
    assert "held · outcome adopted in HRC46, Wed 17 Mar 2021" in small(app)
    assert "not confirmed · Rescheduled from UPR50" in small(app)
    reviews[2].click().run()
    assert app.query_params["item"] == "upr-4-USA"


def test_the_plan_of_a_state_counts_from_its_own_day_and_leaves_out_those_of_others(staff_member: Viewer) -> None:
    record_correction(
        staff_member,
        "upr_reviews.csv",
        "upr-4-HTI",
        {"date": "2027-01-20"},
        source_url="https://www.ohchr.org/en/hr-bodies/upr",
    )
    haiti, iceland = (steps(sound(open_page("upr", state=state)), state) for state in ("HTI", "ISL"))
    assert "step_HTI_deadline-upr-advance-questions-upr-4-HTI" in haiti
    assert iceland
    assert not [key for key in iceland if key.endswith("upr-4-HTI")]


@pytest.mark.parametrize("parameters", [{"country": "NOR"}, {"state": "NOR"}, {"by": "state", "country": "NOR"}])
def test_an_earlier_address_with_a_country_opens_the_state(
    opened: Callable[..., AppTest], parameters: dict[str, str]
) -> None:
    app = opened(**parameters)
    assert app.segmented_control(key="by").value == "state"
    assert app.selectbox(key=STATE_LIST).value == "NOR"
    assert texts(app)[0].startswith("Next: **UPR61, May–Nov 2029 (dates not set)**")


def test_several_countries_of_the_filter_are_shown_one_after_the_other(opened: Callable[..., AppTest]) -> None:
    app = opened(country=["USA", "NOR"])
    assert [h.value for h in app.header] == ["Norway", "United States of America"]
    assert [text.split(",")[0] for text in texts(app) if text.startswith("Next: ")] == [
        "Next: **UPR61",
        "Next: **UPR53",
    ]


def test_a_state_that_is_not_there_gets_a_sentence(opened: Callable[..., AppTest]) -> None:
    assert [w.value for w in opened(state="XYZ").warning] == [
        "Unknown State in the link: “XYZ”. Choose one from the list."
    ]


def test_the_list_of_states_writes_the_choice_into_the_address(opened: Callable[..., AppTest]) -> None:
    app = opened(by="state")
    sound(app.selectbox(key=STATE_LIST).set_value("KEN").run())
    assert app.query_params["state"] == "KEN"
    assert texts(app)[0].startswith("Next: ")


@pytest.fixture
def our_work(staff_member: Viewer) -> Viewer:
    """Somebody with a recommendation of the last cycle that was supported, one for the next, an engagement and a case."""
    form: dict[str, Any] = {"format": StatementFormat.UPR_RECOMMENDATION, **INTERNAL}
    then = save(staff_member, Statement, {"title": "On defenders, 2022", **form}, items=["upr-3-HTI"])
    commands.save_text(staff_member, then, "Adopt a law on defenders.", language="en", based_on=0)
    with writing(staff_member) as session:
        session.add(
            FollowUp(
                record_id=then,
                what="Response of the State",
                due=date(2026, 3, 1),
                owner_id=staff_member.person_id,
                done_on=date(2026, 3, 2),
                outcome="Informed",
            )
        )
    head = member(save(ANONYMOUS, Person, {"name": "Head", "roles": CLEARER}))
    for who, to, on in (
        (staff_member, StatementState.CONSULTATION, None),
        (head, StatementState.CLEARED, None),
        (staff_member, StatementState.DELIVERED, date(2022, 1, 31)),
    ):
        commands.move(who, then, to, seen=1, on=on)
    with reading(staff_member) as session:
        seen = session.get_one(Statement, then).version
    answer = {"upr_response": UprResponse.SUPPORTED, "upr_implementation": "A bill is before parliament"}
    commands.edit_statement(staff_member, then, seen, answer)
    save(staff_member, Statement, {"title": "On defenders, 2027", **form}, items=["upr-4-HTI"])
    met: dict[str, Any] = {"engagement_kind": EngagementKind.CONSULTED, "form": EngagementForm.ONLINE, **INTERNAL}
    save(
        staff_member, Engagement, {"title": "Call with a network", "on": date(2026, 11, 3), **met}, items=["upr-4-HTI"]
    )
    save(staff_member, Case, {"title": "Case 7", "country": "HTI", "suggested_by": Suggester.MINISTRY})
    return staff_member


def test_our_recommendations_then_and_now_say_what_became_of_them(our_work: Viewer) -> None:
    app = sound(open_page("upr", our_work.person_id, state="HTI"))
    found = texts(app)
    order = [
        found.index(text) for text in ("#### 4th cycle, UPR54", "#### 3rd cycle, UPR40", "“Adopt a law on defenders.”")
    ]
    assert order == sorted(order)
    assert "What became of it: Supported; A bill is before parliament; Mon 2 Mar 2026: Informed" in found
    assert {"On defenders, 2022", "On defenders, 2027", "Call with a network", "Case 7"} <= links(app).keys()
    assert links(app)["New recommendation"] == "new=upr-recommendation&tie=upr-4-HTI"


def test_a_case_is_there_only_for_those_with_access(our_work: Viewer) -> None:
    colleague = save(ANONYMOUS, Person, {"name": "Colleague"})
    app = sound(open_page("upr", colleague, state="HTI"))
    assert "Call with a network" in links(app)
    assert "Case 7" not in everything(app)
    assert "On defenders, 2027" not in everything(sound(open_page("upr", state="HTI")))


def test_states_with_our_work_are_offered_first(our_work: Viewer) -> None:
    found = texts(sound(open_page("upr", our_work.person_id, by="state")))
    assert found.index("#### With our work") < found.index("#### Next, in UPR54")


def test_without_work_on_a_state_the_page_says_how_to_start_some(staff_member: Viewer) -> None:
    app = sound(open_page("upr", staff_member.person_id, state="KEN"))
    assert any(text.startswith("No recommendations or advance questions to this State yet.") for text in texts(app))
    new = {link.proto.query_string for link in app.main.get("page_link") if "tie=upr-" in link.proto.query_string}
    assert {query.partition("&")[0] for query in new} == {
        "new=upr-recommendation",
        "new=engagement",
        "new=event",
        "new=case",
    }
