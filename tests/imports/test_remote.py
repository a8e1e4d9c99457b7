"""Calendars of others at an address, from a server of this machine's own."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event as Signal
from threading import Thread

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import EditConflict, reading
from calendar_model.clock import now
from calendar_model.imports import fetching, remote
from calendar_model.imports.plan import ImportNote, ImportRefused, Outcome
from calendar_model.imports.sandbox import MAX_BYTES
from calendar_model.mission.transactions import save
from calendar_model.store.database import Job, current_workspace
from calendar_model.store.keys import Keyring, MasterKey
from calendar_model.store.models import Change, Event, Person, RemoteCalendar, row_key
from calendar_model.terms import EventKind
from calendar_model.vocabulary import Sensitivity, Standing
from tests.imports.calendars import calendar, event

WEEK = [f"DTSTART;VALUE=DATE:{now() + timedelta(days=40 + day):%Y%m%d}" for day in range(7)]
SECRET = "secret-of-theirs"
Answer = tuple[int, Mapping[str, str], bytes]


@dataclass
class Theirs:
    """Their server: what it answers at a path, and what it was asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    over: Signal = field(default_factory=Signal)
    url: str = ""

    def has(self, *events: str, path: str = f"/public/{SECRET}.ics", etag: str = "") -> str:
        """Answers with a calendar at a path, and gives its address."""
        self.answers[path] = (200, {"ETag": etag} if etag else {}, calendar(*events))
        return f"{self.url}{path}"


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Theirs]:
    server = Theirs()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("If-None-Match", "")
            server.asked.append((self.path, known))
            status, headers, body = server.answers.get(self.path, (404, {}, b""))
            if known and known == headers.get("ETag"):
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if self.path == "/public/drip":
                self.end_headers()
                # A letter now and then, for ever.
                while not server.over.wait(0.05):
                    self.wfile.write(b"B")
                return
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.url = f"http://127.0.0.1:{listening.server_address[1]}"
        monkeypatch.setenv(fetching.VARIABLE, f"https://other.example/,{server.url}/public/")
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.over.set()
        listening.shutdown()
        thread.join()


def follow(viewer: Viewer, address: str, **values: object) -> str:
    about = {"name": "Theirs", "body": "un-hrc", "event_kind": EventKind.MEETING, "timezone": "Europe/Zurich"}
    return remote.follow(viewer, {**about, "sensitivity": Sensitivity.INTERNAL, "address": address, **values})


def standings(viewer: Viewer) -> dict[str, Standing]:
    with reading(viewer) as session:
        return {one.title: one.standing for one in session.scalars(select(Event))}


@contextmanager
def refused(kind: type[Refused] = ImportRefused) -> Iterator[Callable[[], str]]:
    """Gives, once it is over, the code of what was refused."""
    codes: list[str] = []
    with pytest.raises(kind) as caught:
        yield lambda: codes[0]
    codes.extend(problem.code for problem in caught.value.problems)


def test_an_address_that_is_not_listed_is_not_followed(theirs: Theirs, staff_member: Viewer) -> None:
    with refused() as code:
        follow(staff_member, f"{theirs.url}/private/a.ics")
    assert code() == "remote-address-not-listed"
    assert remote.followed_by(staff_member) == []


def test_a_calendar_is_looked_at_followed_and_let_go(theirs: Theirs, staff_member: Viewer, other: Viewer) -> None:
    one = follow(staff_member, theirs.has(event(WEEK[0]), event(WEEK[1], uid="two", title="Debrief")))
    assert remote.preview(staff_member, one).counts == {Outcome.NEW: 2}
    assert (standings(staff_member), remote.followed_by(staff_member)[0].visit) == ({}, None)
    assert remote.refresh(staff_member, one).counts == {Outcome.NEW: 2}
    assert standings(staff_member) == {"Briefing": Standing.CONFIRMED, "Debrief": Standing.CONFIRMED}
    visit = remote.followed_by(staff_member)[0].visit
    assert visit is not None
    assert visit.outcome == "Events: 2 new."
    assert remote.followed_by(other) == []
    with pytest.raises(Refused):
        remote.refresh(other, one)
    remote.unfollow(staff_member, one)
    assert remote.followed_by(staff_member) == []
    assert len(standings(staff_member)) == 2


