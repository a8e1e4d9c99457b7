"""The page of a kind of record: its list, the form of a new one, and one record with its parts.

A page describes its noun as a :class:`RecordPage` with a :class:`RecordView` for each kind that it shows, and ends with
:func:`draw_page`. One record is drawn in this order: the way back, the heading, the result of the last act, the view's
``above``; the form and the view's ``below`` beside the side column; the history; deletion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from calendar_model.access.unit_of_work import staff
from calendar_model.mission.links import all_linked_to
from calendar_model.mission.records import changes_of, get_record
from calendar_model.terms import FollowKind, RecordKind
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.record.access_requests import ask_for_access
from pages.components.record.deletion import deletion
from pages.components.record.documents import draw_archive, draw_documents
from pages.components.record.history import history
from pages.components.record.parts import Part, heading
from pages.components.record.reads import draw_reads
from pages.components.shell import item_panel, rights
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import require_person
from pages.components.shell.follow import follow_button
from pages.components.shell.navigation import NEW, RECORD
from pages.components.shell.printing import print_button
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Record

_COLUMNS = (5, 3)
"""Widths of the form and of the side column."""


def _no_state(_record: Any, _context: PageContext) -> str:
    return ""


def _draw_nothing(_context: PageContext) -> None:
    pass


@dataclass(frozen=True)
class RecordView:
    """How one kind of record is shown.

    ``form`` is given None for a new record. ``state`` is a sentence below the title. ``side`` are the parts of the side
    column, from the top; ``above`` those between heading and form, ``below`` those under the form. ``delete`` completes
    “Delete …”; without it the kind is not deleted here. ``new_in_column``: the form of a new record is as narrow as
    that of a kept one.
    """

    kind: RecordKind
    new_title: str
    form: Part
    side: tuple[Part, ...]
    state: Callable[[Any, PageContext], str] = _no_state
    above: tuple[Part, ...] = ()
    below: tuple[Part, ...] = ()
    new_caption: str = ""
    new_in_column: bool = False
    delete: str = ""


@dataclass(frozen=True)
class RecordPage:
    """The page of a noun.

    ``subject`` begins the sentence for a reader who has not selected a user ("Engagements are"); ``back`` is the label
    of the way back to the list; ``if_missing`` is shown where a record does not exist, or not for this reader.
    ``draw_list`` draws the list below its title, ``draw_beside`` what is beside the title, such as the buttons for new
    records; ``list_keys`` are the keys of the list's own fields, which keep their
    values while a record is open. The address gives the kind of a new record; by default it is the first view's.
    """

    page_title: str
    subject: str
    back: str
    if_missing: str
    views: tuple[RecordView, ...]
    draw_list: Callable[[PageContext], None]
    list_keys: tuple[str, ...] = ()
    draw_beside: Callable[[PageContext], None] = _draw_nothing


def draw_page(page: RecordPage) -> None:
    """Draw what the address asks for: one record, the form of a new one, or the list. The last statement of a page."""
    context = current()
    if not context.workspace:
        st.title(page.page_title)
        st.stop()
    require_person(page.subject, page.page_title)
    forms.remember(*page.list_keys)
    if not draw_record(page, context):
        draw_title(page, context)
        forms.outcome()
        page.draw_list(context)
    item_panel.draw_panel(context)


def draw_title(page: RecordPage, context: PageContext) -> None:
    """Draw the title of the list, and what is beside it."""
    with st.container(horizontal=True, vertical_alignment="center", key="list_bar"):
        st.title(page.page_title, width="content")
        page.draw_beside(context)


def draw_record(page: RecordPage, context: PageContext) -> bool:
    """Draw the record, or the form of a new one, that the address asks for; False where it asks for the list."""
    if record_id := st.query_params.get(RECORD):
        record = get_record(context.viewer, [view.kind for view in page.views], record_id)
        if record is None:
            _draw_missing(page, record_id)
        else:
            _draw_kept(page, next(view for view in page.views if view.kind is record.kind), record, context)
        return True
    if NEW in st.query_params:
        asked = st.query_params[NEW]
        _draw_new(page, next((view for view in page.views if view.kind == asked), page.views[0]), context)
        return True
    return False


def draw_above(back: str, record_id: str, context: PageContext) -> None:
    """Draw what is above the title of a record: the way back, with its label, and the buttons that follow and print."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="above_record"
    ):
        forms.back(back)
        with st.container(horizontal=True, width="content", gap="small", vertical_alignment="center"):
            follow_button(FollowKind.RECORD, record_id, context)
            print_button()


def _draw_missing(page: RecordPage, record_id: str) -> None:
    """Draw the same notice for a record that does not exist and for one that the reader cannot see."""
    forms.back(page.back)
    st.title(page.page_title)
    forms.outcome()
    st.markdown(page.if_missing)
    ask_for_access(record_id)


def _draw_new(page: RecordPage, view: RecordView, context: PageContext) -> None:
    forms.back(page.back)
    st.title(_(view.new_title))
    if view.new_caption:
        st.caption(_(view.new_caption))
    forms.outcome()
    if why := rights.why_not_create(view.kind):
        st.markdown(plain(why))
        return
    with st.columns(_COLUMNS)[0] if view.new_in_column else st.container():
        view.form(None, staff(), context)


def _draw_kept(page: RecordPage, view: RecordView, record: Record, context: PageContext) -> None:
    everyone = staff()
    draw_above(page.back, record.id, context)
    heading(record, everyone, state=view.state(record, context))
    forms.outcome()
    for part in view.above:
        part(record, everyone, context)
    left, right = st.columns(_COLUMNS, gap="large")
    with left:
        for part in (view.form, *view.below):
            part(record, everyone, context)
    with right:
        for part in view.side:
            part(record, everyone, context)
    draw_documents(record, context)
    draw_archive(record, context)
    titles = {other.id: other.title for other in all_linked_to(record)}
    history(changes_of(context.viewer, record.id), everyone, titles, context.zone)
    draw_reads(record.id, everyone, context)
    if view.delete:
        deletion(record, view.delete)
