"""Records of any kind: read one with its history, delete one, and the limits of columns.

Functions that take a viewer open a unit of work and read what that viewer may see. Kinds, tables and columns are
given by name, so that pages need not know the mapped classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import selectinload

from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import load_for_update, reading
from calendar_model.mission.links import model_of
from calendar_model.mission.reads import note_read
from calendar_model.mission.transactions import writing
from calendar_model.mission.undo import Undoable, undoable
from calendar_model.store import history, models
from calendar_model.store.history import DeletedRecord
from calendar_model.store.models import Change, Consent, Contact, Record, RecordLink
from calendar_model.terms import RecordKind

WHOLE: tuple[Any, ...] = (
    selectinload(Record.items),
    selectinload(Record.links).selectinload(RecordLink.other),
    selectinload(Record.linked_from).selectinload(RecordLink.record),
    selectinload(Record.named),
    selectinload(Record.follow_ups),
    selectinload(Record.owner),
    selectinload(Record.theme_rows),
)
"""The relations loaded with a record, for display after its session has ended."""

_OF_ITS_KIND: Mapping[RecordKind, tuple[Any, ...]] = {
    RecordKind.CONTACT: (
        selectinload(Contact.identity),
        selectinload(Contact.consents).selectinload(Consent.taken_by),
    ),
}
"""The relations of a kind that are loaded in addition to :data:`WHOLE`."""


def get_record(viewer: Viewer, kinds: Iterable[RecordKind], record_id: str) -> Record | None:
    """The record of one of these kinds with all that its page shows; None if the viewer cannot see one.

    That a restricted one is read is noted.
    """
    with reading(viewer) as session:
        found = (
            session.get(model_of(kind), record_id, options=(*WHOLE, *_OF_ITS_KIND.get(kind, ()))) for kind in kinds
        )
        record = next((one for one in found if one is not None), None)
    if record is not None:
        note_read(viewer, record)
    return record


def delete_record(viewer: Viewer, kind: RecordKind, record_id: str, *, seen: int, reason: str) -> Undoable:
    """Delete the ``seen`` version of a record, with its links and follow-ups; ``reason`` stays in the history.

    The deletion of a contact with an identity cannot be undone: what is erased is gone. Raises as
    :func:`~calendar_model.mission.transactions.writing` and
    :func:`~calendar_model.access.unit_of_work.load_for_update` do.
    """
    with writing(viewer, reason) as session:
        session.delete(load_for_update(session, model_of(kind), record_id, seen))
    return undoable(session)


def changes_of(viewer: Viewer, record_id: str) -> list[Change]:
    """The history of an existing or deleted record, oldest change first."""
    with reading(viewer) as session:
        return history.of_record(session, record_id)


def deleted_records(viewer: Viewer) -> list[DeletedRecord]:
    """The deleted records of which the viewer can read the history."""
    with reading(viewer) as session:
        return history.deleted(session)


# --- What a column holds


def text_limit(table: str, column: str) -> int | None:
    """The maximum characters of a text column; None for a column of another type, or an unknown one."""
    mapper = history.mapper_of(table)
    if column not in mapper.columns or mapper.columns[column].type.python_type is not str:
        return None
    return models.longest(mapper.class_, column)


def number_bounds(table: str, column: str) -> tuple[int, int]:
    """The minimum and maximum of an integer column; raises KeyError if none are declared."""
    return models.bounds(history.mapper_of(table).class_, column)
