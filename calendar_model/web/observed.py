"""Watch every request for the log and the metrics, and give it an identifier.

The identifier is the one of the proxy (``X-Request-ID``, 32 hexadecimal digits, as nginx makes them) or a new one. It
goes into the answer, and into each line that is logged while the request is answered.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from calendar_model.web.routes import KnownRoute, known_route

_IDENTIFIER = re.compile(r"[0-9a-f]{32}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})

CLIENT_LEFT = 499
"""The status of a request whose client left before there was an answer, as nginx writes it."""


class Phase(StrEnum):
    """What has happened to a request. A websocket that was opened is closed later."""

    ANSWERED = "answered"
    OPENED = "opened"
    CLOSED = "closed"


class ObservedRequest(NamedTuple):
    """A request as far as it may be told: no query, no secret, no header, no address of a person."""

    phase: Phase
    method: str
    route: KnownRoute
    status: int
    seconds: float


Observer = Callable[[ObservedRequest], None]


@dataclass
class RequestContext:
    """What every line of the log says of the request that is being answered; ``user`` is the identifier of a person."""

    id: str
    user: str = ""


_current: ContextVar[RequestContext | None] = ContextVar("calendar_model.web.observed.current", default=None)


def current_request() -> RequestContext | None:
    """Return what is known of the request that is being answered; None outside of one."""
    return _current.get()


def note_user(person_id: str) -> None:
    """Note who sent the request that is being answered, by the identifier of the person, never by name.

    For what finds out who is signed in. Without an observed request nothing is noted.
    """
    if (request := _current.get()) is not None:
        request.user = person_id


class ObservedRequests:
    """Tells the observers of each request once it is answered, and of a websocket when it opens and closes."""

    def __init__(self, app: ASGIApp, observers: Sequence[Observer]) -> None:
        self.app, self._observers = app, observers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        began, route = time.monotonic(), known_route(scope["path"])
        method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"]
        context = RequestContext(_identifier(scope))
        phase, status = Phase.ANSWERED, CLIENT_LEFT

        def tell() -> None:
            request = ObservedRequest(
                phase,
                method if method in (*_METHODS, "WEBSOCKET") else "OTHER",
                route,
                status,
                time.monotonic() - began,
            )
            for observe in self._observers:
                observe(request)

        async def noted(message: Message) -> None:
            nonlocal phase, status
            kind = message["type"]
            if kind in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = context.id
            elif kind == "websocket.accept":
                phase, status = Phase.OPENED, 101
                tell()
                phase = Phase.CLOSED
            elif kind == "websocket.close" and phase is Phase.ANSWERED:
                status = 403
            await send(message)

        token = _current.set(context)
        try:
            await self.app(scope, receive, noted)
        except Exception:
            status = 500
            raise
        finally:
            tell()
            _current.reset(token)


def _identifier(scope: Scope) -> str:
    given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"]
    return given[0] if len(given) == 1 and _IDENTIFIER.fullmatch(given[0]) else secrets.token_hex(16)
