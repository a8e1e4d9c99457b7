"""What every change of the workspace passes, whichever way it comes: called before anything is written.

A change that breaks a rule is refused, and nothing of its transaction is written. Pages, command line and scripts all
write through here, so there is no path round a safeguard. Here is what holds for every row and for every record; what
holds for one kind is declared by the module of its noun, in ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, aliased

from calendar_model.access.problems import SHORTEST_REASON, Problem, Refused
from calendar_model.clock import now
from calendar_model.messages.statements import state_label
from calendar_model.mission import (
    cases,
    columns,
    contacts,
    corrections,
    engagements,
    events,
    follow_ups,
    language,
    persons,
    remote_calendars,
    subscriptions,
)
from calendar_model.mission.checks import (
    Checks,
    column_values,
    give_access_to,
    give_access_to_owner,
    is_changed,
    linked_ids,
    must_have_reason,
    refuse_deletion,
    value_before,
)
from calendar_model.mission.statements import clearance, workflow
from calendar_model.mission.statements.case_checks import COLUMNS as CASE_COLUMNS
from calendar_model.mission.statements.case_checks import CaseFacts
from calendar_model.mission.statements.workflow import Facts
from calendar_model.store.models import (
    Base,
    Case,
    Correction,
    FollowUp,
    Override,
    Person,
    Record,
    RecordLink,
    Statement,
    Unsaved,
    Version,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import RecordKind, StatementState, Step
from calendar_model.vocabulary import Sensitivity

_ORDER = (Sensitivity.PUBLIC, Sensitivity.INTERNAL, Sensitivity.RESTRICTED)

_EVERYTHING = {"everything": True}
"""Checks look at all there is: that a case is hidden from somebody does not make its statement safe."""


def check(session: WorkspaceSession) -> None:
    """Refuse what may not be written, and complete what follows by itself: levels, people with access, clearances.

    What holds for every row comes first (actor, sample, columns, level, owner, reason), then what its kind declares in
    :data:`CHECKS`. ``session.actor`` is the person who writes; without one only the list of persons and the sample can
    be written. Raises :class:`~calendar_model.access.problems.Refused`.
    """
    with session.no_autoflush:
        added, changed = list(session.new), [row for row in session.dirty if session.is_modified(row)]
        actor = _actor(session, rows := [*added, *changed, *session.deleted])
        for row in (*changed, *session.deleted):
            _is_itself(row)
        if actor is not None and actor.sample:
            _stays_in_sample(session, rows)
        columns.check_reason(session.reason)
        for row in (*added, *changed):
            columns.check(session, row)
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
        for row in session.deleted if session.actor else ():
            _checks(row).deleted(session, row)
            if isinstance(row, Record):
                must_have_reason(session, "deletion-without-reason")
        corrections.check_together(
            session,
            [row for row in (*added, *changed) if isinstance(row, Correction)],
            [row for row in session.deleted if isinstance(row, Correction)],
        )
        if session.actor:
            follow_ups.check(session, (*session.new, *session.dirty), session.deleted)


def _checks(row: Base) -> Checks:
    return CHECKS.get(type(row), _NO_CHECKS)


_NO_CHECKS = Checks()


def _check_problems(row: Base) -> None:
    checks = _checks(row)
    is_touched = not checks.problems_with or any(is_changed(row, name) for name in checks.problems_with)
    if is_touched and (found := checks.problems(column_values(row))):
        raise Refused(*found)


def validate(kind: RecordKind, values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with what a form holds for a new record of this kind; empty: nothing.

    ``values`` are columns; one that is not there counts as empty. What depends on other records, such as whether a
    contact's code is taken, is only found when it is saved.
    """
    row_class: type[Base] = inspect(Record).polymorphic_map[kind].class_
    return (*columns.problems(row_class, values), *CHECKS[row_class].problems(values))


