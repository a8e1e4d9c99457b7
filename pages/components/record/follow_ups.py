"""Follow-ups: actions on a record, each with a due date and the person responsible.

Any page shows those of its record with :func:`follow_ups_of`, and a list of them with :func:`follow_up_lines`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject, reads, roles_at
from calendar_model.access.unit_of_work import reading
from calendar_model.mission import follow_ups
from calendar_model.mission.follow_ups import FollowUpLine, Nearness, list_follow_ups, nearness
from calendar_model.mission.records import text_limit
from calendar_model.translation import gettext as _
from calendar_model.vocabulary import Sensitivity
from pages.components.record import fields, forms
from pages.components.record.forms import RecordForm, words
from pages.components.shell import rights, undo
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import PAGE_OF, RECORD, link
from pages.components.shell.words import plain, plain_lines
from pages.components.widgets.lines import LEFT

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Record

_LONGEST_WHAT, _LONGEST_OUTCOME = text_limit("follow_up", "what"), text_limit("follow_up", "outcome")

_ANCHOR = "follow-ups"
"""Where a page shows the follow-ups of its record."""


def follow_ups_of(record: Record, everyone: Sequence[Person], context: PageContext) -> None:
    """Draw the follow-ups of a record: the open ones to be updated, those done folded, and the fields for a new one.

    ``record`` has its ``named`` loaded, ``everyone`` is the staff. Only people with access can be responsible for a
    follow-up to a restricted record: the others would not see it.
    """
    with reading(context.viewer) as session:
        found = list_follow_ups(session, record.id)
    open_ = [line for line in found if line.done_on is None]
    owners = _owners(record, everyone)
    names = {person.id: person.name for person in everyone}
    st.subheader(_("Follow-ups"), anchor=_ANCHOR)
    if open_:
        follow_up_lines(open_, names, "open", today=context.today, owners=owners, own_page=True)
    else:
        st.markdown(_("No open follow-ups."))
    if len(found) > len(open_):
        with st.expander(_("Done: {count}").format(count=len(found) - len(open_))):
            follow_up_lines(found[len(open_) :], names, "done", today=context.today, own_page=True)
    _draw_new(record, owners)


def draw_first_follow_up(form: RecordForm, everyone: Sequence[Person]) -> None:
    """Draw the first follow-up of a new record as fields of its form; more are added on its page."""
    st.subheader(_("Follow-up"))
    form.text("next_what", _("Action"), help=_("Leave blank if there is none yet."))
    with st.container(horizontal=True):
        form.day("next_due", _("Due date"))
        names = {one.id: one.name for one in everyone if one.active}
        form.choice("next_owner", _("Responsible"), names, default=viewer().person_id, format_func=names.__getitem__)


def take_first_follow_up(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Divide the values of a form into those of the record and the columns of its first follow-up, None without any."""
    own = {name: value for name, value in values.items() if not name.startswith("next_")}
    if not values.get("next_what"):
        return own, None
    return own, {"what": values["next_what"], "due": values["next_due"], "owner_id": values["next_owner"]}


def pressing_follow_ups(record: Record, _everyone: Sequence[Person], context: PageContext) -> None:
    """Draw the open follow-ups of a record that are late or due soon, each with a link to where it is updated."""
    with reading(context.viewer) as session:
        found = list_follow_ups(session, record.id)
    pressing = [
        line for line in found if line.done_on is None and nearness(line.due, context.today) is not Nearness.LATER
    ]
    if pressing:
        st.markdown(
            "  \n".join(
                f"**{due_words(line.due, context.today)}**: [{plain(line.what)}](#{_ANCHOR})" for line in pressing
            )
        )


def _owners(record: Record, everyone: Sequence[Person]) -> dict[str, str]:
    named = {access.person_id for access in record.named if access.holds}
    return {person.id: person.name for person in everyone if person.active and _can_see(person, record, named)}


def _can_see(person: Person, record: Record, named: Collection[str]) -> bool:
    if record.sensitivity is Sensitivity.RESTRICTED:
        return person.id in named
    is_of_mission = record.sensitivity is Sensitivity.INTERNAL and record.mission_id is not None
    return not is_of_mission or reads(roles_at(person.given, record.mission_id), record.sensitivity)


def _draw_new(record: Record, owners: Mapping[str, str]) -> None:
    if rights.why_not(Operation.CREATE, Subject.FOLLOW_UP, at=record.mission_id):
        return
    record_id = record.id
    keys = {name: f"follow_up_{name}_{record_id}" for name in ("what", "due", "owner")}
    with st.expander(_("New follow-up"), key=f"follow_up_new_{record_id}"):
        fields.line(_("Action"), _LONGEST_WHAT, key=keys["what"])
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.date_input(_("Due date"), value=None, format="YYYY-MM-DD", key=keys["due"], width=160)
            ids = list(owners)
            me = viewer().person_id
            st.selectbox(
                _("Responsible"),
                ids,
                index=ids.index(me) if me in ids else None,
                format_func=owners.__getitem__,
                key=keys["owner"],
                width=220,
            )
            st.button(_("Add follow-up"), key=f"follow_up_add_{record_id}", on_click=_save_new, args=(record_id, keys))


def _save_new(record_id: str, keys: Mapping[str, str]) -> None:
    what, due, owner = (st.session_state.get(keys[name]) for name in ("what", "due", "owner"))

    def act() -> str:
        follow_ups.add_follow_up(viewer(), record_id, what=what or "", due=due, owner_id=owner or "")
        return _("Follow-up added.")

    if forms.attempt(act):
        for key in keys.values():
            st.session_state.pop(key, None)


