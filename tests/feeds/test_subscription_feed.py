"""Subscriptions as a client meets them: what is in them, what never is, and that their secrets go nowhere."""

from __future__ import annotations

import gzip
import logging
from datetime import date, datetime, time, timedelta
from typing import Any

import httpx
import icalendar
import pandas as pd
import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from calendar_model import calendar
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.calendar import Filter, FilterError
from calendar_model.feeds import PUBLIC_URL_VARIABLE, feed_rows, ical, subscription_url
from calendar_model.mission.events import item_of
from calendar_model.mission.subscriptions import (
    SubscriptionSummary,
    change_subscription,
    create_subscription,
    list_subscriptions,
    replace_address,
    revoke_subscription,
)
from calendar_model.mission.transactions import save
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.store.database import URL_VARIABLE, current_workspace
from calendar_model.store.models import Base, Case, Engagement, Event, FollowUp, Person, Statement
from calendar_model.terms import EngagementForm, EngagementKind, EventKind, StatementFormat, Suggester
from calendar_model.vocabulary import Sensitivity
from tests.day import TODAY
from tests.feeds import readers

DUE = date(2026, 12, 1)
NEAR = Filter(start=date(2026, 11, 1), end=date(2026, 12, 31))
EVENT: dict[str, Any] = {
    "title": "Breakfast",
    "event_kind": EventKind.SIDE_EVENT,
    "body": "un-hrc",
    "start": DUE,
    "end": DUE,
    "sensitivity": Sensitivity.INTERNAL,
}
ENGAGEMENT: dict[str, Any] = {
    "title": "Round of civil society",
    "engagement_kind": EngagementKind.CONSULTED,
    "form": EngagementForm.ONLINE,
    "on": TODAY,
    "sensitivity": Sensitivity.INTERNAL,
}
UNKNOWN = "There is no calendar at this address: it was revoked, has expired or never existed. Create a new one on the Feeds page."


@pytest.fixture
def staff_member() -> Viewer:
    return person("Desk")


def person(name: str, **columns: Any) -> Viewer:
    return member(save(ANONYMOUS, Person, {"name": name, **columns}))


def only(viewer: Viewer) -> SubscriptionSummary:
    """The one address of a person."""
    (found,) = list_subscriptions(viewer)
    return found


def near(viewer: Viewer, **settings: Any) -> str:
    """A subscription of the days around, which is read in no time."""
    return create_subscription(viewer, chosen=NEAR, **settings)


