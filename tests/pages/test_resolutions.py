"""The page of resolutions, opened through the entrance: one track at a time, its next text, and our work on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import Viewer
from calendar_model.mission.transactions import save
from calendar_model.store.models import Engagement, Event, Statement
from calendar_model.terms import EngagementForm, EngagementKind, EventKind, StatementFormat
from calendar_model.vocabulary import Sensitivity
from tests.app import everything, open_page
from tests.pages.driver import links_on_page, said, sound

HRC, GA, SR = (
    "Human Rights Council resolution on human rights defenders",
    "General Assembly resolution on human rights defenders",
    "Mandate of the Special Rapporteur on the situation of human rights defenders",
)
CHOICE = "resolutions_track"
TEXT, SESSION = "hrc-resolution-HRC67", "session-HRC67"
INTERNAL = {"sensitivity": Sensitivity.INTERNAL}


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    """Opens the page with these parameters in the URL."""

    def on_the_day(**parameters: str | list[str]) -> AppTest:
        return sound(open_page("resolutions", **parameters))

    return on_the_day


def headers(app: AppTest) -> list[str]:
    return [h.value for h in app.header]


def lists(app: AppTest) -> list[pd.DataFrame]:
    return [t.value.map(lambda cell: cell.replace("\N{NO-BREAK SPACE}", " ")) for t in app.table]


def texts(app: AppTest) -> list[str]:
    """What the page says, with plain spaces."""
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in said(app)]


def small(app: AppTest) -> list[str]:
    return [caption.value.replace("\N{NO-BREAK SPACE}", " ") for caption in app.caption]


def links(app: AppTest) -> dict[str, str]:
    return {link.label: link.query_string for link in links_on_page(app)}


# --- The track


def test_the_first_track_is_shown_and_the_others_are_on_offer(opened: Callable[..., AppTest]) -> None:
    app = opened()
    assert headers(app) == [HRC, "Related texts"]
    assert app.segmented_control(key=CHOICE).value == "hrc-resolution"
    assert app.segmented_control(key=CHOICE).options[:3] == ["HRC text", "GA text", "SR mandate"]
    assert len(app.get("plotly_chart")) == 1


@pytest.mark.parametrize(("track", "title"), [("ga-resolution", GA), ("sr-mandate", SR)])
def test_the_address_chooses_the_track(opened: Callable[..., AppTest], track: str, title: str) -> None:
    app = opened(track=track)
    assert headers(app)[0] == title
    assert app.segmented_control(key=CHOICE).value == track


def test_the_choice_goes_into_the_filter_of_the_address(opened: Callable[..., AppTest]) -> None:
    app = opened(track="sr-mandate")
    sound(app.segmented_control(key=CHOICE).set_value("ga-resolution").run())
    assert app.session_state["track"] == ["ga-resolution"]
    assert headers(app)[0] == GA


def test_an_earlier_address_with_several_tracks_shows_the_first_of_them(opened: Callable[..., AppTest]) -> None:
    assert headers(opened(track=["sr-mandate", "ga-resolution"]))[0] == GA


def test_the_next_text_comes_first(opened: Callable[..., AppTest]) -> None:
    assert texts(opened())[0].startswith("Next: **HRC67, expected Mon 3 Apr 2028 ±")
    assert texts(opened(track="ga-resolution"))[0] == (
        "Next: **GA81, expected Tue 15 Dec 2026 ± 8 days** · Projected, in 21 days"
    )


def test_the_next_text_opens_its_panel(opened: Callable[..., AppTest]) -> None:
    app = opened(track="hrc-resolution")
    app.button(key="next_hrc-resolution").click().run()
    assert app.query_params["item"] == TEXT


def test_an_unrecorded_text_stays_the_next_one_and_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2027-02-01")
    first = texts(open_page("resolutions", track="ga-resolution"))[0]
    assert first.startswith("Next: **GA81, expected Tue 15 Dec 2026")
    assert "Not confirmed: " in first


# --- The plan


def test_the_plan_counts_the_steps_back_with_their_days_and_how_far_they_are(opened: Callable[..., AppTest]) -> None:
    app = opened()
    steps = [b.key for b in app.button if (b.key or "").startswith("step_plan_")]
    assert len(steps) > 10
    (tabling,) = [b for b in app.button if "Deadline for tabling draft resolutions" in b.label]
    assert tabling.label.startswith("**")
    assert "13:00 (Geneva time) · penholder · in 16 months" in small(app)
    assert "expected Mon 20 Mar 2028 ± 10 days" in texts(app)
    tabling.click().run()
    assert app.query_params["item"] == str(tabling.key).removeprefix("step_plan_")


def test_steps_that_have_passed_without_a_record_say_so(opened: Callable[..., AppTest]) -> None:
    about = [caption for caption in small(opened(track="ga-resolution")) if caption.startswith("18:00 (New York time)")]
    assert about == ["18:00 (New York time) · penholder · passed · not confirmed"]


def test_the_change_of_the_cadence_is_explained_with_its_source(opened: Callable[..., AppTest]) -> None:
    (found,) = [m for m in small(opened(track="ga-resolution")) if m.startswith("Guidelines and practice differ")]
    assert "since 2025" in found
    assert "GA80, Nov–Dec 2025 (not tabled) and GA82, expected Thu 16 Dec 2027" in found
    assert "[Source](https://" in found


# --- Our work


@pytest.fixture
def our_work(staff_member: Viewer) -> Viewer:
    """Somebody with an engagement on the session, and a statement and a side event on the next text."""
    met: dict[str, Any] = {"engagement_kind": EngagementKind.CONSULTED, "form": EngagementForm.ONLINE, **INTERNAL}
    save(staff_member, Engagement, {"title": "Round of talks", "on": date(2026, 11, 3), **met}, items=[SESSION])
    form = {"format": StatementFormat.RESOLUTION_TEXT, "due": date(2028, 2, 1), **INTERNAL}
    save(staff_member, Statement, {"title": "Zero draft", **form}, items=[TEXT])
    day = date(2028, 3, 7)
    event = {"title": "Families", "event_kind": EventKind.SIDE_EVENT, "body": "un-hrc", "start": day, "end": day}
    save(staff_member, Event, {**event, **INTERNAL}, items=[TEXT, SESSION])
    return staff_member


def test_our_work_on_the_next_text_and_its_session_is_linked(our_work: Viewer) -> None:
    app = sound(open_page("resolutions", our_work.person_id))
    found = links(app)
    assert {title for title in ("Round of talks", "Zero draft", "Families") if found[title].startswith("record=")} == {
        "Round of talks",
        "Zero draft",
        "Families",
    }
    assert "Consulted · Tue 3 Nov 2026 · linked to HRC67" in small(app)
    assert "idea · Resolution text · due Tue 1 Feb 2028" in small(app)


def test_our_work_on_another_text_is_not_shown(our_work: Viewer) -> None:
    assert "Zero draft" not in links(sound(open_page("resolutions", our_work.person_id, track="ga-resolution")))


def test_without_work_the_page_says_how_to_start_some(staff_member: Viewer) -> None:
    app = sound(open_page("resolutions", staff_member.person_id))
    assert any(text.startswith("No work on this text yet.") for text in texts(app))
    found = [
        link.query_string for link in app.main.get("page_link") for link in [link.proto] if "tie=" in link.query_string
    ]
    assert sorted(found) == sorted(f"new={kind}&tie={TEXT}" for kind in ("engagement", "statement", "event"))


def test_nobody_in_particular_sees_none_of_our_work(our_work: Viewer) -> None:
    app = sound(open_page("resolutions"))
    assert "Zero draft" not in everything(app)
    assert any(text.startswith("Our work is visible to users only.") for text in texts(app))


# --- Behind it, and the filter


def test_the_texts_so_far_and_the_plan_in_full_can_be_downloaded(opened: Callable[..., AppTest]) -> None:
    app = opened()
    texts_so_far, plan = lists(app)[:2]
    assert list(texts_so_far["Vote"]) == [
        "by consensus",
        "by vote, 39 for, 0 against, 8 abstaining",
        "by consensus",
        "by vote, 33 for, 6 against, 8 abstaining",
        "by consensus",
        "by consensus",
    ]
    assert list(plan.columns) == ["When", "From today", "Step", "Applies to", "Basis"]
    assert [b.key for b in app.get("download_button")] == [
        f"{file}_{name}"
        for name in ("texts-hrc-resolution", "plan-hrc-resolution", "related-texts")
        for file in ("csv", "xlsx")
    ]


def test_rules_are_listed_with_their_years(opened: Callable[..., AppTest]) -> None:
    rules = [m for m in said(opened(track="ga-resolution")) if m.startswith(("**In practice**", "**In the guid"))]
    assert [len(r.splitlines()) - 2 for r in rules] == [3, 1]


def test_an_organisation_keeps_its_own_tracks(opened: Callable[..., AppTest]) -> None:
    app = opened(organisation="un-ga")
    assert headers(app)[0] == GA
    assert app.segmented_control(key=CHOICE).options == ["GA text"]
    assert any(text.startswith("Hidden by the filter: HRC text, SR mandate") for text in texts(app))


def test_a_period_narrows_the_texts(opened: Callable[..., AppTest]) -> None:
    app = opened(track="hrc-resolution", period=["2015-01-01", "2020-12-31"])
    assert list(lists(app)[0]["Adopted"]) == ["Thu 21 Mar 2019", "Thu 24 Mar 2016"]


def test_a_search_narrows_texts_and_related_texts(opened: Callable[..., AppTest]) -> None:
    app = opened(q="environmental")
    assert headers(app) == [HRC, "Related texts"]
    assert list(lists(app)[0]["Adopted"]) == ["Thu 21 Mar 2019"]


def test_a_track_leaves_the_related_texts_as_they_are(opened: Callable[..., AppTest]) -> None:
    assert len(lists(opened(track="sr-mandate"))[-1]) == len(lists(opened())[-1]) > 0


def test_a_country_filter_hides_all_tracks_and_the_page_says_why(opened: Callable[..., AppTest]) -> None:
    app = opened(country="NOR")
    assert headers(app) == ["Related texts"]
    assert said(app)[0].startswith("Hidden by the filter: HRC text, GA text, SR mandate")
    assert said(app)[0].endswith("so a country filter hides them all.")
    app.button(key="resolutions_clear").click().run()
    assert headers(app)[0] == HRC


# --- On a phone


def test_on_a_phone_the_texts_are_a_list_and_not_a_picture() -> None:
    state = {"resolutions_width": {"px": 320}}
    app = sound(open_page("resolutions", "", state, track="ga-resolution"))
    assert len(app.get("plotly_chart")) == 0
    assert app.selectbox(key=f"{CHOICE}_list").value == "ga-resolution"
    marks = {b.key: b for b in app.button if (b.key or "").startswith("text_")}
    assert {"text_ga-resolution-GA81", "text_ga-resolution-GA80"} <= marks.keys()
    assert "◇ expected Tue 15 Dec 2026 ± 8 days" in texts(app)
    assert "✕ Nov–Dec 2025 (dates not set)" in texts(app)
    assert "adopted by consensus" in small(app)
