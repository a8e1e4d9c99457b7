"""Links to documents on the page of a record, and its reference in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import Refused
from calendar_model.access.roles import Operation, subject_of
from calendar_model.access.unit_of_work import WorkspaceError
from calendar_model.documents.archive import ZIP, archive_file, excuse
from calendar_model.documents.word import DocumentError
from calendar_model.mission.archive import ARCHIVED_KINDS, archive_content
from calendar_model.mission.documents import (
    add_document,
    archived_as,
    documents_of,
    enter_reference,
    remove_document,
)
from calendar_model.mission.reads import reading_for_document
from calendar_model.mission.records import text_limit
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.shell import rights, typed
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import for_reader, viewer
from pages.components.shell.words import linked, plain

if TYPE_CHECKING:
    from calendar_model.store.models import DocumentLink, Record


def _why_not(record: Record) -> str:
    """Why the current user may not change what belongs to a record; empty if they may."""
    subject = subject_of(record.kind, getattr(record, "contact_kind", None))
    return rights.why_not(Operation.CHANGE, subject, at=record.mission_id)


def draw_documents(record: Record, context: PageContext) -> None:
    """Draw the documents to which a record is linked, with the fields to add one, folded."""
    found = documents_of(context.viewer, record.id)
    why = _why_not(record)
    with st.expander(_("Documents: {count}").format(count=len(found)), key=f"documents_{record.id}"):
        if not found:
            st.markdown(_("Link the documents of this record: the letter, the report, the file in the archive."))
        with st.container(key="lines_documents", gap="xsmall"):
            for link in found:
                _draw_link(link, why, context.zone)
        fields.line(_("Web address"), text_limit("document_link", "url"), key=f"document_address_{record.id}")
        fields.line(_("Title"), text_limit("document_link", "document_title"), key=f"document_title_{record.id}")
        st.button(
            _("Add document"), key=f"document_add_{record.id}", on_click=_add, args=(record.id,),
            **rights.button_options(why),
        )  # fmt: skip


def _draw_link(link: DocumentLink, why: str, zone: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None, key=f"document_{link.id}"):
            st.markdown(linked(plain(link.document_title), link.url))
            at = wording.moment(link.at, zone)
            st.caption(plain(_("Added by {name}, {at}.").format(name=link.added_by.name, at=at)))
        st.button(
            _("Remove link"),
            key=f"document_remove_{link.id}",
            type="tertiary",
            on_click=_remove,
            args=(link.id,),
            **rights.button_options(why),
        )


def _add(record_id: str) -> None:
    address, title = f"document_address_{record_id}", f"document_title_{record_id}"

    def act() -> str:
        given, called = (st.session_state.get(key) or "" for key in (address, title))
        add_document(viewer(), record_id, address=given, title=called)
        return _("Document added.")

    if forms.attempt(act):
        typed.forget([address, title])


def _remove(link_id: str) -> None:
    def act() -> str:
        remove_document(viewer(), link_id)
        return _("Link removed.")

    forms.attempt(act)


def draw_reference(record_id: str, why: str, context: PageContext) -> None:
    """Draw the field for the reference under which the archive has a record, with the button that saves it."""
    known = archived_as(context.viewer, record_id)
    key = f"archived_as_{record_id}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        fields.line(
            _("Archived as"),
            text_limit("archived_as", "reference"),
            value=known.reference if known is not None else "",
            key=key,
            help=_("The reference that it has in the archive."),
        )
        st.button(
            _("Save reference"),
            key=f"archived_save_{record_id}",
            on_click=_enter,
            args=(record_id, key),
            **rights.button_options(why),
        )


def draw_archive(record: Record, context: PageContext) -> None:
    """Draw what concerns the archive, folded: the reference, and the file for the archive where there is one."""
    with st.expander(_("Archive"), key=f"archive_{record.id}"):
        draw_reference(record.id, _why_not(record), context)
        if record.kind in ARCHIVED_KINDS:
            _draw_file(record, context)


def _draw_file(record: Record, context: PageContext) -> None:
    def written() -> bytes:
        try:
            with reading_for_document(context.viewer) as session:
                content = archive_content(session, record.id)
            return archive_file(content)
        except (Refused, WorkspaceError, DocumentError) as fault:
            # A download can only answer with a file.
            return excuse(str(fault))

    st.download_button(
        _("Download for the archive"),
        data=for_reader(written),
        file_name=f"{record.kind.value}-{context.today.isoformat()}-{record.id[:8]}.zip",
        mime=ZIP,
        key=f"archive_file_{record.id}",
        icon=":material/archive:",
        on_click="ignore",
        help=_("One file with a PDF, the data, all texts and the history, and their checksums."),
    )


def _enter(record_id: str, key: str) -> None:
    def act() -> str:
        enter_reference(viewer(), record_id, st.session_state.get(key) or "")
        return _("Reference saved.")

    if forms.attempt(act):
        typed.forget([key])
