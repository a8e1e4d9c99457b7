"""The feed routes: calendars by filter, single items as files.

``GET`` and ``HEAD`` of

``/feeds/calendar.ics``
    The items that the filter lets through, with the parameter names of the dashboard's own address
    (repeated for several values); ``download=1`` offers the same as a file to save.
``/feeds/item/{item}.ics``
    One item as a file.
``/feeds/mine/{token}.ics``
    A subscription, for whoever knows its secret. Unknown, revoked and expired ones are answered alike.

What programs add to an address of their own accord (`calendar_model.feeds.links.ADDED_BY_OTHERS`) is left out of
account. Anything else in the query is refused with status 400 and a sentence that says what is allowed, a client's
``Accept`` is not asked. A feed has a strong ETag of its content, one for each coding (RFC 9110, 8.8.3), so
that a client that comes back gets 304 until a record changes. ``Last-Modified`` is the second in which this
process first saw the content there: whoever asks by it alone gets the feed once more after a restart, and
never a 304 for what they do not have. How an unchanged poll is answered is told in
`calendar_model.feeds.polls`; what is asked for far too often gets 429, see `calendar_model.feeds.limits`.

Bodies are encoded here and not by the server's own compression, which would give the encoded body the plain
one's ETag. Nothing here logs an address or a query: uvicorn, started by hand, must get ``--no-access-log``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

import pandas as pd
from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from calendar_model import calendar, clock, wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.problems import Refused
from calendar_model.calendar import Filter, FilterError, Item
from calendar_model.feeds import ical, layers, links, polls
from calendar_model.feeds.layers import Layers
from calendar_model.feeds.limits import Known, Limits, host_of
from calendar_model.feeds.mine import mine
from calendar_model.feeds.shelf import Content, Feed, Shelf
from calendar_model.mission import subscriptions
from calendar_model.mission.subscriptions import Subscriber
from calendar_model.mission.visible_calendar import calendar_for, calendar_parts_for
from calendar_model.reference import Reference
from calendar_model.store.database import WorkspaceError

TITLE = "HRD calendar"
CACHE_CONTROL = "private, max-age=300, must-revalidate"
CLOSED = "What the mission keeps cannot be read at the moment, so this calendar would be incomplete. Ask again later."
"""Said with status 503, so that a client keeps the copy that it has, instead of losing the mission's own events."""
NOT_MINE = (
    "This address opens no calendar: it was revoked, has expired, or never was one. Make a new one on the page Feeds."
)
INCOMPLETE = "The reference of this calendar cannot be read at the moment, so it would be empty. Ask again later."
"""Said with status 503 too, for the same reason."""
_ASK_AGAIN = "300"
"""Seconds after which a client that was answered 503 may come back."""
AT_ONCE = 4
"""Feeds that are worked out at the same time; the others wait for their turn without holding anything."""
_SMALLEST_GZIP = 500
"""Octets of a body below which gzip saves nothing."""

_LONGEST_QUESTION = 2_000
"""Characters of a query above which its answer is not remembered: no filter of the dashboard comes near."""

_shelf = Shelf(octets=64 * 2**20, addresses=20_000)
_layers = Layers(octets=64 * 2**20)
_memory = polls.Memory(addresses=20_000)
_limits = Limits()
_builders: RunVar[CapacityLimiter] = RunVar("calendar_model.feeds.builders")
_opened = Known(20_000)
"""The digests of secrets that have opened a calendar."""


def build_feed(
    reference: Reference, table: pd.DataFrame, filter_: Filter, base_url: str, own: tuple[Item, ...] = ()
) -> Feed:
    """The feed of what a filter lets through of the calendar table, under the dashboard's public address.

    `table` is a whole calendar table with its ``as_of`` and ``version`` in ``attrs``, and `own` what stands
    beside it; the feed of one version and day is built once. Raises `calendar_model.feeds.IncompleteItemError`
    for a row that cannot be written.
    """
    key = (table.attrs["version"], table.attrs["as_of"], filter_, base_url, own)
    source = links.feed_url(base_url, filter_)
    feed = _shelf.get(key, source)
    if feed is not None:
        return feed
    layer = _layers.laid(reference, table, own, filter_, url=base_url)
    body = ical.assembled(
        layer.events,
        name=_name(filter_, reference),
        description="Dates of multilateral work for human rights defenders. Each says how it is known; "
        "what is worked out by a rule is marked as projected.",
        url=base_url,
        source=source,
        colour=_colour(layer.organisations, reference),
    )
    return _shelf.put(key, source, body)


