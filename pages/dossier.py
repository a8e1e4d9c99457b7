"""Dossier: all our work on one calendar item, on one printable page."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance
from pages.components.shell.new import link_to_new

require_entrance()

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.calendar import when
from calendar_model.documents.record_facts import (
    case_facts,
    case_sentences,
    engagement_facts,
    event_facts,
    proposal_facts,
    reprisal_facts,
    room_request,
)
from calendar_model.messages import message
from calendar_model.messages.coverage import EXPECTATION_LABELS, readiness_words
from calendar_model.messages.statements import made_as, state_label
from calendar_model.mission.coverage import ActionKind, Readiness, statement_format
from calendar_model.mission.dossier import Dossier, LinkedStatement, deadlines, dossier, held_in
from calendar_model.mission.events import own_events
from calendar_model.mission.history_lines import history_lines
from calendar_model.terms import EngagementKind, EventKind, ReadinessState, RecordKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from calendar_model.wording import standing_words
from pages.components.events.form import speaks
from pages.components.record.forms import words
from pages.components.record.parts import who_sees
from pages.components.shell import item_panel
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import current_person
from pages.components.shell.navigation import LINK, NEW, OF, PAGE_OF, RECORD, link
from pages.components.shell.printing import print_button
from pages.components.shell.words import plain, plain_lines
from pages.components.widgets import labels
from pages.components.widgets.actions import address_of
from pages.components.widgets.item_dates import date_html, deadline_caption
from pages.components.widgets.word_files import note_button

if TYPE_CHECKING:
    from calendar_model.store.models import (
        Case,
        Contact,
        Engagement,
        Event,
        FollowUp,
        LanguageProposal,
        Person,
        Record,
        Reprisal,
    )

ACTION_LABELS = {
    ActionKind.LOG_ENGAGEMENT: _("Log engagement"),
    ActionKind.START_STATEMENT: _("Start draft"),
    ActionKind.OPEN_STATEMENT: _("Open statement"),
    ActionKind.OPEN_CASE: _("Open case"),
    ActionKind.OPEN_FOLLOW_UPS: _("Open follow-ups"),
}
"""The labels of the links under an expectation that is not met."""

HISTORY_LINES = 60
"""The most lines shown; older ones are listed with each record."""

# --- The head


def head(row: Any, context: PageContext) -> None:
    """Draws title, date and basis."""
    st.title(plain(row["title"]), anchor=False)
    body = labels.organisation(row["body"] or row["organisation"], context.reference)
    st.caption(plain(" · ".join(part for part in (body, row["location"], row["session"]) if part)))
    st.html(date_html(row, context.zone, "dossier"))


def actions(row: Any, found: Dossier | None) -> None:
    """Draws links to start a record linked to the item, and the button to show the item."""
    item = row["item"]
    with st.container(horizontal=True, key="on_screen_actions"):
        if found is not None:
            form = str(statement_format(row["kind"]))
            link_to_new(RecordKind.STATEMENT, _("New draft"), **{NEW: form, LINK: item})
            consulted = str(EngagementKind.CONSULTED)
            link_to_new(RecordKind.ENGAGEMENT, _("New engagement"), **{NEW: consulted, LINK: item})
            if found.own:
                link("meetings", _("Open event"), icon=":material/edit:", **{RECORD: found.own})
            else:
                side_event = str(EventKind.SIDE_EVENT)
                link_to_new(RecordKind.EVENT, _("New side event"), **{NEW: side_event, LINK: item})
        st.button(_("Show details"), key="dossier_panel", type="tertiary", on_click=item_panel.choose, args=(item,))
        print_button()


# --- Actions


def ready(found: Sequence[Readiness], item: str) -> None:
    """Draws the expectations for the item: each with its state, a sentence and, if not met, a link."""
    if not found:
        return
    st.subheader(_("Readiness"))
    with st.container(horizontal=True, key="readiness", gap="medium"):
        for one in found:
            with st.container(key=f"mark_{one.expectation}", gap=None, width=250):
                pressing = one.state in (ReadinessState.LATE, ReadinessState.DUE_SOON)
                state = f"**{wording.term(one.state)}**" if pressing else wording.term(one.state).lower()
                st.markdown(f"**{EXPECTATION_LABELS[one.expectation]}:** {state}")
                st.caption(f"{plain(readiness_words(**vars(one)))}.")
                with st.container(key=f"on_screen_act_{one.expectation}"):
                    if one.action is not None:
                        page, parameters = address_of(one.action, item)
                        link(page, ACTION_LABELS[one.action.kind], **parameters)


def dates(item: str, context: PageContext) -> None:
    """Draws the coming deadlines of the item, and the number of past ones."""
    found = deadlines(context.table, item)
    if found.empty:
        return
    st.subheader(_("Deadlines"))
    rows: list[Any] = list(found.itertuples())
    ahead = [row for row in rows if row.end.date() >= context.today]
    for row in ahead:
        with st.container(gap=None, key=f"of_record_{row.item}"):
            st.button(
                plain(row.title), key=f"due_{row.item}", type="tertiary", on_click=item_panel.choose, args=(row.item,)
            )
            st.caption(deadline_caption(row, context.zone))
    if over := len(rows) - len(ahead):
        st.caption(_("Past deadlines: {over}").format(over=over))


def inside(item: str, context: PageContext) -> None:
    """Draws the items of a session, with our linked work."""
    found = held_in(context.table, item)
    if found.empty:
        return
    st.subheader(_("In this session"))
    work_words = item_panel.work_words(context)
    row: Any
    for row in found.itertuples():
        with st.container(gap=None, key=f"of_record_within_{row.item}"):
            link("dossier", plain(row.title), **{OF: row.item})
            work = work_words.get(row.item, _("no linked work yet") if context.viewer != ANONYMOUS else "")
            parts = (when(row, context.zone), standing_words(row.standing).lower(), work)
            st.caption(plain(" · ".join(part for part in parts if part)))


# --- Linked records


def record(one: Record, about: Iterable[str], everyone: Sequence[Person], sentences: str = "") -> None:
    """Draws one record: its title as a link, a caption, and a sentence or two in Markdown."""
    with st.container(gap=None, key=f"of_record_{one.id}"):
        link(PAGE_OF[one.kind], f"{plain(one.title)}{_(' (sample)') if one.sample else ''}", **{RECORD: one.id})
        parts = [*about]
        if one.sensitivity is Sensitivity.RESTRICTED:
            parts.append(who_sees(one, everyone).rstrip("."))
        st.caption(plain(" · ".join(part for part in parts if part)))
        if sentences:
            st.markdown(sentences)


def engagements(found: Dossier, context: PageContext, everyone: Sequence[Person]) -> None:
    st.subheader(_("Engagements"))
    if not found.engagements and not found.through:
        st.markdown(_("No engagements yet. Log whom we consulted, supported or met."))
    for heading, listed in (("", found.engagements), (_("Through linked drafts, cases and events"), found.through)):
        if heading and listed:
            st.markdown(f"#### {heading}")
        for one in listed:
            engagement(one, found.with_whom[one.id], context, everyone)
    if found.to_consult:
        st.markdown(_("#### Yet to consult"))
        for contact in found.to_consult:
            record(contact, [_about(contact, context), *found.because[contact.id]], everyone)


def engagement(one: Engagement, contacts: Sequence[Contact], context: PageContext, everyone: Sequence[Person]) -> None:
    about = [*engagement_facts(one, contacts, context.today), one.participants]
    record(one, about, everyone, plain(one.outcome.strip()))


def _about(contact: Contact, context: PageContext) -> str:
    state = context.reference.states.get(contact.country)
    return ", ".join(part for part in (words(contact.contact_kind), state.name if state else "") if part)


def drafts(found: Sequence[LinkedStatement], context: PageContext, everyone: Sequence[Person]) -> None:
    st.subheader(_("Drafts"))
    if not found:
        st.markdown(_("No drafts yet."))
    for draft in found:
        one = draft.statement
        waits = _(", awaiting {name}").format(name=one.waiting_for.name) if one.waiting_for is not None else ""
        delivered = (
            _(" on {delivered_on}").format(delivered_on=wording.day(one.delivered_on)) if one.delivered_on else ""
        )
        about = [
            made_as(one.voice, one.format),
            _("version {version}").format(version=draft.version) if draft.version else _("no text yet"),
            _("due {due}").format(due=wording.day(one.due)) if one.due and not one.delivered_on else "",
            _("owner {name}").format(name=one.owner.name),
        ]
        sentences = f"**{plain(state_label(one.state).capitalize())}**{delivered}{plain(waits)}. {_next(draft)}"
        record(one, about, everyone, sentences)


def _next(draft: LinkedStatement) -> str:
    if draft.next is None:
        return ""
    to = plain(state_label(draft.next))
    if not draft.unmet:
        return _("Ready to be {to}.").format(to=to) if draft.version else _("Write the first text to make it a draft.")
    return "\n".join(
        [_("Still needed before it is {to}:").format(to=to), "", *(f"- {plain(str(unmet))}" for unmet in draft.unmet)]
    )


def cases(found: Sequence[Case], context: PageContext, everyone: Sequence[Person]) -> None:
    if not found:
        return
    st.subheader(_("Cases"))
    for case in found:
        record(case, case_facts(case, context.reference), everyone, plain(" ".join(case_sentences(case))))


def events(found: Dossier, context: PageContext, everyone: Sequence[Person]) -> None:
    listed = [event for event in found.events if event.id != found.own]
    if found.own:
        own = next(event for event in found.events if event.id == found.own)
        st.subheader(_("Speakers"))
        st.markdown(speaks(own, found.with_whom[own.id]) or _("No speakers yet."))
        if own.programme.strip():
            st.subheader(_("Programme"))
            st.markdown(plain_lines(own.programme))
        if not listed:
            return
    st.subheader(_("Our side events and meetings"))
    if not listed:
        st.markdown(_("No side events or meetings yet."))
    for event in listed:
        record(event, _about_event(event, context), everyone, speaks(event, found.with_whom[event.id]))


def _about_event(event: Event, context: PageContext) -> list[str]:
    return [*event_facts(event, context.table, context.zone), room_request(event, context.today)]


def proposals(found: Sequence[LanguageProposal], context: PageContext, everyone: Sequence[Person]) -> None:
    if not found:
        return
    st.subheader(_("Language proposed in other resolutions"))
    for one in found:
        sentences = f"“{plain(one.wording.strip())}”"
        if one.final_wording.strip():
            sentences += _(" Final wording: “{final_wording}”").format(final_wording=plain(one.final_wording.strip()))
        record(one, proposal_facts(one, context.reference), everyone, sentences)


def reprisals(found: Sequence[Reprisal], context: PageContext, everyone: Sequence[Person]) -> None:
    if not found:
        return
    st.subheader(_("Reprisals"))
    for one in found:
        record(one, reprisal_facts(one), everyone)


def follow_ups(found: Sequence[FollowUp], context: PageContext) -> None:
    if not found:
        return
    st.subheader(_("Open follow-ups"))
    for one in found:
        late = _("**Late.** ") if one.due < context.today else ""
        with st.container(gap=None, key=f"of_record_{one.id}"):
            st.markdown(f"{late}**{wording.day(one.due)}** · {plain(one.what)} · {plain(one.owner.name)}")
            link(PAGE_OF[one.record.kind], plain(one.record.title), **{RECORD: one.record_id})


def history(found: Dossier, everyone: Sequence[Person], context: PageContext) -> None:
    listed = history_lines(found.history)
    if not listed:
        return
    st.subheader(_("History"))
    names = {person.id: person.name for person in everyone}
    zone = ZoneInfo(context.zone)
    lines = []
    for line in listed[:HISTORY_LINES]:
        at = line.at.astimezone(zone)
        reason = _(" Reason: {reason}").format(reason=line.reason) if line.reason else ""
        title = found.titles.get(line.record_id, _("a record"))
        steps = ", ".join(message(step.code, vars(step)) for step in line.steps)
        who = names.get(line.person_id, _("Unnamed"))
        lines.append(
            f"<li>{escape(f'{wording.day(at.date())}, {at:%H:%M}')} · {escape(who)}: “{escape(title)}” – "
            f"{escape(steps)}.{escape(reason)}</li>"
        )
    st.html(f'<ul class="dossier-facts">{"".join(lines)}</ul>')
    if len(listed) > HISTORY_LINES:
        st.caption(_("{count} earlier changes are listed with each record.").format(count=len(listed) - HISTORY_LINES))


# --- The page


def public_part(row: Any, context: PageContext) -> None:
    """Draws the public part, for a reader without a current user: deadlines, session items and public events."""
    item = row["item"]
    dates(item, context)
    inside(item, context)
    with reading(context.viewer) as session:
        listed = [event for event in own_events(session) if any(link.item == item for link in event.items)]
    if listed:
        st.subheader(_("Our side events and meetings"))
    for event in listed:
        record(event, _about_event(event, context), [], speaks(event))
    st.markdown(_("Our work on this item is visible to users only. Select your name to see it."))
    link("settings", _("Select user"))


def whole(row: Any, context: PageContext, person: Person) -> None:
    item = row["item"]
    with reading(context.viewer) as session:
        found = dossier(session, item, context.table, context.reference, context.today, person.id)
    everyone = staff()
    actions(row, found)
    ready(found.readiness, item)
    dates(item, context)
    inside(item, context)
    engagements(found, context, everyone)
    drafts(found.drafts, context, everyone)
    cases(found.cases, context, everyone)
    events(found, context, everyone)
    proposals(found.proposals, context, everyone)
    reprisals(found.reprisals, context, everyone)
    follow_ups(found.follow_ups, context)
    history(found, everyone, context)


def page(context: PageContext) -> None:
    item = st.query_params.get(OF, "")
    rows: pd.DataFrame = context.table[context.table["item"] == item]
    if rows.empty:
        st.title(_("Dossier"))
        if item:
            st.markdown(
                _(
                    "“{item}” is not in the calendar, or you do not have access. Search the calendar by title, and "
                    "open the dossier from the item."
                ).format(item=plain(item))
            )
        else:
            st.markdown(_("Open a calendar item first, then its dossier."))
        return
    row = rows.iloc[0]
    person = current_person()
    with st.container(key="dossier"):
        head(row, context)
        with st.container(key="on_screen_note"):
            note_button(item, context, person if context.workspace else None)
        if person is None or not context.workspace:
            public_part(row, context) if context.workspace else dates(item, context)
        else:
            whole(row, context, person)


context = current()
page(context)
item_panel.draw_panel(context)
