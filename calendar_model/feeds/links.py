"""The dashboard's public address, and the addresses of feeds, items, records and subscriptions under it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TypedDict
from urllib.parse import parse_qsl, quote, urlsplit

from calendar_model.calendar import Filter
from calendar_model.terms import RecordKind

PUBLIC_URL_VARIABLE = "HRD_CALENDAR_PUBLIC_URL"
"""The environment variable with the address under which readers reach the dashboard, a path included."""

FEED_PATH = "/feeds/calendar.ics"

DOWNLOAD, WINDOWS = "download", "windows"
"""Parameters of the open feed beside those of the filter, each 1 or left out: as a file to save; with what has no dates
yet."""

ADDED_BY_OTHERS = frozenset({"t", "_", "fbclid", "gclid"})
ADDED_PREFIX = "utm_"
"""Parameters that programs add to an address, to get past a cache or to see who follows a link: ``t`` and ``_`` (a
time), ``utm_…`` (campaigns), ``fbclid`` and ``gclid`` (Facebook and Google). They ask for nothing, so a feed answers as
if they were not there; every other parameter that it does not know is refused."""

RECORD_PAGES: Mapping[RecordKind, str] = {
    RecordKind.EVENT: "meetings",
    RecordKind.CONTACT: "contacts",
    RecordKind.ENGAGEMENT: "engagements",
    RecordKind.STATEMENT: "statements",
    RecordKind.LANGUAGE: "language",
    RecordKind.CASE: "cases",
    RecordKind.REPRISAL: "cases",
    RecordKind.CORRECTION: "corrections",
}
"""The page that shows records of a kind, by its address."""

HOST = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
"""A host as an address or a Host header names it: a name or an address in digits, and perhaps a port."""

_PATH = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*")


class SubscriptionLinks(TypedDict):
    """``https`` and ``webcal`` stay current, ``download`` is a file of today."""

    https: str
    webcal: str
    download: str


def public_url(scheme: str, host: str) -> str:
    """The dashboard's address without a slash at the end.

    What `PUBLIC_URL_VARIABLE` says wins; without it the address is made of what the browser asked for,
    `scheme` and `host` (with its port). Raises ValueError when that host is no host.
    """
    configured = os.environ.get(PUBLIC_URL_VARIABLE, "").strip().rstrip("/")
    if configured:
        return configured
    if not HOST.fullmatch(host):
        raise ValueError("The address has no host name. Try again with one, such as calendar.example.org.")
    return f"{scheme}://{host.lower()}"


def is_public_address(text: str) -> bool:
    """Whether the text is an address under which a dashboard can be: http or https, a host, perhaps a port and a
    path."""
    try:
        parts = urlsplit(text.strip())
        host = parts.netloc if parts.port is None or parts.port > 0 else ""
    except ValueError:
        return False
    is_plain = parts.scheme in ("http", "https") and not parts.query and not parts.fragment
    return is_plain and HOST.fullmatch(host) is not None and _PATH.fullmatch(parts.path) is not None


def own_params(query: str) -> tuple[tuple[str, str], ...]:
    """The parameters of a query in their order, without those that programs add to an address."""
    return tuple(
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name not in ADDED_BY_OTHERS and not name.startswith(ADDED_PREFIX)
    )


def feed_url(base_url: str, filter_: Filter, *, windows: bool = False) -> str:
    """The one address of a filter's feed, whatever order its parameters were given in."""
    address = f"{base_url.rstrip('/')}{FEED_PATH}{'?' if filter_.query else ''}{filter_.query}"
    return _with(address, WINDOWS) if windows else address


def subscription_links(base_url: str, filter_: Filter, *, windows: bool = False) -> SubscriptionLinks:
    """The addresses of a filter's feed and of its file, under the dashboard's public address `base_url`."""
    https = feed_url(base_url, filter_, windows=windows)
    return {"https": https, "webcal": webcal(https), "download": _with(https, DOWNLOAD)}


def _with(address: str, parameter: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{parameter}=1"


def page_query(query: str) -> str:
    """The query of a feed's address as the dashboard's own pages take it: the filter alone."""
    return "&".join(part for part in query.split("&") if part.partition("=")[0] not in (DOWNLOAD, WINDOWS))


def webcal(address: str) -> str:
    """The address in the form that opens a calendar program where it is followed."""
    return re.sub(r"^https?:", "webcal:", address)


def item_url(base_url: str, item: str) -> str:
    """The address of one item as a file."""
    return f"{base_url.rstrip('/')}/feeds/item/{quote(item, safe='')}.ics"


def item_page(item: str) -> str:
    """The address of the page with an item open, below the dashboard's own."""
    return f"timeline?item={quote(item, safe='')}"


def record_page(kind: RecordKind, record_id: str) -> str:
    """The address of the page of a record, below the dashboard's own. It has the identifier, and nothing typed."""
    return f"{RECORD_PAGES[kind]}?record={quote(record_id, safe='')}"


def subscription_url(base_url: str, token: str) -> str:
    """The address of a subscription; `token` is its secret."""
    return f"{base_url.rstrip('/')}/feeds/mine/{token}.ics"
