"""How much a request may carry, counted as it comes; and who may upload at all."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from calendar_model.web import bodies
from calendar_model.web.bodies import LARGEST_BODY, LARGEST_UPLOAD, OF_ALL, OF_ONE_SESSION, BoundedBodies, HeldUploads
from calendar_model.web.uploads import Offers
from tests.app import ROOT
from tests.web.asgi import Noting, ask, asked, scope_of

HOST = [("Host", "localhost:8501")]
UPLOAD = "/_stcore/upload_file/session/file"


@pytest.fixture
def offers() -> Offers:
    """A session on a page that takes files."""
    offers = Offers()
    offers.enter("session", "import")
    offers.offer("session")
    return offers


def pieces(size: int, of: int = 64 * 2**10) -> Iterator[bytes]:
    for start in range(0, size, of):
        yield b"x" * min(of, size - start)


def test_a_body_that_no_address_needs_is_not_read(offers: Offers) -> None:
    for method, path in (("POST", "/"), ("GET", "/feeds/calendar.ics"), ("POST", UPLOAD), ("PUT", "/media/x"), ("DELETE", UPLOAD)):  # fmt: skip
        for headers in (HOST, [*HOST, ("Content-Length", str(LARGEST_BODY + 1))]):
            inner = Noting()
            app = BoundedBodies(inner, offers=offers)
            assert ask(app, scope_of(headers, method=method, path=path), pieces(LARGEST_BODY + 1))[0] == 413
            assert inner.bodies == []
        assert ask(app, scope_of(HOST, method=method, path=path), pieces(LARGEST_BODY))[0] == 200


@pytest.mark.parametrize("announced", [[], [("Content-Length", "10")], [("Transfer-Encoding", "chunked")]])
def test_an_upload_is_counted_whatever_it_says_of_itself(offers: Offers, announced: list[tuple[str, str]]) -> None:
    inner = Noting()
    app = BoundedBodies(inner, offers=offers)
    scope = scope_of([*HOST, *announced], method="PUT", path=UPLOAD)
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 2**20
            yield b"x" * 2**20

    assert ask(app, scope, endless())[0] == 413
    assert inner.bodies == []
    assert read <= LARGEST_UPLOAD + 2 * 2**20
    assert ask(app, scope, pieces(LARGEST_UPLOAD))[0] == 200


def test_a_refused_upload_leaves_its_place(offers: Offers) -> None:
    app = BoundedBodies(Noting(), offers=offers)
    scope = scope_of(HOST, method="PUT", path=UPLOAD)
    for _ in range(OF_ALL // LARGEST_UPLOAD + 1):
        assert ask(app, scope, pieces(2 * LARGEST_UPLOAD, 2**20))[0] == 413
    assert ask(app, scope, [b"x"])[0] == 200


def test_nobody_uploads_whose_page_does_not_ask_for_it(offers: Offers) -> None:
    inner = Noting()
    app = BoundedBodies(inner, offers=offers)
    for path in (UPLOAD.replace("session", "nobody"), "/base/path" + UPLOAD.replace("session", "nobody"), UPLOAD + "/"):
        expected = 200 if "session" in path else 403
        assert ask(app, scope_of(HOST, method="PUT", path=path), [b"x"])[0] == expected
    offers.enter("session", "import")
    assert ask(app, scope_of(HOST, method="PUT", path=UPLOAD), [b"x"])[0] == 200
    offers.enter("session", "timeline")
    offers.enter("session", "import")
    assert ask(app, scope_of(HOST, method="PUT", path=UPLOAD), [b"x"])[0] == 403


def test_offers_of_sessions_long_gone_are_forgotten() -> None:
    offers = Offers(sessions=2)
    for session in ("one", "two", "three"):
        offers.enter(session, "import")
        offers.offer(session)
    assert [offers.has(session) for session in ("one", "two", "three")] == [False, True, True]


@pytest.mark.parametrize("held", [HeldUploads(OF_ONE_SESSION, OF_ONE_SESSION), HeldUploads(0, OF_ALL), HeldUploads(0, OF_ALL - LARGEST_UPLOAD + 1)])  # fmt: skip
def test_what_is_kept_already_counts(offers: Offers, held: HeldUploads) -> None:
    app = BoundedBodies(Noting(), held=lambda _: held, offers=offers)
    status, headers, body = ask(app, scope_of(HOST, method="PUT", path=UPLOAD), [b"x"])
    assert (status, body.decode()) == (503, bodies.FULL)
    assert int(headers["retry-after"]) > 0


def test_uploads_at_once_are_counted_together() -> None:
    """No more than may be held is ever on its way, of one session and of all."""
    offers = Offers()
    sessions = [f"session{number}" for number in range(40)]
    for session in sessions:
        offers.enter(session, "import")
        offers.offer(session)
    inside = 0

    async def together(paths: list[str]) -> list[int]:
        gate = asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal inside
            inside += 1
            await gate.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        app = BoundedBodies(slow, offers=offers)
        tasks = [asyncio.create_task(asked(app, scope_of(HOST, method="PUT", path=path), [b"x"])) for path in paths]
        await asyncio.sleep(0)
        gate.set()
        return [status for status, _, _ in await asyncio.gather(*tasks)]

    answers = asyncio.run(together([f"/_stcore/upload_file/{session}/x" for session in sessions]))
    assert (inside, answers.count(200)) == (OF_ALL // LARGEST_UPLOAD, OF_ALL // LARGEST_UPLOAD)
    answers = asyncio.run(together([f"/_stcore/upload_file/session1/{number}" for number in range(9)]))
    assert answers.count(200) == OF_ONE_SESSION // LARGEST_UPLOAD


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_an_address_that_is_too_long_is_not_looked_at(kind: str) -> None:
    inner = Noting()
    query = "q=" + "x" * bodies.LONGEST_QUERY
    assert ask(BoundedBodies(inner), scope_of(HOST, kind=kind, query=query))[0] == 414
    assert inner.scopes == []


def test_streamlit_is_told_the_same_limit() -> None:
    configured = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]
    assert configured["maxUploadSize"] * 2**20 == LARGEST_UPLOAD


def test_the_server_reads_no_body_of_a_stranger(client: TestClient) -> None:
    assert client.put("/_stcore/upload_file/stranger/file", content=b"x").status_code == 403
    assert client.post("/feeds/calendar.ics", content=b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert client.get(f"/feeds/calendar.ics?q={'x' * bodies.LONGEST_QUERY}").status_code == 414


def test_no_cache_keeps_what_was_made_for_one_reader(client: TestClient) -> None:
    headers = client.get("/media/0123456789.csv").headers
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["X-Content-Type-Options"] == "nosniff"
