"""Checks of a statement, its texts and its overrides before they are written, from pages and scripts alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect, select

from calendar_model.access.problems import SHORTEST_REASON, Problem, Refused
from calendar_model.clock import now
from calendar_model.mission.checks import (
    Checks,
    give_access_to,
    goes_with_record,
    has_role,
    is_changed,
    must_be_actor,
    reads_at,
    value_before,
)
from calendar_model.mission.data_protection.retention import check_deletion
from calendar_model.mission.statements import workflow
from calendar_model.mission.statements.agreement import bracketed_passages, is_negotiated
from calendar_model.mission.statements.facts import case_facts, facts_for, linked_record_ids, newest_numbers
from calendar_model.mission.statements.reviews import unreviewed_overrides
from calendar_model.mission.statements.texts import same_text
from calendar_model.mission.statements.workflow import CLEARED, DELIVERED, DRAFT, IDEA, WRITABLE
from calendar_model.store.models import (
    AgreedText,
    Base,
    Case,
    Override,
    OverrideReview,
    Person,
    Record,
    Statement,
    Unsaved,
    Version,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import AFTER_DELIVERY, Role, StatementFormat
from calendar_model.translation import SOURCE, in_language
from calendar_model.vocabulary import Sensitivity

# --- Statements


def _check_new_statement(session: WorkspaceSession, statement: Statement) -> None:
    if session.actor:
        _check_response(statement)
        if statement.state not in (None, IDEA):
            raise Refused(Problem("statement-not-an-idea", "state"))


def _check_changed_statement(session: WorkspaceSession, statement: Statement) -> None:
    _check_level(session, statement)
    _check_response(statement)
    if session.actor:
        _check_move(session, statement)
    if statement.sensitivity is Sensitivity.RESTRICTED and statement.waiting_for_id:
        # The person asked to clear or to reply must be able to read it.
        give_access_to(statement, statement.waiting_for_id)
    if statement.sensitivity is Sensitivity.INTERNAL and statement.waiting_for_id:
        is_asked = is_changed(statement, "waiting_for_id") or is_changed(statement, "mission_id")
        if is_asked and not reads_at(session, statement.waiting_for_id, statement.mission_id):
            raise Refused(Problem("asked-of-other-mission", "waiting_for_id"))


def _check_response(statement: Statement) -> None:
    """Refuse a State's response to what is no UPR recommendation, or has not been made yet."""
    is_open = statement.format is StatementFormat.UPR_RECOMMENDATION and statement.state in AFTER_DELIVERY
    for column in ("upr_response", "upr_implementation"):
        if getattr(statement, column) and not is_open:
            raise Refused(Problem("response-without-recommendation", column))


def _check_level(session: WorkspaceSession, statement: Statement) -> None:
    """Refuse to show a statement that raises a case to more people before it is delivered."""
    if (
        statement.sensitivity.rank < value_before(statement, "sensitivity").rank
        and statement.state not in AFTER_DELIVERY
        and case_facts(session, linked_record_ids(session, [statement])[statement.id])
    ):
        raise Refused(Problem("statement-raises-case", "sensitivity"))


def _check_move(session: WorkspaceSession, statement: Statement) -> None:
    """Refuse a change of state with unmet requirements, and a clearance or day of delivery without its change.

    Completes the clearance: it is given by the change to ``cleared``, and ends with a change back.
    """
    history: Any = inspect(statement).attrs.state.history
    moves = history.has_changes()
    is_delivered = statement.state in AFTER_DELIVERY
    clears = any(is_changed(statement, name) for name in ("cleared_version", "cleared_by_id", "cleared_at"))
    dates = is_changed(statement, "delivered_on")
    may_be_dated = statement.state is DELIVERED and (moves or statement.delivered_on is not None)
    if (clears and (not moves or is_delivered)) or (dates and not may_be_dated):
        raise Refused(Problem("clearance-without-move"))
    if not moves:
        return
    before, to = history.deleted[0], statement.state
    facts = facts_for(session, statement, session.actor, state=before)
    if unmet := workflow.unmet_requirements(facts, to):
        raise Refused(Problem("not-yet", values={"to": to}), unmet=unmet)
    if to is CLEARED:
        statement.cleared_version, statement.cleared_by_id, statement.cleared_at = facts.version, session.actor, now()
    elif not is_delivered:
        _take_clearance_back(statement)


