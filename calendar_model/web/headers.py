"""Security headers on every answer of the server, Streamlit's own included."""

from __future__ import annotations

import os

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from calendar_model.feeds.links import PUBLIC_URL_VARIABLE
from calendar_model.web.downloads import FILES

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' blob:",  # blob: for components whose script is given inline
        "style-src 'self' 'unsafe-inline'",  # Streamlit and plotly write style elements
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


_A_YEAR = 365 * 24 * 60 * 60


def _is_https() -> bool:
    return os.environ.get(PUBLIC_URL_VARIABLE, "").strip().lower().startswith("https://")


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header; a cookie with the attribute ``Secure``, which Streamlit leaves out."""
    if name.lower() == b"set-cookie" and b"; secure" not in value.lower():
        value += b"; Secure"
    return name, value


class SecurityHeaders:
    """Adds `SECURITY_HEADERS` to every HTTP answer that does not set them itself, and lets nobody store files.

    Where the public address is https, browsers are told to use nothing else, and send no cookie without it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if FILES in scope["path"]:
                    headers["Cache-Control"] = "no-store, private"
                if _is_https():
                    headers.setdefault("Strict-Transport-Security", f"max-age={_A_YEAR}")
                    message["headers"] = [_secured(name, value) for name, value in message["headers"]]
            await send(message)

        await self.app(scope, receive, send_with_headers)
