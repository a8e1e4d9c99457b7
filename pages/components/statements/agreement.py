"""What is agreed of a negotiated text: the version agreed to the last word, or the passages in square brackets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.agreement import agreed_at, bracketed_passages, is_negotiated
from calendar_model.mission.statements.workflow import WRITABLE
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.shell import rights
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import AgreedText, Statement

_SHOWN, _LONGEST = 6, 160
"""How many passages are quoted, and at most how many characters of each."""


def draw_agreement(statement: Statement, zone: str) -> None:
    """Draw how far the newest text is agreed, and the button that marks it; nothing for a text that is not negotiated.

    ``zone`` is the time zone (IANA) of the reader.
    """
    if not statement.versions or not is_negotiated(statement):
        return
    newest = statement.versions[-1]
    agreed = agreed_at(statement, newest.number)
    is_open = statement.state in WRITABLE
    why_not = rights.why_not(Operation.CHANGE, Subject.STATEMENT, at=statement.mission_id)
    with st.container(key="agreement", gap="xsmall"):
        if agreed is not None:
            _draw_agreed(agreed, zone)
            if is_open:
                st.button(
                    _("No longer agreed"),
                    key="unmark_agreed",
                    type="tertiary",
                    on_click=_unmark,
                    args=(statement.id, newest.number),
                    **rights.button_options(why_not),
                )
            return
        earlier = [one.version_number for one in statement.agreed_texts]
        if earlier:
            st.markdown(
                _("Version {number} was agreed. The text has changed since.").format(number=max(earlier)),
            )
        passages = bracketed_passages(newest.text)
        if passages:
            _draw_passages(newest.number, passages)
        elif is_open:
            _draw_marking(statement.id, newest.number, why_not)


def _draw_agreed(agreed: AgreedText, zone: str) -> None:
    says = _("**Version {number} is agreed to the last word**, recorded by {name} on {at}.").format(
        number=agreed.version_number, name=plain(agreed.person.name), at=wording.moment(agreed.at, zone)
    )
    if agreed.agreed_between:
        between = plain(agreed.agreed_between)
        says = f"{says} {_('Agreed between: {between}.').format(between=between)}"
    st.markdown(says)


def _draw_passages(number: int, passages: Sequence[str]) -> None:
    count = wording.count(len(passages), "{number} passage", "{number} passages")
    st.markdown(
        _("**Not agreed yet:** {count} in square brackets in version {number}.").format(count=count, number=number)
    )
    quoted = [" ".join(passage.split()) for passage in passages[:_SHOWN]]
    lines = [f"- {plain(one if len(one) <= _LONGEST else one[: _LONGEST - 1] + '…')}" for one in quoted]
    if len(passages) > _SHOWN:
        lines.append(_("- and {count} more").format(count=len(passages) - _SHOWN))
    st.markdown("\n".join(lines))


def _draw_marking(statement_id: str, number: int, why_not: str) -> None:
    key = f"agreed_between_{statement_id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fields.line(
            _("Agreed between (optional)"),
            commands.LONGEST_BETWEEN,
            key=key,
            placeholder=_("core group, all co-sponsors"),
        )
        st.button(
            _("Mark version {number} as agreed").format(number=number),
            key="mark_agreed",
            on_click=_mark,
            args=(statement_id, number, key),
            **rights.button_options(why_not),
        )


def _mark(statement_id: str, number: int, key: str) -> None:
    def act() -> str:
        commands.mark_agreed(viewer(), statement_id, number, str(st.session_state.get(key, "")))
        st.session_state[key] = ""
        return _("Version {number} is marked as agreed.").format(number=number)

    forms.attempt(act)


def _unmark(statement_id: str, number: int) -> None:
    def act() -> str:
        commands.unmark_agreed(viewer(), statement_id, number)
        return _("Version {number} is no longer marked as agreed.").format(number=number)

    forms.attempt(act)
