"""Lines of a briefing: when on the left; what, in bold if something is due, on the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import streamlit as st

from calendar_model.mission.briefing import BriefingEntry
from pages.components.shell import item_panel
from pages.components.shell.words import plain

# Pixels of the column of dates: the longest phrase of days in one line.
LEFT = 260


def lines(entries: Iterable[BriefingEntry], place: str, *, fold: bool = True) -> None:
    """Draw the entries in a column; ``place`` is its name, unique on the page.

    With ``fold`` a session's deadlines open beneath their line; without it, as inside another expander, the
    line opens the session's panel.
    """
    with st.container(key=f"lines_{place}", gap="xsmall"):
        for entry in entries:
            _line(entry, place, fold)


def _line(entry: BriefingEntry, place: str, fold: bool) -> None:
    details = plain(f"{entry.detail} · {known(entry)}" if entry.detail else known(entry))
    label = f"**{plain(entry.title)}**" if entry.due else plain(entry.title)
    when = f"**{plain(entry.countdown.capitalize())}** · {plain(entry.when)}" if entry.countdown else plain(entry.when)
    key = f"{place}_{entry.items[0]}"
    if not (fold and entry.due and entry.parts):
        line(key, when, label, details, entry.opens)
        return
    with dated_line(key, when), st.expander(f"{label} :gray[{details}]"):
        for part in entry.parts:
            _line(part, f"{place}_part", fold=False)


def line(key: str, when: str, label: str, details: str, item: str) -> None:
    """One line within a container whose key begins with ``lines_``: the date, a title that opens the panel of
    ``item``, and details. ``when``, ``label`` and ``details`` are Markdown; ``key`` is unique."""
    with dated_line(key, when):
        st.button(label, key=key, type="tertiary", on_click=item_panel.choose, args=(item,), wrap=True)
        st.caption(details, width="content")


@contextmanager
def dated_line(key: str, when: str, *, stacked: bool = False, width: int = LEFT) -> Iterator[None]:
    """A line within a container whose key begins with ``lines_``: ``when``, Markdown, on the left; what is drawn in
    this block on the right, side by side or ``stacked``. ``key`` is unique, ``width`` that of the left in pixels."""
    with st.container(horizontal=True, gap="small"):
        with st.container(key=f"when_{key}", width=width, gap=None):
            st.markdown(when)
        right = st.container(key=f"what_{key}", width="stretch", gap=None) if stacked else _side_by_side(f"what_{key}")
        with right:
            yield


def _side_by_side(key: str) -> st.delta_generator.DeltaGenerator:
    return st.container(key=key, width="stretch", horizontal=True, gap="small", vertical_alignment="center")


def known(entry: BriefingEntry) -> str:
    """Return the date status in words."""
    return entry.standing.lower()
