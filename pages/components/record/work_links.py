"""Links to statements and engagements, on the pages of what they are linked to and in the panel of an item."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.messages.statements import made_as, state_label
from calendar_model.translation import gettext as _
from pages.components.shell.navigation import link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Engagement, Statement


def statement_links(found: Iterable[Statement]) -> None:
    """Draw links to statements, each with its state."""
    for one in found:
        day = _(" on {delivered_on}").format(delivered_on=wording.day(one.delivered_on)) if one.delivered_on else ""
        with st.container(gap=None):
            link("statements", plain(one.title), record=one.id)
            st.caption(f"{made_as(one.voice, one.format)} · {state_label(one.state)}{day}")


def engagement_links(found: Iterable[Engagement]) -> None:
    """Draw links to engagements, each with its kinds and date."""
    for one in found:
        with st.container(gap=None):
            link("engagements", plain(one.title), record=one.id)
            st.caption(f"{wording.terms(one.kinds)} · {wording.day(one.on)}")
