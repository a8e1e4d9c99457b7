"""A choice whose address holds a code and whose options are in the reader's language.

Streamlit's own binding writes into the address what an option shows, so that a link would be of one language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import streamlit as st

LabelVisibility: TypeAlias = Literal["visible", "hidden", "collapsed"]


def coded_choice(
    label: str,
    options: Sequence[str],
    *,
    default: str,
    key: str,
    format_func: Callable[[str], str],
    wrap: bool = False,
    label_visibility: LabelVisibility = "visible",
) -> str:
    """Draw a segmented control and return the chosen code; the address holds it under ``key`` unless it is the default.

    ``format_func`` gives the text of an option. What the address asks for wins when it changes, as by a link.
    """
    in_address, seen = st.query_params.get(key), f"{key}_in_address"
    asked = in_address if in_address in options else default
    initial: str | None = asked
    # The first value is the widget's own: one that is set in the session's state gets lost where a run is cut short.
    if key in st.session_state and in_address != st.session_state.get(seen):
        st.session_state[key], initial = asked, None

    def write() -> None:
        if st.session_state[key] == default:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = st.session_state[key]

    chosen = st.segmented_control(
        label,
        options,
        default=initial,
        format_func=format_func,
        required=True,
        wrap=wrap,
        key=key,
        on_change=write,
        label_visibility=label_visibility,
    )
    st.session_state[seen] = in_address
    return str(chosen)
