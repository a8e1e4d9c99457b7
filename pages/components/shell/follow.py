"""The button with which a reader follows an item, a track, a State or a record, or stops following it."""

from __future__ import annotations

import streamlit as st

from calendar_model.access.roles import Operation, Subject
from calendar_model.mission.follows import follow, follows, unfollow
from calendar_model.terms import FollowKind
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer


def follow_button(kind: FollowKind, key: str, context: PageContext) -> None:
    """Draw the button; nothing for a reader without a user, and while the workspace is away."""
    if not context.workspace or not context.viewer.person_id:
        return
    is_followed = (kind, key) in follows(context.viewer)
    why = rights.why_not(Operation.DELETE if is_followed else Operation.CREATE, Subject.FOLLOW)
    usual = _("Stop following it.") if is_followed else _("Changes to it will be listed on Today.")
    st.button(
        _("Following") if is_followed else _("Follow"),
        key=f"follow_{kind}_{key}",
        type="tertiary",
        icon=":material/notifications_active:" if is_followed else ":material/notifications:",
        help=why or usual,
        disabled=bool(why),
        on_click=stop if is_followed else _start,
        args=(kind, key),
    )


def _start(kind: FollowKind, key: str) -> None:
    def act() -> str:
        follow(viewer(), kind, key)
        return _("You follow it. Changes are listed on Today.")

    forms.attempt(act)


def stop(kind: FollowKind, key: str) -> None:
    """Stop following something; for callbacks."""

    def act() -> str:
        unfollow(viewer(), kind, key)
        return _("You no longer follow it.")

    forms.attempt(act)
