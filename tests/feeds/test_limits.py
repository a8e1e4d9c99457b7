"""How often one may ask: by secret, by host, and for whoever guesses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.requests import Request
from starlette.testclient import TestClient

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.feeds import http
from calendar_model.feeds.limits import RateLimit, RateLimits, RecentKeys, client_host
from calendar_model.mission.subscriptions import create_subscription
from calendar_model.mission.transactions import save
from calendar_model.store.database import URL_VARIABLE, current_workspace, open_workspace
from calendar_model.store.guesses import count_guess
from calendar_model.store.models import Person, guess_count

FEED = "/feeds/calendar.ics?organisation=un-hrc&kind=session"
ITEM = "/feeds/item/session-HRC61.ics"


@pytest.fixture(autouse=True)
def _just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server just started, to which nobody has come yet."""
    monkeypatch.setattr(http, "_limits", RateLimits())
    monkeypatch.setattr(http, "_opened", RecentKeys(100))


def subscription(who: Viewer) -> str:
    return f"/feeds/mine/{create_subscription(who)}.ics"


def test_a_limit_is_a_bucket_that_fills_again() -> None:
    limit = RateLimit(burst=3, more=1, seconds=1000, keys=2)
    assert [limit.consume("a") for _ in range(3)] == [0, 0, 0]
    assert 900 < limit.consume("a") <= 1000
    assert (limit.seconds_to_wait("a"), limit.seconds_to_wait("b")) == (1000, 0)
    quick = RateLimit(burst=1, more=100, seconds=1, keys=2)
    assert quick.consume("a") == 0
    while quick.consume("a"):
        pass
    # No more keys than two are kept: the first is forgotten, and full again.
    assert [limit.consume(key) for key in "bca"] == [0, 0, 0]


def test_a_secret_is_refused_when_asked_for_far_too_often_and_others_are_not(
    client: TestClient, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = RateLimits()
    limits.address = RateLimit(burst=3, more=1, seconds=1000, keys=10)
    monkeypatch.setattr(http, "_limits", limits)
    path, other = subscription(staff_member), subscription(member(save(ANONYMOUS, Person, {"name": "Other"})))
    answers = [client.get(path) for _ in range(5)]
    # The first one does not count: only then is it known to open something.
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    wait = answers[-1].headers["Retry-After"]
    assert 900 < int(wait) <= 1000
    assert answers[-1].text == f"Too many requests. Try again in {wait} seconds, then every few minutes."
    assert answers[-1].headers["Cache-Control"] == "no-store"
    assert client.get(other).status_code == 200
    assert client.get(FEED).status_code == 200


def test_who_guesses_is_refused_and_those_who_know_one_are_not(
    client: TestClient, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = RateLimits()
    limits.guesses = RateLimit(burst=5, more=1, seconds=1000, keys=10)
    monkeypatch.setattr(http, "_limits", limits)
    path = subscription(staff_member)
    assert client.get(path).status_code == 200
    answers = [client.get(f"/feeds/mine/{number:043}.ics").status_code for number in range(6)]
    assert answers == [404] * 5 + [429]
    assert client.get(path).status_code == 200
    # Nor are those of another house.
    elsewhere = TestClient(client.app, "http://localhost", client=("2001:db8:1::1", 1))
    assert elsewhere.get(f"/feeds/mine/{0:043}.ics").status_code == 404


def test_guesses_at_one_dashboard_count_at_the_others(
    client: TestClient, new_postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, new_postgresql())
    path = subscription(member(save(ANONYMOUS, Person, {"name": "Desk"})))
    dashboards = [RateLimits(), RateLimits()]
    for limits in dashboards:
        limits.guesses = RateLimit(burst=4, more=1, seconds=1000, keys=10)
    answers = []
    for number in range(6):
        monkeypatch.setattr(http, "_limits", dashboards[number % 2])
        answers.append(client.get(f"/feeds/mine/{number:043}.ics").status_code)
    # The first one learns with its next guess that the other has counted the last.
    assert answers == [404] * 4 + [404, 429]
    for limits in dashboards:
        monkeypatch.setattr(http, "_limits", limits)
        assert client.get(f"/feeds/mine/{9:043}.ics").status_code == 429
    # Another host is not affected, and an address that opens a calendar writes nothing.
    elsewhere = TestClient(client.app, "http://localhost", client=("10.0.0.1", 1))
    assert elsewhere.get(path).status_code == 200
    with current_workspace().snapshot() as connection:
        counted = connection.execute(sa.select(guess_count)).all()
    assert len(counted) == 1
    assert "testclient" not in repr(counted)


def test_a_host_that_has_stopped_guessing_is_forgotten(
    new_postgresql: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = open_workspace(new_postgresql())
    began = clock.machine_now()

    def count(host: str, seconds: int = 0) -> bool:
        monkeypatch.setattr(clock, "machine_now", lambda: began + timedelta(seconds=seconds))
        return count_guess(workspace, host, burst=3, refill=timedelta(seconds=10))

    assert [count("a") for _ in range(5)] == [False, False, True, True, True]
    # However many it has made meanwhile, it has one again after ten seconds, and all after thirty.
    assert [count("a", 11), count("a", 42), count("a", 42)] == [True, False, False]
    assert [count("b", 100), count("c", 100)] == [False, False]
    with workspace.snapshot() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(guess_count)) == 2
    workspace.close()


def test_a_host_meets_its_limit_at_the_open_feed(
    client: TestClient, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = RateLimits()
    limits.host = RateLimit(burst=5, more=1, seconds=1000, keys=10)
    monkeypatch.setattr(http, "_limits", limits)
    one, same, other = (
        TestClient(client.app, "http://localhost", client=(host, 1))
        for host in ("::1:0:0:0:1", "::1:0:0:0:2", "10.0.0.1")
    )
    tag = one.get(FEED).headers["ETag"]
    answers = [one.get(FEED, headers={"If-None-Match": tag}).status_code, same.get(ITEM).status_code]
    answers += [same.get(FEED).status_code for _ in range(3)]
    assert answers == [304, 200, 200, 200, 429]
    assert [one.get(path).status_code for path in (FEED, ITEM, subscription(staff_member))] == [429, 429, 200]
    assert other.get(FEED).status_code == 200


def test_no_calendar_program_meets_a_limit() -> None:
    """Nor a person who refreshes sixty times in a row, nor a house of a thousand programs that start at one hour."""
    limits = RateLimits()
    assert [limits.address.consume("a") for _ in range(60)] == [0] * 60
    assert [limits.host.consume("a") for _ in range(1000)] == [0] * 1000


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "testclient"),
    ],
)
def test_who_asks(host: str, told: str) -> None:
    assert client_host(Request({"type": "http", "client": (host, 1)})) == told


def test_nobody_is_told_apart_where_no_address_is_known() -> None:
    assert client_host(Request({"type": "http", "client": None})) == "nowhere"
