"""Answer the feed routes: calendars by filter, single items as files, subscriptions.

``GET`` and ``HEAD`` of

``/feeds/calendar.ics``
    The items that the filter lets through, with the parameter names of the dashboard's own address
    (repeated for several values). ``windows=1`` adds what has no dates yet, and ``download=1`` offers the feed as a
    file to save.
``/feeds/item/{item}.ics``
    One item as a file.
``/feeds``
    Leads to the dashboard's page on feeds.
``/feeds/mine/{token}.ics``
    A subscription, for clients that know its secret. Unknown, revoked and expired ones are answered alike.

What programs add to an address of their own accord (`calendar_model.feeds.links.ADDED_BY_OTHERS`) is ignored. Anything
else in the query is refused with status 400 and a sentence that says what is allowed; a client's ``Accept`` is not
read. A feed has a strong ETag of its content, one for each coding (RFC 9110, 8.8.3), so that a client that comes back
gets 304 until a record changes. ``Last-Modified`` is the second in which this process first had the content at the
address. A client that asks by it alone gets the feed once more after a restart or from another dashboard, and never a
304 for what it does not have. `calendar_model.feeds.cache` says when bytes are used again. An address that is asked for
far too often answers 429, see `calendar_model.feeds.limits`.

Bodies are encoded here and not by the server's own compression, which would give the encoded body the plain
one's ETag. Nothing here logs an address or a query, and :mod:`calendar_model.web.logs` keeps the server from it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

import pandas as pd
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from calendar_model import calendar, clock, wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.problems import Refused
from calendar_model.calendar import Filter, FilterError
from calendar_model.feeds import cache, ical, links, subscription_feed
from calendar_model.feeds.cache import Body, CachedFeed, FeedCache
from calendar_model.feeds.ical import CalendarProperties
from calendar_model.feeds.limits import RateLimits, RecentKeys, client_host
from calendar_model.feeds.selection import feed_rows
from calendar_model.feeds.shared_answer import SharedAnswer
from calendar_model.mission import subscriptions
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import Reference
from calendar_model.store.database import WorkspaceError

TITLE = "HRD calendar"
CACHE_CONTROL = "private, max-age=300, must-revalidate"
CLOSED = "The mission's records cannot be read at the moment, so this calendar would be incomplete. Try again later."
"""Sent with status 503, so that a client keeps its copy instead of losing the mission's own events."""
INCOMPLETE = "The reference data cannot be read at the moment, so this calendar would be empty. Try again later."
"""Sent with status 503 too, for the same reason."""
UNKNOWN_SUBSCRIPTION = (
    "There is no calendar at this address: it was revoked, has expired or never existed. Create a new one on the Feeds "
    "page."
)
FEEDS_PAGE = "subscribe"
"""The address of the dashboard's page on feeds."""
_RETRY_SECONDS = "300"
"""Seconds after which a client may retry a 503."""
MAX_PARALLEL_BUILDS = 4
"""How many feeds are built at the same time; other requests wait."""
_SMALLEST_GZIP = 500
"""Bytes of a body below which gzip saves nothing."""

_cache = FeedCache(max_bytes=64 * 2**20, max_addresses=20_000)
_limits = RateLimits()
_builders: RunVar[CapacityLimiter] = RunVar("calendar_model.feeds.builders")
_tokens: RunVar[SharedAnswer[Hashable | None]] = RunVar("calendar_model.feeds.tokens")
_opened = RecentKeys(20_000)
"""The digests of secrets that have opened a calendar."""


def build_feed(
    reference: Reference, table: pd.DataFrame, filter_: Filter, base_url: str, *, windows: bool = False
) -> bytes:
    """The feed of a filter, under the dashboard's public address; with what has no dates yet where ``windows``.

    `table` is a whole calendar table with its ``as_of`` in ``attrs``. Without a period in the filter the feed has that
    of `calendar_model.feeds.selection`. Raises `calendar_model.feeds.IncompleteItemError` for a row that cannot be
    written.
    """
    rows = feed_rows(table, filter_, reference, windows=windows)
    properties = CalendarProperties(
        name=_name(filter_, reference),
        description="Dates of multilateral work for human rights defenders. Each entry states its basis; "
        "dates calculated from past ones are marked as expected.",
        url=base_url,
        source=links.feed_url(base_url, filter_, windows=windows),
        colour=_colour(rows["organisation"].unique(), reference),
    )
    return ical.feed_bytes(rows, properties, as_of=table.attrs["as_of"])


