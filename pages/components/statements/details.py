"""The fields of a statement, new or kept, and the states that are asked to join it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model.access.roles import Operation, Subject
from calendar_model.messages.statements import made_as
from calendar_model.mission.records import number_bounds
from calendar_model.mission.statements import commands, languages
from calendar_model.terms import AFTER_DELIVERY, CosponsorStanding, RecordKind, StatementFormat, UprResponse, Voice
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record import forms
from pages.components.record.forms import RecordForm, first_linked_item, words
from pages.components.record.in_place import new_event
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import NEW
from pages.components.shell.words import plain
from pages.components.statements.templates import draw_templates, take_text
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Statement

_LINKS: Mapping[str, tuple[str, tuple[RecordKind, ...]]] = {
    "case_links": (N_("Cases raised"), (RecordKind.CASE,)),
    "engagement_links": (N_("Engagements"), (RecordKind.ENGAGEMENT,)),
    "other_links": (
        N_("Other records"),
        (RecordKind.EVENT, RecordKind.CONTACT, RecordKind.LANGUAGE, RecordKind.REPRISAL, RecordKind.STATEMENT),
    ),
}
"""Field, label and kinds of record: together all that a statement can be linked to."""

_TABLED = (StatementFormat.RESOLUTION_TEXT, StatementFormat.AMENDMENT)
"""Formats that other States co-sponsor."""


def draw_details(record: Statement | None, context: PageContext, everyone: Sequence[Person]) -> None:
    """Draw the form of a statement; the address gives the format, or who speaks, and the links of a new one."""
    form = RecordForm("statement", context, record, table="statement")
    asked = st.query_params.get(NEW, "")
    made = StatementFormat(asked) if asked in list(StatementFormat) else StatementFormat.STATEMENT
    voice = Voice(asked) if asked in list(Voice) else Voice.NATIONAL
    title, forum = _proposed(made_as(voice, made), context) if record is None else ("", "")
    least, most = number_bounds("statement", "speaking_seconds")
    with form:
        form.text("title", _("Title"), title, help=_("Shown in lists. For a case, use its code, not a name."))
        if record is None:
            take_text()
            draw_templates(form, context)
            form.area("text", _("First text, if there is one"), height=120)
            offered = list(languages.NAMES)
            form.choice(
                "language", _("Language of the text"), offered, default="en", format_func=languages.name, width=220
            )
        with st.container(horizontal=True):
            form.choice("voice", _("Who speaks"), Voice, default=voice)
            form.choice("format", _("Format"), StatementFormat, default=made)
            codes = ["", *context.reference.organisations]
            forum = form.choice(
                "forum",
                _("Forum"),
                codes,
                default=forum,
                format_func=lambda code: labels.organisation(code, context.reference) if code else _("Not decided"),
            )
            form.text("agenda_item", _("Agenda item"))
        with st.container(horizontal=True):
            due = form.day("due", _("Due"))
            form.text("speaker", _("Speaker"))
            form.text("lead", _("Lead delegation"))
            form.number(
                "speaking_seconds",
                _("Speaking limit (seconds)"),
                help=_("Only if the order of the day sets a limit that the calendar does not have."),
                min_value=least,
                max_value=most,
            )
        form.themes()
        form.items()
        # What we say at an event of our own may be written before the event is recorded.
        beside = {"other_links": lambda form, field: new_event(form, field, due, forum)}
        for field, (label, kinds) in _LINKS.items():
            form.records(label, *kinds, field=field, beside=beside.get(field))
        if record is not None and record.sensitivity is not Sensitivity.RESTRICTED:
            st.caption(_("A statement linked to a case is restricted: only people with access can see it."))
        form.level(Sensitivity.INTERNAL, everyone)
        if record is not None:
            form.ask_reason(_("Reason for wider access, if you change it"))
        form.submit(_("Save details") if record is not None else _("Create statement"), _saved)


def _proposed(kind: str, context: PageContext) -> tuple[str, str]:
    """Title and forum of a new statement of this kind, from the calendar item at which it was started."""
    row = first_linked_item(context)
    if row is None:
        return "", ""
    return f"{kind}: {row['title']}", str(row["body"] or row["organisation"])


def _saved(form: RecordForm) -> str:
    record = form.record
    values = form.values()
    if record is None:
        text = values.pop("text") or ""
        language = values.pop("language")
        made = commands.start_statement(viewer(), values, text=text, language=language, **form.options)
        forms.open_record(made)
        if text:
            return _("Statement created with its first text.")
        return _("Statement created. Write the text below; drafts save automatically.")
    commands.edit_statement(viewer(), record.id, form.seen, values, **form.options)
    return _("Details saved.")


# --- What became of a UPR recommendation


def draw_upr_response(statement: Statement, context: PageContext) -> None:
    """Draw the answer of the State under review to a recommendation that was made, and what it has done since."""
    if statement.format is not StatementFormat.UPR_RECOMMENDATION or statement.state not in AFTER_DELIVERY:
        return
    st.subheader(_("What became of it"))
    form = RecordForm("upr_response", context, statement, table="statement")
    with form:
        with st.container(horizontal=True):
            form.choice(
                "upr_response",
                _("Response of the State under review"),
                UprResponse,
                optional=True,
                placeholder=_("No response yet"),
                help=_("In its reply to the report of the Working Group, or when the outcome is adopted."),
                width=320,
            )
        form.area("upr_implementation", _("What the State has done since"))
        form.submit(_("Save response"), _respond)


def _respond(form: RecordForm) -> str:
    commands.edit_statement(viewer(), form.record_id, form.seen, form.values())
    return _("Response saved.")


# --- Co-sponsors


def draw_cosponsors(statement: Statement, context: PageContext) -> None:
    """Draw the states that were asked to join or co-sponsor, with their answers; folded."""
    if not statement.voice.is_shared and statement.format not in _TABLED and not statement.cosponsors:
        return
    by_standing = {
        standing: [one.country for one in statement.cosponsors if one.standing is standing]
        for standing in (CosponsorStanding.JOINED, CosponsorStanding.ASKED, CosponsorStanding.DECLINED)
    }
    counts = ", ".join(f"{len(codes)} {standing}" for standing, codes in by_standing.items() if codes)
    states = context.reference.states

    def name(code: str) -> str:
        return states[code].name if code in states else code

    with st.expander(_("Co-sponsors: {value}").format(value=counts or _("none approached"))):
        for standing, codes in by_standing.items():
            if codes:
                st.markdown(f"**{words(standing)}**: {plain(', '.join(sorted(map(name, codes))))}")
        chosen, answer = f"joins_{statement.id}", f"joins_how_{statement.id}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.multiselect(
                _("States"),
                sorted(states, key=name),
                format_func=name,
                key=chosen,
                select_all=False,
                placeholder=_("Select"),
            )
            st.selectbox(_("Answer"), _ANSWERS, format_func=_, key=answer, width=220)
            st.button(
                _("Save answer"),
                key="joins_save",
                on_click=_join,
                args=(statement.id, chosen, answer),
                **rights.button_options(rights.why_not(Operation.CHANGE, Subject.STATEMENT, at=statement.mission_id)),
            )


_ANSWERS = {
    N_("Asked"): CosponsorStanding.ASKED,
    N_("Joined"): CosponsorStanding.JOINED,
    N_("Declined"): CosponsorStanding.DECLINED,
    N_("Not asked"): None,
}


def _join(statement_id: str, chosen: str, answer: str) -> None:
    countries = st.session_state[chosen]

    def act() -> str:
        commands.set_cosponsors(viewer(), statement_id, countries, _ANSWERS[st.session_state[answer]])
        return _("Saved.")

    if forms.attempt(act):
        st.session_state[chosen] = []
