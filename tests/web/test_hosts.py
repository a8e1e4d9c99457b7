"""Which hosts and origins reach the application, whatever the path, the method and the kind of connection."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from calendar_model.feeds import PUBLIC_URL_VARIABLE
from calendar_model.web.hosts import OwnHosts
from tests.web.asgi import Headers, Noting, ask, scope_of

KINDS = ("http", "websocket")
OPENS = {"http": 200, "websocket": 101}
PATHS = [
    "/",
    "/timeline",
    "/feeds/calendar.ics",
    "/feeds/item/session-HRC61.ics",
    "/media/0123.csv",
    "/static/js/index.js",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/upload_file/a/b",
    "/no/such/address",
]
PUBLIC = "https://calendar.example.org/desk"


@pytest.fixture(autouse=True)
def _no_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PUBLIC_URL_VARIABLE, raising=False)


def status(headers: Headers, kind: str = "http", server: tuple[str, int | None] = ("127.0.0.1", 8501)) -> int:
    """What is answered, and that nothing reaches the application unless it is let through."""
    inner = Noting()
    got, _, _ = ask(OwnHosts(inner), scope_of(headers, kind=kind, server=server))
    assert len(inner.scopes) == (got == OPENS[kind])
    return got


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:8501"])
def test_loopback_names_with_the_own_port_are_answered(kind: str, host: str) -> None:
    assert status([("Host", host)], kind) == OPENS[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8501",
        "evil.example",
        "localhost",
        "localhost:8502",
        "127.0.0.1:80",
        "localhost.evil.example:8501",
        "127.0.0.1.nip.io:8501",
        "10.0.0.7:8501",
        "[::2]:8501",
        "calendar.example.org",
    ],
)
def test_other_hosts_are_refused(kind: str, host: str) -> None:
    assert status([("Host", host)], kind) == 421


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Host", "")],
        [("Host", "localhost:8501"), ("Host", "localhost:8501")],
        [("Host", "evil.example"), ("Host", "localhost:8501")],
        [("Host", "localhost:8501, evil.example")],
        [("Host", "user@localhost:8501")],
        [("Host", "localhost:8501/")],
        [("Host", "localhost:99999")],
        [("Host", "localhost:0")],
        [("Host", "localhost:8501 ")],
        [("Host", "http://localhost:8501")],
        [("Host", "l\xf6calhost:8501")],
    ],
)
def test_no_host_two_hosts_and_what_is_none_are_refused(kind: str, headers: Headers) -> None:
    assert status(headers, kind) == 400


@given(host=st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=40))
def test_nothing_else_that_a_header_can_hold_is_answered(host: str) -> None:
    known = {"localhost:8501", "127.0.0.1:8501", "[::1]:8501"}
    assert (status([("Host", host)]) == 200) == (host.lower() in known)


@pytest.mark.parametrize(("host", "port"), [("localhost", 80), ("127.0.0.1", 443), ("[::1]", 80), ("localhost:80", 80)])
def test_a_port_that_the_address_leaves_out_is_the_own_one(host: str, port: int) -> None:
    assert status([("Host", host)], server=("127.0.0.1", port)) == 200
    assert status([("Host", host)], server=("127.0.0.1", 8501)) == 421


def test_a_socket_without_a_port_answers_to_the_public_address_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    socket = ("/run/calendar.sock", None)
    assert status([("Host", "localhost")], server=socket) == 421
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, PUBLIC)
    assert status([("Host", "calendar.example.org")], server=socket) == 200


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("host", "origin", "is_own"),
    [
        ("calendar.example.org", "https://calendar.example.org", True),
        ("Calendar.Example.org:443", "https://calendar.example.org", True),
        ("calendar.example.org:8501", None, False),
        ("www.calendar.example.org", None, False),
        # Proxies that name the machine behind them.
        ("127.0.0.1:8501", "https://calendar.example.org", True),
        ("127.0.0.1:8501", "http://127.0.0.1:8501", True),
        ("127.0.0.1:8501", "http://calendar.example.org", False),
        ("calendar.example.org", "http://calendar.example.org", False),
        ("calendar.example.org", "http://127.0.0.1:8501", False),
    ],
)
def test_the_public_address_is_answered(
    monkeypatch: pytest.MonkeyPatch, kind: str, host: str, origin: str | None, is_own: bool
) -> None:
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, PUBLIC)
    answer = status([("Host", host), *([("Origin", origin)] if origin else [])], kind)
    assert answer == (OPENS[kind] if is_own else 403 if origin else 421)


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "Forwarded", "X-Original-Host", "X-Host"])
def test_what_a_proxy_would_add_makes_no_host_ours(monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, PUBLIC)
    said = "host=calendar.example.org" if header == "Forwarded" else "calendar.example.org"
    assert status([("Host", "evil.example"), (header, said)]) == 421


FOREIGN = [
    "http://evil.example",
    "https://evil.example:8501",
    "null",
    "",
    "file://",
    "http://localhost",
    "http://localhost:3000",
    "http://127.0.0.1:8501",
    "http://localhost:8501.evil.example",
    "http://localhost:8501@evil.example",
    "http://evil.example/localhost:8501",
    "chrome-extension://abc",
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_refused_whatever_it_asks(method: str, origin: str) -> None:
    inner = Noting()
    headers = [("Host", "localhost:8501"), ("Origin", origin)]
    assert ask(OwnHosts(inner), scope_of(headers, method=method))[0] == 403
    assert inner.scopes == []


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_opens_no_websocket(origin: str) -> None:
    assert status([("Host", "localhost:8501"), ("Origin", origin)], "websocket") == 403


@pytest.mark.parametrize("headers", [[("Host", "evil.example")], [("Host", "localhost:8501"), ("Origin", "null")], []])
def test_a_server_that_can_only_close_a_websocket_closes_it(headers: Headers) -> None:
    inner = Noting()
    scope = scope_of(headers, kind="websocket")
    del scope["extensions"]
    assert ask(OwnHosts(inner), scope)[0] == 403
    assert inner.scopes == []


def test_two_origins_are_refused() -> None:
    own = ("Origin", "http://localhost:8501")
    assert status([("Host", "localhost:8501"), own, own]) == 403


def test_streamlit_is_never_given_an_origin_that_it_would_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It compares the websocket's two headers as they are, and looks up its own address where they differ."""
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, PUBLIC)
    inner = Noting()
    for host in ("calendar.example.org", "CALENDAR.example.org:443", "localhost:8501"):
        for kind in KINDS:
            ask(OwnHosts(inner), scope_of([("Host", host), ("Origin", "https://Calendar.example.org")], kind=kind))
    assert len(inner.scopes) == 6
    for scope in inner.scopes:
        headers = [(name, value) for name, value in scope["headers"] if name in (b"host", b"origin")]
        if scope["type"] == "websocket":
            assert sorted(headers) == [(b"host", b"calendar.example.org"), (b"origin", b"https://calendar.example.org")]
        else:
            assert [name for name, _ in headers] == [b"host"]


def test_a_refusal_is_a_sentence_without_what_was_asked() -> None:
    for headers in ([("Host", "<b>evil</b>.example")], [("Host", "evil.example")], [("Host", "localhost:8501"), ("Origin", "http://evil.example")]):  # fmt: skip
        got, told, body = ask(OwnHosts(Noting()), scope_of(headers))
        assert got in (400, 403, 421)
        assert told["content-type"].startswith("text/plain")
        assert told["cache-control"] == "no-store"
        assert body.decode().endswith(".")
        assert b"evil" not in body
    assert ask(OwnHosts(Noting()), scope_of([("Host", "evil.example")], method="HEAD"))[2] == b""


@pytest.mark.parametrize("path", PATHS)
def test_the_server_asks_first_on_every_path(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 421
    assert client.get(path, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get(path).status_code not in (403, 421)
    assert client.put(path, headers={"Origin": "http://evil.example"}, content=b"x").status_code == 403
    refused = client.get(path, headers={"Host": "evil.example"})
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
