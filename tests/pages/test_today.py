"""Today, opened through the entrance on Tuesday 24 November 2026."""

from __future__ import annotations

from datetime import date
from typing import Any

from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, member
from calendar_model.mission.transactions import save, writing
from calendar_model.store.models import FollowUp, Person, Statement
from calendar_model.terms import StatementFormat
from tests.app import open_page
from tests.pages.driver import said


def today(**parameters: str | list[str]) -> AppTest:
    app = open_page("today", **parameters)
    assert [e.value for e in app.exception] == []
    return app


def headings(app: AppTest) -> list[str]:
    return [s.value for s in app.subheader]


def titles(app: AppTest) -> list[str]:
    return [b.label for b in app.button if not str(b.key).startswith(("chip_", "filter_"))]


def cells(app: AppTest, track: str) -> list[str]:
    """What stands in the row of a cycle: its turns as buttons, then the rest in order."""
    return [app.button(key=f"cycle_{track}_{label}").label for label in ("Last", "Next", "Then")]


def test_the_date_is_above_what_is_under_way() -> None:
    app = today()
    assert [t.value for t in app.title] == ["Tuesday 24 November 2026"]
    assert headings(app) == [
        "This week",
        "Then, to Mon 22 Feb 2027",
        "The cycles",
        "Table view",
    ]


def test_deadlines_come_first_with_what_is_due_and_from_whom_and_windows_are_not_counted_in_days() -> None:
    app = today()
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
    app = today(kind="upr-review")
    reviews = [t for t in titles(app) if "UPR" in t and not t.startswith("**")]
    assert reviews == ["UPR54: 14 States under review"]


def test_the_filter_narrows_every_part() -> None:
    app = today(organisation="osce")
    assert "OSCE Ministerial Council 2026" in titles(app)
    assert all("ODIHR Director" not in title for title in titles(app))
    assert said(app)[-1] == (
        "No cycles match this filter. Remove a filter to see the resolutions, the mandate and the UPR."
    )
    assert [d.value["What"].to_list() for d in app.dataframe] == [["OSCE Ministerial Council 2026"]]


def test_a_period_takes_the_place_of_the_ninety_days_and_leaves_the_cycles() -> None:
    app = today(organisation="un-ga", period=["2029-11-01", "2029-12-31"])
    assert headings(app)[1] == "Thu 1 Nov – Mon 31 Dec 2029"
    assert "GA text, due in GA84" not in titles(app)
    app.button(key="more_next").click().run()
    assert "GA text, due in GA84" in titles(app)
    assert cells(app, "ga-resolution") == ["**A/RES/78/216**", "**GA81**", "**GA84**"]


def test_each_cycle_has_its_last_text_and_the_next_two() -> None:
    app = today()
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
    app = today(q="conflict and post-conflict")
    assert cells(app, "hrc-resolution") == ["**A/HRC/RES/58/23**", "**HRC67**", "**HRC76**"]


def test_a_country_has_its_own_reviews_in_the_upr() -> None:
    app = today(country="NOR", kind="upr-review")
    assert cells(app, "upr") == ["**UPR47**", "**UPR61**", "**UPR75**"]
    assert "Mon 4 Nov – Fri 15 Nov 2024  \nheld, 4th cycle, Norway" in said(app)


def test_an_empty_page_says_what_would_be_here() -> None:
    app = today(q="no such words anywhere")
    assert said(app)[-3:] == [
        "Nothing this week matches the filter.",
        "Nothing in this period matches the filter. Choose a longer period, or remove a filter.",
        "No cycles match this filter. Remove a filter to see the resolutions, the mandate and the UPR.",
    ]


def test_a_title_opens_the_panel_of_its_item() -> None:
    app = today()
    app.button(key="next_hrd-day-2026").click().run()
    assert app.query_params["item"] == "hrd-day-2026"
    assert [e.value for e in app.exception] == []


def test_the_readers_tasks_come_first_apart_from_those_that_wait_for_others() -> None:
    officer, head = (save(ANONYMOUS, Person, {"name": name}) for name in ("Desk officer", "Head of section"))
    assert [s.value for s in today_of(officer).subheader][:2] == ["Mine to do (0)", "Waiting for others (0)"]
    values: dict[str, Any] = {"format": StatementFormat.STATEMENT, "title": "National statement"}
    awaited, sent = (
        save(member(officer), Statement, {**values, "title": title, "due": date(2026, 12, day)})
        for title, day in (("Awaited", 1), ("Sent", 2))
    )
    save(member(officer), Statement, {**values, "title": "Soon", "due": date(2026, 12, 3)})
    save(member(officer), Statement, {**values, "title": "Next year", "due": date(2027, 12, 1)})
    with writing(member(officer)) as session:
        for record, person in ((awaited, officer), (sent, head)):
            statement = session.get(Statement, record)
            assert statement is not None
            statement.waiting_for_id = person
        assert statement is not None
        for what, due in (("Late", date(2026, 11, 23)), ("Now", date(2026, 11, 24)), ("Far", date(2027, 1, 24))):
            statement.follow_ups.append(FollowUp(what=what, due=due, owner_id=officer))
    app = today_of(officer)
    assert headings(app)[:2] == ["Mine to do (4)", "Waiting for others (1)"]
    assert linked(app) == ["Late", "Late", "Now", "Awaited", "Soon", "Sent"]
    assert [text for text in said(app) if text.startswith("**Next for you**")] == [
        "**Next for you** · late, Mon 23 Nov 2026:"
    ]
    asked = today_of(head)
    assert headings(asked)[:2] == ["Mine to do (1)", "Waiting for others (0)"]
    assert linked(asked) == ["Sent", "Sent"]


def test_nobody_has_no_tasks_and_is_told_how_to_begin() -> None:
    app = open_page("today", None)
    assert not any(heading.startswith(("Mine", "Waiting")) for heading in headings(app))
    assert "Add yourself" in [one.proto.label for one in app.get("page_link")]
    app.button(key="load_sample").click().run()
    assert not app.exception
    assert app.session_state["acting_sample"]
    assert headings(app)[0].startswith("Mine to do")
    assert [button.key for button in app.button if button.key == "load_sample"] == []


def test_the_earlier_address_leads_here_with_its_parameters() -> None:
    app = open_page("overview", organisation="osce")
    assert not app.exception
    assert [t.value for t in app.title] == ["Tuesday 24 November 2026"]
    assert app.session_state["organisation"] == ["osce"]


def today_of(person: str) -> AppTest:
    app = open_page("today", person)
    assert not app.exception
    return app


def linked(app: AppTest) -> list[str]:
    """The tasks that lead to a record, with the next one first."""
    return [one.proto.label for one in app.get("page_link") if "record=" in one.proto.query_string]
