"""Engagements: rows that become engagements, with their follow-ups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import selectinload

from calendar_model import wording
from calendar_model.access.permissions import Viewer
from calendar_model.access.unit_of_work import upsert
from calendar_model.imports.plan import ImportLine, ImportNote
from calendar_model.imports.tables.cell_parsing import parse_day, parse_organisation, parse_term
from calendar_model.imports.tables.columns import EXAMPLE, TemplateColumn, folded
from calendar_model.imports.tables.reader import MAX_CELL_LENGTH
from calendar_model.imports.templates.lookup import RowLookup
from calendar_model.imports.templates.records import (
    KnownRecords,
    RecordTemplate,
    link_items,
    linked_items,
    new_items,
    read_sensitivity,
    record_key,
    record_line,
)
from calendar_model.imports.templates.row import BODY_HELP, DAY_HELP, RowReader, given
from calendar_model.mission.rules import born_at
from calendar_model.store.models import Engagement, FollowUp
from calendar_model.store.session import WorkspaceSession
from calendar_model.terms import EngagementForm, EngagementKind, ordered_kinds
from calendar_model.vocabulary import Sensitivity

COLUMNS: tuple[TemplateColumn, ...] = (
    TemplateColumn(
        "title",
        "Title",
        "Shown in lists. For a person, enter the code, not the name.",
        needed=True,
        aliases=("what", "tittel", "hva", "subject", "engagement", "name", "navn", "emne"),
        example=f"Breakfast with civil society before the session {EXAMPLE}",
    ),
    TemplateColumn(
        "kinds",
        "Kind",
        "Choose from the list. In a CSV file separate several with semicolons, the main one first; existing ones are "
        "kept. Security measures are restricted by default.",
        needed=True,
        choices=tuple(wording.english_term(kind) for kind in EngagementKind),
        aliases=("type", "engagement kind", "slag", "kategori", "category"),
        example=wording.english_term(EngagementKind.CONSULTED),
    ),
    TemplateColumn(
        "on",
        "Date",
        f"{DAY_HELP} A future date means that it is planned.",
        needed=True,
        aliases=("on", "day", "when", "dato", "dag", "når"),
        example="2027-02-22",
        format="day",
    ),
    TemplateColumn(
        "place",
        "Place",
        "Town or venue.",
        aliases=("location", "sted", "where", "hvor", "town", "city", "by"),
        example="Geneva",
    ),
    TemplateColumn(
        "form",
        "Form",
        "Choose from the list. Empty: in person.",
        choices=tuple(wording.english_term(form) for form in EngagementForm),
        aliases=("how", "channel", "hvordan", "måte", "format"),
        example=wording.english_term(EngagementForm.IN_PERSON),
    ),
    TemplateColumn(
        "organisation",
        "Organisation",
        f"Where it took place, or with which you held the dialogue. {BODY_HELP}",
        aliases=("organization", "organisasjon", "body", "organ", "forum", "organisation or body"),
        example="HRC",
    ),
    TemplateColumn(
        "participants",
        "Participants",
        "Functions, codes or numbers; nothing that identifies a person.",
        aliases=("who took part in words", "with", "with whom", "who took part", "deltakere", "med hvem", "hvem"),
        example="Two from civil society in Geneva",
    ),
    TemplateColumn(
        "outcome",
        "Outcome",
        "In a few sentences.",
        aliases=("what came of it", "result", "results", "resultat", "utfall", "notes", "notater"),
    ),
    TemplateColumn(
        "items",
        "Linked to",
        "The calendar items it relates to: the code of a session such as HRC67, or an item's identifier or title. "
        "Separate several with semicolons. Existing links are kept.",
        aliases=("belongs to", "tied to", "item", "items", "session", "related to", "sesjon"),
    ),
    TemplateColumn(
        "follow_up",
        "Follow-up",
        "The next action, for you to take.",
        aliases=("what is to be followed up", "next step", "next steps", "to do", "oppfølging", "what is to be done"),
    ),
    TemplateColumn(
        "follow_up_due",
        "Follow-up due",
        f"{DAY_HELP} Required with a follow-up.",
        aliases=("due", "follow up by", "by when", "deadline", "frist", "oppfølging innen"),
        format="day",
    ),
    TemplateColumn(
        "sensitivity",
        "Visibility",
        "Internal: all users; restricted: only you, until you give others access. Empty: the default for the kind. An "
        "engagement is made public on its own page, with a reason.",
        choices=(wording.english_term(Sensitivity.INTERNAL), wording.english_term(Sensitivity.RESTRICTED)),
        aliases=("sensitivity", "level", "who sees it", "gradering", "classification"),
        example="Internal",
    ),
)


class EngagementTemplate(RecordTemplate[Engagement]):
    """Rows that become engagements; an engagement is recognised by its title, day and main kind."""

    key = "engagements"
    label = "Engagements"
    page = "engagements"
    columns = COLUMNS

    def records(self, session: OrmSession) -> Iterable[Engagement]:
        eager = (selectinload(Engagement.items), selectinload(Engagement.follow_ups))
        return session.scalars(select(Engagement).options(*eager))

    def keys(self, engagement: Engagement) -> tuple[str, ...]:
        """The engagement's title, day and main kind."""
        return (record_key(engagement.title, engagement.on, engagement.engagement_kind),)

    def line(
        self, lookup: RowLookup, known: KnownRecords[Engagement], number: int, cells: Mapping[str, str]
    ) -> ImportLine:
        row = RowReader(COLUMNS, cells)
        title = row.line("title")
        kinds = row.read("kinds", _parse_kinds) or ()
        on = row.read("on", parse_day)
        values = given(
            title=title,
            kinds=kinds,
            on=on,
            place=row.line("place"),
            form=row.read("form", lambda text: parse_term(text, EngagementForm)),
            organisation=row.read("organisation", lambda text: parse_organisation(text, lookup.reference)),
            participants=row.line("participants", MAX_CELL_LENGTH),
            outcome=row.cells.get("outcome", ""),
        )
        items = row.read("items", lookup.items) or ()
        key = record_key(title, on, next(iter(kinds), None))
        existing = row.attempt("", lambda: known.find(key))
        if existing is not None:
            kinds = ordered_kinds(existing.engagement_kind, (*kinds, *existing.kinds))
        # A row without a kind is refused in any case.
        lowest = born_at(Engagement, kinds)
        level, notes = read_sensitivity(row, existing, lowest)
        values |= given(kinds=kinds, sensitivity=level)
        follow_up, added = _read_follow_up(row, existing)
        if existing is None:
            values = {"form": EngagementForm.IN_PERSON, "sensitivity": lowest, **values}
        links = new_items(existing, items)
        line = record_line(
            number,
            row,
            existing,
            values,
            (on, on),
            more={"key": key, "items": links, "follow_up": follow_up},
            additions=[*linked_items(links), *added],
            notes=notes,
        )
        return known.once(line, key)

    def write(self, session: WorkspaceSession, viewer: Viewer, line: ImportLine) -> str:
        engagement = upsert(session, viewer, Engagement, line.values, record_id=line.record_id, seen=line.seen)
        link_items(engagement, line.more["items"])
        if line.more["follow_up"] is not None:
            what, due = line.more["follow_up"]
            known = _follow_up(engagement, what)
            if known is None:
                engagement.follow_ups.append(FollowUp(what=what, due=due, owner_id=viewer.person_id))
            else:
                known.due = due
        return engagement.id


