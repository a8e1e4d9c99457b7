"""The first line of a cycle: what comes next, when, how that is known, and how far away it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from calendar_model import wording
from calendar_model.calendar import listed_when
from calendar_model.terms import FollowKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import WINDOWS
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext
from pages.components.shell.follow import follow_button
from pages.components.shell.navigation import OF, link
from pages.components.shell.words import plain
from pages.components.widgets import labels


def how_far(start: date, end: date, precision: str, today: date) -> str:
    """The time until a day or a window, in words."""
    if end < today:
        return _("passed")
    if start <= today:
        return _("may be under way") if precision in WINDOWS else _("about now") if start < today else _("today")
    days = (start - today).days
    far = (
        wording.count(days, "{number} day", "{number} days")
        if days < 60
        else _("{months} months").format(months=round(days / 30.4))
    )
    return _("in {far} or later").format(far=far) if precision in WINDOWS else _("in {far}").format(far=far)


def next_words(row: Any, today: date) -> str:
    """``Next: **HRC67, expected Mon 3 Apr 2028 ± 17 days** · Projected, in 16 months``, as Markdown; ``row`` is one of
    the calendar table."""
    session = f"{row['session']}, " if row["session"] else ""
    next_ = _("Next: **{session}{listed_when}**").format(
        session=plain(session), listed_when=plain(listed_when(row, as_of=today))
    )
    if row["end"].date() < today:
        return f"{next_} · {_('Not confirmed: the dates have passed and no outcome is recorded yet')}"
    far = how_far(row["start"].date(), row["end"].date(), row["date_precision"], today)
    return f"{next_} · {labels.STANDINGS[row['standing']]}, {far}"


def draw_next_line(row: Any, key: str, context: PageContext, followed: FollowKind, code: str) -> None:
    """Draws the line, with the ways to the panel and the dossier of the item, and the button that follows its track or
    State by its ``code``; ``key`` is unique on the page."""
    with st.container(key=f"lines_next_{key}", horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(next_words(row, context.today), width="content")
        st.button(
            _("Details"),
            key=f"next_{key}",
            type="tertiary",
            on_click=item_panel.choose,
            args=(row["item"],),
            wrap=False,
        )
        link("dossier", _("Dossier"), **{OF: row["item"]})
        follow_button(followed, code, context)
