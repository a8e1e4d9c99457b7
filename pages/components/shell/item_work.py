"""Our work on an item, in its panel: the newest of it, and short forms to log an engagement or to start a statement.

The open form is in the address, like that of an outcome (:mod:`pages.components.shell.item_outcomes`).
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.unit_of_work import reading
from calendar_model.mission import engagements
from calendar_model.mission.coverage import statement_format
from calendar_model.mission.dossier import LinkedCounts, newest_work, work_on
from calendar_model.mission.events import event_of
from calendar_model.mission.records import text_limit
from calendar_model.mission.statements import commands
from calendar_model.terms import (
    EngagementForm,
    EngagementKind,
    RecordKind,
    StatementFormat,
    StatementState,
    Voice,
)
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record.forms import RecordForm
from pages.components.record.in_place import new_contact
from pages.components.record.work_links import engagement_links, statement_links
from pages.components.shell import item_outcomes, rights
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import LINK, NEW, PAGE_OF, link
from pages.components.shell.new import draw_new_links
from pages.components.shell.words import plain

_MOST_LISTED = 5
"""How many statements, and engagements, of an item are listed; the dossier has all."""

_KINDS = {
    RecordKind.ENGAGEMENT: (N_("engagement"), N_("engagements")),
    RecordKind.CASE: (N_("case"), N_("cases")),
    RecordKind.EVENT: (N_("event"), N_("events")),
    RecordKind.LANGUAGE: (N_("language proposal"), N_("language proposals")),
    RecordKind.REPRISAL: (N_("reprisal"), N_("reprisals")),
}
_TEXTS = {
    StatementState.IDEA: (N_("idea"), N_("ideas")),
    StatementState.DRAFT: (N_("draft"), N_("drafts")),
    StatementState.CONSULTATION: (N_("draft in consultation"), N_("drafts in consultation")),
    StatementState.CLEARED: (N_("cleared text"), N_("cleared texts")),
    StatementState.DELIVERED: (N_("delivered text"), N_("delivered texts")),
    StatementState.FOLLOWED_UP: (N_("text followed up"), N_("texts followed up")),
}
"""The words for one and for several texts in a state."""


def draw_work(row: Any, context: PageContext) -> None:
    """Draw the section: how much work there is, the newest of it, the short forms, and the way to the dossier.

    ``row`` is the item's in the calendar table.
    """
    if not context.workspace:
        return
    item = str(row["item"])
    st.markdown(_("#### Our work"))
    if context.viewer == ANONYMOUS:
        link("dossier", _("Dossier"), of=item)
        return
    with reading(context.viewer) as session:
        st.markdown(plain(_counts_in_words(work_on(session, item))))
        statements, logged = newest_work(session, item, _MOST_LISTED)
    chosen = item_outcomes.asked()
    with st.container(horizontal=True, vertical_alignment="center", key="panel_work"):
        for kind, label in ((RecordKind.ENGAGEMENT, _("Log engagement")), (RecordKind.STATEMENT, _("Start statement"))):
            why_not = rights.why_not_create(kind)
            st.button(
                label,
                key=f"panel_new_{kind.value}",
                on_click=item_outcomes.open_form,
                args=(kind,),
                disabled=bool(why_not) or chosen == kind,
                help=plain(why_not) or None,
            )
        with st.popover(_("New"), icon=":material/add:", type="tertiary", key="panel_new"):
            draw_new_links({LINK: item})
        link("dossier", _("Dossier"), of=item)
        if event := event_of(item):
            link("meetings", _("Open event"), record=event)
    if chosen == RecordKind.ENGAGEMENT:
        _draw_engagement(row, context)
    elif chosen == RecordKind.STATEMENT:
        _draw_statement(row, context)
    statement_links(statements)
    engagement_links(logged)


def _counts_in_words(work: LinkedCounts) -> str:
    counts = [(count, _KINDS[kind]) for kind in _KINDS if (count := work.kinds.get(kind, 0))]
    counts[1:1] = [(count, _TEXTS[state]) for state in _TEXTS if (count := work.states.get(state, 0))]
    words = [f"{count} {_(one if count == 1 else many)}" for count, (one, many) in counts]
    if work.next_follow_up is not None:
        words.append(_("next follow-up {next_follow_up}").format(next_follow_up=wording.day(work.next_follow_up)))
    return " · ".join(words) or _("No linked work yet.")


def _form(kind: RecordKind, item: str, context: PageContext) -> RecordForm:
    return RecordForm(f"panel_work_{kind.value}_{item}", context, table=kind.value)


def _foot(form: RecordForm, label: str, save: Any, kind: RecordKind, item: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="panel_form"):
        form.submit(label, save)
        st.button(_("Close form"), key="panel_work_close", type="tertiary", on_click=item_outcomes.close_form)
        link(PAGE_OF[kind], _("All fields"), **{NEW: kind.value, LINK: item})


def _draw_engagement(row: Any, context: PageContext) -> None:
    item = str(row["item"])
    form = _form(RecordKind.ENGAGEMENT, item, context)
    with form:
        with st.container(horizontal=True):
            kind = form.choice("engagement_kind", _("Kind"), list(EngagementKind), default=EngagementKind.CONSULTED)
            form.choice("form", _("Format"), list(EngagementForm))
            form.day("on", _("Date"), context.today, help=_("A future date marks it as planned."), width=150)
        form.text(
            "title",
            _("Title"),
            _title(row),
            help=_("Shown in lists. For a person, use the code, not a name."),
        )
        form.records(_("Contacts"), RecordKind.CONTACT, field="links_contacts", beside=new_contact)
        form.area("outcome", _("Outcome"), height=80)
        if engagements.born_at([kind]) is Sensitivity.RESTRICTED:
            st.caption(_("Restricted: only you can see it, until you give others access on its page."))
        _foot(form, _("Save engagement"), lambda form: _log(form, row), RecordKind.ENGAGEMENT, item)


def _log(form: RecordForm, row: Any) -> str:
    values = {**form.values(), "organisation": _organisation(row)}
    engagements.log_engagement(form.context.viewer, values, items=[str(row["item"])], links=form.link_ids)
    item_outcomes.close_form()
    return _("Engagement logged.")


def _draw_statement(row: Any, context: PageContext) -> None:
    item = str(row["item"])
    form = _form(RecordKind.STATEMENT, item, context)
    with form:
        with st.container(horizontal=True):
            form.choice("voice", _("Who speaks"), Voice, default=Voice.NATIONAL)
            form.choice("format", _("Format"), StatementFormat, default=statement_format(str(row["kind"])))
            form.day("due", _("Due"), width=150)
        form.text("title", _("Title"), _title(row), help=_("Shown in lists. For a case, use its code, not a name."))
        form.area("text", _("First text, if there is one"), height=120)
        _foot(form, _("Create statement"), lambda form: _start(form, row), RecordKind.STATEMENT, item)


def _start(form: RecordForm, row: Any) -> str:
    values = {**form.values(), "forum": _organisation(row)}
    text = values.pop("text")
    commands.start_statement(form.context.viewer, values, text=text or "", items=[str(row["item"])])
    item_outcomes.close_form()
    return _("Statement created. It is linked to this item; open it to write its text.")


def _title(row: Any) -> str:
    return str(row["title"])[: text_limit("record", "title")]


def _organisation(row: Any) -> str:
    return str(row["body"] or row["organisation"])
