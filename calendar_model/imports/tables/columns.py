"""What the rows of a table can become, with the columns of each, and which column of a file is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType

from calendar_model import wording
from calendar_model.terms import EngagementForm, EngagementKind, EventKind
from calendar_model.vocabulary import Sensitivity, Standing

EXAMPLE = "(example)"
"""At the end of a cell it marks the row of a template that shows how it is filled in: no such row is taken over."""


class Target(StrEnum):
    """What the rows of a table become."""

    EVENTS = "events"
    ENGAGEMENTS = "engagements"
    SESSIONS = "sessions"
    REVIEWS = "reviews"


TITLES: Mapping[Target, str] = MappingProxyType(
    {
        Target.EVENTS: "Side events and meetings",
        Target.ENGAGEMENTS: "Engagements",
        Target.SESSIONS: "New dates of sessions",
        Target.REVIEWS: "Dates of UPR reviews",
    }
)
"""What readers call them."""


@dataclass(frozen=True)
class Field:
    """A column. ``name`` is that of the record, ``label`` the header of a template, ``help`` how it is filled in.

    ``choices`` are the words that it takes, if it takes no others; ``also`` are further headers by which it is known,
    ``example`` is the cell of a template's example.
    """

    name: str
    label: str
    help: str
    needed: bool = False
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    example: str = ""


def label_of(term: StrEnum) -> str:
    """A term for people: ``Side event``."""
    return term.value.replace("-", " ").capitalize()


EVENT_STANDINGS = (Standing.PROVISIONAL, Standing.CONFIRMED, Standing.HELD, Standing.CANCELLED)
"""How firm an event or an announced date can be: nobody projects it."""
_STANDINGS = tuple(wording.standing_words(standing) for standing in EVENT_STANDINGS)

_DAY = "As 2027-03-03 or 3 March 2027."
_HOUR = "As 13:00; empty: whole days."
_BODY = "Its code, its short name or its whole name, as in Organisations: HRC, OSCE, ACHPR."

_EVENTS = (
    Field(
        "reference",
        "Reference",
        "Your own number or code of the event. With it the event is found again after its title or day has changed.",
        also=("uid", "id", "ref", "referanse", "number", "nummer", "nr"),
        example="SE-01",
    ),
    Field(
        "title",
        "Title",
        "It stands on the timelines of all who may see the event. Name nobody in it.",
        needed=True,
        also=("tittel", "name", "navn", "event", "side event", "what", "subject", "summary", "arrangement", "emne"),
        example=f"Defenders and elections {EXAMPLE}",
    ),
    Field(
        "event_kind",
        "Kind",
        "One of the list; empty: side event.",
        choices=tuple(label_of(kind) for kind in EventKind),
        also=("type", "event kind", "event type", "slag", "kategori", "category"),
        example=label_of(EventKind.SIDE_EVENT),
    ),
    Field(
        "body",
        "Organisation or body",
        _BODY,
        needed=True,
        also=("body", "organisation", "organization", "organ", "organisasjon", "forum", "un body"),
        example="HRC",
    ),
    Field(
        "start",
        "First day",
        _DAY,
        needed=True,
        also=(
            "date",
            "day",
            "start",
            "start date",
            "starts",
            "when",
            "from date",
            "begins on",
            "dato",
            "startdato",
            "dag",
            "fra dato",
            "første dag",
            "når",
        ),
        example="2027-03-03",
    ),
    Field(
        "end",
        "Last day",
        f"{_DAY} Empty: the first day.",
        also=("end", "end date", "ends", "until date", "to date", "ends on", "sluttdato", "til dato", "siste dag"),
        example="2027-03-03",
    ),
    Field(
        "start_time",
        "Begins",
        _HOUR,
        also=(
            "from",
            "time",
            "start time",
            "begins at",
            "hour",
            "fra",
            "kl",
            "klokken",
            "tid",
            "klokkeslett",
            "starttid",
        ),
        example="13:00",
    ),
    Field(
        "end_time",
        "Ends",
        "As 14:30; empty: it is not known how long it lasts.",
        also=("to", "until", "end time", "ends at", "til", "slutt", "sluttid", "slutttid"),
        example="14:30",
    ),
    Field(
        "timezone",
        "Time zone",
        "Of the place, as Europe/Zurich or Geneva. Empty: that of the organisation's seat.",
        also=("zone", "timezone", "tz", "tidssone", "time zone of the place"),
        example="Europe/Zurich",
    ),
    Field(
        "location",
        "Place",
        "The town last: Palais des Nations, Geneva. Empty: the organisation's seat.",
        also=("location", "venue", "town", "city", "sted", "by", "lokasjon", "where", "hvor"),
        example="Palais des Nations, Geneva",
    ),
    Field("room", "Room", "Where it is known.", also=("rom", "sal", "møterom"), example="Room XXI"),
    Field(
        "request_due",
        "Ask for the room by",
        f"{_DAY} It becomes a deadline in the calendar.",
        also=("room request", "room request by", "room deadline", "request due", "romfrist", "frist", "deadline"),
        example="2027-02-10",
    ),
    Field(
        "organisers",
        "Organisers",
        "Who holds it: states and organisations.",
        also=(
            "organiser",
            "organizer",
            "organizers",
            "organised by",
            "organized by",
            "host",
            "hosts",
            "arrangør",
            "arrangører",
        ),
        example="Norway",
    ),
    Field(
        "cosponsors",
        "Co-sponsors",
        "States and organisations.",
        also=("cosponsors", "sponsors", "co sponsored by", "medarrangører", "medsponsorer", "partners"),
        example="",
    ),
    Field(
        "programme",
        "Programme",
        "It stays with the record, and goes into no calendar and no feed.",
        also=("program", "agenda", "description", "beskrivelse", "notes", "notater"),
    ),
    Field(
        "standing",
        "Standing",
        "How firm it is; empty: provisional.",
        choices=_STANDINGS,
        also=("status", "state"),
        example="Provisional",
    ),
    Field(
        "sensitivity",
        "Who sees it",
        "Internal: all who are kept in Settings; restricted: you alone, until you name others. Empty: internal. An "
        "event is made public on its own page, with a reason.",
        choices=(label_of(Sensitivity.INTERNAL), label_of(Sensitivity.RESTRICTED)),
        also=("sensitivity", "level", "visibility", "gradering", "classification"),
        example="Internal",
    ),
    Field(
        "items",
        "Belongs to",
        "What of the calendar it is held around: the code of a session such as HRC67, or an item's identifier or "
        "title; several with semicolons between them. What it is linked to already stays.",
        also=("linked to", "session", "item", "items", "related to", "sesjon", "around"),
    ),
)

_ENGAGEMENTS = (
    Field(
        "title",
        "What",
        "It stands in lists: of a person give the code, no name.",
        needed=True,
        also=("title", "tittel", "hva", "subject", "engagement", "name", "navn", "emne"),
        example=f"Breakfast with civil society before the session {EXAMPLE}",
    ),
    Field(
        "engagement_kind",
        "Kind",
        "One of the list. Security measures are restricted from the start.",
        needed=True,
        choices=tuple(label_of(kind) for kind in EngagementKind),
        also=("type", "engagement kind", "slag", "kategori", "category"),
        example=label_of(EngagementKind.CONSULTED),
    ),
    Field(
        "on",
        "Day",
        f"{_DAY} A day to come: it is planned.",
        needed=True,
        also=("on", "date", "when", "dato", "dag", "når"),
        example="2027-02-22",
    ),
    Field(
        "place",
        "Place",
        "Town, or what place it was.",
        also=("location", "sted", "where", "hvor", "town", "city", "by"),
        example="Geneva",
    ),
    Field(
        "form",
        "How",
        "One of the list; empty: in person.",
        choices=tuple(label_of(form) for form in EngagementForm),
        also=("form", "channel", "hvordan", "måte", "format"),
        example=label_of(EngagementForm.IN_PERSON),
    ),
    Field(
        "organisation",
        "Organisation",
        f"In whose arena it took place, or with which the dialogue was. {_BODY}",
        also=("organization", "organisasjon", "body", "organ", "forum", "organisation or body"),
        example="HRC",
    ),
    Field(
        "participants",
        "Who took part, in words",
        "Functions, codes, numbers: nothing that points at a person.",
        also=("participants", "with", "with whom", "who took part", "deltakere", "med hvem", "hvem"),
        example="Two from civil society in Geneva",
    ),
    Field(
        "outcome",
        "What came of it",
        "In a few sentences.",
        also=("outcome", "result", "results", "resultat", "utfall", "notes", "notater"),
    ),
    Field(
        "items",
        "Belongs to",
        "Items of the calendar: the code of a session such as HRC67, or an item's identifier or title; several with "
        "semicolons between them. What it is linked to already stays.",
        also=("linked to", "item", "items", "session", "related to", "sesjon"),
    ),
    Field(
        "follow_up",
        "What is to be followed up",
        "What is to be done next, by you.",
        also=("follow up", "next step", "next steps", "to do", "oppfølging", "what is to be done"),
    ),
    Field(
        "follow_up_due",
        "Follow-up by",
        f"{_DAY} Needed where something is to be followed up.",
        also=("due", "follow up due", "by when", "deadline", "frist", "oppfølging innen"),
    ),
    Field(
        "sensitivity",
        "Who sees it",
        "Internal: all who are kept in Settings; restricted: you alone, until you name others. Empty: as its kind has "
        "it. An engagement is made public on its own page, with a reason.",
        choices=(label_of(Sensitivity.INTERNAL), label_of(Sensitivity.RESTRICTED)),
        also=("sensitivity", "level", "visibility", "gradering", "classification"),
        example="Internal",
    ),
)

_SOURCE = (
    Field(
        "source_url",
        "Source",
        "The address of the page or document that says so, with https://. Empty: the one given for the whole file.",
        also=("source", "source url", "source address", "url", "link", "address", "kilde", "lenke"),
        example="https://www.example.org/calendar",
    ),
    Field(
        "note",
        "Note",
        "Where in the source, and what a reader should know.",
        also=("note", "notes", "source note", "comment", "merknad", "notat", "kommentar"),
        example="page 2",
    ),
)

_SESSIONS = (
    Field(
        "code",
        "Session",
        "Its code: HRC67, UPR55, CSW71.",
        needed=True,
        also=("session code", "code", "sesjon", "kode"),
        example=f"HRC67 {EXAMPLE}",
    ),
    Field(
        "start",
        "First day",
        _DAY,
        needed=True,
        also=("start", "start date", "starts", "opens", "date", "from", "fra", "dato", "startdato", "første dag"),
        example="2028-02-28",
    ),
    Field(
        "end",
        "Last day",
        _DAY,
        needed=True,
        also=("end", "end date", "ends", "closes", "to", "until", "til", "sluttdato", "siste dag"),
        example="2028-03-31",
    ),
    Field(
        "standing",
        "Standing",
        "How firm it is; empty: confirmed.",
        choices=_STANDINGS,
        also=("status", "state"),
        example="Confirmed",
    ),
    Field(
        "location",
        "Place",
        "Where it is not the seat.",
        also=("location", "venue", "town", "city", "sted", "by", "where"),
        example="Geneva",
    ),
    *_SOURCE,
)

_REVIEWS = (
    Field(
        "country",
        "State",
        "Its name, or its ISO code: Norway, NOR.",
        needed=True,
        also=("country", "state under review", "sur", "land", "stat", "iso", "iso code", "code"),
        example=f"Norway {EXAMPLE}",
    ),
    Field(
        "session",
        "Session",
        "Of the UPR Working Group: UPR55, or 55. Empty: that of its next review.",
        also=("upr session", "session code", "sesjon"),
        example="UPR54",
    ),
    Field(
        "date",
        "Day",
        f"{_DAY} It lies in the session.",
        needed=True,
        also=("date", "review date", "date of review", "when", "dato", "dag"),
        example="2027-01-25",
    ),
    Field(
        "standing",
        "Standing",
        "How firm it is; empty: confirmed.",
        choices=_STANDINGS,
        also=("status",),
        example="Confirmed",
    ),
    *_SOURCE,
)

FIELDS: Mapping[Target, tuple[Field, ...]] = MappingProxyType(
    {
        Target.EVENTS: _EVENTS,
        Target.ENGAGEMENTS: _ENGAGEMENTS,
        Target.SESSIONS: _SESSIONS,
        Target.REVIEWS: _REVIEWS,
    }
)
"""The columns of each, in the order of the templates."""

_NEAR = 0.84
"""From how much alike two names are a slip of the pen; 1 is equal."""


def match(target: Target, header: Sequence[str]) -> dict[str, int | None]:
    """Which column of a file is which, guessed from its names: for each field's name the column from 0, or None.

    A field is known by its label, its name or another usual word for it, English or Norwegian, whatever the case and
    the punctuation; what is left over by what is nearly so. No column stands for two fields, and the first of two
    columns of the same name is taken.
    """
    fields = FIELDS[target]
    names = [folded(name) for name in header]
    found: dict[str, int | None] = dict.fromkeys((field.name for field in fields), None)
    taken: set[int] = set()

    def take(field: Field, column: int) -> None:
        found[field.name] = column
        taken.add(column)

    for words in (lambda one: (one.label,), lambda one: (one.name,), lambda one: one.also):
        for field in fields:
            if found[field.name] is None:
                known = [folded(word) for word in words(field)]
                free = [place for place, name in enumerate(names) if name in known and place not in taken]
                if free:
                    # The more usual word first, and of equal ones the first column.
                    take(field, min(free, key=lambda place: (known.index(names[place]), place)))
    near = sorted(
        (-alike, place, number)
        for number, field in enumerate(fields)
        if found[field.name] is None
        for place, name in enumerate(names)
        if name and place not in taken and (alike := _likeness(name, (field.label, field.name, *field.also))) >= _NEAR
    )
    for _, place, number in near:
        if found[fields[number].name] is None and place not in taken:
            take(fields[number], place)
    return found


def folded(text: str) -> str:
    """A text without case, punctuation and spare blanks, so that two ways to write a name are one."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("_", " ")))


def _likeness(name: str, words: Iterable[str]) -> float:
    # Of a short name one letter is another word.
    return max((SequenceMatcher(None, name, word).ratio() for word in map(folded, words) if len(word) > 4), default=0.0)
