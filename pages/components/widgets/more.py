"""Long lists: how many are shown at first, and the button that shows more."""

from __future__ import annotations

import streamlit as st


def shown_count(key: str, at_first: int) -> int:
    """How many of a list are shown by now; ``key`` is the list's own in the session."""
    count: int = st.session_state.get(key, at_first)
    return count


def show_more(key: str, shown: int, total: int, step: int, *, button: str) -> None:
    """The button that shows up to ``step`` more of a list, where not all are shown; ``button`` is its own key."""
    if shown < total:
        more = min(step, total - shown)
        st.button(f"Show {more} more of {total}", key=button, on_click=_show, args=(key, shown + more))


def _show(key: str, count: int) -> None:
    st.session_state[key] = count
