"""Sign-in with the organisation's OpenID Connect, by Streamlit's own ``st.login``.

It is set up in Streamlit's secrets file, section ``[auth]``. Without that section there is no sign-in, and the calendar
answers this machine only (:mod:`calendar_model.web.sign_in`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config
from streamlit.auth_util import get_cookie_with_chunks, get_redirect_uri, get_secrets_auth_section
from streamlit.errors import StreamlitAuthError
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import WorkspaceError
from calendar_model.feeds.links import PUBLIC_URL_VARIABLE, public_url
from calendar_model.mission import accounts
from calendar_model.mission.accounts import Claims, SignIn
from calendar_model.mission.digest.choice import is_address
from calendar_model.translation import gettext as _
from calendar_model.web.hosts import is_loopback_address
from pages.components.data_protection.notice import draw_folded_notice
from pages.components.shell.words import plain

GROUPS_CLAIM_VARIABLE = "HRD_CALENDAR_GROUPS_CLAIM"
_CALLBACK = "/oauth2callback"
_SHORTEST_SECRET = 32
"""Characters of the secret that signs the cookie of the sign-in."""

_NOT_SET_UP = (
    "Sign-in is not set up, so the calendar can only be served on this machine. Set up the section [auth] of "
    "Streamlit's secrets file (docs/OPERATIONS.md), or leave out the public address and serve it on 127.0.0.1."
)

_return = st.components.v2.component(
    "return_after_sign_in",
    html="<div></div>",
    js=(Path(__file__).parent / "sign_in.js").read_text(encoding="utf-8"),
)


# --- What is set up


def is_set_up() -> bool:
    """Whether readers have to sign in."""
    return bool(get_secrets_auth_section())


def providers() -> list[str]:
    """The names of the providers by which readers can sign in; the one without a name of its own is ``default``."""
    section = get_secrets_auth_section()
    named = [name for name, value in section.items() if isinstance(value, Mapping)]
    return named or (["default"] if section else [])


def faults() -> list[str]:
    """Return a sentence for each fault of the sign-in, or of doing without one; they keep the server from starting."""
    public = public_url("http", "localhost")
    if not is_set_up():
        address = config.get_option("server.address") or ""
        if is_loopback_address(address) and is_loopback_address(urlsplit(public).hostname or ""):
            return []
        return [_NOT_SET_UP]
    section, found = get_secrets_auth_section(), []
    if len(str(section.get("cookie_secret", ""))) < _SHORTEST_SECRET:
        found.append(
            f"cookie_secret in [auth] is missing or short. Enter at least {_SHORTEST_SECRET} random characters."
        )
    try:
        redirect = get_redirect_uri(section) or ""
    except StreamlitAuthError:
        redirect = ""
    if not redirect.startswith(("http://", "https://")) or not redirect.endswith(_CALLBACK):
        found.append(f"redirect_uri in [auth] is not an address that ends in {_CALLBACK}.")
    elif not _is_own(redirect, public):
        found.append(
            f"redirect_uri in [auth] does not begin with the public address. Set {PUBLIC_URL_VARIABLE} and "
            "redirect_uri to the same https address; plain http is for this machine only."
        )
    for name in providers():
        values = section if name == "default" else section[name]
        missing = [key for key in ("client_id", "client_secret", "server_metadata_url") if not values.get(key)]
        if missing:
            found.append(f"[auth] has no {', '.join(missing)} for the provider {name}.")
    return found


def _is_own(redirect: str, public: str) -> bool:
    """Whether sign-in leads back to the public address, by https or on this machine."""
    parts = urlsplit(redirect)
    if is_loopback_address(parts.hostname or "") and is_loopback_address(urlsplit(public).hostname or ""):
        return True
    return parts.scheme == "https" and redirect == public.rstrip("/") + _CALLBACK


# --- Who has signed in


def claims_of(cookies: Mapping[str, str]) -> Claims | None:
    """The claims of the sign-in from the cookies of a request; None without one, or if the signature is wrong."""
    secret = get_cookie_secret()

    def part(name: str) -> bytes | None:
        value = cookies.get(name)
        return None if value is None else decode_signed_value(secret, name, value.encode("latin-1", "replace"))

    found = get_cookie_with_chunks(part, USER_COOKIE_NAME)
    claims = json.loads(found) if found else None
    return claims if isinstance(claims, dict) and claims.get("is_logged_in") else None


def current_sign_in() -> SignIn | None:
    """The sign-in of this session of Streamlit; None without one."""
    if get_script_run_ctx(suppress_warning=True) is None or not st.user.get("is_logged_in", False):
        return None
    return accounts.sign_in_of(st.user.to_dict())


def groups(claim: str) -> list[str]:
    """The groups of the reader at the identity provider, by the claim that lists them; none where it does not."""
    found = st.user.to_dict().get(claim)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def mail_address() -> str:
    """The e-mail address that the sign-in names, to be offered in a form; empty without one.

    It may be that of anybody until it is confirmed.
    """
    if get_script_run_ctx(suppress_warning=True) is None or not st.user.get("is_logged_in", False):
        return ""
    found = st.user.to_dict().get("email")
    return found if isinstance(found, str) and is_address(found) else ""


# --- The page of readers who have not


def draw_sign_in() -> None:
    """Draw the way to sign in, or what is missing for a reader whose account gives no access yet."""
    _return(data={"signed_in": False}, key="sign_in_return", height=1)
    with st.container(key="sign_in", gap="small"):
        st.title(_("Calendar for human rights defenders"))
        try:
            _draw_way_in(current_sign_in())
            draw_folded_notice("sign_in")
        except (WorkspaceError, Refused) as fault:
            st.error(plain(str(fault)))


def _draw_way_in(sign_in: SignIn | None) -> None:
    if sign_in is None:
        st.markdown(_("For staff of the missions, the Ministry and the embassies. Sign in with your work account."))
        _draw_providers()
    elif accounts.is_over(sign_in):
        st.markdown(_("You have been signed out. Sign in again; what you had typed in a statement is kept."))
        _draw_providers()
    elif accounts.is_bound(sign_in):
        st.markdown(_("Your user is not active. If that is a mistake, ask your administrator."))
        st.button(_("Sign out"), key="sign_out", on_click=st.logout)
    else:
        accounts.note_waiting(sign_in)
        label = plain(sign_in.label or sign_in.subject)
        st.markdown(
            _("You are signed in as **{label}**, but this account is not linked to a user of the calendar yet.").format(
                label=label
            )
        )
        st.markdown(_("Give your administrator this code, then reload the page:"))
        st.code(sign_in.code, language=None)
        st.button(_("Sign out"), key="sign_out", on_click=st.logout)


def _draw_providers() -> None:
    for name in providers():
        st.button(
            _("Sign in") if len(providers()) == 1 else _("Sign in with {name}").format(name=plain(name.title())),
            key=f"sign_in_{name}",
            type="primary",
            on_click=st.login,
            args=() if name == "default" else (name,),
        )


def return_to_page() -> None:
    """Open the page that a reader had asked for before signing in, once; for the shell."""
    _return(data={"signed_in": True}, key="sign_in_return", height=1)
