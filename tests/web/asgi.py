"""An ASGI application that notes what reaches it, and a way to ask it with headers as raw as a socket carries them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = Sequence[tuple[str, str]]


class Noting:
    """Answers 200 and keeps the scope and the body of everything that it is asked."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"reached"})


def scope_of(
    headers: Headers,
    *,
    kind: str = "http",
    method: str = "GET",
    path: str = "/",
    query: str = "",
    server: tuple[str, int | None] = ("127.0.0.1", 8501),
    scheme: str = "http",
) -> Scope:
    """A request as uvicorn hands it over; ``kind`` is ``http`` or ``websocket``."""
    scope: dict[str, Any] = {
        "type": kind,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "server": server,
        "client": ("127.0.0.1", 50_000),
        "scheme": scheme.replace("http", "ws") if kind == "websocket" else scheme,
        "extensions": {"websocket.http.response": {}},
    }
    more: dict[str, Any] = {"subprotocols": []} if kind == "websocket" else {"method": method}
    return scope | more


def ask(app: ASGIApp, scope: Scope, body: Iterable[bytes] = ()) -> tuple[int, dict[str, str], bytes]:
    """Sends the request, its body in pieces: the status, the headers and the body of the answer.

    The status of a websocket that is accepted is 101.
    """
    return asyncio.run(asked(app, scope, body))


async def asked(app: ASGIApp, scope: Scope, body: Iterable[bytes] = ()) -> tuple[int, dict[str, str], bytes]:
    """As :func:`ask`, for several at once."""
    pieces = iter(body)
    sent: list[Message] = []
    ended = False

    async def receive() -> Message:
        nonlocal ended
        if scope["type"] == "websocket":
            return {"type": "websocket.connect"}
        if ended:
            return {"type": "http.disconnect"}
        piece = next(pieces, None)
        ended = piece is None
        return {"type": "http.request", "body": piece or b"", "more_body": not ended}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, *rest = sent
    if start["type"] in ("websocket.accept", "websocket.close"):
        # A server answers a handshake that is closed with 403.
        return 101 if start["type"] == "websocket.accept" else 403, {}, b""
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return start["status"], headers, b"".join(message.get("body", b"") for message in rest)
