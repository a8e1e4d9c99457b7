"""What is held on a person as a file, and erasing them: of a contact, and of a user."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import Operation, Subject, subject_of
from calendar_model.access.unit_of_work import WorkspaceError
from calendar_model.messages.data_protection import (
    ERASED_OF_CONTACT,
    ERASED_OF_STAFF,
    HIDDEN_MENTIONS,
    KEPT_WARNING,
    OPEN_OF_LEAVER,
)
from calendar_model.mission.data_protection.erasure import (
    erase_contact,
    erase_staff,
    left_by_erasing,
    open_of_leaver,
)
from calendar_model.mission.data_protection.export import as_json, held_on_contact, held_on_staff
from calendar_model.mission.records import text_limit
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.record.forms import words
from pages.components.shell import rights, typed
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import for_reader, viewer
from pages.components.shell.navigation import PAGE_OF, link
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Contact, Person


def _file_button(label: str, key: str, make: Callable[[], Mapping[str, Any]]) -> None:
    """Draw a button that gives what is held as JSON. The name of the file says nothing of the person."""

    def data() -> bytes:
        try:
            return as_json(make()).encode()
        except (Refused, WorkspaceError) as fault:
            # A download can only answer with a file.
            return as_json({"error": str(fault)}).encode()

    st.download_button(
        label,
        data=for_reader(data),
        file_name="personal-data.json",
        mime="application/json",
        key=key,
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )


# --- A contact


def draw_personal_data(contact: Contact, _everyone: Sequence[Person], context: PageContext) -> None:
    """Draw, folded, the file on a contact, and the form that erases them."""
    key = f"personal_{contact.id}"
    with st.expander(_("Personal data of this contact"), key=key, on_change="rerun") as fold:
        if not fold.open:
            return
        reader = context.viewer
        st.markdown(
            _(
                "The file has all that you may see of this contact and of the linked records. It is noted that you "
                "have read them."
            )
        )
        _file_button(
            _("Download what is recorded about this contact"),
            f"{key}_file",
            lambda: held_on_contact(reader, contact.id),
        )
        _draw_erasure(contact, key)


def _draw_erasure(contact: Contact, key: str) -> None:
    left = left_by_erasing(viewer(), contact.id)
    st.markdown(f"**{_('Erase this contact')}**")
    st.markdown(_(ERASED_OF_CONTACT))
    if left.keeps_warning:
        st.markdown(_(KEPT_WARNING))
    if left.mentions:
        st.markdown(_("These records are linked and may mention the person. Read and correct them by hand:"))
        with st.container(key=f"lines_mentions_{contact.id}", gap=None):
            for one in left.mentions:
                link(PAGE_OF[one.kind], f"{words(one.kind)}: {plain(one.title)}", record=one.record_id)
    st.markdown(_(HIDDEN_MENTIONS))
    reason, sure = f"{key}_reason", f"{key}_sure"
    fields.line(
        _("Reason for erasing"),
        text_limit("change", "reason"),
        key=reason,
        help=_("One sentence that names nobody; kept in the history."),
    )
    st.checkbox(_("Erase for good; this cannot be undone"), key=sure)
    st.button(
        _("Erase contact"),
        key=f"{key}_erase",
        on_click=_erase_contact,
        args=(contact.id, contact.version, reason, sure),
        **rights.button_options(
            rights.why_not(Operation.CHANGE, subject_of(contact.kind, contact.contact_kind))
            or rights.why_not(Operation.DELETE, Subject.IDENTITY)
        ),
    )


def _erase_contact(contact_id: str, seen: int, reason: str, sure: str) -> None:
    def act() -> str:
        _must_be_sure(sure)
        erase_contact(viewer(), contact_id, seen=seen, reason=st.session_state.get(reason) or "")
        return _("Erased.")

    if forms.attempt(act):
        typed.forget([reason, sure])
        typed.forget_of_everybody(f"identity_{contact_id}_")


def _must_be_sure(key: str) -> None:
    if not st.session_state.get(key):
        raise Refused(Problem("erasure-not-confirmed"))


# --- A user


def draw_own_data(context: PageContext) -> None:
    """Draw the file on the current user."""
    reader = context.viewer
    st.subheader(_("What is recorded about you"))
    st.markdown(
        _(
            "Your user, roles, accounts, visits, subscriptions and followed calendars; when you have read restricted "
            "records, and how much you have written. Nothing of the records themselves."
        )
    )
    _file_button(_("Download what is recorded about you"), "own_data", lambda: held_on_staff(reader, reader.person_id))


def draw_data_of_user(person: Person, context: PageContext) -> None:
    """For administrators: draw the file on a user and, for one who has left, the form that erases them."""
    if rights.why_not(Operation.DELETE, Subject.LEAVER):
        return
    reader = context.viewer
    st.subheader(_("Personal data of this user"))
    _file_button(
        _("Download what is recorded about this user"), f"data_{person.id}", lambda: held_on_staff(reader, person.id)
    )
    if person.active:
        return
    st.markdown(_(ERASED_OF_STAFF))
    if open_ := open_of_leaver(reader, person.id):
        lines = [_("Still open:"), "", *(f"- {plain(OPEN_OF_LEAVER[one])}" for one in open_)]
        st.markdown("\n".join(lines))
    sure = f"erase_sure_{person.id}"
    st.checkbox(_("Erase for good; this cannot be undone"), key=sure, disabled=bool(open_))
    st.button(
        _("Erase personal data"),
        key=f"erase_user_{person.id}",
        on_click=_erase_user,
        args=(person.id, sure),
        disabled=bool(open_),
    )


def _erase_user(person_id: str, sure: str) -> None:
    def act() -> str:
        _must_be_sure(sure)
        name = erase_staff(viewer(), person_id)
        return _("Erased. The user is called {name} from now on.").format(name=name)

    if forms.attempt(act):
        typed.forget([sure])
