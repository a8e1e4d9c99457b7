"""Fields for text that keep everything typed or pasted, and warn at once by how much it is too long.

They warn of the marks of classified documents too.

Streamlit's own ``max_chars`` makes the browser silently drop the rest. The rules refuse a text that is too long.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from calendar_model.translation import gettext as _
from pages.components.record.classified import warn_of_marks


def line(label: str, longest: int | None, **options: Any) -> str:
    """One line of text of at most ``longest`` characters (None: any number); options as of ``st.text_input``."""
    return _warned(st.text_input(label, **options) or "", longest)


def area(label: str, longest: int | None, **options: Any) -> str:
    """Several lines of text, bounded as in :func:`line`; options are those of ``st.text_area``."""
    return _warned(st.text_area(label, **options) or "", longest)


def _warned(typed: str, longest: int | None) -> str:
    count = len(typed.strip())
    if longest is not None and count > longest:
        over = count - longest
        st.warning(
            _(
                "This text has {count:,} characters; the limit is {longest:,}. Shorten it by {over:,}; nothing has "
                "been cut off."
            ).format(count=count, longest=longest, over=over)
        )
    warn_of_marks(typed)
    return typed
