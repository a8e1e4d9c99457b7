"""The middleware of the server, the outermost first."""

from __future__ import annotations

from collections.abc import Callable

from starlette.middleware import Middleware

from calendar_model.web.bodies import BoundedBodies, HeldUploads, no_uploads_held
from calendar_model.web.headers import SecurityHeaders
from calendar_model.web.hosts import OwnHosts


def middleware(held: Callable[[str], HeldUploads] = no_uploads_held) -> list[Middleware]:
    """What every request passes; ``held`` says how many bytes of uploads are kept, of a session and of all."""
    return [Middleware(SecurityHeaders), Middleware(OwnHosts), Middleware(BoundedBodies, held=held)]
