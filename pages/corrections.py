"""Corrections of the reference: changed values with their sources, and a patch for the files."""

from __future__ import annotations

from pages.components.shell.guard import require_entrance

require_entrance()

import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import ANONYMOUS
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import Operation, Subject
from calendar_model.access.unit_of_work import reading, staff
from calendar_model.calendar import Origins
from calendar_model.mission.corrections import change_cadence, record_correction, recorded_by, row_without
from calendar_model.mission.outcomes import new_cells
from calendar_model.mission.records import changes_of, get_record
from calendar_model.mission.visible_calendar import corrections
from calendar_model.reference import data_folder
from calendar_model.reference.corrections import (
    EFFECT_WORDS,
    ROW_CLASS_OF,
    CorrectedRow,
    RowCorrection,
    correctable_columns,
    corrected_rows,
    correction_effect,
    key_columns,
    patch,
    row_key,
)
from calendar_model.reference.rows import Cadence, Meeting, MilestoneDate, Review, Session
from calendar_model.terms import RecordKind
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Confidence, Kind, Precision, Standing
from pages.components.corrections import fields as correction_fields
from pages.components.corrections.fields import DATED, NAMES, cell, label, row_label, typed
from pages.components.record import forms
from pages.components.record.deletion import deletion
from pages.components.record.forms import RecordForm
from pages.components.record.history import history
from pages.components.record.parts import item_openers
from pages.components.shell import item_panel, rights
from pages.components.shell.context import PageContext, current
from pages.components.shell.current_user import current_person
from pages.components.shell.navigation import NEW, RECORD, link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Correction, Person


TITLE = _("Corrections")
FILE, ROW = "file", "row"
"""The URL's names for the file and the key of the corrected row."""
RHYTHM = "rhythm"


# --- The list


def the_list(context: PageContext) -> None:
    st.title(TITLE)
    forms.outcome()
    st.markdown(
        _(
            "Corrected dates, places and cycles of the reference data, each with its source. They apply to everyone "
            "and to all feeds. The files change only when an administrator applies the patch."
        )
    )
    recorded = corrections()
    standing = [one for one in reversed(recorded) if not one.withdrawn]
    with st.container(horizontal=True):
        begin_buttons(context)
        if standing:
            draw_export(recorded)
    if not standing:
        st.markdown(
            _(
                "No corrections yet. Record confirmed dates or a changed cycle here, with the source. You can also "
                "record dates in an item's panel, under *Outcome*."
            )
        )
        return
    made = corrected_rows(data_folder(), recorded)
    names, authors = {person.id: person.name for person in staff()}, owners(context)
    with st.container(key="lines_corrections", gap="medium"):
        for one in standing:
            author = names.get(authors.get(one.record_id, ""), "")
            draw_line(one, made[one.file, one.row], author, context)


def begin_buttons(context: PageContext) -> None:
    if may_record():
        lock = rights.button_options(why_not_correct())
        st.button(_("Record correction"), key="new_correction", type="primary", on_click=begin, **lock)
        st.button(_("Change a cycle"), key="new_rhythm", on_click=begin, args=(RHYTHM,), **lock)
    elif context.viewer == ANONYMOUS:
        link("settings", _("Select user to record a correction"))
    else:
        st.markdown(_("Sample users cannot record corrections: they would apply to everyone."))


def draw_export(recorded: Sequence[RowCorrection]) -> None:
    difference = patch(data_folder(), recorded)
    st.download_button(
        _("Export patch"),
        data=difference,
        file_name="corrections.patch",
        mime="text/x-diff",
        key="export_patch",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
        disabled=not difference,
        help=_("For the data folder: git apply corrections.patch. Values that the files already have are left out."),
    )


def draw_line(one: RowCorrection, made: CorrectedRow, author: str, context: PageContext) -> None:
    with st.container(gap=None, key=f"entry_{one.record_id}"):
        st.button(
            f"**{plain(name_of(one.file, one.row, context))}**",
            key=f"open_{one.record_id}",
            type="tertiary",
            on_click=forms.open_record,
            args=(one.record_id,),
            wrap=True,
        )
        by = _("by {author}").format(author=author) if author else ""
        parts = [status(one, made, context), wording.day(one.on), by]
        st.caption(plain(" · ".join(part for part in parts if part)))
        draw_values(one, made)


def draw_values(one: RowCorrection, made: CorrectedRow) -> None:
    """Draws the corrected values and their source."""
    for name in shown_columns(one):
        st.markdown(f"{plain(label(name))}: {from_to(made.file.get(name, ''), one.values[name], new=not made.file)}")
    if one.note:
        st.markdown(plain(one.note))
    st.link_button(_("Source"), one.source_url, type="tertiary", icon=":material/open_in_new:")


