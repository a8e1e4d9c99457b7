"""The one calendar table as each may see it, down to the feed that anybody can subscribe to."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from starlette.testclient import TestClient

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.database import create_workspace, current_workspace
from calendar_model.store.models import Engagement, Event, Person
from calendar_model.terms import EngagementForm, EngagementKind, EventKind
from calendar_model.vocabulary import Sensitivity, Standing
from tests.feeds import readers

EVENT: dict[str, Any] = {
    "title": "Side event",
    "event_kind": EventKind.SIDE_EVENT,
    "body": "un-hrc",
    "start": date(2027, 3, 3),
    "end": date(2027, 3, 3),
    "start_time": time(13),
    "end_time": time(14, 30),
    "timezone": "Europe/Zurich",
    "location": "Palais des Nations, Geneva",
    "standing": Standing.CONFIRMED,
    "sensitivity": Sensitivity.INTERNAL,
}
REASON = "The programme is printed."


def plan(who: Viewer, level: Sensitivity, **columns: Any) -> str:
    made = save(who, Event, {**EVENT, **columns})
    if level is not Sensitivity.INTERNAL:
        save(who, Event, {"sensitivity": level}, record_id=made, seen=1, reason=REASON)
    return made


def seen(who: Viewer) -> set[str]:
    return {item for item in calendar_for(who)[1]["item"] if item.startswith("event-")}


def test_each_sees_the_events_that_are_theirs_to_see(staff_member: Viewer, other: Viewer) -> None:
    public, internal, restricted = (plan(staff_member, level) for level in Sensitivity)
    assert seen(ANONYMOUS) == {f"event-{public}"}
    assert seen(other) == {f"event-{public}", f"event-{internal}"}
    assert seen(staff_member) == {f"event-{public}", f"event-{internal}", f"event-{restricted}"}


def test_a_moved_event_is_seen_at_once_where_it_stands_now(staff_member: Viewer) -> None:
    made = plan(staff_member, Sensitivity.INTERNAL)
    _, table = calendar_for(staff_member)
    before: Any = table.set_index("item").loc[f"event-{made}", "sequence"]
    save(staff_member, Event, {"start": date(2027, 3, 4), "end": date(2027, 3, 4)}, record_id=made, seen=1)
    _, table = calendar_for(staff_member)
    (row,) = table[table["item"] == f"event-{made}"].itertuples()
    assert calendar.when(row) == "Thu 4 Mar 2027, 13:00–14:30 (Geneva time)"
    assert row.sequence == before + 10


def test_the_version_is_that_of_what_is_seen(staff_member: Viewer, other: Viewer) -> None:
    def version(who: Viewer) -> str:
        return str(calendar_for(who)[1].attrs["version"])

    empty = version(ANONYMOUS)
    assert {version(staff_member), version(other)} == {empty}
    plan(staff_member, Sensitivity.RESTRICTED)
    assert version(ANONYMOUS) == version(other) == empty != version(staff_member)
    before = version(staff_member)
    save(
        staff_member,
        Engagement,
        {
            "title": "Briefing",
            "engagement_kind": EngagementKind.CONSULTED,
            "on": date(2026, 11, 3),
            "form": EngagementForm.ONLINE,
            "sensitivity": Sensitivity.INTERNAL,
        },
    )
    assert version(staff_member) == before
    assert calendar_for(staff_member)[1] is calendar_for(staff_member)[1]


def test_of_all_events_the_feed_has_the_public_ones(client: TestClient, staff_member: Viewer) -> None:
    fictional = member(save(ANONYMOUS, Person, {"name": "Fictional", "sample": True}))
    public = plan(staff_member, Sensitivity.PUBLIC, title="Side event for all", request_due=date(2027, 2, 10))
    hidden = [
        plan(staff_member, Sensitivity.INTERNAL, title="CANARY"),
        plan(staff_member, Sensitivity.RESTRICTED, title="CANARY"),
        plan(fictional, Sensitivity.PUBLIC, title="CANARY"),
    ]
    body = client.get("/feeds/calendar.ics").content
    assert b"CANARY" not in body
    told = readers.by_icalendar(body)
    assert {uid for uid in told if uid.startswith("event-")} == {
        f"event-{public}@hrd-calendar.example",
        f"event-{public}-request@hrd-calendar.example",
    }
    assert readers.by_vobject(body) == told
    unfolded = body.replace(b"\r\n ", b"").decode()
    (event,) = [part for part in unfolded.split("BEGIN:VEVENT") if f"UID:event-{public}@" in part]
    lines = event.split("\r\n")
    assert [
        line for line in lines if line.startswith(("SUMMARY", "CLASS", "DTSTART", "DTEND", "LOCATION", "STATUS"))
    ] == [
        "SUMMARY:Side event for all",
        "DTSTART:20270303T120000Z",
        "DTEND:20270303T133000Z",
        "CLASS:PUBLIC",
        "LOCATION:Palais des Nations\\, Geneva",
        "STATUS:CONFIRMED",
    ]
    answers = [client.get(f"/feeds/item/event-{made}.ics").status_code for made in (public, *hidden)]
    assert answers == [200, 404, 404, 404]


def test_another_workspace_in_the_same_place_brings_its_own_events() -> None:
    def first_event(title: str) -> set[str]:
        writer = member(save(ANONYMOUS, Person, {"name": "Amina Berg"}))
        save(writer, Event, {**EVENT, "title": title, "sensitivity": Sensitivity.INTERNAL})
        _, table = calendar_for(Viewer("", Sensitivity.INTERNAL))
        return {title for item, title in zip(table["item"], table["title"], strict=True) if item.startswith("event-")}

    assert first_event("Of the old workspace") == {"Of the old workspace"}
    for file in current_workspace().folder.iterdir():
        file.unlink()
    create_workspace()
    assert first_event("Of the new one") == {"Of the new one"}
