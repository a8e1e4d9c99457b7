"""Answer the links in mails, without sign-in: confirm an address, and end the digests.

``/mail/confirm/{token}`` and ``/mail/unsubscribe/{token}`` answer ``GET`` with a page that has one button and changes
nothing: scanners of mail open every link. ``POST`` does it, at once and without redirect; mail programs do the same for
their own button (``List-Unsubscribe=One-Click``, RFC 8058). Nothing is read from the body.

A secret that is unknown counts against the host that asks, as with subscriptions. The token is in no log: see
:mod:`calendar_model.web.routes`. The page allows its own address as a referrer to itself, because without one browsers
send ``Origin: null``, which the server refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from anyio import to_thread
from starlette.endpoints import HTTPEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from calendar_model.access.problems import Refused
from calendar_model.feeds.limits import RateLimits, client_host
from calendar_model.mails.messages import CONFIRM, FOLDER, UNSUBSCRIBE
from calendar_model.mission.digest import choice
from calendar_model.store.database import WorkspaceError
from calendar_model.translation import LANGUAGES, SOURCE, in_language
from calendar_model.translation import gettext as _

_limits = RateLimits()


class _LinkEndpoint(HTTPEndpoint):
    """A link whose page asks with ``question`` and whose button does it."""

    act: Callable[[str], bool]

    async def get(self, request: Request) -> Response:
        """Answer with the page that asks; the token is not looked up, so that nothing is learnt from the answer."""
        with in_language(_language(request)):
            question, button = self.question()
            form = f'<form method="post"><button>{escape(button)}</button></form>'
            return _page(request, 200, question, form)

    async def post(self, request: Request) -> Response:
        """Do it, and say so."""
        host, code = client_host(request), _language(request)
        if wait := _limits.guesses.seconds_to_wait(host):
            with in_language(code):
                response = _page(request, 429, _("Too many requests. Try again later."))
            response.headers["Retry-After"] = str(wait)
            return response
        status = await to_thread.run_sync(self._act, request.path_params["token"], host)
        with in_language(code):
            says = {200: self.done(), 404: self.unknown()}.get(
                status, _("The calendar cannot save at the moment. Try again in a few minutes.")
            )
            return _page(request, status, says)

    def _act(self, token: str, host: str) -> int:
        try:
            if type(self).act(token):
                return 200
            _limits.count_guess(host)
        except (Refused, WorkspaceError):
            return 503
        return 404

    def question(self) -> tuple[str, str]:
        """The sentence that asks, and the words of the button."""
        raise NotImplementedError

    def done(self) -> str:
        """The sentence once it is done."""
        raise NotImplementedError

    def unknown(self) -> str:
        """The sentence for a token that opens nothing."""
        raise NotImplementedError


class UnsubscribeEndpoint(_LinkEndpoint):
    """Ends the digests of the person to whom the mail went."""

    act = staticmethod(choice.unsubscribe)

    def question(self) -> tuple[str, str]:
        """As above."""
        return _("Stop the digest of the calendar for human rights defenders?"), _("Stop the digest")

    def done(self) -> str:
        """As above."""
        return _("The digest has been stopped. You can switch it on again in Settings.")

    def unknown(self) -> str:
        """As above."""
        return _("This link is unknown or has expired. Sign in and stop the digest in Settings.")


class ConfirmEndpoint(_LinkEndpoint):
    """Confirms the address to which the mail went."""

    act = staticmethod(choice.confirm_address)

    def question(self) -> tuple[str, str]:
        """As above."""
        return _("Send the digest of the calendar for human rights defenders to your address?"), _("Confirm")

    def done(self) -> str:
        """As above."""
        return _("Your address is confirmed. The next digest will arrive at the time that you chose.")

    def unknown(self) -> str:
        """As above."""
        return _("This link is unknown, already used or expired. Sign in and ask for another one in Settings.")


def _page(request: Request, status: int, says: str, form: str = "") -> Response:
    title = escape(_("HRD calendar"))
    body = (
        f'<!DOCTYPE html><html lang="{_language(request)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{title}</title><style>:root{{color-scheme:light dark}}body{{font:1.1rem/1.5 sans-serif;max-width:36em;"
        "margin:3em auto;padding:0 1em}button{font:inherit;padding:.5em 1em}</style></head>"
        f"<body><main><h1>{title}</h1><p>{escape(says)}</p>{form}</main></body></html>"
    )
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}
    return HTMLResponse(body, status_code=status, headers=headers)


def _language(request: Request) -> str:
    """The language that the browser asks for first, if the interface has it."""
    first = request.headers.get("accept-language", "").partition(",")[0].partition("-")[0].strip().lower()
    return {"no": "nb", "nn": "nb"}.get(first, first) if first in (*LANGUAGES, "no", "nn") else SOURCE


async def _unknown(request: Request) -> Response:
    with in_language(_language(request)):
        return _page(request, 404, _("There is nothing at this address. Open the link in the message again."))


ROUTES: list[BaseRoute] = [
    Route(f"{CONFIRM}{{token}}", ConfirmEndpoint),
    Route(f"{UNSUBSCRIBE}{{token}}", UnsubscribeEndpoint),
    Route(f"{FOLDER}{{rest:path}}", _unknown, methods=["GET", "POST"]),
]
