"""A workspace as full as a large mission's after ten years, for benchmarks only.

The rows go past rules and history, which would take minutes; what is measured afterwards is reading.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pandas as pd
import sqlalchemy as sa

from calendar_model.clock import now
from calendar_model.store.database import Workspace
from calendar_model.store.models import (
    USUAL_ROLES,
    Access,
    Case,
    Contact,
    Engagement,
    FollowUp,
    ItemLink,
    Person,
    PersonRole,
    Record,
    RecordLink,
    Statement,
    Version,
    new_id,
)
from calendar_model.terms import (
    ContactKind,
    EngagementForm,
    EngagementKind,
    RecordKind,
    Role,
    RoleSource,
    StatementFormat,
    StatementState,
    Suggester,
)
from calendar_model.vocabulary import Kind, Sensitivity

SPEECH = (
    "Mr President, we thank the Special Rapporteur for the report and share the concern about the growing pressure on "
    "those who defend the rights of others. States have to make sure that they can work without fear of reprisals, "
    "that laws do not hinder them, and that those who attack them are brought to justice. We ask the panel what "
    "regional organisations can do to make protection measures known, and how missions can help."
)
WORDS = tuple(SPEECH.split())


def fill(
    workspace: Workspace,
    table: pd.DataFrame,
    today: date,
    *,
    engagements: int = 20_000,
    statements: int = 5_000,
    versions: int = 10,
    officers: int = 12,
) -> list[str]:
    """Fills an empty workspace, links its records to items of the calendar ``table``; gives the persons.

    A tenth of the records is restricted; half of those name the first person, the others their owner alone.
    """
    dice = random.Random(20261124)
    persons = [{"id": new_id(), "name": f"Officer {n}", "version": 1} for n in range(officers)]
    me = str(persons[0]["id"])
    kinds = (Kind.RESOLUTION, Kind.MANDATE_RENEWAL, Kind.UPR_REVIEW, Kind.SESSION, Kind.MEETING, Kind.SIDE_EVENT)
    near = table[table["kind"].isin(kinds) & (table["end"] >= pd.Timestamp(today) - pd.Timedelta(days=400))]
    items = near["item"].to_list()

    roles = [
        {"id": new_id(), "person_id": person["id"], "role": role, "source": RoleSource.HAND}
        for n, person in enumerate(persons)
        for role in (*sorted(USUAL_ROLES), *((Role.CLEARER,) if n == 0 else ()))
    ]
    rows: dict[Any, list[dict[str, Any]]] = {Person: persons, PersonRole: roles}

    def add(kind: Any, row: dict[str, Any]) -> None:
        rows.setdefault(kind, []).append(row)

    def record(kind: RecordKind, title: str) -> str:
        made, owner = new_id(), str(dice.choice(persons)["id"])
        restricted = dice.random() < 0.1
        add(
            Record,
            {
                "id": made,
                "kind": kind,
                "title": title,
                "sensitivity": Sensitivity.RESTRICTED if restricted else Sensitivity.INTERNAL,
                "owner_id": owner,
                "created_at": now(),
                "updated_at": now(),
                "sample": False,
                "version": 1,
            },
        )
        if restricted:
            add(Access, {"id": new_id(), "record_id": made, "person_id": me if dice.random() < 0.5 else owner})
        for item in dice.sample(items, dice.choice((1, 1, 2))):
            add(ItemLink, {"id": new_id(), "record_id": made, "item": item})
        return made

    contacts = [record(RecordKind.CONTACT, f"Defender {n:03}") for n in range(500)]
    for contact in contacts:
        add(Contact, {"id": contact, "contact_kind": ContactKind.DEFENDER})
    cases = [record(RecordKind.CASE, f"Case {n:03}") for n in range(200)]
    for case in cases:
        add(Case, {"id": case, "suggested_by": Suggester.CIVIL_SOCIETY})
    for number in range(engagements):
        made = record(RecordKind.ENGAGEMENT, f"Meeting {number} with partners")
        add(
            Engagement,
            {
                "id": made,
                "engagement_kind": dice.choice(list(EngagementKind)),
                "on": today - timedelta(days=dice.randrange(3_650)),
                "form": EngagementForm.ONLINE,
                "outcome": " ".join(dice.sample(WORDS, 12)),
            },
        )
        add(RecordLink, {"id": new_id(), "record_id": made, "other_id": dice.choice(contacts)})
        if number % 10 == 0:
            due = today + timedelta(days=dice.randrange(-30, 90))
            done = today if dice.random() < 0.8 else None
            follow_up = {"what": "Write back", "due": due, "owner_id": dice.choice(persons)["id"], "done_on": done}
            add(FollowUp, {"id": new_id(), "record_id": made, "version": 1, **follow_up})
    for number in range(statements):
        made = record(RecordKind.STATEMENT, f"Statement {number}")
        state = dice.choice(list(StatementState))
        due = today + timedelta(days=dice.randrange(-700, 60))
        writer = dice.choice(persons)["id"]
        add(Statement, {"id": made, "format": dice.choice(list(StatementFormat)), "state": state, "due": due})
        if number % 25 == 0:
            add(RecordLink, {"id": new_id(), "record_id": made, "other_id": dice.choice(cases)})
        for version in range(1, versions + 1):
            text = " ".join(dice.choices(WORDS, k=250))
            line = {"number": version, "language": "en", "text": text, "written_by_id": writer, "at": now()}
            add(Version, {"id": new_id(), "statement_id": made, **line})
    with workspace.writing() as connection:
        for kind, filled in rows.items():
            for part in _parts(filled, 2_000):
                connection.execute(sa.insert(kind.__table__), part)
    with workspace.engine.connect() as connection:
        connection.execute(sa.text("ANALYZE"))
        connection.commit()
    return [str(person["id"]) for person in persons]


def _parts(rows: Sequence[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    left = iter(rows)
    while part := list(islice(left, size)):
        yield part
