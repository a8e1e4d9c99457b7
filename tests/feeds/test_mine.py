"""A person's own calendar as a client meets it: what is in it, what never is, and that its secret goes nowhere."""

from __future__ import annotations

import gzip
import logging
from datetime import date
from typing import Any

import httpx
import icalendar
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from calendar_model import calendar
from calendar_model.feeds import PUBLIC_URL_VARIABLE, my_url
from calendar_model.safeguards.desk import save
from calendar_model.safeguards.sight import OPEN, Viewer, member
from calendar_model.safeguards.subscriptions import address_of, choose_follow_ups, make, revoke
from calendar_model.vocabulary import Sensitivity
from calendar_model.workspace.database import URL_VARIABLE, current_workspace
from calendar_model.workspace.own_events import item_of
from calendar_model.workspace.records import Base, Case, Engagement, Event, FollowUp, Person, Statement
from calendar_model.workspace.terms import EngagementForm, EngagementKind, EventKind, StatementForm, Suggester
from tests.feeds import readers

DAY = date(2026, 11, 24)
DUE = date(2026, 12, 1)
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
    "on": DAY,
    "sensitivity": Sensitivity.INTERNAL,
}
UNKNOWN = "This address opens no calendar: it was revoked, or never was one. Make a new one on the page Settings."


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRD_CALENDAR_TODAY", "2026-11-24")


@pytest.fixture
def desk() -> Viewer:
    return person("Desk")


def person(name: str, **columns: Any) -> Viewer:
    return member(save(OPEN, Person, {"name": name, **columns}))


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


def test_it_is_the_whole_calendar_with_what_is_internal(client: TestClient, desk: Viewer) -> None:
    made = save(desk, Event, EVENT)
    response = ask(client, make(desk))
    _, table = calendar.current()
    old = table["standing"].eq("cancelled") & (table["updated"] < "2026-08-26")
    assert set(readers.by_icalendar(response.content)) == {
        *table.loc[~old, "uid"],
        f"{item_of(made)}@hrd-calendar.example",
    }
    assert readers.by_vobject(response.content) == readers.by_icalendar(response.content)
    assert str(entry(response, item_of(made))["CLASS"]) == "PRIVATE"


def test_the_open_calendar_has_none_of_it(client: TestClient, desk: Viewer) -> None:
    save(desk, Event, EVENT)
    make(desk, follow_ups=True)
    assert uids(client.get("/feeds/calendar.ics")) == set()


def test_follow_ups_are_in_it_for_who_asks(client: TestClient, desk: Viewer) -> None:
    record = save(desk, Engagement, ENGAGEMENT, items=["session-HRC64"])
    made = f"follow-up-{follow_up(desk, record)}"
    token = make(desk)
    assert uids(ask(client, token)) == set()
    choose_follow_ups(desk, True)
    response = ask(client, token)
    assert uids(response) == {made}
    found = entry(response, made)
    assert str(found["SUMMARY"]) == "Follow-up: Send the text round"
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (DUE, date(2026, 12, 2))
    assert [str(one) for one in found["CATEGORIES"].cats] == ["un-hrc", "deadline"]
    assert str(found["RELATED-TO"]) == "session-HRC64@hrd-calendar.example"
    assert str(found["URL"]) == "http://testserver/follow-ups"
    assert str(found["DESCRIPTION"]).splitlines() == [
        "Engagement: Round of civil society",
        "For: yourself",
        "Confirmed. A follow-up, due on the day that its owner has set.",
    ]
    choose_follow_ups(desk, False)
    assert uids(ask(client, token)) == set()


def test_a_follow_up_of_what_hangs_nowhere_stands_under_no_body(client: TestClient, desk: Viewer) -> None:
    for items in ([], ["no-such-item"]):
        made = f"follow-up-{follow_up(desk, save(desk, Engagement, ENGAGEMENT, items=items))}"
        found = entry(ask(client, make(desk, follow_ups=True)), made)
        assert [str(one) for one in found["CATEGORIES"].cats] == ["deadline"]
        assert "RELATED-TO" not in found


