"""Who else is at a statement right now, told above its text and refreshed by itself."""

from __future__ import annotations

from datetime import datetime
from html import escape

import streamlit as st

from calendar_model import clock
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import EditConflict, WorkspaceError
from calendar_model.mission.statements.presence import EVERY, GONE_AFTER, Here, note_presence, who_is_here
from calendar_model.translation import gettext as _
from pages.components.shell import outage
from pages.components.shell.current_user import viewer


def note_typing(statement_id: str) -> None:
    """Remember that the reader has just typed in a statement."""
    st.session_state[_typed(statement_id)] = clock.machine_now()


def _typed(statement_id: str) -> str:
    return f"last_typed_{statement_id}"


@st.fragment(run_every=EVERY)
@outage.part
def draw_presence(statement_id: str) -> None:
    """Say who else is here and who types, and note that the reader is. Runs by itself; the page is not drawn again."""
    typed_at: datetime | None = st.session_state.get(_typed(statement_id))
    is_typing = typed_at is not None and clock.machine_now() - typed_at < GONE_AFTER
    try:
        reader = viewer()
        note_presence(reader, statement_id, typing=is_typing)
        others = who_is_here(reader, statement_id)
    except (WorkspaceError, Refused, EditConflict):
        # A page must not depend on whether it can be said who else is here; the next run tries again.
        others = []
    # There also when nobody is: a screen reader says what comes into a place that it knows.
    st.html(f'<p class="present" role="status">{escape(_words(others))}</p>')


def _words(others: list[Here]) -> str:
    typing = [one.name for one in others if one.typing]
    looking = [one.name for one in others if not one.typing]
    parts = [
        _("Typing now: {names}.").format(names=", ".join(typing)) if typing else "",
        _("Also here: {names}.").format(names=", ".join(looking)) if looking else "",
    ]
    return " ".join(part for part in parts if part)
