"""What the pages of records have in common: an entry in a list, a heading, and what is linked to a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import streamlit as st

from calendar_model import wording
from calendar_model.calendar import describe, when
from calendar_model.messages.statements import state_label
from calendar_model.mission.links import all_linked_to, linked_of_kind
from calendar_model.mission.record_filter import what_narrows
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Sensitivity
from pages.components.record.access_requests import requests_for
from pages.components.record.forms import open_record, words
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import PAGE_OF, link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Engagement, Person, Record, Statement

Part: TypeAlias = Callable[[Any, "Sequence[Person]", PageContext], None]
"""Draws something of a record; it is given the record, the staff and the page's context."""


def entry(record: Record, sentences: Iterable[str], about: Iterable[str] = ()) -> None:
    """One record in a list, within a container whose key begins with ``lines_``: a button that opens it, what it is
    about in small print, and the ``sentences`` below. Texts are plain."""
    with st.container(gap=None, key=f"entry_{record.id}"):
        title = f"**{plain(record.title)}**{' (sample)' if record.sample else ''}"
        st.button(title, key=f"open_{record.id}", type="tertiary", on_click=open_record, args=(record.id,), wrap=True)
        if small := " · ".join(plain(part) for part in about if part):
            st.caption(small)
        if text := " ".join(plain(sentence) for sentence in sentences if sentence):
            st.markdown(text)


def who_sees(record: Record, everyone: Sequence[Person]) -> str:
    """``Restricted: named are Desk, Head.``, or that everybody of the staff, or anybody, sees it. Plain text."""
    if record.sensitivity is not Sensitivity.RESTRICTED:
        return (
            "Public." if record.sensitivity is Sensitivity.PUBLIC else "Internal: all who are kept in Settings see it."
        )
    ids = {access.person_id for access in record.named}
    named = [person.name for person in everyone if person.id in ids]
    return f"Restricted: named {'is' if len(named) == 1 else 'are'} {', '.join(named)}."


def heading(record: Record, everyone: Sequence[Person], *, state: str = "") -> None:
    """Title, who sees it and whose it is, in the place of the page's title."""
    st.title(plain(record.title), anchor=False)
    sample = "A fictional record of the sample." if record.sample else ""
    parts = (sample, state, who_sees(record, everyone), f"Owner: {record.owner.name}.")
    st.caption(plain(" ".join(part for part in parts if part)))
    requests_for(record, everyone)


def statement_links(found: Iterable[Statement]) -> None:
    """Statements, each with where it stands."""
    for one in found:
        day = f" on {wording.day(one.delivered_on)}" if one.delivered_on else ""
        with st.container(gap=None):
            link("statements", plain(one.title), record=one.id)
            st.caption(f"{words(one.form)} · {state_label(one.state)}{day}")


def engagement_links(found: Iterable[Engagement]) -> None:
    """Engagements, each with what it was and when."""
    for one in found:
        with st.container(gap=None):
            link("engagements", plain(one.title), record=one.id)
            st.caption(f"{words(one.engagement_kind)} · {wording.day(one.on)}")


def record_links(found: Iterable[Record], headings: Mapping[str, RecordKind]) -> None:
    """Records as links to their pages, each kind below its heading; kinds that have none are left out."""
    listed = list(found)
    for heading_, kind in headings.items():
        if of_kind := [one for one in listed if one.kind is kind]:
            st.subheader(heading_)
            for one in of_kind:
                link(PAGE_OF[kind], plain(one.title), record=one.id)


def filter_caption(kind: RecordKind, context: PageContext) -> None:
    """What of the filter above the page narrows a list of records of this kind; nothing where nothing does."""
    narrowing = what_narrows(context.filter, kind)
    if narrowing.active:
        st.caption(plain(f"Only what the filter above the page keeps: {describe(narrowing, context.reference)}."))


def left_out_caption(count: int) -> None:
    """How many records of a list the filter above the page leaves out; nothing where it leaves out none."""
    if count:
        st.caption(f"Not shown under this filter: {count}.")


def shortened(text: str, most: int) -> str:
    """The beginning of a text in one line, to the end of a word, with an ellipsis where something follows."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def linked_items(heading_: str = "In the calendar") -> Part:
    """The part that shows the items of the calendar that a record is linked to, below a heading; nothing without."""

    def draw(record: Record, _everyone: Sequence[Person], context: PageContext) -> None:
        if record.items:
            st.subheader(heading_)
            item_openers(record, context)

    return draw


def linked_by_kind(headings: Mapping[str, RecordKind]) -> Part:
    """The part that links to the records linked to one, by title, each kind below its heading."""

    def draw(record: Record, _everyone: Sequence[Person], _context: PageContext) -> None:
        record_links(sorted(all_linked_to(record), key=lambda one: (one.title, one.id)), headings)

    return draw


def linked_statements(heading_: str) -> Part:
    """The part that links to the statements linked to a record, below a heading; nothing where there are none."""

    def draw(record: Record, _everyone: Sequence[Person], context: PageContext) -> None:
        if found := linked_of_kind(context.viewer, RecordKind.STATEMENT, record.id):
            st.subheader(heading_)
            statement_links(found)

    return draw


def close_lines(*parts: Part) -> Part:
    """The parts one below the other with the look of lines."""

    def draw(record: Record, everyone: Sequence[Person], context: PageContext) -> None:
        with st.container(key="lines_beside"):
            for part in parts:
                part(record, everyone, context)

    return draw


def item_openers(record: Record, context: PageContext) -> None:
    """The items of the calendar that a record is linked to; each opens its item_panel."""
    table = context.table
    rows = table[table["item"].isin([link.item for link in record.items])].sort_values("start", kind="stable")
    for row in rows.itertuples():
        title = plain(str(row.title))
        with st.container(gap=None, key=f"lines_tied_{row.item}"):
            st.button(
                title, key=f"tied_{row.item}", type="tertiary", on_click=item_panel.choose, args=(row.item,), wrap=True
            )
            st.caption(plain(when(row, context.zone)))
