"""Dates to confirm: unconfirmed items that are near or past, most urgent first, and the answer "not announced yet".

The worklist is calculated from the calendar table; only the answers "not announced yet" are kept
(:class:`~calendar_model.store.models.NotAnnounced`). Dates are recorded by :mod:`calendar_model.mission.outcomes`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from calendar_model import clock
from calendar_model.access.permissions import Viewer
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter, Origins
from calendar_model.calendar.filters import RecordFacts
from calendar_model.cycles import IN_SIGHT, edition_code, is_stale
from calendar_model.cycles.record import usual_notice
from calendar_model.mission.checks import Checks, is_changed, must_be_actor
from calendar_model.mission.events import event_of
from calendar_model.mission.outcomes import confirm_dates, record_held, what_can_be_recorded
from calendar_model.mission.outcomes.subjects import subject_of
from calendar_model.mission.transactions import writing
from calendar_model.mission.visible_calendar import calendar_for
from calendar_model.reference import Reference
from calendar_model.reference.corrections import is_address
from calendar_model.reference.rows import Meeting, MilestoneDate
from calendar_model.store.models import Base, NotAnnounced, Person
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import ItemOutcome
from calendar_model.vocabulary import WINDOWS, Kind, Precision, Standing

LOOKS_AHEAD = timedelta(days=183)
"""How far ahead dates are listed."""

NEAR = timedelta(days=30)
"""How near a date is due regardless of the body's usual notice, and how long past dates come before future ones."""

SHORTEST_WAIT, WAIT_AFTERWARDS, LONGEST_WAIT = timedelta(days=7), timedelta(days=14), timedelta(days=92)
"""Waiting time before asking again: for dates that are due, for past ones, and the maximum."""

Notices = Callable[[Reference, str], int | None]
"""How many days before the opening a body usually announces it; None if unknown."""


class Pressing(StrEnum):
    """The urgency of a date, most urgent first.

    ``just-past``: its last possible day passed within the last month, without a recorded outcome. ``due``: the body has
    usually announced by now, or it begins within a month. ``past``: it passed within the last year. ``stale``: no
    recent edition of the meeting is known, so it is no longer projected.
    """

    JUST_PAST = "just-past"
    DUE = "due"
    COMING = "coming"
    PAST = "past"
    STALE = "stale"


@dataclass(frozen=True)
class NotAnnouncedAnswer:
    """The answer that the dates of an item are not announced yet, and the day on which to ask again."""

    item: str
    asked_on: date
    ask_again_on: date
    person_id: str
    note: str
    source_url: str


@dataclass(frozen=True)
class DateToConfirm:
    """An item whose dates are to be confirmed, or whose outcome is to be recorded.

    ``start`` and ``end`` are the expected days, None in a window and of a stale meeting; ``row`` is the item's in the
    calendar table, None of a stale meeting, whose last known edition was in ``last_year``. ``days`` is how long until
    it can begin, or since its last possible day. ``website`` is the page of the nearest organisation at or above the
    body that has one, ``website_of`` its code. ``outcome`` is the outcome with which its days would be recorded, None
    if no days are to be recorded. ``ask_again_on`` is when to ask again if nothing is announced yet.
    """

    item: str
    title: str
    kind: Kind
    body: str
    pressing: Pressing
    days: int
    start: date | None
    end: date | None
    website: str
    website_of: str
    ask_again_on: date
    row: Mapping[Any, Any] | None = None
    outcome: ItemOutcome | None = None
    usual_notice: int | None = None
    last_year: int | None = None
    answer: NotAnnouncedAnswer | None = None

    @property
    def is_one_day(self) -> bool:
        """Whether it is a single day without a last day."""
        return self.kind in (Kind.DEADLINE, Kind.MILESTONE, Kind.UPR_REVIEW)


@dataclass(frozen=True)
class Worklist:
    """The dates to confirm, and those that were asked about and are not announced yet, by the day to ask again."""

    open: tuple[DateToConfirm, ...]
    waiting: tuple[DateToConfirm, ...]

    def kept_by(self, chosen: Filter, items: Collection[str], reference: Reference) -> Worklist:
        """Return what the filter keeps; ``items`` are those that it keeps of the calendar table."""
        known = frozenset(items)

        def keeps(line: DateToConfirm) -> bool:
            return line.item in known if line.row is not None else _keeps_stale(chosen, line, reference)

        return Worklist(*(tuple(filter(keeps, lines)) for lines in (self.open, self.waiting)))


def to_confirm(
    table: pd.DataFrame,
    reference: Reference,
    today: date,
    answers: Mapping[str, NotAnnouncedAnswer] | None = None,
    notice_of: Notices = usual_notice,
) -> Worklist:
    """Return the dates to confirm on ``today``, from the whole calendar table of that day.

    These are sessions, meetings, texts, and deadlines that the organisation sets itself, which begin within six months
    and are not confirmed, or passed in the last year without a record. Derived dates are left out: deadlines
    counted by a rule, and reviews while their session is on the list. ``answers`` are by item; ``notice_of`` says how
    early a body usually announces.
    """
    answers = answers or {}
    lines = [*_dated(table, reference, today, notice_of), *_stale(reference, today)]
    lines.sort(key=_order)
    answered = [replace(line, answer=answers.get(line.item)) for line in lines]
    waiting = [line for line in answered if line.answer is not None and line.answer.ask_again_on > today]
    asked = {line.item for line in waiting}
    waiting.sort(key=lambda line: line.answer.ask_again_on if line.answer else today)
    return Worklist(tuple(line for line in answered if line.item not in asked), tuple(waiting))


