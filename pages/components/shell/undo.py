"""The offer to undo what was just done: for ten seconds on every page, longer while pointed at or in focus."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import streamlit as st

from calendar_model import clock
from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import WorkspaceError
from calendar_model.mission import undo
from calendar_model.mission.undo import Undoable
from calendar_model.translation import gettext as _
from pages.components.shell import outage
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain

_OFFER = "undo_offer"
_SHOWN = timedelta(seconds=10)
"""As long as the style sheet shows it."""

_announce = st.components.v2.component(
    "undo", html="<div></div>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class _Offer:
    """What was done, in a sentence, and how to take it back; without ``done`` only a sentence.

    ``at``: when it was first drawn, because the run that draws it may have to build the calendar before.
    """

    says: str
    done: Undoable | None
    at: datetime | None = None


def offer(says: str, done: Undoable) -> str:
    """Offer to undo what a command has just done, beside the sentence that says so; return what is left to say.

    For callbacks, as the last line of an act. What cannot be undone is left to be said elsewhere.
    """
    if not undo.can_undo(viewer(), done):
        return says
    st.session_state[_OFFER] = _Offer(says, done)
    return ""


def draw_undo() -> None:
    """For the shell: the place of the offer, early in the order of the page, so that the keyboard soon comes to it."""
    offered = _standing()
    with st.container(key="undo", horizontal=True, vertical_alignment="center", gap="small"):
        # A screen reader tells what comes into a place that was there before.
        _announce(data={"at": str(offered.at) if offered is not None else ""}, key="undo_announced", height=1)
        if offered is None:
            return
        st.markdown(plain(offered.says), width="content")
        if offered.done is not None:
            st.button(_("Undo"), key="undo_button", type="tertiary", on_click=_undo, args=(offered.done,))


def _standing() -> _Offer | None:
    """The offer while it is to be shown; its time begins when it is first asked for."""
    offered: _Offer | None = st.session_state.get(_OFFER)
    if offered is None:
        return None
    at = offered.at or clock.now()
    if clock.now() - at > _SHOWN:
        del st.session_state[_OFFER]
        return None
    offered = st.session_state[_OFFER] = replace(offered, at=at)
    return offered


def _undo(done: Undoable) -> None:
    try:
        undo.undo(viewer(), done)
    except Refused as refused:
        says = str(refused)
    except WorkspaceError as fault:
        outage.fails(fault)
        return
    else:
        says = _("Undone.")
    st.session_state[_OFFER] = _Offer(says, None)
