"""Records that a form creates without leaving it: a popover beside the field, with a button of its own.

What is typed in the form stays. The new record is chosen in the field; a refusal is shown beside the button.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from calendar_model.access.problems import Refused
from calendar_model.access.unit_of_work import WorkspaceError
from calendar_model.mission.contacts import save_contact
from calendar_model.mission.events import save_event
from calendar_model.mission.records import text_limit
from calendar_model.terms import ContactKind, EventKind
from calendar_model.translation import gettext as _
from pages.components.record import fields
from pages.components.record.codes import next_code, propose_code, warn_unless_code
from pages.components.record.forms import RecordForm, words
from pages.components.shell import outage
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain


def new_contact(form: RecordForm, field: str) -> None:
    """Draw the popover that creates a contact by its kind and code, and chooses it in ``field`` of the form."""

    def draw(kind_key: str, title_key: str) -> None:
        st.selectbox(
            _("Kind"),
            list(ContactKind),
            format_func=words,
            key=kind_key,
            on_change=propose_code,
            args=(title_key, kind_key),
        )
        kind = ContactKind(st.session_state[kind_key])
        if title_key not in st.session_state:
            st.session_state[title_key] = next_code(kind)
        typed = fields.line(_("Code"), text_limit("contact", "title"), key=title_key)
        warn_unless_code(kind, typed)

    creation = _Creation(
        _("New contact"),
        _("Create contact"),
        ("contact_kind", "title"),
        draw,
        lambda values: save_contact(viewer(), values),
    )
    _draw(form, field, creation)


def new_event(form: RecordForm, field: str, day: date | None, body: str) -> None:
    """Draw the popover that creates an event of our own by its kind, title and day, and chooses it in ``field``.

    It begins with ``day``; ``body`` is the code of its organisation or body, or empty.
    """

    def draw(kind: str, title: str, start: str) -> None:
        st.selectbox(_("Kind"), list(EventKind), format_func=words, key=kind)
        fields.line(_("Title"), text_limit("event", "title"), key=title)
        st.date_input(_("Date"), value=day, format="YYYY-MM-DD", key=start)

    creation = _Creation(
        _("New event"),
        _("Create event"),
        ("event_kind", "title", "start"),
        draw,
        lambda values: save_event(viewer(), {"body": body, **values}),
    )
    _draw(form, field, creation)


@dataclass(frozen=True)
class _Creation:
    """How a record is created: the labels of popover and button, and the columns that are asked for.

    ``draw`` draws their fields, by the keys in this order; ``make`` saves their values and returns the identifier.
    """

    label: str
    button: str
    columns: tuple[str, ...]
    draw: Callable[..., None]
    make: Callable[[Mapping[str, Any]], str]


def _draw(form: RecordForm, field: str, creation: _Creation) -> None:
    key = f"{form.prefix}_{field}_new"
    refusal = f"{key}_refused"
    # Also while it is closed, because the form has to discard what was typed there.
    keys = [form.key_beside(field, column) for column in creation.columns]
    opened = st.popover(creation.label, icon=":material/add:", type="tertiary", key=key, on_change="rerun")
    if not opened.open:
        st.session_state.pop(refusal, None)
        return

    def create() -> None:
        try:
            made = creation.make(form.values_beside(field))
        except Refused as refused:
            st.session_state[refusal] = str(refused)
        except WorkspaceError as fault:
            outage.fails(fault)
        else:
            form.choose(field, made)
            form.forget_beside(field)
            st.session_state[key] = False

    with opened:
        creation.draw(*keys)
        # Above the button, where it is seen also in a popover that the window cuts short.
        if says := st.session_state.pop(refusal, ""):
            st.error(plain(says))
        st.button(creation.button, key=f"{key}_create", on_click=create)