def born_at(kind: type[Record], detail: object = None) -> Sensitivity:
    """The level at which a record begins at least; ``detail`` is the kind of a contact or of an engagement.

    Restricted is what could point at a person: cases, reprisals, defenders, and what was done for somebody's security.
    Public is a correction of the reference, which is about meetings of the organisations.
    """
    return CHECKS[kind].lowest_level(detail)


# --- Every row


def _is_itself(row: Base) -> None:
    """Refuse another identifier: the row would pass for one that was not there before."""
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
    # What a fictional person writes is fictional, and what a real one writes is not: so the two stay apart.
    record.sample = actor.sample
    _raise_level(record)
    _check_owner(session, record)
    give_access_to_owner(record, actor.id)


def _check_changed_record(session: WorkspaceSession, record: Record) -> None:
    if is_changed(record, "owner_id"):
        _check_owner(session, record)
        give_access_to_owner(record, record.owner_id)
    column = CHECKS[type(record)].level_column
    if column and is_changed(record, column):
        _raise_level(record)
    _check_level(session, record)


def _check_owner(session: Session, record: Record) -> None:
    """Refuse somebody of the sample as owner of a record of the staff, which stays when the sample is removed."""
    fictional = select(Person.id).where(Person.id == record.owner_id, Person.sample)
    if not record.sample and session.scalar(fictional.execution_options(**_EVERYTHING)):
        raise Refused(Problem("owner-of-sample", "owner_id"))


def _check_level(session: WorkspaceSession, record: Record) -> None:
    history: Any = inspect(record).attrs.sensitivity.history
    if not history.has_changes() or not history.deleted:
        return
    before, level = _ORDER.index(history.deleted[0]), _ORDER.index(record.sensitivity)
    if level > before:
        give_access_to_owner(record, session.actor)
    elif level < before:
        must_have_reason(session, "level-without-reason")
        if _lowest_level(record) is Sensitivity.RESTRICTED and record.sensitivity is Sensitivity.PUBLIC:
            raise Refused(Problem("level-never-public", "sensitivity"))


def _lowest_level(record: Record) -> Sensitivity:
    checks = CHECKS[type(record)]
    return checks.lowest_level(getattr(record, checks.level_column) if checks.level_column else None)


def _raise_level(record: Record) -> None:
    """Raise the level of a record to the one at which it begins at least."""
    lowest = _lowest_level(record)
    if record.sensitivity is None or _ORDER.index(record.sensitivity) < _ORDER.index(lowest):
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


def _actor(session: WorkspaceSession, rows: list[Any]) -> Person | None:
    """Who writes. Nobody is needed to keep the list of persons on a single machine, and for the sample."""
    if not session.actor:
        if all(isinstance(row, Person) or _is_sample(session, row) or _lets_go(session, row) for row in rows):
            return None
        raise Refused(Problem("no-actor"))
    person = session.get(Person, session.actor)
    # The last thing that somebody does can be to set themselves inactive.
    if person is None or not value_before(person, "active"):
        raise Refused(Problem("actor-inactive"))
    return person


def _stays_in_sample(session: Session, rows: Iterable[object]) -> None:
    """A fictional person changes no record of the staff; a new record of theirs becomes one of the sample."""
    records = (_record_of(session, row) for row in rows)
    if any(record is not None and record not in session.new and not record.sample for record in records):
        raise Refused(Problem("acting-as-sample"))


def _record_of(session: Session, row: Any) -> Record | None:
    """The record that a row is or hangs on, also where neither is written yet."""
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
    """Whether a row is of the sample, or hangs on a record that is."""
    record = _record_of(session, row)
    return record is not None and bool(record.sample)


_WHO = frozenset({"owner_id", "person_id", "taken_by_id", "waiting_for_id"})
"""Columns in which a row of the staff can name somebody of the sample."""