def _name(filter_: Filter, reference: Reference) -> str:
    return f"{TITLE}: {calendar.describe(filter_, reference)}" if filter_.to_params() else TITLE


def _colour(organisations: Iterable[str], reference: Reference) -> str:
    """The colour of the organisation, when everything is of one."""
    codes = list(organisations)
    only = reference.organisations.get(codes[0]) if len(codes) == 1 else None
    return only.colour if only else ""


def _shared_token() -> SharedAnswer[Hashable | None]:
    """The change token for all polls of the server's loop that have to wait for it."""
    shared = _tokens.get(None)
    if shared is None:
        shared = SharedAnswer(cache.change_token)
        _tokens.set(shared)
    return shared


def _limiter() -> CapacityLimiter:
    """Lets :data:`MAX_PARALLEL_BUILDS` feeds be built: one for the server's loop, in which all others wait."""
    limiter = _builders.get(None)
    if limiter is None:
        limiter = CapacityLimiter(MAX_PARALLEL_BUILDS)
        _builders.set(limiter)
    return limiter


@dataclass(frozen=True)
class FeedSource:
    """What an address gives: the ``version`` of what is in it, its Content-Disposition, and how to ``build`` its bytes.

    The same version means the same bytes, so that ``build`` need not be called.
    """

    version: Hashable
    disposition: str
    build: Callable[[], bytes]


class PolledEndpoint(HTTPEndpoint):
    """An address that is asked for again and again, mostly without a change.

    The server's loop answers an unchanged poll by itself; everything else is done in a thread.
    """

    async def get(self, request: Request) -> Response:
        """Answer with the feed, with 304 where the client has it, or with a refusal."""
        if wait := self.seconds_to_wait(request):
            return _too_often(request, wait)
        try:
            base_url = links.public_url(request.url.scheme, request.headers.get("host", ""))
            token = cache.change_token_at_once()
            if token is None:
                token = await _shared_token().get()
        except ValueError as error:
            return _refusal(request, 400, str(error))
        address = (type(self), base_url, self.digest(request))
        entry, _ = _cache.get(address, token)
        if entry is not None and (response := _unchanged(request, entry)) is not None:
            return response
        return await to_thread.run_sync(self._answer, request, base_url, address, limiter=_limiter())

    def _answer(self, request: Request, base_url: str, address: Hashable) -> Response:
        # Asked for before anything is read: what changes meanwhile makes the next poll build the feed again.
        token = cache.change_token()
        entry, body = _cache.get(address, token)
        try:
            if entry is None or body is None:
                source = self.source(request, base_url)
                entry, body = _cache.renew(address, token, source.version)
                if entry is not None and (response := _unchanged(request, entry)) is not None:
                    # The client has it, even where the bytes were evicted.
                    return response
                if entry is None or body is None:
                    entry, body = _cache.put(address, token, source.version, source.build(), source.disposition)
        except HttpRefusal as refusal:
            return _refusal(request, refusal.status, str(refusal))
        except WorkspaceError:
            return _refusal(request, 503, CLOSED)
        except ical.IncompleteItemError as error:
            return _refusal(request, 500, str(error))
        return _unchanged(request, entry) or _full_answer(request, entry, body)

    def seconds_to_wait(self, request: Request) -> int:
        """Seconds after which the address may be asked for again; 0: now. Here for the open addresses, by host."""
        return _limits.host.consume(client_host(request))

    def digest(self, request: Request) -> str:
        """What is asked for, apart from the server's address, in a form that does not tell it."""
        return _digest(request.url.path, _params(request))

    def source(self, request: Request, base_url: str) -> FeedSource:
        """What the address gives. Raises what :meth:`_answer` turns into a refusal, and so may its ``build``."""
        raise NotImplementedError


