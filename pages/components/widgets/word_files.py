"""Buttons that give a Word document: written on request, as the current user may see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import WorkspaceError
from calendar_model.documents import word
from calendar_model.documents.delivery import delivery
from calendar_model.documents.item_note import briefing_note
from calendar_model.documents.note import Reader
from calendar_model.documents.week_note import week_note
from calendar_model.documents.word import DocumentError, MadeFor
from calendar_model.mission.reads import reading_for_document
from calendar_model.mission.statements import languages
from calendar_model.mission.statements.queries import load_statement
from calendar_model.mission.statements.speaking import applicable_limit
from calendar_model.mission.statements.templates import file_for
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.translation import gettext as _
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import for_reader

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Statement


def note_button(item: str, context: PageContext, person: Person | None) -> None:
    """Draw the button for the briefing note on a calendar item, for the current user or else from public data."""
    reader = _reader(context, person)

    def write() -> bytes:
        if not context.workspace:
            return briefing_note(None, item, context.reference, context.table, reader)
        reference, table = calendar_for(context.viewer)
        with reading_for_document(context.viewer) as session:
            return briefing_note(session, item, reference, table, reader)

    _button(_("Download briefing note"), write, "briefing-note", "note", context, reader.name)


def week_buttons(context: PageContext, person: Person | None) -> None:
    """Draw the buttons for the notes on this week and the next, under the page's filter except its period."""
    reader = _reader(context, person)
    first = context.today - timedelta(days=context.today.weekday())

    def writing(monday: date) -> Callable[[], bytes]:
        def write() -> bytes:
            if not context.workspace:
                return week_note(None, monday, context.reference, context.table, reader, context.filter)
            reference, table = calendar_for(context.viewer)
            with reading_for_document(context.viewer) as session:
                return week_note(session, monday, reference, table, reader, context.filter)

        return write

    with st.container(horizontal=True, key="week_notes", gap="small"):
        for label, key, monday in ((_("this week"), "this_week", first), (_("next week"), "next_week", first + _WEEK)):
            _button(
                _("Briefing note for {label}").format(label=label),
                writing(monday),
                "week-note",
                key,
                context,
                reader.name,
                day=monday,
            )


_WEEK = timedelta(days=7)


def delivery_buttons(statement: Statement, context: PageContext, person: Person) -> None:
    """Draw the buttons for the newest text in each language, laid out to be read aloud: in the Word file of a template
    that fits, or plainly."""
    spoken = list(dict.fromkeys(version.language for version in statement.versions))

    def writing(language: str) -> Callable[[], bytes]:
        def write() -> bytes:
            with reading_for_document(context.viewer) as session:
                found = load_statement(session, statement.id)
                texts = [version for version in found.versions if version.language == language]
            limit, _unused = applicable_limit(found, context.reference, context.today)
            made = MadeFor(person.name, context.today)
            newest = texts[-1] if texts else None
            template = file_for(context.viewer, found, language)
            return delivery(
                found, newest, context.reference, limit=limit, made=made, zone=context.zone, template=template
            )

        return write

    with st.container(horizontal=True, key="deliveries", gap="small"):
        for language in spoken:
            of = f", {languages.name(language)}" if len(spoken) > 1 else ""
            key = f"delivery_{language}"
            _button(
                _("Download delivery copy{of}").format(of=of), writing(language), "statement", key, context, person.name
            )


def _reader(context: PageContext, person: Person | None) -> Reader:
    name, person_id = (person.name, person.id) if person is not None else ("", "")
    return Reader(name, person_id, context.today, context.zone)


def _button(
    label: str,
    write: Callable[[], bytes],
    kind: str,
    key: str,
    context: PageContext,
    name: str,
    *,
    day: date | None = None,
) -> None:
    def written() -> bytes:
        try:
            return write()
        except (Refused, WorkspaceError, DocumentError) as fault:
            # A download can only answer with a file.
            return word.excuse(str(fault), MadeFor(name, context.today))

    st.download_button(
        label,
        data=for_reader(written),
        file_name=f"{kind}-{(day or context.today).isoformat()}.docx",
        mime=word.WORD,
        key=f"word_{key}",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )
