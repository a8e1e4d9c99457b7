"""Outcomes of an item, recorded in its panel: a button for each possible outcome, and the open form.

The open form is in the URL (``outcome``), so that a list can open the panel with it. Input is kept as in every form
(:mod:`pages.components.shell.typed`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import streamlit as st

from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.roles import Operation, Subject
from calendar_model.calendar import when
from calendar_model.mission.events import event_of
from calendar_model.mission.outcomes import (
    ItemOutcome,
    RecordedVote,
    confirm_dates,
    later_review_sessions,
    later_sessions,
    origin_of,
    outcome_sessions,
    record_adopted,
    record_cancelled,
    record_held,
    record_moved,
    record_not_tabled,
    record_postponed,
    record_review_moved,
    record_review_outcome,
    what_can_be_recorded,
)
from calendar_model.mission.undo import latest
from calendar_model.terms import RecordKind
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Kind, Precision, ReviewDeparture, Standing, Vote
from pages.components.record.forms import RecordForm
from pages.components.shell import rights, undo
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import current_person
from pages.components.shell.navigation import link
from pages.components.shell.words import plain

OUTCOME = "outcome"
"""The URL's name for the form that is open in the panel: an :class:`ItemOutcome`, or the kind of a new record."""

Save = Callable[[dict[str, Any]], str]
"""Records the input, by field, and returns the correction."""

_ONE_DAY = (Kind.UPR_REVIEW, Kind.DEADLINE, Kind.MILESTONE)

_LABELS = Translated(
    {
        ItemOutcome.CONFIRMED: N_("Confirm dates"),
        ItemOutcome.HELD: N_("Held"),
        ItemOutcome.MOVED: N_("Moved"),
        ItemOutcome.CANCELLED: N_("Cancelled"),
        ItemOutcome.ADOPTED: N_("Adopted"),
        ItemOutcome.NOT_TABLED: N_("Not tabled"),
        ItemOutcome.POSTPONED: N_("Postponed"),
        ItemOutcome.REVIEW_OUTCOME: N_("Outcome adopted"),
    }
)


def open_form(form: ItemOutcome | RecordKind) -> None:
    """Opens the form of an outcome, or of a new record, in the panel; for callbacks."""
    st.query_params[OUTCOME] = form.value


def close_form() -> None:
    """Closes it; for callbacks."""
    if OUTCOME in st.query_params:
        del st.query_params[OUTCOME]


def asked() -> str:
    """The form that the URL asks for; empty for none."""
    return st.query_params.get(OUTCOME, "")


def draw_outcomes(row: Any, context: PageContext) -> None:
    """Draws the section of the panel: buttons, the open form, and the link to correct anything else.

    ``row`` is the item's in the calendar table.
    """
    origin = None if event_of(row["item"]) else origin_of(row, context.reference)
    possible = what_can_be_recorded(row, context.reference) if context.workspace else ()
    if not context.workspace or not (possible or origin):
        return
    if possible:
        st.markdown(_("#### Outcome"))
    person = current_person()
    if possible and context.viewer == ANONYMOUS:
        link("settings", _("Select user to record an outcome"))
    elif possible and person is not None and person.sample:
        st.caption(_("Sample users cannot record this: it would apply to everyone."))
    elif possible:
        why_not = _why_not(row)
        _buttons(row, possible, why_not)
        if (chosen := asked()) in possible:
            _form(ItemOutcome(chosen), row, context, why_not)
    if origin:
        label = _("Correct other details") if possible else _("Correct dates")
        link("corrections", label, new="1", file=origin[0], row=origin[1])


def _label(outcome: ItemOutcome, row: Any) -> str:
    is_one_day = outcome is ItemOutcome.CONFIRMED and row["kind"] in _ONE_DAY
    return _("Confirm date") if is_one_day else _LABELS[outcome]


def _why_not(row: Any) -> str:
    """Why the current user may not record what became of an item; empty if they may."""
    if event_of(row["item"]):
        return rights.why_not(Operation.CHANGE, Subject.EVENT)
    return rights.why_not(Operation.CREATE, Subject.CORRECTION)