# --- Lines


def due_words(due: date, today: date) -> str:
    """``Late by 3 days``, ``Due today``, ``In 1 day``."""
    days = abs((due - today).days)
    count = _("1 day") if days == 1 else _("{days} days").format(days=days)
    return (
        _("Due today")
        if not days
        else _("Late by {count}").format(count=count)
        if due < today
        else _("In {count}").format(count=count)
    )


def follow_up_lines(
    found: Sequence[FollowUpLine],
    names: Mapping[str, str],
    place: str,
    *,
    today: date,
    owners: Mapping[str, str] | None = None,
    own_page: bool = False,
) -> None:
    """Draw follow-ups in a column, each with its due date, action, person responsible and a way to update it.

    ``names`` are the names of the staff by identifier, ``owners`` those who may be responsible; None keeps the owner.
    ``place`` is a name for the list, unique on the page. On the ``own_page`` of their record no line links to it.
    """
    with st.container(key=f"lines_follow_ups_{place}", gap="small"):
        for line in found:
            # Beside a record there is room for one column only.
            with st.container(horizontal=not own_page, gap=None if own_page else "small"):
                with st.container(key=f"when_{line.id}", width="stretch" if own_page else LEFT, gap=None):
                    st.markdown(_when_words(line, today))
                with st.container(key=f"what_{line.id}", width="stretch", gap=None):
                    _draw_line(line, names, owners, today, own_page)


def _when_words(line: FollowUpLine, today: date) -> str:
    if line.done_on is not None:
        return _("Done on {done_on}").format(done_on=wording.day(line.done_on))
    days = due_words(line.due, today)
    pressing = nearness(line.due, today) is not Nearness.LATER
    return f"{f'**{days}**' if pressing else days} · {wording.day(line.due)}"


def _draw_line(
    line: FollowUpLine, names: Mapping[str, str], owners: Mapping[str, str] | None, today: date, own_page: bool
) -> None:
    st.markdown(f"**{plain(line.what)}**" if line.done_on is None else plain(line.what))
    if line.outcome.strip():
        st.markdown(plain_lines(line.outcome))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"about_{line.id}"):
        if not own_page:
            kind = f"{words(line.record_kind)}: {plain(line.record_title)}"
            link(PAGE_OF[line.record_kind], kind, **{RECORD: line.record_id})
        about = [names.get(line.owner_id, "")]
        if not own_page:
            about += ["restricted" if line.restricted else "", "sample" if line.sample else ""]
        st.caption(plain(" · ".join(part for part in about if part)), width="content")
        if rights.why_not(Operation.CHANGE, Subject.FOLLOW_UP):
            return
        if line.done_on is None:
            _draw_actions(line, owners, today)
        else:
            st.button(
                _("Reopen"),
                key=f"follow_up_reopen_{line.id}",
                type="tertiary",
                on_click=_save_reopened,
                args=(line,),
            )


def _draw_actions(line: FollowUpLine, owners: Mapping[str, str] | None, today: date) -> None:
    """Draw the fields to update a follow-up, only once they are opened: a page may have many lines."""
    opened = st.popover(_("Update"), type="tertiary", key=f"follow_up_{line.id}", on_change="rerun")
    if not opened.open:
        return
    with opened:
        fields.area(_("Outcome"), _LONGEST_OUTCOME, key=f"follow_up_outcome_{line.id}", height=68)
        st.button(
            _("Mark as done"), type="primary", key=f"follow_up_done_{line.id}", on_click=_save_done, args=(line, today)
        )
        fields.line(_("Action"), _LONGEST_WHAT, value=line.what, key=f"follow_up_what_{line.id}")
        st.date_input(_("Due date"), value=line.due, format="YYYY-MM-DD", key=f"follow_up_due_{line.id}")
        if owners is not None:
            ids = list(dict.fromkeys([*owners, line.owner_id]))
            st.selectbox(
                _("Responsible"),
                ids,
                index=ids.index(line.owner_id),
                format_func=lambda id_: owners.get(id_, _("Unchanged")),
                key=f"follow_up_owner_{line.id}",
            )
        st.button(_("Save changes"), key=f"follow_up_change_{line.id}", on_click=_save_changed, args=(line,))


def _save_done(line: FollowUpLine, today: date) -> None:
    def act() -> str:
        outcome = st.session_state.get(f"follow_up_outcome_{line.id}") or ""
        done = follow_ups.complete_follow_up(viewer(), line.id, line.version, on=today, outcome=outcome)
        return undo.offer(_("Done: {what}").format(what=line.what), done)

    _attempt(line, act)


def _save_changed(line: FollowUpLine) -> None:
    def act() -> str:
        what, due, owner = (st.session_state.get(f"follow_up_{name}_{line.id}") for name in ("what", "due", "owner"))
        follow_ups.change_follow_up(viewer(), line.id, line.version, what=what or "", due=due, owner_id=owner or "")
        return _("Follow-up changed.")

    _attempt(line, act)


def _save_reopened(line: FollowUpLine) -> None:
    def act() -> str:
        done = follow_ups.reopen_follow_up(viewer(), line.id, line.version)
        return undo.offer(_("Follow-up reopened."), done)

    _attempt(line, act)


def _attempt(line: FollowUpLine, act: Callable[[], str]) -> None:
    if forms.attempt(act):
        for name in ("outcome", "what", "due", "owner"):
            st.session_state.pop(f"follow_up_{name}_{line.id}", None)