def shown_columns(one: RowCorrection) -> list[str]:
    return [name for name in correctable_columns(ROW_CLASS_OF[one.file]) if name in one.values]


def from_to(before: str, after: str, *, new: bool) -> str:
    """The value in the file and the corrected one, as Markdown; for a ``new`` row the corrected one alone."""
    said = plain(in_words(after)) or "empty"
    if new:
        return f"**{said}**"
    if before == after:
        return _("{value} (as in the file)").format(value=said)
    return f"{plain(in_words(before)) or 'empty'} → **{said}**"


def in_words(text: str) -> str:
    """A cell for people: a date as ``Mon 1 Mar 2027``."""
    day = typed(Session, {"start": text})["start"]
    return wording.day(day) if day is not None else text


def status(one: RowCorrection, made: CorrectedRow, context: PageContext) -> str:
    """The effect of the correction, or that it no longer fits the files."""
    left_out = f"{one.row} ({one.file})"
    if any(fault.correction == left_out for fault in context.reference.faults):
        return _("Not applied: no longer fits the current files")
    counts = EFFECT_WORDS[correction_effect(made, one)]
    return counts[:1].upper() + counts[1:]


def owners(context: PageContext) -> Mapping[str, str]:
    """Who recorded each correction; empty for readers who may not see users."""
    if context.viewer == ANONYMOUS:
        return {}
    with reading(context.viewer) as session:
        return recorded_by(session)


def name_of(file: str, row: str, context: PageContext) -> str:
    """A row as a heading: ``Session HRC64``."""
    key = key_columns(ROW_CLASS_OF[file], row)
    if file == MilestoneDate.FILE:
        return correction_fields.deadline_label(key["milestone"], key["session"], key["country"], context.reference)
    known = context.reference.rows_by_key(file).get(row)
    if isinstance(known, Review):
        return f"{NAMES[file]}: {row_label(known, context.reference)}"
    return f"{NAMES[file]} {row}"


def may_record() -> bool:
    person = current_person()
    return person is not None and not person.sample


def why_not_correct() -> str:
    """Why the current user's roles allow no correction; empty if they do."""
    return rights.why_not(Operation.CREATE, Subject.CORRECTION)


# --- Which row


def begin(kind: str = "1") -> None:
    leave()
    st.query_params[NEW] = kind


def leave() -> None:
    """Back to the list; for callbacks."""
    forms.leave()
    for name in (FILE, ROW):
        if name in st.query_params:
            del st.query_params[name]


def back() -> None:
    st.button(_("All corrections"), key="form_back", type="tertiary", icon=":material/arrow_back:", on_click=leave)


def choose_row(context: PageContext) -> None:
    """Draws the first step: the file, and its row or the key of a new one."""
    back()
    st.title(_("New correction"))
    forms.outcome()
    file = st.selectbox(_("Type"), list(NAMES), format_func=NAMES.__getitem__, key="correction_file")
    known = context.reference.rows_by_key(file)
    keys = sorted(known, key=lambda row: str(getattr(known[row], "start", "")), reverse=True)
    chosen = st.selectbox(
        _("Entry"),
        keys,
        index=None,
        format_func=lambda row: row_label(known[row], context.reference),
        placeholder=_("Select, or type to search"),
        key=f"correction_row_{file}",
    )
    st.button(
        _("Correct entry"),
        key="choose_row",
        type="primary",
        on_click=open_row,
        args=(file, chosen),
        disabled=not chosen,
    )
    with st.expander(_("Add an entry that is not listed")):
        kind = ROW_CLASS_OF[file]
        if file == MilestoneDate.FILE:
            milestones, sessions = (context.reference.rows_by_key(one) for one in ("milestones.csv", Session.FILE))
            st.selectbox(_("Milestone"), list(milestones), key="new_key_milestone", format_func=str)
            st.selectbox(
                _("Session or meeting"),
                [*sessions, *context.reference.rows_by_key(Meeting.FILE)],
                key="new_key_session",
            )
            st.selectbox(_("State, if it concerns one"), ["", *context.reference.states], key="new_key_country")
        else:
            st.text_input(
                _("Code"),
                key="new_key_code",
                help=_("Letters, digits and hyphens, such as HRC71. You cannot change it later."),
            )
        st.button(_("Add entry"), key="new_row", on_click=open_new, args=(file, kind.KEY))


def open_row(file: str, row: str) -> None:
    st.query_params[FILE], st.query_params[ROW] = file, row


def open_new(file: str, key: Sequence[str]) -> None:
    row = row_key(ROW_CLASS_OF[file], {name: st.session_state.get(f"new_key_{name}") or "" for name in key})

    def check() -> str:
        if not row:
            raise Refused(Problem("correction-row-missing", "row"))
        return ""

    if forms.attempt(check):
        open_row(file, row)


# --- One row