def _buttons(row: Any, possible: tuple[ItemOutcome, ...], why_not: str) -> None:
    with st.container(horizontal=True, key="panel_outcomes"):
        for outcome in possible:
            st.button(
                _label(outcome, row),
                key=f"panel_outcome_{outcome.value}",
                type="secondary",
                on_click=open_form,
                args=(outcome,),
                disabled=bool(why_not) or asked() == outcome,
                help=plain(why_not) or None,
            )


def _form(outcome: ItemOutcome, row: Any, context: PageContext, why_not: str) -> None:
    known = not Precision(row["date_precision"]).is_window
    days = {"start": row["start"].date(), "end": row["end"].date()} if known else {"start": None, "end": None}
    present = SimpleNamespace(id=row["item"], version=0, **days)
    form = RecordForm(f"outcome_{outcome.value}", context, present, why_not=why_not)
    with form:
        st.markdown(f"**{plain(_label(outcome, row))}**")
        save = _FIELDS[outcome](form, row)
        form.text("source_url", _("Source URL"), placeholder="https://", help=_("A page that anyone can open."))
        with st.container(horizontal=True, key="panel_form"):
            form.submit(_("Save"), lambda form: _save(form, save))
            st.button(_("Close form"), key="panel_outcome_close", type="tertiary", on_click=close_form)


def _save(form: RecordForm, save: Save) -> str:
    typed = form.values()
    made = save({**typed, "source_url": typed["source_url"] or ""})
    close_form()
    return undo.offer(_("Saved. The calendar and all feeds are updated."), latest(form.context.viewer, made))


def _day_fields(form: RecordForm, row: Any) -> None:
    if row["kind"] in _ONE_DAY:
        form.day("start", _("Date"))
        return
    first, last = st.columns(2)
    with first:
        form.day("start", _("First day"))
    with last:
        form.day("end", _("Last day"))


def _days(row: Any, typed: dict[str, Any]) -> tuple[date | None, date | None]:
    return typed["start"], None if row["kind"] in _ONE_DAY else typed["end"]


def _confirmed(form: RecordForm, row: Any) -> Save:
    _day_fields(form, row)
    if row["kind"] in (Kind.DEADLINE, Kind.MILESTONE):
        form.hour("at", _("Local time, if any"))
    form.tick("provisional", _("Subject to change (keep as provisional)"))
    return lambda typed: confirm_dates(
        form.context.viewer,
        row["item"],
        *_days(row, typed),
        source_url=typed["source_url"],
        provisional=typed["provisional"],
        at=typed.get("at"),
    )


def _held(form: RecordForm, row: Any) -> Save:
    _day_fields(form, row)
    if row["standing"] == Standing.CONFIRMED and row["date_precision"] == Precision.DAY:
        form.text("why", _("Reason for changed dates, if any"))
    return lambda typed: record_held(
        form.context.viewer,
        row["item"],
        *_days(row, typed),
        source_url=typed["source_url"],
        why=typed.get("why") or "",
    )


def _why(form: RecordForm) -> None:
    form.text("why", _("Reason"), help=_("Public, like the whole correction. Do not name anyone."))


def _moved(form: RecordForm, row: Any) -> Save:
    viewer, item, reference = form.context.viewer, row["item"], form.context.reference
    if row["kind"] == Kind.UPR_REVIEW:
        sessions = later_review_sessions(item, reference)
        form.choice("to", _("New session"), sessions, optional=True, format_func=sessions.__getitem__)
        form.day("day", _("Date, if known"))
        form.choice("departure", _("Type of change"), list(ReviewDeparture), default=ReviewDeparture.RESCHEDULED)
        _why(form)
        return lambda typed: record_review_moved(
            viewer,
            item,
            typed["to"] or "",
            day=typed["day"],
            departure=typed["departure"],
            source_url=typed["source_url"],
            why=typed["why"] or "",
        )
    st.caption(_("From {when}").format(when=plain(when(row, form.context.zone))))
    _day_fields(form, row)
    _why(form)
    form.tick("provisional", _("Subject to change (keep as provisional)"))
    return lambda typed: record_moved(
        viewer,
        item,
        *_days(row, typed),
        source_url=typed["source_url"],
        why=typed["why"] or "",
        provisional=typed["provisional"],
    )


