"""The drawn legends of the timeline and of the month: each form beside its word."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from calendar_model.translation import N_
from calendar_model.translation import gettext as _

_OF_THE_TIMELINE = (
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


_OF_WORK = (
    ("dot ink", N_("our engagement")),
    ("square ink outlined", N_("our statement, not made yet")),
    ("square ink outlined cleared", N_("cleared")),
    ("square ink", N_("made")),
)

_OF_THE_MONTH = (
    ("bar", N_("announced or past")),
    ("bar dashed", N_("expected")),
    ("bar struck", N_("cancelled")),
    ("diamond", N_("text")),
    ("triangle", N_("deadline")),
    ("dot", N_("single day")),
    ("dot outlined", N_("hollow: not confirmed yet")),
)


def timeline_legend(*, with_work: bool) -> None:
    """Draw a line with the forms of the timeline, ``with_work`` also those of our own work.

    What a form looks like is in the style sheet.
    """
    _draw((*_OF_THE_TIMELINE, *(_OF_WORK if with_work else ())))


def month_legend() -> None:
    """Draw a line with the forms of the month."""
    _draw(_OF_THE_MONTH)


def _draw(forms: Iterable[tuple[str, str]]) -> None:
    entries = (f'<li><span class="form {form}" aria-hidden="true"></span>{_(meaning)}</li>' for form, meaning in forms)
    title = _("Legend")
    st.html(f'<ul class="timeline-legend" aria-label="{title}">{"".join(entries)}</ul>')
