"""The middleware of the server, the outermost first."""

from __future__ import annotations

from collections.abc import Callable, Collection

from starlette.middleware import Middleware

from calendar_model.web.bodies import BoundedBodies, HeldUploads, no_uploads_held
from calendar_model.web.downloads import FileNames
from calendar_model.web.headers import SecurityHeaders
from calendar_model.web.hosts import OwnHosts
from calendar_model.web.sign_in import ClaimsReader, SignedIn


def middleware(
    held: Callable[[str], HeldUploads] = no_uploads_held,
    claims: ClaimsReader | None = None,
    pages: Collection[str] = (),
    files: FileNames | None = None,
) -> list[Middleware]:
    """What every request passes; ``held`` says how many bytes of uploads are kept, of a session and of all.

    ``claims``, ``pages`` and ``files`` are those of :class:`~calendar_model.web.sign_in.SignedIn`.
    """
    return [
        Middleware(SecurityHeaders),
        Middleware(OwnHosts),
        Middleware(SignedIn, claims=claims, pages=pages, files=files),
        Middleware(BoundedBodies, held=held),
    ]
