"""What every change of the workspace passes, whichever way it comes: called before anything is written.

A change that breaks a rule is refused with a sentence, and nothing of its transaction is written. Pages, command line
and scripts all write through here, so there is no path round a safeguard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, aliased

from calendar_model.access.problems import SHORTEST_REASON, Problem, Refused
from calendar_model.clock import now, today
from calendar_model.messages.statements import state_label
from calendar_model.mission import cases, columns, contacts, follow_ups, language, persons
from calendar_model.mission.corrections import corrected, kept
from calendar_model.mission.events import faults
from calendar_model.mission.statements import clearance, workflow
from calendar_model.mission.statements.case_checks import COLUMNS as CASE_COLUMNS
from calendar_model.mission.statements.case_checks import CaseFacts, before_closing
from calendar_model.mission.statements.workflow import Facts
from calendar_model.reference import RowCorrection, corrections, new_faults
from calendar_model.store.models import (
    Access,
    Base,
    Case,
    Consent,
    Contact,
    Correction,
    Engagement,
    Event,
    FollowUp,
    Identity,
    LanguageProposal,
    Override,
    Person,
    Record,
    RecordLink,
    RemoteCalendar,
    Reprisal,
    Statement,
    Subscription,
    SubscriptionUse,
    Unsaved,
    Version,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import ContactKind, EngagementKind, RecordKind, StatementState, Step
from calendar_model.vocabulary import Sensitivity

_ORDER = (Sensitivity.PUBLIC, Sensitivity.INTERNAL, Sensitivity.RESTRICTED)
LONGEST_SUBSCRIPTION = timedelta(days=2 * 366)
"""How far ahead the last day of an address can lie."""

_BOUND_TO = ("token_hash", "created_at", "query", "level")
"""Columns of an address that are as they were when it was made: whoever has it must not come to see more."""
_PLACES_IT = ("start", "end", "start_time", "end_time", "timezone", "standing", "location", "room")
"""Columns of an event of which a change is a move: subscribed calendars are told by the sequence."""

_EVERYTHING = {"everything": True}
"""Checks look at all there is: that a case is hidden from somebody does not make its statement safe."""


_NOUNS: Mapping[type[Base], Callable[[Session, Any], None]] = {
    Case: cases.check,
    Consent: contacts.check_consent,
    Contact: contacts.check,
    Identity: contacts.check_identity,
    LanguageProposal: language.check,
    Person: persons.check,
    Reprisal: cases.check_reprisal,
}
"""What holds for one kind of row alone."""


def check(session: WorkspaceSession) -> None:
    """Refuses what may not be, and completes what follows by itself: levels, names, clearances given and taken back.

    ``session.actor`` is the person who writes; without one only the list of persons and the sample can be written.
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
            if isinstance(row, Base):
                columns.check(session, row)
            if check_noun := _NOUNS.get(type(row)):
                check_noun(session, row)
        for row in added:
            _check_new(session, row, actor)
        for row in changed:
            _check_changed(session, row, actor)
        for row in session.deleted:
            _check_gone(session, row)
        _corrections_fit(session, [row for row in (*added, *changed) if isinstance(row, Correction)])
        if session.actor:
            follow_ups.check(session, (*session.new, *session.dirty), session.deleted)


def _is_itself(row: object) -> None:
    """A row that was given another identifier would pass for one that was not there before."""
    state: Any = inspect(row)
    if tuple(state.mapper.primary_key_from_instance(row)) != tuple(state.identity):
        raise Refused("An identifier stays as it is.")


def _check_new(session: WorkspaceSession, row: object, actor: Person | None) -> None:
    if isinstance(row, Event):
        _dated(row)
    if isinstance(row, Record):
        _born(session, row, actor)
    elif isinstance(row, RecordLink):
        _linked(session, row)
    elif isinstance(row, Identity):
        contact = row.contact or session.get(Contact, row.contact_id)
        if contact is None:
            raise Refused("This contact is not there any more, or you cannot see it. Go back to the list.")
        _name(contact, session.actor)
    elif isinstance(row, Version):
        _written(session, row)
    elif isinstance(row, Override):
        _overridden(session, row, actor)
    elif isinstance(row, Unsaved) and row.person_id != session.actor:
        raise Refused("What is typed and not saved is kept for whoever types it, and for nobody else.")
    elif isinstance(row, (Subscription, RemoteCalendar)):
        _theirs(row.person_id, session)
        _open_level(row)
        if isinstance(row, Subscription):
            _ends(row)
    elif isinstance(row, SubscriptionUse):
        _theirs(getattr(session.get(Subscription, row.id), "person_id", ""), session)