def _lets_go(session: Session, row: Any) -> bool:
    """Whether all that becomes of a row is that it no longer names a person of the sample."""
    fictional = set(session.scalars(select(Person.id).where(Person.sample).execution_options(**_EVERYTHING)))
    if row in session.deleted:
        return getattr(row, "person_id", None) in fictional
    state = inspect(row)
    histories = {attribute.key: attribute.history for attribute in state.attrs if attribute.history.has_changes()}
    return bool(histories) and all(
        name in _WHO and history.deleted and history.deleted[0] in fictional for name, history in histories.items()
    )


# --- Statements


def facts(session: Session, statement: Statement, actor_id: str, *, state: StatementState | None = None) -> Facts:
    """What the next move of a statement depends on, when ``actor_id`` makes it.

    In ``state``, or in the one that it has. Looks at all there is, and at what this session has not written yet; of a
    case that the session's reader may not see it tells the checks, not the code.
    """
    with session.no_autoflush:
        pending = [row for row in session.new if isinstance(row, Version) and _of(row, statement)]
        number = max([newest_number(session, statement.id), *(row.number for row in pending)])
        may_clear = select(Person.may_clear).where(Person.id == actor_id, Person.active)
        open_ = select(FollowUp.id).where(FollowUp.record_id == statement.id, FollowUp.done_on.is_(None))
        done = {row.id for row in session.dirty if isinstance(row, FollowUp) and row.done_on is not None}
        linked = linked_to(session, statement)
        cases = _cases(session, linked)
        # Only where a case is raised, or was until somebody unlinked it, does it matter whose text it is.
        raises_case = bool(cases) or clearance.was_linked_to_a_case(session, statement.id)
        contributors = (
            clearance.contributors_to(session, statement, pending) if raises_case else clearance.Contributors()
        )
        hidden = _hidden(session, linked)
        return Facts(
            state=state or statement.state,
            version=number,
            cleared_version=statement.cleared_version,
            writers=contributors.writers,
            askers=contributors.askers,
            actor=actor_id,
            hidden=len(hidden),
            hidden_cases=list(hidden.values()).count(RecordKind.CASE),
            actor_may_clear=bool(session.scalar(may_clear.execution_options(**_EVERYTHING))),
            delivered_on=statement.delivered_on,
            open_follow_ups=len(set(session.scalars(open_.execution_options(**_EVERYTHING))) - done),
            cases=cases,
            overridden=_overrides(session, statement.id, number),
        )


def _of(row: Version | RecordLink, statement: Statement) -> bool:
    """Whether a row not yet written hangs on this statement, by its object or by its identifier."""
    if isinstance(row, Version):
        return row.statement is statement or row.statement_id == statement.id
    return row.record is statement or row.record_id == statement.id


def newest_number(session: Session, statement_id: str) -> int:
    """The number of the newest saved text of a statement in any language; 0 for none."""
    newest = select(func.max(Version.number)).where(Version.statement_id == statement_id)
    return session.scalar(newest.execution_options(**_EVERYTHING)) or 0


def linked_to(session: Session, statement: Statement) -> set[str]:
    """The records linked to the statement, either way round, also by links that are not written yet."""
    ids = linked_ids(session, statement.id)
    for row in session.new:
        if isinstance(row, RecordLink) and _of(row, statement):
            ids.add(row.other_id or row.other.id)
        elif isinstance(row, RecordLink) and statement in (row.other, session.get(Record, row.other_id or "")):
            ids.add(row.record_id or row.record.id)
    return ids


def _hidden(session: Session, ids: Iterable[str]) -> dict[str, RecordKind]:
    """Those of these records that the session's reader may not see, with the kind of each."""
    kinds = select(Record.id, Record.kind).where(Record.id.in_(ids))
    seen = set(session.scalars(select(Record.id).where(Record.id.in_(ids))))
    return {row.id: row.kind for row in session.execute(kinds.execution_options(**_EVERYTHING)) if row.id not in seen}


