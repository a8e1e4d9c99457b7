"""The mission's own events on their page: planned, changed, cancelled, and then on every page of the calendar."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.transactions import save
from calendar_model.store.models import Contact, Engagement, Event
from calendar_model.terms import ContactKind, EngagementForm, EngagementKind, EventKind
from calendar_model.vocabulary import Sensitivity, Standing
from tests.app import everything, open_page
from tests.pages.driver import click, offered_to_undo, unfold

EVENT: dict[str, Any] = {
    "title": "Reprisals: what missions can do",
    "event_kind": EventKind.SIDE_EVENT,
    "body": "un-hrc",
    "start": date(2026, 12, 3),
    "end": date(2026, 12, 3),
    "start_time": time(13),
    "end_time": time(14, 30),
    "timezone": "Europe/Zurich",
    "location": "Palais des Nations, Geneva",
    "room": "Room XXI",
    "request_due": date(2026, 12, 1),
    "standing": Standing.CONFIRMED,
    "sensitivity": Sensitivity.INTERNAL,
}
WHEN = "Thu 3 Dec 2026, 13:00–14:30 (Geneva time)"


def opened(who: Viewer, page: str = "meetings", **parameters: str | list[str]) -> AppTest:
    """A page as somebody, in the zone of Geneva."""
    app = open_page(page, who.person_id, tz="Europe/Zurich", **parameters)
    assert [e.value for e in app.exception] == []
    return app


def fields(app: AppTest) -> dict[str, Any]:
    kinds = ("text_input", "text_area", "selectbox", "date_input", "time_input", "multiselect", "checkbox")
    found = [widget for kind in kinds for widget in app.get(kind) if (widget.key or "").startswith("event_")]
    return {str(widget.key).split("_", 2)[2]: widget for widget in found}


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert [e.value for e in app.exception] == []
    return app


def events(who: Viewer) -> list[Event]:
    with reading(who) as session:
        return list(session.scalars(select(Event).order_by(Event.start)))


# --- Planning


def test_a_new_event_for_an_item_has_its_known_values_proposed(staff_member: Viewer) -> None:
    app = opened(staff_member, new="panel", tie="session-HRC64")
    form = fields(app)
    assert form["event_kind"].value is EventKind.PANEL
    assert form["items"].value == ["session-HRC64"]
    assert [form[name].value for name in ("body", "timezone", "location")] == ["un-hrc", "Europe/Zurich", "Geneva"]
    assert [c.value for c in app.caption if "room request" in c.value] == [
        (
            "Side event room request by a State, HRC64: expected Mon 8 Feb 2027. Some two to three weeks before the "
            "session through the Council side event form. Unsourced."
        )
    ]
    form["title"].input("Reprisals")
    form["start"].set_value(date(2027, 3, 3))
    form["start_time"].set_value(time(13))
    form["end_time"].set_value(time(14, 30))
    press(app, "Save event")
    (event,) = events(staff_member)
    assert [s.value for s in app.toast] == ["Saved; visible in the calendar to everyone with access."]
    assert (app.query_params["record"], "new" in app.query_params, "tie" in app.query_params) == (
        event.id,
        False,
        False,
    )
    assert app.title[0].value == "Reprisals"
    assert (event.event_kind, event.body, event.start, event.end, event.start_time, event.end_time) == (
        EventKind.PANEL,
        "un-hrc",
        date(2027, 3, 3),
        date(2027, 3, 3),
        time(13),
        time(14, 30),
    )
    assert (event.timezone, event.standing, event.sensitivity) == (
        "Europe/Zurich",
        Standing.PROVISIONAL,
        Sensitivity.INTERNAL,
    )
    assert [m.value for m in app.markdown if m.value.startswith("Wed")] == ["Wed 3 Mar 2027, 13:00–14:30 (Geneva time)"]


def test_a_dated_session_gives_the_room_request_deadline(staff_member: Viewer) -> None:
    app = opened(staff_member, new="side-event", tie="session-HRC61")
    due = fields(app)["request_due"]
    assert due.value == date(2026, 2, 9)
    due.set_value(date(2026, 2, 2)).run()
    press(app, "Use this date")
    assert fields(app)["request_due"].value == date(2026, 2, 9)
    assert fields(opened(staff_member, new="conference", tie="session-HRC61"))["request_due"].value is None


def test_another_body_brings_its_seat_and_leaves_what_was_typed(staff_member: Viewer) -> None:
    app = opened(staff_member, new="side-event")
    form = fields(app)
    form["body"].select("un-ga-c3").run()
    assert [fields(app)[name].value for name in ("timezone", "location")] == ["America/New_York", "New York"]
    fields(app)["location"].input("Permanent Mission, New York").run()
    fields(app)["body"].select("un-hrc").run()
    assert [fields(app)[name].value for name in ("timezone", "location")] == [
        "Europe/Zurich",
        "Permanent Mission, New York",
    ]


def test_errors_are_shown_and_input_is_kept(staff_member: Viewer) -> None:
    app = opened(staff_member, new="side-event")
    form = fields(app)
    form["title"].input("Reprisals")
    form["programme"].input("Opening\nPanel")
    form["start"].set_value(date(2027, 3, 3))
    form["end"].set_value(date(2027, 3, 2))
    form["start_time"].set_value(time(13))
    press(app, "Save event")
    assert [e.value for e in app.error] == [
        (
            "Not yet. Still needed:\n\n- Choose the organisation or body; the event appears in its lane on the timeline.\n- The end date, Tue 2 Mar 2027, is before the start date, Wed 3 Mar 2027. Correct one of them.\n- Enter a time zone."
        )
    ]
    typed = {name: fields(app)[name].value for name in ("title", "programme", "start", "end", "start_time")}
    assert typed == {
        "title": "Reprisals",
        "programme": "Opening\nPanel",
        "start": date(2027, 3, 3),
        "end": date(2027, 3, 2),
        "start_time": time(13),
    }
    assert events(staff_member) == []


def test_nothing_becomes_public_without_a_reason(staff_member: Viewer) -> None:
    app = opened(staff_member, new="side-event", tie="session-HRC64")
    fields(app)["title"].input("Reprisals")
    fields(app)["start"].set_value(date(2027, 3, 3))
    fields(app)["sensitivity"].select(Sensitivity.PUBLIC).run()
    press(app, "Save event")
    assert [e.value for e in app.error] == [
        "Enter in a sentence why more people may see it; the reason stays in the history."
    ]
    assert events(staff_member) == []
    fields(app)["reason"].input("The programme is printed.")
    press(app, "Save event")
    (event,) = events(ANONYMOUS)
    assert (event.title, event.sensitivity) == ("Reprisals", Sensitivity.PUBLIC)
    (history,) = [frame.value for frame in app.dataframe if "Reason" in frame.value.columns]
    assert history.loc[history["Reason"] != "", ["What", "Before", "After", "Reason"]].to_numpy().tolist() == [
        ["Sensitivity", "internal", "public", "The programme is printed."]
    ]


def test_links_are_saved_with_the_event(staff_member: Viewer) -> None:
    contact = save(staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    engagement = save(
        staff_member,
        Engagement,
        {
            "title": "Briefing",
            "sensitivity": Sensitivity.INTERNAL,
            "engagement_kind": EngagementKind.CONSULTED,
            "on": date(2026, 11, 3),
            "form": EngagementForm.ONLINE,
        },
    )
    made = save(staff_member, Event, EVENT, items=["session-HRC64", "not-in-the-calendar"], links=[engagement])
    app = opened(staff_member, record=made)
    assert fields(app)["links_engagements"].value == [engagement]
    fields(app)["links_speakers"].select("Defender 014")
    press(app, "Save event")
    with reading(staff_member) as session:
        event = session.get(Event, made)
        assert event is not None
        assert {link.other_id for link in event.links} == {contact, engagement}
        assert {link.item for link in event.items} == {"session-HRC64", "not-in-the-calendar"}


def test_a_speaker_is_created_in_the_form_and_linked(staff_member: Viewer) -> None:
    made = save(staff_member, Event, EVENT)
    app = opened(staff_member, record=made)
    fields(app)["room"].input("Room XX")
    unfold(app, f"event_{made}_links_speakers_new")
    click(app, f"event_{made}_links_speakers_new_create")
    click(app, f"event_{made}_save")
    with reading(staff_member) as session:
        speaker = session.scalars(select(Contact)).one()
        event = session.get_one(Event, made)
        assert (event.room, [link.other_id for link in event.links]) == ("Room XX", [speaker.id])
        assert speaker.sensitivity is Sensitivity.RESTRICTED


def test_a_cancelled_event_stays_struck_through_and_out_of_the_way(staff_member: Viewer) -> None:
    made = save(staff_member, Event, EVENT)
    app = opened(staff_member, record=made)
    fields(app)["standing"].select(Standing.CANCELLED)
    press(app, "Save event")
    assert offered_to_undo(app).startswith("Saved as cancelled.")
    press(app, "All side events and meetings")
    assert app.expander[0].label == "Past or cancelled: 1"
    assert next(b.label for b in app.button if b.key == f"open_{made}") == "~~Reprisals: what missions can do~~"
    agenda = opened(staff_member, "agenda", zoom="month", **{"from": "2026-12-01"})
    labels = {b.key: b.label for b in agenda.button}
    assert labels[f"agenda_event-{made}"] == "~~Reprisals: what missions can do~~"
    assert f"agenda_event-{made}-request" not in labels


def test_an_edit_conflict_is_shown_and_input_is_kept(staff_member: Viewer, other: Viewer) -> None:
    made = save(staff_member, Event, EVENT)
    app = opened(staff_member, record=made)
    save(other, Event, {"room": "Room VII"}, record_id=made, seen=1)
    fields(app)["room"].input("Room XX")
    press(app, "Save event")
    assert [e.value for e in app.error] == [
        (
            "Another user has changed this record since you opened it. Your changes are kept: compare both below, then save again."
        )
    ]
    assert fields(app)["room"].value == "Room XX"
    assert [event.room for event in events(staff_member)] == ["Room VII"]
    press(app, "Save event")
    assert [event.room for event in events(staff_member)] == ["Room XX"]


# --- The list


def test_the_list_shows_date_place_speakers_and_room_request(staff_member: Viewer) -> None:
    contact = save(staff_member, Contact, {"title": "Defender 014", "contact_kind": ContactKind.DEFENDER})
    made = save(staff_member, Event, {**EVENT, "defenders_speak": True}, items=["session-HRC64"], links=[contact])
    over = {"title": "Last year", "start": date(2025, 3, 3), "end": date(2025, 3, 3), "request_due": None}
    past = save(staff_member, Event, {**EVENT, **over})
    app = opened(staff_member)
    said = [m.value for m in app.markdown]
    assert WHEN in said
    assert (
        "Defenders speak: Defender 014. **Request a room by Tue 1 Dec 2026.** Linked to Human Rights Council, 64th session."
        in said
    )
    assert "Side event · confirmed · Room XXI, Palais des Nations, Geneva" in [c.value for c in app.caption]
    assert {b.key: b.label for b in app.button if b.key in (f"open_{made}", f"open_{past}")} == {
        f"open_{made}": "**Reprisals: what missions can do**",
        f"open_{past}": "**Last year**",
    }
    assert app.expander[0].label == "Past or cancelled: 1"
    next(b for b in app.button if b.key == f"open_{made}").click().run()
    assert app.query_params["record"] == made


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, "**Request a room by Tue 1 Dec 2026.**"),
        (
            {"start": date(2027, 3, 3), "end": date(2027, 3, 3), "request_due": date(2027, 1, 8)},
            "Request a room by Fri 8 Jan 2027.",
        ),
        ({"request_due": date(2026, 11, 20)}, "The room request was due Fri 20 Nov 2026."),
    ],
)
def test_a_close_room_request_deadline_is_in_bold(staff_member: Viewer, columns: dict[str, Any], said: str) -> None:
    save(staff_member, Event, {**EVENT, **columns})
    assert next(m.value for m in opened(staff_member).markdown if "room" in m.value) == said


def test_the_filter_narrows_the_list_and_says_so(staff_member: Viewer) -> None:
    save(staff_member, Event, EVENT)
    save(staff_member, Event, {**EVENT, "title": "In Warsaw", "body": "osce"})
    app = opened(staff_member, organisation="osce")
    assert [b.label for b in app.button if (b.key or "").startswith("open_")] == ["**In Warsaw**"]
    assert "Hidden by the filter: 1." in [c.value for c in app.caption]


def test_each_user_sees_only_permitted_events(staff_member: Viewer, other: Viewer) -> None:
    columns = {**EVENT, "title": "CANARY", "programme": "CANARY", "sensitivity": Sensitivity.RESTRICTED}
    hidden = save(staff_member, Event, columns, items=["session-HRC64"])
    assert "CANARY" in everything(opened(staff_member))
    assert "Restricted: visible only to Desk." in [c.value for c in opened(staff_member).caption]
    for page in ("meetings", "timeline", "today"):
        assert "CANARY" not in everything(opened(other, page))
    for who, parameters in ((other, {"record": hidden}), (other, {"item": f"event-{hidden}"})):
        app = opened(who, **parameters)
        assert "CANARY" not in everything(app)
    said = [m.value for m in opened(other, record=hidden).markdown]
    assert said == ["This event no longer exists or you do not have access. Go back to the list."]


def test_without_a_user_only_public_events_are_shown(staff_member: Viewer) -> None:
    made = save(staff_member, Event, EVENT)
    save(staff_member, Event, {**EVENT, "title": "CANARY"})
    save(staff_member, Event, {"sensitivity": Sensitivity.PUBLIC}, record_id=made, seen=1, reason="It is announced.")
    app = opened(ANONYMOUS)
    assert [b.label for b in app.button if (b.key or "").startswith("open_")] == ["**Reprisals: what missions can do**"]
    assert "CANARY" not in everything(app)
    assert "Public events only. Select user to see internal events and plan your own." in [c.value for c in app.caption]
    assert [m.value for m in opened(ANONYMOUS, new="side-event").markdown] == [
        (
            "Our own events are visible to users only. Select your name to see this page; new users: add "
            "yourself in Settings."
        )
    ]


# --- On the other pages


def test_an_event_is_on_the_timeline_the_agenda_and_the_overview_with_its_end(staff_member: Viewer) -> None:
    made = save(staff_member, Event, EVENT)
    (chart,) = opened(staff_member, "timeline", zoom="month", **{"from": "2026-12-01"}).get("plotly_chart")
    assert f'"event-{made}"' in chart.proto.spec
    agenda = opened(staff_member, "agenda", zoom="month", **{"from": "2026-12-01"})
    assert [agenda.button(key=f"agenda_event-{made}{end}").label for end in ("-request", "")] == [
        "**Room request: Reprisals: what missions can do**",
        "Reprisals: what missions can do",
    ]
    for app in (agenda, opened(staff_member, "today")):
        assert any(m.value.endswith(WHEN) for m in app.markdown)


def test_the_panel_has_it_with_its_end_and_leads_to_its_record_and_file(staff_member: Viewer) -> None:
    made = save(staff_member, Event, EVENT)
    app = opened(staff_member, "timeline", item=f"event-{made}")
    (facts,) = [h.proto.body for h in app.get("html") if "<dl" in h.proto.body]
    assert WHEN in facts
    assert [button.proto.label for button in app.get("download_button") if button.proto.label.startswith("Add")] == [
        "Add to my calendar"
    ]
    assert [b.label for b in app.button if (b.key or "").startswith("panel_deadline")] == [
        "Room request: Reprisals: what missions can do"
    ]
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    assert links["Open event"] == f"record={made}"
    assert links["Dossier"] == f"of=event-{made}"


def test_a_restricted_event_is_in_no_file(staff_member: Viewer) -> None:
    made = save(staff_member, Event, {**EVENT, "sensitivity": Sensitivity.RESTRICTED})
    app = opened(staff_member, "timeline", item=f"event-{made}")
    assert [b.proto.label for b in app.get("download_button") if b.proto.label.startswith("Add")] == []
    assert "Restricted: not included in feeds or calendar files." in [c.value for c in app.caption]
    assert [b.proto.label for b in opened(staff_member).get("download_button") if "Our events" in b.proto.label] == []
