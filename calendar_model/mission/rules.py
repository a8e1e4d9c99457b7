"""The rules for every change of the workspace, applied before anything is written.

A change that breaks a rule is refused with its whole transaction. Pages, the command line and scripts all write through
these rules, so no safeguard can be bypassed. Rules for every row and every record are here; those for one kind are in
its own module, and listed in ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from calendar_model.access.problems import Problem, Refused
from calendar_model.mission import (
    accounts,
    cases,
    columns,
    confirmations,
    contacts,
    corrections,
    documents,
    engagements,
    events,
    follow_ups,
    follows,
    language,
    missions,
    persons,
    reads,
    remote_calendars,
    subscriptions,
    themes,
    visits,
)
from calendar_model.mission.checks import (
    Checks,
    column_values,
    give_access_to_owner,
    is_changed,
    must_have_reason,
    reads_at,
    value_before,
)
from calendar_model.mission.data_protection import notice, retention
from calendar_model.mission.digest import choice as mail_choice
from calendar_model.mission.statements import checks as statement_checks
from calendar_model.mission.statements import comments, consultation, presence, templates
from calendar_model.store.models import (
    Account,
    Base,
    Correction,
    EndedSession,
    Mission,
    Person,
    PersonRole,
    Record,
    RecordLink,
    RoleGroup,
    WaitingAccount,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Sensitivity

_EVERYTHING = {"everything": True}
"""Checks read all records, including those that the writer may not see."""


def check(session: WorkspaceSession) -> None:
    """Refuse forbidden changes, and complete derived values: levels, people with access, clearances.

    The rules for every row come first (actor, sample, columns, level, owner, reason), then those of its kind in
    :data:`CHECKS`. ``session.actor`` is the person who writes; without one only persons, their accounts and the sample
    can be written. Raises :class:`~calendar_model.access.problems.Refused`.
    """
    with session.no_autoflush:
        added, changed = list(session.new), [row for row in session.dirty if session.is_modified(row)]
        deleted = [*session.deleted, *_taken_out(changed)]
        actor = _get_actor(session, rows := [*added, *changed, *deleted])
        if session.undoes:
            _check_undone(session, added, changed)
            return
        for row in (*changed, *deleted):
            _check_identifier(row)
        if actor is not None and actor.sample:
            _check_stays_in_sample(session, rows)
        columns.check_reason(session.reason)
        for row in (*added, *changed):
            columns.check(session, row)
            if session.actor:
                columns.keep_time(row)
            _check_problems(row)
            _checks(row).written(session, row)
        for row in added:
            if isinstance(row, Record):
                _check_new_record(session, row, actor)
            elif isinstance(row, RecordLink):
                _check_link(session, row)
            _checks(row).new(session, row)
        for row in changed:
            _check_sample_unchanged(row)
            if isinstance(row, Record):
                _check_changed_record(session, row)
            _checks(row).changed(session, row)
        for row in deleted if session.actor else ():
            _judge_as_it_was(session, row)
            _checks(row).deleted(session, row)
            if isinstance(row, Record):
                must_have_reason(session, "deletion-without-reason")
        _check_corrections(session, added, changed)
        if session.actor:
            follow_ups.check_owners_see_records(session, (*session.new, *session.dirty), deleted)


def _judge_as_it_was(session: WorkspaceSession, row: Any) -> None:
    """Drop what this session has changed of a row that it deletes: nobody makes one ripe for deletion on the way."""
    if changed := [column.key for column in inspect(type(row)).column_attrs if is_changed(row, column.key)]:
        session.expire(row, changed)


def _taken_out(changed: Iterable[Any]) -> list[Any]:
    """The rows taken out of a list of their owner, such as the texts of a statement: the flush will delete them."""
    return [
        row
        for owner in changed
        for part in inspect(owner).mapper.relationships
        if part.cascade.delete_orphan
        for row in inspect(owner).attrs[part.key].history.deleted or ()
        if row is not None
    ]


def _check_undone(session: WorkspaceSession, added: Iterable[Any], changed: Iterable[Any]) -> None:
    """Check rows that come back as they were only for what others may have written meanwhile, such as the same code.

    That they are as they were is checked by :mod:`calendar_model.access.undoing` once they are written.
    """
    columns.check_reason(session.reason)
    for row in added:
        _checks(row).written(session, row)
    _check_corrections(session, added, changed)


def _check_corrections(session: WorkspaceSession, added: Iterable[Any], changed: Iterable[Any]) -> None:
    corrections.check_together(
        session,
        [row for row in (*added, *changed) if isinstance(row, Correction)],
        [row for row in session.deleted if isinstance(row, Correction)],
    )


def _checks(row: Base) -> Checks:
    return CHECKS.get(type(row), _NO_CHECKS)


_NO_CHECKS = Checks()


def _check_problems(row: Base) -> None:
    checks = _checks(row)
    is_touched = not checks.problems_with or any(is_changed(row, name) for name in checks.problems_with)
    if is_touched and (found := checks.problems(column_values(row))):
        raise Refused(*found)


def validate(kind: RecordKind, values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return the problems of a form for a new record of this kind; empty if there are none.

    ``values`` are columns; a missing one counts as empty. Problems that depend on other records, such as whether a
    contact's code is taken, are found only on saving.
    """
    row_class: type[Base] = inspect(Record).polymorphic_map[kind].class_
    return (*columns.problems(row_class, values), *CHECKS[row_class].problems(values))


