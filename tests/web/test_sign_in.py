"""What is answered without a sign-in, with one, and where there is none: by address alone, before any page."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission import accounts
from calendar_model.mission.accounts import Claims
from calendar_model.mission.transactions import save
from calendar_model.store.models import Person
from calendar_model.web.downloads import FileNames
from calendar_model.web.hosts import is_loopback_address
from calendar_model.web.sign_in import SignedIn
from tests.web.asgi import Noting, ask, scope_of

OPEN = ["/", "/timeline", "/healthz", "/readyz", "/_stcore/health", "/_stcore/host-config", "/static/js/index.js",
        "/feeds/calendar.ics", "/feeds/mine/secret.ics", "/auth/login", "/oauth2callback"]  # fmt: skip
CLOSED = ["/media/x.csv", "/_stcore/upload_file/a/b", "/metrics", "/_stcore/metrics", "/component/x", "/no/such/page",
          "/timeline/", "/media", "/static", "/feedsx", "//media/x.csv", "/static/../media/x.csv"]  # fmt: skip
COOKIE = [("Cookie", "who=amina")]


def claims(cookies: Mapping[str, str]) -> Claims | None:
    who = cookies.get("who")
    return {"iss": "https://id.example", "sub": who, "iat": clock.machine_now().timestamp()} if who else None


def status(path: str, cookie: bool = False, kind: str = "http", files: FileNames | None = None) -> int:
    inner = Noting()
    app = SignedIn(inner, claims, ["timeline"], files)
    got, _, _ = ask(app, scope_of(COOKIE if cookie else [], path=path, kind=kind))
    assert len(inner.scopes) == (got in (200, 101))
    return got


@pytest.fixture
def amina() -> str:
    person = save(ANONYMOUS, Person, {"name": "Amina Berg"})
    known = accounts.sign_in_of(claims({"who": "amina"}) or {})
    assert known is not None
    accounts.note_waiting(known)
    accounts.bind(ANONYMOUS, known.code, person)
    return person


@pytest.mark.parametrize("path", OPEN)
def test_what_everybody_may_have_is_answered(path: str) -> None:
    assert status(path) == 200


@pytest.mark.parametrize("path", CLOSED)
def test_everything_else_needs_a_sign_in(path: str, amina: str) -> None:
    assert status(path) == 401
    assert status(path, cookie=True) == 200


def test_a_sign_in_of_nobody_opens_nothing() -> None:
    assert status("/media/x.csv", cookie=True) == 401


def test_the_websocket_of_pages_is_open_and_no_other() -> None:
    assert status("/_stcore/stream", kind="websocket") == 101
    assert status("/other", kind="websocket") in (401, 403)


def test_a_file_is_answered_to_its_reader(amina: str) -> None:
    names = FileNames(lambda: amina)
    name = names(b"x", "text/csv", "x.csv")
    assert status(f"/media/{name}.csv", cookie=True, files=names) == 200
    assert status(f"/media/{name}.csv", files=names) == 401
    for other in ("", "b" * 32):
        theirs = FileNames(lambda other=other: other)  # type: ignore[misc]
        theirs._key = names._key
        assert status(f"/media/{theirs(b'x', 'text/csv', 'x.csv')}.csv", cookie=True, files=names) == 403


def test_signing_out_ends_the_session_before_the_cookie_is_deleted(amina: str) -> None:
    stolen = {"iss": "https://id.example", "sub": "amina", "iat": clock.machine_now().timestamp()}

    def same(cookies: Mapping[str, str]) -> Claims | None:
        return stolen if cookies.get("who") else None

    app = SignedIn(Noting(), same, [])
    assert ask(app, scope_of(COOKIE, path="/media/x.csv"))[0] == 200
    assert ask(app, scope_of(COOKIE, path="/auth/logout"))[0] == 200
    assert ask(app, scope_of(COOKIE, path="/media/x.csv"))[0] == 401


@pytest.mark.parametrize("end", ["client", "server"])
@pytest.mark.parametrize(
    ("address", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.7", False), ("calendar", False), ("", False)],
)
def test_without_sign_in_only_this_machine_is_answered(end: str, address: str, local: bool) -> None:
    scope = {**scope_of([], path="/"), end: (address, 8501)}
    assert ask(SignedIn(Noting(), None, []), scope)[0] == (200 if local else 403)
    assert ask(SignedIn(Noting(), None, []), {**scope, "path": "/feeds/calendar.ics"})[0] == 200
    assert is_loopback_address(address) == local