def _take_clearance_back(statement: Statement) -> None:
    statement.cleared_version = statement.cleared_by_id = statement.cleared_at = None


def _reopen(statement: Statement) -> None:
    """Make a cleared statement a draft again."""
    statement.state = DRAFT
    _take_clearance_back(statement)


def _reopen_for_case(_session: WorkspaceSession, statement: Statement, other: Record) -> None:
    """Withdraw the clearance if an individual case is linked to a cleared statement."""
    if isinstance(other, Case) and statement.state is CLEARED:
        _reopen(statement)


# --- Texts


def _check_new_version(session: WorkspaceSession, version: Version) -> None:
    """Refuse a text that is not the newest, not its writer's, or that changes nothing: a clearance must not end for it.

    A first text makes an idea a draft.
    """
    statement = version.statement or session.get(Statement, version.statement_id)
    if statement is None:
        raise Refused(Problem("statement-gone"))
    if not session.actor and statement.sample:
        return
    if version.written_by_id != session.actor:
        raise Refused(Problem("version-of-another-person", "written_by_id"))
    if version.number <= newest_numbers(session, [statement.id])[statement.id]:
        # A change of state names the newest version read, so its number must never mean another text.
        raise Refused(Problem("version-not-newest", "number"))
    if statement.state not in WRITABLE and statement.state is not None:
        raise Refused(Problem("statement-not-writable", values={"state": statement.state}))
    before = _newest_in(session, statement.id, version.language or "en")
    if before is not None and same_text(before.text, version.text or ""):
        raise Refused(Problem("text-unchanged", values={"number": before.number}))
    if statement.state is CLEARED:
        _reopen(statement)
    elif statement.state in (None, IDEA):
        statement.state = DRAFT


def _newest_in(session: WorkspaceSession, statement_id: str, language: str) -> Version | None:
    """The newest saved text in a language."""
    saved = select(Version).where(Version.statement_id == statement_id, Version.language == language)
    with session.no_autoflush:
        return session.scalars(saved.order_by(Version.number.desc()).limit(1)).first()


def _check_unsaved(session: WorkspaceSession, row: Unsaved) -> None:
    if row.person_id != session.actor:
        raise Refused(Problem("unsaved-of-another-person", "person_id"))


# --- Overrides


def _check_new_override(session: WorkspaceSession, row: Override) -> None:
    """Refuse an override that is not needed or not confirmed by a second person; it is for the newest text."""
    statement = session.get(Statement, row.statement_id)
    if statement is None:
        raise Refused(Problem("statement-gone"))
    actor = session.get(Person, session.actor)
    if actor is None:
        return
    facts = facts_for(session, statement, actor.id)
    row.person_id, row.version_number = actor.id, facts.version
    if len((row.reason or "").strip()) < SHORTEST_REASON:
        raise Refused(Problem("override-without-reason", "reason"))
    if row.confirms_id is None:
        unmet = [one for one in workflow.unmet_in_step(facts, row.step) if one.can_be_overridden]
        if not unmet:
            raise Refused(Problem("override-not-needed", "step"))
        # Kept as sentences, so that later readers see what the two persons saw, even if the messages change.
        # The record keeps one language, no matter who asks.
        with in_language(SOURCE):
            row.missing = "\n".join(map(str, unmet))
        return
    asked = session.get(Override, row.confirms_id)
    if asked is None or asked.statement_id != statement.id or asked.confirms_id is not None:
        raise Refused(Problem("override-not-asked", "confirms_id"))
    if asked.person_id == actor.id or not has_role(session, actor.id, Role.CLEARER, at=statement.mission_id):
        raise Refused(Problem("override-needs-second-person"))
    if unreadable := workflow.unreadable_records(facts):
        raise Refused(unmet=unreadable)
    if asked.version_number != facts.version:
        raise Refused(Problem("override-of-older-text"))
    row.step, row.missing = asked.step, asked.missing