def test_an_address_whose_key_is_missing_is_entered_again(theirs: Theirs, staff_member: Viewer) -> None:
    workspace = current_workspace()
    workspace.keyring = Keyring([MasterKey(b"k" * 32)])
    address = theirs.has(event(WEEK[0]))
    one = follow(staff_member, address)
    assert remote.preview(staff_member, one).counts == {Outcome.NEW: 1}
    with workspace.writing() as connection:
        connection.execute(sa.delete(row_key))
    for read in (remote.preview, remote.refresh):
        with refused() as code:
            read(staff_member, one)
        assert code() == "remote-unreadable"
    known = remote.followed_by(staff_member)[0]
    with refused() as code:
        remote.change(staff_member, one, known.version, {"address": known.address, "every_hours": 6})
    assert code() == "remote-not-an-address"
    remote.change(staff_member, one, known.version, {"address": address})
    assert remote.refresh(staff_member, one).counts == {Outcome.NEW: 1}


def test_what_has_not_changed_is_not_sent_again(theirs: Theirs, staff_member: Viewer) -> None:
    one = follow(staff_member, address := theirs.has(event(WEEK[0]), etag='"1"'))
    remote.refresh(staff_member, one)
    again = remote.refresh(staff_member, one)
    assert (again.lines, again.remarks) == ((), (ImportNote("remote-not-changed"),))
    assert [known for _, known in theirs.asked] == ["", '"1"']
    theirs.has(event(WEEK[1]), etag='"2"')
    assert remote.refresh(staff_member, one).counts == {Outcome.CHANGED: 1}
    followed = remote.followed_by(staff_member)[0]
    remote.change(staff_member, one, followed.version, {"name": "Other name", "address": address})
    assert remote.refresh(staff_member, one).counts == {Outcome.UNCHANGED: 1}
    assert [known for _, known in theirs.asked] == ["", '"1"', '"1"', ""]
    with pytest.raises(EditConflict):
        remote.change(staff_member, one, followed.version, {"name": "Too late"})


def test_what_goes_there_is_cancelled_here(theirs: Theirs, staff_member: Viewer) -> None:
    past = event("DTSTART;VALUE=DATE:20260301", uid="past", title="Past")
    one = follow(staff_member, theirs.has(past, event(WEEK[0]), event(WEEK[1], uid="two", title="Debrief")))
    remote.refresh(staff_member, one)
    theirs.has(event(WEEK[0]))
    plan = remote.refresh(staff_member, one)
    assert [(line.title, line.notes) for line in plan.to_write] == [("Debrief", (ImportNote("ics-gone"),))]
    after = {"Past": Standing.CONFIRMED, "Briefing": Standing.CONFIRMED, "Debrief": Standing.CANCELLED}
    assert standings(staff_member) == after
    # One that cannot be read any more is not gone, and an empty calendar is a fault of its server.
    theirs.has(event("DTSTART:soon"), event(WEEK[2], uid="three", title="Third"))
    assert remote.refresh(staff_member, one).counts == {Outcome.NEW: 1, Outcome.REFUSED: 1}
    theirs.has()
    with refused() as code:
        remote.refresh(staff_member, one)
    assert code() == "ics-no-events-left"
    assert standings(staff_member) == {**after, "Third": Standing.CONFIRMED}


REFUSED: Mapping[str, tuple[Answer, str]] = {
    "missing": ((404, {}, b""), "remote-address-gone"),
    "closed": ((403, {}, b""), "remote-address-forbidden"),
    "broken": ((500, {}, b""), "remote-other-status"),
    "page": ((200, {"Content-Type": "text/calendar"}, b"<html>"), "ics-not-a-calendar"),
    "large": ((200, {}, b"BEGIN:VCALENDAR\r\n" + b" " * MAX_BYTES), "remote-calendar-too-large"),
    "packed": ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"), "remote-compressed-answer"),
    "away": ((302, {"Location": "https://evil.example/a.ics"}, b""), "remote-address-not-listed"),
    "up": ((302, {"Location": "/private/a.ics"}, b""), "remote-address-not-listed"),
    "circle": ((302, {"Location": "/public/circle"}, b""), "remote-too-many-redirects"),
    "drip": ((200, {}, b""), "remote-host-too-slow"),
}  # fmt: skip


