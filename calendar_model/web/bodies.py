"""Limits the size of requests: small bodies only, except a file from a session whose page offers an upload.

Streamlit reads the body of an upload into memory before it looks at it, and keeps it for as long as the session lasts.
So bytes are counted as they arrive, whether or not the request announces their number.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from calendar_model.web.refusals import refuse
from calendar_model.web.uploads import OFFERS, Offers

LARGEST_UPLOAD = 6 * 2**20
"""Bytes of an uploaded file. ``server.maxUploadSize`` in Streamlit's configuration says the same in megabytes."""

LARGEST_BODY = 16 * 2**10
"""Bytes of any other body: no address of the dashboard needs one."""

LONGEST_QUERY = 8 * 2**10
"""Characters of a query: enough for every parameter of the filter many times over."""

OF_ONE_SESSION, OF_ALL = 3 * LARGEST_UPLOAD, 16 * LARGEST_UPLOAD
"""Bytes that uploads of one session, and of all together, may hold in memory, those on their way included."""

UPLOAD_SECONDS = 120
"""Time limit of an upload, after which its place is free for another."""

TOO_LARGE = f"Files may have up to {LARGEST_UPLOAD // 2**20} MB. Choose a smaller one, or split it."
BODY_TOO_LARGE = "The request body is too large. Open the address without a body."
QUERY_TOO_LONG = f"The address is too long. Use at most {LONGEST_QUERY} characters after the question mark."
NOT_OFFERED = "No open page accepts files. Open the page that takes the file, and choose it there."
FULL = "Other files are being read. Try again in a minute."
TOO_SLOW = "The upload took too long. Try again with a smaller file."

_UPLOAD = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/[^/]+/?$")
_MULTIPART_OVERHEAD = 64 * 2**10
"""Bytes of a multipart body beside the file itself."""


class HeldUploads(NamedTuple):
    """Bytes of uploaded files that are kept: of one session, and of all."""

    session: int
    all: int


def no_uploads_held(session: str) -> HeldUploads:
    """The answer where no uploads are kept, whatever the session."""
    return HeldUploads(0, 0)


class _TooMuchError(Exception):
    """The body has more bytes than allowed."""


class BoundedBodies:
    """Refuses bodies and queries that are too large, and uploads that no page asked for.

    ``held`` says how much a session, and all of them, have uploaded and not yet given back.
    """

    def __init__(
        self, app: ASGIApp, held: Callable[[str], HeldUploads] = no_uploads_held, offers: Offers = OFFERS
    ) -> None:
        self.app, self._held, self._offers = app, held, offers
        self._in_transit: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and len(scope["query_string"]) > LONGEST_QUERY:
            await refuse(scope, receive, send, 414, QUERY_TOO_LONG)
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] == "PUT" and (upload := _UPLOAD.search(scope["path"])):
            await self._upload(scope, receive, send, upload["session"])
        else:
            await _bounded(self.app, scope, receive, send, LARGEST_BODY, BODY_TOO_LARGE)

    async def _upload(self, scope: Scope, receive: Receive, send: Send, session: str) -> None:
        if not self._offers.has(session):
            await refuse(scope, receive, send, 403, NOT_OFFERED)
            return
        held, in_transit = self._held(session), self._in_transit
        if (
            held.session + in_transit.get(session, 0) + LARGEST_UPLOAD > OF_ONE_SESSION
            or held.all + sum(in_transit.values()) + LARGEST_UPLOAD > OF_ALL
        ):
            await refuse(scope, receive, send, 503, FULL, Retry_After="60")
            return
        in_transit[session] = in_transit.get(session, 0) + LARGEST_UPLOAD
        limit = asyncio.timeout(UPLOAD_SECONDS)
        try:
            async with limit:
                await _bounded(self.app, scope, receive, send, LARGEST_UPLOAD + _MULTIPART_OVERHEAD, TOO_LARGE)
        except TimeoutError:
            if not limit.expired():
                raise
            await refuse(scope, receive, send, 408, TOO_SLOW)
        finally:
            in_transit[session] -= LARGEST_UPLOAD
            if not in_transit[session]:
                del in_transit[session]


async def _bounded(app: ASGIApp, scope: Scope, receive: Receive, send: Send, limit: int, sentence: str) -> None:
    """Run the application on at most ``limit`` bytes of the body; more is answered 413 with the sentence."""
    announced = [int(value) for name, value in scope["headers"] if name == b"content-length" and value.isdigit()]
    if any(length > limit for length in announced):
        await refuse(scope, receive, send, 413, sentence)
        return
    received, has_answered = 0, False

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _TooMuchError
        return message

    async def noted(message: Message) -> None:
        nonlocal has_answered
        has_answered = True
        await send(message)

    try:
        await app(scope, counted, noted)
    except _TooMuchError:
        if not has_answered:
            await refuse(scope, receive, send, 413, sentence)
