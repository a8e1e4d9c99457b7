"""Retention: how long each kind of record is kept, from which day, and what is due for deletion.

Nothing is deleted by itself. What is due is listed for those who may delete it; they delete it, or keep it longer with
a reason. Personal data are kept no longer than their purpose needs (GDPR, Article 5(1)(e)). The periods declared here
are defaults, for the controller to set.

What keeps a record from being due counts whether its reader may see it or not: a case that is open must not lose what
belongs to it because another person cannot see the case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pandas as pd
from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from calendar_model import calendar, clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import SHORTEST_REASON, Problem, Refused
from calendar_model.access.roles import (
    ARCHIVED_FIRST,
    DELETED_ONCE_DUE,
    RECORD_SUBJECTS,
    SUBJECTS_OF_RECORD_TABLE,
    Operation,
    Subject,
    allows,
    roles_at,
    subject_of,
)
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import Checks, goes_with_record, ids_linked_in_database, must_be_actor
from calendar_model.mission.contacts import ConsentState, consent_state
from calendar_model.mission.corrections import recorded_corrections
from calendar_model.mission.events import item_of
from calendar_model.mission.links import model_of
from calendar_model.mission.persons import roles_of
from calendar_model.mission.statements.reviews import unreviewed_overrides
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import (
    Access,
    ArchivedAs,
    Base,
    Case,
    Consent,
    Contact,
    Engagement,
    Event,
    FollowUp,
    Identity,
    ItemLink,
    Record,
    Reprisal,
    RetentionExtension,
    RetentionPeriod,
    Statement,
    bounds,
)
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import AFTER_DELIVERY, RecordKind, ReprisalState
from calendar_model.vocabulary import Sensitivity

_EVERYTHING = {"everything": True}

LEAST_MONTHS, MOST_MONTHS = bounds(RetentionPeriod, "months")
"""The shortest and the longest period that an administrator can set."""

LONGEST_EXTENSION = timedelta(days=5 * 366)
"""How far ahead the day can lie until which a record is kept longer."""


class CountedFrom(StrEnum):
    """The day from which a period counts."""

    HELD = "day-held"
    DELIVERED = "day-delivered"
    CLOSED = "day-closed"
    LAST_CONTACT = "last-contact"
    LAST_CHANGE = "last-change"


class Blocker(StrEnum):
    """Why a record whose period has ended is not due for deletion."""

    FOLLOW_UP = "open-follow-up"
    CONSENT = "running-consent"
    COMING_ITEM = "coming-item"
    OPEN_RECORD = "open-linked-record"
    KEPT_LONGER = "kept-longer"
    OVERRIDE = "unreviewed-override"


@dataclass(frozen=True)
class RetentionRule:
    """How long a kind of record is kept if nothing else is set; ``months`` is None for what is never due."""

    months: int | None
    counted_from: CountedFrom


RULES: Mapping[Subject, RetentionRule] = {
    Subject.ENGAGEMENT: RetentionRule(60, CountedFrom.HELD),
    Subject.STATEMENT: RetentionRule(120, CountedFrom.DELIVERED),
    Subject.EVENT: RetentionRule(36, CountedFrom.HELD),
    Subject.LANGUAGE: RetentionRule(120, CountedFrom.LAST_CHANGE),
    # Public facts about meetings of the organisations, without personal data.
    Subject.CORRECTION: RetentionRule(None, CountedFrom.LAST_CHANGE),
    Subject.ORGANISATION: RetentionRule(60, CountedFrom.LAST_CONTACT),
    Subject.DEFENDER: RetentionRule(36, CountedFrom.LAST_CONTACT),
    Subject.CASE: RetentionRule(60, CountedFrom.CLOSED),
    Subject.REPRISAL: RetentionRule(60, CountedFrom.LAST_CHANGE),
}
"""The rule of each kind of record."""


@dataclass(frozen=True)
class DueRecord:
    """A record that is due for deletion since the day ``due``: its period of ``months`` counts from ``since``.

    Both days are as the reader can know them: what is hidden from them keeps a record, but does not show its day.
    ``needs_archive``: it is not deleted before it is entered under which reference the archive has it.
    """

    record_id: str
    kind: RecordKind
    subject: Subject
    title: str
    sensitivity: Sensitivity
    owner_id: str
    version: int
    counted_from: CountedFrom
    since: date
    months: int
    due: date
    needs_archive: bool = False


@dataclass(frozen=True)
class _Standing:
    """How it stands with the retention of a record: the first day of its period, its length, and what blocks it.

    ``since`` is None while the record is open, and ``months`` for what is never due.
    """

    since: date | None
    months: int | None
    blockers: frozenset[Blocker] = frozenset()

    @property
    def ends(self) -> date | None:
        """The day from which nothing but a blocker keeps the record; None if there is none yet."""
        return None if self.since is None or self.months is None else _months_after(self.since, self.months)


def _months_after(day: date, months: int) -> date:
    later: date = day + relativedelta(months=months)
    return later


# --- Periods


def _check_period(_session: WorkspaceSession, period: RetentionPeriod) -> None:
    if period.kind_of_record not in [subject for subject, rule in RULES.items() if rule.months is not None]:
        raise Refused(Problem("retention-of-nothing", "kind_of_record"))


def periods(viewer: Viewer, workspace: Workspace | None = None) -> dict[Subject, int | None]:
    """How many months each kind of record is kept: as set by an administrator, or else by default; None for ever."""
    with reading(viewer, workspace) as session:
        return _periods(session)


def _periods(session: Session) -> dict[Subject, int | None]:
    rows = session.scalars(select(RetentionPeriod).execution_options(**_EVERYTHING))
    chosen = {row.kind_of_record: row.months for row in rows}
    return {subject: chosen.get(subject, RULES[subject].months) for subject in RECORD_SUBJECTS}


def set_period(
    viewer: Viewer, subject: Subject, months: int, *, reason: str = "", workspace: Workspace | None = None
) -> None:
    """Set how many months a kind of record is kept. Raises Refused for a number out of bounds and a kind that is kept
    for ever, and where the viewer is no administrator."""
    with writing(viewer, reason, workspace) as session:
        row = session.scalar(select(RetentionPeriod).where(RetentionPeriod.kind_of_record == subject))
        if row is None:
            session.add(RetentionPeriod(kind_of_record=subject.value, months=months))
        else:
            row.months = months


# --- What is due


def due_records(viewer: Viewer, workspace: Workspace | None = None) -> list[DueRecord]:
    """The records due for deletion today that this viewer may delete, the longest due first.

    A viewer who is no person gets those that they can read.
    """
    return _due(viewer, workspace, true())


def due_record(viewer: Viewer, record_id: str, workspace: Workspace | None = None) -> DueRecord | None:
    """The same for one record; None if it is not due, or if the viewer may not delete it."""
    return next(iter(_due(viewer, workspace, Record.id == record_id)), None)


def _due(viewer: Viewer, workspace: Workspace | None, which: ColumnElement[bool]) -> list[DueRecord]:
    today = clock.today()
    given = roles_of(viewer, workspace)
    with reading(viewer, workspace) as session:
        months = _periods(session)
        records = [
            one
            for kind in map(model_of, RecordKind)
            for one in session.scalars(select(kind).where(~kind.sample, which, _may_have_ended(kind, months, today)))
        ]
        if viewer.person_id:
            records = [
                one for one in records if allows(roles_at(given, one.mission_id), _subject(one), Operation.DELETE)
            ]
            records = _without_protected(session, records, viewer.person_id)
        standings = _standings(session, records, today)
        due = [one for one in records if _is_due(standings[one.id], today)]
        # When the last contact was must not come out if it was in a record that the reader cannot see.
        seen = _last_contact_days(session, {one.id for one in due if isinstance(one, Contact)}, today, as_seen=True)
        missing = _not_archived(session, due)
        found = [
            DueRecord(
                one.id, one.kind, subject, one.title, one.sensitivity, one.owner_id, one.version,
                RULES[subject].counted_from, standing.since, standing.months, standing.ends, one.id in missing,
            )
            for one in due
            if (subject := _subject(one))
            and (standing := _Standing(_first_day(one, seen.get(one.id)), standings[one.id].months))
            and standing.since and standing.months and standing.ends
        ]  # fmt: skip
    return sorted(found, key=lambda one: (one.due, one.title, one.record_id))


def _may_have_ended(kind: type[Record], months: Mapping[Subject, int | None], today: date) -> ColumnElement[bool]:
    """Whether the period of a record of this kind can have ended, by the columns that the database can compare.

    Leaves out most records at once; :func:`_standings` tells of the others.
    """
    lasts = [months[subject] for subject in SUBJECTS_OF_RECORD_TABLE[str(kind.__tablename__)]]
    shortest = min((one for one in lasts if one is not None), default=None)
    if shortest is None:
        return false()
    # Months differ in length, and a change is kept by its instant.
    latest = _months_after(today, -shortest) + timedelta(days=4)
    changed = Record.updated_at < datetime(latest.year, latest.month, latest.day, tzinfo=UTC)
    if kind is Event:
        return Event.end <= latest
    if kind is Engagement:
        return Engagement.on <= latest
    if kind is Case:
        return Case.closed_on <= latest
    if kind is Statement:
        return (Statement.delivered_on <= latest) | changed
    return changed


def _is_due(standing: _Standing, today: date) -> bool:
    return standing.ends is not None and standing.ends <= today and not standing.blockers


def _subject(record: Record) -> Subject:
    return subject_of(record.kind, getattr(record, "contact_kind", None))


def _without_protected(session: Session, records: Sequence[Record], person_id: str) -> list[Record]:
    """The records without those that only people with lasting access may delete, unless this person has it."""
    identified = set(session.scalars(select(Identity.contact_id).execution_options(**_EVERYTHING)))
    theirs = select(Access.record_id).where(Access.person_id == person_id, Access.until.is_(None))
    lasting = set(session.scalars(theirs))
    return [
        one
        for one in records
        if one.id in lasting or (one.sensitivity is not Sensitivity.RESTRICTED and one.id not in identified)
    ]


def _standings(session: Session, records: Sequence[Record], today: date) -> dict[str, _Standing]:
    """How it stands with the retention of these records. What blocks is looked up where the period has ended."""
    months = _periods(session)
    contacts = {one.id for one in records if isinstance(one, Contact)}
    last_contact = _last_contact_days(session, contacts, today)
    found = {one.id: _Standing(_first_day(one, last_contact.get(one.id)), months[_subject(one)]) for one in records}
    ended = {id_ for id_, one in found.items() if one.ends is not None and one.ends <= today}
    blockers = _blockers(session, ended, today)
    return {
        id_: _Standing(one.since, one.months, frozenset(blockers[id_])) if id_ in ended else one
        for id_, one in found.items()
    }


def _first_day(record: Record, last_contact: date | None) -> date | None:
    """The day from which the period of a record counts; None while it is open."""
    changed = record.updated_at.date()
    match record:
        case Event():
            return record.end
        case Engagement():
            return record.on
        case Statement():
            if record.state in BEFORE_DELIVERY:
                return None
            return record.delivered_on or changed if record.state in AFTER_DELIVERY else changed
        case Case():
            return record.closed_on
        case Reprisal():
            return changed if record.state is ReprisalState.CLOSED else None
        case Contact():
            return max(changed, last_contact or changed)
        case _:
            return changed


def _last_contact_days(
    session: Session, contacts: Collection[str], today: date, *, as_seen: bool = False
) -> dict[str, date]:
    """The day of the last engagement with each contact, or of the end of its last consent if that is later.

    ``as_seen``: only of engagements that the reader can see.
    """
    linked = ids_linked_in_database(session, contacts) if contacts else {}
    others = {other for ids in linked.values() for other in ids}
    met = select(Engagement.id, Engagement.on).where(Engagement.id.in_(others), Engagement.on <= today)
    days = {row.id: row.on for row in session.execute(met.execution_options(everything=not as_seen))}
    found: dict[str, list[date]] = {id_: [days[one] for one in linked[id_] if one in days] for id_ in linked}
    for consent in _consents(session, contacts):
        found[consent.contact_id] += [
            day for day in (consent.given_on, consent.until, consent.withdrawn_on) if day is not None and day <= today
        ]
    return {id_: max(some) for id_, some in found.items() if some}


def _consents(session: Session, contacts: Collection[str]) -> Sequence[Consent]:
    asked = select(Consent).where(Consent.contact_id.in_(contacts)).execution_options(**_EVERYTHING)
    return session.scalars(asked).all()


# --- What blocks


def _blockers(session: Session, ids: Collection[str], today: date) -> dict[str, set[Blocker]]:
    """What keeps each of these records from being due, seen by the reader or not."""
    found: dict[str, set[Blocker]] = {id_: set() for id_ in ids}
    if not ids:
        return found
    follow_ups = select(FollowUp.record_id).where(FollowUp.record_id.in_(ids), FollowUp.done_on.is_(None))
    for id_ in session.scalars(follow_ups.execution_options(**_EVERYTHING)):
        found[id_].add(Blocker.FOLLOW_UP)
    kept = select(RetentionExtension.record_id).where(
        RetentionExtension.record_id.in_(ids), RetentionExtension.until > today
    )
    for id_ in session.scalars(kept.execution_options(**_EVERYTHING)):
        found[id_].add(Blocker.KEPT_LONGER)
    for debt in unreviewed_overrides(session, ids, everything=True):
        found[debt.statement_id].add(Blocker.OVERRIDE)
    for consent in _consents(session, ids):
        if consent_state(consent, today) not in (ConsentState.EXPIRED, ConsentState.WITHDRAWN):
            found[consent.contact_id].add(Blocker.CONSENT)
    for id_ in _linked_to_coming_items(session, ids, today):
        found[id_].add(Blocker.COMING_ITEM)
    linked = ids_linked_in_database(session, ids)
    open_ = _open_among(session, {other for others in linked.values() for other in others}, today)
    for id_, others in linked.items():
        if others & open_:
            found[id_].add(Blocker.OPEN_RECORD)
    return found


def _open_among(session: Session, ids: Collection[str], today: date) -> set[str]:
    """Those of these records that are not over: an open case or reprisal, a statement before its delivery, an event or
    an engagement to come."""
    asked = (
        select(Case.id).where(Case.id.in_(ids), Case.closed_on.is_(None)),
        select(Reprisal.id).where(Reprisal.id.in_(ids), Reprisal.state != ReprisalState.CLOSED),
        select(Statement.id).where(Statement.id.in_(ids), Statement.state.in_(BEFORE_DELIVERY)),
        select(Event.id).where(Event.id.in_(ids), Event.end >= today),
        select(Engagement.id).where(Engagement.id.in_(ids), Engagement.on >= today),
    )
    return {id_ for some in asked for id_ in session.scalars(some.execution_options(**_EVERYTHING))}


def has_open_links(session: Session, record_id: str) -> bool:
    """Whether a record is linked to one that is not over, seen by the reader or not."""
    linked = ids_linked_in_database(session, [record_id])[record_id]
    return bool(_open_among(session, linked, clock.today()))


def _linked_to_coming_items(session: Session, ids: Collection[str], today: date) -> set[str]:
    """Those of these records that are linked to an item of the calendar that is not over."""
    links = select(ItemLink.record_id, ItemLink.item).where(ItemLink.record_id.in_(ids))
    rows = session.execute(links.execution_options(**_EVERYTHING)).all()
    if not rows:
        return set()
    table = calendar.current(corrections=recorded_corrections(session))[1]
    coming = set(table["item"][table["end"] >= pd.Timestamp(today)])
    events = select(Event.id).where(Event.end >= today).execution_options(**_EVERYTHING)
    coming |= {item_of(id_) for id_ in session.scalars(events)}
    return {row.record_id for row in rows if row.item in coming}


# --- Deleting what is due, and keeping it longer


def check_deletion(session: WorkspaceSession, record: Record) -> None:
    """Refuse to delete a statement, a case or a reprisal that is not due for deletion yet, or not in the archive."""
    (standing,) = _standings(session, [record], today := clock.today()).values()
    if _subject(record) not in DELETED_ONCE_DUE or _is_due(standing, today):
        if _not_archived(session, [record]):
            raise Refused(Problem("not-archived"))
        return
    if standing.ends is None:
        raise Refused(Problem("not-due-while-open"))
    if standing.ends > today:
        raise Refused(Problem("not-due-before", values={"day": standing.ends}))
    raise Refused(Problem("not-due-blocked", values={"blockers": tuple(sorted(standing.blockers))}))


def _not_archived(session: Session, records: Sequence[Record]) -> set[str]:
    """Those of these records that are to be archived, and of which no reference in the archive is entered.

    A statement that was never delivered is no act of the mission: it needs none.
    """
    needed = {
        one.id
        for one in records
        if _subject(one) in ARCHIVED_FIRST and not (isinstance(one, Statement) and one.state not in AFTER_DELIVERY)
    }
    entered = select(ArchivedAs.record_id).where(ArchivedAs.record_id.in_(needed)).execution_options(**_EVERYTHING)
    return needed - set(session.scalars(entered)) if needed else set()


def _check_extension(_session: WorkspaceSession, extension: RetentionExtension) -> None:
    if len((extension.reason or "").strip()) < SHORTEST_REASON:
        raise Refused(Problem("extension-without-reason", "reason"))


def _check_new_extension(session: WorkspaceSession, extension: RetentionExtension) -> None:
    must_be_actor(session, extension.person_id)
    if not clock.today() < extension.until <= clock.today() + LONGEST_EXTENSION:
        raise Refused(Problem("extension-out-of-bounds", "until", {"day": clock.today() + LONGEST_EXTENSION}))


def _check_extension_stays(session: WorkspaceSession, extension: RetentionExtension) -> None:
    if not goes_with_record(session, extension.record_id):
        raise Refused(Problem("extension-changed"))


def _refuse_change(_session: WorkspaceSession, _extension: object) -> None:
    raise Refused(Problem("extension-changed"))


def keep_longer(
    viewer: Viewer, record_id: str, *, until: date | None, reason: str, workspace: Workspace | None = None
) -> None:
    """Keep a record that is due until a later day. Raises Refused without a reason, for a day that has come or is too
    far ahead, and if the viewer cannot see the record."""
    with writing(viewer, workspace=workspace) as session:
        if session.get(Record, record_id) is None:
            raise Refused(Problem("record-gone"))
        session.add(
            RetentionExtension(record_id=record_id, until=until, reason=reason.strip(), person_id=viewer.person_id)
        )


def extensions_of(viewer: Viewer, record_id: str, workspace: Workspace | None = None) -> list[RetentionExtension]:
    """How a record was kept longer, the latest first."""
    with reading(viewer, workspace) as session:
        found = select(RetentionExtension).where(RetentionExtension.record_id == record_id)
        return list(session.scalars(found.order_by(RetentionExtension.at.desc())))


CHECKS: Mapping[type[Base], Checks] = {
    RetentionPeriod: Checks(written=_check_period),
    RetentionExtension: Checks(
        written=_check_extension, new=_check_new_extension, changed=_refuse_change, deleted=_check_extension_stays
    ),
}
