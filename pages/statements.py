"""Statements: the list, and one of them with its text, its checks and its next steps."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance
from pages.components.shell.new import link_to_new

require_entrance()

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.unit_of_work import staff
from calendar_model.messages.statements import made_as
from calendar_model.mission.statements.queries import view_statement
from calendar_model.mission.statements.speaking import applicable_limit
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.terms import RecordKind
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.record.access_requests import ask_for_access, requests_for
from pages.components.record.deletion import deletion
from pages.components.record.documents import draw_archive, draw_documents
from pages.components.record.follow_ups import follow_ups_of
from pages.components.record.forms import words
from pages.components.record.history import history
from pages.components.record.page import draw_above
from pages.components.record.parts import item_openers, who_sees
from pages.components.record.reads import draw_reads
from pages.components.record.themes import draw_themes
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import current_person, require_person
from pages.components.shell.navigation import NEW, PAGE_OF, RECORD, WITH, link
from pages.components.shell.words import plain
from pages.components.statements.again import draw_again
from pages.components.statements.agreement import draw_agreement
from pages.components.statements.comments import draw_comments, draw_marked_text
from pages.components.statements.consultation import draw_consultation, draw_open_answers
from pages.components.statements.details import draw_cosponsors, draw_details, draw_upr_response
from pages.components.statements.listing import draw_list
from pages.components.statements.moves import draw_moves, draw_overrides
from pages.components.statements.parts import draw_checks, draw_speaking_time, draw_steps
from pages.components.statements.presence import draw_presence
from pages.components.statements.text import draw_writing_area
from pages.components.statements.versions import draw_versions
from pages.components.widgets import labels
from pages.components.widgets.word_files import delivery_buttons

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Record, Statement


def draw_statement(statement_id: str, context: PageContext, person: Person) -> None:
    view = view_statement(context.viewer, statement_id)
    if view is None:
        st.title(_("Statements"))
        forms.outcome()
        st.markdown(_("This statement no longer exists, or you do not have access."))
        ask_for_access(statement_id)
        return
    statement = view.statement
    everyone = staff()
    st.title(f"{plain(statement.title)}{_(' (sample)') if statement.sample else ''}", anchor=False)
    forms.outcome()
    about = [
        made_as(statement.voice, statement.format),
        labels.short_organisation(statement.forum, context.reference) if statement.forum else _("no forum yet"),
        _("item {agenda_item}").format(agenda_item=statement.agenda_item) if statement.agenda_item else "",
        _("due {due}").format(due=wording.day(statement.due))
        if statement.due and statement.state in BEFORE_DELIVERY
        else "",
        _("speaker: {speaker}").format(speaker=statement.speaker) if statement.speaker else "",
        _("lead delegation: {lead}").format(lead=statement.lead) if statement.lead else "",
    ]
    st.caption(plain(f"{' · '.join(part for part in about if part)}. {who_sees(statement, everyone)}"))
    draw_themes(statement, everyone, context)
    requests_for(statement, everyone)
    draw_steps(statement, context.zone)
    draw_speaking_time(statement, context)
    left, right = st.columns([2.2, 1], gap="large")
    with left:
        # Beside the heading, so that the text stays where it is when colleagues come and go.
        with st.container(horizontal=True, vertical_alignment="center", key="text_heading"):
            st.subheader(_("Text"), width="content")
            draw_presence(statement_id)
        draw_writing_area(statement_id, context, applicable_limit(statement, context.reference, context.today)[0])
        draw_agreement(statement, context.zone)
        draw_marked_text(statement, context)
        delivery_buttons(statement, context, person)
        draw_versions(statement, view.clearances, {one.id: one.name for one in everyone}, context)
    with right:
        draw_comments(statement, context)
        st.subheader(_("Checks"))
        facts = draw_checks(view)
        draw_open_answers(statement, context)
        draw_moves(statement, facts, everyone, person, context.today)
        draw_overrides(view, facts, person, context.zone)
        draw_consultation(statement, everyone, facts.version, context)
        st.subheader(_("Linked records"))
        draw_links(statement, view.linked, context)
    draw_upr_response(statement, context)
    follow_ups_of(statement, everyone, context)
    with st.expander(_("Details")):
        draw_details(statement, context, everyone)
    draw_cosponsors(statement, context)
    draw_again(statement, context)
    draw_documents(statement, context)
    draw_archive(statement, context)
    history(view.changes, everyone, {one.id: one.title for one in view.linked}, context.zone)
    draw_reads(statement.id, everyone, context)
    deletion(statement, _("this statement"))


def draw_links(statement: Statement, linked: Sequence[Record], context: PageContext) -> None:
    if not statement.items and not linked:
        st.markdown(_("No links yet. Link calendar items, engagements or cases under Details."))
    item_openers(statement, context)
    for record in linked:
        link(PAGE_OF[record.kind], f"{words(record.kind)}: {plain(record.title)}", record=record.id)
    log = {NEW: "consulted", WITH: statement.id}
    link_to_new(RecordKind.ENGAGEMENT, _("Log engagement"), **log)
    if statement.state in BEFORE_DELIVERY:
        link_to_new(RecordKind.CASE, _("New case"), **{NEW: "case", WITH: statement.id})


context = current()
if not context.workspace:
    st.title(_("Statements"))
    st.stop()
record, new = st.query_params.get(RECORD, ""), st.query_params.get(NEW, "")
if record:
    draw_above(_("All statements"), record, context)
elif new:
    forms.back(_("All statements"))
if new or current_person() is None:
    st.title(_("New statement") if new else _("Statements"))
    forms.outcome()
person = require_person(_("Statements are"))
if record:
    draw_statement(record, context, person)
elif new:
    draw_details(None, context, staff())
else:
    draw_list(context, person)
item_panel.draw_panel(context)