def born_at(kind: type[Record], detail: object = None) -> Sensitivity:
    """The minimum level of a new record; ``detail`` is the kind of a contact, or the kinds of an engagement.

    Records that could identify a person are restricted: cases, reprisals, defenders and security measures. Corrections
    of the reference are public, because they concern meetings of the organisations.
    """
    return CHECKS[kind].lowest_level(detail)


# --- Every row


def _check_identifier(row: Base) -> None:
    """Refuse a changed identifier, because the row would pass as a new one."""
    state: Any = inspect(row)
    if tuple(state.mapper.primary_key_from_instance(row)) != tuple(state.identity):
        raise Refused(Problem("identifier-changed"))


def _check_sample_unchanged(row: Base) -> None:
    if isinstance(row, (Record, Person)) and is_changed(row, "sample"):
        raise Refused(Problem("sample-changed"))


# --- Records: their level, their owner and the people with access


def _check_new_record(session: WorkspaceSession, record: Record, actor: Person | None) -> None:
    if actor is None:
        return
    # Records of sample persons are sample records, and those of real persons are not.
    record.sample = actor.sample
    if "mission_id" not in inspect(record, raiseerr=True).dict and not isinstance(record, Correction):
        record.mission_id = missions.home_mission(actor)
    missions.must_be_offered(session, record.mission_id)
    _raise_level(record)
    _check_owner(session, record)
    give_access_to_owner(record, actor.id)


def _check_changed_record(session: WorkspaceSession, record: Record) -> None:
    if is_changed(record, "mission_id"):
        _check_move(session, record)
    if any(is_changed(record, name) for name in ("owner_id", "mission_id", "sensitivity")):
        _check_owner(session, record)
    if is_changed(record, "owner_id"):
        give_access_to_owner(record, record.owner_id)
    column = CHECKS[type(record)].level_column
    if column and is_changed(record, column):
        _raise_level(record)
    _check_level(session, record)


def _check_owner(session: Session, record: Record) -> None:
    """Refuse a fictional owner of a staff record, which stays when the sample goes, and one who could not read it."""
    fictional = select(Person.id).where(Person.id == record.owner_id, Person.sample)
    if not record.sample and session.scalar(fictional.execution_options(**_EVERYTHING)):
        raise Refused(Problem("owner-of-sample", "owner_id"))
    if record.sensitivity is Sensitivity.INTERNAL and not reads_at(session, record.owner_id, record.mission_id):
        raise Refused(Problem("owner-of-other-mission", "owner_id"))


def _check_move(session: WorkspaceSession, record: Record) -> None:
    """Refuse to open an internal record to the staff of other missions without a reason."""
    missions.must_be_offered(session, record.mission_id)
    was_of_one = value_before(record, "mission_id") is not None
    if was_of_one and value_before(record, "sensitivity") is Sensitivity.INTERNAL:
        must_have_reason(session, "move-without-reason", "mission_id")


def _check_level(session: WorkspaceSession, record: Record) -> None:
    before = value_before(record, "sensitivity")
    if record.sensitivity.rank > before.rank:
        give_access_to_owner(record, session.actor)
    elif record.sensitivity.rank < before.rank:
        must_have_reason(session, "level-without-reason")
        if _lowest_level(record) is Sensitivity.RESTRICTED and record.sensitivity is Sensitivity.PUBLIC:
            raise Refused(Problem("level-never-public", "sensitivity"))


def _lowest_level(record: Record) -> Sensitivity:
    checks = CHECKS[type(record)]
    return checks.lowest_level(getattr(record, checks.level_from) if checks.level_from else None)


