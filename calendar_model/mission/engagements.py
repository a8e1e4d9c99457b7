"""Engagements for lists: filtered, newest first, with their links.

Every function reads only what the session's reader may see; hidden contacts never appear, and no filter reveals them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Unpack

import pandas as pd
from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.calendar import Filter
from calendar_model.mission import record_filter
from calendar_model.mission.checks import Checks, give_access_to_owner
from calendar_model.mission.transactions import SaveOptions, save, with_access_where_restricted
from calendar_model.reference import Reference
from calendar_model.store.models import Base, Contact, Engagement, FollowUp, FurtherKind, ItemLink, Record, RecordLink
from calendar_model.store.session import WorkspaceSession
from calendar_model.store.text_search import contains_word
from calendar_model.terms import EngagementForm, EngagementKind, RecordKind, ordered_kinds
from calendar_model.vocabulary import Sensitivity

COLUMNS = (
    "on", "kind", "title", "place", "form", "organisation", "items", "contacts", "outcome", "owner", "sensitivity",
    "sample",
)  # fmt: skip
"""Columns of :func:`engagements_table`."""

LISTED = ("on", "title", "kind", "organisation", "contacts", "outcome", "place", "owner")
"""Those of them on the first sheet of an Excel file."""

_AT_A_TIME, _FURTHER_AT_A_TIME = 500, 10_000
_UNFILTERED = Filter()

_SEARCHED = (Engagement.title, Engagement.place, Engagement.participants, Engagement.outcome)


@dataclass(frozen=True)
class EngagementQuery:
    """The filter of a list of engagements; an empty field keeps all.

    ``above`` is the calendar's filter. An engagement has one of ``kinds`` as its main kind or a further one.
    ``organisations`` are codes that stand for themselves and all beneath them in ``reference``, chosen within the
    filter above. ``countries`` are ISO 3166 alpha-3 codes of which one is that of a contact it was with. ``search``:
    every word occurs, in any case, in title, place, participants, outcome or the code of a contact. ``mission_id``: the
    mission to which it belongs.
    """

    reference: Reference
    above: Filter = _UNFILTERED
    kinds: tuple[EngagementKind, ...] = ()
    organisations: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    owner_id: str = ""
    search: str = ""
    mission_id: str | None = None


@dataclass(frozen=True)
class EngagementLine:
    """An engagement as a list shows it."""

    id: str
    on: date
    kinds: tuple[EngagementKind, ...]
    title: str
    place: str
    form: EngagementForm
    organisation: str
    participants: str
    outcome: str
    owner_id: str
    sensitivity: Sensitivity
    sample: bool

    @property
    def restricted(self) -> bool:
        """Whether only the people with access see it."""
        return self.sensitivity is Sensitivity.RESTRICTED


@dataclass(frozen=True)
class LinkedRecord:
    """A record at the other end of a link."""

    id: str
    kind: RecordKind
    title: str
    restricted: bool


@dataclass(frozen=True)
class EngagementLinks:
    """The links of an engagement: calendar items by identifier, contacts and other records by title."""

    items: tuple[str, ...] = ()
    contacts: tuple[LinkedRecord, ...] = ()
    records: tuple[LinkedRecord, ...] = ()


def born_at(kinds: Iterable[EngagementKind]) -> Sensitivity:
    """The minimum level of an engagement of these kinds: security measures are restricted."""
    return Sensitivity.RESTRICTED if any(kind.traits.born_restricted for kind in kinds) else Sensitivity.INTERNAL


def _restrict_with_kind(session: WorkspaceSession, further: FurtherKind) -> None:
    """Restrict an engagement that gets a kind which is restricted from the start."""
    engagement = further.record or session.get(Engagement, further.record_id)
    if engagement is None:
        raise Refused(Problem("record-gone"))
    if further.engagement_kind is not None and born_at([further.engagement_kind]) is Sensitivity.RESTRICTED:
        engagement.sensitivity = Sensitivity.RESTRICTED
        give_access_to_owner(engagement, session.actor)


CHECKS: Mapping[type[Base], Checks] = {
    Engagement: Checks(level_column="engagement_kind", level_from="kinds", lowest_level=born_at),
    FurtherKind: Checks(new=_restrict_with_kind),
}


def list_engagements(session: Session, query: EngagementQuery, limit: int | None = None) -> list[EngagementLine]:
    """The engagements of a query, the newest first; at most ``limit`` of them."""
    columns = {name: getattr(Engagement, name) for name in EngagementLine.__dataclass_fields__ if name != "kinds"}
    asked = (
        select(Engagement.engagement_kind, *columns.values())
        .where(*_conditions(session, query))
        .order_by(Engagement.on.desc(), Engagement.title, Engagement.id)
    )
    rows = session.execute(asked.limit(limit)).all()
    further = further_kinds(session, [row.id for row in rows])
    return [
        EngagementLine(
            **{name: getattr(row, name) for name in columns},
            kinds=ordered_kinds(row.engagement_kind, further.get(row.id, ())),
        )
        for row in rows
    ]


def further_kinds(session: Session, record_ids: Sequence[str]) -> Mapping[str, list[EngagementKind]]:
    """The further kinds of these engagements; one that has only its main kind has no entry."""
    found: defaultdict[str, list[EngagementKind]] = defaultdict(list)
    for some in _in_batches(record_ids, _FURTHER_AT_A_TIME):
        asked = select(FurtherKind.record_id, FurtherKind.engagement_kind).where(FurtherKind.record_id.in_(some))
        for id_, kind in session.execute(asked):
            found[id_].append(kind)
    return found


def count(session: Session, query: EngagementQuery) -> int:
    """The number of engagements that match a query."""
    return session.scalar(select(func.count(Engagement.id)).where(*_conditions(session, query))) or 0


def kept_among(session: Session, query: EngagementQuery, record_ids: Sequence[str]) -> set[str]:
    """The identifiers of those that are engagements and match a query."""
    conditions = _conditions(session, query)
    return {
        id_
        for some in _in_batches(record_ids)
        for id_ in session.scalars(select(Engagement.id).where(Engagement.id.in_(some), *conditions))
    }


def links_of(session: Session, record_ids: Sequence[str]) -> Mapping[str, EngagementLinks]:
    """The links of these records, in either direction; each record has an entry."""
    items: dict[str, list[str]] = defaultdict(list)
    others: dict[str, dict[str, LinkedRecord]] = defaultdict(dict)
    for some in _in_batches(record_ids):
        links = select(ItemLink.record_id, ItemLink.item).where(ItemLink.record_id.in_(some))
        for record_id, item in session.execute(links.order_by(ItemLink.item)):
            items[record_id].append(item)
        for mine, other in _link_directions():
            linked = select(mine, Record.id, Record.kind, Record.title, Record.sensitivity).join(
                Record, Record.id == other
            )
            for record_id, id_, kind, title, level in session.execute(linked.where(mine.in_(some))):
                others[record_id][id_] = LinkedRecord(id_, kind, title, level is Sensitivity.RESTRICTED)
    found = {}
    for id_ in record_ids:
        linked_to = sorted(others[id_].values(), key=lambda one: (one.title, one.id))
        contacts = tuple(one for one in linked_to if one.kind is RecordKind.CONTACT)
        found[id_] = EngagementLinks(
            tuple(items[id_]), contacts, tuple(one for one in linked_to if one not in contacts)
        )
    return found


def last_engagement_days(session: Session, contact_ids: Sequence[str], today: date) -> dict[str, date]:
    """The day of the last past engagement with each contact; contacts without one are left out."""
    last: dict[str, date] = {}
    for some in _in_batches(contact_ids):
        for engagement, contact in _link_directions():
            asked = (
                select(contact, func.max(Engagement.on))
                .join(Engagement, Engagement.id == engagement)
                .where(contact.in_(some), Engagement.on <= today)
                .group_by(contact)
            )
            for id_, day in session.execute(asked):
                last[id_] = max(day, last.get(id_, day))
    return last


def engagements_table(
    found: Iterable[EngagementLine], links: Mapping[str, EngagementLinks], names: Mapping[str, str]
) -> pd.DataFrame:
    """Engagements as a table for files, in columns :data:`COLUMNS`.

    Restricted engagements are left out, and so are the codes of restricted contacts and all descriptions of
    participants. ``names`` are the staff's, by identifier. ``on`` is a date; ``kind``, ``items`` and
    ``contacts`` are separated by semicolons.
    """
    rows = [
        (
            line.on,
            "; ".join(line.kinds),
            line.title,
            line.place,
            str(line.form),
            line.organisation,
            "; ".join(links[line.id].items),
            "; ".join(contact.title for contact in links[line.id].contacts if not contact.restricted),
            line.outcome,
            names.get(line.owner_id, ""),
            str(line.sensitivity),
            line.sample,
        )
        for line in found
        if not line.restricted
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _conditions(session: Session, query: EngagementQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for chosen in (query.above, Filter(organisations=query.organisations)):
        found += record_filter.conditions(chosen, RecordKind.ENGAGEMENT, query.reference)
    if query.kinds:
        further = select(FurtherKind.record_id).where(FurtherKind.engagement_kind.in_(query.kinds))
        found.append(or_(Engagement.engagement_kind.in_(query.kinds), Engagement.id.in_(further)))
    if query.owner_id:
        found.append(Engagement.owner_id == query.owner_id)
    if query.mission_id is not None:
        found.append(Engagement.mission_id == query.mission_id)
    if query.countries:
        found.append(_with_one_of(session, Contact.country.in_(query.countries)))
    for word in query.search.split():
        own = (contains_word(column, word) for column in _SEARCHED)
        found.append(or_(*own, _with_one_of(session, contains_word(Contact.title, word))))
    return found


def _with_one_of(session: Session, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an engagement is linked to one of the contacts for which the condition holds."""
    # Read first: within the select they would be searched again for each engagement.
    who = list(session.scalars(select(Contact.id).where(condition)))
    return (
        or_(*(Engagement.id.in_(select(mine).where(other.in_(who))) for mine, other in _link_directions()))
        if who
        else false()
    )