def test_only_those_of_the_person_and_only_open_ones(client: TestClient, desk: Viewer) -> None:
    other = person("Other")
    record = save(desk, Engagement, ENGAGEMENT)
    mine, theirs = follow_up(desk, record), follow_up(desk, record, owner=other.person_id)
    tokens = make(desk, follow_ups=True), make(other, follow_ups=True)
    assert [uids(ask(client, token)) for token in tokens] == [{f"follow-up-{mine}"}, {f"follow-up-{theirs}"}]
    save(desk, FollowUp, {"done_on": DAY}, record_id=mine, seen=1)
    assert [uids(ask(client, token)) for token in tokens] == [set(), {f"follow-up-{theirs}"}]


def test_one_that_is_moved_moves_and_is_told_by_its_sequence(client: TestClient, desk: Viewer) -> None:
    made = follow_up(desk, save(desk, Engagement, ENGAGEMENT))
    token = make(desk, follow_ups=True)
    first = ask(client, token)
    save(desk, FollowUp, {"due": date(2026, 12, 4)}, record_id=made, seen=1)
    second = ask(client, token)
    assert first.headers["ETag"] != second.headers["ETag"]
    before, after = (entry(response, f"follow-up-{made}") for response in (first, second))
    assert (before["DTSTART"].dt, after["DTSTART"].dt) == (DUE, date(2026, 12, 4))
    assert before["SEQUENCE"] < after["SEQUENCE"]


def test_nothing_restricted_is_in_it_for_whoever_is_named(client: TestClient, desk: Viewer) -> None:
    restricted = {"sensitivity": Sensitivity.RESTRICTED}
    canaries = ["qzcanary-event", "qzcanary-case", "qzcanary-what", "qzcanary-raised"]
    event = save(desk, Event, {**EVENT, "title": canaries[0], **restricted})
    case = save(desk, Case, {"title": canaries[1], "suggested_by": Suggester.MINISTRY, **restricted})
    raised = {"title": canaries[3], "form": StatementForm.NATIONAL, "sensitivity": Sensitivity.INTERNAL}
    statement = save(desk, Statement, raised, ties=[case])
    hidden = [follow_up(desk, record, canaries[2]) for record in (event, case, statement)]
    open_ = follow_up(desk, save(desk, Engagement, ENGAGEMENT))
    response = ask(client, make(desk, follow_ups=True))
    assert uids(response) == {f"follow-up-{open_}"}
    sent = f"{response.text}{response.headers}"
    assert [word for word in (*canaries, event, case, statement, *hidden) if word in sent] == []


def test_fictional_events_are_in_it_for_fictional_persons_alone(client: TestClient, desk: Viewer) -> None:
    fictional = person("Fictional", sample=True)
    event = item_of(save(fictional, Event, {**EVENT, "request_due": DAY}))
    real = item_of(save(desk, Event, EVENT))
    made = follow_up(fictional, save(fictional, Engagement, ENGAGEMENT))
    tokens = make(fictional, follow_ups=True), make(desk, follow_ups=True)
    assert [uids(ask(client, token)) for token in tokens] == [
        {event, f"{event}-request", real, f"follow-up-{made}"},
        {real},
    ]
    assert str(entry(ask(client, tokens[0]), f"follow-up-{made}")["SUMMARY"]) == (
        "Follow-up: Send the text round (sample)"
    )


# How it is answered


