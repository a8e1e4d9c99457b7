"""The statements of a mission as a desk has them: what waits for whom, what is due, and one of them whole.

Every function reads through the session that it is given, and so what the session's reader may see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, selectinload

from calendar_model.mission.statements.workflow import BEFORE_DELIVERY, OPEN
from calendar_model.store.models import (
    Access,
    Case,
    Cosponsor,
    ItemLink,
    Override,
    Person,
    RecordLink,
    Statement,
    Unsaved,
    Version,
)
from calendar_model.terms import CosponsorStanding, StatementForm, StatementState
from calendar_model.vocabulary import Sensitivity

SOON = timedelta(days=14)
"""How far ahead the desk looks for what is due."""


class Group(StrEnum):
    """The groups of the desk, in the order of attention; a statement stands in the first that fits."""

    WAITING = "Waiting for me"
    MINE = "Mine"
    SOON = "Due in two weeks"
    OTHERS = "All others"


@dataclass(frozen=True)
class Line:
    """A statement as the desk lists it. ``typed``: the reader has typed into it and not saved."""

    id: str
    title: str
    form: StatementForm
    state: StatementState
    forum: str
    agenda_item: str
    due: date | None
    owner_id: str
    waiting_for_id: str | None
    sensitivity: Sensitivity
    sample: bool
    updated_at: datetime
    typed: bool = False

    @property
    def restricted(self) -> bool:
        """Whether only those named see it."""
        return self.sensitivity is Sensitivity.RESTRICTED

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN


_COLUMNS = (
    Statement.id,
    Statement.title,
    Statement.form,
    Statement.state,
    Statement.forum,
    Statement.agenda_item,
    Statement.due,
    Statement.owner_id,
    Statement.waiting_for_id,
    Statement.sensitivity,
    Statement.sample,
    Statement.updated_at,
)


def desk(
    session: Session,
    person_id: str,
    today: date,
    *,
    search: str = "",
    states: Collection[StatementState] = (),
    forms: Collection[StatementForm] = (),
    may_clear: bool = False,
) -> Mapping[Group, Sequence[Line]]:
    """All statements, each in the first group that fits; what is due first stands first, what is over last.

    ``search`` keeps those in whose title and newest text together every word occurs, in whatever case; ``states`` and
    ``forms`` keep these, empty keeps all. For somebody who ``may_clear`` what asks for a second person's word on an
    override of somebody else's waits too.
    """
    wanted = select(*_COLUMNS)
    if states:
        wanted = wanted.where(Statement.state.in_(states))
    if forms:
        wanted = wanted.where(Statement.form.in_(forms))
    if words := search.split():
        wanted = wanted.where(Statement.id.in_(_containing(words)))
    typed = set(session.scalars(select(Unsaved.statement_id).where(Unsaved.person_id == person_id)))
    to_confirm = {o.statement_id for o in unconfirmed(session) if o.person_id != person_id} if may_clear else set()
    found = [Line(**row._mapping, typed=row.id in typed) for row in session.execute(wanted)]
    groups: dict[Group, list[Line]] = {group: [] for group in Group}
    for line in found:
        groups[_group(line, person_id, today, to_confirm)].append(line)
    for lines in groups.values():
        lines.sort(key=_attention)
    return groups


def _group(line: Line, person_id: str, today: date, to_confirm: Collection[str]) -> Group:
    if line.open and (line.waiting_for_id == person_id or line.id in to_confirm):
        return Group.WAITING
    if line.typed or (line.open and line.owner_id == person_id):
        return Group.MINE
    if line.state in BEFORE_DELIVERY and line.due is not None and line.due <= today + SOON:
        return Group.SOON
    return Group.OTHERS


def _attention(line: Line) -> tuple[bool, date, float]:
    due = line.due if line.state in BEFORE_DELIVERY and line.due is not None else date.max
    return not line.open, due, -line.updated_at.timestamp()


def _containing(words: Iterable[str]) -> Select[str]:
    """Statements with all words in the title and the newest text of one language."""
    # An alias, so that the conditions on the outer select's own statements are not taken for conditions on these.
    searched = aliased(Statement)
    newest = (
        select(Version.statement_id, func.max(Version.number).label("number"))
        .group_by(Version.statement_id, Version.language)
        .subquery()
    )
    text = and_(Version.statement_id == newest.c.statement_id, Version.number == newest.c.number)
    found = select(searched.id).outerjoin(newest, newest.c.statement_id == searched.id).outerjoin(Version, text)
    return found.where(*(or_(_has(searched.title, word), _has(Version.text, word)) for word in words))


def _has(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """Whether the word occurs in whatever case. SQLite knows the cases of ASCII only; the usual ones stand for all."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    return or_(*(column.icontains(spelling, autoescape=True) for spelling in sorted(spellings)))


