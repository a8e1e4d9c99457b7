"""What holds for the list of persons."""

from __future__ import annotations

import unicodedata

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from calendar_model.access.problems import Refused
from calendar_model.store.models import Person


def check(session: Session, person: Person) -> None:
    """Refuses a second person of one name: by the name colleagues and the history tell them apart."""
    attrs = inspect(person).attrs
    if not (attrs.name.history.has_changes() or attrs.active.history.has_changes()):
        return
    kept = select(Person.id, Person.name).execution_options(everything=True)
    names = {row.id: row.name for row in session.execute(kept)}
    for one in (*session.new, *session.dirty):
        if isinstance(one, Person) and one is not person:
            names[one.id or str(id(one))] = one.name
    if person.id:
        names.pop(person.id, None)
    if _compared(person.name) in {_compared(name) for name in names.values()}:
        raise Refused(
            f"There is a {person.name.strip()} already. Add something to the name by which colleagues tell the two "
            "apart.",
            field="name",
        )


def _compared(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
