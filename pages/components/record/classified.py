"""The warning that a text carries the mark of a classified document."""

from __future__ import annotations

import streamlit as st

from calendar_model.mission.classified import marks_in
from calendar_model.translation import gettext as _


def warn_of_marks(*texts: str) -> None:
    """Warn if one of these texts carries such a mark; nothing is refused, because a mark can be quoted."""
    if marks := marks_in(*texts):
        st.warning(
            _(
                "Marked {marks}: classified information must not be kept here. If the text is classified, remove it, "
                "and handle it in a system that is approved for it."
            ).format(marks=", ".join(marks))
        )
