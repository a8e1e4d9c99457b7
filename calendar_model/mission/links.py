"""Links between records, in either direction, and the records that can be linked.

Functions that take a viewer open a unit of work and read what that viewer may see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import reading
from calendar_model.store.models import Record, RecordLink
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Kind

MOST_CHOICES = 500
"""How many of the newest records of a kind are offered for linking."""

KINDS_NOT_OFFERED = (Kind.DEADLINE, Kind.MILESTONE, Kind.MANDATE_HOLDER)
"""Kinds of calendar item that are not offered for linking: work is linked to the session or text they belong to."""


def model_of(kind: RecordKind) -> type[Record]:
    """The mapped class of a kind of record."""
    model: type[Record] = Record.__mapper__.polymorphic_map[kind].class_
    return model


def all_linked_to(record: Record) -> list[Record]:
    """The records at the other ends of a record's links, in either direction."""
    return [*(link.other for link in record.links), *(link.record for link in record.linked_from)]


def linked_ids(record: Record) -> list[str]:
    """The identifiers of :func:`all_linked_to`."""
    return [*(link.other_id for link in record.links), *(link.record_id for link in record.linked_from)]


def linked_records(session: Session, kind: RecordKind, ids: Collection[str]) -> dict[str, list[Any]]:
    """The records of a kind that are linked to each of these, in either direction; each of ``ids`` has an entry."""
    model = model_of(kind)
    ends = select(RecordLink.record_id, RecordLink.other_id).where(
        or_(RecordLink.record_id.in_(ids), RecordLink.other_id.in_(ids))
    )
    pairs = {pair for one, other in session.execute(ends) for pair in ((one, other), (other, one)) if pair[0] in ids}
    rows = session.scalars(
        select(model).where(model.id.in_({other for _, other in pairs})).order_by(model.title, model.id)
    ).all()
    return {id_: [row for row in rows if (id_, row.id) in pairs] for id_ in ids}


def linked_of_kind(viewer: Viewer, kind: RecordKind, record_id: str) -> list[Any]:
    """The records of a kind that are linked to one record, by title, each with the columns of its kind."""
    with reading(viewer) as session:
        return linked_records(session, kind, [record_id])[record_id]


def record_choices(viewer: Viewer, kinds: Iterable[RecordKind], kept: Iterable[str] = ()) -> dict[str, str]:
    """Titles by identifier of records to link to: the newest of each kind, and those in ``kept``."""
    linked = list(kept)
    found: dict[str, str] = {}
    with reading(viewer) as session:
        for model in map(model_of, kinds):
            titles = select(model.id, model.title).order_by(model.updated_at.desc())
            for rows in (titles.limit(MOST_CHOICES), titles.where(model.id.in_(linked))):
                found |= {row.id: row.title for row in session.execute(rows)}
    return found
