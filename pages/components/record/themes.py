"""The themes of records: on the page of one, and as what narrows a list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.mission.themes import records_with_theme, themes_in_use, themes_of
from calendar_model.terms import RecordKind
from calendar_model.translation import gettext as _
from pages.components.shell.context import PageContext
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Record


def draw_themes(record: Record, _everyone: Sequence[Person], _context: PageContext) -> None:
    """Draw the themes of a record in a line; nothing without any. A part of the page of a record."""
    if themes := themes_of(record):
        st.caption(_("Themes: {themes}").format(themes=plain(", ".join(themes))))


def chosen_theme(context: PageContext, kind: RecordKind) -> Collection[str] | None:
    """Draw the themes of the records of a kind, to choose from, where there are any.

    Return the records with one of those that are chosen; None where none is.
    """
    in_use = themes_in_use(context.viewer, kind)
    if not in_use:
        return None
    key = f"{kind}_themes"
    kept = [theme for theme in st.session_state.get(key, []) if theme in in_use]
    chosen: list[str] = st.multiselect(
        _("Themes"),
        in_use,
        # What the browser shows when the list is opened again.
        default=kept,
        key=key,
        select_all=False,
        placeholder=_("All"),
    )
    return records_with_theme(context.viewer, chosen) if chosen else None