def _name(filter_: Filter, reference: Reference) -> str:
    return f"{TITLE}: {calendar.describe(filter_, reference)}" if filter_.to_params() else TITLE


def _colour(organisations: frozenset[str], reference: Reference) -> str:
    """The colour of the organisation, when everything is of one."""
    known = reference.organisations.get(next(iter(organisations))) if len(organisations) == 1 else None
    return known.colour if known else ""


def _limiter() -> CapacityLimiter:
    """What lets :data:`AT_ONCE` feeds be worked out: one for the server's loop, in which all others wait."""
    limiter = _builders.get(None)
    if limiter is None:
        limiter = CapacityLimiter(AT_ONCE)
        _builders.set(limiter)
    return limiter


class _Polled(HTTPEndpoint):
    """What is asked again and again, mostly for nothing: the server's loop says so itself, and threads do the rest."""

    async def get(self, request: Request) -> Response:
        """Answers as the rest of this class says, 304 without working anything out where that is known."""
        if wait := self.wait(request):
            return _too_often(request, wait)
        try:
            base_url = links.public_url(request.url.scheme, request.headers.get("host", ""))
            felt = polls.pulse_at_once()
        except ValueError as error:
            return _refusal(request, 400, str(error))
        asked = (type(self), base_url, self.asked(request))
        answer = _memory.recall(asked, felt)
        if answer is not None and (response := _unchanged(request, answer)) is not None:
            return response
        return await to_thread.run_sync(self._work, request, base_url, asked, limiter=_limiter())

    def _work(self, request: Request, base_url: str, asked: Hashable) -> Response:
        # Felt before anything is read: what changes meanwhile makes the next poll work it out again.
        felt = polls.pulse()
        answer = _memory.recall(asked, felt)
        content = answer.content if answer is not None else None
        if answer is None or content is None:
            try:
                feed, disposition = self.make(request, base_url)
            except _Refusal as refusal:
                return _refusal(request, refusal.status, str(refusal))
            except WorkspaceError:
                return _refusal(request, 503, CLOSED)
            except ical.IncompleteItemError as error:
                return _refusal(request, 500, str(error))
            answer, content = polls.Answer.of(feed, disposition), feed.content
            if sum(len(name) + len(value) for name, value in _params(request)) <= _LONGEST_QUESTION:
                _memory.note(asked, felt, answer)
        return _unchanged(request, answer) or _answer(request, answer, content)

    def wait(self, request: Request) -> int:
        """Seconds after which it may be asked again; 0: now. Here for the open addresses, by who asks."""
        return _limits.host.take(host_of(request))

    def asked(self, request: Request) -> Hashable:
        """What is asked for, apart from the server's address."""
        return request.url.path, _params(request)

    def make(self, request: Request, base_url: str) -> tuple[Feed, str]:
        """The feed, and its Content-Disposition. Raises what :meth:`_work` answers."""
        raise NotImplementedError


class _Refusal(Exception):  # noqa: N818  what is refused is not an error of the program
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class CalendarFeed(_Polled):
    """The feed of a filter."""

    def make(self, request: Request, base_url: str) -> tuple[Feed, str]:
        """Raises ValueError's sentence as a refusal for a parameter that is none."""
        params = _params(request)
        downloads = [value for name, value in params if name == "download"]
        if any(value != "1" for value in downloads):
            raise _Refusal(400, "The parameter download can only be 1, or be left out.")
        reference, table, own = calendar_parts_for(ANONYMOUS)
        _require_whole(reference)
        try:
            chosen = Filter.from_params([pair for pair in params if pair[0] != "download"], reference)
        except ValueError as error:
            raise _Refusal(400, str(error)) from None
        feed = build_feed(reference, table, chosen, base_url, own)
        if downloads:
            return feed, _disposition("attachment", _name(chosen, reference))
        return feed, 'inline; filename="hrd-calendar.ics"'


