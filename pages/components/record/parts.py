"""Parts shared by the pages of records: an entry in a list, a heading, and the links of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import streamlit as st

from calendar_model.calendar import describe, when
from calendar_model.mission.contacts import channels_to_avoid
from calendar_model.mission.links import all_linked_to, linked_of_kind
from calendar_model.mission.missions import missions
from calendar_model.mission.record_filter import what_narrows
from calendar_model.terms import RecordKind
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record.access_requests import requests_for
from pages.components.record.forms import open_record
from pages.components.record.work_links import statement_links
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import PAGE_OF, link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Record

Part: TypeAlias = Callable[[Any, "Sequence[Person]", PageContext], None]
"""Draws a part of a record's page; called with the record, the staff and the page's context."""


def entry(record: Record, sentences: Iterable[str], about: Iterable[str] = ()) -> None:
    """One record in a list, within a container whose key begins with ``lines_``: a button that opens it, what it is
    about in small print, and the ``sentences`` below. Texts are plain."""
    with st.container(gap=None, key=f"entry_{record.id}"):
        title = f"**{plain(record.title)}**{_(' (sample)') if record.sample else ''}"
        st.button(title, key=f"open_{record.id}", type="tertiary", on_click=open_record, args=(record.id,), wrap=True)
        if small := " · ".join(plain(part) for part in about if part):
            st.caption(small)
        if text := " ".join(plain(sentence) for sentence in sentences if sentence):
            st.markdown(text)


def who_sees(record: Record, everyone: Sequence[Person]) -> str:
    """Say who sees a record: ``Restricted: visible only to Desk, Head.``, ``Internal: all users.``; plain text."""
    if record.sensitivity is Sensitivity.PUBLIC:
        return _("Public.")
    if record.sensitivity is Sensitivity.INTERNAL:
        of_one = _("Internal: all users with a role at this mission.")
        return of_one if record.mission_id is not None else _("Internal: all users.")
    ids = {access.person_id for access in record.named if access.holds}
    named = [person.name for person in everyone if person.id in ids]
    return _("Restricted: visible only to {named}.").format(named=", ".join(named))


def mission_of(record: Record) -> str:
    """Say to which mission a record belongs; empty for one of all missions."""
    names = {one.id: one.name for one in missions(viewer())} if record.mission_id is not None else {}
    name = names.get(record.mission_id or "")
    return _("Mission: {name}.").format(name=name) if name else ""


def heading(record: Record, everyone: Sequence[Person], *, state: str = "") -> None:
    """Draw the title of a record, who sees it and its owner, in place of the page's title."""
    st.title(plain(record.title), anchor=False)
    sample = _("Sample record (fictional).") if record.sample else ""
    parts = (
        sample,
        state,
        mission_of(record),
        who_sees(record, everyone),
        _("Owner: {name}.").format(name=record.owner.name),
    )
    st.caption(plain(" ".join(part for part in parts if part)))
    if record.kind in (RecordKind.CASE, RecordKind.REPRISAL, RecordKind.ENGAGEMENT, RecordKind.STATEMENT):
        for avoid in channels_to_avoid(viewer(), record.id):
            st.markdown(_("**With a linked contact, avoid:** {channels}").format(channels=plain(avoid)))
    requests_for(record, everyone)


def record_links(found: Iterable[Record], headings: Mapping[str, RecordKind]) -> None:
    """Records as links to their pages, each kind below its heading; kinds that have none are left out."""
    listed = list(found)
    for heading_, kind in headings.items():
        if of_kind := [one for one in listed if one.kind is kind]:
            st.subheader(_(heading_))
            for one in of_kind:
                link(PAGE_OF[kind], plain(one.title), record=one.id)


def filter_caption(kind: RecordKind, context: PageContext) -> None:
    """Draw the values of the filter that narrow a list of records of this kind; nothing where none does."""
    narrowing = what_narrows(context.filter, kind)
    if narrowing.active:
        st.caption(plain(_("Filtered by: {filter}.").format(filter=describe(narrowing, context.reference))))


def left_out_caption(count: int) -> None:
    """Draw how many records of a list the filter hides; nothing where it hides none."""
    if count:
        st.caption(_("Hidden by the filter: {count}.").format(count=count))


def shortened(text: str, most: int) -> str:
    """Shorten a text to one line, ending with a whole word and an ellipsis if cut."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def linked_items(heading_: str = N_("Calendar items")) -> Part:
    """Return the part that shows the calendar items linked to a record, below a heading; nothing without any."""

    def draw(record: Record, _everyone: Sequence[Person], context: PageContext) -> None:
        if record.items:
            st.subheader(_(heading_))
            item_openers(record, context)

    return draw


def linked_by_kind(headings: Mapping[str, RecordKind]) -> Part:
    """Return the part that shows the records linked to one, by title, each kind below its heading."""

    def draw(record: Record, _everyone: Sequence[Person], _context: PageContext) -> None:
        record_links(sorted(all_linked_to(record), key=lambda one: (one.title, one.id)), headings)

    return draw


def linked_statements(heading_: str) -> Part:
    """Return the part that shows the statements linked to a record, below a heading; nothing without any."""

    def draw(record: Record, _everyone: Sequence[Person], context: PageContext) -> None:
        if found := linked_of_kind(context.viewer, RecordKind.STATEMENT, record.id):
            st.subheader(_(heading_))
            statement_links(found)

    return draw


def side_by_side(*fields: Callable[[], object]) -> None:
    """Draw fields of equal width beside each other; on a phone below each other."""
    for column, field in zip(st.columns(len(fields), vertical_alignment="bottom"), fields, strict=True):
        with column:
            field()


def close_lines(*parts: Part) -> Part:
    """Return a part that draws others below each other as close lines."""

    def draw(record: Record, everyone: Sequence[Person], context: PageContext) -> None:
        with st.container(key="lines_beside"):
            for part in parts:
                part(record, everyone, context)

    return draw


def item_openers(record: Record, context: PageContext) -> None:
    """Draw the calendar items that a record is linked to; each opens its panel."""
    table = context.table
    rows = table[table["item"].isin([link.item for link in record.items])].sort_values("start", kind="stable")
    for row in rows.itertuples():
        title = plain(str(row.title))
        with st.container(gap=None, key=f"lines_tied_{row.item}"):
            st.button(
                title, key=f"tied_{row.item}", type="tertiary", on_click=item_panel.choose, args=(row.item,), wrap=True
            )
            st.caption(plain(when(row, context.zone)))
