"""Long lists: how many are shown at first, and the button that shows more."""

from __future__ import annotations

import streamlit as st

from calendar_model.translation import gettext as _


def shown_count(key: str, at_first: int) -> int:
    """Return how many entries of a list are shown so far; ``key`` is the list's own in the session."""
    count: int = st.session_state.get(key, at_first)
    return count


def show_more(key: str, shown: int, total: int, step: int, *, button: str) -> None:
    """Draw the button that shows up to ``step`` more entries, where not all are shown; ``button`` is its key."""
    if shown < total:
        more = min(step, total - shown)
        st.button(
            _("Show {more} more of {total}").format(more=more, total=total),
            key=button,
            on_click=_show,
            args=(key, shown + more),
        )


def _show(key: str, count: int) -> None:
    st.session_state[key] = count