def ask(client: TestClient, token: str, method: str = "GET", query: str = "", **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response: httpx.Response = client.request(method, f"/feeds/mine/{token}.ics{query}", headers=sent)
    return response


def follow_up(who: Viewer, record: str, what: str = "Send the text round", owner: str = "", due: date = DUE) -> str:
    values = {"record_id": record, "what": what, "due": due, "owner_id": owner or who.person_id}
    return save(who, FollowUp, values)


def uids(response: httpx.Response, *prefixes: str) -> set[str]:
    """The identifiers of own events and follow-ups in an answer."""
    assert response.status_code == 200, response.text
    found = (uid.partition("@")[0] for uid in readers.by_icalendar(response.content))
    return {uid for uid in found if uid.startswith(prefixes or ("event-", "follow-up-"))}


def entry(response: httpx.Response, item: str) -> Any:
    events = icalendar.Calendar.from_ical(response.content).events
    (found,) = [event for event in events if event["UID"] == f"{item}@hrd-calendar.example"]
    return found


# What is in it


def test_it_is_the_whole_calendar_with_what_is_internal(client: TestClient, staff_member: Viewer) -> None:
    made = save(staff_member, Event, EVENT)
    response = ask(client, create_subscription(staff_member))
    reference, table = calendar.current()
    assert set(readers.by_icalendar(response.content)) == {
        *feed_rows(table, Filter(), reference)["uid"],
        f"{item_of(made)}@hrd-calendar.example",
    }
    assert readers.by_vobject(response.content) == readers.by_icalendar(response.content)
    assert str(entry(response, item_of(made))["CLASS"]) == "PRIVATE"


def test_the_open_calendar_has_none_of_it(client: TestClient, staff_member: Viewer) -> None:
    save(staff_member, Event, EVENT)
    near(staff_member, follow_ups=True)
    assert uids(client.get("/feeds/calendar.ics")) == set()


def test_follow_ups_are_in_it_for_who_asks(client: TestClient, staff_member: Viewer) -> None:
    record = save(staff_member, Engagement, ENGAGEMENT, items=["session-HRC64"])
    made = f"follow-up-{follow_up(staff_member, record)}"
    token = near(staff_member)
    assert uids(ask(client, token)) == set()
    change_subscription(staff_member, only(staff_member).id, name="", alarm_days=None, follow_ups=True)
    response = ask(client, token)
    assert uids(response) == {made}
    found = entry(response, made)
    assert str(found["SUMMARY"]) == "Follow-up: Send the text round"
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (DUE, date(2026, 12, 2))
    assert [str(one) for one in found["CATEGORIES"].cats] == ["un-hrc", "deadline"]
    assert str(found["RELATED-TO"]) == "session-HRC64@hrd-calendar.example"
    assert str(found["URL"]) == "http://localhost/follow-ups"
    assert str(found["DESCRIPTION"]).splitlines() == [
        "Engagement: Round of civil society",
        "For: yourself",
        "Confirmed. A follow-up, due on the date set by its owner.",
    ]
    change_subscription(staff_member, only(staff_member).id, name="", alarm_days=None, follow_ups=False)
    assert uids(ask(client, token)) == set()


def test_a_follow_up_of_what_hangs_nowhere_stands_under_no_body(client: TestClient, staff_member: Viewer) -> None:
    for items in ([], ["no-such-item"]):
        made = f"follow-up-{follow_up(staff_member, save(staff_member, Engagement, ENGAGEMENT, items=items))}"
        found = entry(ask(client, near(staff_member, follow_ups=True)), made)
        assert [str(one) for one in found["CATEGORIES"].cats] == ["deadline"]
        assert "RELATED-TO" not in found


def test_what_has_no_dates_yet_is_in_it_for_who_asks(client: TestClient, staff_member: Viewer) -> None:
    reference, table = calendar.current()
    including = set(feed_rows(table, Filter(), reference, windows=True)["uid"])
    token = create_subscription(staff_member)
    first = ask(client, token)
    change_subscription(staff_member, only(staff_member).id, name="", alarm_days=None, follow_ups=False, windows=True)
    second = ask(client, token)
    assert set(readers.by_icalendar(first.content)) < including
    assert set(readers.by_icalendar(second.content)) == including
    assert first.headers["ETag"] != second.headers["ETag"]


def test_only_those_of_the_person_and_only_open_ones(client: TestClient, staff_member: Viewer) -> None:
    other = person("Other")
    record = save(staff_member, Engagement, ENGAGEMENT)
    mine, theirs = follow_up(staff_member, record), follow_up(staff_member, record, owner=other.person_id)
    tokens = near(staff_member, follow_ups=True), near(other, follow_ups=True)
    assert [uids(ask(client, token)) for token in tokens] == [{f"follow-up-{mine}"}, {f"follow-up-{theirs}"}]
    save(staff_member, FollowUp, {"done_on": TODAY}, record_id=mine, seen=1)
    assert [uids(ask(client, token)) for token in tokens] == [set(), {f"follow-up-{theirs}"}]


def test_one_that_is_moved_moves_and_is_told_by_its_sequence(client: TestClient, staff_member: Viewer) -> None:
    made = follow_up(staff_member, save(staff_member, Engagement, ENGAGEMENT))
    token = near(staff_member, follow_ups=True)
    first = ask(client, token)
    save(staff_member, FollowUp, {"due": date(2026, 12, 4)}, record_id=made, seen=1)
    second = ask(client, token)
    assert first.headers["ETag"] != second.headers["ETag"]
    before, after = (entry(response, f"follow-up-{made}") for response in (first, second))
    assert (before["DTSTART"].dt, after["DTSTART"].dt) == (DUE, date(2026, 12, 4))
    assert before["SEQUENCE"] < after["SEQUENCE"]


def test_nothing_restricted_is_in_it_for_whoever_is_named(client: TestClient, staff_member: Viewer) -> None:
    restricted = {"sensitivity": Sensitivity.RESTRICTED}
    canaries = ["qzcanary-event", "qzcanary-case", "qzcanary-what", "qzcanary-raised"]
    event = save(staff_member, Event, {**EVENT, "title": canaries[0], **restricted})
    case = save(staff_member, Case, {"title": canaries[1], "suggested_by": Suggester.MINISTRY, **restricted})
    raised = {"title": canaries[3], "format": StatementFormat.STATEMENT, "sensitivity": Sensitivity.INTERNAL}
    statement = save(staff_member, Statement, raised, links=[case])
    hidden = [follow_up(staff_member, record, canaries[2]) for record in (event, case, statement)]
    open_ = follow_up(staff_member, save(staff_member, Engagement, ENGAGEMENT))
    response = ask(client, near(staff_member, follow_ups=True))
    assert uids(response) == {f"follow-up-{open_}"}
    sent = f"{response.text}{response.headers}"
    assert [word for word in (*canaries, event, case, statement, *hidden) if word in sent] == []


def test_fictional_events_are_in_it_for_fictional_persons_alone(client: TestClient, staff_member: Viewer) -> None:
    fictional = person("Fictional", sample=True)
    event = item_of(save(fictional, Event, {**EVENT, "request_due": TODAY}))
    real = item_of(save(staff_member, Event, EVENT))
    made = follow_up(fictional, save(fictional, Engagement, ENGAGEMENT))
    tokens = near(fictional, follow_ups=True), near(staff_member, follow_ups=True)
    assert [uids(ask(client, token)) for token in tokens] == [
        {event, f"{event}-request", real, f"follow-up-{made}"},
        {real},
    ]
    assert str(entry(ask(client, tokens[0]), f"follow-up-{made}")["SUMMARY"]) == (
        "Follow-up: Send the text round (sample)"
    )


# Which filter and level


OPTIONS = st.fixed_dictionaries(
    {
        "organisation": st.lists(st.sampled_from(["un-hrc", "osce", "coe", "un-ga"]), max_size=2, unique=True),
        "kind": st.lists(st.sampled_from(["deadline", "meeting", "side-event", "session"]), max_size=2, unique=True),
        "country": st.lists(st.sampled_from(["NOR", "BLR"]), max_size=1),
        "period": st.sampled_from([["2026-11-24", "2026-12-31"], ["2027-01-01", "2027-06-30"]]),
        "q": st.sampled_from([[], ["breakfast"], ["session geneva"]]),
    }
)


@given(OPTIONS, st.sampled_from([Sensitivity.PUBLIC, Sensitivity.INTERNAL]), st.booleans(), st.booleans())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_holds_what_the_filter_keeps_of_what_the_level_shows(
    client: TestClient,
    several: Viewer,
    asked: dict[str, list[str]],
    level: Sensitivity,
    follow_ups: bool,
    windows: bool,
) -> None:
    reference, seen = calendar_for(ANONYMOUS if level is Sensitivity.PUBLIC else Viewer("", Sensitivity.INTERNAL))
    chosen = Filter.from_params([(name, value) for name, values in asked.items() for value in values], reference)
    mine = follow_ups and level is Sensitivity.INTERNAL
    token = create_subscription(several, chosen=chosen, level=level, follow_ups=mine, windows=windows)
    response = ask(client, token)
    kept = feed_rows(seen, chosen, reference, windows=windows)
    found = set(readers.by_icalendar(response.content))
    theirs = {uid for uid in found if uid.startswith("follow-up-")}
    assert found - theirs == set(kept["uid"])
    assert len(theirs) == mine
    assert "qzcanary" not in response.text
    assert {str(one["CLASS"]) for one in icalendar.Calendar.from_ical(response.content).events} <= (
        {"PUBLIC"} if level is Sensitivity.PUBLIC else {"PUBLIC", "PRIVATE"}
    )


@pytest.fixture
def several(staff_member: Viewer) -> Viewer:
    """Somebody with an event at each level, and an open follow-up of what is internal and of what is restricted."""
    for level, title in ((Sensitivity.INTERNAL, "Breakfast"), (Sensitivity.RESTRICTED, "qzcanary breakfast")):
        event = save(staff_member, Event, {**EVENT, "title": title, "sensitivity": level})
        follow_up(staff_member, event, title)
    shown = save(staff_member, Event, {**EVENT, "title": "Public breakfast"})
    save(staff_member, Event, {"sensitivity": Sensitivity.PUBLIC}, record_id=shown, seen=1, reason="It is announced.")
    return staff_member


def test_a_level_shows_its_own_events(client: TestClient, several: Viewer) -> None:
    breakfast = Filter(text="breakfast")
    shown = {
        level: {one.summary for one in readers.by_icalendar(ask(client, token).content).values()}
        for level in (Sensitivity.PUBLIC, Sensitivity.INTERNAL)
        if (token := create_subscription(several, chosen=breakfast, level=level))
    }
    assert shown == {
        Sensitivity.PUBLIC: {"Public breakfast"},
        Sensitivity.INTERNAL: {"Public breakfast", "Breakfast"},
    }


def test_a_code_that_has_left_the_reference_keeps_nothing_and_breaks_nothing(
    client: TestClient, staff_member: Viewer
) -> None:
    for gone in (
        Filter(organisations=("left-long-ago",)),
        Filter(bodies=("left",)),
        Filter(kinds=("parade",)),
        Filter(tracks=("left",)),
        Filter(countries=("XXX",)),
        Filter(standings=("rumoured",)),
    ):
        assert readers.by_icalendar(ask(client, create_subscription(staff_member, chosen=gone)).content) == {}
    mixed = ask(client, create_subscription(staff_member, chosen=Filter(organisations=("left-long-ago", "osce"))))
    alone = ask(client, create_subscription(staff_member, chosen=Filter(organisations=("osce",))))
    assert readers.by_icalendar(mixed.content) == readers.by_icalendar(alone.content) != {}


@pytest.mark.parametrize(
    "query", ["organisation=", "country=.%2A&kind=", "level=internal", "q=a+b", "&", "period=2026"]
)
def test_a_query_that_no_filter_wrote_opens_nothing(query: str) -> None:
    with pytest.raises(FilterError):
        Filter.from_query(query)


def test_its_name_what_it_holds_and_its_colour_are_told(client: TestClient, staff_member: Viewer) -> None:
    token = create_subscription(staff_member, name="Vienna and Warsaw", chosen=Filter(organisations=("osce",)))
    told: Any = icalendar.Calendar.from_ical(ask(client, token).content)
    assert [str(told[name]) for name in ("NAME", "X-WR-CALNAME")] == ["Vienna and Warsaw"] * 2
    assert str(told["DESCRIPTION"]) == "Dates of multilateral work for human rights defenders: OSCE."
    assert str(told["X-APPLE-CALENDAR-COLOR"]) == calendar.current()[0].organisations["osce"].colour


# Alarms


def test_deadlines_ring_where_it_was_asked_for_and_nothing_else_does(client: TestClient, several: Viewer) -> None:
    timed = {"start_time": time(13), "timezone": "Europe/Zurich", "request_due": date(2026, 11, 30)}
    save(several, Event, {**EVENT, **timed, "title": "Panel"})
    silent, ringing = (ask(client, near(several, alarm_days=days, follow_ups=True)) for days in (None, 7))
    assert b"VALARM" not in silent.content
    events = icalendar.Calendar.from_ical(ringing.content).events
    rings = {str(one["UID"]): one.walk("VALARM") for one in events if one.walk("VALARM")}
    reference, table = calendar_for(Viewer("", Sensitivity.INTERNAL))
    table = feed_rows(table, NEAR, reference)
    open_ = table["kind"].eq("deadline") & ~table["standing"].isin(["held", "not-confirmed", "cancelled"])
    follow_ups = {uid for uid in readers.by_icalendar(ringing.content) if uid.startswith("follow-up-")}
    assert set(rings) == {*table.loc[open_, "uid"], *follow_ups}
    assert len(follow_ups) == 1
    seen = readers.by_icalendar(ringing.content)
    for uid, (alarm, *more) in rings.items():
        assert more == []
        assert (str(alarm["ACTION"]), str(alarm["DESCRIPTION"])) == ("DISPLAY", seen[uid].summary)
        timed_one = isinstance(seen[uid].start, datetime)
        assert alarm.decoded("TRIGGER") == -timedelta(days=7) + timedelta(hours=0 if timed_one else 9)
    by_vobject = {
        event.uid.value: event.valarm.trigger.value
        for event in vobject.readOne(ringing.content.decode()).vevent_list
        if "valarm" in event.contents
    }
    assert by_vobject == {uid: alarm.decoded("TRIGGER") for uid, (alarm,) in rings.items()}
    assert readers.by_vobject(ringing.content) == seen == readers.by_icalendar(silent.content)


@pytest.mark.parametrize(
    ("days", "whole", "timed"), [(1, "-PT15H", "-P1D"), (2, "-P1DT15H", "-P2D"), (60, "-P59DT15H", "-P60D")]
)
def test_an_alarm_is_always_before(days: int, whole: str, timed: str, table: pd.DataFrame) -> None:
    rows = table[table["kind"].eq("deadline") & table["standing"].eq("projected")].head(1)
    whole_day = rows.assign(all_day=True, date_precision="day")
    at_noon = rows.assign(
        all_day=False, date_precision="day", starts_at=pd.Timestamp("2026-12-01 12:00", tz="UTC"), timezone="UTC"
    )
    for found, trigger in ((whole_day, whole), (at_noon, timed)):
        body = ical.calendar_bytes(found, ical.CalendarProperties("x"), alarm_days=days)
        assert [line for line in readers.lines(body) if line.startswith("TRIGGER")] == [f"TRIGGER:{trigger}"]


# How it is answered


def test_what_has_not_changed_is_not_worked_out_again(
    client: TestClient, several: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = near(several, alarm_days=3, follow_ups=True)
    first = ask(client, token)
    # The first one of a day notes that day, which is a change of the workspace too.
    assert ask(client, token).content == first.content
    # Any reading would now fail.
    monkeypatch.setattr("calendar_model.feeds.subscription_feed.reading", None)
    monkeypatch.setattr("calendar_model.feeds.subscription_feed.calendar_for", None)
    again = ask(client, token)
    assert (again.status_code, again.content) == (200, first.content)
    assert ask(client, token, If_None_Match=first.headers["ETag"]).status_code == 304


def test_a_client_that_comes_back_has_it_until_something_changes(client: TestClient, staff_member: Viewer) -> None:
    record = save(staff_member, Engagement, ENGAGEMENT)
    made = follow_up(staff_member, record)
    token = near(staff_member, follow_ups=True)
    first = ask(client, token)
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Content-Disposition"] == 'inline; filename="my-hrd-calendar.ics"'
    assert first.headers["Cache-Control"] == "private, max-age=300, must-revalidate"
    assert first.headers["X-Robots-Tag"] == "noindex"
    # A change of what is not in it is none of it.
    save(staff_member, Engagement, {"outcome": "Well received"}, record_id=record, seen=1)
    again = ask(client, token, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert ask(client, token, If_Modified_Since=first.headers["Last-Modified"]).status_code == 304
    save(staff_member, FollowUp, {"done_on": TODAY}, record_id=made, seen=1)
    assert ask(client, token, If_None_Match=first.headers["ETag"]).status_code == 200


def test_it_comes_in_gzip_and_as_a_head(client: TestClient, staff_member: Viewer) -> None:
    token = near(staff_member)
    plain, head = ask(client, token), ask(client, token, "HEAD")
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", plain.headers["ETag"])
    coded = ask(client, token, Accept_Encoding="gzip")
    assert (coded.headers["Content-Encoding"], coded.content) == ("gzip", plain.content)
    assert int(coded.headers["Content-Length"]) == len(gzip.compress(plain.content, 6, mtime=0))


def test_unknown_revoked_and_expired_ones_are_answered_alike(
    client: TestClient, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    inactive = person("Gone")
    tokens = [near(staff_member), create_subscription(staff_member, expires_on=date(2026, 12, 1)), near(inactive)]
    assert [ask(client, token).status_code for token in tokens] == [200, 200, 200]
    revoke_subscription(staff_member, list_subscriptions(staff_member)[0].id)
    save(Viewer("", Sensitivity.INTERNAL), Person, {"active": False}, record_id=inactive.person_id, seen=1)
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2026-12-02")
    answers = [ask(client, token) for token in (*tokens, "a" * 43, "x", "%F0%9F", "..%20")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, UNKNOWN)}
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_the_one_that_replaces_it_closes_the_first_and_no_other(client: TestClient, staff_member: Viewer) -> None:
    first = near(staff_member)
    second = replace_address(staff_member, only(staff_member).id)
    others = near(staff_member), near(person("Other"))
    assert [ask(client, token).status_code for token in (first, second, *others)] == [404, 200, 200, 200]


@pytest.mark.parametrize("query", ["?organisation=un-hrc", "?level=restricted", "?download=1", "?x"])
def test_no_parameter_is_taken(client: TestClient, staff_member: Viewer, query: str) -> None:
    for token in (near(staff_member), "unknown"):
        response = ask(client, token, query=query)
        assert (response.status_code, response.text) == (
            400,
            "The address of a subscription takes no parameters.",
        )


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_only_read(client: TestClient, staff_member: Viewer, method: str) -> None:
    assert ask(client, near(staff_member), method).status_code == 405


def test_a_workspace_that_cannot_be_opened_costs_no_client_its_copy(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, staff_member: Viewer
) -> None:
    token = near(staff_member)
    monkeypatch.setenv(URL_VARIABLE, "postgresql://nobody:canary@127.0.0.1:1/nothing")
    assert ask(client, token).status_code == 503


def test_the_day_on_which_it_was_fetched_is_noted(
    client: TestClient, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = near(staff_member)
    for day in ("2026-11-24", "2026-11-25"):
        monkeypatch.setenv("HRD_CALENDAR_TODAY", day)
        assert ask(client, token).status_code == 200
        assert only(staff_member).last_used == date.fromisoformat(day)


# The secret


def test_the_secret_is_in_no_log_no_answer_and_not_in_the_database(
    client: TestClient,
    staff_member: Viewer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, "https://calendar.example.org")
    token = near(staff_member, follow_ups=True)
    follow_up(staff_member, save(staff_member, Engagement, ENGAGEMENT))
    with caplog.at_level(logging.DEBUG):
        answers = [ask(client, token), ask(client, token, query="?x=1"), ask(client, token, "POST")]
        revoke_subscription(staff_member, only(staff_member).id)
        answers.append(ask(client, token))
    assert [answer.status_code for answer in answers] == [200, 400, 405, 404]
    # The test's own client logs what it asks for.
    logged = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]
    said = capfd.readouterr()
    assert [line for line in (*logged, said.out, said.err) if token in line] == []
    assert [answer for answer in answers if token in f"{answer.text}{answer.headers}"] == []
    with current_workspace().snapshot() as connection:
        kept = repr([connection.execute(select(table)).all() for table in Base.metadata.sorted_tables])
    assert token not in kept
    file = current_workspace().file
    assert file is not None
    assert [one for one in file.parent.iterdir() if token.encode() in one.read_bytes()] == []


def test_two_calendars_are_told_apart_without_their_secrets(client: TestClient, staff_member: Viewer) -> None:
    tokens = [near(who) for who in (staff_member, person("Other"))]
    calendars: list[Any] = [icalendar.Calendar.from_ical(ask(client, token).content) for token in tokens]
    assert calendars[0]["X-WR-RELCALID"] != calendars[1]["X-WR-RELCALID"]
    for one in calendars:
        assert str(one["NAME"]) == "My HRD calendar"
        assert "SOURCE" not in one
        assert str(one["X-PUBLISHED-TTL"]) == "PT6H"


def test_its_address() -> None:
    assert subscription_url("https://calendar.example.org/hrd/", "secret") == (
        "https://calendar.example.org/hrd/feeds/mine/secret.ics"
    )
