"""The text of a statement on its page: the editor, the notices above it, and the merging of two editors' texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.messages.statements import state_label
from calendar_model.mission.statements import commands, languages, workflow
from calendar_model.mission.statements.agreement import agreed_at
from calendar_model.mission.statements.queries import newest_text, statement_with_typing, text_in, version_texts
from calendar_model.mission.statements.texts import merge
from calendar_model.terms import StatementState
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.record.classified import warn_of_marks
from pages.components.shell import outage, rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import IN
from pages.components.shell.words import plain
from pages.components.statements.comments import may_comment, take_selection
from pages.components.statements.editor_state import (
    StatementEditor,
    first_language,
    take_in_all,
    versions_in,
)
from pages.components.widgets.comparison import side_by_side
from pages.components.widgets.editor import editor

if TYPE_CHECKING:
    from calendar_model.store.models import Statement, Unsaved, Version


@st.fragment
@outage.part
def draw_writing_area(statement_id: str, context: PageContext, limit: int | None) -> None:
    """Draw the editor with its language, the notices above it and the button that saves. Runs by itself while typing.

    ``limit`` is the speaking limit in seconds, None for none.
    """
    take_in_all(statement_id)
    opened = statement_with_typing(context.viewer, statement_id)
    if opened is None or forms.unsaid():
        # The outcome is shown on top of the page, which is not drawn again with this part.
        st.rerun()
    statement, kept = opened
    chosen = f"language_{statement_id}"
    offered = list(dict.fromkeys([*languages.NAMES, *(version.language for version in statement.versions)]))
    asked = st.query_params.get(IN, "")
    st.session_state.setdefault(chosen, asked if asked in offered else first_language(statement, kept))
    language = st.selectbox(_("Language of the text"), offered, format_func=languages.name, key=chosen, width=220)
    work = StatementEditor(statement_id, language)
    why_not = rights.why_not(Operation.CHANGE, Subject.STATEMENT, at=statement.mission_id)
    if statement.state not in workflow.WRITABLE or why_not:
        _draw_closed(statement, kept, language, limit)
        return
    if kept is not None and kept.language != language:
        _draw_other_language(statement, kept, language)
        return
    state = work.open(statement, kept)
    texts = versions_in(statement, language)
    # In a place of its own, so that the field below stays where it is when there is more to say: moved, it would be
    # drawn anew, under the hands of who types in it.
    with st.container():
        _draw_notices(statement, work, texts, context)
    editor(
        state.text,
        key=work.key,
        revision=state.revision,
        limit_seconds=limit,
        language=language,
        label=_("Text in {name}").format(name=languages.name(language)),
        select=_("Comment on the selected passage"),
        keep=work.take_in,
    )
    take_selection(statement.id, language, work.key)
    _draw_saving(statement, work, texts)


def _draw_closed(statement: Statement, kept: Unsaved | None, language: str, limit: int | None) -> None:
    """Draw a text that can no longer be changed, and below it any unsaved text, to be copied."""
    texts = versions_in(statement, language)
    is_open = statement.state in workflow.WRITABLE
    if not is_open:
        st.markdown(
            _("This statement is {state_label}; its text cannot be changed.").format(
                state_label=state_label(statement.state)
            )
        )
    else:
        st.markdown(plain(rights.why_not(Operation.CHANGE, Subject.STATEMENT, at=statement.mission_id)))
    editor(
        texts[-1].text if texts else "",
        key=f"text_{statement.id}_{language}_read",
        revision=f"{len(texts)}",
        limit_seconds=limit,
        language=language,
        label=_("Text in {name}").format(name=languages.name(language)),
        disabled=True,
        select=_("Comment on the selected passage") if is_open and may_comment(statement) else "",
    )
    take_selection(statement.id, language, f"text_{statement.id}_{language}_read")
    if kept is not None:
        typed_in = languages.name(kept.language)
        st.markdown(_("You did not save this text in {typed_in}. Copy what you need.").format(typed_in=typed_in))
        st.code(kept.text, language=None, wrap_lines=True)
        if not is_open:
            st.button(_("Discard text"), key="throw_away", type="tertiary", on_click=_throw_away, args=(statement.id,))


def _throw_away(statement_id: str) -> None:
    def act() -> str:
        commands.forget_unsaved(viewer(), statement_id)
        return _("Unsaved text discarded.")

    forms.attempt(act)


def _draw_other_language(statement: Statement, kept: Unsaved, language: str) -> None:
    """Draw the saved text of another language, read-only: only one unsaved text is kept at a time."""
    st.markdown(
        _(
            "You have unsaved text in {language}. Select {language} and save or discard it before you write in "
            "{other_language}."
        ).format(language=languages.name(kept.language), other_language=languages.name(language))
    )
    texts = versions_in(statement, language)
    if texts:
        st.code(texts[-1].text, language=None, wrap_lines=True)


def _draw_notices(statement: Statement, work: StatementEditor, texts: Sequence[Version], context: PageContext) -> None:
    state, newest = work.state, texts[-1] if texts else None
    base_text = text_in(statement, state.base)
    if state.recovered_at is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                _("You typed this on {recovered_at} but did not save it.").format(
                    recovered_at=wording.moment(state.recovered_at, context.zone)
                )
            )
            label = _("Discard and show version {number}").format(number=newest.number) if newest else _("Discard")
            st.button(label, key="discard", type="tertiary", on_click=_discard, args=(work,))
    if state.set_aside:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_("Another unsaved text of yours has been set aside."))
            st.button(_("Bring back that text"), key="bring_back", type="tertiary", on_click=_bring_back, args=(work,))
    if newest is not None and newest.number > state.base:
        _draw_newer_version(work, newest, base_text, context)
    warn_of_marks(state.text)
    if newest is not None and agreed_at(statement, newest.number) is not None:
        st.warning(
            _("Version {number} is agreed to the last word. If you save changes, your version is not agreed.").format(
                number=newest.number
            )
        )
    if statement.state is StatementState.CLEARED:
        st.warning(
            _(
                "Version {cleared_version} is cleared. Saving changes withdraws clearance; the statement returns to "
                "draft and must be cleared again."
            ).format(cleared_version=statement.cleared_version)
        )


def _draw_newer_version(work: StatementEditor, newest: Version, base: str, context: PageContext) -> None:
    """Draw the version saved since the reader started beside the reader's text, and both merged."""
    state = work.state
    by_reader = newest.written_by_id == context.viewer.person_id
    who, where = (_("You"), _(" in another window")) if by_reader else (newest.written_by.name, "")
    start = _("from version {base}").format(base=state.base) if state.base else _("writing")
    st.warning(
        plain(
            _("{who} saved version {number}{where} on {at}, after you started {start} here.").format(
                who=who, number=newest.number, where=where, at=wording.moment(newest.at, context.zone), start=start
            )
        )
    )
    show = _("Show version {number}").format(number=newest.number)
    if state.text == base:
        st.button(show, key="show_newest", on_click=_take, args=(work, "theirs", newest.number))
        return
    both = merge(base, state.text, newest.text)
    side_by_side(
        base,
        state.text,
        newest.text,
        both,
        language=work.language,
        names=(_("Your text"), _("Version {number}, {name}").format(number=newest.number, name=newest.written_by.name)),
    )
    if both.conflicts:
        st.markdown(_("Conflicting passages appear twice in [square brackets], yours first; resolve them in the text."))
    with st.container(horizontal=True):
        for label, what in (
            (_("Merge both in the editor"), "both"),
            (_("Keep my version"), "mine"),
            (show, "theirs"),
        ):
            st.button(
                label,
                key=f"take_{what}",
                type="primary" if what == "both" else "secondary",
                on_click=_take,
                args=(work, what, newest.number),
            )


