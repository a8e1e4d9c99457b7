"""What a component of our own has sent from the browser."""

from __future__ import annotations

from typing import Any

import streamlit as st


def sent(component: str, name: str) -> str:
    """The value ``name`` of the component of this key, if it is a text; otherwise empty."""
    value: Any = (st.session_state.get(component) or {}).get(name)
    return value if isinstance(value, str) else ""
