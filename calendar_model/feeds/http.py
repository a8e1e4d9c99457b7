"""The feed routes: calendars by filter, single items as files.

``GET`` and ``HEAD`` of

``/feeds/calendar.ics``
    The items that the filter lets through, with the parameter names of the dashboard's own address
    (repeated for several values); ``download=1`` offers the same as a file to save.
``/feeds/item/{item}.ics``
    One item as a file.
``/feeds/mine/{token}.ics``
    A subscription, for whoever knows its secret. Unknown, revoked and expired ones are answered alike.

Anything else in the query is refused with status 400 and a sentence that says what is allowed, a client's
``Accept`` is not asked. A feed has a strong ETag of its content, one for each coding (RFC 9110, 8.8.3), so
that a client that comes back gets 304 until a record changes. ``Last-Modified`` is the last change of a
record in it, or the day on which a cancelled item left; when the content changes in another way, it is the
moment at which that was seen.

Bodies are encoded here and not by the server's own compression, which would give the encoded body the plain
one's ETag. Nothing here logs an address or a query: uvicorn, started by hand, must get ``--no-access-log``.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from threading import Lock
from typing import Any
from urllib.parse import quote

import pandas as pd
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from calendar_model import calendar
from calendar_model.calendar import Filter, FilterError
from calendar_model.feeds import ical, links
from calendar_model.feeds.mine import known_key, mine
from calendar_model.reference import Reference
from calendar_model.safeguards import subscriptions
from calendar_model.safeguards.rules import Refused
from calendar_model.safeguards.sight import OPEN
from calendar_model.safeguards.sighted import calendar_of
from calendar_model.safeguards.subscriptions import Subscriber
from calendar_model.workspace.database import WorkspaceError

TITLE = "HRD calendar"
CACHE_CONTROL = "private, max-age=300, must-revalidate"
CLOSED = "What the mission keeps cannot be read at the moment, so this calendar would be incomplete. Ask again later."
"""Said with status 503, so that a client keeps the copy that it has, instead of losing the mission's own events."""
NOT_MINE = (
    "This address opens no calendar: it was revoked, has expired, or never was one. Make a new one on the page Feeds."
)
_SMALLEST_GZIP = 500
"""Octets of a body below which gzip saves nothing."""


