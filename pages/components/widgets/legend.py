"""The drawn legend of the timeline: each form beside its word."""

from __future__ import annotations

import streamlit as st

from calendar_model.translation import N_
from calendar_model.translation import gettext as _

_FORMS = (
    ("bar", N_("announced or past")),
    ("bar outlined", N_("expected, with the range of possible dates")),
    ("dotted", N_("dates not set")),
    ("bar struck", N_("cancelled")),
    ("diamond", N_("text")),
    ("triangle", N_("deadline")),
    ("dot", N_("single day")),
    ("dot outlined", N_("hollow: not confirmed yet")),
)
"""The classes of a form in the style sheet, and what it means."""


def timeline_legend() -> None:
    """Draw a line with the forms of the timeline; what a form looks like is in the style sheet."""
    entries = (f'<li><span class="form {form}" aria-hidden="true"></span>{_(meaning)}</li>' for form, meaning in _FORMS)
    title = _("Legend")
    st.html(f'<ul class="timeline-legend" aria-label="{title}">{"".join(entries)}</ul>')
