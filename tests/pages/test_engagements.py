"""Engagements, opened through the entrance on Tuesday 24 November 2026 as somebody of the staff."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.records import WHOLE
from calendar_model.mission.transactions import save, writing
from calendar_model.store.history import of_record
from calendar_model.store.models import (
    Case,
    Change,
    Contact,
    Engagement,
    Event,
    FollowUp,
    Person,
    Record,
    Statement,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    EventKind,
    StatementFormat,
    Suggester,
)
from calendar_model.vocabulary import Sensitivity
from tests.app import everything, open_page
from tests.day import TODAY
from tests.pages.driver import address, click, links_on_page, offered_to_undo, sound, unfold

ITEM, ITS_TITLE = "hrc-resolution-HRC67", "HRC text, due in HRC67"


@pytest.fixture
def other() -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": "Bo Dahl"}))


def page(who: Viewer, **parameters: str | list[str]) -> AppTest:
    return sound(open_page("engagements", who.person_id, **parameters))


def engaged(who: Viewer, title: str, on: date = date(2026, 11, 1), **more: Any) -> str:
    door = {name: more.pop(name, None) for name in ("items", "links", "named")}
    values = {"engagement_kind": EngagementKind.CONSULTED, "form": EngagementForm.IN_PERSON, "on": on, **more}
    return save(who, Engagement, {"title": title, **values}, **door)


def contact(who: Viewer, title: str, **more: Any) -> str:
    return save(who, Contact, {"title": title, "contact_kind": ContactKind.DEFENDER, **more})


def follow_up(who: Viewer, what: str, days: int, **more: Any) -> FollowUp:
    return FollowUp(what=what, due=TODAY + timedelta(days=days), owner_id=who.person_id, **more)


def kept(who: Viewer, record_id: str) -> Engagement:
    with reading(who) as session:
        engagement = session.get(Engagement, record_id, options=WHOLE)
        assert engagement is not None
        return engagement


def rows(app: AppTest) -> list[dict[str, Any]]:
    (table,) = [frame for frame in app.dataframe if frame.proto.form_id == "" and "What" in frame.value.columns]
    return [{str(name): value for name, value in row.items()} for row in table.value.to_dict("records")]


def whats(app: AppTest) -> list[str]:
    return [row["What"] for row in rows(app)]


# --- The list


def test_engagements_are_hidden_until_a_user_is_selected(me: Viewer) -> None:
    engaged(me, "CANARY")

    app = sound(open_page("engagements"))

    assert [text.value for text in app.main.markdown] == [
        "Engagements are visible to users only. Select your name to see this page; new users: add yourself in Settings."
    ]
    assert "CANARY" not in everything(app)


def test_an_empty_page_says_what_will_be_here(me: Viewer) -> None:
    app = page(me)

    assert [text.value for text in app.main.markdown] == [
        "No engagements yet. Log a meeting, a consultation or support given, and link it to the calendar."
    ]


def test_a_row_shows_date_title_place_participants_and_outcome(me: Viewer) -> None:
    who = contact(me, "Defender 001")
    engaged(me, "Breakfast", links=[who], items=[ITEM], organisation="un-hrc", outcome=f"They\nagree. {'word ' * 40}")
    engaged(me, "Round table", TODAY + timedelta(days=1), participants="Two lawyers")
    engaged(me, "Plan", date(2026, 10, 1), engagement_kind=EngagementKind.SECURITY_MEASURES)

    app = page(me)

    assert rows(app) == [
        {
            "When": date(2026, 11, 25),
            "Kind": "Consulted",
            "What": "Round table (planned)",
            "Organisation": "",
            "With": "Two lawyers",
            "Linked to": "",
            "Outcome": "",
        },
        {
            "When": date(2026, 11, 1),
            "Kind": "Consulted",
            "What": "Breakfast",
            "Organisation": "HRC",
            "With": "Defender 001",
            "Linked to": ITS_TITLE,
            "Outcome": f"They agree. {' '.join(['word'] * 40)}",
        },
        {
            "When": date(2026, 10, 1),
            "Kind": "Security measures",
            "What": "Plan (restricted)",
            "Organisation": "",
            "With": "",
            "Linked to": "",
            "Outcome": "",
        },
    ]
    assert "3 engagements. Select a row to open it." in [caption.value for caption in app.main.caption]


def test_open_follow_ups_come_first_the_latest_above_all(me: Viewer) -> None:
    late = engaged(me, "Breakfast", follow_ups=[follow_up(me, "Write *back*", -2), follow_up(me, "Call", 9)])
    engaged(me, "Lunch", follow_ups=[follow_up(me, "Thank them", 0), follow_up(me, "Done", -9, done_on=TODAY)])

    app = page(me)

    assert [heading.value for heading in app.subheader] == ["Open follow-ups: 3", "All engagements, newest first"]
    lines = [text.value for text in app.main.markdown]
    assert lines == [
        "**Late by 2 days** · Sun 22 Nov 2026",
        "**Due today** · Tue 24 Nov 2026",
        "In 9 days · Thu 3 Dec 2026",
    ]
    (first, *_) = [button for button in app.button if str(button.key).startswith("pressing_")]
    assert first.label == "**Write \\*back\\***"
    click(app, str(first.key))
    assert address(app, "record") == late
    assert [title.value for title in app.title] == ["Breakfast"]


def test_the_pages_own_filters_narrow_the_list_and_are_in_no_address(me: Viewer, other: Viewer) -> None:
    kenyan = contact(me, "Defender 001", country="KEN")
    engaged(me, "A", links=[kenyan], organisation="un-hrc")
    engaged(me, "B", date(2026, 10, 1), engagement_kind=EngagementKind.INVITED, organisation="osce")
    engaged(other, "C", date(2026, 9, 1), outcome="They ask for time.")
    app = page(me)
    before = dict(app.query_params)

    app.multiselect(key="engagements_kinds").set_value([EngagementKind.INVITED])
    assert whats(sound(app.run())) == ["B"]
    app.multiselect(key="engagements_kinds").set_value([])
    app.multiselect(key="engagements_organisations").set_value(["un"])
    assert whats(sound(app.run())) == ["A"]
    app.multiselect(key="engagements_organisations").set_value([])
    app.multiselect(key="engagements_countries").set_value(["KEN"])
    assert whats(sound(app.run())) == ["A"]
    app.multiselect(key="engagements_countries").set_value([])
    app.toggle(key="engagements_mine").set_value(True)
    assert whats(sound(app.run())) == ["A", "B"]
    app.text_input(key="engagements_search").input("ask")
    sound(app.run())
    assert [text.value for text in app.main.markdown][-1] == ("No engagements match. Broaden your search.")
    app.toggle(key="engagements_mine").set_value(False)
    assert whats(sound(app.run())) == ["C"]
    assert dict(app.query_params) == before


def test_the_choices_of_the_list_stay_while_a_record_is_open(me: Viewer) -> None:
    made = engaged(me, "A", follow_ups=[follow_up(me, "Write back", 1)])
    engaged(me, "B", engagement_kind=EngagementKind.INVITED)
    app = page(me)
    app.multiselect(key="engagements_kinds").set_value([EngagementKind.CONSULTED])
    sound(app.run())

    app.button(key=f"pressing_{kept(me, made).follow_ups[0].id}").click().run()
    click(app, "form_back")

    assert whats(app) == ["A"]


def test_the_filter_above_narrows_the_list_and_is_named(me: Viewer) -> None:
    engaged(me, "A", organisation="un-hrc", follow_ups=[follow_up(me, "Of A", 1)])
    engaged(me, "B", organisation="osce", follow_ups=[follow_up(me, "Of B", 1)])
    engaged(me, "C", date(2025, 3, 1), organisation="un-hrc")

    app = page(me, organisation="un", period=["2026-01-01", "2026-12-31"])

    assert whats(app) == ["A"]
    assert [button.label for button in app.button if str(button.key).startswith("pressing_")] == ["**Of A**"]
    assert app.main.caption[0].value == ("Filtered by: UN; Thu 1 Jan – Thu 31 Dec 2026.")
    app.multiselect(key="engagements_organisations").set_value(["osce"])
    sound(app.run())
    assert [text.value for text in app.main.markdown][-1] == ("No engagements match. Broaden your search.")


def test_many_engagements_are_shown_some_at_a_time(me: Viewer) -> None:
    with writing(me) as session:
        for number in range(103):
            session.add(
                Engagement(
                    title=f"Number {number}",
                    on=date(2026, 11, 1) - timedelta(days=number),
                    engagement_kind=EngagementKind.INVITED,
                    form=EngagementForm.IN_PERSON,
                    sensitivity=Sensitivity.INTERNAL,
                    owner_id=me.person_id,
                )
            )

    app = page(me)

    assert whats(app) == [f"Number {number}" for number in range(100)]
    assert app.button(key="more_engagements").label == "Show 3 more of 103"
    click(app, "more_engagements")
    assert whats(app) == [f"Number {number}" for number in range(103)]


def test_people_without_access_see_nothing_of_a_restricted_engagement(me: Viewer, other: Viewer) -> None:
    secret = engaged(
        me,
        "CANARY title",
        engagement_kind=EngagementKind.SECURITY_MEASURES,
        place="CANARY place",
        participants="CANARY participants",
        outcome="CANARY outcome",
        follow_ups=[follow_up(me, "CANARY follow-up", -1)],
    )
    hidden = contact(me, "CANARY contact", country="KEN")
    seen = engaged(me, "Meeting", links=[hidden])

    assert "CANARY" in everything(page(me))
    assert "CANARY" not in everything(page(other))
    assert "CANARY" in everything(page(me, record=seen))
    assert "CANARY" not in everything(page(other, record=seen))
    assert "CANARY" not in everything(page(other, new="consulted", **{"with": [secret, hidden]}))
    refused = page(other, record=secret)
    assert [title.value for title in refused.title] == ["Engagements"]
    assert [text.value for text in refused.main.markdown] == [
        "This engagement no longer exists, or you do not have access."
    ]


# --- One engagement


def test_a_new_engagement_begins_with_what_the_address_says(me: Viewer) -> None:
    who = contact(me, "Defender 001")
    draft = save(me, Statement, {"title": "Item 3", "format": StatementFormat.STATEMENT})

    app = page(me, new="participation-supported", tie=ITEM, **{"with": [who, draft]})

    assert app.pills(key="engagement_new_kinds").value == [EngagementKind.PARTICIPATION_SUPPORTED]
    assert app.text_input(key="engagement_new_title").value == f"Participation supported: {ITS_TITLE}"
    assert app.selectbox(key="engagement_new_organisation").value == "un-hrc"
    assert app.date_input(key="engagement_new_on").value == TODAY
    assert app.multiselect(key="engagement_new_items").value == [ITEM]
    assert app.multiselect(key="engagement_new_links_contacts").value == [who]
    assert app.multiselect(key="engagement_new_links_statements").value == [draft]


def test_each_kind_is_explained_in_a_sentence_of_its_own(me: Viewer) -> None:
    explained = set()
    for kind in EngagementKind:
        app = page(me, new=str(kind))
        assert app.pills(key="engagement_new_kinds").value == [kind]
        explained.add(app.main.caption[0].value)
    assert len(explained) == len(EngagementKind)
    assert all(sentence.endswith(".") for sentence in explained)


def test_one_meeting_of_two_kinds_is_one_record_linked_to_its_item(me: Viewer) -> None:
    app = page(me, new="consulted", tie=ITEM)
    app.text_input(key="engagement_new_title").input("Round table")
    app.pills(key="engagement_new_kinds").set_value(
        [EngagementKind.COUNTRY_DESK, EngagementKind.CONSULTED, EngagementKind.PARTICIPATION_SUPPORTED]
    )
    sound(app.run())
    for kind in (EngagementKind.COUNTRY_DESK, EngagementKind.CONSULTED):
        assert kind.traits.meaning in app.main.caption[0].value
    assert app.text_input(key="engagement_new_participants").label == "Desk, and other participants"
    click(app, "engagement_new_save")

    made = address(app, "record")
    one = kept(me, made)
    assert one.kinds == (
        EngagementKind.COUNTRY_DESK,
        EngagementKind.CONSULTED,
        EngagementKind.PARTICIPATION_SUPPORTED,
    )
    assert [link.item for link in one.items] == [ITEM]
    assert app.main.caption[0].value.startswith("Country desk, consulted, participation supported, Tue 24 Nov 2026.")
    assert app.pills(key=f"engagement_{made}_kinds").value == list(one.kinds)
    assert [row["Kind"] for row in rows(page(me))] == ["Country desk, consulted, participation supported"]

    app.pills(key=f"engagement_{made}_kinds").set_value([EngagementKind.CONSULTED])
    click(app, f"engagement_{made}_save")
    assert kept(me, made).kinds == (EngagementKind.CONSULTED,)


def test_an_engagement_without_a_kind_is_refused_and_security_restricts_in_any_place(me: Viewer) -> None:
    app = page(me, new="consulted")
    app.text_input(key="engagement_new_title").input("Meeting")
    app.pills(key="engagement_new_kinds").set_value([])
    click(app, "engagement_new_save")
    assert [fault.value for fault in app.error] == ["Choose the kind of engagement."]

    app.pills(key="engagement_new_kinds").set_value([EngagementKind.CONSULTED, EngagementKind.SECURITY_MEASURES])
    sound(app.run())
    assert [box.key for box in app.selectbox if str(box.key).endswith("sensitivity")] == []
    click(app, "engagement_new_save")
    assert kept(me, address(app, "record")).sensitivity is Sensitivity.RESTRICTED


def test_chosen_kinds_wait_for_the_same_person(me: Viewer) -> None:
    chosen = [EngagementKind.INVITED, EngagementKind.CONSULTED]
    app = page(me, new="consulted")
    app.pills(key="engagement_new_kinds").set_value(chosen)
    sound(app.run())
    sound(app.run())

    assert page(me, new="consulted").pills(key="engagement_new_kinds").value == chosen


def test_a_contact_is_created_in_place_and_chosen_and_nothing_typed_is_lost(me: Viewer, other: Viewer) -> None:
    first = contact(me, "Defender 001")
    app = page(me, new="consulted", **{"with": first})
    app.text_input(key="engagement_new_title").input("Breakfast")
    unfold(app, "engagement_new_links_contacts_new")
    code = app.text_input(key="engagement_new_links_contacts_new_title")
    assert code.value == "Defender 002"

    code.input("Defender 1")
    click(app, "engagement_new_links_contacts_new_create")
    assert [fault.value.startswith("Another contact") for fault in app.error] == [True]
    assert app.text_input(key="engagement_new_links_contacts_new_title").value == "Defender 1"

    app.text_input(key="engagement_new_links_contacts_new_title").input("Defender 007")
    click(app, "engagement_new_links_contacts_new_create")
    assert list(app.error) == []
    assert app.text_input(key="engagement_new_title").value == "Breakfast"
    chosen = app.multiselect(key="engagement_new_links_contacts").value
    with reading(me) as session:
        made = session.scalars(select(Contact).where(Contact.title == "Defender 007")).one()
    assert chosen == [first, made.id]
    assert (made.contact_kind, made.sensitivity) == (ContactKind.DEFENDER, Sensitivity.RESTRICTED)
    assert "Defender 007" not in everything(page(other, new="consulted"))

    click(app, "engagement_new_save")
    assert {link.other_id for link in kept(me, address(app, "record")).links} == {first, made.id}


def test_the_first_contact_and_an_event_are_created_in_place_on_the_day_of_the_engagement(me: Viewer) -> None:
    app = page(me, new="consulted", tie=ITEM)
    unfold(app, "engagement_new_links_contacts_new")
    app.selectbox(key="engagement_new_links_contacts_new_contact_kind").select(ContactKind.ORGANISATION)
    sound(app.run())
    assert app.text_input(key="engagement_new_links_contacts_new_title").value == "Organisation 001"
    click(app, "engagement_new_links_contacts_new_create")

    app.date_input(key="engagement_new_on").set_value(date(2026, 12, 3))
    sound(app.run())
    unfold(app, "engagement_new_links_events_new")
    click(app, "engagement_new_links_events_new_create")
    assert len(app.error) == 1
    app.selectbox(key="engagement_new_links_events_new_event_kind").select(EventKind.PANEL)
    app.text_input(key="engagement_new_links_events_new_title").input("A safe way home")
    click(app, "engagement_new_links_events_new_create")
    click(app, "engagement_new_save")

    with reading(me) as session:
        event, made = session.scalars(select(Event)).one(), session.scalars(select(Contact)).one()
    assert (event.title, event.event_kind, event.start, event.end, event.body, event.sensitivity) == (
        "A safe way home",
        EventKind.PANEL,
        date(2026, 12, 3),
        date(2026, 12, 3),
        "un-hrc",
        Sensitivity.INTERNAL,
    )
    assert (made.title, made.sensitivity) == ("Organisation 001", Sensitivity.INTERNAL)
    assert {link.other_id for link in kept(me, address(app, "record")).links} == {event.id, made.id}


def test_a_new_engagement_is_saved_with_links_and_follow_up_and_opened(me: Viewer, other: Viewer) -> None:
    who = contact(me, "Defender 001")
    event = save(
        me,
        Event,
        {"title": "Panel", "event_kind": EventKind.PANEL, "body": "un-hrc", "start": TODAY, "end": TODAY},
    )
    app = page(me, new="bilateral-mission", tie=ITEM)

    assert app.text_input(key="engagement_new_participants").label == "Mission, and other participants"
    app.text_input(key="engagement_new_title").input("  Talk with the embassy ")
    app.date_input(key="engagement_new_on").set_value(date(2026, 11, 20))
    app.selectbox(key="engagement_new_form").select(EngagementForm.PHONE)
    app.text_input(key="engagement_new_participants").input("Embassy in Nairobi")
    app.text_area(key="engagement_new_outcome").input("They advise quiet.")
    app.multiselect(key="engagement_new_links_contacts").set_value([who])
    app.multiselect(key="engagement_new_links_events").set_value([event])
    app.text_input(key="engagement_new_next_what").input("Call again")
    app.date_input(key="engagement_new_next_due").set_value(date(2026, 12, 1))
    app.selectbox(key="engagement_new_next_owner").select(other.person_id)
    click(app, "engagement_new_save")

    assert [message.value for message in app.toast] == ["Engagement logged."]
    made = address(app, "record")
    one = kept(me, made)
    assert (one.title, one.engagement_kind, one.on, one.form, one.organisation, one.participants, one.outcome) == (
        "Talk with the embassy",
        EngagementKind.BILATERAL_MISSION,
        date(2026, 11, 20),
        EngagementForm.PHONE,
        "un-hrc",
        "Embassy in Nairobi",
        "They advise quiet.",
    )
    assert (one.owner_id, one.sensitivity) == (me.person_id, Sensitivity.INTERNAL)
    assert [link.item for link in one.items] == [ITEM]
    assert {link.other_id for link in one.links} == {who, event}
    assert [(f.what, f.due, f.owner_id) for f in one.follow_ups] == [("Call again", date(2026, 12, 1), other.person_id)]
    assert [title.value for title in app.title] == ["Talk with the embassy"]


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("title", "Enter a title"),
        ("on", "Enter the date it took place, or is planned for."),
        ("next_due", "Enter a due date."),
    ],
)
def test_missing_values_are_named_and_typed_ones_kept(me: Viewer, field: str, says: str) -> None:
    app = page(me, new="invited")
    app.text_input(key="engagement_new_title").input("" if field == "title" else "Reception")
    app.date_input(key="engagement_new_on").set_value(None if field == "on" else TODAY)
    app.text_input(key="engagement_new_next_what").input("Write back" if field == "next_due" else "")
    app.text_area(key="engagement_new_outcome").input("They came.")

    click(app, "engagement_new_save")

    (fault,) = app.error
    assert fault.value.startswith(says)
    assert app.text_area(key="engagement_new_outcome").value == "They came."
    assert [text.value for text in page(me).main.markdown][-1].startswith("No engagements yet.")


def test_a_link_to_a_case_restricts_an_engagement_and_its_follow_up(me: Viewer, other: Viewer) -> None:
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.DEFENDER})
    app = page(me, new="consulted", **{"with": case})
    app.text_input(key="engagement_new_title").input("Talk about Case 1")
    app.text_input(key="engagement_new_next_what").input("Call again")
    app.date_input(key="engagement_new_next_due").set_value(date(2026, 12, 1))
    app.selectbox(key="engagement_new_next_owner").select(other.person_id)

    click(app, "engagement_new_save")
    assert len(app.error) == 1
    assert "record" not in app.query_params
    app.selectbox(key="engagement_new_sensitivity").select(Sensitivity.RESTRICTED)
    sound(app.run())
    app.multiselect(key="engagement_new_named").set_value([other.person_id])
    click(app, "engagement_new_save")

    made = address(app, "record")
    one = kept(other, made)
    assert one.sensitivity is Sensitivity.RESTRICTED
    assert {access.person_id for access in one.named} == {me.person_id, other.person_id}
    assert [f.owner_id for f in one.follow_ups] == [other.person_id]
    assert app.main.caption[0].value == (
        "Consulted, Tue 24 Nov 2026. Restricted: visible only to Amina Berg, Bo Dahl. Owner: Amina Berg."
    )


def test_security_measures_are_born_restricted_and_never_opened_to_all(me: Viewer) -> None:
    app = page(me, new="security-measures")
    assert [box.key for box in app.selectbox if str(box.key).endswith("sensitivity")] == []
    app.text_input(key="engagement_new_title").input("Plan")
    click(app, "engagement_new_save")
    made = address(app, "record")
    assert kept(me, made).sensitivity is Sensitivity.RESTRICTED

    level = app.selectbox(key=f"engagement_{made}_sensitivity")
    assert level.options == ["Internal: all users", "Restricted: only the people named below"]
    level.select(Sensitivity.INTERNAL)
    sound(app.run())
    click(app, f"engagement_{made}_save")
    assert [fault.value for fault in app.error] == [
        "Enter in a sentence why more people may see it; the reason stays in the history."
    ]
    app.text_input(key=f"engagement_{made}_reason").input("They have asked for it themselves.")
    click(app, f"engagement_{made}_save")

    assert kept(me, made).sensitivity is Sensitivity.INTERNAL
    with reading(me) as session:
        assert of_record(session, made)[-1].reason == "They have asked for it themselves."


def test_an_edit_keeps_links_that_the_editor_does_not_see(me: Viewer, other: Viewer) -> None:
    hidden = contact(me, "Defender 001")
    made = engaged(me, "Meeting", links=[hidden], items=["of-a-calendar-long-ago"])
    app = page(other, record=made)

    app.text_area(key=f"engagement_{made}_outcome").input("They agree.")
    click(app, f"engagement_{made}_save")

    assert [message.value for message in app.toast] == ["Engagement saved."]
    one = kept(me, made)
    assert (one.outcome, [link.other_id for link in one.links], [link.item for link in one.items]) == (
        "They agree.",
        [hidden],
        ["of-a-calendar-long-ago"],
    )


def test_the_second_of_two_editors_is_told_and_sees_both(me: Viewer, other: Viewer) -> None:
    made = engaged(me, "Meeting")
    app = page(me, record=made)
    save(other, Engagement, {"outcome": "Theirs"}, record_id=made, seen=1)

    app.text_area(key=f"engagement_{made}_outcome").input("Mine")
    click(app, f"engagement_{made}_save")

    assert kept(me, made).outcome == "Theirs"
    assert app.text_area(key=f"engagement_{made}_outcome").value == "Mine"
    assert app.table[0].value.to_dict("records") == [
        {"Field": "Outcome", "Your version (below)": "Mine", "Saved version": "Theirs"}
    ]
    click(app, f"engagement_{made}_save")
    assert kept(me, made).outcome == "Mine"


def test_the_history_says_who_changed_what_from_what_to_what(me: Viewer, other: Viewer) -> None:
    made = engaged(me, "Meeting", outcome="They agree.")
    save(other, Engagement, {"outcome": "They disagree."}, record_id=made, seen=1)

    app = page(me, record=made)

    (told,) = [frame.value for frame in app.dataframe if "Before" in frame.value.columns]
    assert told.iloc[0][["Who", "What", "Before", "After"]].to_list() == [
        "Bo Dahl",
        "Outcome",
        "They agree.",
        "They disagree.",
    ]
    assert [fold.label for fold in app.main.expander if fold.label.startswith("History")] == ["History: 2 changes"]


def test_linked_records_are_listed_beside_an_engagement(me: Viewer) -> None:
    who = contact(me, "Defender 001")
    draft = save(me, Statement, {"title": "Item 3", "format": StatementFormat.STATEMENT})
    case = save(me, Case, {"title": "Case 1", "suggested_by": Suggester.DEFENDER})
    made = engaged(me, "Meeting", links=[who, draft, case], items=[ITEM])

    app = page(me, record=made)

    assert {link.label: (link.page, link.query_string) for link in links_on_page(app)} == {
        "Defender 001": ("contacts", f"record={who}"),
        "Item 3": ("statements", f"record={draft}"),
        "Case 1": ("cases", f"record={case}"),
    }
    click(app, f"tied_{ITEM}")
    assert address(app, "item") == ITEM


def test_it_is_deleted_with_a_reason_and_not_without(me: Viewer) -> None:
    made = engaged(me, "Meeting", items=[ITEM], follow_ups=[follow_up(me, "Write back", 1)])
    app = page(me, record=made)

    click(app, f"delete_{made}")
    assert [fault.value for fault in app.error] == [
        "Enter in a sentence why it is deleted; the reason stays in the history."
    ]
    app.text_input(key=f"delete_reason_{made}").input("Logged twice by mistake.")
    click(app, f"delete_{made}")

    assert offered_to_undo(app) == "Deleted."
    assert [title.value for title in app.title] == ["Engagements"]
    with reading(me) as session:
        assert session.get(Record, made) is None
        gone = select(Change.table, Change.reason).where(Change.record_id == made, Change.action == "delete")
        lines = session.execute(gone.order_by(Change.table).execution_options(everything=True)).all()
    assert [tuple(line) for line in lines] == [
        ("engagement", "Logged twice by mistake."),
        ("follow_up", "Logged twice by mistake."),
        ("item_link", "Logged twice by mistake."),
    ]
