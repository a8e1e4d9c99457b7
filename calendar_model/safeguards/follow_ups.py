"""What holds for follow-ups: who is to do one can see the record to which it belongs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from calendar_model.safeguards.refusal import Refused
from calendar_model.vocabulary import Sensitivity
from calendar_model.workspace.records import Access, FollowUp, Person, Record


def check(session: Session, written: Iterable[object], deleted: Iterable[object]) -> None:
    """Refuses an open follow-up for somebody who cannot see its record, or no longer could after this change.

    To be called once levels and names are as they will be. Of an older follow-up that is neither changed nor hidden by
    this change nothing is said.
    """
    for row in written:
        if isinstance(row, FollowUp):
            _check_owner(session, row)
        elif isinstance(row, Record) and _hides(row):
            _check_all(session, row)
    for row in deleted:
        if isinstance(row, Access):
            record = session.get(Record, row.record_id, execution_options={"everything": True})
            if record is not None and record not in session.deleted:
                _check_all(session, record)


def _hides(record: Record) -> bool:
    state = inspect(record)
    return bool(state.persistent and state.attrs.sensitivity.history.has_changes())


def _check_owner(session: Session, row: FollowUp) -> None:
    owner_changes = inspect(row).attrs.owner_id.history.has_changes()
    if row.done_on is not None or not (owner_changes or inspect(row).pending):
        return
    owner_id = row.owner_id or row.owner.id
    owner = session.get(Person, owner_id, execution_options={"everything": True})
    if owner is not None and not owner.active:
        raise Refused(f"{owner.name} is not active any more. Choose somebody else to do it.", field="owner_id")
    record = row.record or session.get(Record, row.record_id)
    if record is not None and not _sees(session, record, owner_id):
        raise Refused(
            "The record is restricted, and the person who is to do it cannot see it. Add them to the people with "
            "access first, or choose somebody who has access.",
            field="owner_id",
        )


def _check_all(session: Session, record: Record) -> None:
    if record.sensitivity is not Sensitivity.RESTRICTED:
        return
    open_ = select(FollowUp).where(FollowUp.record_id == record.id, FollowUp.done_on.is_(None))
    for row in session.scalars(open_.execution_options(everything=True)):
        if row not in session.deleted and row.done_on is None and not _sees(session, record, row.owner_id):
            owner = session.get(Person, row.owner_id, execution_options={"everything": True})
            name = owner.name if owner is not None else "Somebody"
            raise Refused(
                f"{name} has an open follow-up here and would not see the record any more. Keep their access, or give "
                "the follow-up to somebody else first.",
                field="named",
            )


def _sees(session: Session, record: Record, person_id: str) -> bool:
    if record.sensitivity is not Sensitivity.RESTRICTED:
        return True
    if any(access.person_id == person_id for access in record.named if access not in session.deleted):
        return True
    kept = select(Access).where(Access.record_id == record.id, Access.person_id == person_id)
    found = session.scalars(kept.execution_options(everything=True)).all()
    return any(one not in session.deleted for one in found)
