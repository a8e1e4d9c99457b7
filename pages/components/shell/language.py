"""The reader's language: what they chose in this browser, else what the browser asks for, else English."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from babel import Locale
from streamlit.runtime.scriptrunner import get_script_run_ctx

from calendar_model import translation
from calendar_model.translation import LANGUAGES, SOURCE
from calendar_model.translation import gettext as _
from pages.components.shell.words import plain

COOKIE = "hrd_language"
_CHOSEN = "language"
_FIELD = "choose_language"
_NORWEGIAN = ("nb", "nn", "no")

_remember = st.components.v2.component(
    "remember_language",
    html="<div></div>",
    js=(Path(__file__).parent / "language.js").read_text(encoding="utf-8"),
)


def find_language() -> None:
    """For the entrance, before anything is drawn: find the language of a new session, and use it in this run."""
    if _CHOSEN not in st.session_state:
        remembered = st.context.cookies.get(COOKIE, "")
        st.session_state[_CHOSEN] = remembered if remembered in LANGUAGES else of_browser(st.context.locale)
    translation.use(st.session_state[_CHOSEN])


def of_browser(locale: str | None) -> str:
    """Return the language to begin with where a browser asks for ``locale``, such as ``nn-NO``.

    Who asks for one of the Norwegian languages gets the other before English.
    """
    code = (locale or SOURCE).replace("_", "-").partition("-")[0].lower()
    if code in LANGUAGES:
        return code
    return next((kin for kin in _NORWEGIAN if kin in LANGUAGES), SOURCE) if code in _NORWEGIAN else SOURCE


def choose_language() -> None:
    """For the entrance: the language, and the list to choose another from."""
    chosen = current_language()
    _remember(data={"name": COOKIE, "language": chosen}, key="remember_language", height=1)
    with st.popover(plain(_name(chosen)), type="tertiary", key="language_choice"):
        if st.session_state.get(_FIELD) != chosen:
            st.session_state[_FIELD] = chosen
        st.selectbox(
            _("Language of the pages"),
            LANGUAGES,
            format_func=_name,
            key=_FIELD,
            on_change=_choose,
            help=_("Titles of resolutions, and what colleagues have written, stay as they are."),
        )


def current_language() -> str:
    """Return the language of the reader whose run this thread is; English outside a run, as for feeds."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return SOURCE
    language: str = st.session_state.get(_CHOSEN, SOURCE)
    return language


def _choose() -> None:
    st.session_state[_CHOSEN] = st.session_state[_FIELD]


def _name(code: str) -> str:
    """The language in its own words."""
    return str(Locale(code).get_display_name(code)).capitalize()


translation.resolve_with(current_language)
