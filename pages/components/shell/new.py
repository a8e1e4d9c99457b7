"""The empty form of each kind of record, linked to what is open: in the list *New* above every page, and elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import streamlit as st

from calendar_model.access.permissions import ANONYMOUS, Viewer
from calendar_model.terms import RecordKind
from calendar_model.translation import N_
from calendar_model.translation import gettext as _
from pages.components.shell import rights
from pages.components.shell.navigation import LINK, NEW, OF, PAGE_OF, RECORD, WITH, asked_code, link

_KINDS = (
    (RecordKind.ENGAGEMENT, N_("Engagement")),
    (RecordKind.STATEMENT, N_("Statement")),
    (RecordKind.EVENT, N_("Side event")),
    (RecordKind.CASE, N_("Case")),
    (RecordKind.REPRISAL, N_("Reprisal")),
    (RecordKind.LANGUAGE, N_("Language proposal")),
    (RecordKind.CONTACT, N_("Contact")),
)
_NOT_LINKED_TO_ITEMS = (RecordKind.CONTACT,)


def draw_new(viewer: Viewer) -> None:
    """For the entrance: draws the list. New records are linked to the record or the dossier that is open."""
    if viewer == ANONYMOUS or not any(offered_records({})):
        return
    with st.popover(_("New"), icon=":material/add:", key="new_record"):
        draw_new_links(_opened())


def draw_new_links(linked_to: dict[str, str], *kinds: RecordKind, icon: str | None = None) -> None:
    """Draws a link to the empty form of each kind, or of these ``kinds``; ``linked_to`` is what the address gives it:
    an item or a record."""
    for label, page, parameters in offered_records(linked_to, kinds):
        link(page, label, icon=icon, **parameters)


def link_to_new(kind: RecordKind, label: str, **parameters: str) -> None:
    """Draws a link that begins a record of a kind, such as *Log engagement*; nothing for who may create none.

    ``parameters`` are those of the address; without ``new`` the form begins empty.
    """
    if not rights.why_not_create(kind):
        link(PAGE_OF[kind], label, icon=":material/add:", **{NEW: kind.value, **parameters})


def new_records(
    linked_to: dict[str, str], kinds: Collection[RecordKind] = ()
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield for each kind of record its name, the page with its empty form, and the parameters of the address.

    ``kinds`` are those wanted; without any, all are.
    """
    for kind, label in _KINDS:
        if (LINK not in linked_to or kind not in _NOT_LINKED_TO_ITEMS) and (not kinds or kind in kinds):
            yield _(label), PAGE_OF[kind], {NEW: kind.value, **linked_to}


def offered_records(
    linked_to: dict[str, str], kinds: Collection[RecordKind] = ()
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield the :func:`new_records` of the kinds that the current user may create."""
    for label, page, parameters in new_records(linked_to, kinds):
        if not rights.why_not_create(RecordKind(parameters[NEW])):
            yield label, page, parameters


def _opened() -> dict[str, str]:
    """What the page shows: the item of a dossier, or a record."""
    shown = {LINK: asked_code(OF), WITH: asked_code(RECORD)}
    return {name: value for name, value in shown.items() if value}
