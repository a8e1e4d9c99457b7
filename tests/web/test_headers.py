"""Headers of every answer: what a browser is told about https and about cookies."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from calendar_model.feeds import PUBLIC_URL_VARIABLE
from calendar_model.web.headers import SecurityHeaders
from tests.web.asgi import scope_of

COOKIES = [(b"set-cookie", b"a=1; HttpOnly"), (b"set-cookie", b"b=2; Secure; HttpOnly")]


def answered() -> list[tuple[bytes, bytes]]:
    """The headers of an answer that sets two cookies."""
    sent: list[Message] = []

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(COOKIES)})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(SecurityHeaders(answer)(scope_of([]), receive, send))
    return list(sent[0]["headers"])


def test_under_https_no_cookie_goes_without_it_and_browsers_stay_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, "https://calendar.example.org")
    headers = answered()
    cookies = [value for name, value in headers if name == b"set-cookie"]
    assert cookies == [b"a=1; HttpOnly; Secure", b"b=2; Secure; HttpOnly"]
    assert (b"strict-transport-security", b"max-age=31536000") in headers


@pytest.mark.parametrize("public", ["", "http://127.0.0.1:8501"])
def test_on_this_machine_cookies_stay_as_they_are(monkeypatch: pytest.MonkeyPatch, public: str) -> None:
    monkeypatch.setenv(PUBLIC_URL_VARIABLE, public)
    headers = answered()
    assert [(name, value) for name, value in headers if name == b"set-cookie"] == COOKIES
    assert not any(name == b"strict-transport-security" for name, _ in headers)