def unconfirmed(session: Session, statement_id: str = "") -> list[Override]:
    """Overrides that were asked for the newest text and that wait for a second person, the newest first.

    Of one statement, or of all that are still open.
    """
    confirmed, newer = aliased(Override), aliased(Version)
    asked = (
        select(Override)
        .where(Override.confirms_id.is_(None))
        .where(~select(confirmed.id).where(confirmed.confirms_id == Override.id).exists())
        .where(
            ~select(newer.id)
            .where(newer.statement_id == Override.statement_id, newer.number > Override.version_number)
            .exists()
        )
        .order_by(Override.at.desc())
        .options(selectinload(Override.person))
    )
    return list(session.scalars(asked.where(Override.statement_id == statement_id) if statement_id else asked))


@dataclass(frozen=True)
class Hangs:
    """What hangs on a statement, for its line: items of the calendar, and codes of the cases that it raises."""

    items: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()


def hanging(session: Session, ids: Sequence[str]) -> Mapping[str, Hangs]:
    """What hangs on these statements, as far as the session's reader may see it; none missing."""
    items: dict[str, list[str]] = defaultdict(list)
    cases: dict[str, list[str]] = defaultdict(list)
    for some in (ids[start : start + 500] for start in range(0, len(ids), 500)):
        links = select(ItemLink.record_id, ItemLink.item).where(ItemLink.record_id.in_(some))
        for statement_id, item in session.execute(links.order_by(ItemLink.item)):
            items[statement_id].append(item)
        for mine, other in (
            (RecordLink.record_id, RecordLink.other_id),
            (RecordLink.other_id, RecordLink.record_id),
        ):
            raised = select(mine, Case.title).join(Case, Case.id == other).where(mine.in_(some))
            for statement_id, title in session.execute(raised.order_by(Case.title)):
                cases[statement_id].append(title)
    return {id_: Hangs(tuple(items[id_]), tuple(cases[id_])) for id_ in ids}


def whole() -> tuple[Any, ...]:
    """Loader options with which a statement's texts, co-sponsors and overrides can be shown after the session."""
    return (
        selectinload(Statement.versions).selectinload(Version.written_by),
        selectinload(Statement.cosponsors),
        selectinload(Statement.overrides).selectinload(Override.person),
        selectinload(Statement.waiting_for),
        selectinload(Statement.cleared_by),
        selectinload(Statement.named).selectinload(Access.person),
    )


def text_of(session: Session, statement_id: str, number: int) -> str:
    """The text of a version; empty if there is none."""
    text = select(Version.text).where(Version.statement_id == statement_id, Version.number == number)
    return session.scalar(text) or ""


def text_in(statement: Statement, number: int) -> str:
    """The same of a statement that was read :func:`whole`."""
    return next((version.text for version in statement.versions if version.number == number), "")


def cleared_with(statement: Statement, number: int) -> frozenset[int]:
    """The versions that were cleared when version ``number`` was: the newest in each language up to it.

    Of a statement that was read :func:`whole`.
    """
    newest = {one.language: one.number for one in statement.versions if one.number <= number}
    return frozenset({number, *newest.values()})


def who_may_clear(session: Session) -> list[Person]:
    """Who may clear statements now, by name."""
    return list(session.scalars(select(Person).where(Person.may_clear, Person.active).order_by(Person.name)))


def set_cosponsors(statement: Statement, countries: Iterable[str], standing: CosponsorStanding | None) -> None:
    """Writes down what these states have answered; None takes them off the list. Within a session that writes."""
    wanted = set(countries)
    kept = {one.country: one for one in statement.cosponsors if one.country in wanted}
    if standing is None:
        statement.cosponsors = [one for one in statement.cosponsors if one.country not in wanted]
        return
    for one in kept.values():
        one.standing = standing
    statement.cosponsors += [Cosponsor(country=code, standing=standing) for code in sorted(wanted - kept.keys())]