def test_a_client_that_comes_back_has_it_until_something_changes(client: TestClient, desk: Viewer) -> None:
    record = save(desk, Engagement, ENGAGEMENT)
    made = follow_up(desk, record)
    token = make(desk, follow_ups=True)
    first = ask(client, token)
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Content-Disposition"] == 'inline; filename="my-hrd-calendar.ics"'
    assert first.headers["Cache-Control"] == "private, max-age=300, must-revalidate"
    assert first.headers["X-Robots-Tag"] == "noindex"
    # A change of what is not in it is none of it.
    save(desk, Engagement, {"outcome": "Well received"}, record_id=record, seen=1)
    again = ask(client, token, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert ask(client, token, If_Modified_Since=first.headers["Last-Modified"]).status_code == 304
    save(desk, FollowUp, {"done_on": DAY}, record_id=made, seen=1)
    assert ask(client, token, If_None_Match=first.headers["ETag"]).status_code == 200


def test_it_comes_in_gzip_and_as_a_head(client: TestClient, desk: Viewer) -> None:
    token = make(desk)
    plain, head = ask(client, token), ask(client, token, "HEAD")
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", plain.headers["ETag"])
    coded = ask(client, token, Accept_Encoding="gzip")
    assert (coded.headers["Content-Encoding"], coded.content) == ("gzip", plain.content)
    assert int(coded.headers["Content-Length"]) == len(gzip.compress(plain.content, 6, mtime=0))


def test_unknown_and_revoked_ones_are_answered_alike(client: TestClient, desk: Viewer) -> None:
    inactive = person("Gone")
    tokens = [make(desk), make(inactive)]
    assert [ask(client, token).status_code for token in tokens] == [200, 200]
    revoke(desk)
    save(Viewer("", Sensitivity.INTERNAL), Person, {"active": False}, record_id=inactive.person_id, seen=1)
    answers = [ask(client, token) for token in (*tokens, "a" * 43, "x", "%F0%9F", "..%20")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, UNKNOWN)}
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_another_one_closes_the_first_and_leaves_those_of_others(client: TestClient, desk: Viewer) -> None:
    other = make(person("Other"))
    first = make(desk)
    second = make(desk)
    assert [ask(client, token).status_code for token in (first, second, other)] == [404, 200, 200]


@pytest.mark.parametrize("query", ["?organisation=un-hrc", "?level=restricted", "?download=1", "?x"])
def test_no_parameter_is_taken(client: TestClient, desk: Viewer, query: str) -> None:
    for token in (make(desk), "unknown"):
        response = ask(client, token, query=query)
        assert (response.status_code, response.text) == (
            400,
            "The address of a calendar of one's own takes no parameters.",
        )


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_only_read(client: TestClient, desk: Viewer, method: str) -> None:
    assert ask(client, make(desk), method).status_code == 405


def test_a_workspace_that_cannot_be_opened_costs_no_client_its_copy(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, desk: Viewer
) -> None:
    token = make(desk)
    monkeypatch.setenv(URL_VARIABLE, "postgresql://nobody:canary@127.0.0.1:1/nothing")
    assert ask(client, token).status_code == 503


def test_the_day_on_which_it_was_fetched_is_noted(
    client: TestClient, desk: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make(desk)
    for day in ("2026-11-24", "2026-11-25"):
        monkeypatch.setenv("HRD_CALENDAR_TODAY", day)
        assert ask(client, token).status_code == 200
        told = address_of(desk)
        assert told is not None
        assert told.last_used == date.fromisoformat(day)


# The secret


def test_the_secret_is_in_no_log_no_answer_and_not_in_the_database(
    client: TestClient,
    desk: Viewer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, "https://calendar.example.org")
    token = make(desk, follow_ups=True)
    follow_up(desk, save(desk, Engagement, ENGAGEMENT))
    with caplog.at_level(logging.DEBUG):
        answers = [ask(client, token), ask(client, token, query="?x=1"), ask(client, token, "POST")]
        revoke(desk)
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


def test_two_calendars_are_told_apart_without_their_secrets(client: TestClient, desk: Viewer) -> None:
    tokens = [make(who) for who in (desk, person("Other"))]
    calendars: list[Any] = [icalendar.Calendar.from_ical(ask(client, token).content) for token in tokens]
    assert calendars[0]["UID"] != calendars[1]["UID"]
    for one in calendars:
        assert str(one["NAME"]) == "My HRD calendar"
        assert "SOURCE" not in one
        assert str(one["X-PUBLISHED-TTL"]) == "PT6H"


def test_its_address() -> None:
    assert my_url("https://calendar.example.org/hrd/", "secret") == (
        "https://calendar.example.org/hrd/feeds/mine/secret.ics"
    )
