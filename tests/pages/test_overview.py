"""The overview, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from datetime import date
from typing import Any

from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import FollowUp, Person, Statement
from calendar_model.terms import StatementForm
from tests.app import open_page
from tests.pages.driver import said

FILTER_BAR = ("Filter", "Clear")


def overview(**parameters: str | list[str]) -> AppTest:
    app = open_page("overview", **parameters)
    assert [e.value for e in app.exception] == []
    return app


def headings(app: AppTest) -> list[str]:
    return [s.value for s in app.subheader]


def titles(app: AppTest) -> list[str]:
    return [b.label for b in app.button if not b.label.startswith(FILTER_BAR)]


def cells(app: AppTest, track: str) -> list[str]:
    """What stands in the row of a cycle: its turns as buttons, then the rest in order."""
    return [app.button(key=f"cycle_{track}_{label}").label for label in ("Last", "Next", "Then")]


def test_the_date_is_above_what_is_under_way() -> None:
    app = overview()
    assert [t.value for t in app.title] == ["Overview"]
    assert headings(app) == [
        "Now, Tuesday 24 November 2026",
        "Next 90 days (to Mon 22 Feb 2027)",
        "The cycles",
        "Table view",
    ]


def test_deadlines_come_first_with_what_is_due_and_from_whom_and_windows_are_not_counted_in_days() -> None:
    app = overview()
    text = said(app)
    deadlines, rest = text.index("#### Deadlines"), text.index("#### Sessions, meetings and international days")
    assert deadlines < rest
    counted = [t for t in text if t.startswith(("**In ", "**Today", "**Tomorrow"))]
    for day in (
        "**In 5 days** · Sun 29 Nov 2026",
        "**In 15 days** · Wed 9 Dec 2026",
        "**In 16 days** · Thu 10 Dec 2026",
    ):
        assert day in counted
    assert any(t.startswith("**In about ") and "· expected " in t for t in counted)
    assert [t for t in counted if "dates not set" in t] == []


def test_the_reviews_of_a_session_are_one_line() -> None:
    app = overview(kind="upr-review")
    reviews = [t for t in titles(app) if "UPR" in t and not t.startswith("**")]
    assert reviews == ["UPR54: 14 States under review"]


def test_the_filter_narrows_every_part() -> None:
    app = overview(organisation="osce")
    assert "OSCE Ministerial Council 2026" in titles(app)
    assert all("ODIHR Director" not in title for title in titles(app))
    assert said(app)[-1] == (
        "No cycles match this filter. Remove a filter to see the resolutions, the mandate and the UPR."
    )
    assert [d.value["What"].to_list() for d in app.dataframe] == [["OSCE Ministerial Council 2026"]]


def test_a_period_takes_the_place_of_the_ninety_days_and_leaves_the_cycles() -> None:
    app = overview(organisation="un-ga", period=["2029-11-01", "2029-12-31"])
    assert headings(app)[1] == "Thu 1 Nov – Mon 31 Dec 2029"
    assert "GA text, due in GA84" in titles(app)
    assert cells(app, "ga-resolution") == ["**A/RES/78/216**", "**GA81**", "**GA84**"]


def test_each_cycle_has_its_last_text_and_the_next_two() -> None:
    app = overview()
    assert {track: cells(app, track) for track in ("hrc-resolution", "ga-resolution", "sr-mandate", "upr")} == {
        "hrc-resolution": ["**A/HRC/RES/58/23**", "**HRC67**", "**HRC76**"],
        "ga-resolution": ["**A/RES/78/216**", "**GA81**", "**GA84**"],
        "sr-mandate": ["**A/HRC/RES/61/22**", "**HRC70**", "**HRC79**"],
        "upr": ["**UPR53**", "**UPR54**", "**UPR55**"],
    }
    assert [c.value for c in app.caption if "guidelines" in c.value] == [
        ":material/flag: Every third year since 2025; the guidelines say every second year."
    ]
    turns = [text.split("  \n") for text in said(app)]
    (ga_text,) = [turn for turn in turns if turn[1:] == ["projected, counted from A/RES/78/216"]][:1]
    assert ga_text[0].startswith("expected Tue 15 Dec 2026")


def test_words_that_occur_in_an_older_text_do_not_make_it_the_last_one() -> None:
    app = overview(q="conflict and post-conflict")
    assert cells(app, "hrc-resolution") == ["**A/HRC/RES/58/23**", "**HRC67**", "**HRC76**"]


def test_a_country_has_its_own_reviews_in_the_upr() -> None:
    app = overview(country="NOR", kind="upr-review")
    assert cells(app, "upr") == ["**UPR47**", "**UPR61**", "**UPR75**"]
    assert "Mon 4 Nov – Fri 15 Nov 2024  \nheld, 4th cycle, Norway" in said(app)


def test_an_empty_page_says_what_would_be_here() -> None:
    app = overview(q="no such words anywhere")
    assert said(app) == [
        "Nothing under way today matches this filter.",
        "Nothing in this period matches the filter. Choose a longer period, or remove a filter.",
        "No cycles match this filter. Remove a filter to see the resolutions, the mandate and the UPR.",
    ]


def test_a_title_opens_the_panel_of_its_item() -> None:
    app = overview()
    app.button(key="next_hrd-day-2026").click().run()
    assert app.query_params["item"] == "hrd-day-2026"
    assert [e.value for e in app.exception] == []


def test_the_current_users_open_tasks_come_first() -> None:
    officer = save(ANONYMOUS, Person, {"name": "Desk officer"})
    assert waits(officer) == []
    values: dict[str, Any] = {"form": StatementForm.NATIONAL, "title": "National statement"}
    made = save(member(officer), Statement, {**values, "due": date(2026, 12, 1)})
    save(member(officer), Statement, {**values, "due": date(2027, 12, 1)})
    save(member(officer), Statement, {}, record_id=made, seen=1)
    with writing(member(officer)) as session:
        statement = session.get(Statement, made)
        assert statement is not None
        statement.waiting_for_id = officer
        for due in (date(2026, 11, 23), date(2026, 11, 24), date(2027, 1, 24)):
            statement.follow_ups.append(FollowUp(what="Write back", due=due, owner_id=officer))
    assert waits(officer) == [
        "**1** statement awaits your reply",
        "**1** statement of yours is due within two weeks",
        "**1** follow-up is late",
        "**1** follow-up is due within two weeks",
    ]
    assert waits("") == []


def waits(person: str) -> list[str]:
    app = open_page("overview", person)
    assert not app.exception
    return [one.proto.label for one in app.get("page_link") if one.proto.label.startswith("**")]
