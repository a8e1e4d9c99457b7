"""Asking again and again: what an unchanged poll costs, what a changed one sees, and which date it is given."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from types import FrameType

import httpx
import pytest
from starlette.testclient import TestClient

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.clock import TODAY_VARIABLE
from calendar_model.feeds import http
from calendar_model.feeds.cache import FeedCache
from calendar_model.feeds.limits import RateLimits, RecentKeys
from calendar_model.feeds.links import ADDED_BY_OTHERS, ADDED_PREFIX
from calendar_model.feeds.subscription_feed import SubscriptionItems
from calendar_model.mission.records import delete_record
from calendar_model.mission.subscriptions import create_subscription, list_subscriptions, revoke_subscription
from calendar_model.mission.transactions import save
from calendar_model.reference import DATA_VARIABLE
from calendar_model.store.database import URL_VARIABLE, current_workspace, open_workspace, opened_workspace
from calendar_model.store.models import Event, Person
from calendar_model.terms import EventKind, RecordKind
from calendar_model.vocabulary import Sensitivity, Standing

FEED = "/feeds/calendar.ics?organisation=un-hrc&kind=side-event&kind=session"
ITEM = "/feeds/item/session-HRC61.ics"
EVENT = {
    "title": "Side event on reprisals",
    "event_kind": EventKind.SIDE_EVENT,
    "body": "un-hrc",
    "start": date(2027, 3, 3),
    "end": date(2027, 3, 3),
    "standing": Standing.CONFIRMED,
    "sensitivity": Sensitivity.INTERNAL,
}
OPENED = "The programme is out, and anyone may know."
A_SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server just started, to which nobody has come yet."""
    monkeypatch.setattr(http, "_limits", RateLimits())
    monkeypatch.setattr(http, "_opened", RecentKeys(100))
    monkeypatch.setattr(http, "_cache", FeedCache(max_bytes=2**24, max_addresses=100))


def subscription(who: Viewer) -> str:
    return f"/feeds/mine/{create_subscription(who)}.ics"


def publish(staff_member: Viewer, **values: object) -> str:
    made = save(staff_member, Event, {**EVENT, **values})
    save(staff_member, Event, {"sensitivity": Sensitivity.PUBLIC}, record_id=made, seen=1, reason=OPENED)
    return made


def ask(client: TestClient, path: str, **headers: str) -> httpx.Response:
    response: httpx.Response = client.get(path, headers={name.replace("_", "-"): v for name, v in headers.items()})
    return response


# What an unchanged poll costs


@pytest.fixture
def files_run() -> Iterator[Callable[[], set[str]]]:
    """The files of the model of which something has run in new threads since this was last called."""
    model = str(Path(http.__file__).parents[1])
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(model):
            seen.add(os.path.relpath(frame.f_code.co_filename, model))

    def taken() -> set[str]:
        found = set(seen)
        seen.clear()
        return found

    threading.setprofile(note)
    yield taken
    threading.setprofile(None)


