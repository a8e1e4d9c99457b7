"""The drawn legend of the timeline: each form beside its word."""

from __future__ import annotations

import streamlit as st

_FORMS = (
    ("bar", "announced or past"),
    ("bar outlined", "expected, with the range of possible dates"),
    ("dotted", "dates not set"),
    ("bar struck", "cancelled"),
    ("diamond", "text"),
    ("triangle", "deadline"),
    ("dot", "single day"),
    ("dot outlined", "hollow: not confirmed yet"),
)
"""The classes of a form in the style sheet, and what it means."""


def timeline_legend() -> None:
    """Draw a line with the forms of the timeline; what a form looks like is in the style sheet."""
    entries = (f'<li><span class="form {form}" aria-hidden="true"></span>{meaning}</li>' for form, meaning in _FORMS)
    st.html(f'<ul class="timeline-legend" aria-label="Legend">{"".join(entries)}</ul>')