def _cases(session: Session, ids: Iterable[str]) -> tuple[CaseFacts, ...]:
    """The checks of those of these records that are cases."""
    columns = [getattr(Case, name) for name in CASE_COLUMNS]
    asked = select(Case.id, Case.title, *columns).where(Case.id.in_(ids)).order_by(Case.title)
    seen = set(session.scalars(select(Case.id).where(Case.id.in_(ids))))
    # A case that this session is changing counts as it will be.
    unwritten = {row.id: row for row in (*session.new, *session.dirty) if isinstance(row, Case)}
    found = []
    for id_, title, *values in session.execute(asked.execution_options(**_EVERYTHING)):
        if id_ in unwritten:
            values = [getattr(unwritten[id_], name) for name in CASE_COLUMNS]
        named = {"name": title, "case_id": id_} if id_ in seen else {"is_hidden": True}
        found.append(CaseFacts(**named, **dict(zip(CASE_COLUMNS, values, strict=True))))
    return tuple(found)


def _overrides(session: Session, statement_id: str, number: int) -> frozenset[Step]:
    asked, confirmed = aliased(Override), aliased(Override)
    steps = (
        select(asked.step)
        .join(confirmed, confirmed.confirms_id == asked.id)
        .where(
            asked.statement_id == statement_id,
            asked.version_number == number,
            confirmed.version_number == number,
            confirmed.person_id != asked.person_id,
        )
    )
    return frozenset(session.scalars(steps.execution_options(**_EVERYTHING)))


def _written(session: WorkspaceSession, version: Version) -> None:
    statement = version.statement or session.get(Statement, version.statement_id)
    if statement is None:
        raise Refused("This statement is not there, or not for you to see.")
    if not session.actor and statement.sample:
        return
    if version.written_by_id != session.actor:
        raise Refused("A text is saved in the name of whoever writes it.")
    if version.number <= newest_number(session, statement.id):
        # What somebody has read before they move the statement is known by the newest number.
        raise Refused("A text is saved as the newest version. Load the newest one first, then save yours.")
    if statement.state not in workflow.WRITABLE and statement.state is not None:
        raise Refused(
            f"This statement is {state_label(statement.state)}: its text stays as it is. Start a new statement, "
            "or take a dropped one up again first."
        )
    if statement.state is StatementState.CLEARED:
        _reopen(statement)
    elif statement.state in (None, StatementState.IDEA):
        statement.state = StatementState.DRAFT


def _reopen(statement: Statement) -> None:
    statement.state = StatementState.DRAFT
    statement.cleared_version = statement.cleared_by_id = statement.cleared_at = None


def _check_new_statement(session: WorkspaceSession, statement: Statement) -> None:
    if session.actor and statement.state not in (None, StatementState.IDEA):
        raise Refused("A statement begins as an idea; it becomes a draft with its first text.")


def _check_changed_statement(session: WorkspaceSession, statement: Statement) -> None:
    history: Any = inspect(statement).attrs.sensitivity.history
    is_opened = bool(history.deleted) and _ORDER.index(statement.sensitivity) < _ORDER.index(history.deleted[0])
    if is_opened and not _said(statement) and _cases(session, linked_to(session, statement)):
        raise Refused("It raises an individual case: until it is delivered it stays with those named.")
    if session.actor:
        _moved(session, statement)
    if statement.sensitivity is Sensitivity.RESTRICTED and statement.waiting_for_id:
        # Whose word is waited for has to be able to read it: to ask them is to name them.
        give_access_to(statement, statement.waiting_for_id)


def _reopen_for_case(_session: WorkspaceSession, statement: Statement, other: Record) -> None:
    """Take the clearance back where an individual case is linked to a cleared statement."""
    if isinstance(other, Case) and statement.state is StatementState.CLEARED:
        _reopen(statement)


def _refuse_change(_session: WorkspaceSession, _row: object) -> None:
    raise Refused("A saved text and an override never change; add a new one.")


def _refuse_removal(_session: WorkspaceSession, _row: object) -> None:
    raise Refused("A saved text and an override are kept; add a new one.")


