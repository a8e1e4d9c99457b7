"""The middleware of the server, the outermost first."""

from __future__ import annotations

from collections.abc import Callable, Collection

from starlette.middleware import Middleware

from calendar_model.web import logs, metrics
from calendar_model.web.bodies import BoundedBodies, HeldUploads, no_uploads_held
from calendar_model.web.downloads import FileNames
from calendar_model.web.headers import SecurityHeaders
from calendar_model.web.hosts import OwnHosts
from calendar_model.web.metrics import GuardedMetrics
from calendar_model.web.observed import ObservedRequests, Observer
from calendar_model.web.sign_in import ClaimsReader, SignedIn


def middleware(
    held: Callable[[str], HeldUploads] = no_uploads_held,
    claims: ClaimsReader | None = None,
    pages: Collection[str] = (),
    files: FileNames | None = None,
) -> list[Middleware]:
    """What every request passes; ``held`` says how many bytes of uploads are kept, of a session and of all.

    ``claims``, ``pages`` and ``files`` are those of :class:`~calendar_model.web.sign_in.SignedIn`. Requests are watched
    only where the environment asks for a log of them or for metrics.
    """
    observers: list[Observer] = []
    if logs.is_json():
        observers.append(logs.log_request)
    if metrics.are_on():
        observers.append(metrics.count_request)
    return [
        *([Middleware(ObservedRequests, observers=observers)] if observers else []),
        Middleware(SecurityHeaders),
        Middleware(OwnHosts),
        Middleware(GuardedMetrics),
        Middleware(SignedIn, claims=claims, pages=pages, files=files),
        Middleware(BoundedBodies, held=held),
    ]
