"""Individual cases (section 3.4 of the guidelines) and reprisals: their checks, commands and queries.

:func:`calendar_model.mission.statements.case_checks.before_clearing` alone decides what counts as an answer; here it is
applied to a case or a form. Queries return what the session's viewer may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused, UnmetRequirement
from calendar_model.mission.checks import (
    Checks,
    give_access_to_owner,
    ids_linked_in_database,
    is_changed,
)
from calendar_model.mission.data_protection.retention import check_deletion
from calendar_model.mission.statements.case_checks import COLUMNS, CaseFacts, before_clearing, before_closing
from calendar_model.mission.transactions import SaveOptions, save
from calendar_model.store.models import (
    Access,
    Base,
    Case,
    FollowUp,
    Record,
    Reprisal,
    Statement,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import AFTER_DELIVERY, ReprisalState
from calendar_model.vocabulary import Sensitivity


class Attention(StrEnum):
    """What a case needs, the most urgent first."""

    MISSING = "missing"
    """A requirement is missing before it can be raised."""
    WAITING = "waiting"
    """It was raised in a statement, and nobody has since contacted the defender, or civil society on their behalf."""
    REST = "rest"
    """It is open and nothing is missing: it can be raised, or it was decided not to raise it."""
    CLOSED = "closed"


def facts(case: Case) -> CaseFacts:
    """Return the columns that the checks read, without the code: messages then begin with what is missing."""
    return _facts_of({name: getattr(case, name) for name in COLUMNS})


def facts_of_form(values: Mapping[str, Any], case: Case | None = None) -> CaseFacts:
    """Return the same from the columns of a form, :func:`with_days_completed`.

    Columns that the form does not have are those of the ``case``; without one they count as empty.
    """
    kept = {name: getattr(case, name) for name in COLUMNS} if case is not None else {}
    return _facts_of(with_days_completed({**kept, **values}))


def _facts_of(values: Mapping[str, Any]) -> CaseFacts:
    return CaseFacts(**{name: values[name] for name in COLUMNS if values.get(name)})


def missing(found: CaseFacts) -> list[UnmetRequirement]:
    """Return the requirements that are missing before the case can be raised."""
    return [unmet for unmet in before_clearing(found) if unmet.can_be_overridden]


def reasons_not_to_raise(found: CaseFacts) -> list[UnmetRequirement]:
    """Return the answers by which it was decided not to raise the case."""
    return [unmet for unmet in before_clearing(found) if not unmet.can_be_overridden]


def delivered_days(found: Iterable[Statement]) -> list[date | None]:
    """Return the days of delivery of the statements that have been delivered."""
    return [one.delivered_on for one in found if one.state in AFTER_DELIVERY]


def awaits_contact(found: CaseFacts, delivered: Iterable[date | None]) -> bool:
    """Return whether nobody has contacted the defender since the last statement.

    ``delivered`` are the days of the statements that raised the case; None for one that is not delivered.
    """
    days = [day for day in delivered if day is not None]
    return bool(days) and before_closing(found, max(days)) is not None


def attention(case: Case, delivered: Iterable[date | None]) -> Attention:
    """Return what a case needs; ``delivered`` is as for :func:`awaits_contact`.

    A case that was raised needs contact, whatever was missing before. If it was decided not to raise the case, other
    missing answers are not urgent.
    """
    found = facts(case)
    if case.closed_on is not None:
        return Attention.CLOSED
    if awaits_contact(found, delivered):
        return Attention.WAITING
    return Attention.MISSING if missing(found) and not reasons_not_to_raise(found) else Attention.REST


_WEIGHED: Mapping[str, str] = {
    "risk": "risk_weighed_on",
    "prospect": "prospect_weighed_on",
    "publicity": "publicity_decided_on",
}
"""The column with the day of each answer."""


def with_days_completed(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the columns of a case, with today for each answer that is given without its day."""
    days = {day: clock.today() for answer, day in _WEIGHED.items() if values.get(answer) and not values.get(day)}
    return {**values, **days}


def _complete_days(_session: Session, case: Case) -> None:
    """Set the days that :func:`with_days_completed` adds."""
    answers = {name: getattr(case, name) for pair in _WEIGHED.items() for name in pair}
    for name, value in with_days_completed(answers).items():
        if value != answers[name]:
            setattr(case, name, value)


