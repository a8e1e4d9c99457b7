"""Units of work: open the workspace to read as a viewer, or to write as one by given rules.

What is read is what the :class:`~calendar_model.access.permissions.Viewer` may see. What is written passes the rules
that the caller gives and :mod:`calendar_model.access.access_rules`, and is kept in the history, in one transaction.
Callers that write use :mod:`calendar_model.mission.transactions`, which gives the rules of the mission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from calendar_model.access import access_rules, permissions
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.clock import now
from calendar_model.store.database import Workspace, answering, current_workspace
from calendar_model.store.database import WorkspaceError as WorkspaceError
from calendar_model.store.models import (
    Access,
    Change,
    FollowUp,
    Identity,
    ItemLink,
    Mission,
    Person,
    Record,
    RecordLink,
    StatementTemplate,
    new_id,
)
from calendar_model.store.session import WorkspaceSession

Rules: TypeAlias = Callable[[WorkspaceSession], None]
"""Called before a session writes: completes derived values, and refuses forbidden changes."""

ChangeToken: TypeAlias = tuple[str, int, str, datetime | None]
"""The workspace, the number of the last line of its history, that line's hash, and when access last ran out."""

R = TypeVar("R", bound=Record | Person | Mission | FollowUp | Identity | StatementTemplate)


class EditConflict(Refused):
    """Another person has saved the same record in the meantime; nothing of this change is written.

    For typed fields the page shows them beside the saved values.
    """

    def __init__(self) -> None:
        super().__init__(Problem("edit-conflict"))


@contextmanager
def reading(viewer: Viewer, workspace: Workspace | None = None) -> Iterator[WorkspaceSession]:
    """Open a read-only session, scoped to ``viewer``, on the current workspace or another.

    Raises :class:`~calendar_model.store.database.WorkspaceError` where the database fails.
    """
    workspace = workspace or current_workspace()
    with answering(workspace), workspace.session() as session:
        session.scope = permissions.read_criteria(viewer)
        yield session


@contextmanager
def writing(
    viewer: Viewer, rules: Rules, reason: str = "", workspace: Workspace | None = None
) -> Iterator[WorkspaceSession]:
    """Open a session whose changes are written together at the end of the block or, on any error, not at all.

    ``rules`` is called before anything is written; it may complete or refuse the change. ``reason`` stays in the
    history. Raises :class:`~calendar_model.access.problems.Refused` for a forbidden change, :class:`EditConflict` for a
    row that another person has changed since it was read, and WorkspaceError as :func:`reading` does.
    """
    workspace = workspace or current_workspace()
    with answering(workspace), workspace.session(write=True) as session:
        session.scope, session.rules = permissions.read_criteria(viewer), rules
        session.access_rules = access_rules.check
        session.actor, session.reason = viewer.person_id, reason.strip()
        session.is_operator = viewer.is_operator
        try:
            yield session
            session.commit()
        except StaleDataError:
            raise EditConflict from None


def load_for_update(session: WorkspaceSession, kind: type[R], row_id: str, version: int) -> R:
    """Return the row to be changed, if it is still the ``version`` that the reader saw.

    Raises :class:`EditConflict` if it is not, and Refused if the reader cannot see such a row.
    """
    row: R | None = session.get(kind, row_id)
    if row is None:
        raise Refused(Problem("record-gone"))
    if row.version != version:
        raise EditConflict
    return row


def upsert(
    session: WorkspaceSession,
    viewer: Viewer,
    kind: type[R],
    values: Mapping[str, Any],
    *,
    record_id: str = "",
    seen: int = 0,
) -> R:
    """Return the row with these columns: a new record owned by the viewer, or the ``seen`` version changed.

    Raises as :func:`load_for_update` does.
    """
    if not record_id:
        owner = {"owner_id": viewer.person_id} if issubclass(kind, Record) else {}
        row = kind(**{"id": new_id(), **owner, **values})
        session.add(row)
        return row
    row = load_for_update(session, kind, record_id, seen)
    for name, value in values.items():
        setattr(row, name, value)
    return row


_RAN_OUT = select(func.max(Access.until)).where(Access.until <= bindparam("now")).scalar_subquery()
_NEWEST = select(Change.number, Change.hash, _RAN_OUT).order_by(Change.number.desc()).limit(1)
"""Composed once: every page and every poll asks."""


def change_token(workspace: Workspace | None = None) -> ChangeToken:
    """Return a token that changes with every change in the workspace, and when access to a record runs out.

    It includes the hash because another workspace at the same address, such as a restored backup, can have a history
    of the same length.
    """
    workspace = workspace or current_workspace()
    with workspace.single_statements() as connection:
        number, digest, until = connection.execute(_NEWEST, {"now": now()}).first() or (0, "", None)
    return workspace.url, number, digest, until


def workspace_url() -> str:
    """The address of the current workspace's database, without its password."""
    return current_workspace().url


def set_links(record: Record, items: Iterable[str] | None, links: Iterable[str] | None) -> None:
    if items is not None:
        wanted = set(items)
        record.items = [link for link in record.items if link.item in wanted]
        record.items += [ItemLink(item=item) for item in sorted(wanted - {link.item for link in record.items})]
    if links is not None:
        wanted = set(links)
        for mine, other in ((record.links, "other_id"), (record.linked_from, "record_id")):
            for link in [link for link in mine if getattr(link, other) not in wanted]:
                mine.remove(link)
            wanted -= {getattr(link, other) for link in mine}
        record.links += [RecordLink(other_id=other) for other in sorted(wanted)]


def give_access(record: Record, named: Iterable[str]) -> None:
    """Give these persons access to a record and take it from all others; access that had run out lasts from then on."""
    wanted = set(named)
    record.named = [access for access in record.named if access.person_id in wanted]
    for access in record.named:
        if not access.holds:
            access.until = None
    record.named += [Access(person_id=p) for p in sorted(wanted - {access.person_id for access in record.named})]


def staff(workspace: Workspace | None = None) -> list[Person]:
    """All persons with their roles, active ones first, by name. Without sign-in anyone can pick any user, so everyone
    sees them.
    """
    workspace = workspace or current_workspace()
    with answering(workspace), workspace.session() as session:
        everyone = select(Person).options(joinedload(Person.role_rows))
        everyone = everyone.order_by(Person.active.desc(), Person.name, Person.id)
        return list(session.scalars(everyone.execution_options(everything=True)).unique())
