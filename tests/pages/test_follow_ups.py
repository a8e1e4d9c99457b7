"""Follow-ups, and the part that shows those of one record, on Tuesday 24 November 2026 as somebody of the staff."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.follow_ups import list_follow_ups
from calendar_model.mission.transactions import save, writing
from calendar_model.store.history import of_record as history_of
from calendar_model.store.models import Engagement, FollowUp, Person, Record
from calendar_model.terms import EngagementForm, EngagementKind
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import click, offered_to_undo, sound


@pytest.fixture
def other() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Bo Dahl"}))


def page(who: Viewer, name: str = "follow_ups", **parameters: str | list[str]) -> AppTest:
    return sound(open_page(name, who.person_id, **parameters))


def engaged(who: Viewer, title: str, kind: EngagementKind = EngagementKind.CONSULTED, **more: Any) -> str:
    values = {"title": title, "engagement_kind": kind, "on": date(2026, 11, 1), "form": EngagementForm.ONLINE}
    return save(who, Engagement, {**values, **more})


def follow(who: Viewer, record_id: str, what: str, days: int, owner: Viewer | None = None, **more: Any) -> str:
    follow_up = FollowUp(
        what=what, due=TODAY + timedelta(days=days), owner_id=(owner or who).person_id, **{"outcome": "", **more}
    )
    with writing(who) as session:
        record = session.get(Record, record_id)
        assert record is not None
        record.follow_ups.append(follow_up)
    return follow_up.id


def kept(who: Viewer, record_id: str) -> list[tuple[str, date, str, date | None, str]]:
    with reading(who) as session:
        return [(f.what, f.due, f.owner_id, f.done_on, f.outcome) for f in list_follow_ups(session, record_id)]


def said(app: AppTest) -> list[str]:
    """What the page says, but for its style."""
    return [element.value for element in app.main.markdown]


def test_follow_ups_are_hidden_until_a_user_is_selected(me: Viewer) -> None:
    follow(me, engaged(me, "Meeting"), "Write back", 1)

    app = sound(open_page("follow_ups"))

    assert said(app) == [
        "Follow-ups are visible to users only. Select your name to see this page; new users: add yourself in Settings."
    ]


def test_an_empty_page_says_what_will_be_here(me: Viewer) -> None:
    assert said(page(me)) == [
        "No follow-ups yet. Add one on the page of an engagement, a statement, a case or another record."
    ]


def test_the_readers_own_come_first_and_late_ones_above_all(me: Viewer, other: Viewer) -> None:
    meeting = engaged(me, "Meeting")
    for what, days in (("Later", 7), ("Soon", 6), ("Late", -3), ("Today", 0)):
        follow(me, meeting, what, days)
    follow(me, meeting, "Bo's", -30, other)
    follow(me, meeting, "Done", -9, done_on=date(2026, 10, 25), outcome="They came.")
    follow(me, meeting, "Done long ago", -99, done_on=date(2026, 10, 24))

    app = page(me)

    assert [heading.value for heading in app.subheader] == [
        "My follow-ups, late: 1",
        "My follow-ups, next seven days: 2",
        "My follow-ups, later: 1",
        "Bo Dahl: 1",
    ]
    assert said(app) == [
        "**Late by 3 days** · Sat 21 Nov 2026",
        "**Late**",
        "**Due today** · Tue 24 Nov 2026",
        "**Today**",
        "**In 6 days** · Mon 30 Nov 2026",
        "**Soon**",
        "In 7 days · Tue 1 Dec 2026",
        "**Later**",
        "**Late by 30 days** · Sun 25 Oct 2026",
        "**Bo's**",
        "Done on Sun 25 Oct 2026",
        "Done",
        "They came.",
    ]
    assert [fold.label for fold in app.main.expander] == ["Done since Sun 25 Oct 2026: 1"]


def test_the_page_says_that_the_filter_does_not_apply(me: Viewer) -> None:
    follow(me, engaged(me, "Meeting"), "Write back", 1)

    narrowed, all_ = page(me, body="un-hrc"), page(me)

    notice = "The filter does not apply to follow-ups; all are shown."
    assert [caption.value for caption in narrowed.main.caption].count(notice) == 1
    assert [caption.value for caption in all_.main.caption].count(notice) == 0


def test_one_click_saves_the_outcome_and_marks_it_as_done(me: Viewer) -> None:
    meeting = engaged(me, "Meeting")
    made = follow(me, meeting, "Write *back*", -1)
    app = page(me)
    app.session_state[f"follow_up_{made}"] = True
    sound(app.run())

    app.text_area(key=f"follow_up_outcome_{made}").input("They are content.")
    click(app, f"follow_up_done_{made}")

    assert kept(me, meeting) == [("Write *back*", date(2026, 11, 23), me.person_id, TODAY, "They are content.")]
    assert offered_to_undo(app) == "Done: Write *back*"
    assert any(text.value == "Done: Write \\*back\\*" for text in app.markdown)
    click(app, f"follow_up_reopen_{made}")
    assert kept(me, meeting) == [("Write *back*", date(2026, 11, 23), me.person_id, None, "They are content.")]


def test_a_follow_up_can_be_postponed_and_reworded(me: Viewer) -> None:
    meeting = engaged(me, "Meeting")
    made = follow(me, meeting, "Write back", -1)
    app = page(me)
    app.session_state[f"follow_up_{made}"] = True
    sound(app.run())

    app.text_input(key=f"follow_up_what_{made}").input("Call back")
    app.date_input(key=f"follow_up_due_{made}").set_value(date(2026, 12, 1))
    click(app, f"follow_up_change_{made}")

    assert kept(me, meeting) == [("Call back", date(2026, 12, 1), me.person_id, None, "")]
    app.text_input(key=f"follow_up_what_{made}").input(" ")
    click(app, f"follow_up_change_{made}")
    assert [fault.value for fault in app.error] == ["Enter the action."]
    assert kept(me, meeting) == [("Call back", date(2026, 12, 1), me.person_id, None, "")]


def test_an_edit_conflict_is_reported_and_overwrites_nothing(me: Viewer, other: Viewer) -> None:
    meeting = engaged(me, "Meeting")
    made = follow(me, meeting, "Write back", -1)
    app = page(me)
    app.session_state[f"follow_up_{made}"] = True
    sound(app.run())
    save(other, FollowUp, {"done_on": TODAY, "outcome": "Bo did it."}, record_id=made, seen=1)

    click(app, f"follow_up_done_{made}")

    assert [fault.value for fault in app.error] == [
        "Another user has changed this record since you opened it. Your changes are kept: compare both below, then save again."
    ]
    assert kept(me, meeting) == [("Write back", date(2026, 11, 23), me.person_id, TODAY, "Bo did it.")]


def test_many_follow_ups_are_shown_some_at_a_time(me: Viewer) -> None:
    meeting = engaged(me, "Meeting")
    for number in range(11):
        follow(me, meeting, f"Number {number:02}", 20 + number)

    app = page(me)

    assert [text for text in said(app) if text.startswith("**Number")] == [f"**Number {n:02}**" for n in range(8)]
    assert app.button(key="more_mine_later").label == "Show 3 more of 11"
    click(app, "more_mine_later")
    assert [text for text in said(app) if text.startswith("**Number")] == [f"**Number {n:02}**" for n in range(11)]


def test_people_without_access_see_no_follow_ups_of_a_restricted_record(me: Viewer, other: Viewer) -> None:
    secret = engaged(me, "CANARY title", EngagementKind.SECURITY_MEASURES)
    follow(me, secret, "CANARY open", 1)
    follow(me, secret, "CANARY done", 1, done_on=TODAY, outcome="CANARY outcome")

    assert "CANARY" in everything(page(me))
    assert "CANARY" not in everything(page(other))
    assert [heading.value for heading in page(other).subheader] == []


# --- Those of one record


def test_a_follow_up_is_added_on_the_page_of_its_record(me: Viewer, other: Viewer) -> None:
    meeting = engaged(me, "Meeting")
    app = page(me, "engagements", record=meeting)

    click(app, f"follow_up_add_{meeting}")
    (fault,) = app.error
    assert "Enter the action." in fault.value
    app.text_input(key=f"follow_up_what_{meeting}").input("Write back")
    click(app, f"follow_up_add_{meeting}")
    assert [fault.value for fault in app.error] == ["Enter a due date."]
    app.date_input(key=f"follow_up_due_{meeting}").set_value(date(2026, 12, 1))
    app.selectbox(key=f"follow_up_owner_{meeting}").select(other.person_id)
    click(app, f"follow_up_add_{meeting}")

    assert [message.value for message in app.toast] == ["Follow-up added."]
    assert kept(me, meeting) == [("Write back", date(2026, 12, 1), other.person_id, None, "")]
    assert app.text_input(key=f"follow_up_what_{meeting}").value == ""
    with reading(me) as session:
        assert [(c.table, c.action, c.person_id) for c in history_of(session, meeting)][-1] == (
            "follow_up",
            "create",
            me.person_id,
        )


def test_only_people_with_access_are_responsible_for_a_restricted_record(me: Viewer, other: Viewer) -> None:
    secret = engaged(me, "Secret", EngagementKind.SECURITY_MEASURES)
    made = follow(me, secret, "Call", 1)

    app = page(me, "engagements", record=secret)
    app.session_state[f"follow_up_{made}"] = True
    sound(app.run())

    assert app.selectbox(key=f"follow_up_owner_{secret}").options == ["Amina Berg"]
    assert app.selectbox(key=f"follow_up_owner_{made}").options == ["Amina Berg"]