def _check_changed(session: WorkspaceSession, row: object, actor: Person | None) -> None:
    if isinstance(row, (Version, Override)):
        raise Refused("A saved text and an override never change; add a new one.")
    if isinstance(row, (Record, Person)) and _changed(row, "sample"):
        raise Refused("A record of the sample stays one, and one of yours stays yours.")
    if isinstance(row, Subscription) and (any(_changed(row, name) for name in _BOUND_TO) or _revived(row)):
        raise Refused("An address stays what it was, and revoked once it is revoked. Make a new one.")
    if isinstance(row, (Subscription, RemoteCalendar)):
        if _changed(row, "person_id"):
            raise Refused("A calendar stays with the person who set it up; somebody else makes one of their own.")
        _theirs(row.person_id, session)
        _open_level(row)
    if isinstance(row, Subscription) and _changed(row, "expires_on"):
        _ends(row)
    if isinstance(row, Record):
        if _changed(row, "owner_id"):
            _owned(session, row)
            _name_owner(row, row.owner_id)
        _level_kept(session, row)
    if isinstance(row, Event):
        _dated(row)
        row.moved += any(_changed(row, name) for name in _PLACES_IT)
    elif isinstance(row, Case):
        _case_kept(session, row)
    elif isinstance(row, Statement):
        _moved(session, row, actor)
        if row.sensitivity is Sensitivity.RESTRICTED and row.waiting_for_id:
            # Whose word is waited for has to be able to read it: to ask them is to name them.
            _name(row, row.waiting_for_id)


def _theirs(person_id: str, session: WorkspaceSession) -> None:
    if person_id != session.actor:
        raise Refused("An address of a calendar is made, changed and revoked by the person whose calendar it is.")


def _ends(row: Subscription) -> None:
    if row.expires_on is not None and row.expires_on > today() + LONGEST_SUBSCRIPTION:
        raise Refused("Let the address end within two years; it can be renewed when it has ended.")


def _open_level(row: Subscription | RemoteCalendar) -> None:
    """What goes out to calendar programs, or comes in from others, is never restricted."""
    if (row.level if isinstance(row, Subscription) else row.sensitivity) is Sensitivity.RESTRICTED:
        raise Refused("Choose public or internal: what is restricted passes through no calendar.")
    if isinstance(row, Subscription) and row.follow_ups and row.level is Sensitivity.PUBLIC:
        raise Refused("Your follow-ups are internal: make a subscription of the level internal to have them in it.")


def _revived(row: Subscription) -> bool:
    history: Any = inspect(row).attrs.revoked_at.history
    return any(was is not None for was in history.deleted)


def _dated(event: Event) -> None:
    """An event stands on every timeline: what is wrong with its days and hours is refused for whoever writes it."""
    if wrong := faults({column.key: getattr(event, column.key) for column in inspect(Event).column_attrs}):
        raise Refused(" ".join(wrong))


def _corrections_fit(session: WorkspaceSession, written: list[Correction]) -> None:
    """A correction stands in everybody's calendar and feed: it brings no fault, neither new nor when it goes."""
    gone = {row.id for row in session.deleted if isinstance(row, Correction)}
    if not written and not gone:
        return
    for row in written:
        _correction_kept(row)
    standing = kept(session)
    if found := corrections.faults(None, standing, *(_candidate(row) for row in written)):
        raise Refused(" ".join(found))
    if rests := new_faults(None, standing, [one for one in standing if one.record_id not in gone]):
        raise Refused(f"Something else rests on this correction: put that right first. {rests[0]}")


def _correction_kept(row: Correction) -> None:
    if row.sample:
        raise Refused("Somebody of the sample corrects nothing: it would stand in everybody's calendar.")
    if row.sensitivity is not Sensitivity.PUBLIC:
        raise Refused("A correction is about meetings of the organisations: it is public, and stays so.")
    if inspect(row).persistent and (_changed(row, "file") or _changed(row, "row")):
        raise Refused("A correction stays one of the same row: withdraw it, and record another.")


def _candidate(row: Correction) -> RowCorrection:
    columns = {name: getattr(row, name) for name in ("file", "row", "values", "source_url", "note")}
    try:
        return corrected(columns, record_id=row.id or "", at=now())
    except (ValueError, TypeError):
        raise Refused("Say which columns are put right, as a JSON object of texts.") from None


