"""Lists of statements, and one statement with all that its page shows.

Functions that take a viewer open a unit of work and read what that viewer may see; those that take a session read
through it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.mission import records
from calendar_model.mission.links import all_linked_to
from calendar_model.mission.reads import note_read
from calendar_model.mission.statements.clearance import Clearance, clearances_of
from calendar_model.mission.statements.consultation import ConsultationCount, answer_counts, awaited_answers
from calendar_model.mission.statements.reviews import OverrideDebt, unreviewed_overrides
from calendar_model.mission.statements.workflow import BEFORE_DELIVERY, OPEN
from calendar_model.store.history import of_record
from calendar_model.store.models import (
    Access,
    AgreedText,
    Case,
    Change,
    ItemLink,
    Override,
    OverrideReview,
    Person,
    PersonRole,
    Record,
    RecordLink,
    Statement,
    Unsaved,
    Version,
)
from calendar_model.store.text_search import contains_word
from calendar_model.terms import Role, StatementFormat, StatementState, Voice
from calendar_model.vocabulary import Sensitivity

SOON = timedelta(days=14)
"""How far ahead the list includes due statements."""


class StatementGroup(StrEnum):
    """The groups of the list, in the order of attention; a statement is listed in the first that fits."""

    AWAITING_ME = "awaiting-me"
    MINE = "mine"
    SOON = "soon"
    OTHERS = "others"


@dataclass(frozen=True)
class StatementSummary:
    """A statement as the list shows it. ``is_typed``: the reader has typed into it and not saved; ``is_consulted``:
    the reader's answer to the consultation is missing.

    ``is_agreed``: its newest text is agreed to the last word. ``unreviewed``: how many overrides nobody has reviewed
    yet; ``to_review``: the reader can review one of them now.
    """

    id: str
    title: str
    voice: Voice
    format: StatementFormat
    state: StatementState
    forum: str
    agenda_item: str
    due: date | None
    owner_id: str
    waiting_for_id: str | None
    sensitivity: Sensitivity
    sample: bool
    updated_at: datetime
    mission_id: str | None = None
    is_typed: bool = False
    is_agreed: bool = False
    unreviewed: int = 0
    to_review: bool = False
    is_consulted: bool = False

    @property
    def restricted(self) -> bool:
        """Whether only the people with access see it."""
        return self.sensitivity is Sensitivity.RESTRICTED

    @property
    def open(self) -> bool:
        """Whether the statement is still open."""
        return self.state in OPEN


_COLUMNS = (
    Statement.id,
    Statement.title,
    Statement.voice,
    Statement.format,
    Statement.state,
    Statement.forum,
    Statement.agenda_item,
    Statement.due,
    Statement.owner_id,
    Statement.waiting_for_id,
    Statement.sensitivity,
    Statement.sample,
    Statement.updated_at,
    Statement.mission_id,
)


def statements_by_group(
    session: Session,
    person_id: str,
    today: date,
    *,
    search: str = "",
    states: Collection[StatementState] = (),
    voices: Collection[Voice] = (),
    formats: Collection[StatementFormat] = (),
    only_unreviewed: bool = False,
    may_clear: bool = False,
) -> Mapping[StatementGroup, Sequence[StatementSummary]]:
    """All statements, each in the first group that fits; what is due first comes first, what is over last.

    ``search`` keeps those in whose title and newest text together every word occurs, in whatever case; ``states``,
    ``voices`` and ``formats`` keep these, empty keeps all; ``only_unreviewed`` keeps those with an override that
    nobody has reviewed. If the person ``may_clear``, what other persons did under an override, or ask to do, awaits
    them too.
    """
    wanted = select(*_COLUMNS)
    if states:
        wanted = wanted.where(Statement.state.in_(states))
    if voices:
        wanted = wanted.where(Statement.voice.in_(voices))
    if formats:
        wanted = wanted.where(Statement.format.in_(formats))
    if words := search.split():
        wanted = wanted.where(Statement.id.in_(_containing(words)))
    typed = set(session.scalars(select(Unsaved.statement_id).where(Unsaved.person_id == person_id)))
    to_confirm = {o.statement_id for o in open_overrides(session) if o.person_id != person_id} if may_clear else set()
    to_answer = {one.statement.id for one in awaited_answers(session, of=person_id)}
    newest = select(func.max(Version.number)).where(Version.statement_id == AgreedText.statement_id).scalar_subquery()
    agreed = set(session.scalars(select(AgreedText.statement_id).where(AgreedText.version_number == newest)))
    debts: dict[str, list[OverrideDebt]] = defaultdict(list)
    for debt in unreviewed_overrides(session):
        debts[debt.statement_id].append(debt)
    found = [
        StatementSummary(
            **row._mapping,
            is_typed=row.id in typed,
            is_consulted=row.id in to_answer,
            is_agreed=row.id in agreed,
            unreviewed=len(debts[row.id]),
            to_review=may_clear and any(debt.awaits(person_id) for debt in debts[row.id]),
        )
        for row in session.execute(wanted)
        if row.id in debts or not only_unreviewed
    ]
    groups: dict[StatementGroup, list[StatementSummary]] = {group: [] for group in StatementGroup}
    for one in found:
        groups[_group(one, person_id, today, to_confirm)].append(one)
    for lines in groups.values():
        lines.sort(key=_attention)
    return groups


def list_statements(
    viewer: Viewer,
    today: date,
    *,
    search: str = "",
    states: Collection[StatementState] = (),
    voices: Collection[Voice] = (),
    formats: Collection[StatementFormat] = (),
    only_unreviewed: bool = False,
    may_clear: bool = False,
) -> Mapping[StatementGroup, Sequence[StatementSummary]]:
    """The :func:`statements_by_group` of the viewer."""
    with reading(viewer) as session:
        return statements_by_group(
            session,
            viewer.person_id,
            today,
            search=search,
            states=states,
            voices=voices,
            formats=formats,
            only_unreviewed=only_unreviewed,
            may_clear=may_clear,
        )


def _group(one: StatementSummary, person_id: str, today: date, to_confirm: Collection[str]) -> StatementGroup:
    awaits = one.waiting_for_id == person_id or one.is_consulted or one.id in to_confirm
    if one.to_review or (one.open and awaits):
        return StatementGroup.AWAITING_ME
    if one.is_typed or (one.open and one.owner_id == person_id):
        return StatementGroup.MINE
    if one.state in BEFORE_DELIVERY and one.due is not None and one.due <= today + SOON:
        return StatementGroup.SOON
    return StatementGroup.OTHERS


def _attention(one: StatementSummary) -> tuple[bool, date, float]:
    due = one.due if one.state in BEFORE_DELIVERY and one.due is not None else date.max
    return not one.open, due, -one.updated_at.timestamp()


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
    return found.where(*(or_(contains_word(searched.title, word), contains_word(Version.text, word)) for word in words))


def open_overrides(session: Session, statement_id: str = "") -> list[Override]:
    """Overrides requested for the newest text that await a second person, newest first.

    For one statement, or for all that are still open.
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
class StatementLinks:
    """What a line of the list says of a statement besides its columns: linked calendar items, the codes of the cases
    that it raises, and how many consultees have answered."""

    items: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    answers: ConsultationCount | None = None


