"""A passage of a text, with what was found in it marked."""

from __future__ import annotations

from html import escape

import streamlit as st

from calendar_model.mission.said import FoundPassage
from calendar_model.mission.statements import languages


def draw_passage(passage: FoundPassage, language: str) -> None:
    """Draw a passage in the type of quotations, in the direction of its language; where it is cut, with an ellipsis."""
    pieces = (
        f"<mark>{escape(text)}</mark>" if is_found else escape(" ".join(text.split("\n")))
        for text, is_found in passage.pieces
    )
    shown = f"{'' if passage.from_start else '… '}{''.join(pieces)}{'' if passage.to_end else ' …'}"
    direction = "rtl" if languages.right_to_left(language) else "ltr"
    st.html(f'<blockquote class="passage" lang="{escape(language)}" dir="{direction}">{shown}</blockquote>')