def _check_new_review(session: WorkspaceSession, row: OverrideReview) -> None:
    """Refuse a review of what is not to be reviewed, by a person who took part in it, or without an assessment.

    It is a review of the newest text, which is the one that was delivered.
    """
    statement, actor = session.get(Statement, row.statement_id), session.get(Person, session.actor)
    if statement is None:
        raise Refused(Problem("statement-gone"))
    if actor is None:
        return
    owed = {debt.override_id: debt for debt in unreviewed_overrides(session, [statement.id])}
    debt = owed.get(row.override_id)
    if debt is None or not debt.can_be_reviewed:
        raise Refused(Problem("nothing-to-review"))
    if actor.id in debt.involved or not has_role(session, actor.id, Role.CLEARER, at=statement.mission_id):
        raise Refused(Problem("review-needs-another-person"))
    facts = facts_for(session, statement, actor.id)
    if unreadable := workflow.unreadable_records(facts):
        raise Refused(unmet=unreadable)
    if len((row.assessment or "").strip()) < SHORTEST_REASON:
        raise Refused(Problem("review-without-assessment", "assessment"))
    row.person_id, row.version_number = actor.id, facts.version


# --- Agreed texts


def _check_new_agreement(session: WorkspaceSession, row: AgreedText) -> None:
    """Refuse to mark as agreed what is not negotiated, an older version, or a text with passages in brackets."""
    statement = session.get(Statement, row.statement_id)
    if statement is None:
        raise Refused(Problem("statement-gone"))
    if not session.actor and statement.sample:
        return
    must_be_actor(session, row.person_id)
    _check_agreement_is_open(statement)
    if not is_negotiated(statement):
        raise Refused(Problem("not-negotiated"))
    version = session.scalars(
        select(Version).where(Version.statement_id == statement.id, Version.number == row.version_number)
    ).first()
    newest = None if version is None else _newest_in(session, statement.id, version.language)
    if version is None or newest is None or newest.number != version.number:
        raise Refused(Problem("newer-text-unread"))
    if passages := bracketed_passages(version.text):
        raise Refused(Problem("text-in-brackets", values={"number": version.number, "count": len(passages)}))


def _check_agreement_is_open(statement: Statement) -> None:
    if statement.state not in WRITABLE:
        raise Refused(Problem("statement-not-writable", values={"state": statement.state}))


def _check_agreement_ends(session: WorkspaceSession, row: AgreedText) -> None:
    if not goes_with_record(session, row.statement_id):
        statement = session.get(Statement, row.statement_id)
        if statement is not None:
            _check_agreement_is_open(statement)


def _refuse_change(_session: WorkspaceSession, _row: object) -> None:
    raise Refused(Problem("text-or-override-changed"))


def _refuse_removal(session: WorkspaceSession, row: Version | Override | OverrideReview) -> None:
    """Refuse to delete a text, an override or its review but with the statement."""
    if not goes_with_record(session, row.statement_id):
        raise Refused(Problem("text-or-override-removed"))


CHECKS: Mapping[type[Base], Checks] = {
    Statement: Checks(
        new=_check_new_statement, changed=_check_changed_statement, deleted=check_deletion, linked=_reopen_for_case
    ),
    Version: Checks(new=_check_new_version, changed=_refuse_change, deleted=_refuse_removal),
    Override: Checks(new=_check_new_override, changed=_refuse_change, deleted=_refuse_removal),
    OverrideReview: Checks(new=_check_new_review, changed=_refuse_change, deleted=_refuse_removal),
    AgreedText: Checks(new=_check_new_agreement, changed=_refuse_change, deleted=_check_agreement_ends),
    Unsaved: Checks(new=_check_unsaved),
}