def _check_gone(session: WorkspaceSession, row: object) -> None:
    if isinstance(row, Record) and session.actor:
        if isinstance(row, (Statement, Case, Reprisal)):
            raise Refused("Statements, cases and reprisals are kept. Drop the statement, or close the case, instead.")
        if len(session.reason.strip()) < SHORTEST_REASON:
            raise Refused("Say in a sentence why it is deleted; the reason stays in the history.")
    elif isinstance(row, Identity) and session.actor:
        if len(session.reason.strip()) < SHORTEST_REASON:
            raise Refused("Say in a sentence why it is erased; the reason stays in the history.", field="reason")
    elif isinstance(row, (Version, Override)) and session.actor:
        raise Refused("A saved text and an override are kept; add a new one.")
    elif isinstance(row, RemoteCalendar) and session.actor:
        _theirs(row.person_id, session)
    elif isinstance(row, Subscription) and session.actor:
        raise Refused("An address is revoked, and not deleted: the history keeps that it was there.")


_BORN_RESTRICTED = tuple(kind for kind in EngagementKind if kind.traits.born_restricted)


def born_at(kind: type[Record], detail: object = None) -> Sensitivity:
    """The level at which a record is born; ``detail`` is the kind of a contact or of an engagement.

    Restricted is what could point at a person: cases, reprisals, defenders, and what was done for somebody's security.
    Public is a correction of the reference, which is about meetings of the organisations.
    """
    if kind is Correction:
        return Sensitivity.PUBLIC
    restricted = kind in (Case, Reprisal) or detail in (ContactKind.DEFENDER, *_BORN_RESTRICTED)
    return Sensitivity.RESTRICTED if restricted else Sensitivity.INTERNAL


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
    ids = _linked_to(session, statement.id)
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


def _linked_to(session: Session, record_id: str) -> set[str]:
    """The records linked to this one in the database, whichever way round, seen or not."""
    ends = select(RecordLink.record_id, RecordLink.other_id).where(
        (RecordLink.record_id == record_id) | (RecordLink.other_id == record_id)
    )
    return {end for row in session.execute(ends.execution_options(**_EVERYTHING)) for end in row} - {record_id}


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


def _actor(session: WorkspaceSession, rows: list[Any]) -> Person | None:
    """Who writes. Nobody is needed to keep the list of persons on a single machine, and for the sample."""
    if not session.actor:
        if all(isinstance(row, Person) or _is_sample(session, row) or _lets_go(session, row) for row in rows):
            return None
        raise Refused("Say who you are first: choose yourself in Settings. Every change is kept with its author.")
    person = session.get(Person, session.actor)
    if person is None or not _was(person, "active"):
        raise Refused("You are not, or no longer, among those kept in Settings: choose yourself there.")
    return person


def _stays_in_sample(session: Session, rows: Iterable[object]) -> None:
    """A fictional person changes no record of the staff; a new record of theirs becomes one of the sample."""
    records = (_record_of(session, row) for row in rows)
    if any(record is not None and record not in session.new and not record.sample for record in records):
        raise Refused("You act as somebody of the sample: choose who you are to change what is not of the sample.")


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


def _changed(row: object, name: str) -> bool:
    return bool(inspect(row).attrs[name].history.has_changes())


def _was(row: object, name: str) -> Any:
    """What a column held before this change; the last thing that somebody does can be to set themselves inactive."""
    history: Any = inspect(row).attrs[name].history
    return history.deleted[0] if history.deleted else getattr(row, name)


def _born(session: WorkspaceSession, record: Record, actor: Person | None) -> None:
    if actor is None:
        return
    # What a fictional person writes is fictional, and what a real one writes is not: so the two stay apart.
    record.sample = actor.sample
    _at_least(record, born_at(type(record), _detail(record)))
    if isinstance(record, Statement) and record.state not in (None, StatementState.IDEA):
        raise Refused("A statement begins as an idea; it becomes a draft with its first text.")
    _owned(session, record)
    _name_owner(record, actor.id)


def _owned(session: Session, record: Record) -> None:
    """A record of the staff outlives the sample, and so cannot belong to somebody of it."""
    fictional = select(Person.id).where(Person.id == record.owner_id, Person.sample)
    if not record.sample and session.scalar(fictional.execution_options(**_EVERYTHING)):
        raise Refused("A record of yours belongs to somebody of the staff: choose an owner who is not of the sample.")


def _detail(record: Record) -> object:
    if isinstance(record, Contact):
        return record.contact_kind
    return record.engagement_kind if isinstance(record, Engagement) else None


def _at_least(record: Record, level: Sensitivity) -> None:
    if record.sensitivity is None or _ORDER.index(record.sensitivity) < _ORDER.index(level):
        record.sensitivity = level


def _name(record: Record, *persons: str) -> None:
    named = {access.person_id for access in record.named}
    record.named += [Access(person_id=person) for person in dict.fromkeys(persons) if person and person not in named]