def _check_closing(session: Session, case: Case) -> None:
    """Raise Refused for closing a case that was raised, if nobody has contacted the defender or civil society since."""
    if case.closed_on is None or not is_changed(case, "closed_on"):
        return
    delivered = select(Statement.delivered_on).where(
        Statement.id.in_(ids_linked_in_database(session, [case.id])[case.id]),
        Statement.state.in_(AFTER_DELIVERY),
    )
    days = [day for day in session.scalars(delivered.execution_options(everything=True)) if day]
    if awaits_contact(facts(case), days):
        raise Refused(Problem("case-closed-before-contact", "after_on"))


def _restrict_linked_record(session: WorkspaceSession, _record: Record, other: Record) -> None:
    """Restrict a record that is linked to a case or a reprisal, because the link could identify the person."""
    if not isinstance(other, (Case, Reprisal)) and other.sensitivity is not Sensitivity.RESTRICTED:
        other.sensitivity = Sensitivity.RESTRICTED
        give_access_to_owner(other, session.actor)


def _reprisal_problems(values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what is missing for an allegation that is reported or answered, and dates in the wrong order."""
    found: list[Problem] = []
    state, alleged_on, reported_on = (values.get(name) for name in ("state", "alleged_on", "reported_on"))
    if state in (ReprisalState.REPORTED, ReprisalState.ANSWERED):
        if not (values.get("reported_to") or "").strip():
            found.append(Problem("reprisal-report-missing", "reported_to"))
        elif reported_on is None:
            found.append(Problem("reprisal-report-missing", "reported_on"))
    if state is ReprisalState.ANSWERED and not (values.get("response") or "").strip():
        found.append(Problem("reprisal-response-missing", "response"))
    if alleged_on is not None and reported_on is not None and reported_on < alleged_on:
        found.append(Problem("reprisal-reported-too-early", "reported_on", {"alleged_on": alleged_on}))
    return tuple(found)


def _restricted(_detail: object) -> Sensitivity:
    return Sensitivity.RESTRICTED


CHECKS: Mapping[type[Base], Checks] = {
    Case: Checks(
        written=_complete_days,
        changed=_check_closing,
        deleted=check_deletion,
        linked=_restrict_linked_record,
        lowest_level=_restricted,
    ),
    Reprisal: Checks(
        problems=_reprisal_problems,
        problems_with=("state", "alleged_on", "reported_to", "reported_on", "response"),
        deleted=check_deletion,
        linked=_restrict_linked_record,
        lowest_level=_restricted,
    ),
}


def list_cases(session: Session) -> list[Case]:
    """Return the cases, by code, with owner and people with access loaded."""
    return list(session.scalars(select(Case).options(*_with_people()).order_by(Case.title, Case.id)))


def list_reprisals(session: Session) -> list[Reprisal]:
    """Return the allegations of reprisal, the newest first, with owner and people with access loaded."""
    newest = Reprisal.alleged_on.desc().nulls_last()
    return list(
        session.scalars(select(Reprisal).options(*_with_people()).order_by(newest, Reprisal.title, Reprisal.id))
    )


def _with_people() -> tuple[ExecutableOption, ...]:
    return selectinload(Record.owner), selectinload(Record.named).selectinload(Access.person)


# --- Commands


def save_case(
    viewer: Viewer, values: Mapping[str, Any], *, case_id: str = "", seen: int = 0, **options: Unpack[SaveOptions]
) -> str:
    """Save a new individual case, or change the ``seen`` version of one, and return its identifier.

    Options and errors are those of :func:`~calendar_model.mission.transactions.save`.
    """
    return save(viewer, Case, values, record_id=case_id, seen=seen, **options)


def save_reprisal(
    viewer: Viewer,
    values: Mapping[str, Any],
    *,
    reprisal_id: str = "",
    seen: int = 0,
    follow_up: Mapping[str, Any] | None = None,
    **options: Unpack[SaveOptions],
) -> str:
    """Save an allegation of reprisal and return its identifier, as :func:`save_case` does for a case.

    ``follow_up`` has the columns of the first one of a new allegation (what, due, owner_id).
    """
    following = {"follow_ups": [FollowUp(**follow_up)]} if follow_up else {}
    return save(viewer, Reprisal, {**values, **following}, record_id=reprisal_id, seen=seen, **options)
