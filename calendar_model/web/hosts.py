"""Answer only to the dashboard's own host names and origins.

A website whose own name is made to point at this machine (DNS rebinding) is, for the browser, the same origin as the
dashboard: only the ``Host`` header tells them apart. So a request is answered when its host is the one of
``HRD_CALENDAR_PUBLIC_URL``, or a loopback name with the port on which the server listens. That port is the one of the
socket by which the request came (``scope["server"]``); a container whose port is mapped to another one needs the public
address. What a proxy adds (``X-Forwarded-Host``, ``Forwarded``) is not read, because anybody can send it.

Browsers send ``Origin`` with what one site asks of another. Only the dashboard's own is let through, whatever the
method: Streamlit looks up its own address in the internet, in the loop that serves everybody, for each that it does
not know.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from calendar_model.feeds.links import HOST, PUBLIC_URL_VARIABLE
from calendar_model.web.refusals import refuse

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

WRONG_HOST = (
    "The dashboard is not served under this host name. Open it at its own address. To use another name, set "
    f"{PUBLIC_URL_VARIABLE} to that address and restart."
)
NO_HOST = "The request must name one host, such as calendar.example.org."
WRONG_ORIGIN = "This request came from another website. Open the dashboard at its own address."

_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#@\s]+)")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Authority(NamedTuple):
    """A host name in lower case, and its port; None where the address leaves it out."""

    name: str
    port: int | None

    @classmethod
    def parse(cls, text: str) -> Authority | None:
        """The authority that a header or an address names; None for anything else."""
        found = HOST.fullmatch(text.lower())
        if found is None:
            return None
        port = int(found["port"]) if found["port"] else None
        return None if port is not None and not 0 < port < 2**16 else cls(found["name"], port)

    def under(self, scheme: str) -> Authority:
        """The same with the port that the scheme means where none is named."""
        return self._replace(port=self.port or _DEFAULT_PORTS[scheme])


class Origin(NamedTuple):
    """Where a page comes from: ``http`` or ``https``, and an authority with its port."""

    scheme: str
    authority: Authority

    @classmethod
    def parse(cls, text: str) -> Origin | None:
        """The origin that a header names; None for anything else, ``null`` included."""
        found = _ORIGIN.fullmatch(text.lower())
        authority = Authority.parse(found["authority"]) if found else None
        return cls(found["scheme"], authority.under(found["scheme"])) if found and authority else None


@lru_cache(maxsize=8)
def _origin_of(address: str) -> Origin | None:
    scheme, _, rest = address.strip().partition("://")
    return Origin.parse(f"{scheme}://{rest.partition('/')[0]}")


class OwnHosts:
    """Refuses what names another host (421), no host (400), or comes from another website (403)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        host = Authority.parse(hosts[0]) if len(hosts) == 1 else None
        if host is None:
            await refuse(scope, receive, send, 400, NO_HOST)
            return
        public = _origin_of(os.environ.get(PUBLIC_URL_VARIABLE, ""))
        is_public = public is not None and host.under(public.scheme) == public.authority
        is_loopback = host.name in LOOPBACK and _own_port(scope) in ((host.port,) if host.port else (80, 443))
        if not (is_public or is_loopback):
            await refuse(scope, receive, send, 421, WRONG_HOST)
            return
        if origins and not _is_own(origins, host, public, is_loopback=is_loopback):
            await refuse(scope, receive, send, 403, WRONG_ORIGIN)
            return
        await self.app(_with_own_origin(scope, origins), receive, send)


def is_loopback_address(address: str) -> bool:
    """Whether a server that is bound to this address or name answers this machine only."""
    try:
        return address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        return False


def _own_port(scope: Scope) -> int | None:
    server = scope.get("server")
    return server[1] if server else None


def _is_own(origins: list[str], host: Authority, public: Origin | None, *, is_loopback: bool) -> bool:
    """Whether the one origin is that of the host. A proxy on this machine may name the machine in its Host header:
    then the public address is its origin too."""
    origin = Origin.parse(origins[0]) if len(origins) == 1 else None
    if origin is None:
        return False
    return origin == public or (is_loopback and origin.authority == host.under(origin.scheme))


def _with_own_origin(scope: Scope, origins: list[str]) -> Scope:
    """The request in the form that Streamlit accepts as its own without looking anything up.

    It compares the two headers of a websocket letter by letter, and answers any other request alike without an origin.
    """
    if not origins:
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name not in (b"origin", b"host")]
    origin = origins[0].lower()
    if scope["type"] == "websocket":
        headers += [(b"host", origin.partition("://")[2].encode()), (b"origin", origin.encode())]
    else:
        headers += [(name, value) for name, value in scope["headers"] if name == b"host"]
    return {**scope, "headers": headers}


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for found, value in scope["headers"] if found == name]
