"""What opens below a button, such as the filter, by keyboard alone: the focus goes in, stays in and comes back."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_listen = st.components.v2.component(
    "popovers", html="<div></div>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def lead_into_popovers() -> None:
    """For the entrance: installs the listener for the popovers of every page."""
    _listen(key="popovers", height=1)