@dataclass(frozen=True)
class Feed:
    """A feed as it is sent: its bytes, and when they changed last."""

    body: bytes
    modified: datetime

    @cached_property
    def tag(self) -> str:
        """What the bytes are known by: the same bytes, the same tag."""
        return hashlib.sha256(self.body).hexdigest()[:32]

    @cached_property
    def gzipped(self) -> bytes:
        """The body in gzip's coding, the same bytes for the same body."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)


class _Shelf:
    """The feeds built lately, and what each address answered last. Bounded, and safe between threads."""

    def __init__(self, octets: int, addresses: int) -> None:
        self._octets, self._addresses = octets, addresses
        self._feeds: OrderedDict[Hashable, Feed] = OrderedDict()
        self._answered: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Feed | None:
        """The feed that was put under the key, while there is room for it."""
        with self._lock:
            feed = self._feeds.get(key)
            if feed is not None:
                self._feeds.move_to_end(key)
            return feed

    def put(self, key: Hashable, address: str, feed: Feed) -> Feed:
        """Keep the feed; it comes back dated now if the address had other content of that date or later."""
        with self._lock:
            tag, modified = self._answered.get(address, ("", feed.modified))
            if tag == feed.tag:
                feed = replace(feed, modified=modified)
            elif tag and feed.modified <= modified:
                feed = replace(feed, modified=_now())
            _keep(self._answered, address, (feed.tag, feed.modified))
            _keep(self._feeds, key, feed)
            while len(self._answered) > self._addresses:
                self._answered.popitem(last=False)
            octets = sum(len(kept.body) for kept in self._feeds.values())
            while octets > self._octets and len(self._feeds) > 1:
                octets -= len(self._feeds.popitem(last=False)[1].body)
            return feed


_shelf = _Shelf(octets=64 * 2**20, addresses=2_000)


def build_feed(reference: Reference, table: pd.DataFrame, filter_: Filter, base_url: str) -> Feed:
    """The feed of what a filter lets through of the calendar table, under the dashboard's public address.

    `table` is a whole calendar table with its ``as_of`` and ``version`` in ``attrs``; the feed of one
    version and day is built once. Raises `calendar_model.feeds.IncompleteItemError` for a row that cannot
    be written.
    """
    as_of = table.attrs["as_of"]
    key = (table.attrs["version"], as_of, filter_, base_url)
    feed = _shelf.get(key)
    if feed is not None:
        return feed
    rows = filter_.apply(table, reference)
    source = links.feed_url(base_url, filter_)
    body = ical.feed_bytes(
        rows,
        name=_name(filter_, reference),
        description="Dates of multilateral work for human rights defenders. Each says how it is known; "
        "what is worked out by a rule is marked as projected.",
        url=base_url,
        source=source,
        as_of=as_of,
        colour=_colour(rows, reference),
    )
    return _shelf.put(key, source, Feed(body, _last_change(rows, table, as_of)))


def _name(filter_: Filter, reference: Reference) -> str:
    return f"{TITLE}: {calendar.describe(filter_, reference)}" if filter_.to_params() else TITLE


def _colour(rows: pd.DataFrame, reference: Reference) -> str:
    """The colour of the organisation, when everything is of one."""
    organisations = rows["organisation"].unique()
    known = reference.organisations.get(organisations[0]) if len(organisations) == 1 else None
    return known.colour if known else ""


def _last_change(rows: pd.DataFrame, table: pd.DataFrame, as_of: date) -> datetime:
    """When the feed changed last, as far as it can be told: a record changed, a cancelled one left, a file changed."""
    if rows.empty:
        rows = table
    changes = rows["updated"].where(
        ~ical.outlived(rows, as_of), rows["updated"] + ical.CANCELLED_FOR + timedelta(days=1)
    )
    last = as_of if changes.empty else changes.max().date()
    of_records = datetime(last.year, last.month, last.day, tzinfo=UTC)
    of_files: datetime = table.attrs.get("files_changed", of_records)
    return min(max(of_records, of_files), _now())


class CalendarFeed(HTTPEndpoint):
    """The feed of a filter. `get` is no coroutine, so the server runs it in a thread and its loop goes on."""

    def get(self, request: Request) -> Response:
        params = request.query_params.multi_items()
        downloads = [value for name, value in params if name == "download"]
        if any(value != "1" for value in downloads):
            return _refusal(request, 400, "The parameter download can only be 1, or be left out.")
        try:
            base_url = links.public_url(request.url.scheme, request.headers.get("host", ""))
            reference, table = calendar_of(OPEN)
            chosen = Filter.from_params([pair for pair in params if pair[0] != "download"], reference)
        except WorkspaceError:
            return _refusal(request, 503, CLOSED)
        except ValueError as error:
            return _refusal(request, 400, str(error))
        try:
            feed = build_feed(reference, table, chosen, base_url)
        except ical.IncompleteItemError as error:
            return _refusal(request, 500, str(error))
        if downloads:
            return _answer(request, feed, _disposition("attachment", _name(chosen, reference)))
        return _answer(request, feed, 'inline; filename="hrd-calendar.ics"')


class ItemFile(HTTPEndpoint):
    """One item as a file to save, cancelled ones of any age included."""

    def get(self, request: Request) -> Response:
        if request.query_params:
            return _refusal(request, 400, "The address of an item takes no parameters: leave out what follows the ?.")
        try:
            base_url = links.public_url(request.url.scheme, request.headers.get("host", ""))
        except ValueError as error:
            return _refusal(request, 400, str(error))
        try:
            _, table = calendar_of(OPEN)
        except WorkspaceError:
            return _refusal(request, 503, CLOSED)
        rows = table[table["item"] == request.path_params["item"]]
        if rows.empty:
            return _refusal(request, 404, "The calendar has no such item; look for it on the dashboard's timeline.")
        title = str(rows["title"].iloc[0])
        try:
            body = ical.calendar_bytes(rows, name=title, description="", url=base_url, source="")
        except ical.IncompleteItemError as error:
            return _refusal(request, 500, str(error))
        updated = rows["updated"].iloc[0].to_pydatetime().replace(tzinfo=UTC)
        return _answer(request, Feed(body, min(updated, _now())), _disposition("attachment", title))


def build_mine(subscriber: Subscriber, base_url: str) -> Feed:
    """The feed of a subscription, built once for all that is in it. It does not tell its own address.

    Raises `calendar_model.feeds.IncompleteItemError`, `calendar_model.calendar.FilterError`, and
    `calendar_model.workspace.database.WorkspaceError`.
    """
    identity = f"/feeds/mine/{subscriber.subscription_id}"
    known = known_key(subscriber)
    feed = _shelf.get((identity, base_url, known)) if known is not None else None
    if feed is not None:
        return feed
    asked = mine(subscriber)
    key = (identity, base_url, asked.key)
    feed = _shelf.get(key)
    if feed is not None:
        return feed
    rows = asked.rows()
    table, as_of = asked.with_follow_ups(rows), rows.attrs["as_of"]
    holds = calendar.describe(asked.chosen, asked.reference)
    body = ical.feed_bytes(
        table,
        name=subscriber.name,
        description=f"Dates of multilateral work for human rights defenders: {holds}.",
        url=base_url,
        source="",
        as_of=as_of,
        colour=_colour(rows, asked.reference),
        identity=identity,
        alarm_days=subscriber.alarm_days,
    )
    return _shelf.put(key, f"{identity} {base_url}", Feed(body, _last_change(table, asked.whole, as_of)))


class MyFeed(HTTPEndpoint):
    """A subscription under its secret, which goes into no log, no cache key and no answer."""

    def get(self, request: Request) -> Response:
        if request.query_params:
            return _refusal(request, 400, "The address of a subscription takes no parameters.")
        try:
            base_url = links.public_url(request.url.scheme, request.headers.get("host", ""))
        except ValueError as error:
            return _refusal(request, 400, str(error))
        try:
            subscriber = subscriptions.find(request.path_params["token"])
            if subscriber is None:
                return _refusal(request, 404, NOT_MINE)
            feed = build_mine(subscriber, base_url)
        except WorkspaceError:
            return _refusal(request, 503, CLOSED)
        except (ical.IncompleteItemError, FilterError) as error:
            return _refusal(request, 500, str(error))
        # Revoked in this moment, or somebody writes just now: the next request notes the day.
        with suppress(Refused, WorkspaceError):
            subscriptions.note_use(subscriber, calendar.today())
        return _answer(request, feed, 'inline; filename="my-hrd-calendar.ics"')


class NoSuchFeed(HTTPEndpoint):
    """Any other address of a calendar; without it the dashboard's page would answer, with status 200."""

    def get(self, request: Request) -> Response:
        return _refusal(
            request,
            404,
            f"No calendar is here: the feed is at {links.FEED_PATH}, an item at /feeds/item/NAME.ics.",
        )