def one_row(file: str, row: str, context: PageContext, correction: Correction | None = None) -> None:
    """Draws the form of a row with its present values."""
    kind = ROW_CLASS_OF[file]
    recorded = corrections()
    base = row_without(recorded, file, row, correction.id if correction else "")
    shown = {**(base or guessed(file, row, context)), **(json.loads(correction.values) if correction else {})}
    present = SimpleNamespace(
        id=correction.id if correction else f"{file}_{row}".replace(" ", "_"),
        version=correction.version if correction else 0,
        source_url=correction.source_url if correction else "",
        note=correction.note if correction else "",
        **typed(kind, shown),
    )
    form = RecordForm("correction", context, present, why_not=why_not_correct())
    columns = correctable_columns(kind)
    dated = [name for name in columns if name in DATED]
    notes = ["notes"] if base.get("notes") and dated else []
    others = [name for name in columns if name not in (*dated, *notes)]
    with form:
        form.text("source_url", _("Source URL"), placeholder="https://", help=_("A page that anyone can open."))
        if dated:
            st.subheader(_("Dates in the source"))
            for first in range(0, len(dated), 2):
                for place, name in zip(st.columns(2), dated[first : first + 2], strict=False):
                    with place:
                        correction_fields.draw(form, kind, name)
        for name in notes:
            form.area(name, label(name), height=100, help=_("Remove what no longer applies."))
        if base and dated:
            with st.expander(_("Other details")):
                fields(form, file, others)
        else:
            st.subheader(_("Details"))
            fields(form, file, others)
        form.text("note", _("Note for readers"), help=_("Public, and shown with the item. Do not name anyone."))
        form.submit(_("Save correction"), lambda form: save_row(form, file, row, base, correction))


def fields(form: RecordForm, file: str, columns: Sequence[str]) -> None:
    for name in columns:
        correction_fields.draw(form, ROW_CLASS_OF[file], name)


def save_row(form: RecordForm, file: str, row: str, base: Mapping[str, str], correction: Correction | None) -> str:
    columns = correctable_columns(ROW_CLASS_OF[file])
    said = {name: cell(value) for name, value in form.values().items() if name in columns}
    values = {
        name: text
        for name, text in said.items()
        if (text and name in DATED) or text != cell(typed(ROW_CLASS_OF[file], base)[name])
    }
    record_correction(
        form.context.viewer,
        file,
        row,
        values,
        source_url=str(form.values()["source_url"] or ""),
        note=str(form.values()["note"] or ""),
        correction_id=correction.id if correction else "",
        seen=form.seen,
        items=items_of(file, row, form.context) if correction is None else None,
    )
    leave()
    return _("Correction saved. The calendar and all feeds are updated.")


def items_of(file: str, row: str, context: PageContext) -> list[str]:
    """The calendar items made from a row."""
    table, origins = context.table, Origins(context.reference)
    kinds = {
        Session.FILE: (Kind.SESSION,),
        Meeting.FILE: (Kind.MEETING,),
        Review.FILE: (Kind.UPR_REVIEW,),
        MilestoneDate.FILE: (Kind.DEADLINE, Kind.MILESTONE),
    }.get(file, ())
    rows = table[table["kind"].isin(kinds)]
    columns = zip(rows["item"], rows["kind"], rows["session"], rows["countries"], rows["related_to"], strict=True)
    return [
        item
        for item, kind, session, countries, related in columns
        if origins.of(item, kind, session=session, countries=countries, related_to=related) == (file, row)
    ]


def guessed(file: str, row: str, context: PageContext) -> dict[str, str]:
    """Proposed cells of a new row, from the projected item that it replaces, if there is one."""
    known = {"date_precision": str(Precision.DAY), "standing": str(Standing.CONFIRMED)}
    items = items_of(file, row, context)
    if file == MilestoneDate.FILE or not items:
        return known
    # The dates of a projection are not those of the source.
    expected = ("start", "end", *known)
    cells = new_cells(context.viewer, file, row, items[0])
    return known | {name: text for name, text in cells.items() if name not in expected}


def known_now(file: str, row: str, context: PageContext) -> str:
    """The row and the basis of its values before the correction."""
    known = context.reference.rows_by_key(file).get(row)
    if known is None:
        return _("Not in the reference data yet: a new entry is added.")
    how = _("sourced") if known.confidence is Confidence.SOURCED else _("unsourced")
    return _("{row}. Currently {how}.").format(row=row_label(known, context.reference), how=how)


# --- A cycle


