"""A line of the worklist: an item with its expected dates, its urgency, and the fields to record its dates.

Each line runs by itself, so that typing in one does not draw the others again. A refusal is shown below the button that
was pressed.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from calendar_model.access.roles import Operation, Subject
from calendar_model.calendar import when
from calendar_model.messages.confirmations import answer_words, pressing_words
from calendar_model.mission.confirmations import DateToConfirm, confirm_item, edition_row, record_not_announced
from calendar_model.mission.undo import latest
from calendar_model.terms import ItemOutcome
from calendar_model.translation import gettext as _
from calendar_model.wording import day
from pages.components.record import forms
from pages.components.record.forms import RecordForm
from pages.components.shell import item_panel, outage, rights, undo
from pages.components.shell.context import PageContext
from pages.components.shell.navigation import link
from pages.components.shell.words import linked, plain
from pages.components.widgets import labels
from pages.components.widgets.lines import dated_line

_PRESSED, _SAID = "confirm_pressed", "confirm_said"
"""Keys for the form whose button was pressed last, by the prefix of its keys; and for the result to show there."""


def take_result() -> None:
    """At the start of the page: show the result of the last press, at the top if it is done, else at its button."""
    if _take():
        forms.say(st.session_state.pop(_SAID)[1])


def _take() -> bool:
    """Take the result of the last press; return whether it is done, so that the list has changed."""
    if forms.has_result():
        st.session_state[_SAID] = st.session_state.pop(_PRESSED, ""), forms.take()
    return _SAID in st.session_state and st.session_state[_SAID][1].done


def draw_line(line: DateToConfirm, context: PageContext, asked_by: str = "", *, may_record: bool) -> None:
    """Draw a line within a container whose key begins with ``lines_``; ``asked_by`` is the name of who asked."""
    dates = when(line.row, context.zone) if line.row is not None else _("no dates expected")
    with dated_line(f"confirm_{line.item}", plain(dates), stacked=True):
        if line.row is None:
            st.markdown(plain(line.title))
        else:
            st.button(
                plain(line.title),
                key=f"confirm_open_{line.item}",
                type="tertiary",
                on_click=item_panel.choose,
                args=(line.item,),
                wrap=True,
            )
        st.caption(_why(line, context, asked_by))
        if may_record:
            part = st.fragment(outage.part(_draw_fields))
            part(line, context, st.query_params.get(item_panel.ITEM, ""))


def _why(line: DateToConfirm, context: PageContext, asked_by: str) -> str:
    why = pressing_words(line.pressing, line.days, line.usual_notice, line.last_year)
    if line.answer is not None:
        why = answer_words(line.answer.asked_on, line.answer.ask_again_on, asked_by, line.answer.note)
    page = (
        _("Page of {short_organisation}").format(
            short_organisation=labels.short_organisation(line.website_of, context.reference)
        )
        if line.website
        else ""
    )
    return " · ".join(filter(None, (plain(why), linked(plain(page), line.website))))


def _draw_fields(line: DateToConfirm, context: PageContext, opened: str) -> None:
    if _take() or st.query_params.get(item_panel.ITEM, "") != opened:
        # An outcome was recorded and the list has changed; or a button chose an item, whose panel the page opens.
        st.rerun()
    if line.outcome is not None:
        _draw_form(line, context)
    else:
        with _beside(line):
            if line.row is None:
                file, row = edition_row(line)
                link("corrections", _("Record an edition"), new="1", file=file, row=row)
            _draw_others(line, context)


def _beside(line: DateToConfirm) -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", key=f"confirming_more_{line.item}")


def _draw_others(line: DateToConfirm, context: PageContext) -> None:
    """Draw the other actions beside recording the dates."""
    _draw_answer(line, context)
    if line.row is not None:
        st.button(
            _("More") if line.outcome else _("Record outcome"),
            key=f"confirm_more_{line.item}",
            on_click=item_panel.choose,
            args=(line.item,),
            help=_("Moved, cancelled and details.") if line.outcome else None,
        )


def _draw_form(line: DateToConfirm, context: PageContext) -> None:
    # The dates are part of the keys, so that fields start with the new date if the forecast changes.
    present = SimpleNamespace(id=f"{line.item}_{line.start}_{line.end}", version=0, start=line.start, end=line.end)
    form = RecordForm("confirm", context, present, why_not=rights.why_not(Operation.CREATE, Subject.CORRECTION))
    held = line.outcome is ItemOutcome.HELD
    with form:
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"confirming_{line.item}"):
            form.day("start", _("Date") if line.is_one_day else _("First day"), width=140)
            if not line.is_one_day:
                form.day("end", _("Last day"), width=140)
            form.text("source_url", _("Source URL"), placeholder="https://", width="stretch")
            label = _("Confirm as held") if held else _("Confirm date") if line.is_one_day else _("Confirm dates")
            form.submit(label, lambda form: _confirm(form, line), emphasis="secondary")
        _say(form)
        with _beside(line):
            if not held:
                form.tick("provisional", _("Subject to change (keep as provisional)"), width="content")
            _draw_others(line, context)


def _confirm(form: RecordForm, line: DateToConfirm) -> str:
    st.session_state[_PRESSED] = form.prefix
    typed = form.values()
    made = confirm_item(
        form.context.viewer,
        line.item,
        typed["start"],
        None if line.is_one_day else typed["end"],
        source_url=typed["source_url"] or "",
        provisional=bool(typed.get("provisional")),
    )
    says = _("Recorded: {title}. The calendar and all feeds are updated.").format(title=line.title)
    return undo.offer(says, latest(form.context.viewer, made))


def _draw_answer(line: DateToConfirm, context: PageContext) -> None:
    """Draw the fields for "not announced yet" once they are opened."""
    label = _("Not known yet") if line.outcome is not ItemOutcome.CONFIRMED else _("Not announced yet")
    opened = st.popover(label, key=f"confirm_answer_{line.item}", on_change="rerun")
    if not opened.open:
        return
    with opened:
        present: Any = SimpleNamespace(id=line.item, version=0, ask_again_on=line.ask_again_on)
        form = RecordForm("confirm_later", context, present, table="not_announced")
        with form:
            form.day("ask_again_on", _("Check again on"))
            form.text("note", _("Note"), help=_("Public, like the whole answer. Do not name anyone."))
            form.text("source_url", _("Source URL, if any"), placeholder="https://")
            form.submit(_("Check again later"), lambda form: _answer(form, line))
            _say(form)


def _answer(form: RecordForm, line: DateToConfirm) -> str:
    st.session_state[_PRESSED] = form.prefix
    typed = form.values()
    again = record_not_announced(form.context.viewer, line.item, **typed)
    return _("{title}: check again on {day}.").format(title=line.title, day=day(again))


def _say(form: RecordForm) -> None:
    """Show a refusal at the form whose button was pressed."""
    prefix, result = st.session_state.get(_SAID, ("", None))
    if result is not None and prefix == form.prefix:
        del st.session_state[_SAID]
        forms.say(result)
