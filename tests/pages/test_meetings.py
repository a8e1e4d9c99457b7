"""Side events and meetings, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.app import open_page
from tests.pages.driver import unfold


def meetings(**parameters: str | list[str]) -> AppTest:
    app = open_page("meetings", **parameters)
    assert [e.value for e in app.exception] == []
    return app


def test_room_request_deadlines_come_first_with_their_rule() -> None:
    app = meetings()
    found = app.dataframe[0].value[["When", "What", "Date status"]].to_numpy().tolist()
    assert [row[1:] for row in found] == [
        [f"Side event room request by a State, HRC{number}", "Projected"] for number in (64, 65, 66, 67)
    ]
    assert found[0][0].replace("\u00a0", " ") == "expected Mon 8 Feb 2027 ± 7 days"
    assert "As of Tue 24 Nov 2026." in [c.value for c in app.caption]
    assert [c.value for c in app.caption if c.value.startswith("HRC, Side event")] == [
        (
            "HRC, Side event room request by a State: Some two to three weeks before the session through the Council side "
            "event form (unsourced)."
        )
    ]


def test_the_filter_leaves_the_meetings_of_one_organisation() -> None:
    everything, one = meetings(), meetings(organisation="osce")
    assert len(everything.dataframe[1].value) >= 29
    found = one.dataframe[0].value
    columns = found[["Organisation", "Meeting", "Next", "Last known", "Usual months"]].to_numpy().tolist()
    rows = {row[1]: row for row in columns}
    assert set(found["Organisation"]) == {"OSCE", "ODIHR"}
    warsaw = rows["Warsaw Human Dimension Conference"]
    assert warsaw[2].startswith("expected Mon 4 Oct – Fri 15 Oct 2027")
    assert warsaw[3].endswith(", not confirmed")
    assert rows["OSCE Ministerial Council and parallel civil society conference"][2:] == [
        *("expected Thu 3 Dec – Fri 4 Dec 2026, provisional", "Thu 4 Dec – Fri 5 Dec 2025", "Dec"),
    ]


def test_the_year_overview_says_in_words_when_a_meeting_takes_place() -> None:
    app = unfold(meetings(organisation="osce"), "meetings_year")
    year = next(frame.value for frame in app.dataframe if "Jan" in frame.value.columns).set_index("Meeting")
    assert {name: [m for m in year.columns if row[m]] for name, row in year.iterrows()} == {
        "Warsaw Human Dimension Conference": ["Sep", "Oct"],
        "Supplementary Human Dimension Meetings": ["Mar", "Apr", "Jun", "Jul", "Oct", "Nov"],
        "OSCE Ministerial Council and parallel civil society conference": ["Dec"],
    }
    assert year.loc["Warsaw Human Dimension Conference", "Sep"] == "may"
    assert year.loc["OSCE Ministerial Council and parallel civil society conference", "Dec"] == "meets"


def test_international_days_are_the_next_ones() -> None:
    app = meetings(kind="observance")
    counted = [m.value for m in app.markdown if m.value.startswith(("**In", "**Tomorrow"))]
    assert counted[:5] == [
        "**Tomorrow** · Wed 25 Nov 2026",
        "**In 5 days** · Sun 29 Nov 2026",
        "**In 15 days** · Wed 9 Dec 2026",
        "**In 16 days** · Thu 10 Dec 2026",
        "**In 16 days** · Thu 10 Dec 2026",
    ]


def test_empty_lists_say_what_matches() -> None:
    app = meetings(kind="resolution")
    assert [m.value for m in app.markdown] == [
        (
            "No upcoming events match the filter. Add our side events, meetings, conferences, informal consultations and "
            "panels here; they also appear on the timeline."
        ),
        "No room request deadlines match the filter. They are calculated from the dates of each session.",
        "No international days match the filter.",
        "No recurring meetings match the filter.",
    ]
    assert len(app.dataframe) == 0
