"""Comments on a statement beside its text: threads, passages marked in the text, and those of compared versions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.mission.statements import comments, languages, workflow
from calendar_model.mission.statements.comments import Passage, Thread, comments_on, place_in
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record import fields, forms
from pages.components.shell import rights
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain, plain_lines
from pages.components.widgets.comparison import of_language
from pages.components.widgets.editor import selected

if TYPE_CHECKING:
    from calendar_model.store.models import Comment, Statement


def may_comment(statement: Statement) -> bool:
    """Whether the current user may comment on a statement; on a public one only at its mission."""
    at = statement.mission_id if statement.sensitivity is Sensitivity.PUBLIC else None
    return not rights.why_not(Operation.CREATE, Subject.COMMENT, at=at)


# --- The passage that the reader has selected


def take_selection(statement_id: str, language: str, editor_key: str) -> None:
    """Take the passage that was selected in the field, and draw the page again with the field for the comment."""
    found = selected(editor_key)
    if found is None or st.session_state.get(_taken(statement_id)) == found.number:
        return
    st.session_state[_taken(statement_id)] = found.number
    st.session_state[_passage(statement_id)] = Passage(language, found.text, found.start, found.end)
    st.rerun()


def _taken(statement_id: str) -> str:
    return f"selection_taken_{statement_id}"


def _passage(statement_id: str) -> str:
    return f"selection_{statement_id}"


def _drop_passage(statement_id: str) -> None:
    st.session_state.pop(_passage(statement_id), None)


# --- Beside the text


def draw_comments(statement: Statement, context: PageContext) -> None:
    """Draw the comments on a statement, the open ones first by their place in the text, and the field for a new one."""
    threads = comments_on(context.viewer, statement.id)
    is_open = statement.state in workflow.WRITABLE and may_comment(statement)
    passage: Passage | None = st.session_state.get(_passage(statement.id)) if is_open else None
    unresolved = [one for one in threads if one.is_open]
    resolved = [one for one in threads if not one.is_open]
    st.subheader(_("Comments ({count} open)").format(count=len(unresolved)), anchor=False)
    if is_open:
        _draw_new(statement.id, passage)
    for number, thread in enumerate(unresolved, start=1):
        _draw_thread(thread, number, statement, context, passage, is_open=is_open)
    if not threads:
        st.markdown(
            _("No comments yet. Select a passage of the text to comment on it.") if is_open else _("No comments.")
        )
    if resolved:
        with st.expander(_("Resolved: {count}").format(count=len(resolved))):
            for thread in resolved:
                _draw_thread(thread, None, statement, context, None, is_open=is_open)


def _draw_new(statement_id: str, passage: Passage | None) -> None:
    if passage is not None:
        _quote(passage.quote, passage.language)
        _draw_field(statement_id, _("Comment on this passage"))
        st.button(_("Cancel"), key=f"comment_cancel_{statement_id}", on_click=_drop_passage, args=(statement_id,))
        return
    with st.popover(_("Comment on the whole text"), key=f"comment_whole_{statement_id}"):
        _draw_field(statement_id, _("Comment on the whole text"))


def _draw_field(statement_id: str, label: str) -> None:
    key = f"comment_new_{statement_id}"
    fields.area(label, comments.LONGEST_COMMENT, key=key, height=100)
    st.button(
        _("Add comment"), key=f"comment_add_{statement_id}", type="primary", on_click=_add, args=(statement_id, key)
    )


def _draw_thread(
    thread: Thread,
    number: int | None,
    statement: Statement,
    context: PageContext,
    passage: Passage | None,
    *,
    is_open: bool,
) -> None:
    comment = thread.comment
    with st.container(key=f"comment_{comment.id}", border=True, gap="small"):
        if thread.is_on_passage:
            _quote(comment.quote, comment.language)
        if thread.is_orphaned:
            st.markdown(_("**The passage is gone.** It was in version {number}.").format(number=comment.version_number))
        _draw_said(comment, context.zone, "" if number is None else f"{number}. ")
        for reply in thread.replies:
            with st.container(key=f"reply_{reply.id}", gap=None):
                _draw_said(reply, context.zone, _("Reply: "))
                if is_open and reply.person_id == context.viewer.person_id:
                    _delete_button(reply)
        if comment.resolved_at is not None and comment.resolved_by is not None:
            st.caption(
                plain(
                    _("Resolved by {name} on {at}.").format(
                        name=comment.resolved_by.name, at=wording.moment(comment.resolved_at, context.zone)
                    )
                )
            )
        if is_open:
            _draw_actions(thread, statement, context, passage)


def _draw_said(comment: Comment, zone: str, lead: str) -> None:
    on = _(" · version {number}").format(number=comment.version_number) if comment.version_number else ""
    st.caption(f"{plain(lead)}**{plain(comment.person.name)}** · {plain(wording.moment(comment.at, zone))}{on}")
    st.markdown(plain_lines(comment.remark))


def _draw_actions(thread: Thread, statement: Statement, context: PageContext, passage: Passage | None) -> None:
    comment = thread.comment
    is_own = comment.person_id == context.viewer.person_id
    settles = is_own or not rights.why_not(Operation.CHANGE, Subject.STATEMENT, at=statement.mission_id)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if thread.is_open:
            with st.popover(_("Reply"), key=f"reply_to_{comment.id}"):
                key = f"reply_text_{comment.id}"
                fields.area(_("Reply"), comments.LONGEST_COMMENT, key=key, height=100)
                st.button(_("Add reply"), key=f"reply_add_{comment.id}", on_click=_reply, args=(comment.id, key))
        if settles and thread.is_open:
            st.button(
                _("Resolve"),
                key=f"resolve_{comment.id}",
                on_click=_do,
                args=(comments.resolve_comment, comment.id, _("Resolved.")),
            )
        elif settles:
            st.button(
                _("Reopen"),
                key=f"reopen_{comment.id}",
                on_click=_do,
                args=(comments.reopen_comment, comment.id, _("Reopened.")),
            )
        if settles and thread.is_open and passage is not None:
            st.button(
                _("Attach to the selected passage"),
                key=f"attach_{comment.id}",
                on_click=_attach,
                args=(statement.id, comment.id, passage),
            )
        if is_own and not thread.replies:
            _delete_button(comment)
    if thread.is_orphaned and settles and passage is None:
        st.caption(_("To attach it again, select a passage in the text."))


def _delete_button(comment: Comment) -> None:
    st.button(
        _("Delete"),
        key=f"delete_{comment.id}",
        type="tertiary",
        on_click=_do,
        args=(comments.delete_comment, comment.id, _("Comment deleted.")),
    )


def _quote(quote: str, language: str) -> None:
    st.html(f'<blockquote class="quoted" {of_language(language)}>{escape(quote)}</blockquote>')


def _add(statement_id: str, key: str) -> None:
    passage: Passage | None = st.session_state.get(_passage(statement_id))

    def act() -> str:
        comments.add_comment(viewer(), statement_id, st.session_state[key], passage)
        st.session_state[key] = ""
        _drop_passage(statement_id)
        return _("Comment added.")

    forms.attempt(act)


def _reply(comment_id: str, key: str) -> None:
    def act() -> str:
        comments.reply_to_comment(viewer(), comment_id, st.session_state[key])
        st.session_state[key] = ""
        return _("Reply added.")

    forms.attempt(act)


def _attach(statement_id: str, comment_id: str, passage: Passage) -> None:
    def act() -> str:
        comments.attach_comment(viewer(), comment_id, passage)
        _drop_passage(statement_id)
        return _("Comment attached to the passage.")

    forms.attempt(act)


def _do(command: Callable[..., None], comment_id: str, says: str) -> None:
    def act() -> str:
        command(viewer(), comment_id)
        return says

    forms.attempt(act)


# --- In the text


def draw_marked_text(statement: Statement, context: PageContext) -> None:
    """Draw the newest text in each language with the passages of open comments marked, by their numbers; folded."""
    threads = [one for one in comments_on(context.viewer, statement.id) if one.is_open]
    numbered = [(number, one) for number, one in enumerate(threads, start=1) if one.place is not None]
    for language in dict.fromkeys(one.comment.language for _number, one in numbered):
        newest = [version for version in statement.versions if version.language == language][-1]
        marks = [(one.place, number) for number, one in numbered if one.comment.language == language and one.place]
        title = _("Version {number} in {language} with comments: {count}").format(
            number=newest.number, language=languages.name(language), count=len(marks)
        )
        with st.expander(title):
            st.html(f'<div class="compared" {of_language(language)}>{_marked(newest.text, marks)}</div>')


def _marked(text: str, marks: Sequence[tuple[tuple[int, int], int]]) -> str:
    """The text as HTML, with each stretch that comments are on marked and followed by their numbers."""
    borders = sorted({0, len(text), *(place for span, _number in marks for place in span)})
    parts = []
    for start, end in pairwise(borders):
        part = escape(text[start:end])
        on = any(span[0] <= start and end <= span[1] for span, _number in marks)
        ended = [number for span, number in marks if span[1] == end]
        notes = "".join(f"<sup>{_('comment')} {number}</sup>" for number in sorted(ended))
        parts.append(f"<mark>{part}</mark>{notes}" if on else part)
    return "".join(parts)


# --- In the comparison of two versions


def draw_comments_of_versions(statement: Statement, old: int, new: int, context: PageContext) -> None:
    """List the comments that were made on either of two compared versions, with where their passages are in the newer
    of them."""
    threads = [one for one in comments_on(context.viewer, statement.id) if one.comment.version_number in (old, new)]
    if not threads:
        return
    texts = {version.number: version.text for version in statement.versions}
    lines = []
    for thread in threads:
        comment = thread.comment
        place = place_in(statement.versions, comment, new)
        now = (
            _("in version {number}: “{passage}”").format(number=new, passage=texts[new][slice(*place)])
            if place is not None
            else _("not in version {number}").format(number=new)
        )
        state = _("open") if thread.is_open else _("resolved")
        lines.append(
            "- "
            + plain(
                _("{name} on version {number} ({state}), “{quote}”: {remark} · {now}").format(
                    name=comment.person.name,
                    number=comment.version_number,
                    state=state,
                    quote=comment.quote,
                    remark=comment.remark,
                    now=now,
                )
            )
        )
    st.markdown(_("**Comments on these versions**"))
    st.markdown("\n".join(lines))