def _cancelled(form: RecordForm, row: Any) -> Save:
    _why(form)
    return lambda typed: record_cancelled(
        form.context.viewer, row["item"], source_url=typed["source_url"], why=typed["why"] or ""
    )


def _adopted(form: RecordForm, row: Any) -> Save:
    left, right = st.columns(2)
    with left:
        form.text("symbol", _("Symbol"), help=_("As on the text, such as A/RES/78/216."))
    with right:
        form.day("day", _("Date of adoption"))
    how = form.choice("vote", _("Adopted by"), list(Vote), default=Vote.CONSENSUS, format_func=_vote_words)
    counts = ("yes", _("In favour")), ("no", _("Against")), ("abstain", _("Abstaining"))
    for place, (field, label) in zip(st.columns(3), counts, strict=True):
        with place:
            form.number(field, label, min_value=0, disabled=how is not Vote.RECORDED)
    left, right = st.columns(2)
    with left:
        form.number("cosponsors", _("Number of co-sponsors"), min_value=0)
    with right:
        form.text("draft_symbol", _("Draft symbol"))
    form.text("theme", _("Theme"))
    return lambda typed: record_adopted(
        form.context.viewer,
        row["item"],
        typed["symbol"] or "",
        typed["day"],
        source_url=typed["source_url"],
        vote=RecordedVote(typed["yes"], typed["no"], typed["abstain"]) if typed["vote"] is Vote.RECORDED else None,
        cosponsors=typed["cosponsors"],
        draft_symbol=typed["draft_symbol"] or "",
        theme=typed["theme"] or "",
    )


def _vote_words(vote: Vote) -> str:
    return {Vote.CONSENSUS: _("Consensus"), Vote.RECORDED: _("Recorded vote")}[vote]


def _not_tabled(form: RecordForm, row: Any) -> Save:
    _why(form)
    return lambda typed: record_not_tabled(
        form.context.viewer, row["item"], source_url=typed["source_url"], why=typed["why"] or ""
    )


def _postponed(form: RecordForm, row: Any) -> Save:
    sessions = later_sessions(row, form.context.reference)
    form.choice("to", _("New session"), sessions, optional=True, format_func=sessions.__getitem__)
    _why(form)
    return lambda typed: record_postponed(
        form.context.viewer, row["item"], typed["to"] or "", source_url=typed["source_url"], why=typed["why"] or ""
    )


def _review_outcome(form: RecordForm, row: Any) -> Save:
    sessions = outcome_sessions(row["item"], form.context.reference)
    form.choice("session", _("Session of adoption"), sessions, optional=True, format_func=sessions.__getitem__)
    form.day("day", _("Date"))
    form.text("decision", _("Decision symbol"))
    return lambda typed: record_review_outcome(
        form.context.viewer,
        row["item"],
        typed["session"] or "",
        typed["day"],
        source_url=typed["source_url"],
        decision=typed["decision"] or "",
    )


_FIELDS: dict[ItemOutcome, Callable[[RecordForm, Any], Save]] = {
    ItemOutcome.CONFIRMED: _confirmed,
    ItemOutcome.HELD: _held,
    ItemOutcome.MOVED: _moved,
    ItemOutcome.CANCELLED: _cancelled,
    ItemOutcome.ADOPTED: _adopted,
    ItemOutcome.NOT_TABLED: _not_tabled,
    ItemOutcome.POSTPONED: _postponed,
    ItemOutcome.REVIEW_OUTCOME: _review_outcome,
}
"""For each outcome the function that draws its fields and returns how to save them."""
