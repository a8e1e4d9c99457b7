"""Parts of the statements' page beside the text: where a statement stands, how long it takes, and what misses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import streamlit as st

from calendar_model import wording
from calendar_model.access.problems import UnmetRequirement
from calendar_model.access.unit_of_work import reading
from calendar_model.messages.statements import state_label
from calendar_model.mission.statements import commands, languages, workflow
from calendar_model.mission.statements.facts import facts_for
from calendar_model.mission.statements.speaking import Limit, limits, said
from calendar_model.mission.statements.texts import speaking_seconds
from calendar_model.mission.statements.workflow import Facts
from calendar_model.store.models import Case, Person, Record, Statement
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import StatementState
from pages.components.shell.context import PageContext
from pages.components.shell.current_user import viewer
from pages.components.shell.navigation import link
from pages.components.shell.words import linked, plain
from pages.components.statements.draft import moment
from pages.components.widgets import labels

WAY = (
    StatementState.IDEA,
    StatementState.DRAFT,
    StatementState.CONSULTATION,
    StatementState.CLEARED,
    StatementState.DELIVERED,
    StatementState.FOLLOWED_UP,
)
"""The way of a statement, from the first thought to the end."""

NEXT = dict(pairwise(WAY))
"""The next step from each state."""

BEFORE = {
    StatementState.CONSULTATION: "Before consultation",
    StatementState.CLEARED: "Before it is cleared",
    StatementState.DELIVERED: "Before it is delivered",
    StatementState.FOLLOWED_UP: "Before it is closed",
}

_MARKS = {-1: "", 0: ' aria-current="step"', 1: ' class="open"'}


def steps(statement: Statement, zone: str) -> None:
    """The way of a statement as a row of steps, in words, and when it was cleared and delivered."""
    way = WAY if statement.state in WAY else (StatementState.DROPPED,)
    at = way.index(statement.state)
    words = "".join(
        f"<li{_MARKS[(place > at) - (place < at)]}>{state_label(state).capitalize()}</li>"
        for place, state in enumerate(way)
    )
    st.html(f'<ol class="steps" aria-label="Where it stands">{words}</ol>')
    parts = []
    if statement.cleared_by is not None and statement.cleared_at is not None:
        when = moment(statement.cleared_at, zone)
        parts.append(f"Version {statement.cleared_version} cleared by {statement.cleared_by.name} on {when}.")
    if statement.delivered_on is not None:
        parts.append(f"Delivered on {wording.day(statement.delivered_on)}.")
    if statement.waiting_for is not None:
        parts.append(f"Waiting for {statement.waiting_for.name}.")
    if parts:
        st.caption(plain(" ".join(parts)))


# --- Speaking time


def limit_of(statement: Statement, context: PageContext) -> tuple[int | None, Sequence[Limit]]:
    """The limit in seconds that counts, and what the reference says: of several limits the shortest counts, because a
    text that fits it fits all. What is written down with the statement goes before the reference."""
    known = limits(context.reference, statement.forum, statement.form, statement.due or context.today)
    if statement.speaking_seconds:
        return statement.speaking_seconds, known
    return (min(limit.seconds for limit in known) if known else None), known


def speaking_time(statement: Statement, context: PageContext) -> None:
    """How long the newest text takes to say, against the limit, and where the limit comes from."""
    limit, known = limit_of(statement, context)
    says = ""
    if statement.versions:
        newest = statement.versions[-1]
        seconds = speaking_seconds(newest.text, newest.language)
        against = f" of {said(limit)}" if limit else ""
        over = f", {said(seconds - limit)} too long" if limit and seconds > limit else ""
        name = f"Version {newest.number} in {languages.name(newest.language)}"
        says = f"**{name}: about {said(seconds)}{against}{over}.** "
    if statement.speaking_seconds:
        says += f"The limit of {said(statement.speaking_seconds)} is written down in the details."
    elif known:
        shortest = min(known, key=lambda one: one.seconds)
        body = plain(labels.short_organisation(shortest.body, context.reference))
        several = "the shortest that is known in" if len({one.seconds for one in known}) > 1 else "that of"
        says += f"The limit of {said(shortest.seconds)} is {several} {body}: {_rule(shortest)}."
    else:
        says += "No speaking limit is known for it; write that of the order of the day in the details."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(says, width="content")
        if known and not statement.speaking_seconds:
            with st.popover("All limits", type="tertiary"):
                st.markdown("\n".join(f"- {said(one.seconds)} ({plain(one.for_whom)}): {_rule(one)}" for one in known))
                st.markdown("The order of the day goes before all of them: write its limit in the details.")


def _rule(limit: Limit) -> str:
    known = linked("source", limit.source_url) if limit.source_url else "from memory"
    return f"{plain(limit.occasion) or 'statements'}, {known}"


# --- What misses


def next_step(session: WorkspaceSession, statement: Statement, actor_id: str) -> tuple[StatementState | None, str]:
    """The next state and, in a sentence, what misses before it; no state once nothing is to be done."""
    to = NEXT.get(statement.state)
    if to is None:
        return None, ""
    if to is StatementState.DRAFT:
        return to, "Next: a first text makes it a draft."
    missing = commands.unmet_before(session, statement, actor_id, to)
    if not missing:
        return to, f"Next: {state_label(to)}; nothing misses."
    # What can be done about the statement itself first; who does the last step is the last question.
    first = next((unmet for unmet in missing if unmet.can_be_overridden), missing[0])
    more = f" And {len(missing) - 1} more." if len(missing) > 1 else ""
    return to, f"Next: {state_label(to)}. {first}{more}"


def checks(statement: Statement, linked: Sequence[Record], actor: Person, clearers: Sequence[Person]) -> Facts:
    """What misses before the next step, each with a link to where it is mended; gives the facts on which it rests."""
    with reading(viewer()) as session:
        facts = facts_for(session, statement, actor.id)
        to = NEXT.get(statement.state)
        missing = commands.unmet_before(session, statement, actor.id, to) if to in BEFORE else ()
        ahead: tuple[UnmetRequirement, ...] = ()
        if statement.state in (StatementState.IDEA, StatementState.DRAFT):
            waiting = facts_for(session, statement, actor.id, state=StatementState.CONSULTATION)
            ahead = workflow.unmet_requirements(waiting, StatementState.CLEARED)
    if to in BEFORE:
        _missing(BEFORE[to], missing, linked, clearers)
    if ahead and to is not StatementState.CLEARED:
        _missing(BEFORE[StatementState.CLEARED], [unmet for unmet in ahead if unmet not in missing], linked, clearers)
    if to is None:
        st.markdown("Nothing is left to do.")
    return facts


def _missing(
    heading: str, missing: Iterable[UnmetRequirement], linked: Sequence[Record], clearers: Sequence[Person]
) -> None:
    st.markdown(f"**{heading}**")
    left = list(missing)
    if not left:
        st.markdown("Nothing misses.")
    for case in (record for record in linked if isinstance(record, Case)):
        of_case = [unmet for unmet in left if unmet.subject == case.id]
        if of_case:
            left = [unmet for unmet in left if unmet.subject != case.id]
            st.markdown("\n".join(f"- {plain(str(unmet))}" for unmet in of_case))
            link("cases", f"Mend it in {plain(case.title)}", icon=":material/arrow_forward:", record=case.id)
    if left:
        st.markdown("\n".join(f"- {plain(str(unmet))}" for unmet in left))
    if any(unmet.code == "may-not-clear" for unmet in left):
        names = ", ".join(person.name for person in clearers)
        st.caption(plain(f"They are {names}." if names else "Nobody may clear yet."))
        if not names:
            link("settings", "Settings")