def _raise_level(record: Record) -> None:
    """Raise the level of a record to its minimum."""
    lowest = _lowest_level(record)
    if record.sensitivity is None or record.sensitivity.rank < lowest.rank:
        record.sensitivity = lowest


def _check_link(session: WorkspaceSession, link: RecordLink) -> None:
    record = link.record or session.get(Record, link.record_id)
    other = link.other or session.get(Record, link.other_id)
    if record is None or other is None:
        raise Refused(Problem("linked-record-gone"))
    if bool(record.sample) != bool(other.sample):
        raise Refused(Problem("link-to-sample"))
    for one, another in ((record, other), (other, record)):
        CHECKS[type(one)].linked(session, one, another)


# --- Who writes


def _get_actor(session: WorkspaceSession, rows: list[Any]) -> Person | None:
    """The person who writes; None for persons with their roles and accounts, and for the sample."""
    if not session.actor:
        if all(
            isinstance(row, _WRITTEN_BY_NOBODY)
            or _is_sample(session, row)
            or _only_releases_sample_person(session, row)
            for row in rows
        ):
            return None
        raise Refused(Problem("no-actor"))
    person = session.get(Person, session.actor)
    # A person may set themselves inactive as their last action.
    if person is None or not value_before(person, "active"):
        raise Refused(Problem("actor-inactive"))
    return person


_WRITTEN_BY_NOBODY = (Mission, Person, PersonRole, RoleGroup, Account, WaitingAccount, EndedSession)
"""What the operator of the machine may write on the command line, and what is written before it is known who asks."""


def _check_stays_in_sample(session: Session, rows: Iterable[object]) -> None:
    """Refuse a change of a record of the staff by a fictional person; their new records become part of the sample."""
    records = (_record_of(session, row) for row in rows)
    if any(record is not None and record not in session.new and not record.sample for record in records):
        raise Refused(Problem("acting-as-sample"))


def _record_of(session: Session, row: Any) -> Record | None:
    """The record that a row is or belongs to, even if neither is written yet."""
    if isinstance(row, Record):
        return row
    for name in ("record", "statement", "contact"):
        if (record_id := getattr(row, f"{name}_id", None)) is not None:
            unwritten = (one for one in session.new if isinstance(one, Record) and one.id == record_id)
            return next(unwritten, None) or session.get(Record, record_id, execution_options=_EVERYTHING)
        if (record := getattr(row, name, None)) is not None:
            return cast(Record, record)
    return None


def _is_sample(session: Session, row: object) -> bool:
    """Whether a row is of the sample, or belongs to a record that is."""
    record = _record_of(session, row)
    return record is not None and bool(record.sample)


_COLUMNS_OF_PERSONS = frozenset({"owner_id", "person_id", "taken_by_id", "waiting_for_id"})
"""Columns in which a staff row can name a sample person."""


def _only_releases_sample_person(session: Session, row: Any) -> bool:
    """Whether the only change of a row is that it no longer names a person of the sample."""
    fictional = set(session.scalars(select(Person.id).where(Person.sample).execution_options(**_EVERYTHING)))
    if row in session.deleted:
        return getattr(row, "person_id", None) in fictional
    state = inspect(row)
    histories = {attribute.key: attribute.history for attribute in state.attrs if attribute.history.has_changes()}
    return bool(histories) and all(
        name in _COLUMNS_OF_PERSONS and history.deleted and history.deleted[0] in fictional
        for name, history in histories.items()
    )


CHECKS: Mapping[type[Base], Checks] = {
    kind: checks
    for declared in (
        accounts.CHECKS,
        cases.CHECKS,
        comments.CHECKS,
        confirmations.CHECKS,
        consultation.CHECKS,
        contacts.CHECKS,
        corrections.CHECKS,
        documents.CHECKS,
        engagements.CHECKS,
        events.CHECKS,
        follows.CHECKS,
        language.CHECKS,
        mail_choice.CHECKS,
        missions.CHECKS,
        notice.CHECKS,
        persons.CHECKS,
        presence.CHECKS,
        reads.CHECKS,
        remote_calendars.CHECKS,
        retention.CHECKS,
        statement_checks.CHECKS,
        subscriptions.CHECKS,
        templates.CHECKS,
        themes.CHECKS,
        visits.CHECKS,
    )
    for kind, checks in declared.items()
}
"""The checks of each kind of row, from its own module; other kinds have only the general ones."""
