"""Handing over what a person leaves behind: their records and open follow-ups go to a successor.

An administrator does it without reading the records, and sees how many there are, not which. Restricted records move
only by people with access: each asks for access to become the owner, and a second person grants it
(:mod:`calendar_model.mission.access_requests`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from calendar_model.access.permissions import OPERATOR, Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import RECORD_READERS, Operation, Subject
from calendar_model.access.unit_of_work import reading
from calendar_model.mission.checks import has_role, reads_at
from calendar_model.mission.persons import must_administer
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace
from calendar_model.store.models import FollowUp, Identity, Person, Record
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Sensitivity

_EVERYTHING = {"everything": True}


@dataclass(frozen=True)
class Holdings:
    """How much a person holds: records by kind, those of them that only people with access move, open follow-ups."""

    records: Mapping[RecordKind, int]
    guarded: int
    follow_ups: int

    @property
    def total(self) -> int:
        """The records and follow-ups that can be handed over here."""
        return sum(self.records.values()) + self.follow_ups


def holdings(viewer: Viewer, person_id: str, workspace: Workspace | None = None) -> Holdings:
    """What a person holds, as numbers. Raises Refused for a viewer who does not administer the workspace."""
    must_administer(viewer, Subject.HANDOVER, Operation.CHANGE, workspace)
    with reading(OPERATOR, workspace) as session:
        records = _records(session, person_id)
        of_person = select(Record.id).where(Record.owner_id == person_id).execution_options(**_EVERYTHING)
        guarded = len(session.scalars(of_person).all()) - len(records)
        return Holdings(Counter(one.kind for one in records), guarded, len(_follow_ups(session, person_id)))


def hand_over(viewer: Viewer, person_id: str, successor_id: str, workspace: Workspace | None = None) -> Holdings:
    """Give a leaver's records and open follow-ups to a successor, except restricted ones; return what was handed over.

    Raises Refused for a viewer who does not administer the workspace, a person who is still active, and a successor who
    is not, or cannot read all that they would get.
    """
    before = holdings(viewer, person_id, workspace)
    with writing(viewer, "Handed over to a successor.", workspace) as session, session.no_autoflush:
        leaver = session.get(Person, person_id, execution_options=_EVERYTHING)
        if leaver is None or leaver.active:
            raise Refused(Problem("leaver-active", "leaver"))
        if successor_id == person_id or not has_role(session, successor_id, *sorted(RECORD_READERS)):
            raise Refused(Problem("successor-needed", "successor"))
        records, follow_ups = _records(session, person_id), _follow_ups(session, person_id)
        to_read = (*records, *(one.record for one in follow_ups))
        missions = {one.mission_id for one in to_read if one.sensitivity is Sensitivity.INTERNAL}
        if not all(reads_at(session, successor_id, one) for one in missions):
            raise Refused(Problem("successor-of-other-mission", "successor"))
        for record in records:
            record.owner_id = successor_id
        for follow_up in follow_ups:
            follow_up.owner_id = successor_id
    return before


def _records(session: WorkspaceSession, person_id: str) -> list[Record]:
    """The person's records that all staff may read, and that have no identity."""
    identified = select(Identity.contact_id)
    mine = select(Record).where(Record.owner_id == person_id, Record.sensitivity != Sensitivity.RESTRICTED)
    return list(session.scalars(mine.where(Record.id.not_in(identified)).execution_options(**_EVERYTHING)))


def _follow_ups(session: WorkspaceSession, person_id: str) -> list[FollowUp]:
    """The person's open follow-ups on records that all staff may read."""
    mine = select(FollowUp).join(FollowUp.record).where(FollowUp.owner_id == person_id, FollowUp.done_on.is_(None))
    mine = mine.where(Record.sensitivity != Sensitivity.RESTRICTED).options(contains_eager(FollowUp.record))
    return list(session.scalars(mine.execution_options(**_EVERYTHING)))