def _take(work: StatementEditor, what: str, number: int) -> None:
    """Put a text based on version ``number`` into the field: ``theirs``, which is that version, ``mine`` or ``both``.

    What is taken out of the field can be brought back.
    """
    work.take_in_last()
    state = work.state
    mine, base = state.text, state.base

    def act() -> str:
        before, theirs = version_texts(viewer(), work.statement_id, base, number)
        work.show({"theirs": theirs, "mine": mine, "both": merge(before, mine, theirs).text}[what], number)
        if what == "theirs" and mine != before:
            state.set_text_aside(mine, base)
        return ""

    forms.attempt(act)


def _discard(work: StatementEditor) -> None:
    work.take_in_last()
    state = work.state
    before, base = state.text, state.base

    def act() -> str:
        newest = newest_text(viewer(), work.statement_id, work.language)
        work.show(newest.text if newest else "", newest.number if newest else 0)
        state.set_text_aside(before, base)
        return ""

    forms.attempt(act)


def _bring_back(work: StatementEditor) -> None:
    work.take_in_last()
    state = work.state
    back, now = (state.set_aside, state.set_aside_base), (state.text, state.base)

    def act() -> str:
        work.show(*back)
        state.set_text_aside(*now)
        return ""

    forms.attempt(act)


def _draw_saving(statement: Statement, work: StatementEditor, texts: Sequence[Version]) -> None:
    number = max((version.number for version in statement.versions), default=0) + 1
    note = f"{work.key}-note"
    fields.line(_("Note on this version (optional)"), commands.LONGEST_NOTE, key=note)
    reopens = _(" and withdraw clearance") if statement.state is StatementState.CLEARED else ""
    st.button(
        _("Save as version {number}{reopens}").format(number=number, reopens=reopens),
        key="save_text",
        type="primary",
        on_click=_save,
        args=(work, note),
    )


def _save(work: StatementEditor, note: str) -> None:
    work.take_in_last()
    state = work.state

    def act() -> str:
        saved = commands.save_edited_text(
            viewer(),
            work.statement_id,
            state.text,
            language=work.language,
            based_on=state.base,
            note=str(st.session_state.get(note, "")).strip(),
        )
        state.saved.add(state.revision)
        state.base, state.revision, state.recovered_at = saved.number, str(saved.number), None
        st.session_state[note] = ""
        return _("Saved as version {number}.").format(number=saved.number)

    forms.attempt(act)
