"""Duplicates: a statement begun again for the next session, with what stays the same and its links moved on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.mission.links import all_linked_to
from calendar_model.mission.reads import reading_for_document
from calendar_model.mission.records import WHOLE
from calendar_model.mission.statements.queries import WHOLE as TEXTS
from calendar_model.mission.themes import themes_of
from calendar_model.mission.transactions import save
from calendar_model.store.models import Statement, Version
from calendar_model.terms import RecordKind
from calendar_model.vocabulary import Sensitivity

_COPIED = (
    "voice", "format", "forum", "agenda_item", "lead", "speaking_seconds", "sensitivity", "mission_id",
)  # fmt: skip


@dataclass(frozen=True)
class MovedItem:
    """A linked calendar item, and the next one of its series; ``to`` is empty where the calendar has none."""

    item: str
    title: str
    to: str = ""
    to_title: str = ""


@dataclass(frozen=True)
class DuplicatePlan:
    """What a duplicate would be: its title, its items, its due day, and how many linked cases it leaves out.

    ``is_counted``: the due day is as far from the next item as the old one was, because there is no deadline to follow.
    """

    title: str
    items: tuple[MovedItem, ...]
    due: date | None
    is_counted: bool
    cases: int

    @property
    def moved(self) -> tuple[MovedItem, ...]:
        """The items that move on."""
        return tuple(one for one in self.items if one.to)

    @property
    def left(self) -> tuple[MovedItem, ...]:
        """The items without a next one."""
        return tuple(one for one in self.items if not one.to)


def duplicate_plan(statement: Statement, table: pd.DataFrame) -> DuplicatePlan:
    """Work out the duplicate of a statement that was read with its links; ``table`` is the viewer's calendar."""
    rows = table.set_index("item", drop=False)
    items = tuple(_moved(link.item, rows) for link in statement.items)
    pairs = [(rows.loc[one.item], rows.loc[one.to]) for one in items if one.to]
    title = _with_next_sessions(statement.title, pairs)
    due, is_counted = _next_due(statement.due, pairs, rows) if statement.due is not None else (None, False)
    cases = sum(other.kind is RecordKind.CASE for other in all_linked_to(statement))
    return DuplicatePlan(title, items, due, is_counted, cases)


def _with_next_sessions(title: str, pairs: list[tuple[Any, Any]]) -> str:
    """A title in which each session, where it stands as a word of its own, is the next one of the first item in it."""
    following: dict[str, str] = {}
    for old, new in pairs:
        if old["session"] and new["session"]:
            following.setdefault(str(old["session"]), str(new["session"]))
    # At once, because the next session of one item can be the session of another.
    named = "|".join(map(re.escape, following))
    return re.sub(rf"(?<!\w)(?:{named})(?!\w)", lambda found: following[found[0]], title) if named else title


def _moved(item: str, rows: pd.DataFrame) -> MovedItem:
    if item not in rows.index:
        return MovedItem(item, item)
    title, to = str(rows.at[item, "title"]), str(rows.at[item, "next"])
    if to not in rows.index:
        return MovedItem(item, title)
    return MovedItem(item, title, to, str(rows.at[to, "title"]))


def _next_due(due: date, pairs: list[tuple[Any, Any]], rows: pd.DataFrame) -> tuple[date | None, bool]:
    """The day of the same deadline of the next item; without one, as many days from its start as before."""
    for old, new in pairs:
        of_old = rows[rows["related_to"].isin([old["item"], old["related_to"] or old["item"]])]
        for name in of_old.loc[of_old["start"] == pd.Timestamp(due), "item"]:
            again = str(name).removesuffix(str(old["session"])) + str(new["session"])
            if old["session"] and str(name).endswith(str(old["session"])) and again in rows.index:
                return rows.loc[again]["start"].date(), False
    for old, new in pairs:
        return new["start"].date() - (old["start"].date() - due), True
    return None, False


def duplicate(viewer: Viewer, statement_id: str, table: pd.DataFrame, today: date) -> str:
    """Create the duplicate of a statement and return its identifier: a draft, or an idea where there is no text.

    It has the format, voice, forum, agenda item, lead and themes of the old one, and its newest text in each language.
    Level and people with lasting access stay. It is linked to the next items and to the old statement. Cases are left
    out: they are assessed anew. A due day that has passed is left out too. Raises Refused as
    :func:`~calendar_model.mission.transactions.save` does, and where the viewer cannot see the statement, or not for
    good: the duplicate would be theirs. That they have read a restricted one is noted.
    """
    with reading_for_document(viewer) as session:
        old = session.get(Statement, statement_id, options=(*WHOLE, *TEXTS))
        if old is None:
            raise Refused(Problem("statement-gone"))
        restricted = old.sensitivity is Sensitivity.RESTRICTED
        if restricted and any(one.person_id == viewer.person_id and one.until is not None for one in old.named):
            raise Refused(Problem("access-runs-out"))
        plan, themes = duplicate_plan(old, table), themes_of(old)
    newest = {version.language: version for version in old.versions}
    versions = [
        Version(number=number, language=one.language, text=one.text, written_by_id=viewer.person_id)
        for number, one in enumerate(sorted(newest.values(), key=lambda one: one.number), 1)
    ]
    due = plan.due if plan.due is not None and plan.due >= today else None
    values = {**{name: getattr(old, name) for name in _COPIED}, "title": plan.title, "due": due, "versions": versions}
    return save(
        viewer,
        Statement,
        values,
        items=[one.to for one in plan.moved],
        links=[old.id],
        named=[one.person_id for one in old.named if one.until is None] if restricted else None,
        themes=themes,
    )