_ORDER = list(Pressing)


def _order(line: DateToConfirm) -> tuple[int, int, str]:
    days = -(line.last_year or 0) if line.pressing is Pressing.STALE else line.days
    return _ORDER.index(line.pressing), days, line.item


def _dated(table: pd.DataFrame, reference: Reference, today: date, notice_of: Notices) -> Iterator[DateToConfirm]:
    now = pd.Timestamp(today)
    last = table["end"] + (table["latest"] - table["start"])
    unsure = table["standing"].isin((Standing.PROJECTED, Standing.PROVISIONAL)) & (last >= now)
    # Days that are subject to change are listed once more before they come.
    horizon = (table["date_precision"] == Precision.DAY).map({True: now + NEAR, False: now + LOOKS_AHEAD})
    passed = (table["standing"] == Standing.NOT_CONFIRMED) & (last >= now - IN_SIGHT)
    found = table[(unsure & (table["earliest"] <= horizon)) | passed]
    origins = Origins(reference)
    sessions = frozenset(found.loc[found["kind"] == Kind.SESSION, "item"])
    notices = {body: notice_of(reference, body) for body in found["body"].unique()}
    for row in found.to_dict("records"):
        if _is_asked_for(row, reference, origins, sessions):
            outcomes = what_can_be_recorded(row, reference, today)
            if outcomes:
                yield _line(row, reference, today, outcomes, notices[row["body"]])


def _is_asked_for(row: Mapping[Any, Any], reference: Reference, origins: Origins, sessions: Collection[str]) -> bool:
    if event_of(row["item"]):
        return False
    if row["kind"] == Kind.UPR_REVIEW:
        return row["standing"] == Standing.NOT_CONFIRMED and row["related_to"] not in sessions
    if row["kind"] in (Kind.DEADLINE, Kind.MILESTONE):
        columns = {name: row[name] for name in ("session", "countries", "related_to")}
        file, key = origins.of(row["item"], row["kind"], **columns) or ("", "")
        milestone = reference.milestones.get(key.split(" ")[0]) if file == MilestoneDate.FILE else None
        set_by_hand = row["date_precision"] == Precision.DAY
        return set_by_hand or (milestone is not None and milestone.offset is None)
    return row["kind"] in (Kind.SESSION, Kind.MEETING, Kind.RESOLUTION, Kind.MANDATE_RENEWAL)


def _line(
    row: Mapping[Any, Any], reference: Reference, today: date, outcomes: Collection[ItemOutcome], notice: int | None
) -> DateToConfirm:
    start, end = row["start"].date(), row["end"].date()
    if row["standing"] == Standing.NOT_CONFIRMED:
        days = (today - (row["end"] + (row["latest"] - row["start"])).date()).days
        pressing = Pressing.JUST_PAST if days <= NEAR.days else Pressing.PAST
    else:
        days = max((row["earliest"].date() - today).days, 0)
        pressing = Pressing.DUE if days <= max(notice or 0, NEAR.days) else Pressing.COMING
    # Past days are no longer announced: the item was held on them, or not.
    as_what = (ItemOutcome.CONFIRMED, ItemOutcome.HELD)
    is_window = row["date_precision"] in WINDOWS
    return DateToConfirm(
        item=row["item"],
        title=row["title"],
        kind=Kind(row["kind"]),
        body=row["body"],
        pressing=pressing,
        days=days,
        start=None if is_window else start,
        end=None if is_window else end,
        website=(page := _website(reference, row["body"]))[0],
        website_of=page[1],
        ask_again_on=_ask_again_on(today, pressing, days, notice),
        row=row,
        outcome=next((one for one in as_what if one in outcomes), None),
        usual_notice=notice,
    )


def _stale(reference: Reference, today: date) -> Iterator[DateToConfirm]:
    for meeting in reference.recurring_meetings.values():
        editions = [row for row in reference.meetings if row.meeting == meeting.code]
        is_over = meeting.last_year is not None and meeting.last_year < today.year
        if is_over or any(row.start > today for row in editions) or not is_stale(reference, meeting, today):
            continue
        yield DateToConfirm(
            item=edition_code(meeting, today.year, 1),
            title=meeting.name,
            kind=Kind.MEETING,
            body=meeting.organisation,
            pressing=Pressing.STALE,
            days=0,
            start=None,
            end=None,
            website=(page := _website(reference, meeting.organisation))[0],
            website_of=page[1],
            ask_again_on=today + LONGEST_WAIT,
            last_year=max(row.end.year for row in editions),
        )


def _website(reference: Reference, body: str) -> tuple[str, str]:
    """The page of the nearest organisation at or above a body that has one, and its code."""
    pages = ((reference.organisations[code].website, code) for code in reference.lineage(body))
    return next((page for page in pages if page[0]), ("", ""))


