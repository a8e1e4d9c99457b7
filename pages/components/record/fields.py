"""Fields for text that keep everything typed or pasted, and warn at once by how much it is too long.

Streamlit's own ``max_chars`` makes the browser silently drop the rest. The rules refuse a text that is too long.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from calendar_model.translation import gettext as _


def line(label: str, longest: int | None, **options: Any) -> str:
    """One line of text of at most ``longest`` characters (None: any number); options as of ``st.text_input``."""
    return _warn_if_too_long(st.text_input(label, **options) or "", longest)


def area(label: str, longest: int | None, **options: Any) -> str:
    """Several lines of text, bounded as in :func:`line`; options are those of ``st.text_area``."""
    return _warn_if_too_long(st.text_area(label, **options) or "", longest)


def _warn_if_too_long(typed: str, longest: int | None) -> str:
    count = len(typed.strip())
    if longest is not None and count > longest:
        over = count - longest
        st.warning(
            _(
                "This text has {count:,} characters; the limit is {longest:,}. Shorten it by {over:,}; nothing has "
                "been cut off."
            ).format(count=count, longest=longest, over=over)
        )
    return typed
