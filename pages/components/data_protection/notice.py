"""What this system may hold, where it is read before something is typed: folded, or as a text."""

from __future__ import annotations

import streamlit as st

from calendar_model.mission.data_protection.notice import holding_notice
from calendar_model.translation import gettext as _
from pages.components.shell.words import plain_lines


def draw_notice() -> None:
    """Draw what this system may hold."""
    st.markdown(plain_lines(holding_notice()))


def draw_folded_notice(key: str) -> None:
    """Draw the same, folded; ``key`` is unique on the page."""
    with st.expander(_("What this system may hold"), key=f"notice_{key}"):
        draw_notice()