def _ask_again_on(today: date, pressing: Pressing, days: int, notice: int | None) -> date:
    """Return when to ask again: for a future item on the day of its usual announcement, within limits."""
    if pressing in (Pressing.JUST_PAST, Pressing.PAST):
        return today + WAIT_AFTERWARDS
    until_usual = timedelta(days=days - max(notice or 0, NEAR.days))
    return today + min(max(until_usual, SHORTEST_WAIT), LONGEST_WAIT)


def _keeps_stale(chosen: Filter, line: DateToConfirm, reference: Reference) -> bool:
    """Whether the filter keeps a meeting that has no row in the table: by its organisation, its kind and its name."""
    is_dated = chosen.tracks or chosen.countries or chosen.standings or chosen.start or chosen.end
    is_kind = not chosen.kinds or line.kind in chosen.kinds
    words = all(word in line.title.casefold() for word in chosen.text.casefold().split())
    facts = RecordFacts(organisation=line.body)
    return bool(not is_dated and is_kind and words and chosen.keeps(facts, reference))


# --- What is kept


def _check_answer(session: WorkspaceSession, row: NotAnnounced) -> None:
    person = session.get(Person, session.actor)
    if person is not None and person.sample:
        raise Refused(Problem("confirm-sample"))
    must_be_actor(session, row.person_id)
    if not row.asked_on < row.ask_again_on <= row.asked_on + LONGEST_WAIT:
        values = {"first": row.asked_on + timedelta(days=1), "last": row.asked_on + LONGEST_WAIT}
        raise Refused(Problem("confirm-ask-again-out-of-bounds", "ask_again_on", values))
    if row.source_url and not is_address(row.source_url):
        raise Refused(Problem("correction-source-malformed", "source_url"))


def _check_changed_answer(session: WorkspaceSession, row: NotAnnounced) -> None:
    if is_changed(row, "item"):
        raise Refused(Problem("confirm-answer-of-another-item", "item"))
    _check_answer(session, row)


CHECKS: Mapping[type[Base], Checks] = {NotAnnounced: Checks(new=_check_answer, changed=_check_changed_answer)}


def answers_by_item(session: Session) -> dict[str, NotAnnouncedAnswer]:
    """The answers that nothing is announced yet, by item."""
    names = list(NotAnnouncedAnswer.__dataclass_fields__)
    rows = session.execute(select(*(getattr(NotAnnounced, name) for name in names)))
    return {row.item: NotAnnouncedAnswer(**row._mapping) for row in rows}


def worklist_for(viewer: Viewer, notice_of: Notices = usual_notice) -> Worklist:
    """Return the dates to confirm today, as a viewer sees them."""
    reference, table = calendar_for(viewer)
    with reading(viewer) as session:
        answers = answers_by_item(session)
    return to_confirm(table, reference, clock.today(), answers, notice_of)


# --- Commands


def confirm_item(
    viewer: Viewer,
    item: str,
    start: date | None,
    end: date | None = None,
    *,
    source_url: str,
    provisional: bool = False,
    why: str = "",
) -> str:
    """Record the days of an item as announced, or as held; return the correction.

    ``start`` and ``end`` are days of the place; without an end it is one day. ``provisional`` is for days that are
    subject to change. Raises Refused.
    """
    subject = subject_of(viewer, item, ItemOutcome.CONFIRMED, ItemOutcome.HELD)
    if ItemOutcome.CONFIRMED in what_can_be_recorded(subject.row, subject.reference):
        return confirm_dates(viewer, item, start, end, source_url=source_url, provisional=provisional, why=why)
    if provisional:
        raise Refused(Problem("confirm-past-provisional", "provisional"))
    return record_held(viewer, item, start, end, source_url=source_url, why=why)


def record_not_announced(
    viewer: Viewer, item: str, ask_again_on: date | None = None, *, note: str = "", source_url: str = ""
) -> date:
    """Record that the dates of an item on the worklist are not announced yet; return the day on which to ask again.

    Without ``ask_again_on`` it follows from the urgency of the item. An earlier answer is replaced, and stays in the
    history. Raises Refused.
    """
    listed = worklist_for(viewer)
    line = next((one for one in (*listed.open, *listed.waiting) if one.item == item), None)
    if line is None:
        raise Refused(Problem("confirm-not-listed", values={"item": item}))
    again = ask_again_on or line.ask_again_on
    columns = {
        "asked_on": clock.today(),
        "ask_again_on": again,
        "person_id": viewer.person_id,
        "note": note.strip(),
        "source_url": source_url.strip(),
    }
    with writing(viewer) as session, session.no_autoflush:
        answer = session.scalar(select(NotAnnounced).where(NotAnnounced.item == item))
        if answer is None:
            session.add(NotAnnounced(item=item, **columns))
        else:
            for name, value in columns.items():
                setattr(answer, name, value)
    return again


def edition_row(line: DateToConfirm) -> tuple[str, str]:
    """File and key of the row in which an edition of a stale meeting would be recorded."""
    return Meeting.FILE, line.item
