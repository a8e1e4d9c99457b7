"""Writing by the rules of the mission: a unit of work, and the saving of what a form holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from calendar_model.access import unit_of_work
from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import give_access, set_links, upsert
from calendar_model.store.database import Workspace
from calendar_model.store.models import FollowUp, Identity, Person, Record
from calendar_model.store.session import WorkspaceSession
from calendar_model.vocabulary import Sensitivity

R = TypeVar("R", bound=Record | Person | FollowUp | Identity)


def writing(
    viewer: Viewer, reason: str = "", workspace: Workspace | None = None
) -> AbstractContextManager[WorkspaceSession]:
    """A unit of work by the rules of the mission: see :func:`calendar_model.access.unit_of_work.writing`."""
    return unit_of_work.writing(viewer, _rules, reason, workspace)


def _rules(session: WorkspaceSession) -> None:
    # Imported when it is called: the nouns, whose checks the rules gather, write through this module.
    from calendar_model.mission import rules

    rules.check(session)


def save(
    viewer: Viewer,
    kind: type[R],
    values: Mapping[str, Any],
    *,
    record_id: str = "",
    seen: int = 0,
    items: Iterable[str] | None = None,
    links: Iterable[str] | None = None,
    named: Iterable[str] | None = None,
    reason: str = "",
    workspace: Workspace | None = None,
) -> str:
    """Saves what a form holds, in one transaction, and gives the record's identifier.

    Without ``record_id`` a new record of this kind, owned by the viewer; with it the ``seen`` version is changed.
    ``values`` are columns. ``items`` (of the calendar), ``links`` (records) and ``named`` (persons who see it while it
    is restricted) are what there shall be from now on; None leaves them. What the viewer does not see stays as it is.
    Raises as :func:`writing` and :func:`load_for_update` do.
    """
    # Rules look at all of it together: a level that is written before the names would be judged without them.
    with writing(viewer, reason, workspace) as session, session.no_autoflush:
        record = upsert(session, viewer, kind, values, record_id=record_id, seen=seen)
        if isinstance(record, Record):
            set_links(record, items, links)
            if named is not None:
                give_access(record, named)
        return record.id


def named_where_restricted(values: Mapping[str, Any], named: Iterable[str] | None) -> Iterable[str] | None:
    """The persons who shall have access to a record that is restricted by these columns, or left as it is by them.

    None where it is not restricted: who has access to it then stays, and does not matter.
    """
    is_restricted = values.get("sensitivity", Sensitivity.RESTRICTED) == Sensitivity.RESTRICTED
    return named if is_restricted else None
