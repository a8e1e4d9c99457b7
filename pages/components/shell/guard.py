"""No page runs without the entrance.

Streamlit can be brought to run a file in ``pages/`` on its own, without ``dashboard.py`` and so without the page's
context, and later without the question who is signed in. ``dashboard.py`` switches that off; this is the second lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

_inside: ContextVar[bool] = ContextVar("inside the entrance", default=False)


@contextmanager
def entrance() -> Iterator[None]:
    """Within this block, and in no other run, a page may run. Only ``dashboard.py`` opens it."""
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def require_entrance() -> None:
    """The first statement of every page: ends the run, with a sentence, if ``dashboard.py`` did not start it."""
    if not _inside.get():
        st.error("This page opens through the start page of the calendar, not by itself.")
        st.markdown("[Go to the start page](/)")
        st.stop()
