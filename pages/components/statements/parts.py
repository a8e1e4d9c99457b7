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
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import link
from pages.components.shell.words import linked, plain
from pages.components.widgets import labels

if TYPE_CHECKING:
    from calendar_model.store.models import Person, Record, Statement

BEFORE = {
    StatementState.CONSULTATION: "Before consultation",
    StatementState.CLEARED: "Before clearance",
    StatementState.DELIVERED: "Before delivery",
    StatementState.FOLLOWED_UP: "Before closing",
}

_MARKS = {-1: "", 0: ' aria-current="step"', 1: ' class="open"'}


def draw_steps(statement: Statement, zone: str) -> None:
    """Draw the states of a statement as a row of steps, and say when it was cleared and delivered."""
    way = WAY if statement.state in WAY else (StatementState.DROPPED,)
    at = way.index(statement.state)
    words = "".join(
        f"<li{_MARKS[(place > at) - (place < at)]}>{state_label(state).capitalize()}</li>"
        for place, state in enumerate(way)
    )
    st.html(f'<ol class="steps" aria-label="State">{words}</ol>')
    parts = []
    if statement.cleared_by is not None and statement.cleared_at is not None:
        when = wording.moment(statement.cleared_at, zone)
        parts.append(f"Version {statement.cleared_version} cleared by {statement.cleared_by.name} on {when}.")
    if statement.delivered_on is not None:
        parts.append(f"Delivered on {wording.day(statement.delivered_on)}.")
    if statement.waiting_for is not None:
        parts.append(f"Awaiting reply from {statement.waiting_for.name}.")
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
        against = f" of {duration(limit)}" if limit else ""
        over = f", {duration(seconds - limit)} over" if limit and seconds > limit else ""
        name = f"Version {newest.number} in {languages.name(newest.language)}"
        says = f"**{name}: about {duration(seconds)}{against}{over}.** "
    if statement.speaking_seconds:
        says += f"Limit: {duration(statement.speaking_seconds)}, set under Details."
    elif known:
        shortest = min(known, key=lambda one: one.seconds)
        body = plain(labels.short_organisation(shortest.body, context.reference))
        which = "Shortest known limit" if len({one.seconds for one in known}) > 1 else "Limit"
        says += f"{which} in {body}: {duration(shortest.seconds)}. Basis: {_rule(shortest)}."
    else:
        says += "No limit on record; enter the one in the order of the day under Details."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(says, width="content")
        if known and not statement.speaking_seconds:
            with st.popover("All limits", type="tertiary"):
                st.markdown(
                    "\n".join(f"- {duration(one.seconds)} ({plain(one.for_whom)}): {_rule(one)}" for one in known)
                )
                st.markdown("The order of the day takes precedence: enter its limit under Details.")


def _rule(limit: SpeakingLimit) -> str:
    known = linked("source", limit.source_url) if limit.source_url else "unsourced"
    return f"{plain(limit.occasion) or 'statements'}, {known}"


# --- Requirements


_READY = {
    StatementState.CONSULTATION: "Ready for consultation.",
    StatementState.CLEARED: "Ready to clear.",
    StatementState.DELIVERED: "Ready to deliver.",
    StatementState.FOLLOWED_UP: "Ready to close.",
}


_READY = {
    StatementState.CONSULTATION: "Ready for consultation.",
    StatementState.CLEARED: "Ready to clear.",
    StatementState.DELIVERED: "Ready to deliver.",
    StatementState.FOLLOWED_UP: "Ready to close.",
}


def next_step_words(step: NextStep) -> str:
    """Say what comes next and, in a sentence, what is still needed for it; empty once nothing is left to do."""
    if step.to is None:
        return ""
    if step.to is StatementState.DRAFT:
        return "Next: write a first text."
    if not step.unmet:
        return _READY[step.to]
    # What can be done about the statement itself first; who does the last step is the last question.
    first = next((unmet for unmet in step.unmet if unmet.can_be_overridden), step.unmet[0])
    more = f" And {len(step.unmet) - 1} more." if len(step.unmet) > 1 else ""
    return f"Next: {state_label(step.to)}. {first}{more}"


def draw_checks(view: StatementView) -> StatementFacts:
    """Draw what is still needed for the next step, with links to complete it; return the facts behind it."""
    found = requirements_of(viewer(), view.statement)
    to = found.next.to
    if to in BEFORE:
        _missing(BEFORE[to], found.next.unmet, view.linked, view.clearers)
    if found.later and to is not StatementState.CLEARED:
        _missing(BEFORE[StatementState.CLEARED], found.later, view.linked, view.clearers)
    if to is None:
        st.markdown("No further steps.")
    return found.facts


def _missing(
    heading: str, unmet: Iterable[UnmetRequirement], linked: Sequence[Record], clearers: Sequence[Person]
) -> None:
    st.markdown(f"**{heading}**")
    left = list(unmet)
    if not left:
        st.markdown("All checks passed.")
    for case in (record for record in linked if record.kind is RecordKind.CASE):
        of_case = [one for one in left if one.subject == case.id]
        if of_case:
            left = [one for one in left if one.subject != case.id]
            st.markdown("\n".join(f"- {plain(str(one))}" for one in of_case))
            link("cases", f"Complete in {plain(case.title)}", icon=":material/arrow_forward:", record=case.id)
    if left:
        st.markdown("\n".join(f"- {plain(str(one))}" for one in left))
    if any(one.code == "may-not-clear" for one in left):
        names = ", ".join(person.name for person in clearers)
        st.caption(plain(f"Authorised: {names}." if names else "No one can clear statements yet."))
        if not names:
            link("settings", "Settings")