@pytest.mark.parametrize("which", ["open", "item", "subscription"])
def test_an_unchanged_poll_runs_no_table_no_filter_and_no_serialiser(
    client: TestClient, staff_member: Viewer, files_run: Callable[[], set[str]], which: str
) -> None:
    path = {"open": FEED, "item": ITEM, "subscription": subscription(staff_member)}[which]
    first = ask(client, path)
    assert "feeds/ical.py" in files_run()
    # The second notes nothing any more: the day of the last use of a subscription is kept by now.
    headers = {"If_None_Match": ask(client, path).headers["ETag"]}
    files_run()
    again = ask(client, path, **headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Last-Modified"] == first.headers["Last-Modified"]
    # What programs add to get past a cache gets past none of ours.
    added = "&".join(f"{name}={number}" for number, name in enumerate([*ADDED_BY_OTHERS, f"{ADDED_PREFIX}source"]))
    assert ask(client, f"{path}{'&' if '?' in path else '?'}{added}", **headers).status_code == 304
    assert files_run() <= {
        "calendar/current.py",
        "clock.py",
        "feeds/http.py",
        "feeds/limits.py",
        "feeds/links.py",
        "feeds/cache.py",
        "reference/reader.py",
        "web/bodies.py",
        "web/headers.py",
        "web/hosts.py",
        "web/metrics.py",
        "web/sign_in.py",
        "store/database.py",
    }


def test_whatever_changes_is_seen_by_who_asks_in_the_same_moment(
    client: TestClient, staff_member: Viewer, data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(data_copy))
    tags = [ask(client, FEED).headers["ETag"]]

    def is_new() -> bool:
        response = ask(client, FEED, If_None_Match=tags[-1])
        tags.append(response.headers["ETag"])
        # And is the same again for who asks once more.
        return response.status_code == 200 and ask(client, FEED, If_None_Match=tags[-1]).status_code == 304

    made = publish(staff_member)
    assert is_new()
    save(staff_member, Event, {"start": date(2027, 3, 2)}, record_id=made, seen=2)
    assert is_new()
    sessions = data_copy / "sessions.csv"
    sessions.write_text(sessions.read_text("utf-8").replace("2026-02-23", "2026-02-24"), "utf-8")
    assert is_new()
    monkeypatch.setenv(TODAY_VARIABLE, "2027-03-04")
    assert is_new()
    # Another process, which this one hears nothing of but through the file.
    other = open_workspace(str(current_workspace().engine.url))
    save(staff_member, Event, {"start": date(2027, 3, 1)}, record_id=made, seen=3, workspace=other)
    other.close()
    assert is_new()
    assert len(set(tags)) == 6


def test_a_revoked_address_is_closed_at_once(client: TestClient, staff_member: Viewer) -> None:
    path = subscription(staff_member)
    tag = ask(client, path).headers["ETag"]
    assert [ask(client, path, If_None_Match=tag).status_code for _ in range(2)] == [304, 304]
    revoke_subscription(staff_member, list_subscriptions(staff_member)[0].id)
    assert ask(client, path, If_None_Match=tag).status_code == 404


def test_commits_are_told_apart_by_whoever_made_them(staff_member: Viewer) -> None:
    ours = opened_workspace()
    assert ours is current_workspace()
    before = ours.commits()
    assert before == ours.commits() is not None
    other = open_workspace(str(ours.engine.url))
    assert ours.commits() == before != other.commits()
    save(ANONYMOUS, Person, {"name": "New"}, workspace=other)
    after = ours.commits()
    assert after not in (before, None)
    save(ANONYMOUS, Person, {"name": "Newer"})
    assert ours.commits() not in (before, after, None)
    ours.close()
    assert ours.commits() not in (before, after, None)
    other.close()


def test_a_server_keeps_the_workspace_and_polls_are_answered_alike(
    client: TestClient, new_postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, new_postgresql())
    staff_member = member(save(ANONYMOUS, Person, {"name": "Desk"}))
    made = publish(staff_member)
    tag = ask(client, FEED).headers["ETag"]
    assert current_workspace().commits() is None
    assert ask(client, FEED, If_None_Match=tag).status_code == 304
    save(staff_member, Event, {"start": date(2027, 3, 2)}, record_id=made, seen=2)
    assert ask(client, FEED, If_None_Match=tag).status_code == 200


def test_readers_and_writers_at_once_meet_no_error(client: TestClient, staff_member: Viewer) -> None:
    made = publish(staff_member)
    paths = [FEED, ITEM, subscription(staff_member), f"{FEED}&country=NOR"]
    done = threading.Event()

    def poll(path: str) -> list[int]:
        tag, answers = "", []
        while not done.is_set():
            response = ask(client, path, If_None_Match=tag)
            answers.append(response.status_code)
            tag = response.headers.get("ETag", tag)
        return answers

    with ThreadPoolExecutor(len(paths)) as pool:
        polls = [pool.submit(poll, path) for path in paths]
        for day in range(4, 12):
            save(staff_member, Event, {"end": date(2027, 3, day)}, record_id=made, seen=day - 2)
        done.set()
        answers = {status for one in polls for status in one.result()}
    assert answers <= {200, 304}
    assert b"20270312" in ask(client, FEED).content


# The time alone


def modified(cache: FeedCache, address: str, body: bytes, version: str = "") -> datetime:
    """When the address was given these bytes, as the cache has it."""
    return cache.put(address, "token", version, body, "inline")[0].modified


def test_the_time_of_an_address_rises_with_every_change_and_after_a_restart() -> None:
    cache = FeedCache(max_bytes=100, max_addresses=2)
    began = clock.machine_now().replace(microsecond=0)
    first = modified(cache, "a", b"one")
    assert began <= first <= clock.machine_now()
    assert modified(cache, "a", b"one") == first
    second = modified(cache, "a", b"two")
    assert second >= first + A_SECOND
    # What was there before is new to who has the second.
    third = modified(cache, "a", b"one")
    assert third >= second + A_SECOND
    # Evicted for want of room, then asked for again: whatever the address answered before is older.
    for address in "bc":
        modified(cache, address, b"else")
    assert cache.get("a", "token") == (None, None)
    assert modified(cache, "a", b"four") > third
    assert modified(FeedCache(max_bytes=100, max_addresses=2), "a", b"four") >= began


def test_an_entry_is_current_at_its_token_and_renewed_while_its_version_is_the_same() -> None:
    cache = FeedCache(max_bytes=100, max_addresses=9)
    entry, body = cache.put("a", "monday", "v1", b"one", "inline")
    assert cache.get("a", "monday") == (entry, body)
    assert cache.get("a", "tuesday") == cache.get("a", None) == (None, None)
    assert cache.renew("a", "tuesday", "v2") == (None, None)
    renewed, kept = cache.renew("a", "tuesday", "v1")
    assert renewed is not None
    assert (renewed.tag, renewed.modified, kept) == (entry.tag, entry.modified, body)
    assert cache.get("a", "tuesday") == (renewed, kept)
    assert cache.get("a", "monday") == (None, None)


def test_where_the_workspace_cannot_be_read_nothing_is_current() -> None:
    cache = FeedCache(max_bytes=100, max_addresses=9)
    cache.put("a", None, "v1", b"one", "inline")
    assert cache.get("a", None) == (None, None)


def test_the_bytes_used_longest_ago_make_room_and_a_304_stays() -> None:
    cache = FeedCache(max_bytes=6, max_addresses=9)
    for address in "abc":
        cache.put(address, "token", "v1", b"four", "inline")
        cache.get("a", "token")
    entries = {address: cache.get(address, "token") for address in "abc"}
    assert {address: body is None for address, (_, body) in entries.items()} == {"a": True, "b": True, "c": False}
    assert all(entry is not None for entry, _ in entries.values())
    renewed, body = cache.renew("b", "later", "v1")
    assert renewed is not None
    assert body is None
    assert cache.get("b", "later") == (renewed, None)


def test_who_has_the_calendar_costs_no_build_though_its_bytes_were_evicted(
    client: TestClient, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "_cache", FeedCache(max_bytes=1, max_addresses=9))
    ours, other = subscription(staff_member), subscription(staff_member)
    tag = ask(client, ours).headers["ETag"]
    built: list[str] = []
    build = http.build_subscription

    def counted(items: SubscriptionItems, base_url: str) -> bytes:
        built.append(base_url)
        return build(items, base_url)

    monkeypatch.setattr(http, "build_subscription", counted)
    assert ask(client, other).status_code == 200
    assert len(built) == 1
    assert ask(client, ours, If_None_Match=tag).status_code == 304
    # A change that is in no feed renews the mark.
    save(staff_member, Person, {"name": "A new colleague"})
    for _ in range(2):
        assert ask(client, ours, If_None_Match=tag).status_code == 304
    assert len(built) == 1
    assert ask(client, ours).headers["ETag"] == tag
    assert len(built) == 2


def test_who_asks_by_time_alone_gets_a_change_of_the_same_second(client: TestClient, staff_member: Viewer) -> None:
    made = publish(staff_member)
    path = subscription(staff_member)
    first = ask(client, path)
    since = first.headers["Last-Modified"]
    assert ask(client, path, If_Modified_Since=since).status_code == 304
    save(staff_member, Event, {"start": date(2027, 3, 2)}, record_id=made, seen=2)
    second = ask(client, path, If_Modified_Since=since)
    assert second.status_code == 200
    told = second.headers.get("Last-Modified")
    # Dated a second ahead, it is not told before that second has come.
    now = format_datetime(clock.machine_now(), usegmt=True)
    assert told is None or parsedate_to_datetime(since) < parsedate_to_datetime(told) <= clock.machine_now()
    assert ask(client, path, If_Modified_Since=now).status_code in ((200,) if told is None else (200, 304))


def test_who_asks_by_time_alone_gets_the_change_of_a_day_after_a_restart(
    client: TestClient, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = publish(staff_member)
    since = ask(client, FEED).headers["Last-Modified"]
    midnight = format_datetime(clock.machine_now().replace(hour=0, minute=0, second=0), usegmt=True)
    # What a restart forgets.
    monkeypatch.setattr(http, "_cache", FeedCache(max_bytes=2**20, max_addresses=10))
    save(staff_member, Event, {"start": date(2027, 3, 2)}, record_id=made, seen=2)
    earlier = format_datetime(parsedate_to_datetime(since) - A_SECOND, usegmt=True)
    assert [ask(client, FEED, If_Modified_Since=asked).status_code for asked in (midnight, earlier)] == [200, 200]


def test_who_asks_two_dashboards_by_time_alone_is_left_with_nothing_that_was_taken_back(
    client: TestClient, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (FeedCache(max_bytes=2**20, max_addresses=10) for _ in range(2))
    monkeypatch.setattr(http, "_cache", one)
    without = ask(client, FEED)
    made = publish(staff_member)
    # The other one is only asked while the event is there.
    monkeypatch.setattr(http, "_cache", other)
    later = clock.machine_now() + A_SECOND
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    including = ask(client, FEED)
    assert including.content != without.content
    delete_record(staff_member, RecordKind.EVENT, made, seen=2, reason="It was entered twice.")
    monkeypatch.setattr(http, "_cache", one)
    again = ask(client, FEED, If_Modified_Since=including.headers["Last-Modified"])
    assert (again.status_code, again.content) == (200, without.content)