class HttpRefusal(Exception):  # noqa: N818  what is refused is not an error of the program
    """A request that is answered with a status and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class CalendarEndpoint(PolledEndpoint):
    """The feed of a filter."""

    def source(self, request: Request, base_url: str) -> FeedSource:
        """Return the public calendar filtered by the query. Refuses an unknown parameter."""
        params = _params(request)
        switches = {links.DOWNLOAD: False, links.WINDOWS: False}
        for name, value in params:
            if name in switches and value != "1":
                raise HttpRefusal(400, f"The parameter {name} must be 1 or left out.")
            if name in switches:
                switches[name] = True
        windows = switches[links.WINDOWS]
        reference, table = calendar_for(ANONYMOUS)
        _require_whole(reference)
        try:
            chosen = Filter.from_params([pair for pair in params if pair[0] not in switches], reference)
        except ValueError as error:
            raise HttpRefusal(400, str(error)) from None
        return FeedSource(
            version=(_version(table), chosen, windows),
            disposition=_disposition("attachment", _name(chosen, reference))
            if switches[links.DOWNLOAD]
            else 'inline; filename="hrd-calendar.ics"',
            build=lambda: build_feed(reference, table, chosen, base_url, windows=windows),
        )


class ItemEndpoint(PolledEndpoint):
    """One item as a file to save, cancelled ones of any age and those without dates included."""

    def source(self, request: Request, base_url: str) -> FeedSource:
        """Return the item. Refuses every parameter, and an unknown item."""
        if _params(request):
            raise HttpRefusal(400, "The address of an item takes no parameters: remove the ? and everything after it.")
        reference, table = calendar_for(ANONYMOUS)
        _require_whole(reference)
        rows = table[table["item"] == request.path_params["item"]]
        if rows.empty:
            raise HttpRefusal(404, "The calendar has no such item. Look for it on the dashboard's timeline.")
        title = str(rows["title"].iloc[0])
        return FeedSource(
            version=_version(table),
            disposition=_disposition("attachment", title),
            build=lambda: ical.calendar_bytes(rows, CalendarProperties(title, url=base_url)),
        )


class SubscriptionEndpoint(PolledEndpoint):
    """A subscription under its secret, which goes into no log, no cache and no answer: only its digest is kept.

    Each secret has a limit of its own. Secrets that open nothing count against the host that asks. A host over that
    limit is only answered for secrets that have opened a calendar before, so that guessing costs no query.
    """

    def seconds_to_wait(self, request: Request) -> int:
        """As above, by secret or by host."""
        digest = self.digest(request)
        if digest in _opened:
            return _limits.address.consume(digest)
        return _limits.guesses.seconds_to_wait(client_host(request))

    def digest(self, request: Request) -> str:
        """The digest of the secret and the query; a query makes it a different one and is refused."""
        return _digest(request.path_params["token"], _params(request))

    def source(self, request: Request, base_url: str) -> FeedSource:
        """Return the content of the subscription. Refuses every parameter, and an unknown secret."""
        if _params(request):
            raise HttpRefusal(400, "The address of a subscription takes no parameters.")
        subscriber = subscriptions.find_subscriber(request.path_params["token"])
        if subscriber is None:
            _opened.discard(self.digest(request))
            _limits.count_guess(client_host(request))
            raise HttpRefusal(404, UNKNOWN_SUBSCRIPTION)
        _opened.add(self.digest(request))
        try:
            items = subscription_feed.items_of(subscriber)
        except FilterError as error:
            raise HttpRefusal(500, str(error)) from None
        _require_whole(items.reference)
        # If it is being revoked or the workspace is busy, the next request records the day.
        with suppress(Refused, WorkspaceError):
            subscriptions.record_use(subscriber, clock.today())
        return FeedSource(
            version=items.version,
            disposition='inline; filename="my-hrd-calendar.ics"',
            build=lambda: build_subscription(items, base_url),
        )


def build_subscription(items: subscription_feed.SubscriptionItems, base_url: str) -> bytes:
    """The feed of a subscription, which does not name its own secret address. Raises as :func:`build_feed`."""
    rows = items.filtered()
    description = calendar.describe(items.filter, items.reference)
    properties = CalendarProperties(
        name=items.subscriber.name,
        description=f"Dates of multilateral work for human rights defenders: {description}.",
        url=base_url,
        colour=_colour(rows["organisation"].unique(), items.reference),
        identity=f"/feeds/mine/{items.subscriber.subscription_id}",
    )
    return ical.feed_bytes(
        items.with_follow_ups(rows),
        properties,
        as_of=items.table.attrs["as_of"],
        alarm_days=items.subscriber.alarm_days,
    )


class UnknownEndpoint(HTTPEndpoint):
    """Any other calendar address; without this, the dashboard's page would answer with status 200."""

    def get(self, request: Request) -> Response:
        return _refusal(
            request,
            404,
            f"There is no calendar at this address. The feed is at {links.FEED_PATH}, an item at /feeds/item/NAME.ics.",
        )


