"""Checks and commands for the list of persons."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.mission.checks import Checks, is_changed
from calendar_model.mission.transactions import save
from calendar_model.store.database import Workspace
from calendar_model.store.models import Base, Person
from calendar_model.store.session import WorkspaceSession


def _check_name(session: WorkspaceSession, person: Person) -> None:
    """Refuse a second person with the same name, because colleagues and the history identify persons by name."""
    if not (is_changed(person, "name") or is_changed(person, "active")):
        return
    kept = select(Person.id, Person.name).execution_options(everything=True)
    names = {row.id: row.name for row in session.execute(kept)}
    for one in (*session.new, *session.dirty):
        if isinstance(one, Person) and one is not person:
            names[one.id or str(id(one))] = one.name
    if person.id:
        names.pop(person.id, None)
    if _comparable_name(person.name) in {_comparable_name(name) for name in names.values()}:
        raise Refused(Problem("name-taken", "name", {"name": person.name.strip()}))


def _comparable_name(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


CHECKS: Mapping[type[Base], Checks] = {Person: Checks(written=_check_name)}


# --- Commands


def add_person(viewer: Viewer, values: Mapping[str, Any], workspace: Workspace | None = None) -> str:
    """Add a person and return their identifier; ``viewer`` can be anonymous, for the first person.

    ``values`` are columns of a person. Raises Refused for a missing name, or one that another person has.
    """
    return save(viewer, Person, values, workspace=workspace)


def change_person(
    viewer: Viewer, person_id: str, seen: int, values: Mapping[str, Any], workspace: Workspace | None = None
) -> None:
    """Change the ``seen`` version of a person. Raises Refused as :func:`add_person` does, and EditConflict."""
    save(viewer, Person, values, record_id=person_id, seen=seen, workspace=workspace)
