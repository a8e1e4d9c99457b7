"""Additions to Streamlit's menu.

The entry of the open page leads back to its list; on a phone the menu closes after a choice.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_OF_ONE = ("record", "new", "of", "tie", "with", "file", "row", "item")
"""Parameters of the address with which a page shows something other than its list."""

_listen = st.components.v2.component(
    "menu", html="<div></div>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def listen_to_the_menu() -> None:
    """For the entrance: adds this to the menu on every page."""
    _listen(data={"names": _OF_ONE}, key="menu", height=1, on_left_change=_back_to_the_list)


def _back_to_the_list() -> None:
    for name in _OF_ONE:
        if name in st.query_params:
            del st.query_params[name]