def _name_owner(record: Record, actor_id: str) -> None:
    """A restricted record names its owner and whoever made it so: else nobody could open it."""
    if record.sensitivity is Sensitivity.RESTRICTED:
        _name(record, record.owner_id, actor_id)


def _linked(session: WorkspaceSession, link: RecordLink) -> None:
    record = link.record or session.get(Record, link.record_id)
    other = link.other or session.get(Record, link.other_id)
    if record is None or other is None:
        raise Refused("One of the two records to be linked is not there, or not for you to see; choose from the list.")
    if isinstance(record, Correction) or isinstance(other, Correction):
        raise Refused("A correction is public, and linked to no other record; link it to an item of the calendar.")
    if bool(record.sample) != bool(other.sample):
        raise Refused("A fictional record of the sample is not linked to one of yours.")
    for one, another in ((record, other), (other, record)):
        if isinstance(another, (Case, Reprisal)) and not isinstance(one, (Case, Reprisal)):
            if one.sensitivity is not Sensitivity.RESTRICTED:
                one.sensitivity = Sensitivity.RESTRICTED
                _name_owner(one, session.actor)
            if isinstance(one, Statement) and isinstance(another, Case) and one.state is StatementState.CLEARED:
                _reopen(one)


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


def _moved(session: WorkspaceSession, statement: Statement, actor: Person | None) -> None:
    if actor is None:
        return
    history: Any = inspect(statement).attrs.state.history
    moves = history.has_changes()
    given = any(_changed(statement, name) for name in ("cleared_version", "cleared_by_id", "cleared_at"))
    dated = _changed(statement, "delivered_on")
    may_be_dated = statement.state is StatementState.DELIVERED and (moves or statement.delivered_on is not None)
    if (given and (not moves or _said(statement))) or (dated and not may_be_dated):
        raise Refused("A clearance and a delivery are given by moving the statement, not by themselves.")
    if not moves:
        return
    before, to = history.deleted[0], statement.state
    unmet = workflow.unmet_requirements(found := facts(session, statement, actor.id, state=before), to)
    if unmet:
        raise Refused(Problem("not-yet", values={"to": to}), unmet=unmet)
    if to is StatementState.CLEARED:
        statement.cleared_version, statement.cleared_by_id, statement.cleared_at = found.version, actor.id, now()
    elif not _said(statement):
        statement.cleared_version = statement.cleared_by_id = statement.cleared_at = None


def _said(statement: Statement) -> bool:
    return statement.state in (StatementState.DELIVERED, StatementState.FOLLOWED_UP)


def _overridden(session: WorkspaceSession, row: Override, actor: Person | None) -> None:
    statement = session.get(Statement, row.statement_id)
    if statement is None:
        raise Refused("This statement is not there, or not for you to see.")
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


def _level_kept(session: WorkspaceSession, record: Record) -> None:
    detail = (
        "contact_kind" if isinstance(record, Contact) else "engagement_kind" if isinstance(record, Engagement) else ""
    )
    if detail and _changed(record, detail):
        _at_least(record, born_at(type(record), _detail(record)))
    history: Any = inspect(record).attrs.sensitivity.history
    if not history.has_changes() or not history.deleted:
        return
    before, level = _ORDER.index(history.deleted[0]), _ORDER.index(record.sensitivity)
    if level > before:
        _name_owner(record, session.actor)
    elif level < before:
        if len(session.reason.strip()) < SHORTEST_REASON:
            raise Refused("Say in a sentence why it may be shown to more people; the reason stays in the history.")
        if isinstance(record, Statement) and not _said(record) and _cases(session, linked_to(session, record)):
            raise Refused("It raises an individual case: until it is delivered it stays with those named.")
        points_at = born_at(type(record), _detail(record)) is Sensitivity.RESTRICTED
        if points_at and record.sensitivity is Sensitivity.PUBLIC:
            raise Refused("What could point at a person is never public here; internal is as far as it goes.")


def _case_kept(session: WorkspaceSession, case: Case) -> None:
    if case.closed_on is None or not _changed(case, "closed_on"):
        return
    linked = _linked_to(session, case.id)
    delivered = select(Statement.delivered_on).where(
        Statement.id.in_(linked), Statement.state.in_((StatementState.DELIVERED, StatementState.FOLLOWED_UP))
    )
    days = [day for day in session.scalars(delivered.execution_options(**_EVERYTHING)) if day]
    if days and before_closing(cases.facts(case), max(days)) is not None:
        raise Refused(
            "A statement raised this case. Close it after the contact with the defender, or civil society for them, "
            "since then: write down the day of it, and with whom it was.",
            field="after_on",
        )
