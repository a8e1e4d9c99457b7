"""How a statement moves from an idea to what was said, and what stands before each move.

::

    idea → draft ⇄ in consultation → cleared → delivered → followed up
      any of the first four → dropped → draft;  a new text of a cleared statement → draft

Clearing is for somebody who may clear, and who can read all that the statement is linked to. What raises an individual
case passes the checks of the guidelines' section 3.4 first, and is cleared by somebody who has written none of it since
it was last cleared and has asked for no override of it; it is closed only after the contact afterwards. One person may
ask to override those checks that can be overridden, with a reason, and a second person who may clear confirms it; that
holds for the version of the text for which it was asked, and stays on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from calendar_model import clock
from calendar_model.access.problems import UnmetRequirement
from calendar_model.terms import InTheLoop, Prospect, Publicity, RiskLevel, StatementState, Step

IDEA, DRAFT, CONSULTATION = StatementState.IDEA, StatementState.DRAFT, StatementState.CONSULTATION
CLEARED, DELIVERED = StatementState.CLEARED, StatementState.DELIVERED
FOLLOWED_UP, DROPPED = StatementState.FOLLOWED_UP, StatementState.DROPPED

MOVES: Mapping[StatementState, tuple[StatementState, ...]] = {
    IDEA: (DRAFT, DROPPED),
    DRAFT: (CONSULTATION, DROPPED),
    CONSULTATION: (CLEARED, DRAFT, DROPPED),
    CLEARED: (DELIVERED, DRAFT, DROPPED),
    DELIVERED: (FOLLOWED_UP,),
    FOLLOWED_UP: (),
    DROPPED: (DRAFT,),
}
"""Where a statement can go from each state; nowhere else."""

WRITABLE = frozenset({IDEA, DRAFT, CONSULTATION, CLEARED})
"""States in which a text can be saved; in ``cleared`` that takes the clearance back."""

STEPS: Mapping[StatementState, Step] = {CLEARED: Step.CLEAR, DELIVERED: Step.CLEAR, FOLLOWED_UP: Step.CLOSE}
"""Before which states the checks of a step stand. Delivery asks those of clearance again: a case may have changed."""


@dataclass(frozen=True)
class CaseFacts:
    """What is known of a case that a statement raises. ``name`` is its code, or a word for one that is hidden."""

    name: str
    mission_consulted_on: date | None = None
    mission: str = ""
    mission_advice: str = ""
    before_on: date | None = None
    before_with: InTheLoop | None = None
    before_note: str = ""
    risk: RiskLevel | None = None
    risk_reasons: str = ""
    risk_mitigation: str = ""
    risk_weighed_on: date | None = None
    prospect: Prospect | None = None
    prospect_reasons: str = ""
    prospect_weighed_on: date | None = None
    publicity: Publicity | None = None
    publicity_reason: str = ""
    publicity_decided_on: date | None = None
    after_on: date | None = None
    after_with: InTheLoop | None = None
    after_note: str = ""


@dataclass(frozen=True)
class Facts:
    """All that a move depends on. ``overridden``: the steps that a second person has confirmed for this version.

    ``writers`` wrote or edited the text since it was last cleared, ``askers`` asked to override its checks since then;
    both are empty for a statement to which no individual case is or was linked.
    ``hidden``: how many records linked to the statement the actor cannot see, and ``hidden_cases`` of them are cases.
    """

    state: StatementState
    version: int = 0
    cleared_version: int | None = None
    writers: frozenset[str] = frozenset()
    askers: frozenset[str] = frozenset()
    actor: str = ""
    hidden: int = 0
    hidden_cases: int = 0
    actor_may_clear: bool = False
    delivered_on: date | None = None
    open_follow_ups: int = 0
    cases: tuple[CaseFacts, ...] = ()
    overridden: frozenset[Step] = frozenset()


def lacks(facts: Facts, to: StatementState) -> tuple[UnmetRequirement, ...]:
    """What still misses before the statement can go to this state; empty: it can.

    A move that does not exist is a lack too. What was overridden for this version is not named again.
    """
    if to not in MOVES[facts.state]:
        return (UnmetRequirement(f"A statement does not go from {said(facts.state)} to {said(to)}.", code="no-move"),)
    found: list[UnmetRequirement] = []
    if to in (CONSULTATION, CLEARED) and not facts.version:
        found.append(UnmetRequirement("There is no text yet: write and save one first.", code="text"))
    if to is CLEARED:
        if not facts.actor_may_clear:
            says = "Clearing is for somebody who may clear: ask one of them, or set it in Settings."
            found.append(UnmetRequirement(says, code="may-clear"))
        why = "it raises an individual case" if facts.cases else "an individual case was linked to it"
        if facts.actor in facts.writers:
            says = "You have written some of this text since it was last cleared"
            found.append(UnmetRequirement(f"{says}, and {why}: ask somebody else to clear it.", code="writer"))
        if facts.actor in facts.askers:
            says = "You have asked to override a check of this text"
            found.append(UnmetRequirement(f"{says}, and {why}: ask somebody else to clear it.", code="asker"))
    if to is DELIVERED:
        if facts.cleared_version != facts.version:
            found.append(
                UnmetRequirement(
                    "The text was changed after it was cleared: have it cleared again.", code="cleared-text"
                )
            )
        if facts.delivered_on is None:
            found.append(UnmetRequirement("Say on which day it was delivered.", code="delivered_on"))
    step = STEPS.get(to)
    if step is not None:
        passed_over = step in facts.overridden
        found += [lack for lack in step_lacks(facts, step) if not (passed_over and lack.can_be_overridden)]
    return (*found, *unread(facts)) if to is CLEARED else tuple(found)


def unread(facts: Facts) -> tuple[UnmetRequirement, ...]:
    """That somebody cannot read all that the statement is linked to: who clears has to see what they clear."""
    if not facts.hidden:
        return ()
    records = "one restricted record" if facts.hidden == 1 else f"{facts.hidden} restricted records"
    cases = "" if not facts.hidden_cases else f", {facts.hidden_cases} of them individual cases"
    if facts.hidden == facts.hidden_cases == 1:
        records, cases = "one individual case", ""
    says = f"The statement is linked to {records} that you cannot read{cases}."
    return (
        UnmetRequirement(
            f"{says} Ask somebody with access to add you there, or somebody who reads all of it to clear.",
            code="hidden",
        ),
    )


def on_day(facts: Facts, delivered_on: date) -> Facts:
    """The same, delivered on this day."""
    return replace(facts, delivered_on=delivered_on)


def step_lacks(facts: Facts, step: Step) -> tuple[UnmetRequirement, ...]:
    """What a step's checks find, overridden or not."""
    if step is Step.CLEAR:
        return tuple(lack for case in facts.cases for lack in before_clearing(case))
    found = [lack for case in facts.cases for lack in before_closing(case, facts.delivered_on)]
    if facts.open_follow_ups:
        says = f"Follow-ups still open: {facts.open_follow_ups}. Do them, or say what came of them."
        found.append(UnmetRequirement(says, code="follow-ups"))
    return tuple(found)


