"""The review of what was said under an override, by a person who neither wrote it nor asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.roles import Operation, Subject
from calendar_model.mission.statements import commands
from calendar_model.mission.statements.reviews import OverrideStanding, standing_of
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.record import fields, forms
from pages.components.shell import rights
from pages.components.shell.current_user import viewer
from pages.components.shell.words import plain

if TYPE_CHECKING:
    from calendar_model.store.models import Override, Person, Statement

_SAYS = Translated(
    {
        OverrideStanding.IN_FORCE: N_("**To be reviewed** once the statement has been delivered."),
        OverrideStanding.TO_REVIEW: N_("**Not reviewed yet.**"),
    }
)


def draw_review(statement: Statement, asked: Override, actor: Person, zone: str) -> None:
    """Draw whether an override has been reviewed, with the form for those who can review it.

    ``statement`` was read with its versions, overrides and reviews; ``zone`` is the time zone (IANA) of the reader.
    """
    standing = standing_of(statement, asked)
    if standing is OverrideStanding.REVIEWED:
        review = next(one for one in statement.override_reviews if one.override_id == asked.id)
        st.markdown(
            _("**Reviewed** by {name} on {at}, having read version {number}: “{assessment}”").format(
                name=plain(review.person.name),
                at=wording.moment(review.at, zone),
                number=review.version_number,
                assessment=plain(review.assessment),
            )
        )
    elif standing in _SAYS:
        st.markdown(_SAYS[standing])
    if standing is OverrideStanding.TO_REVIEW:
        _draw_form(statement, asked, actor)


def _draw_form(statement: Statement, asked: Override, actor: Person) -> None:
    involved = {one.written_by_id for one in statement.versions}
    involved |= {one.person_id for one in statement.overrides if one.confirms_id is None}
    why_not = rights.why_not(Operation.CREATE, Subject.OVERRIDE_REVIEW, at=statement.mission_id)
    if actor.id in involved or why_not:
        st.caption(
            _(
                "To be reviewed by a person who can clear statements, and neither wrote this text nor asked for the "
                "override."
            )
        )
        return
    key, number = f"assessment_{asked.id}", statement.versions[-1].number
    fields.area(
        _("Assessment of version {number} as delivered").format(number=number),
        commands.LONGEST_ASSESSMENT,
        key=key,
        help=_("Was it right to go ahead? What happened afterwards, and what should be done differently?"),
    )
    st.button(
        _("Record review"),
        key=f"review_{asked.id}",
        on_click=_review,
        args=(asked.id, key, number),
    )


def _review(override_id: str, key: str, number: int) -> None:
    def act() -> str:
        commands.review_override(viewer(), override_id, st.session_state.get(key) or "", seen=number)
        return _("Review recorded.")

    forms.attempt(act)
