"""The menu and the tabs in the browser: names for screen readers, and the way back to the list of the open page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from calendar_model.translation import gettext as _
from pages.components.shell.navigation import LINK, NEW, OF, RECORD, WITH

_OF_ONE = (RECORD, NEW, OF, LINK, WITH, "file", "row", "item")
"""Parameters of the address with which a page shows something other than its list."""

_name = st.components.v2.component(
    "landmarks", html="<div></div>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def name_landmarks() -> None:
    """For the entrance: adds this to the menu and the tabs."""
    names = {"sections": _("Menu"), "tabs": _("Pages of this section")}
    _name(data={"names": names, "of_one": _OF_ONE}, key="landmarks", height=1, on_left_change=_back_to_the_list)


def _back_to_the_list() -> None:
    for name in _OF_ONE:
        if name in st.query_params:
            del st.query_params[name]