def test_what_does_not_come_as_it_should_is_refused(
    theirs: Theirs, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: dict[str, str] = {}
    for path, (answer, _) in REFUSED.items():
        monkeypatch.setattr(fetching, "SECONDS", 0.4 if path == "drip" else 10.0)
        theirs.answers[f"/public/{path}"] = answer
        with refused() as code:
            remote.refresh(staff_member, follow(staff_member, f"{theirs.url}/public/{path}", name=path))
        codes[path] = code()
    assert codes == {path: expected for path, (_, expected) in REFUSED.items()}
    # The outcome of each visit is kept as a sentence.
    assert {one.name for one in remote.followed_by(staff_member) if one.visit is not None and one.visit.outcome} == {
        *REFUSED
    }
    # One look at each but at the one that goes in a circle, and none beside what is listed.
    asked = Counter(path for path, _ in theirs.asked)
    assert asked == {f"/public/{path}": 1 + fetching.MAX_REDIRECTS * (path == "circle") for path in REFUSED}


def test_a_server_that_is_not_there_is_a_refusal(staff_member: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fetching.VARIABLE, "http://127.0.0.1:9/")
    with refused() as code:
        remote.preview(staff_member, follow(staff_member, f"http://127.0.0.1:9/{SECRET}"))
    assert code() == "remote-host-unreachable"


def test_an_address_that_is_listed_no_more_is_not_asked(
    theirs: Theirs, staff_member: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = follow(staff_member, theirs.has(event(WEEK[0])))
    monkeypatch.setenv(fetching.VARIABLE, "")
    with refused():
        remote.refresh(staff_member, one)
    assert theirs.asked == []


def test_what_is_due_is_read_as_its_owner_and_one_that_fails_stops_no_other(
    theirs: Theirs, staff_member: Viewer, other: Viewer
) -> None:
    good, bad = theirs.has(event(WEEK[0])), f"{theirs.url}/public/bad"
    missing = str(Problem("remote-address-gone", values={"host": "127.0.0.1", "status": 404}))
    wanted = {
        follow(staff_member, bad, every_hours=1): missing,
        follow(other, good, every_hours=6): "Events: 1 new.",
    }
    follow(staff_member, good, every_hours=0)
    gone = member(save(ANONYMOUS, Person, {"name": "Gone"}))
    follow(gone, good, every_hours=1)
    save(gone, Person, {"active": False}, record_id=gone.person_id, seen=1)
    assert remote.refresh_due() == wanted
    with reading(staff_member) as session:
        assert [one.owner_id for one in session.scalars(select(Event))] == [other.person_id]
    assert remote.refresh_due() == {}
    assert sorted(remote.refresh_due(now() + timedelta(hours=2)).values()) == [missing]
    assert remote.refresh_due(now() + timedelta(hours=9), stopped=lambda: True) == {}


@pytest.mark.usefixtures("either_database")
def test_of_two_dashboards_one_reads_what_is_due(theirs: Theirs) -> None:
    staff_member = member(save(ANONYMOUS, Person, {"name": "Desk officer"}))
    follow(staff_member, theirs.has(event(WEEK[0])), every_hours=1)
    with current_workspace().claim(Job.REFRESH) as other:
        assert other
        assert remote.refresh_due() == {}
    assert theirs.asked == []
    assert list(remote.refresh_due().values()) == ["Events: 1 new."]
    assert remote.refresh_due() == {}
    assert len(theirs.asked) == 1


def test_the_clock_of_the_server_reads_what_is_due(theirs: Theirs, staff_member: Viewer) -> None:
    follow(staff_member, theirs.has(event(WEEK[0])), every_hours=1)

    async def a_moment() -> None:
        following = asyncio.create_task(remote.keep_fresh(timedelta(milliseconds=1)))
        while not theirs.asked:
            await asyncio.sleep(0.01)
        while remote.followed_by(staff_member)[0].visit is None:
            await asyncio.sleep(0.01)
        following.cancel()

    asyncio.run(asyncio.wait_for(a_moment(), 30))
    assert standings(staff_member) == {"Briefing": Standing.CONFIRMED}


def test_the_address_is_in_no_log_and_no_history(
    theirs: Theirs, staff_member: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    one = follow(staff_member, theirs.has(event(WEEK[0])))
    remote.refresh(staff_member, one)
    assert [record.getMessage() for record in caplog.records if SECRET in record.getMessage()] == []
    with reading(staff_member) as session:
        changes = list(session.scalars(select(Change).where(Change.table == RemoteCalendar.__tablename__)))
    assert len(changes) == 1
    assert [change for change in changes if SECRET in change.before + change.after + change.reason] == []