def links_of(session: Session, ids: Sequence[str]) -> Mapping[str, StatementLinks]:
    """The links of each of these statements, as far as the reader may see them."""
    items: dict[str, list[str]] = defaultdict(list)
    cases: dict[str, list[str]] = defaultdict(list)
    answers: dict[str, ConsultationCount] = {}
    for some in (ids[start : start + 500] for start in range(0, len(ids), 500)):
        links = select(ItemLink.record_id, ItemLink.item).where(ItemLink.record_id.in_(some))
        for statement_id, item in session.execute(links.order_by(ItemLink.item)):
            items[statement_id].append(item)
        answers |= answer_counts(session, some)
        for mine, other in (
            (RecordLink.record_id, RecordLink.other_id),
            (RecordLink.other_id, RecordLink.record_id),
        ):
            raised = select(mine, Case.title).join(Case, Case.id == other).where(mine.in_(some))
            for statement_id, title in session.execute(raised.order_by(Case.title)):
                cases[statement_id].append(title)
    return {id_: StatementLinks(tuple(items[id_]), tuple(cases[id_]), answers.get(id_)) for id_ in ids}


def statement_links(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, StatementLinks]:
    """The :func:`links_of` these statements, as far as the viewer may see them."""
    with reading(viewer) as session:
        return links_of(session, ids)


# --- One statement