class ItemFile(_Polled):
    """One item as a file to save, cancelled ones of any age included."""

    def make(self, request: Request, base_url: str) -> tuple[Feed, str]:
        """Refuses every parameter, and an item that is not there."""
        if _params(request):
            raise _Refusal(400, "The address of an item takes no parameters: leave out what follows the ?.")
        reference, table = calendar_for(ANONYMOUS)
        _require_whole(reference)
        item = request.path_params["item"]
        rows = table[table["item"] == item]
        if rows.empty:
            raise _Refusal(404, "The calendar has no such item; look for it on the dashboard's timeline.")
        title = str(rows["title"].iloc[0])
        body = ical.calendar_bytes(rows, name=title, description="", url=base_url, source="")
        address = links.item_url(base_url, item)
        return _shelf.put(address, address, body), _disposition("attachment", title)


def build_mine(subscriber: Subscriber, base_url: str) -> Feed:
    """The feed of a subscription, built once for all that is in it. It does not tell its own address.

    Raises `calendar_model.feeds.IncompleteItemError`, `calendar_model.calendar.FilterError`,
    `calendar_model.store.database.WorkspaceError`, and what is answered where the reference cannot be read.
    """
    asked = mine(subscriber)
    _require_whole(asked.reference)
    identity = f"/feeds/mine/{subscriber.subscription_id}"
    key, address = (identity, base_url, asked.key), f"{identity} {base_url}"
    feed = _shelf.get(key, address)
    if feed is not None:
        return feed
    rings = subscriber.alarm_days
    layer = _layers.laid(asked.reference, asked.table, asked.own, asked.chosen, url=base_url, alarm_days=rings)
    due = layers.of_items(asked.follow_ups, asked.reference, asked.table.attrs["as_of"], url=base_url, alarm_days=rings)
    holds = calendar.describe(asked.chosen, asked.reference)
    body = ical.assembled(
        layer.under(due).events,
        name=subscriber.name,
        description=f"Dates of multilateral work for human rights defenders: {holds}.",
        url=base_url,
        source="",
        colour=_colour(layer.organisations, asked.reference),
        identity=identity,
    )
    return _shelf.put(key, address, body)


class MyFeed(_Polled):
    """A subscription under its secret, which goes into no log, no cache key and no answer: what is kept is its digest.

    Each secret has a limit of its own. Secrets that open nothing count against whoever asks for them, who then gets
    nothing but what others have opened already, so that guessing costs no query.
    """

    def wait(self, request: Request) -> int:
        """As above."""
        digest = self.asked(request)
        if _opened.has(digest):
            return _limits.address.take(digest)
        return _limits.guesses.wait(host_of(request))

    def asked(self, request: Request) -> str:
        """The digest of the secret; with a query that stands to be refused it is another one."""
        asked = repr((request.path_params["token"], _params(request)))
        return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()

    def make(self, request: Request, base_url: str) -> tuple[Feed, str]:
        """Refuses every parameter, and a secret that opens nothing."""
        if _params(request):
            raise _Refusal(400, "The address of a subscription takes no parameters.")
        subscriber = subscriptions.find(request.path_params["token"])
        if subscriber is None:
            _opened.forget(self.asked(request))
            _limits.guesses.take(host_of(request))
            raise _Refusal(404, NOT_MINE)
        _opened.note(self.asked(request))
        try:
            feed = build_mine(subscriber, base_url)
        except FilterError as error:
            raise _Refusal(500, str(error)) from None
        # Revoked in this moment, or somebody writes just now: the next request notes the day.
        with suppress(Refused, WorkspaceError):
            subscriptions.note_use(subscriber, clock.today())
        return feed, 'inline; filename="my-hrd-calendar.ics"'


