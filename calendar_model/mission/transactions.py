"""Writing by the rules of the mission: a unit of work, and the saving of what a form holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypedDict, TypeVar

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


class SaveOptions(TypedDict, total=False):
    """What a record is saved with beside its columns; each has the default of :func:`save`.

    ``items`` (of the calendar), ``links`` (records) and ``named`` (persons who
    see it while it is restricted) are what there shall be from now on; None leaves them. ``reason`` stays in the
    history. ``workspace`` is another one than the current.
    """

    items: Iterable[str] | None
    links: Iterable[str] | None
    named: Iterable[str] | None
    reason: str
    workspace: Workspace | None


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
    """Save what a form holds, in one transaction, and give the record's identifier.

    Without ``record_id`` a new record of this kind, owned by the viewer; with it the ``seen`` version is changed.
    ``values`` are columns; the others are :class:`SaveOptions`. What the viewer does not see stays as it is.
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


def with_access_where_restricted(values: Mapping[str, Any], options: SaveOptions) -> SaveOptions:
    """The options to save a record with these columns, where ``named`` counts only if they restrict it.

    Of a record that is not restricted, or no longer, the people with access stay as they are.
    """
    is_restricted = values.get("sensitivity", Sensitivity.RESTRICTED) == Sensitivity.RESTRICTED
    return options if is_restricted else {**options, "named": None}