WHOLE: tuple[ORMOption, ...] = (
    selectinload(Statement.versions).selectinload(Version.written_by),
    selectinload(Statement.cosponsors),
    selectinload(Statement.overrides).selectinload(Override.person),
    selectinload(Statement.override_reviews).selectinload(OverrideReview.person),
    selectinload(Statement.agreed_texts).selectinload(AgreedText.person),
    selectinload(Statement.waiting_for),
    selectinload(Statement.cleared_by),
    selectinload(Statement.named).selectinload(Access.person),
)
"""Load options for showing a statement's texts, co-sponsors, overrides and reviews after its session has ended."""


def load_statement(session: Session, statement_id: str) -> Statement:
    """The statement with its texts; raises Refused if the reader cannot see it."""
    statement = session.get(Statement, statement_id, options=WHOLE)
    if statement is None:
        raise Refused(Problem("statement-gone"))
    return statement


@dataclass(frozen=True)
class StatementView:
    """The content of the page of one statement, as far as its viewer may see it.

    ``linked``: the records linked to it. ``open_overrides``: requested for its newest text and not confirmed yet.
    ``clearers``: the persons who may clear. ``clearances`` and ``changes`` are oldest first.
    """

    statement: Statement
    linked: Sequence[Record]
    open_overrides: Sequence[Override]
    clearers: Sequence[Person]
    clearances: Sequence[Clearance]
    changes: Sequence[Change]


def view_statement(viewer: Viewer, statement_id: str) -> StatementView | None:
    """One statement for its page; None if the viewer cannot see it. That a restricted one is read is noted."""
    with reading(viewer) as session:
        statement = session.get(Statement, statement_id, options=(*records.WHOLE, *WHOLE))
        if statement is None:
            return None
        view = StatementView(
            statement,
            all_linked_to(statement),
            open_overrides(session, statement_id),
            who_may_clear(session, statement.mission_id),
            clearances_of(session, statement_id),
            of_record(session, statement_id),
        )
    note_read(viewer, statement)
    return view


def statement_with_typing(viewer: Viewer, statement_id: str) -> tuple[Statement, Unsaved | None] | None:
    """A statement with its texts and the viewer's unsaved text; None if the viewer cannot see it."""
    with reading(viewer) as session:
        statement = session.get(Statement, statement_id, options=WHOLE)
        return None if statement is None else (statement, unsaved(session, statement_id))


def newest_text(viewer: Viewer, statement_id: str, language: str) -> Version | None:
    """The newest text in a language, as the viewer may see it."""
    with reading(viewer) as session:
        return newest(session, statement_id, language)


def version_texts(viewer: Viewer, statement_id: str, *numbers: int) -> list[str]:
    """The texts of these versions, in this order; empty for a version that is not there."""
    with reading(viewer) as session:
        return [text_of(session, statement_id, number) for number in numbers]


def newest(session: Session, statement_id: str, language: str) -> Version | None:
    """The newest text in a language."""
    texts = select(Version).where(Version.statement_id == statement_id, Version.language == language)
    return session.scalars(texts.order_by(Version.number.desc()).limit(1)).first()


def unsaved(session: Session, statement_id: str) -> Unsaved | None:
    """The reader's unsaved text in a statement; that of others is never visible."""
    return session.scalars(select(Unsaved).where(Unsaved.statement_id == statement_id)).first()


def text_of(session: Session, statement_id: str, number: int) -> str:
    """The text of a version; empty if there is none."""
    text = select(Version.text).where(Version.statement_id == statement_id, Version.number == number)
    return session.scalar(text) or ""


def text_in(statement: Statement, number: int) -> str:
    """The same, of a statement that was read with :data:`WHOLE`."""
    return next((version.text for version in statement.versions if version.number == number), "")


def cleared_with(statement: Statement, number: int) -> frozenset[int]:
    """The versions that were cleared when version ``number`` was: the newest in each language up to it.

    Of a statement that was read with :data:`WHOLE`.
    """
    newest = {one.language: one.number for one in statement.versions if one.number <= number}
    return frozenset({number, *newest.values()})


def who_may_clear(session: Session, mission_id: str | None = None) -> list[Person]:
    """Who may clear statements of a mission now, or of all missions, by name."""
    at = True if mission_id is None else PersonRole.mission_id.is_(None) | (PersonRole.mission_id == mission_id)
    clears = Person.role_rows.any((PersonRole.role == Role.CLEARER) & at)
    return list(session.scalars(select(Person).where(clears, Person.active).order_by(Person.name)))