def _answer(request: Request, feed: Feed, disposition: str) -> Response:
    """The feed in the coding that the client takes, or 304 when it has it already."""
    coded = len(feed.body) >= _SMALLEST_GZIP and _takes_gzip(request.headers.get("accept-encoding", ""))
    plain_tag, gzip_tag = f'"{feed.tag}"', f'"{feed.tag}-gzip"'
    headers = {
        "Cache-Control": CACHE_CONTROL,
        "ETag": gzip_tag if coded else plain_tag,
        "Last-Modified": format_datetime(feed.modified, usegmt=True),
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
    }
    if _has_it(request, feed, {plain_tag, gzip_tag}):
        return Response(status_code=304, headers=headers)
    body = feed.gzipped if coded else feed.body
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    headers["Content-Disposition"] = disposition
    headers["Content-Length"] = str(len(body))
    if coded:
        headers["Content-Encoding"] = "gzip"
    elif "gzip" in request.headers.get("accept-encoding", ""):
        # "gzip;q=0" refuses gzip. The server's own compression only looks for the word; it leaves alone what
        # says its coding.
        headers["Content-Encoding"] = "identity"
    return Response(b"" if request.method == "HEAD" else body, headers=headers)


def _has_it(request: Request, feed: Feed, tags: set[str]) -> bool:
    """Whether the client's copy is still good (RFC 9110, 13.1): the tag decides, without one the time."""
    offered = request.headers.get("if-none-match")
    if offered is not None:
        return offered.strip() == "*" or not tags.isdisjoint(re.findall(r'"[^"]*"', offered))
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return feed.modified <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3). No header: no."""
    weights = {}
    for part in accepted.lower().split(","):
        coding, _, parameter = part.partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter)
        weights[coding.strip()] = float(weight[1]) if weight else 1.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _disposition(kind: str, name: str) -> str:
    """A Content-Disposition with the name in full (RFC 5987), and in plain letters for older clients."""
    full = re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f]+', " ", name).strip() or TITLE
    plain = re.sub(r"[^a-z0-9]+", "-", full.lower()).strip("-")[:80] or "hrd-calendar"
    return f"{kind}; filename=\"{plain}.ics\"; filename*=UTF-8''{quote(full, safe='')}.ics"


def _refusal(request: Request, status: int, sentence: str) -> Response:
    headers = {
        "Cache-Control": "no-store",
        "Content-Length": str(len(sentence.encode())),
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
    }
    return PlainTextResponse("" if request.method == "HEAD" else sentence, status_code=status, headers=headers)


def _keep(shelf: OrderedDict[Any, Any], key: Hashable, value: object) -> None:
    shelf[key] = value
    shelf.move_to_end(key)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


ROUTES: list[BaseRoute] = [
    Route(links.FEED_PATH, CalendarFeed),
    Route("/feeds/item/{item}.ics", ItemFile),
    Route("/feeds/mine/{token}.ics", MyFeed),
    Route("/feeds/{rest:path}.ics", NoSuchFeed),
]