def _params(request: Request) -> tuple[tuple[str, str], ...]:
    return links.own_params(request.scope["query_string"].decode("latin-1"))


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _version(table: pd.DataFrame) -> Hashable:
    return table.attrs["version"], table.attrs["as_of"]


def _require_whole(reference: Reference) -> None:
    """Refuse to give less than there is: a client would drop the items of a file that is away for a moment."""
    if not reference.is_whole:
        raise HttpRefusal(503, INCOMPLETE)


def _unchanged(request: Request, entry: CachedFeed) -> Response | None:
    """304 where the client's copy is still good (RFC 9110, 13.1): the tag decides, without one the time.

    The time must be the very one that is sent here. A later one can be that of another dashboard, for bytes that were
    here in between and that this process has never had.
    """
    offered = request.headers.get("if-none-match")
    if offered is not None:
        good = offered.strip() == "*" or not {*_tags(entry)}.isdisjoint(re.findall(r'"[^"]*"', offered))
    else:
        good = _has_come(entry.modified) and _moment(request.headers.get("if-modified-since")) == entry.modified
    return Response(status_code=304, headers=_headers(request, entry)) if good else None


def _moment(text: str | None) -> datetime | None:
    """The instant of a header; None without one, or if it is none."""
    if text is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _full_answer(request: Request, entry: CachedFeed, body: Body) -> Response:
    """The feed in the coding that the client takes."""
    headers = _headers(request, entry)
    is_gzip = _sends_gzip(request, entry)
    sent = body.gzipped if is_gzip else body.plain
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    headers["Content-Disposition"] = entry.disposition
    headers["Content-Length"] = str(len(sent))
    if is_gzip:
        headers["Content-Encoding"] = "gzip"
    elif "gzip" in request.headers.get("accept-encoding", ""):
        # "gzip;q=0" refuses gzip. The server's own compression only looks for the word; it leaves alone what
        # says its coding.
        headers["Content-Encoding"] = "identity"
    return Response(b"" if request.method == "HEAD" else sent, headers=headers)


def _headers(request: Request, entry: CachedFeed) -> dict[str, str]:
    """The headers of the feed and of the 304."""
    dated = {"Last-Modified": format_datetime(entry.modified, usegmt=True)} if _has_come(entry.modified) else {}
    plain_tag, gzip_tag = _tags(entry)
    return {
        "Cache-Control": CACHE_CONTROL,
        "ETag": gzip_tag if _sends_gzip(request, entry) else plain_tag,
        **dated,
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
    }


def _sends_gzip(request: Request, entry: CachedFeed) -> bool:
    return entry.size >= _SMALLEST_GZIP and _takes_gzip(request.headers.get("accept-encoding", ""))


def _tags(entry: CachedFeed) -> tuple[str, str]:
    """The tag of the plain body, and that of the compressed one."""
    return f'"{entry.tag}"', f'"{entry.tag}-gzip"'


def _has_come(moment: datetime) -> bool:
    return moment <= clock.machine_now()


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
    full = wording.file_name(name, TITLE)
    plain = re.sub(r"[^a-z0-9]+", "-", full.lower()).strip("-")[:80] or "hrd-calendar"
    return f"{kind}; filename=\"{plain}.ics\"; filename*=UTF-8''{quote(full, safe='')}.ics"


def _too_often(request: Request, wait: int) -> Response:
    sentence = f"Too many requests. Try again in {wait} second{'' if wait == 1 else 's'}, then every few minutes."
    response = _refusal(request, 429, sentence)
    response.headers["Retry-After"] = str(wait)
    return response


def _refusal(request: Request, status: int, sentence: str) -> Response:
    headers = {
        "Cache-Control": "no-store",
        "Content-Length": str(len(sentence.encode())),
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
        **({"Retry-After": _RETRY_SECONDS} if status == 503 else {}),
    }
    return PlainTextResponse("" if request.method == "HEAD" else sentence, status_code=status, headers=headers)


async def _lead_to_page(request: Request) -> Response:
    """Answer ``/feeds`` itself, which one may type, with the way to the page of the feeds."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{FEEDS_PAGE}{query}")


ROUTES: list[BaseRoute] = [
    Route("/feeds", _lead_to_page),
    Route(links.FEED_PATH, CalendarEndpoint),
    Route("/feeds/item/{item}.ics", ItemEndpoint),
    Route("/feeds/mine/{token}.ics", SubscriptionEndpoint),
    Route("/feeds/{rest:path}.ics", UnknownEndpoint),
]
