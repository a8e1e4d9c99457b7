"""Kinds of addresses, and the form in which logs and metrics show them: without anything that is secret or typed.

The address of a subscription contains its secret, that of a download or an upload is known to one reader. What is shown
is one of a fixed number of texts, whatever was asked for; the query is never looked at.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class RouteGroup(StrEnum):
    """What an address is for."""

    PAGE = "page"
    SESSION = "session"
    """The websocket of an open page."""
    FEED = "feed"
    ITEM = "item"
    SUBSCRIPTION = "subscription"
    MAIL = "mail"
    """A link in a mail, with its secret."""
    FILE = "file"
    """A download or a picture that a page made for one reader."""
    UPLOAD = "upload"
    SIGN_IN = "sign-in"
    ASSET = "asset"
    PROBE = "probe"


class KnownRoute(NamedTuple):
    """The group of an address, and how it is shown."""

    group: RouteGroup
    shown: str


_START = KnownRoute(RouteGroup.PAGE, "/")
_PAGE = KnownRoute(RouteGroup.PAGE, "/*")
"""Streamlit answers any other address with the dashboard, which then says that there is no such page."""

_BEGINNINGS = (
    ("/feeds/mine/", KnownRoute(RouteGroup.SUBSCRIPTION, "/feeds/mine/*")),
    ("/feeds/item/", KnownRoute(RouteGroup.ITEM, "/feeds/item/*")),
    ("/feeds/calendar.ics", KnownRoute(RouteGroup.FEED, "/feeds/calendar.ics")),
    ("/feeds", KnownRoute(RouteGroup.FEED, "/feeds/*")),
    ("/mail/confirm/", KnownRoute(RouteGroup.MAIL, "/mail/confirm/*")),
    ("/mail/unsubscribe/", KnownRoute(RouteGroup.MAIL, "/mail/unsubscribe/*")),
    ("/mail/", KnownRoute(RouteGroup.MAIL, "/mail/*")),
    ("/_stcore/stream", KnownRoute(RouteGroup.SESSION, "/_stcore/stream")),
    ("/_stcore/upload_file/", KnownRoute(RouteGroup.UPLOAD, "/_stcore/upload_file/*")),
    ("/_stcore/health", KnownRoute(RouteGroup.PROBE, "/_stcore/health")),
    ("/_stcore/metrics", KnownRoute(RouteGroup.PROBE, "/_stcore/metrics")),
    ("/_stcore/", KnownRoute(RouteGroup.ASSET, "/_stcore/*")),
    ("/media/", KnownRoute(RouteGroup.FILE, "/media/*")),
    ("/static/", KnownRoute(RouteGroup.ASSET, "/static/*")),
    ("/component/", KnownRoute(RouteGroup.ASSET, "/component/*")),
    ("/healthz", KnownRoute(RouteGroup.PROBE, "/healthz")),
    ("/readyz", KnownRoute(RouteGroup.PROBE, "/readyz")),
    ("/metrics", KnownRoute(RouteGroup.PROBE, "/metrics")),
    ("/oauth2callback", KnownRoute(RouteGroup.SIGN_IN, "/oauth2callback")),
    ("/auth/", KnownRoute(RouteGroup.SIGN_IN, "/auth/*")),
)
"""How addresses begin, below a path of the public address too; the first that fits counts."""


def known_route(path: str) -> KnownRoute:
    """Return the group of a path, and the path without what is secret or unknown in it."""
    for beginning, route in _BEGINNINGS:
        if beginning in path:
            return route
    return _PAGE if path.strip("/") else _START
