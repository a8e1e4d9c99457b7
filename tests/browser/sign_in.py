"""A server with sign-in, a provider on loopback, and browsers of people who have signed in."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from itsdangerous import TimestampSigner
from playwright.sync_api import Browser, BrowserContext
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.mission import accounts
from calendar_model.store.database import Workspace
from tests.browser.conftest import PATIENCE, WIDE, free_port, stop_server

ISSUER = "https://id.example"
COOKIE_SECRET = "a secret of the tests, long enough to be taken"


def settings(folder: Path, port: int, provider: str = ISSUER) -> dict[str, str]:
    """The environment of a server on this port whose readers sign in with the provider at this address."""
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f"""[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{COOKIE_SECRET}"
client_id = "calendar"
client_secret = "a client of the tests"
server_metadata_url = "{provider}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    return {"STREAMLIT_SECRETS_FILES": str(secrets)}


@contextmanager
def provider(*people: dict[str, object]) -> Iterator[str]:
    """The address of an OpenID Connect provider at which these people, given by their claims, have accounts."""
    port = free_port()
    given = [argument for claims in people for argument in ("--user-claims", json.dumps(claims))]
    program = "from oidc_provider_mock.__main__ import run; run()"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, "--port", str(port), *given],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urlopen(f"{address}/.well-known/openid-configuration", timeout=5):
                    break
            except (URLError, OSError):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield address
    finally:
        stop_server(process)


def claims_of(subject: str, **more: object) -> dict[str, object]:
    """The claims of somebody who signs in now, by the clock of the server: tests have one of their own."""
    return {"iss": ISSUER, "sub": subject, "name": subject, "iat": TimestampSigner("").get_timestamp(), **more}


def bind_account(person_id: str, workspace: Workspace) -> None:
    """Binds an account to a person, whose identifier is its subject, as an administrator would."""
    sign_in = accounts.sign_in_of(claims_of(person_id))
    assert sign_in is not None
    accounts.note_waiting(sign_in, workspace)
    accounts.bind(ANONYMOUS, sign_in.code, person_id, workspace=workspace)


def cookie(address: str, claims: dict[str, object]) -> dict[str, str]:
    """The cookie with which Streamlit remembers a sign-in with these claims at a server of :func:`settings`."""
    kept = json.dumps({**claims, "origin": address, "is_logged_in": True, "provider": "default"})
    return {
        "name": USER_COOKIE_NAME,
        "value": create_signed_value(COOKIE_SECRET, USER_COOKIE_NAME, kept).decode(),
        "url": address,
    }


def signed_in(browser: Browser, address: str, person_id: str) -> BrowserContext:
    """A browser in which a person has signed in with the account of :func:`bind_account`."""
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Oslo", locale="en-GB")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    given: Sequence[dict[str, str]] = [cookie(address, claims_of(person_id))]
    context.add_cookies(given)  # type: ignore[arg-type]  # a dictionary of what Playwright calls a cookie
    return context
