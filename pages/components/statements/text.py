"""The text of a statement on its page: the editor, what is said around it, and two editors' texts together."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.messages.statements import state_label
from calendar_model.mission.statements import commands, languages, workflow
from calendar_model.mission.statements.queries import text_in, text_of, whole
from calendar_model.mission.statements.texts import merge
from calendar_model.mission.transactions import writing
from calendar_model.store.models import Statement, Unsaved, Version, longest
from calendar_model.terms import StatementState
from pages.components.record import fields, forms
from pages.components.shell import outage
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain
from pages.components.statements.draft import (
    Desk,
    Draft,
    first_language,
    found,
    moment,
    take_in_all,
    versions_in,
)
from pages.components.widgets.comparison import side_by_side
from pages.components.widgets.editor import editor


@st.fragment
@outage.part
def writing_area(statement_id: str, context: PageContext, limit: int | None) -> None:
    """The editor with its language, what is to be said above it, and the way to save. Runs by itself while typing.

    ``limit`` is the speaking limit in seconds, None for none.
    """
    take_in_all(statement_id)
    with reading(context.viewer) as session:
        statement = session.get(Statement, statement_id, options=whole())
        kept = commands.unsaved(session, statement_id)
    if statement is None or forms.unsaid():
        # Said on top of the page, which is not drawn again with this part.
        st.rerun()
    chosen = f"language_{statement_id}"
    offered = list(dict.fromkeys([*languages.NAMES, *(version.language for version in statement.versions)]))
    st.session_state.setdefault(chosen, first_language(statement, kept))
    language = st.selectbox("Language", offered, format_func=languages.name, key=chosen, width=220)
    desk = Desk(statement_id, language)
    if statement.state not in workflow.WRITABLE:
        _closed(statement, kept, language, limit)
        return
    if kept is not None and kept.language != language:
        _elsewhere(statement, kept, language)
        return
    draft = desk.open(statement, kept)
    texts = versions_in(statement, language)
    # In a place of its own, so that the field below stays where it is when there is more to say: moved, it would be
    # drawn anew, under the hands of who types in it.
    with st.container():
        _say_state(statement, desk, draft, texts, context)
    editor(
        draft.text,
        key=desk.key,
        revision=draft.revision,
        limit_seconds=limit,
        language=language,
        label=f"Text in {languages.name(language)}",
        keep=desk.take_in,
    )
    _saving(statement, desk, texts)


def _closed(statement: Statement, kept: Unsaved | None, language: str, limit: int | None) -> None:
    """What was said stays as it is; what was typed and came too late is shown to be taken along."""
    texts = versions_in(statement, language)
    st.markdown(f"This statement is {state_label(statement.state)}: its text stays as it is.")
    editor(
        texts[-1].text if texts else "",
        key=f"text_{statement.id}_{language}_read",
        revision=f"{len(texts)}",
        limit_seconds=limit,
        language=language,
        label=f"Text in {languages.name(language)}",
        disabled=True,
    )
    if kept is not None:
        typed_in = languages.name(kept.language)
        st.markdown(f"You had typed this in {typed_in} and not saved it; copy what you need of it.")
        st.code(kept.text, language=None, wrap_lines=True)
        st.button("Throw it away", key="throw_away", type="tertiary", on_click=_throw_away, args=(statement.id,))


def _throw_away(statement_id: str) -> None:
    def act() -> str:
        with writing(viewer()) as session:
            commands.forget_unsaved(session, statement_id)
        return "What you had typed is gone."

    forms.attempt(act)


def _elsewhere(statement: Statement, kept: Unsaved, language: str) -> None:
    """One text at a time is kept unsaved: another language can be read until then."""
    st.markdown(
        f"You have a text in {languages.name(kept.language)} that is not saved. Choose that language to save or to "
        f"discard it, then write in {languages.name(language)}."
    )
    texts = versions_in(statement, language)
    if texts:
        st.code(texts[-1].text, language=None, wrap_lines=True)


def _say_state(statement: Statement, desk: Desk, draft: Draft, texts: Sequence[Version], context: PageContext) -> None:
    newest = texts[-1] if texts else None
    base_text = text_in(statement, draft.base)
    if draft.recovered is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"You had typed this on {moment(draft.recovered, context.zone)} and not saved it.")
            label = f"Discard it and show version {newest.number}" if newest else "Discard it"
            st.button(label, key="discard", type="tertiary", on_click=_discard, args=(desk,))
    if draft.aside:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Another text of yours that is not saved is set aside.")
            st.button("Bring it back", key="bring_back", type="tertiary", on_click=_bring_back, args=(desk,))
    if newest is not None and newest.number > draft.base:
        _newer(desk, draft, newest, base_text, context)
    if statement.state is StatementState.CLEARED:
        st.warning(
            f"Version {statement.cleared_version} is cleared. Saving another text takes the clearance back: the "
            "statement is a draft again and has to be cleared anew."
        )


def _newer(desk: Desk, draft: Draft, newest: Version, base: str, context: PageContext) -> None:
    """Somebody has saved another text since the reader began: both texts, and both together."""
    who = "You have, in another window," if newest.written_by_id == context.viewer.person_id else newest.written_by.name
    verb = "saved" if who.startswith("You") else "has saved"
    st.warning(
        plain(
            f"{who} {verb} version {newest.number} on {moment(newest.at, context.zone)}, since you began"
            f"{f' from version {draft.base}' if draft.base else ''}."
        )
    )
    show = f"Show version {newest.number}"
    if draft.text == base:
        st.button(show, key="show_newest", on_click=_take, args=(desk, "theirs", newest.number))
        return
    both = merge(base, draft.text, newest.text)
    side_by_side(
        base,
        draft.text,
        newest.text,
        both,
        language=desk.language,
        names=("Your text", f"Version {newest.number}, {newest.written_by.name}"),
    )
    if both.conflicts:
        st.markdown(
            "What you have both changed will stand in the text twice, in [square brackets], yours first: settle it "
            "there."
        )
    with st.container(horizontal=True):
        for label, what in (
            ("Take both together into the editor", "both"),
            ("Go on with mine", "mine"),
            (show, "theirs"),
        ):
            st.button(
                label,
                key=f"take_{what}",
                type="primary" if what == "both" else "secondary",
                on_click=_take,
                args=(desk, what, newest.number),
            )


def _take(desk: Desk, what: str, number: int) -> None:
    """Puts a text into the field that is written from version ``number``: ``theirs``, which is that version, ``mine``,
    or ``both``. What is taken out of the field can be brought back."""
    desk.take_in_last()
    draft = desk.draft
    mine, base = draft.text, draft.base

    def act() -> str:
        with reading(viewer()) as session:
            before, theirs = (text_of(session, desk.statement_id, one) for one in (base, number))
        desk.put({"theirs": theirs, "mine": mine, "both": merge(before, mine, theirs).text}[what], number)
        if what == "theirs" and mine != before:
            draft.put_aside(mine, base)
        return ""

    forms.attempt(act)


def _discard(desk: Desk) -> None:
    desk.take_in_last()
    draft = desk.draft
    before, base = draft.text, draft.base

    def act() -> str:
        with reading(viewer()) as session:
            newest = commands.newest(session, desk.statement_id, desk.language)
        desk.put(newest.text if newest else "", newest.number if newest else 0)
        draft.put_aside(before, base)
        return ""

    forms.attempt(act)


def _bring_back(desk: Desk) -> None:
    desk.take_in_last()
    draft = desk.draft
    back, now = (draft.aside, draft.aside_base), (draft.text, draft.base)

    def act() -> str:
        desk.put(*back)
        draft.put_aside(*now)
        return ""

    forms.attempt(act)


def _saving(statement: Statement, desk: Desk, texts: Sequence[Version]) -> None:
    number = max((version.number for version in statement.versions), default=0) + 1
    note = f"{desk.key}-note"
    fields.line("Note on this version (optional)", longest(Version, "note"), key=note)
    reopens = " and take the clearance back" if statement.state is StatementState.CLEARED else ""
    st.button(f"Save as version {number}{reopens}", key="save_text", type="primary", on_click=_save, args=(desk, note))


def _save(desk: Desk, note: str) -> None:
    desk.take_in_last()
    draft = desk.draft

    def act() -> str:
        with writing(viewer()) as session:
            statement = found(session, desk.statement_id)
            if draft.text == text_in(statement, draft.base) and draft.base:
                raise Refused(f"Nothing has changed since version {draft.base}: there is nothing to save.")
            saved = commands.save_text(
                session,
                statement,
                draft.text,
                language=desk.language,
                based_on=draft.base,
                note=str(st.session_state.get(note, "")).strip(),
            )
            number = saved.number
        draft.saved_from.add(draft.revision)
        draft.base, draft.revision, draft.recovered = number, str(number), None
        st.session_state[note] = ""
        return f"Saved as version {number}."

    forms.attempt(act)
