"""The codes of contacts in forms: proposed for the kind, and a warning where a text is none."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from calendar_model.access.unit_of_work import WorkspaceError, reading
from calendar_model.mission import contacts
from calendar_model.terms import ContactKind
from calendar_model.translation import gettext as _
from pages.components.shell.current_user import viewer


def next_code(kind: ContactKind) -> str:
    """The next free code for a contact of this kind."""
    with reading(viewer()) as session:
        return contacts.next_code(session, kind)


def propose_code(title: str, kind: str) -> None:
    """Propose the next code of a newly chosen kind, unless another title was typed; for callbacks.

    ``title`` and ``kind`` are the keys of the two fields.
    """
    if contacts.is_code(st.session_state.get(title) or "") or not st.session_state.get(title):
        # Without the database there is no proposal; the page itself reports the outage.
        with suppress(WorkspaceError):
            st.session_state[title] = next_code(st.session_state[kind])


def warn_unless_code(kind: ContactKind, typed: str) -> None:
    """Warn where the title of a defender is not a code."""
    if kind == ContactKind.DEFENDER and typed.strip() and not contacts.is_code(typed):
        st.caption(_("**This is not a code such as “Defender 014”.** What you enter here can never be erased."))
