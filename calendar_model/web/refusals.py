"""Refuse a request in one sentence, without any help of the application that is protected."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, sentence: str, **headers: str) -> None:
    """Answer an HTTP request, or a websocket's handshake, with the status and the sentence.

    ``headers`` are further ones of the answer, with ``_`` for ``-``.
    """
    further = {name.replace("_", "-"): value for name, value in headers.items()}
    response = PlainTextResponse(sentence, status, {"Cache-Control": "no-store", "Connection": "close", **further})
    if scope["type"] != "websocket":
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)
    elif "websocket.http.response" in scope.get("extensions", {}):
        await WebSocket(scope, receive, send).send_denial_response(response)
    else:
        # A server without that extension answers 403 to a handshake that is closed.
        await send({"type": "websocket.close", "code": 1008})
