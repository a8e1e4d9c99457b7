"""Writing by the rules of the mission: a unit of work, and saving a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypedDict, TypeVar

from calendar_model.access import unit_of_work
from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import give_access, set_links, upsert
from calendar_model.mission.themes import set_themes
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
    # Imported on call, because the modules whose checks the rules collect write through this one.
    from calendar_model.mission import rules

    rules.check(session)


class SaveOptions(TypedDict, total=False):
    """Options for saving a record besides its columns; defaults as in :func:`save`.

    ``items`` (of the calendar), ``links`` (records) and ``named`` (people with access while it is restricted) replace
    the present ones, as ``themes`` do; None leaves them. ``reason`` stays in the history. ``workspace``: one other than
    the current.
    """

    items: Iterable[str] | None
    links: Iterable[str] | None
    named: Iterable[str] | None
    themes: Iterable[str] | None
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
    themes: Iterable[str] | None = None,
    reason: str = "",
    workspace: Workspace | None = None,
) -> str:
    """Save the values of a form in one transaction, and return the record's identifier.

    Without ``record_id`` a new record of this kind, owned by the viewer; with it the ``seen`` version is changed.
    ``values`` are columns; the others are :class:`SaveOptions`. Links that the viewer cannot see stay.
    Raises as :func:`writing` and :func:`load_for_update` do.
    """
    # Flushed together, because the rules would otherwise check the level without the people with access.
    with writing(viewer, reason, workspace) as session, session.no_autoflush:
        record = upsert(session, viewer, kind, values, record_id=record_id, seen=seen)
        if isinstance(record, Record):
            set_links(record, items, links)
            if themes is not None:
                set_themes(session, record, themes)
            if named is not None:
                give_access(record, named)
        return record.id


def with_access_where_restricted(values: Mapping[str, Any], options: SaveOptions) -> SaveOptions:
    """The options to save a record with these columns, where ``named`` counts only if they restrict it.

    For a record that is not restricted, or no longer, the people with access stay unchanged.
    """
    is_restricted = values.get("sensitivity", Sensitivity.RESTRICTED) == Sensitivity.RESTRICTED
    return options if is_restricted else {**options, "named": None}
