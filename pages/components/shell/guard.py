"""A guard: no page runs without the entrance.

Streamlit can be made to run a file in ``pages/`` on its own, without ``dashboard.py`` and its page context, and later
without sign-in. ``dashboard.py`` switches that off; this is the second lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from calendar_model.translation import gettext as _

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
        st.error(_("Open this page from the start page of the calendar."))
        st.markdown(_("[Go to the start page](/)"))
        st.stop()