def before_clearing(case: CaseFacts) -> tuple[UnmetRequirement, ...]:
    """What section 3.4 asks before a case is raised and this one does not have yet.

    A question is answered once all that belongs to it is filled in, and its day has come. A risk assessed as not
    acceptable and a decision to work quietly are answers, not gaps: nobody overrides them, they have to be assessed or
    decided anew.
    """
    found: list[UnmetRequirement] = []

    def open_(code: str, says: str) -> None:
        found.append(UnmetRequirement(f"{case.name}: {says}", can_be_overridden=True, code=code))

    if not _has_come(case.mission_consulted_on):
        open_("mission", "the bilateral mission has not been consulted.")
    elif not (case.mission.strip() and case.mission_advice.strip()):
        open_("mission", "which bilateral mission was consulted, and what it advises, is not filled in.")
    if not _has_come(case.before_on):
        open_("before", "nobody has talked it over with the defender, or with civil society for them.")
    elif not _says_with_whom(case.before_with, case.before_note):
        open_("before", "with whom it was talked over, and what civil society wants for them, is not filled in.")
    if case.risk is None or not (case.risk_reasons.strip() and _has_come(case.risk_weighed_on)):
        open_("risk", "the risk of reprisals has not been weighed, with its reasons.")
    elif case.risk is RiskLevel.HIGH and not case.risk_mitigation.strip():
        open_("risk", "the risk of reprisals is high, and nothing says what would lessen it.")
    elif case.risk is RiskLevel.NOT_ACCEPTABLE:
        says = "the risk of reprisals was weighed as not acceptable. Take the case out."
        found.append(UnmetRequirement(f"{case.name}: {says}", code="risk"))
    if case.prospect is None or not (case.prospect_reasons.strip() and _has_come(case.prospect_weighed_on)):
        open_("prospects", "the prospects have not been weighed, with their reasons.")
    if case.publicity is None or not (case.publicity_reason.strip() and _has_come(case.publicity_decided_on)):
        open_("publicity", "publicity has not been decided, with its reason.")
    elif case.publicity is Publicity.QUIET:
        says = "it was decided to work quietly. Take the case out, or decide anew."
        found.append(UnmetRequirement(f"{case.name}: {says}", code="publicity"))
    return tuple(found)


def before_closing(case: CaseFacts, delivered_on: date | None) -> tuple[UnmetRequirement, ...]:
    """What is missing after the statement: the contact with the defender, or civil society for them, since that day."""
    if not _has_come(case.after_on) or (
        delivered_on is not None and case.after_on is not None and case.after_on < delivered_on
    ):
        says = "no contact with the defender, or civil society for them, since the statement."
    elif not _says_with_whom(case.after_with, case.after_note):
        says = "enter who was contacted after the statement, and what civil society says."
    else:
        return ()
    return (UnmetRequirement(f"{case.name}: {says}", can_be_overridden=True, code="after"),)


def _has_come(day: date | None) -> bool:
    """Whether something happened on this day: it is there, and not a day to come."""
    return day is not None and clock.has_come(day)


def _says_with_whom(whom: InTheLoop | None, note: str) -> bool:
    """Whether it is filled in with whom it was; what others say for the defender is written down with it."""
    return whom is InTheLoop.DEFENDER or (whom is InTheLoop.CIVIL_SOCIETY and bool(note.strip()))


def said(state: StatementState) -> str:
    """The state in words."""
    return {CONSULTATION: "in consultation", FOLLOWED_UP: "followed up"}.get(state, state.value)
