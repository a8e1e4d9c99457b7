"""Who asks: nothing but what everybody may have is answered without a sign-in, and without one only on this machine.

Pages are Streamlit's: their text comes through the websocket, and the script of the dashboard shows nothing but the way
to sign in until it knows who asks. What is answered by address alone is refused here: files made for a reader, uploads,
and any address that is not listed as open. Feeds and links in mails
have secrets of their own.

Signing out ends the session in the workspace before Streamlit deletes its cookie, so that a copy of the cookie opens
nothing any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from anyio import to_thread
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from calendar_model.mission.accounts import Claims, SignIn, end_session, person_of, sign_in_of
from calendar_model.store.database import WorkspaceError
from calendar_model.web.downloads import FILES, FileNames
from calendar_model.web.hosts import is_loopback_address
from calendar_model.web.observed import note_user
from calendar_model.web.refusals import refuse

NOT_SIGNED_IN = "Sign in on the start page of the calendar, then open this address again."
NOT_YOURS = "This file was made for another user, or is gone since a restart. Open its page, and create it again."
AWAY = "The workspace cannot be read at present. Try again in a minute."
NOT_HERE = (
    "Without sign-in the calendar is served on this machine only. Set up sign-in, as the installation guide says, "
    "before you serve it to others."
)

FEEDS = "/feeds/"
WITH_OWN_SECRETS = (FEEDS, "/mail/")
"""Feeds, and links in mails: who has the secret in the address needs no sign-in."""
HEALTH = frozenset({"/healthz", "/readyz", "/_stcore/health"})
OPEN_PATHS = HEALTH | frozenset(
    {
        "/favicon.png",
        "/feeds",
        "/_stcore/host-config",
        "/_stcore/stream",
        "/auth/login",
        "/oauth2callback",
    }
)
"""Addresses that answer everybody: health, Streamlit's own page and websocket, and the way to sign in."""
OPEN_FOLDERS = ("/static/", *WITH_OWN_SECRETS)
SIGN_OUT = "/auth/logout"


class ClaimsReader(Protocol):
    """Reads the claims of the sign-in from the cookies of a request."""

    def __call__(self, cookies: Mapping[str, str]) -> Claims | None:
        """Return the claims; None without a sign-in, or if the signature of the cookie is wrong."""


class SignedIn:
    """Refuses what needs a sign-in and has none (401), and files made for another reader (403).

    ``claims`` reads the claims of a request; None if there is no sign-in here: then everything from another machine is
    refused (403), but for feeds, links in mails and health. ``pages`` are the addresses of pages, ``files`` the names
    of files made for a reader.
    """

    def __init__(
        self, app: ASGIApp, claims: ClaimsReader | None, pages: Collection[str], files: FileNames | None = None
    ) -> None:
        self.app, self.claims, self.files = app, claims, files
        self.pages = frozenset(f"/{page}" for page in ("", *pages))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif self.claims is None:
            here = _is_loopback(scope.get("client")) and _is_loopback(scope.get("server"))
            if here or scope["path"].startswith(WITH_OWN_SECRETS) or scope["path"] in HEALTH:
                await self.app(scope, receive, send)
            else:
                await refuse(scope, receive, send, 403, NOT_HERE)
        else:
            await self._answer(self.claims, scope, receive, send)

    async def _answer(self, claims: ClaimsReader, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path in OPEN_PATHS or path in self.pages or _is_in_open_folder(path):
            await self.app(scope, receive, send)
            return
        found = claims(HTTPConnection(scope).cookies)
        sign_in = sign_in_of(found) if found else None
        try:
            if path == SIGN_OUT:
                if sign_in is not None:
                    await to_thread.run_sync(end_session, sign_in)
                await self.app(scope, receive, send)
                return
            person = await to_thread.run_sync(_person_id, sign_in) if sign_in else ""
        except WorkspaceError:
            await refuse(scope, receive, send, 503, AWAY, Retry_After="60")
            return
        note_user(person)
        if not person:
            await refuse(scope, receive, send, 401, NOT_SIGNED_IN)
        elif self.files is not None and path.startswith(FILES) and not self.files.is_of(_file_name(path), person):
            await refuse(scope, receive, send, 403, NOT_YOURS)
        else:
            await self.app(scope, receive, send)


def _is_in_open_folder(path: str) -> bool:
    return path.startswith(OPEN_FOLDERS) and ".." not in path.split("/")


def _person_id(sign_in: SignIn) -> str:
    person = person_of(sign_in)
    return person.id if person is not None else ""


def _file_name(path: str) -> str:
    """The name of a file without its ending."""
    return path.removeprefix(FILES).partition(".")[0]


def _is_loopback(end: tuple[str, int | None] | None) -> bool:
    """Whether one end of a connection is this machine; a socket of the file system (None) is."""
    return end is None or is_loopback_address(end[0])
