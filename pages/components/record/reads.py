"""Who has read a restricted record, folded, with the button by which that is ticked off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.mission.reads import check_off_reads, reads_of
from calendar_model.terms import ReadKind
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.record import forms
from pages.components.shell.context import PageContext
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Person

HOW = Translated(
    {
        ReadKind.OPENED: N_("opened it"),
        ReadKind.DOCUMENT: N_("made a document with it"),
        ReadKind.COMMAND_LINE: N_("read its history on the command line"),
    }
)
_SHOWN = 50
"""How many readings are listed; the newest."""


def draw_reads(record_id: str, everyone: Sequence[Person], context: PageContext) -> None:
    """Draw who has read a record, for people with access; nothing for a record of which no reading is noted."""
    found = reads_of(context.viewer, record_id, _SHOWN)
    if not found.count:
        return
    names = {one.id: one.name for one in everyone}
    title = _("Who has read this ({count})").format(count=found.count)
    with st.expander(title, key=f"reads_{record_id}", on_change="rerun") as fold:
        if not fold.open:
            return
        for one in found.newest:
            st.markdown(
                plain(
                    _("{when}: {name} {how}").format(
                        when=wording.moment(one.at, context.zone),
                        name=names.get(one.person_id, _("a former user")),
                        how=HOW[one.how],
                    )
                )
            )
        if found.count > _SHOWN:
            st.caption(_("The newest {shown} of {count}.").format(shown=_SHOWN, count=found.count))
        st.button(
            _("Looked through"),
            key=f"reads_checked_{record_id}",
            on_click=_review,
            args=(context.viewer, record_id),
            disabled=not found.unchecked,
            help=None if found.unchecked else _("Nothing new by others since it was last looked through."),
        )


def _review(viewer: Viewer, record_id: str) -> None:
    def act() -> str:
        check_off_reads(viewer, record_id)
        return _("Ticked off. It comes back 30 days after the next reading by a colleague.")

    forms.attempt(act)