def _check_unsaved(session: WorkspaceSession, row: Unsaved) -> None:
    if row.person_id != session.actor:
        raise Refused("What is typed and not saved is kept for whoever types it, and for nobody else.")


def _moved(session: WorkspaceSession, statement: Statement) -> None:
    history: Any = inspect(statement).attrs.state.history
    moves = history.has_changes()
    given = any(is_changed(statement, name) for name in ("cleared_version", "cleared_by_id", "cleared_at"))
    dated = is_changed(statement, "delivered_on")
    may_be_dated = statement.state is StatementState.DELIVERED and (moves or statement.delivered_on is not None)
    if (given and (not moves or _said(statement))) or (dated and not may_be_dated):
        raise Refused("A clearance and a delivery are given by moving the statement, not by themselves.")
    if not moves:
        return
    before, to = history.deleted[0], statement.state
    unmet = workflow.unmet_requirements(found := facts(session, statement, session.actor, state=before), to)
    if unmet:
        raise Refused(Problem("not-yet", values={"to": to}), unmet=unmet)
    if to is StatementState.CLEARED:
        statement.cleared_version, statement.cleared_by_id = found.version, session.actor
        statement.cleared_at = now()
    elif not _said(statement):
        statement.cleared_version = statement.cleared_by_id = statement.cleared_at = None


def _said(statement: Statement) -> bool:
    return statement.state in (StatementState.DELIVERED, StatementState.FOLLOWED_UP)


def _overridden(session: WorkspaceSession, row: Override) -> None:
    statement = session.get(Statement, row.statement_id)
    if statement is None:
        raise Refused("This statement is not there, or not for you to see.")
    actor = session.get(Person, session.actor)
    if actor is None:
        return
    found = facts(session, statement, actor.id)
    row.person_id, row.version_number = actor.id, found.version
    if len((row.reason or "").strip()) < SHORTEST_REASON:
        raise Refused("Give the reason in a sentence: it is shown with the statement for ever.")
    if row.confirms_id is None:
        missing = [str(unmet) for unmet in workflow.unmet_in_step(found, row.step) if unmet.can_be_overridden]
        if not missing:
            raise Refused("There is nothing to override here: what misses, if anything, has to be mended.")
        row.missing = "\n".join(missing)
        return
    asked = session.get(Override, row.confirms_id)
    if asked is None or asked.statement_id != statement.id or asked.confirms_id is not None:
        raise Refused("Confirm an override that somebody has asked for on this statement.")
    if asked.person_id == actor.id or not actor.may_clear:
        raise Refused("An override is confirmed by a second person, who may clear. Ask one of them to open this page.")
    if unreadable := workflow.unreadable_records(found):
        raise Refused(unmet=unreadable)
    if asked.version_number != found.version:
        raise Refused("The text has changed since the override was asked for: ask again for the text as it is now.")
    row.step, row.missing = asked.step, asked.missing


_STATEMENTS: Mapping[type[Base], Checks] = {
    Statement: Checks(
        new=_check_new_statement, changed=_check_changed_statement, deleted=refuse_deletion, linked=_reopen_for_case
    ),
    Version: Checks(new=_written, changed=_refuse_change, deleted=_refuse_removal),
    Override: Checks(new=_overridden, changed=_refuse_change, deleted=_refuse_removal),
    Unsaved: Checks(new=_check_unsaved),
}

CHECKS: Mapping[type[Base], Checks] = {
    kind: checks
    for declared in (
        cases.CHECKS,
        contacts.CHECKS,
        corrections.CHECKS,
        engagements.CHECKS,
        events.CHECKS,
        language.CHECKS,
        persons.CHECKS,
        remote_calendars.CHECKS,
        _STATEMENTS,
        subscriptions.CHECKS,
    )
    for kind, checks in declared.items()
}
"""What each kind of row is checked for, declared by the module of its noun; other kinds pass only what is general."""
