"""The middleware of the server, the outermost first."""

from __future__ import annotations

from starlette.middleware import Middleware

from calendar_model.web.headers import SecurityHeaders
from calendar_model.web.hosts import OwnHosts

MIDDLEWARE = [Middleware(SecurityHeaders), Middleware(OwnHosts)]