class NoSuchFeed(HTTPEndpoint):
    """Any other address of a calendar; without it the dashboard's page would answer, with status 200."""

    def get(self, request: Request) -> Response:
        return _refusal(
            request,
            404,
            f"No calendar is here: the feed is at {links.FEED_PATH}, an item at /feeds/item/NAME.ics.",
        )


def _params(request: Request) -> tuple[tuple[str, str], ...]:
    return links.asked_for(request.scope["query_string"].decode("latin-1"))


def _require_whole(reference: Reference) -> None:
    """An item of a file that is away is not gone: a client that was given less would forget it."""
    if not reference.is_whole:
        raise _Refusal(503, INCOMPLETE)


def _unchanged(request: Request, answer: polls.Answer) -> Response | None:
    """304 where the client's copy is still good (RFC 9110, 13.1): the tag decides, without one the time."""
    offered = request.headers.get("if-none-match")
    if offered is not None:
        good = offered.strip() == "*" or not {*_tags(answer)}.isdisjoint(re.findall(r'"[^"]*"', offered))
    else:
        good = _has_come(answer.modified) and _is_since(request.headers.get("if-modified-since"), answer.modified)
    return Response(status_code=304, headers=_headers(request, answer)) if good else None


def _is_since(since: str | None, modified: datetime) -> bool:
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return modified <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _answer(request: Request, answer: polls.Answer, content: Content) -> Response:
    """The feed in the coding that the client takes."""
    headers = _headers(request, answer)
    coded = _coded(request, answer)
    body = content.gzipped if coded else content.body
    headers["Content-Type"] = "text/calendar; charset=utf-8"
    headers["Content-Disposition"] = answer.disposition
    headers["Content-Length"] = str(len(body))
    if coded:
        headers["Content-Encoding"] = "gzip"
    elif "gzip" in request.headers.get("accept-encoding", ""):
        # "gzip;q=0" refuses gzip. The server's own compression only looks for the word; it leaves alone what
        # says its coding.
        headers["Content-Encoding"] = "identity"
    return Response(b"" if request.method == "HEAD" else body, headers=headers)


def _headers(request: Request, answer: polls.Answer) -> dict[str, str]:
    """What the feed and the 304 both say."""
    told = {"Last-Modified": format_datetime(answer.modified, usegmt=True)} if _has_come(answer.modified) else {}
    plain_tag, gzip_tag = _tags(answer)
    return {
        "Cache-Control": CACHE_CONTROL,
        "ETag": gzip_tag if _coded(request, answer) else plain_tag,
        **told,
        "Vary": "Accept-Encoding",
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
    }


def _coded(request: Request, answer: polls.Answer) -> bool:
    return answer.octets >= _SMALLEST_GZIP and _takes_gzip(request.headers.get("accept-encoding", ""))


def _tags(answer: polls.Answer) -> tuple[str, str]:
    """The tag of the plain body, and that of the compressed one."""
    return f'"{answer.tag}"', f'"{answer.tag}-gzip"'


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
    sentence = (
        f"This is asked for too often. Ask again in {wait} second{'' if wait == 1 else 's'}, then every few minutes."
    )
    response = _refusal(request, 429, sentence)
    response.headers["Retry-After"] = str(wait)
    return response


def _refusal(request: Request, status: int, sentence: str) -> Response:
    headers = {
        "Cache-Control": "no-store",
        "Content-Length": str(len(sentence.encode())),
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
        **({"Retry-After": _ASK_AGAIN} if status == 503 else {}),
    }
    return PlainTextResponse("" if request.method == "HEAD" else sentence, status_code=status, headers=headers)


ROUTES: list[BaseRoute] = [
    Route(links.FEED_PATH, CalendarFeed),
    Route("/feeds/item/{item}.ics", ItemFile),
    Route("/feeds/mine/{token}.ics", MyFeed),
    Route("/feeds/{rest:path}.ics", NoSuchFeed),
]