def _link_directions() -> tuple[tuple[InstrumentedAttribute[str], InstrumentedAttribute[str]], ...]:
    """Both directions in which a record can be linked to another."""
    return (RecordLink.record_id, RecordLink.other_id), (RecordLink.other_id, RecordLink.record_id)


def _in_batches(ids_: Sequence[str], size: int = _AT_A_TIME) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids_), size):
        yield ids_[start : start + size]


# --- Commands


def log_engagement(
    viewer: Viewer,
    values: Mapping[str, Any],
    *,
    follow_up: Mapping[str, Any] | None = None,
    **options: Unpack[SaveOptions],
) -> str:
    """Log an engagement and return its identifier; ``follow_up`` has the columns of a first one (what, due, owner_id).

    ``values`` are columns, with ``kinds`` in place of the kind: all of them, the main one first.

    Options and exceptions as in :func:`~calendar_model.mission.transactions.save`; ``named`` counts if the engagement
    is restricted.
    """
    following = {"follow_ups": [FollowUp(**follow_up)]} if follow_up else {}
    return save(viewer, Engagement, {**values, **following}, **with_access_where_restricted(values, options))


def edit_engagement(
    viewer: Viewer, engagement_id: str, seen: int, values: Mapping[str, Any], **options: Unpack[SaveOptions]
) -> None:
    """Change the ``seen`` version of an engagement; options and exceptions as in :func:`log_engagement`."""
    options = with_access_where_restricted(values, options)
    save(viewer, Engagement, values, record_id=engagement_id, seen=seen, **options)
