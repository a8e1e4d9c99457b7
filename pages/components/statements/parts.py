"""Parts of a statement's page beside the text: its state, its speaking time and its unmet requirements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import UnmetRequirement
from calendar_model.messages.statements import state_label
from calendar_model.mission.statements import languages
from calendar_model.mission.statements.queries import StatementView
from calendar_model.mission.statements.requirements import NextStep, requirements_of
from calendar_model.mission.statements.speaking import SpeakingLimit, applicable_limit, duration
from calendar_model.mission.statements.texts import speaking_seconds
from calendar_model.mission.statements.workflow import WAY, StatementFacts
from calendar_model.terms import RecordKind, StatementState
from calendar_model.translation import N_, Translated
from calendar_model.translation import gettext as _
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import link
from pages.components.shell.words import linked, plain
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Record, Statement

BEFORE = Translated(
    {
        StatementState.CONSULTATION: N_("Before consultation"),
        StatementState.CLEARED: N_("Before clearance"),
        StatementState.DELIVERED: N_("Before delivery"),
        StatementState.FOLLOWED_UP: N_("Before closing"),
    }
)

_MARKS = {-1: "", 0: ' aria-current="step"', 1: ' class="open"'}


def draw_steps(statement: Statement, zone: str) -> None:
    """Draw the states of a statement as a row of steps, and say when it was cleared and delivered."""
    way = WAY if statement.state in WAY else (StatementState.DROPPED,)
    at = way.index(statement.state)
    words = "".join(
        f"<li{_MARKS[(place > at) - (place < at)]}>{state_label(state).capitalize()}</li>"
        for place, state in enumerate(way)
    )
    title = _("Status")
    st.html(f'<ol class="steps" aria-label="{title}">{words}</ol>')
    parts = []
    if statement.cleared_by is not None and statement.cleared_at is not None:
        when = wording.moment(statement.cleared_at, zone)
        parts.append(
            _("Version {cleared_version} cleared by {name} on {when}.").format(
                cleared_version=statement.cleared_version, name=statement.cleared_by.name, when=when
            )
        )
    if statement.delivered_on is not None:
        parts.append(_("Delivered on {delivered_on}.").format(delivered_on=wording.day(statement.delivered_on)))
    if statement.waiting_for is not None:
        parts.append(_("Awaiting reply from {name}.").format(name=statement.waiting_for.name))
    if parts:
        st.caption(plain(" ".join(parts)))


# --- Speaking time


def draw_speaking_time(statement: Statement, context: PageContext) -> None:
    """Draw the speaking time of the newest text against the limit, with the source of the limit."""
    limit, known = applicable_limit(statement, context.reference, context.today)
    says = ""
    if statement.versions:
        newest = statement.versions[-1]
        seconds = speaking_seconds(newest.text, newest.language)
        against = _(" of {duration}").format(duration=duration(limit)) if limit else ""
        over = _(", {duration} over").format(duration=duration(seconds - limit)) if limit and seconds > limit else ""
        name = _("Version {number} in {name}").format(number=newest.number, name=languages.name(newest.language))
        says = _("**{name}: about {duration}{against}{over}.** ").format(
            name=name, duration=duration(seconds), against=against, over=over
        )
    if statement.speaking_seconds:
        says += _("Limit: {duration}, set under Details.").format(duration=duration(statement.speaking_seconds))
    elif known:
        shortest = min(known, key=lambda one: one.seconds)
        body = plain(labels.short_organisation(shortest.body, context.reference))
        which = _("Shortest known limit") if len({one.seconds for one in known}) > 1 else _("Limit")
        says += _("{which} in {body}: {duration}. Basis: {rule}.").format(
            which=which, body=body, duration=duration(shortest.seconds), rule=_rule(shortest)
        )
    else:
        says += _("No limit on record; enter the one in the order of the day under Details.")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(says, width="content")
        if known and not statement.speaking_seconds:
            with st.popover(_("All limits"), type="tertiary"):
                st.markdown(
                    "\n".join(f"- {duration(one.seconds)} ({plain(_(one.for_whom))}): {_rule(one)}" for one in known)
                )
                st.markdown(_("The order of the day takes precedence: enter its limit under Details."))


def _rule(limit: SpeakingLimit) -> str:
    known = linked(_("source"), limit.source_url) if limit.source_url else _("unsourced")
    return f"{plain(limit.occasion) or _('statements')}, {known}"


# --- Requirements


_READY = Translated(
    {
        StatementState.CONSULTATION: N_("Ready for consultation."),
        StatementState.CLEARED: N_("Ready to clear."),
        StatementState.DELIVERED: N_("Ready to deliver."),
        StatementState.FOLLOWED_UP: N_("Ready to close."),
    }
)


_READY = Translated(
    {
        StatementState.CONSULTATION: N_("Ready for consultation."),
        StatementState.CLEARED: N_("Ready to clear."),
        StatementState.DELIVERED: N_("Ready to deliver."),
        StatementState.FOLLOWED_UP: N_("Ready to close."),
    }
)


def next_step_words(step: NextStep) -> str:
    """Say what comes next and, in a sentence, what is still needed for it; empty once nothing is left to do."""
    if step.to is None:
        return ""
    if step.to is StatementState.DRAFT:
        return _("Next: write a first text.")
    if not step.unmet:
        return _READY[step.to]
    # What can be done about the statement itself first; who does the last step is the last question.
    first = next((unmet for unmet in step.unmet if unmet.can_be_overridden), step.unmet[0])
    more = _(" And {count} more.").format(count=len(step.unmet) - 1) if len(step.unmet) > 1 else ""
    return _("Next: {state_label}. {first}{more}").format(state_label=state_label(step.to), first=first, more=more)


def draw_checks(view: StatementView) -> StatementFacts:
    """Draw what is still needed for the next step, with links to complete it; return the facts behind it."""
    found = requirements_of(viewer(), view.statement)
    to = found.next.to
    if to is not None and to in BEFORE:
        _missing(BEFORE[to], found.next.unmet, view.linked, view.clearers)
    if found.later and to is not StatementState.CLEARED:
        _missing(BEFORE[StatementState.CLEARED], found.later, view.linked, view.clearers)
    if to is None:
        st.markdown(_("No further steps."))
    return found.facts


def _missing(
    heading: str, unmet: Iterable[UnmetRequirement], linked: Sequence[Record], clearers: Sequence[Person]
) -> None:
    st.markdown(f"**{heading}**")
    left = list(unmet)
    if not left:
        st.markdown(_("All checks passed."))
    for case in (record for record in linked if record.kind is RecordKind.CASE):
        of_case = [one for one in left if one.subject == case.id]
        if of_case:
            left = [one for one in left if one.subject != case.id]
            st.markdown("\n".join(f"- {plain(str(one))}" for one in of_case))
            link(
                "cases",
                _("Complete in {title}").format(title=plain(case.title)),
                icon=":material/arrow_forward:",
                record=case.id,
            )
    if left:
        st.markdown("\n".join(f"- {plain(str(one))}" for one in left))
    if any(one.code == "may-not-clear" for one in left):
        names = ", ".join(person.name for person in clearers)
        st.caption(
            plain(_("Authorised: {names}.").format(names=names) if names else _("No one can clear statements yet."))
        )
        if not names:
            link("settings", _("Settings"))
