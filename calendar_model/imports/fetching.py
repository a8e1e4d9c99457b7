"""Calendars at an address: which addresses may be read, and what their server answers.

Only addresses listed by the administrator are fetched, so that no one can reach into a network that only the server
can see. An address may itself be a secret: messages, logs and the history contain only its host name.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import ssl
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

import httpx

from calendar_model.imports.plan import ImportRefused
from calendar_model.imports.sandbox import MAX_BYTES

VARIABLE = "HRD_CALENDAR_REMOTE"
"""Environment variable with the prefixes of permitted addresses, separated by commas or blanks."""
SECONDS = 30.0
"""Time limit for fetching a calendar, including redirects."""
MAX_REDIRECTS = 3

_PORTS = {"https": 443, "http": 80}
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def allowed() -> tuple[str, ...]:
    """Return the prefixes of permitted addresses, as listed by the administrator.

    Each is ``https://``, a host, and the first segments of a path. Plain ``http://`` is accepted only for a server
    on this machine (``127.0.0.1``, ``::1``, ``localhost``). Other entries are left out.
    """
    return tuple(beginning for beginning in _in_the_list() if _beginning(beginning) is not None)


def not_allowed() -> tuple[str, ...]:
    """Return the invalid entries of the list, which :func:`allowed` leaves out."""
    return tuple(beginning for beginning in _in_the_list() if _beginning(beginning) is None)


@dataclass(frozen=True)
class Answer:
    """The answer of a server."""

    body: bytes = b""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


_asking: ContextVar[bool] = ContextVar("asking", default=False)


def _not_while_asking(_record: logging.LogRecord) -> bool:
    return not _asking.get()


for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
    # These loggers write whole addresses and headers.
    logging.getLogger(_name).addFilter(_not_while_asking)


def fetch(address: str, etag: str = "", last_modified: str = "") -> Answer:
    """Fetch a listed address; raises ImportRefused if there is no answer, or it is not a calendar."""
    url = listed(address)
    try:
        return asyncio.run(_within_time(url, etag, last_modified))
    except TimeoutError:
        raise ImportRefused("remote-host-too-slow", host=url.host) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
        raise ImportRefused("remote-host-unreachable", host=url.host) from None


def listed(address: str) -> httpx.URL:
    """Return a permitted address; raises ImportRefused for any other. ``webcal:`` becomes https, as in clients."""
    try:
        url = httpx.URL(re.sub(r"^webcals?:", "https:", address.strip(), flags=re.IGNORECASE))
    except httpx.InvalidURL:
        url = httpx.URL("")
    if not url.host:
        raise ImportRefused("remote-not-an-address")
    if url.userinfo:
        raise ImportRefused("remote-address-with-password")
    url = url.copy_with(fragment=None)
    if any(_within(url, beginning) for text in allowed() if (beginning := _beginning(text)) is not None):
        return url
    raise ImportRefused("remote-address-not-listed", host=url.host, variable=VARIABLE)


def _in_the_list() -> list[str]:
    return [entry for entry in re.split(r"[,\s]+", os.environ.get(VARIABLE, "")) if entry]


def _beginning(text: str) -> httpx.URL | None:
    """Parse a listed prefix as an address; None if it is not valid."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return None
    local = url.scheme == "http" and url.host in _HERE
    plain = not url.userinfo and not url.query and not url.fragment
    return url if plain and url.host and (url.scheme == "https" or local) else None


def _within(url: httpx.URL, beginning: httpx.URL) -> bool:
    if (url.scheme, url.raw_host, url.port or _PORTS.get(url.scheme)) != (
        beginning.scheme,
        beginning.raw_host,
        beginning.port or _PORTS.get(beginning.scheme),
    ):
        return False
    path, first = (one.raw_path.partition(b"?")[0].decode("ascii") for one in (url, beginning))
    # A server may decode an escaped "..", and so leave the listed path.
    if re.search(r"[\\/]\.{1,2}([\\/]|$)|//|\\", unquote(unquote(path))):
        return False
    return path == first or path.startswith(first if first.endswith("/") else f"{first}/")


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


async def _within_time(url: httpx.URL, etag: str, last_modified: str) -> Answer:
    _asking.set(True)
    headers = {"Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    # One time limit for the whole answer: a server that sends a byte now and then would evade any other.
    opened = httpx.AsyncClient(verify=_trust(), timeout=SECONDS, trust_env=url.scheme == "https")
    async with asyncio.timeout(SECONDS), opened as client:
        for _ in range(MAX_REDIRECTS + 1):
            async with client.stream("GET", url, headers=headers) as answer:
                if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                    return await _read(answer, url, Answer(b"", etag, last_modified, unchanged=True))
                url = listed(str(url.join(answer.headers["location"])))
    raise ImportRefused("remote-too-many-redirects", host=url.host)


async def _read(answer: httpx.Response, url: httpx.URL, before: Answer) -> Answer:
    if answer.status_code == 304 and (before.etag or before.last_modified):
        return before
    if answer.status_code != 200:
        raise _unexpected_status(url, answer.status_code)
    if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise ImportRefused("remote-compressed-answer", host=url.host)
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise ImportRefused("remote-calendar-too-large", host=url.host, megabytes=MAX_BYTES // 2**20)
    return Answer(bytes(body), answer.headers.get("etag", "")[:200], answer.headers.get("last-modified", "")[:100])


def _unexpected_status(url: httpx.URL, status: int) -> ImportRefused:
    codes = {401: "remote-address-forbidden", 403: "remote-address-forbidden"}
    codes |= {404: "remote-address-gone", 410: "remote-address-gone"}
    return ImportRefused(codes.get(status, "remote-other-status"), host=url.host, status=status)
