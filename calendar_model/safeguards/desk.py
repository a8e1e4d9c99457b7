"""The door to the workspace for pages, feeds and scripts: read as somebody, write as somebody.

What is read is what the :class:`~calendar_model.safeguards.sight.Viewer` may see; what is written passes
:mod:`calendar_model.safeguards.rules` and is kept in the history, in one transaction. There is no other door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from calendar_model.safeguards import access_rules, rules, sight
from calendar_model.safeguards.rules import Refused
from calendar_model.safeguards.sight import Viewer
from calendar_model.workspace.database import Workspace, WorkspaceSession, answering, current_workspace
from calendar_model.workspace.records import (
    Access,
    Change,
    FollowUp,
    Identity,
    Person,
    Record,
    TieToItem,
    TieToRecord,
    new_id,
)

R = TypeVar("R", bound=Record | Person | FollowUp | Identity)


class Overtaken(Refused):
    """Somebody else has saved the same record meanwhile; nothing of this change is written.

    Where only fields were typed, the page shows them beside what is saved now.
    """

    def __init__(self) -> None:
        super().__init__(
            "Somebody else has changed this record since you opened it. Nothing of yours is lost: compare both below, "
            "then save again."
        )


@contextmanager
def reading(viewer: Viewer, workspace: Workspace | None = None) -> Iterator[WorkspaceSession]:
    """A session that reads what ``viewer`` may see, of the current workspace or of another; it writes nothing.

    Raises :class:`~calendar_model.workspace.database.WorkspaceError` where the database fails.
    """
    workspace = workspace or current_workspace()
    with answering(workspace), workspace.session() as session:
        session.sight = sight.options(viewer)
        yield session


@contextmanager
def writing(viewer: Viewer, reason: str = "", workspace: Workspace | None = None) -> Iterator[WorkspaceSession]:
    """A session whose changes are written together at the end of the block, or, on any error, not at all.

    ``reason`` stays in the history. Raises :class:`~calendar_model.safeguards.rules.Refused` for what a rule forbids
    and :class:`Overtaken` for a row that somebody else has changed since it was read; WorkspaceError as
    :func:`reading` does.
    """
    workspace = workspace or current_workspace()
    with answering(workspace), workspace.session(write=True) as session:
        session.sight, session.rules = sight.options(viewer), rules.check
        session.access_rules = access_rules.check
        session.actor, session.reason = viewer.person_id, reason.strip()
        try:
            yield session
            session.commit()
        except StaleDataError:
            raise Overtaken from None


def take(session: WorkspaceSession, kind: type[R], row_id: str, version: int) -> R:
    """The row to be changed, if it is still the ``version`` that the reader saw.

    Raises :class:`Overtaken` if it is not, and Refused if it is not there for this reader.
    """
    row: R | None = session.get(kind, row_id)
    if row is None:
        raise Refused("This record is not there any more, or not for you to see. Go back to the list.")
    if row.version != version:
        raise Overtaken
    return row


def put(
    session: WorkspaceSession,
    viewer: Viewer,
    kind: type[R],
    values: Mapping[str, Any],
    *,
    record_id: str = "",
    seen: int = 0,
) -> R:
    """The row with these columns: a new one, of a record owned by the viewer, or the ``seen`` version of one changed.

    Raises as :func:`take` does.
    """
    if not record_id:
        owner = {"owner_id": viewer.person_id} if issubclass(kind, Record) else {}
        row = kind(**{"id": new_id(), **owner, **values})
        session.add(row)
        return row
    row = take(session, kind, record_id, seen)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def tide(workspace: Workspace | None = None) -> tuple[str, int]:
    """Which workspace, and how many changes it has seen: as long as both are the same, nothing has changed in it."""
    workspace = workspace or current_workspace()
    with answering(workspace), workspace.session() as session:
        newest = select(func.max(Change.number)).execution_options(everything=True)
        return workspace.url, session.scalar(newest) or 0


def save(
    viewer: Viewer,
    kind: type[R],
    values: Mapping[str, Any],
    *,
    record_id: str = "",
    seen: int = 0,
    items: Iterable[str] | None = None,
    ties: Iterable[str] | None = None,
    named: Iterable[str] | None = None,
    reason: str = "",
    workspace: Workspace | None = None,
) -> str:
    """Saves what a form holds, in one transaction, and gives the record's identifier.

    Without ``record_id`` a new record of this kind, owned by the viewer; with it the ``seen`` version is changed.
    ``values`` are columns. ``items`` (of the calendar), ``ties`` (records) and ``named`` (persons who see it while it
    is restricted) are what there shall be from now on; None leaves them. What the viewer does not see stays as it is.
    Raises as :func:`writing` and :func:`take` do.
    """
    # Rules look at all of it together: a level that is written before the names would be judged without them.
    with writing(viewer, reason, workspace) as session, session.no_autoflush:
        record = put(session, viewer, kind, values, record_id=record_id, seen=seen)
        if isinstance(record, Record):
            _tie(record, items, ties)
            if named is not None:
                _show_to(record, named)
        return record.id


def _tie(record: Record, items: Iterable[str] | None, ties: Iterable[str] | None) -> None:
    if items is not None:
        wanted = set(items)
        record.items = [tie for tie in record.items if tie.item in wanted]
        record.items += [TieToItem(item=item) for item in sorted(wanted - {tie.item for tie in record.items})]
    if ties is not None:
        wanted = set(ties)
        for mine, other in ((record.ties, "other_id"), (record.tied_from, "record_id")):
            for tie in [tie for tie in mine if getattr(tie, other) not in wanted]:
                mine.remove(tie)
            wanted -= {getattr(tie, other) for tie in mine}
        record.ties += [TieToRecord(other_id=other) for other in sorted(wanted)]


def _show_to(record: Record, named: Iterable[str]) -> None:
    wanted = set(named)
    record.named = [access for access in record.named if access.person_id in wanted]
    record.named += [Access(person_id=p) for p in sorted(wanted - {access.person_id for access in record.named})]


def staff(workspace: Workspace | None = None) -> list[Person]:
    """All persons kept, active ones first, by name. On a single machine, where anyone may say who they are, anyone
    sees them."""
    workspace = workspace or current_workspace()
    with answering(workspace), workspace.session() as session:
        everyone = select(Person).order_by(Person.active.desc(), Person.name, Person.id)
        return list(session.scalars(everyone.execution_options(everything=True)))