def _parse_kinds(text: str) -> tuple[EngagementKind, ...]:
    """The kinds in a cell, the main one first, each once."""
    parts = [part for part in text.split(";") if part.strip()]
    return tuple(dict.fromkeys(parse_term(part, EngagementKind) for part in parts))


def _read_follow_up(row: RowReader, existing: Engagement | None) -> tuple[tuple[str, date] | None, list[ImportNote]]:
    """The follow-up that a row adds or moves, as its text and day, and a note about it."""
    what, due = row.line("follow_up"), row.read("follow_up_due", parse_day)
    if not what:
        if due is not None:
            row.refuse("follow_up", "row-follow-up-without-text")
        return None, []
    if due is None:
        if "follow_up_due" not in row.cells:
            row.refuse("follow_up_due", "row-follow-up-without-day")
        return None, []
    known = _follow_up(existing, what)
    if known is not None and (known.due == due or known.done_on is not None):
        return None, []
    if known is not None:
        return (what, due), [ImportNote("row-follow-up-moved", {"what": what, "before": known.due, "due": due})]
    return (what, due), [ImportNote("row-follow-up", {"what": what, "due": due})]


def _follow_up(engagement: Engagement | None, what: str) -> FollowUp | None:
    """The follow-up of an engagement with this text."""
    known = engagement.follow_ups if engagement is not None else []
    return next((one for one in known if folded(one.what) == folded(what)), None)