def rhythm(context: PageContext) -> None:
    """Draws the form that ends a cadence rule and starts another: two corrections in one."""
    back()
    st.title(_("Change a cycle"))
    forms.outcome()
    st.markdown(
        _("A new rule replaces the current one. Past rules are kept, because earlier forecasts are based on them.")
    )
    known = {row.code: row for row in context.reference.cadences if row.last_year is None}
    chosen = st.selectbox(
        _("Rule to replace"),
        list(known),
        format_func=lambda code: row_label(known[code], context.reference),
        key="rhythm_ends",
    )
    old = known[chosen]
    cells = {name: cell(getattr(old, name)) for name in correctable_columns(Cadence)}
    begins = context.today.year + 1
    cells |= {"first_year": str(begins), "known_from": context.today.isoformat(), "statement": "", "notes": ""}
    present = SimpleNamespace(id=chosen, version=0, source_url="", note="", code="", **typed(Cadence, cells))
    form = RecordForm("rhythm", context, present, why_not=why_not_correct())
    with form:
        form.text("source_url", _("Source URL"), placeholder="https://")
        st.subheader(_("New rule"))
        form.area("statement", _("Wording"), height=80, placeholder=_("A resolution every second year since 2027."))
        for name in ("interval_years", "season"):
            correction_fields.draw(form, Cadence, name)
        form.number("first_year", _("First year"), help=_("The rule it replaces ends the year before."))
        form.day("known_from", _("Known from"))
        with st.expander(_("Months, interval in sessions, code")):
            for name in ("window_from", "window_until", "interval_years_max", "interval_sessions"):
                correction_fields.draw(form, Cadence, name)
            form.text("code", _("Code of the new rule"), placeholder=_("Leave empty for track and year"))
        form.text("note", _("Note for readers"), help=_("Public, like the whole correction. Do not name anyone."))
        form.submit(_("Save change"), lambda form: save_rhythm(form, old))


def save_rhythm(form: RecordForm, old: Cadence) -> str:
    typed_in = form.values()
    source, note, code = (str(typed_in[name] or "") for name in ("source_url", "note", "code"))
    begins = typed_in["first_year"]
    values = {name: cell(value) for name, value in typed_in.items() if name in correctable_columns(Cadence)}
    change_cadence(form.context.viewer, old, values, first_year=begins, source_url=source, note=note, code=code)
    leave()
    return _("Saved. The old rule ends in {last_year}; the new one applies from {first_year}.").format(
        last_year=begins - 1, first_year=begins
    )


# --- One correction


def one_correction(correction: Correction, context: PageContext) -> None:
    recorded = corrections()
    one = next(known for known in recorded if known.record_id == correction.id)
    made = corrected_rows(data_folder(), recorded)[one.file, one.row]
    everyone: list[Person] = staff() if context.viewer != ANONYMOUS else []
    back()
    st.title(plain(name_of(one.file, one.row, context)), anchor=False)
    author = next((person.name for person in everyone if person.id == correction.owner_id), "")
    said = [
        f"{status(one, made, context)}.",
        _("Public."),
        _("Recorded on {on}{value}.").format(
            on=wording.day(one.on), value=_(" by {author}").format(author=author) if author else ""
        ),
    ]
    st.caption(plain(" ".join(said)))
    forms.outcome()
    for fault in context.reference.faults:
        if fault.correction == f"{one.row} ({one.file})":
            st.error(plain(str(fault)))
    with st.container(key="lines_values", gap="xsmall"):
        draw_values(one, made)
    item_openers(correction, context)
    if not may_record():
        return
    with st.expander(_("Edit correction")):
        one_row(one.file, one.row, context, correction)
    deletion(correction, _("this correction"))
    history(changes_of(context.viewer, correction.id), everyone, {}, context.zone)


# --- The page


def show(context: PageContext) -> None:
    """Draws the correction in the URL, the form of a row, or the list."""
    if record_id := st.query_params.get(RECORD):
        if found := get_record(context.viewer, [RecordKind.CORRECTION], record_id):
            one_correction(cast("Correction", found), context)
            return
        back()
        st.title(TITLE)
        forms.outcome()
        st.markdown(_("Correction not found. It may have been withdrawn."))
        return
    file, row = st.query_params.get(FILE, ""), st.query_params.get(ROW, "").strip()
    asked = NEW in st.query_params or (file in ROW_CLASS_OF and row)
    if not asked:
        the_list(context)
    elif not may_record():
        back()
        st.title(TITLE)
        st.markdown(_("Only users can record corrections, and sample users cannot: corrections apply to everyone."))
        link("settings", _("Select user"))
    elif st.query_params.get(NEW) == RHYTHM:
        rhythm(context)
    elif file in ROW_CLASS_OF and row:
        back()
        st.title(plain(name_of(file, row, context)), anchor=False)
        forms.outcome()
        st.caption(plain(known_now(file, row, context)))
        one_row(file, row, context)
    else:
        choose_row(context)


context = current()
if not context.workspace:
    st.title(TITLE)
    st.stop()
show(context)
item_panel.draw_panel(context)
