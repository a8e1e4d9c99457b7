"""What is told of a request, and its identifier."""

from __future__ import annotations

import asyncio
import re

import pytest
from starlette.types import Receive, Scope, Send

from calendar_model.web.observed import (
    CLIENT_LEFT,
    ObservedRequest,
    ObservedRequests,
    Phase,
    RequestContext,
    current_request,
    note_user,
)
from tests.web.asgi import Noting, ask, asked, scope_of

HOST = [("Host", "localhost:8501")]
OF_NGINX = "0123456789abcdef0123456789abcdef"


def observed(scope: Scope, app: object = None) -> tuple[list[ObservedRequest], dict[str, str]]:
    seen: list[ObservedRequest] = []
    _, headers, _ = ask(ObservedRequests(app or Noting(), [seen.append]), scope)  # type: ignore[arg-type]
    return seen, headers


def test_a_request_is_told_once_without_its_query_and_its_secret() -> None:
    [request], _ = observed(scope_of([*HOST, ("Cookie", "canary")], path="/feeds/mine/canary.ics", query="q=canary"))
    assert request[:2] == (Phase.ANSWERED, "GET")
    assert (request.route.shown, request.status) == ("/feeds/mine/*", 200)
    assert 0 <= request.seconds < 60
    assert "canary" not in repr(request)


def test_a_method_that_somebody_made_up_is_not_told() -> None:
    [request], _ = observed(scope_of(HOST, method="CANARY"))
    assert request.method == "OTHER"


def test_a_websocket_is_told_when_it_opens_and_when_it_closes() -> None:
    seen, _ = observed(scope_of(HOST, kind="websocket", path="/_stcore/stream"))
    assert [(one.phase, one.method, one.status) for one in seen] == [
        (Phase.OPENED, "WEBSOCKET", 101),
        (Phase.CLOSED, "WEBSOCKET", 101),
    ]


async def closing(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close", "code": 1008})


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError("canary")


async def leaving(scope: Scope, receive: Receive, send: Send) -> None:
    return


def test_a_refused_websocket_was_never_open() -> None:
    [request], _ = observed(scope_of(HOST, kind="websocket"), closing)
    assert (request.phase, request.status) == (Phase.ANSWERED, 403)


@pytest.mark.parametrize(("app", "status"), [(failing, 500), (leaving, CLIENT_LEFT)])
def test_a_request_that_gets_no_answer_is_told_too(app: object, status: int) -> None:
    seen: list[ObservedRequest] = []
    with pytest.raises((ValueError, TypeError)):
        ask(ObservedRequests(app, [seen.append]), scope_of(HOST))  # type: ignore[arg-type]
    assert [request.status for request in seen] == [status]


@pytest.mark.parametrize(
    "given", [[], [("X-Request-ID", "canary\\x0a")], [("X-Request-ID", OF_NGINX), ("X-Request-ID", OF_NGINX)], [("X-Request-ID", OF_NGINX.upper())]]
)  # fmt: skip
def test_an_identifier_is_made_where_the_proxy_gives_none(given: list[tuple[str, str]]) -> None:
    made = [observed(scope_of([*HOST, *given]))[1]["x-request-id"] for _ in range(2)]
    assert made[0] != made[1]
    assert [bool(re.fullmatch(r"[0-9a-f]{32}", one)) for one in made] == [True, True]


def test_the_identifier_of_the_proxy_is_kept() -> None:
    assert observed(scope_of([*HOST, ("X-Request-ID", OF_NGINX)]))[1]["x-request-id"] == OF_NGINX


def test_who_signs_in_is_known_to_the_observers_and_to_no_other_request() -> None:
    seen: list[RequestContext | None] = []

    async def signed_in(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.to_thread(note_user, scope["path"][1:])
        await asyncio.sleep(0)
        await Noting()(scope, receive, send)

    app = ObservedRequests(signed_in, [lambda _: seen.append(current_request())])

    async def both() -> None:
        await asyncio.gather(*(asked(app, scope_of(HOST, path=f"/{who}")) for who in ("one", "other")))

    asyncio.run(both())
    assert sorted(request.user for request in seen if request) == ["one", "other"]
    assert current_request() is None
    note_user("nobody")
